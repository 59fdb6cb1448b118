// How an organiser sells: prices, ways to pay and their deadlines, reminders, what a cancelled
// booking gives back. An immutable part of a season (S24, S26, R1, R3, B4).
#pragma once

#include "core/price_rules.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace campgate {

/// R3. All but online are off unless the season says otherwise.
enum class payment_method : std::uint8_t { online = 1, transfer = 2, deferred = 3, counter = 4 };
inline constexpr std::array all_payment_methods{payment_method::online, payment_method::transfer,
                                                payment_method::deferred, payment_method::counter};

/// What happens to the clock when a basket becomes an order (S26).
enum class hold_clock : std::uint8_t {
    single = 1,               ///< the order takes the earliest deadline of its holds
    restart_on_finalise = 2,  ///< the order gets a whole hold duration of its own
};

/// A way to pay that the organiser offers, and how long an order may wait for it. Zero: choosing it
/// leaves the order's deadline as it is.
struct offered_method {
    payment_method method{};
    std::chrono::seconds patience{};
    friend bool operator==(const offered_method&, const offered_method&) = default;
};

/// A booking cancelled at least so many days before its first day gives back this part of its
/// price.
struct refund_step {
    std::uint32_t days_before{};
    std::uint32_t percent{};  ///< 0 to 100
    friend bool operator==(const refund_step&, const refund_step&) = default;
};

struct sale_rules {
    price_rules prices;
    hold_clock clock = hold_clock::single;
    std::vector<offered_method> methods{{payment_method::online, {}}};
    std::chrono::seconds payment_pin = std::chrono::minutes{30};  ///< B4: once an order
    std::chrono::seconds remind_before = std::chrono::hours{24};  ///< R1
    std::vector<refund_step> refunds;  ///< descending days; none that fits: nothing is given back
    friend bool operator==(const sale_rules&, const sale_rules&) = default;

    const offered_method* find(payment_method m) const noexcept {
        for (const offered_method& offered : methods) {
            if (offered.method == m) return &offered;
        }
        return nullptr;
    }
};

/// The part of a booking's price in percent that cancelling it on `on` gives back.
inline std::uint32_t refund_percent(const sale_rules& rules, std::chrono::sys_days first_day,
                                    std::chrono::sys_days on) {
    for (const refund_step& step : rules.refunds) {
        if (first_day - on >= std::chrono::days{step.days_before}) return step.percent;
    }
    return 0;
}

inline constexpr std::size_t refund_steps_max = 10;

}  // namespace campgate
