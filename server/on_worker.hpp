// Runs work that blocks on a worker while the coroutine that asked for it waits on its io thread.
// Thread safety: each call belongs to one io thread; the job runs on any worker.
#pragma once

#include "server/handlers/handlers.hpp"
#include "server/log.hpp"

#include <boost/asio/post.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace campgate::server {

/// What the job gives; nothing when it threw, when too much is waiting, or when it has not ended
/// in time (then its effects may still come). `event` names a failure in the log, without the
/// error's text: that could hold what somebody typed.
template <class T>
awaitable<std::optional<T>> on_worker_of(worker_pool& pool, io_lane& lane, std::string_view event,
                                         std::function<T()> job,
                                         std::chrono::microseconds patience) {
    auto done = std::make_shared<waiter<std::optional<T>>>(lane.io.get_executor());
    asio::io_context& io = lane.io;
    std::function<void()> run = [done, job = std::move(job), event, &io] {
        std::optional<T> outcome;
        try {
            outcome = job();
        } catch (const std::exception&) {
            log_event(log_level::warning, event);
        }
        asio::post(
            io, [done, outcome = std::move(outcome)]() mutable { done->set(std::move(outcome)); });
    };
    if (!pool.submit(std::move(run))) co_return std::nullopt;
    auto outcome = co_await done->wait_for(patience);
    if (!outcome) co_return std::nullopt;
    co_return *std::move(outcome);
}

/// On the workers that most things share.
template <class T>
awaitable<std::optional<T>> on_worker(application& app, io_lane& lane, std::string_view event,
                                      std::function<T()> job, std::chrono::microseconds patience) {
    auto outcome = co_await on_worker_of<T>(*app.workers, lane, event, std::move(job), patience);
    co_return outcome;
}

/// For a request: within its deadline.
template <class T>
awaitable<std::optional<T>> on_worker(const request_context& c, std::string_view event,
                                      std::function<T()> job) {
    auto outcome = co_await on_worker_of<T>(*c.app.workers, c.lane, event, std::move(job),
                                            c.app.settings.request_deadline);
    co_return outcome;
}

}  // namespace campgate::server
