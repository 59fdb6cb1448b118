#include "server/cancellations.hpp"

#include "server/family_json.hpp"
#include "server/time_zone.hpp"

#include <algorithm>

namespace campgate::server {

namespace {

constexpr std::int64_t whole_percent = 100;

bool is_cancellation(const request_row& request) {
    return request.kind == request_kind::cancellation && request.hold;
}

void add(std::vector<line_cancellation>& to, const application& app, family_id family,
         const request_row& request) {
    if (!is_cancellation(request)) return;
    const auto booking = find_booking(app, family, *request.hold);
    if (!booking) return;  // another family's booking
    const line_cancellation made{*request.hold, name_of(state_of(request, booking)),
                                 request.id.value};
    const auto known = std::ranges::find(to, *request.hold, &line_cancellation::hold);
    if (known == to.end()) {
        to.push_back(made);
    } else if (known->request < made.request) {
        *known = made;
    }
}

}  // namespace

std::optional<booking_line> find_booking(const application& app, family_id family, hold_id hold) {
    auto view = app.seen.families.find(family);
    if (!view) return std::nullopt;
    for (const order& o : view->sales.orders) {
        for (const order_line& line : o.lines) {
            const bool was_booked =
                line.state == line_state::booked || line.state == line_state::cancelled;
            if (line.hold == hold && was_booked) return booking_line{std::move(view), &o, &line};
        }
    }
    return std::nullopt;
}

std::vector<line_cancellation> cancellations_of(const application& app, family_id family) {
    std::vector<line_cancellation> found;
    const auto file = app.families.find(family);
    if (!file) return found;
    for (const request_row& request : file->requests) add(found, app, family, request);
    for (const request_row& request : file->asked_of) add(found, app, family, request);
    return found;
}

std::uint32_t percent_today(const season* published, week_id week, instant now) {
    const camp_week* of = published != nullptr ? published->find(week) : nullptr;
    if (of == nullptr) return 0;
    const auto zone = time_zone::find(published->time_zone);
    const auto local = zone ? zone->to_local(now).time_since_epoch()
                            : std::chrono::floor<std::chrono::seconds>(now).time_since_epoch();
    const std::chrono::sys_days today{std::chrono::floor<std::chrono::days>(local)};
    return refund_percent(published->sales, of->first_day(), today);
}

cents refund_of(const booking_line& booking, std::uint32_t percent) {
    const std::int64_t back =
        (booking.line->amount.value * percent + whole_percent / 2) / whole_percent;
    const std::int64_t owed = booking.order->total.value - booking.order->paid.value;
    return {back - std::min(owed, back)};
}

request_state state_of(const request_row& request, const std::optional<booking_line>& booking) {
    if (booking && booking->cancelled() && request.state == request_state::pending)
        return request_state::accepted;
    return request.state;
}

}  // namespace campgate::server
