// Orders, payments and refunds as plain values, and the money entries that follow them. An order is
// a finalised basket with its frozen price (S27, S28); a payment is one attempt to pay it (R3, B4);
// a refund is money on its way back. No personal data: children, families and payers are opaque
// ids.
#pragma once

#include "core/ids.hpp"
#include "core/pricing.hpp"
#include "core/sale_rules.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace campgate {

/// Ids are the sequence of the record that made the thing; refunds add their place in it.
using order_id = strong<std::uint64_t, struct order_tag>;
using payment_id = strong<std::uint64_t, struct payment_tag>;
using refund_id = strong<std::uint64_t, struct refund_tag>;

enum class order_state : std::uint8_t {
    open = 1,       ///< waits for its payment until its end
    paid = 2,       ///< its lines are bookings, or were
    abandoned = 3,  ///< its holds went back into the basket
    expired = 4,    ///< nobody paid in time: its holds ended
};

enum class line_state : std::uint8_t {
    held = 1,
    booked = 2,
    returned = 3,   ///< back in the basket
    ended = 4,      ///< released, or expired with its order
    cancelled = 5,  ///< a booking given up
};

struct order_line {
    line_state state = line_state::held;
    hold_id hold;      ///< of the seat that the child has; another one after a re-take (B4)
    instant deadline;  ///< the hold's own, which it gets back when the order is abandoned
    week_id week;
    child_id child;
    seat_number seat;
    price_class charged_as{};
    std::chrono::sys_days birth_date;  ///< as it was ranked by
    cents list;
    std::vector<reduction> reductions;
    cents amount;
    friend bool operator==(const order_line&, const order_line&) = default;
};

struct order {
    order_id id;
    campgate::sequence changed;  ///< the record that left it as it is
    family_id family;
    actor_id payer;  ///< who finalised it (R7)
    order_state state = order_state::open;
    instant made;
    instant deadline;                      ///< the whole order's (S26)
    bool clock_stopped = false;            ///< by staff (R4): it does not expire
    std::optional<instant> pinned_until;   ///< while the bank's page is open (B4)
    bool pin_used = false;                 ///< once an order
    std::optional<payment_method> method;  ///< chosen last
    std::vector<order_line> lines;         ///< as priced, by rank and week
    cents adjustment;  ///< what paid weeks cost less, or more, together with these (B5); usually 0
    cents total;       ///< lines and adjustment; never below 0, the rest is given back
    cents paid;        ///< what came in for it and stayed
    friend bool operator==(const order&, const order&) = default;

    /// When it ends if nobody pays; nothing while the clock is stopped or it is not open.
    std::optional<instant> ends() const noexcept {
        if (state != order_state::open || clock_stopped) return std::nullopt;
        return pinned_until && *pinned_until > deadline ? *pinned_until : deadline;
    }
};

enum class payment_state : std::uint8_t {
    wanted = 1,    ///< asked for; the provider does not know it yet
    open = 2,      ///< at the provider, or expected by transfer or at the counter
    paid = 3,      ///< came in and was used
    failed = 4,    ///< refused, cancelled or timed out; nothing came in
    review = 5,    ///< something came in that does not fit: staff decide
    returned = 6,  ///< came in and all of it goes back
};

struct payment {
    payment_id id;
    campgate::sequence changed;
    order_id of;
    family_id family;
    payment_method method{};
    payment_state state = payment_state::wanted;
    instant made;
    bits128 key;            ///< of the request that asked for it: asking again finds it
    cents amount;           ///< asked for
    cents received;         ///< what the provider says came in
    std::string reference;  ///< the provider's own name for it; letters, digits, '-', '_'
    friend bool operator==(const payment&, const payment&) = default;
};

enum class refund_state : std::uint8_t { due = 1, done = 2, failed = 3 };
enum class refund_reason : std::uint8_t {
    no_seat_left = 1,  ///< money came after the hold had ended, and the week is full (B4)
    overpaid = 2,      ///< more came than was asked, or it came twice
    price_fell = 3,    ///< all together cost less than was paid (B5)
    cancelled = 4,     ///< a booking was cancelled (S30)
    by_staff = 5,      ///< decided in review
};

struct refund {
    refund_id id;
    campgate::sequence changed;
    payment_id of;  ///< 0: no payment that it could go back to; staff pay it out
    order_id from;
    family_id family;
    refund_state state = refund_state::due;
    refund_reason why{};
    instant made;
    cents amount;
    friend bool operator==(const refund&, const refund&) = default;
};

/// Double entry: a record's entries add up to zero. Amounts are signed; what the organiser has or
/// is owed counts up.
enum class account : std::uint8_t {
    receivable = 1,  ///< families owe it
    sales = 2,       ///< the price of orders, by activity; what is sold counts down
    money = 3,       ///< came in, less what went back
    refunds = 4,     ///< owed to families; counts down
    suspense = 5,    ///< came in and is under review; counts down
};

inline constexpr std::size_t accounts = 5;

struct money_entry {
    campgate::account account{};
    cents amount;
    family_id family;
    actor_id payer;
    order_id order;
    camp_id activity;  ///< of sales (R7); 0 elsewhere
    friend bool operator==(const money_entry&, const money_entry&) = default;
};

/// What happened to a seat in a sale. Absolute: the row afterwards is in it.
enum class seat_event : std::uint8_t {
    order = 1,    ///< a hold joins an order: deadline is the order's
    release = 2,  ///< a hold leaves its order, back to its own deadline
    book = 3,     ///< a hold becomes a booking
    end = 4,      ///< a hold or a booking ends; the seat is free
    retake = 5,   ///< a free seat becomes a booking
};

struct seat_effect {
    seat_event event{};
    hold_id hold;
    week_id week;
    seat_number seat;
    child_id child;
    order_id order;    ///< afterwards; 0 after release and end
    instant deadline;  ///< afterwards; 0 for bookings and free seats
    friend bool operator==(const seat_effect&, const seat_effect&) = default;
};

enum class sale_event : std::uint8_t {
    finalised = 1,
    abandoned = 2,  ///< by the parent, or because one of its holds was released
    expired = 3,    ///< R2
    payment_wanted = 4,
    payment_open = 5,
    payment_failed = 6,
    paid = 7,       ///< S29
    paid_late = 8,  ///< the hold had ended: re-taken, or given back (B4)
    review = 9,
    reviewed = 10,
    refund_settled = 11,
    cancelled = 12,      ///< a booking (S30)
    clock_changed = 13,  ///< R4
    reminded = 14,       ///< R1
};
inline constexpr sale_event sale_event_last = sale_event::reminded;

/// A child that was paid for and got no seat heads the week's waiting list (B4).
struct seat_priority {
    child_id child;
    week_id week;
    friend bool operator==(const seat_priority&, const seat_priority&) = default;
};

/// One step of a family's sale, absolute: everything that it leaves changed.
struct sale_record {
    sale_event event{};
    family_id family;
    std::optional<campgate::order> order;
    std::optional<campgate::payment> payment;
    std::vector<refund> refunds;
    std::vector<seat_effect> seats;
    std::vector<money_entry> money;
    std::vector<seat_priority> priorities;
    std::optional<instant> reminded;  ///< of everything that ends up to here the family was told
    friend bool operator==(const sale_record&, const sale_record&) = default;
};

inline constexpr std::size_t holds_per_order_max = 1'000;
inline constexpr std::size_t reductions_max = 4;  ///< of one line: one of each kind
inline constexpr std::size_t sale_refunds_max = 40;
inline constexpr std::size_t sale_money_max = 256;

}  // namespace campgate
