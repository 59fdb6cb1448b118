// Requests to cancel a booking (S30): which booking one is about, what accepting it gives back, and
// how far it is. What the journal says goes before what the request's row says: a booking that was
// cancelled is cancelled, whether or not somebody lived to write that the request is accepted.
// Thread safety: any thread.
#pragma once

#include "server/application.hpp"
#include "server/order_json.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace campgate::server {

/// A line of an order that is, or was, a booking; `of` keeps what the pointers point to.
struct booking_line {
    std::shared_ptr<const family_view> of;
    const campgate::order* order{};
    const order_line* line{};

    bool cancelled() const { return line->state == line_state::cancelled; }
};

/// Nothing when that family never had it booked.
std::optional<booking_line> find_booking(const application& app, family_id family, hold_id hold);

/// For the orders of a family: the newest request about each booking, in the state that holds.
std::vector<line_cancellation> cancellations_of(const application& app, family_id family);

/// What the organiser's rules give back of a week today, in the organiser's time zone.
std::uint32_t percent_today(const season* published, week_id week, instant now);

/// What comes back to the family when that part of the price is given back: what was never paid is
/// owed no more instead.
cents refund_of(const booking_line& booking, std::uint32_t percent);

/// Where the request stands, given what became of the booking.
request_state state_of(const request_row& request, const std::optional<booking_line>& booking);

}  // namespace campgate::server
