#include "server/worker_pool.hpp"

namespace campgate::server {

worker_pool::worker_pool(std::size_t threads) {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

worker_pool::~worker_pool() {
    stop();
}

bool worker_pool::submit(std::function<void()> job) {
    {
        const std::lock_guard lock{mutex_};
        if (stopping_ || jobs_.size() >= jobs_max) return false;
        jobs_.push_back(std::move(job));
    }
    wake_.notify_one();
    return true;
}

void worker_pool::stop() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& t : threads_) {
        if (t.joinable()) t.join();
    }
}

void worker_pool::work() {
    for (;;) {
        std::function<void()> job;
        {
            std::unique_lock lock{mutex_};
            wake_.wait(lock, [&] { return stopping_ || !jobs_.empty(); });
            if (jobs_.empty()) return;
            job = std::move(jobs_.front());
            jobs_.pop_front();
        }
        job();
    }
}

}  // namespace campgate::server
