// The rules of a sale: from basket to order, payment, booking, and back (S23 to S30, R1 to R6, B4,
// B5). Each function looks at one family's things and gives the record of the next step, absolute,
// or why there is none; nothing is changed here. Pure. Owner: the sequencer thread, through the
// engine.
//
// An order: open → paid | abandoned | expired; expired → paid when money comes late and a seat is
// there. A payment: wanted → open → paid | failed | review | returned; failed → paid when the money
// came all the same. A refund: due → done | failed → due. Whatever comes twice changes nothing
// twice.
#pragma once

#include "core/engine.hpp"
#include "core/family_facts.hpp"
#include "core/order_book.hpp"

#include <functional>
#include <span>
#include <variant>

namespace campgate {

/// There already: the answer names what there is.
struct sale_known {
    order_id order;
    payment_id payment;
};

using sale_outcome = std::variant<sale_record, sale_known, sale_refusal>;

/// What a step may look at.
struct sale_view {
    const season& published;
    const order_book& book;
    family_id family;
    std::span<const family_hold> holds;  ///< of that family, bookings among them
    const family_facts* facts;           ///< null: unknown
    instant now;
    campgate::sequence next;  ///< of the record that is to be made
};

/// `wanted` empty: everything that is in the basket.
sale_outcome finalise(const sale_view& v, actor_id payer, std::span<const hold_id> wanted);
sale_outcome abandon(const sale_view& v, order_id id);
/// A hold that is in an order: the others go back into the basket.
sale_outcome release_ordered(const sale_view& v, const family_hold& hold);
sale_outcome expire(const sale_view& v, order_id id);
sale_outcome want_payment(const sale_view& v, order_id id, payment_method method, bits128 key);
sale_outcome open_payment(const sale_view& v, payment_id id, std::string_view reference);
sale_outcome fail_payment(const sale_view& v, payment_id id);

/// Claims that very seat of the week, or another; nothing when none is to be had now.
using seat_claimer = std::function<std::optional<seat_number>(week_id, seat_number)>;
/// Seats that are really left in a week, this record's own not counted.
using seats_left = std::function<std::uint32_t(week_id)>;

/// `received`: all that the provider says came in, in cents; `right_currency` false: of another
/// kind.
sale_outcome money_came(const sale_view& v, payment_id id, cents received, bool right_currency,
                        const seat_claimer& claim, const seats_left& left);
/// Staff say that a transfer or the counter was paid, or that it will be invoiced (R3).
sale_outcome settle(const sale_view& v, payment_id id, const seat_claimer& claim,
                    const seats_left& left);
/// Money under review: taken as the price, or given back.
sale_outcome review(const sale_view& v, payment_id id, bool accept);
sale_outcome settle_refund(const sale_view& v, refund_id id, refund_state state);
/// A booking; `percent` of its price goes back.
sale_outcome cancel_booking(const sale_view& v, hold_id hold, std::uint32_t percent);
sale_outcome change_clock(const sale_view& v, order_id id, bool stopped);
/// Everything of the family that ends up to `until` has been announced.
sale_outcome remind(const sale_view& v, instant until);

}  // namespace campgate
