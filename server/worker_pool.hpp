// A few threads for work that blocks: the database of the family files, mail, files. Each has a
// queue in common and nothing else. Thread safety: submit from any thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace campgate::server {

class worker_pool {
public:
    /// Jobs that wait at most; beyond, submit refuses.
    static constexpr std::size_t jobs_max = 10'000;

    explicit worker_pool(std::size_t threads);
    ~worker_pool();  ///< finishes what was submitted
    worker_pool(const worker_pool&) = delete;
    worker_pool& operator=(const worker_pool&) = delete;

    /// False: too much is waiting. Jobs must not throw.
    bool submit(std::function<void()> job);

    /// Finishes what was submitted and ends the threads; once.
    void stop();

private:
    void work();

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> jobs_;  // under mutex_
    bool stopping_ = false;                   // under mutex_
    std::vector<std::thread> threads_;
};

}  // namespace campgate::server
