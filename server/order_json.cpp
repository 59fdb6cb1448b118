#include "server/order_json.hpp"

#include "core/order_book.hpp"
#include "core/sale.hpp"
#include "server/family_json.hpp"
#include "server/json_time.hpp"
#include "server/payment/transfer_communication.hpp"

#include <algorithm>
#include <ranges>

namespace campgate::server {

namespace json = boost::json;

namespace {

// The names of enumerators that count from 1.
template <std::size_t N, class Enum>
std::string_view named(const std::array<std::string_view, N>& names, Enum value) {
    return names[static_cast<std::size_t>(value) - 1];
}

std::string_view name_of(line_state state) {
    return named(
        std::array<std::string_view, 5>{"held", "booked", "returned", "ended", "cancelled"}, state);
}
std::string_view name_of(payment_state state) {
    return named(
        std::array<std::string_view, 6>{"wanted", "open", "paid", "failed", "review", "returned"},
        state);
}
std::string_view name_of(refund_state state) {
    return named(std::array<std::string_view, 3>{"due", "done", "failed"}, state);
}
std::string_view name_of(refund_reason why) {
    return named(std::array<std::string_view, 5>{"no_seat_left", "overpaid", "price_fell",
                                                 "cancelled", "by_staff"},
                 why);
}
std::string_view name_of(reduction_kind kind) {
    return named(std::array<std::string_view, 4>{"rank", "weeks", "child_cap", "family_cap"}, kind);
}
std::string_view name_of(payment_method method) {
    return named(payment_method_names, method);
}

// What a line of an order and one of a quote have in common.
json::object priced_object(const order_line& line, family_id family, const hold_tokens& tokens) {
    json::array reductions;
    for (const reduction& r : line.reductions) {
        reductions.push_back(json::object{
            {"kind", name_of(r.kind)}, {"number", r.number}, {"amount", r.amount.value}});
    }
    return {{"hold", tokens.token_of(line.hold, family)},
            {"child", line.child.value},
            {"week", line.week.value},
            {"class", server::name_of(line.charged_as)},
            {"list", line.list.value},
            {"reductions", std::move(reductions)},
            {"amount", line.amount.value}};
}

json::object line_object(const order_line& line, const order& o, const order_looks& with) {
    json::object out = priced_object(line, o.family, with.tokens);
    out["seat"] = line.seat.value;
    out["state"] = name_of(line.state);
    const auto asked = std::ranges::find(with.cancellations, line.hold, &line_cancellation::hold);
    if (asked == with.cancellations.end()) {
        out["cancellation"] = nullptr;
    } else {
        out["cancellation"] = json::object{{"state", asked->state}, {"request", asked->request}};
    }
    return out;
}

// What the family's bookings cost together: what a new order is priced beside (B5).
cents booked_price(const family_sales& sales) {
    cents sum;
    for (const order& o : sales.orders) {
        if (o.state != order_state::paid) continue;
        bool any = false;
        for (const order_line& line : o.lines) {
            if (line.state != line_state::booked) continue;
            sum.value += line.amount.value;
            any = true;
        }
        if (any) sum.value += o.adjustment.value;
    }
    return sum;
}

}  // namespace

std::string_view name_of(order_state state) noexcept {
    return named(std::array<std::string_view, 4>{"open", "paid", "abandoned", "expired"}, state);
}

json::object payment_object(const payment& p, std::string_view account,
                            const std::optional<std::string>& checkout_url) {
    const bool transfer = p.method == payment_method::transfer;
    json::object out{
        {"id", p.id.value},           {"order", p.of.value},      {"method", name_of(p.method)},
        {"state", name_of(p.state)},  {"amount", p.amount.value}, {"received", p.received.value},
        {"made_at", rfc3339(p.made)}, {"checkout_url", nullptr},  {"communication", nullptr},
        {"account", nullptr}};
    if (checkout_url && p.state == payment_state::open) out["checkout_url"] = *checkout_url;
    if (transfer) out["communication"] = transfer_communication(p.id);
    if (transfer && !account.empty()) out["account"] = account;
    return out;
}

json::object refund_object(const refund& r) {
    return {{"id", r.id.value},
            {"state", name_of(r.state)},
            {"reason", name_of(r.why)},
            {"amount", r.amount.value},
            {"made_at", rfc3339(r.made)}};
}

json::object order_object(const order& o, const order_looks& with) {
    json::array lines;
    for (const order_line& line : o.lines) lines.push_back(line_object(line, o, with));
    json::array payments;
    for (const payment& p : with.sales.payments) {
        if (p.of == o.id) payments.push_back(payment_object(p, with.account));
    }
    json::array refunds;
    for (const refund& r : with.sales.refunds) {
        if (r.from == o.id) refunds.push_back(refund_object(r));
    }
    json::object out{{"id", o.id.value},
                     {"state", server::name_of(o.state)},
                     {"made_at", rfc3339(o.made)},
                     {"deadline", rfc3339(o.deadline)},
                     {"ends_at", time_or_null(o.ends())},
                     {"clock_stopped", o.clock_stopped},
                     {"pinned_until", time_or_null(o.pinned_until)},
                     {"method", nullptr},
                     {"lines", std::move(lines)},
                     {"adjustment", o.adjustment.value},
                     {"total", o.total.value},
                     {"paid", o.paid.value},
                     {"payer", o.payer.value},
                     {"mine", o.payer == with.asker},
                     {"payments", std::move(payments)},
                     {"refunds", std::move(refunds)}};
    if (o.method) out["method"] = name_of(*o.method);
    return out;
}

json::array orders_array(const order_looks& with) {
    json::array out;
    for (const order& o : with.sales.orders | std::views::reverse)
        out.push_back(order_object(o, with));
    return out;
}

std::optional<sale_record> quote_of(const season& published, const family_view& view,
                                    const family_facts& facts, actor_id payer, instant now) {
    order_book book;
    for (const order& o : view.sales.orders) book.put(o);
    for (const payment& p : view.sales.payments) book.put(p);
    for (const refund& r : view.sales.refunds) book.put(r);
    const sale_view look{
        published, book, facts.id, view.holds, &facts, now, {view.changed.value + 1}};
    auto made = finalise(look, payer, {});
    if (auto* record = std::get_if<sale_record>(&made)) return std::move(*record);
    return std::nullopt;
}

json::object quote_object(const std::optional<sale_record>& record, const family_sales& sales,
                          std::span<const offered_method> methods, family_id family,
                          const hold_tokens& tokens) {
    json::array offered;
    for (const offered_method& m : methods) {
        offered.push_back(
            json::object{{"method", name_of(m.method)}, {"patience_seconds", m.patience.count()}});
    }
    json::array lines;
    json::object out{{"lines", json::array{}},
                     {"adjustment", 0},
                     {"total", 0},
                     {"gives_back", 0},
                     {"already_paid", booked_price(sales).value},
                     {"deadline", nullptr},
                     {"methods", std::move(offered)}};
    if (!record) return out;
    const order& o = *record->order;
    for (const order_line& line : o.lines) lines.push_back(priced_object(line, family, tokens));
    cents back;
    for (const refund& r : record->refunds) back.value += r.amount.value;
    out["lines"] = std::move(lines);
    out["adjustment"] = o.adjustment.value;
    out["total"] = o.total.value;
    out["gives_back"] = back.value;
    out["deadline"] = rfc3339(o.deadline);
    return out;
}

const order* find_order(const family_sales& sales, order_id id) noexcept {
    const auto at = std::ranges::find(sales.orders, id, &order::id);
    return at != sales.orders.end() ? &*at : nullptr;
}

const payment* find_payment(const family_sales& sales, payment_id id) noexcept {
    const auto at = std::ranges::find(sales.payments, id, &payment::id);
    return at != sales.payments.end() ? &*at : nullptr;
}

}  // namespace campgate::server
