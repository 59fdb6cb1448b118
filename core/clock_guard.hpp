// The one time of the rules: UTC that never runs backwards and does not follow a clock that jumps
// (DESIGN §3, Time). It is the boot clock plus an offset that follows the wall clock slowly; when
// the wall clock is suddenly elsewhere, `jumped` raises the alarm and whoever expires holds must
// pause until the clocks agree again or an operator accepts the new time. Thread safety: now,
// jumped and accept from any thread; check from the sequencer thread only.
#pragma once

#include "core/ports.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>

namespace campgate {

/// A wall clock further from the expected time than this has jumped.
inline constexpr std::chrono::microseconds clock_jump_tolerance = std::chrono::seconds{2};
/// How fast the offset follows a disciplined clock: a thousandth of the time that passes.
inline constexpr std::int64_t clock_slew_divisor = 1000;

class clock_guard {
public:
    explicit clock_guard(const clock_port& clock)
        : clock_(clock),
          offset_(measured_offset()),
          last_check_(boot_microseconds()) {}

    instant now() const {
        return instant{std::chrono::microseconds{boot_microseconds() + offset_.load()}};
    }

    /// Compares the clocks; call at least every second. True while expiry must pause.
    bool check() {
        const std::int64_t boot = boot_microseconds();
        const std::int64_t elapsed = boot - last_check_;
        last_check_ = boot;
        const std::int64_t off_by = measured_offset() - offset_.load();
        if (accepting_.exchange(false)) {
            offset_.store(offset_.load() + off_by);
            jumped_.store(false);
        } else if (std::abs(off_by) > clock_jump_tolerance.count()) {
            jumped_.store(true);
        } else {
            jumped_.store(false);
            // What is too short to move by a microsecond counts at a later check.
            const std::int64_t most = elapsed / clock_slew_divisor;
            last_check_ = boot - elapsed % clock_slew_divisor;
            offset_.store(offset_.load() + std::clamp(off_by, -most, most));
        }
        return jumped_.load();
    }

    bool jumped() const { return jumped_.load(); }

    /// An operator says that the wall clock is right; takes effect at the next check.
    void accept() { accepting_.store(true); }

private:
    std::int64_t boot_microseconds() const { return clock_.boot().count() / 1000; }
    std::int64_t measured_offset() const {
        return clock_.now().time_since_epoch().count() - boot_microseconds();
    }

    const clock_port& clock_;
    std::atomic<std::int64_t> offset_;  // wall minus boot, microseconds
    std::int64_t last_check_;           // sequencer thread only
    std::atomic<bool> jumped_{false};
    std::atomic<bool> accepting_{false};
};

}  // namespace campgate
