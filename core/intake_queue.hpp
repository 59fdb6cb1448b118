// Commands on their way to the sequencer: bounded, first come first served. A place in it is
// reserved before any seat is touched, so a full queue is said before, never after, a claim (DESIGN
// §3). Thread safety: reserve, push and give_up from any thread; take and wait from the sequencer
// thread.
#pragma once

#include "core/command.hpp"
#include "core/ensure.hpp"
#include "core/ports.hpp"
#include "core/threads.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

namespace campgate {

/// Whom an answer is for: an io thread, and a ticket of its own.
struct reply_address {
    std::uint32_t lane{};
    std::uint64_t ticket{};
};

inline constexpr std::uint32_t no_lane = 0xffffffff;

struct queued_command {
    campgate::command command;
    reply_address to;
    boot_instant queued{};
};

/// Who asks: staff, webhooks and the server itself have places that parents cannot use up.
enum class intake_class : std::uint8_t { parent, privileged };

class intake_queue {
public:
    intake_queue(std::size_t most, std::size_t headroom) : most_(most), headroom_(headroom) {
        ensure(headroom < most, "the headroom leaves parents no place");
    }

    /// Reserves a place; false when there is none for that class.
    bool try_reserve(intake_class who) {
        const std::size_t bound = who == intake_class::parent ? most_ - headroom_ : most_;
        std::size_t now = reserved_.load(std::memory_order_relaxed);
        // Relaxed: only the count itself is shared through this word.
        while (now < bound) {
            if (reserved_.compare_exchange_weak(now, now + 1, std::memory_order_relaxed))
                return true;
        }
        return false;
    }

    /// Gives n reserved places back: answered, or not used.
    void give_up(std::size_t n) { reserved_.fetch_sub(n, std::memory_order_relaxed); }

    /// Uses a reserved place, which stays reserved until it is given up.
    void push(queued_command c) {
        bool first = false;
        {
            const std::lock_guard lock{mutex_};
            first = waiting_.empty();
            waiting_.push_back(std::move(c));
        }
        if (first) wake_.notify_one();
    }

    /// Appends everything that waits to `out`, in order.
    void take(std::vector<queued_command>& out) {
        const std::lock_guard lock{mutex_};
        if (out.empty()) {
            out.swap(waiting_);
            return;
        }
        std::move(waiting_.begin(), waiting_.end(), std::back_inserter(out));
        waiting_.clear();
    }

    /// Waits until something is there, wake() is called, or the time has passed.
    void wait(std::chrono::nanoseconds most) {
        std::unique_lock lock{mutex_};
        wake_.wait_for(lock, most, [&] { return !waiting_.empty() || woken_; });
        woken_ = false;
    }

    void wake() {
        {
            const std::lock_guard lock{mutex_};
            woken_ = true;
        }
        wake_.notify_one();
    }

    std::size_t reserved() const { return reserved_.load(std::memory_order_relaxed); }

private:
    const std::size_t most_;
    const std::size_t headroom_;
    std::atomic<std::size_t> reserved_{0};
    mutable threads::mutex mutex_;
    threads::condition wake_;
    std::vector<queued_command> waiting_;  // under mutex_
    bool woken_ = false;                   // under mutex_
};

}  // namespace campgate
