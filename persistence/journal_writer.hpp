// The journal as the sequencer sees it (core's journal_port): fencing, doubt and lease over any
// journal_store (DESIGN §4). In doubt is resolved by a write, never by a read: only after the epoch
// was raised can an old attempt no longer happen.
// Thread safety: commit and renew by the sequencer thread alone; the const members by any thread.
#pragma once

#include "core/ports.hpp"
#include "persistence/journal_store.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace campgate {

/// How long after the sending of the last successful write an answer may leave.
inline constexpr std::chrono::seconds lease_duration{2};
/// A write is due when the last one was sent this long ago.
inline constexpr std::chrono::seconds lease_renewal{1};
/// A starter waits until the owner has not been seen for this long.
inline constexpr std::chrono::seconds lease_takeover{3};
/// A batch older than this: not ready.
inline constexpr std::chrono::seconds batch_age_ready{2};
/// A batch older than this: its session is ended from the other side.
inline constexpr std::chrono::seconds batch_age_zombie{15};
static_assert(lease_renewal < lease_duration);
static_assert(lease_duration < lease_takeover);

/// How far the journal is ours, as take_ownership gave it.
struct ownership {
    owner_id owner;
    std::uint64_t epoch{};
    batch_number last_batch;
};

struct journal_health {
    bool ready = false;  ///< the lease holds and no batch is older than batch_age_ready
    bool lease = false;
    std::chrono::nanoseconds batch_age{0};  ///< of the batch under way; 0 when there is none
    std::uint64_t doubts = 0;               ///< sends without a verdict since the start
    std::uint64_t epoch_bumps = 0;
};

class journal_writer final : public journal_port {
public:
    using pause_function = std::function<void(std::chrono::nanoseconds)>;
    /// What happened, for the log: an event's name and a text without personal data.
    using log_function = std::function<void(std::string_view event, std::string_view text)>;

    /// `pause` waits between attempts, and should return early when `stop` is set.
    journal_writer(journal_store& store, const clock_port& clock, pause_function pause,
                   const std::atomic<bool>& stop, const ownership& owned, log_function log = {});

    commit_outcome commit(const batch& b) override;
    commit_outcome renew(const batch& empty, bool& sent) override;

    bool lease_holds() const override;
    /// When the lease ends, on the boot clock.
    boot_instant lease_until() const;
    /// When the batch under way was first sent, on the boot clock, if there is one.
    std::optional<boot_instant> batch_since() const;
    journal_health health() const;
    std::uint64_t epoch() const noexcept { return epoch_.load(std::memory_order_relaxed); }

private:
    enum class resolution : std::uint8_t {
        committed,
        send_again,
        lost_ownership,
        went_back,
        stopping
    };

    commit_outcome commit_sent_at(const batch& b, boot_instant first_sent);
    resolution resolve(const batch& b, boot_instant first_sent);
    void log(std::string_view event, std::string_view text) const;

    journal_store& store_;                  // sequencer thread only
    const clock_port& clock_;               // constant after construction
    const pause_function pause_;            // constant after construction
    const std::atomic<bool>& stop_;         // any thread
    const log_function log_;                // constant after construction
    const owner_id owner_;                  // constant after construction
    std::uint64_t last_batch_;              // sequencer thread only
    std::atomic<std::uint64_t> epoch_;      // written by the sequencer thread
    std::atomic<std::int64_t> lease_from_;  // boot ns of the last successful send; any thread
    std::atomic<std::int64_t> batch_since_{no_batch};  // any thread
    std::atomic<std::uint64_t> doubts_{0};
    std::atomic<std::uint64_t> bumps_{0};

    static constexpr std::int64_t no_batch = INT64_MIN;
};

/// A pause that looks at the flag every few milliseconds.
journal_writer::pause_function interruptible_pause(const std::atomic<bool>& stop);

}  // namespace campgate
