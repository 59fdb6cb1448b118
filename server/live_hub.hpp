// From a published batch to every open calendar: at most one frame in a tick, encoded once, written
// by every io thread in slices, between which it does everything else. Under load ticks grow
// longer: none starts before every thread has handed out the last one and had as long again for
// everything else, so that calendars never starve answers. Thread safety: publish from the
// sequencer thread; the rest on the first lane's thread.
#pragma once

#include "core/sequencer.hpp"
#include "server/io_lane.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <span>

namespace campgate::server {

class live_hub {
public:
    live_hub(std::span<const std::unique_ptr<io_lane>> lanes, const views& seen,
             std::chrono::microseconds tick);

    /// Notes what changed; the tick says it. Any thread.
    void publish(const publication& news);

    std::uint64_t frames() const { return frames_.load(std::memory_order_relaxed); }

private:
    void schedule();
    void tick();
    struct tick_news;
    void hand_out(io_lane& lane, std::shared_ptr<const tick_news> what, std::size_t left);
    void handed_out();

    const std::span<const std::unique_ptr<io_lane>> lanes_;
    const views& views_;
    const std::chrono::microseconds tick_;
    std::mutex mutex_;
    publication pending_;                      // under mutex_
    bool scheduled_ = false;                   // under mutex_
    std::atomic<std::size_t> under_way_{0};    // io threads that hand the last tick out
    std::atomic<std::int64_t> handed_out_{0};  // when the last of them was done, steady ns
    std::atomic<std::uint64_t> frames_{0};
    timer timer_;                                        // first lane
    std::chrono::steady_clock::time_point last_tick_{};  // first lane
    sequence sent_;                                      // first lane
};

}  // namespace campgate::server
