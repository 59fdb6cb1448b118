#include "core/sale.hpp"

#include "core/ensure.hpp"

#include <algorithm>

namespace campgate {

namespace {

constexpr cents nothing{0};

cents sum_of(cents a, cents b) {
    return {a.value + b.value};
}
cents difference(cents a, cents b) {
    return {a.value - b.value};
}
cents negative(cents a) {
    return {-a.value};
}

// A record under way, with what all steps have in common.
class step {
public:
    step(const sale_view& v, sale_event event) : v_(v) {
        made_.event = event;
        made_.family = v.family;
    }

    sale_record& made() { return made_; }

    void put(order o) {
        o.changed = v_.next;
        made_.order = std::move(o);
    }
    void put(payment p) {
        p.changed = v_.next;
        made_.payment = std::move(p);
    }
    void seat(seat_event event, const order_line& line, order_id of, instant deadline) {
        made_.seats.push_back({event, line.hold, line.week, line.seat, line.child, of, deadline});
    }

    // From one account to another: what the first loses the second gains.
    void move(account from, account to, cents amount, const order& o) {
        if (amount == nothing) return;
        enter(from, negative(amount), o, {});
        enter(to, amount, o, {});
    }
    // The price of lines, by activity; `sign` 1 when they are sold, -1 when they are not any more.
    void sell(std::span<const order_line> lines, cents adjustment, account against, int sign,
              const order& o) {
        cents total = adjustment;
        for (const order_line& line : lines) {
            total = sum_of(total, line.amount);
            enter(account::sales, {-sign * line.amount.value}, o, activity_of(line.week));
        }
        enter(account::sales, {-sign * adjustment.value}, o, {});
        enter(against, {sign * total.value}, o, {});
    }

    // Gives money back, to the newest payments first, as far as they have something left.
    void give_back(cents amount, refund_reason why, const order& from,
                   const payment* only = nullptr) {
        for (const payment* p : payments_newest_first(from, only)) {
            if (amount == nothing) return;
            const cents part = std::min(left_of(*p), amount);
            if (part.value <= 0) continue;
            add_refund(p->id, part, why, from);
            amount = difference(amount, part);
        }
        if (amount.value > 0) add_refund({}, amount, why, from);
    }

    sale_record take() {
        // What went in and out again within one step is no entry.
        std::erase_if(made_.money, [](const money_entry& e) { return e.amount == nothing; });
        cents sum;
        for (const money_entry& entry : made_.money) sum = sum_of(sum, entry.amount);
        ensure(sum == nothing, "money from nowhere");
        return std::move(made_);
    }

private:
    camp_id activity_of(week_id week) const {
        const camp_week* w = v_.published.find(week);
        return w != nullptr ? w->camp : camp_id{};
    }

    void enter(account a, cents amount, const order& o, camp_id activity) {
        if (amount == nothing) return;
        for (money_entry& entry : made_.money) {
            if (entry.account != a || entry.activity != activity) continue;
            entry.amount = sum_of(entry.amount, amount);
            return;
        }
        made_.money.push_back({a, amount, o.family, o.payer, o.id, activity});
    }

    // What came in and has not been given back yet, nor is about to be.
    cents left_of(const payment& p) const {
        cents left = p.received;
        for (const refund_id id : v_.book.refunds_of(v_.family)) {
            const refund& r = *v_.book.find(id);
            if (r.of == p.id) left = difference(left, r.amount);
        }
        for (const refund& r : made_.refunds) {
            if (r.of == p.id) left = difference(left, r.amount);
        }
        return left;
    }

    void add_refund(payment_id of, cents amount, refund_reason why, const order& from) {
        const refund_id id{v_.next.value * sale_refunds_max + made_.refunds.size()};
        made_.refunds.push_back(
            {id, v_.next, of, from.id, v_.family, refund_state::due, why, v_.now, amount});
    }

    // Those of the order itself, then the family's others (B5: "to the last payment").
    std::vector<const payment*> payments_newest_first(const order& from, const payment* only) {
        std::vector<const payment*> found;
        if (only != nullptr) {
            found.push_back(made_.payment && made_.payment->id == only->id ? &*made_.payment
                                                                           : only);
            return found;
        }
        const auto add_of = [&](order_id id) {
            const auto& of = v_.book.payments_of(id);
            for (auto at = of.rbegin(); at != of.rend(); ++at) {
                const payment* p = v_.book.find(*at);
                if (p->state == payment_state::paid) found.push_back(p);
            }
        };
        add_of(from.id);
        const auto& orders = v_.book.orders_of(v_.family);
        for (auto at = orders.rbegin(); at != orders.rend(); ++at) {
            if (*at != from.id) add_of(*at);
        }
        return found;
    }

    const sale_view& v_;
    sale_record made_;
};

const order* own_order(const sale_view& v, order_id id) {
    const order* o = v.book.find(id);
    return o != nullptr && o->family == v.family ? o : nullptr;
}

const payment* own_payment(const sale_view& v, payment_id id) {
    const payment* p = v.book.find(id);
    return p != nullptr && p->family == v.family ? p : nullptr;
}

const family_hold* hold_of(const sale_view& v, hold_id id) {
    const auto at = std::ranges::find(v.holds, id, &family_hold::hold);
    return at != v.holds.end() ? &*at : nullptr;
}

bool pinned(const order& o, instant now) {
    return o.state == order_state::open && o.pinned_until && *o.pinned_until > now;
}

instant whole_second(instant t) {
    return std::chrono::ceil<std::chrono::seconds>(t);
}

priced_item item_of(const order_line& line, iso_week iso) {
    return {line.child, line.birth_date, line.week, iso, line.charged_as, line.list};
}

// What a new order is priced beside (B5): the bookings that are still there, and what they cost.
struct paid_before {
    std::vector<priced_item> items;
    cents paid;
};

paid_before booked_of(const sale_view& v) {
    paid_before before;
    for (const order_id id : v.book.orders_of(v.family)) {
        const order& o = *v.book.find(id);
        if (o.state != order_state::paid) continue;
        bool any = false;
        for (const order_line& line : o.lines) {
            const camp_week* week = v.published.find(line.week);
            if (line.state != line_state::booked || week == nullptr) continue;
            before.items.push_back(item_of(line, week->iso));
            before.paid = sum_of(before.paid, line.amount);
            any = true;
        }
        if (any) before.paid = sum_of(before.paid, o.adjustment);
    }
    return before;
}

struct wanted_line {
    const family_hold* hold;
    priced_item item;
};

// The holds with their prices by what the child is today; nothing when one is not known.
std::optional<std::vector<wanted_line>> priced_holds(const sale_view& v,
                                                     std::span<const family_hold* const> holds) {
    std::vector<wanted_line> lines;
    for (const family_hold* hold : holds) {
        const camp_week* week = v.published.find(hold->week);
        const child_facts* child = v.facts != nullptr ? v.facts->find(hold->child) : nullptr;
        if (week == nullptr || child == nullptr) return std::nullopt;
        lines.push_back({hold,
                         {hold->child, child->birth_date, hold->week, week->iso, child->charged_as,
                          week->prices.of(child->charged_as)}});
    }
    return lines;
}

// An order over these lines; its total can be below zero, which the caller settles.
order priced_order(const sale_view& v, actor_id payer, std::span<const wanted_line> wanted) {
    const paid_before before = booked_of(v);
    std::vector<priced_item> all = before.items;
    for (const wanted_line& line : wanted) all.push_back(line.item);
    const quote q = price_of(all, v.published.sales.prices);
    order o;
    o.id = order_id{v.next.value};
    o.family = v.family;
    o.payer = payer;
    o.made = v.now;
    cents sum;
    for (const price_line& priced : q.lines) {
        const auto at = std::ranges::find_if(wanted, [&](const wanted_line& w) {
            return w.item.child == priced.child && w.item.week == priced.week;
        });
        if (at == wanted.end()) continue;
        order_line line;
        line.hold = at->hold->hold;
        line.deadline = at->hold->deadline;
        line.week = priced.week;
        line.child = priced.child;
        line.seat = at->hold->seat;
        line.charged_as = at->item.charged_as;
        line.birth_date = at->item.birth_date;
        line.list = priced.list;
        line.reductions = priced.reductions;
        line.amount = priced.amount;
        sum = sum_of(sum, line.amount);
        o.lines.push_back(std::move(line));
    }
    o.total = difference(q.total, before.paid);
    o.adjustment = difference(o.total, sum);
    return o;
}

std::vector<const family_hold*> basket_of(const sale_view& v) {
    std::vector<const family_hold*> found;
    for (const family_hold& hold : v.holds) {
        if (!hold.booked && hold.order == order_id{}) found.push_back(&hold);
    }
    return found;
}

// The open order that is made of exactly these holds.
const order* order_of(const sale_view& v, std::span<const hold_id> wanted) {
    for (const order_id id : v.book.orders_of(v.family)) {
        const order& o = *v.book.find(id);
        if (o.state != order_state::open || o.lines.size() != wanted.size()) continue;
        if (std::ranges::all_of(o.lines, [&](const order_line& line) {
                return std::ranges::find(wanted, line.hold) != wanted.end();
            }))
            return &o;
    }
    return nullptr;
}

void book(step& s, order& o) {
    o.state = order_state::paid;
    o.pinned_until.reset();
    for (order_line& line : o.lines) {
        if (line.state != line_state::held) continue;
        line.state = line_state::booked;
        s.seat(seat_event::book, line, o.id, {});
    }
}

// An unpaid order ends: what was sold is not sold any more.
void unsell(step& s, const order& o) {
    s.sell(o.lines, o.adjustment, account::receivable, -1, o);
}

}  // namespace

// ---- the basket and the order
// ------------------------------------------------------------------------------------

sale_outcome finalise(const sale_view& v, actor_id payer, std::span<const hold_id> wanted) {
    std::vector<const family_hold*> holds;
    if (wanted.empty()) {
        holds = basket_of(v);
        if (holds.empty()) return sale_refusal::nothing_to_finalise;
    } else {
        if (const order* known = order_of(v, wanted)) return sale_known{known->id, {}};
        for (const hold_id id : wanted) {
            const family_hold* hold = hold_of(v, id);
            if (hold == nullptr) return sale_refusal::not_found;
            if (hold->booked || hold->order != order_id{}) return sale_refusal::in_order;
            if (std::ranges::find(holds, hold) == holds.end()) holds.push_back(hold);
        }
    }
    const auto lines = priced_holds(v, holds);
    if (!lines) return sale_refusal::not_found;
    step s{v, sale_event::finalised};
    order o = priced_order(v, payer, *lines);
    o.deadline = std::ranges::min(o.lines, {}, &order_line::deadline).deadline;
    if (v.published.sales.clock == hold_clock::restart_on_finalise)
        o.deadline = whole_second(v.now + v.published.hold_duration);
    const cents back = o.total.value < 0 ? negative(o.total) : nothing;
    if (back != nothing) {
        o.adjustment = sum_of(o.adjustment, back);
        o.total = nothing;
    }
    s.sell(o.lines, o.adjustment, account::receivable, 1, o);
    if (back != nothing) {
        s.move(account::refunds, account::sales, back, o);
        s.give_back(back, refund_reason::price_fell, o);
    }
    if (o.total == nothing) {
        s.made().event = sale_event::paid;
        book(s, o);
    } else {
        for (const order_line& line : o.lines) s.seat(seat_event::order, line, o.id, o.deadline);
    }
    s.put(std::move(o));
    return s.take();
}

namespace {

// Closes an open order; `gone` ends, the others go back into the basket.
sale_record close(const sale_view& v, order o, std::optional<hold_id> gone) {
    step s{v, sale_event::abandoned};
    unsell(s, o);
    o.state = order_state::abandoned;
    o.pinned_until.reset();
    for (order_line& line : o.lines) {
        if (line.state != line_state::held) continue;
        const bool ends = gone && line.hold == *gone;
        line.state = ends ? line_state::ended : line_state::returned;
        if (ends)
            s.seat(seat_event::end, line, {}, {});
        else
            s.seat(seat_event::release, line, {}, line.deadline);
    }
    s.put(std::move(o));
    return s.take();
}

}  // namespace

sale_outcome abandon(const sale_view& v, order_id id) {
    const order* o = own_order(v, id);
    if (o == nullptr) return sale_refusal::not_found;
    if (o->state == order_state::abandoned) return sale_refusal::unchanged;
    if (o->state != order_state::open) return sale_refusal::not_open;
    if (pinned(*o, v.now)) return sale_refusal::payment_in_progress;
    return close(v, *o, std::nullopt);
}

sale_outcome release_ordered(const sale_view& v, const family_hold& hold) {
    const order* o = own_order(v, hold.order);
    if (o == nullptr || o->state != order_state::open) return sale_refusal::not_open;
    if (pinned(*o, v.now)) return sale_refusal::payment_in_progress;
    return close(v, *o, hold.hold);
}

sale_outcome expire(const sale_view& v, order_id id) {
    const order* known = own_order(v, id);
    if (known == nullptr) return sale_refusal::not_found;
    if (!known->ends() || *known->ends() > v.now) return sale_refusal::unchanged;
    order o = *known;
    step s{v, sale_event::expired};
    unsell(s, o);
    o.state = order_state::expired;
    o.pinned_until.reset();
    for (order_line& line : o.lines) {
        if (line.state != line_state::held) continue;
        line.state = line_state::ended;
        s.seat(seat_event::end, line, {}, {});
    }
    s.put(std::move(o));
    return s.take();
}

sale_outcome change_clock(const sale_view& v, order_id id, bool stopped) {
    const order* known = own_order(v, id);
    if (known == nullptr) return sale_refusal::not_found;
    if (known->state != order_state::open) return sale_refusal::not_open;
    if (known->clock_stopped == stopped) return sale_refusal::unchanged;
    order o = *known;
    o.clock_stopped = stopped;
    step s{v, sale_event::clock_changed};
    s.put(std::move(o));
    return s.take();
}

sale_outcome remind(const sale_view& v, instant until) {
    if (v.book.reminded(v.family) >= until) return sale_refusal::unchanged;
    step s{v, sale_event::reminded};
    s.made().reminded = until;
    return s.take();
}

// ---- payments
// ----------------------------------------------------------------------------------------------

sale_outcome want_payment(const sale_view& v, order_id id, payment_method method, bits128 key) {
    const order* known = own_order(v, id);
    if (known == nullptr) return sale_refusal::not_found;
    for (const payment_id other : v.book.payments_of(id)) {
        const payment& p = *v.book.find(other);
        if (p.key == key) return sale_known{id, other};
    }
    if (known->state != order_state::open) return sale_refusal::not_open;
    const offered_method* offered = v.published.sales.find(method);
    if (offered == nullptr) return sale_refusal::method_not_offered;
    // Two tabs, one payment.
    for (const payment_id other : v.book.payments_of(id)) {
        const payment& p = *v.book.find(other);
        if (p.state != payment_state::wanted && p.state != payment_state::open) continue;
        if (p.method == method) return sale_known{id, other};
    }
    if (pinned(*known, v.now)) return sale_refusal::payment_in_progress;
    order o = *known;
    o.method = method;
    if (method == payment_method::online && !o.pin_used) {
        o.pin_used = true;
        o.pinned_until = whole_second(v.now + v.published.sales.payment_pin);
    }
    if (offered->patience.count() > 0)
        o.deadline = std::max(o.deadline, whole_second(v.now + offered->patience));
    payment p;
    p.id = payment_id{v.next.value};
    p.of = o.id;
    p.family = v.family;
    p.method = method;
    p.state = method == payment_method::online ? payment_state::wanted : payment_state::open;
    p.made = v.now;
    p.key = key;
    p.amount = difference(o.total, o.paid);
    step s{v, sale_event::payment_wanted};
    if (o.deadline != known->deadline) {
        for (const order_line& line : o.lines) {
            if (line.state == line_state::held) s.seat(seat_event::order, line, o.id, o.deadline);
        }
    }
    s.put(std::move(o));
    s.put(std::move(p));
    return s.take();
}

sale_outcome open_payment(const sale_view& v, payment_id id, std::string_view reference) {
    const payment* known = own_payment(v, id);
    if (known == nullptr) return sale_refusal::not_found;
    if (known->state != payment_state::wanted) return sale_refusal::unchanged;
    payment p = *known;
    p.state = payment_state::open;
    p.reference = std::string{reference};
    step s{v, sale_event::payment_open};
    s.put(std::move(p));
    return s.take();
}

sale_outcome fail_payment(const sale_view& v, payment_id id) {
    const payment* known = own_payment(v, id);
    if (known == nullptr) return sale_refusal::not_found;
    if (known->state != payment_state::wanted && known->state != payment_state::open)
        return sale_refusal::unchanged;
    payment p = *known;
    p.state = payment_state::failed;
    step s{v, sale_event::payment_failed};
    const order& of = *v.book.find(p.of);
    if (of.pinned_until) {
        order o = of;
        o.pinned_until.reset();
        s.put(std::move(o));
    }
    s.put(std::move(p));
    return s.take();
}

namespace {

// Money for an order that had ended: the same seat or another of that week, else it goes back (B4).
sale_outcome money_came_late(const sale_view& v, const payment& known, const seat_claimer& claim,
                             const seats_left& left) {
    payment p = known;
    order o = *v.book.find(p.of);
    step s{v, sale_event::paid_late};
    const std::size_t lines = o.lines.size();
    std::vector<order_line> sold;
    std::vector<std::pair<week_id, std::uint32_t>> taken;  // by this record
    for (order_line& line : o.lines) {
        if (line.state == line_state::cancelled || line.state == line_state::booked) continue;
        const camp_week* week = v.published.find(line.week);
        // In the basket again: abandoned under the bank's page, or held anew.
        const auto held = std::ranges::find_if(v.holds, [&](const family_hold& h) {
            return h.child == line.child && h.week == line.week && !h.booked &&
                   h.order == order_id{};
        });
        if (held != v.holds.end()) {
            line.hold = held->hold;
            line.seat = held->seat;
            line.state = line_state::booked;
            s.seat(seat_event::book, line, o.id, {});
            sold.push_back(line);
            continue;
        }
        const bool elsewhere =
            week == nullptr || std::ranges::any_of(v.holds, [&](const family_hold& h) {
                const camp_week* other = v.published.find(h.week);
                return h.child == line.child && other != nullptr && other->iso == week->iso;
            });
        std::optional<seat_number> seat;
        if (!elsewhere) {
            auto at =
                std::ranges::find(taken, line.week, &std::pair<week_id, std::uint32_t>::first);
            if (at == taken.end()) at = taken.insert(taken.end(), {line.week, 0});
            if (left(line.week) > at->second) {
                seat = claim(line.week, line.seat);
                if (!seat) return sale_refusal::contended;
                ++at->second;
            }
        }
        if (!seat) {
            line.state = line_state::ended;
            if (!elsewhere) s.made().priorities.push_back({line.child, line.week});
            continue;
        }
        line.hold = make_hold_id(v.next, static_cast<std::size_t>(&line - o.lines.data()));
        line.seat = *seat;
        line.state = line_state::booked;
        s.seat(seat_event::retake, line, o.id, {});
        sold.push_back(line);
    }
    const bool all = sold.size() == lines;
    cents price;
    for (const order_line& line : sold) price = sum_of(price, line.amount);
    // An adjustment belongs to the whole; a part of the order is sold for what its lines say, and
    // never for more than came in.
    cents adjustment = all ? o.adjustment : nothing;
    price = sum_of(price, adjustment);
    if (price > p.received) {
        adjustment = sum_of(adjustment, difference(p.received, price));
        price = p.received;
    }
    s.sell(sold, adjustment, account::receivable, 1, o);
    s.move(account::receivable, account::money, price, o);
    const cents rest = difference(p.received, price);
    s.move(account::refunds, account::money, rest, o);
    if (!sold.empty()) {
        o.state = order_state::paid;
        o.adjustment = adjustment;
        o.total = price;
        o.paid = price;
        p.state = payment_state::paid;
    } else {
        p.state = payment_state::returned;
    }
    o.pinned_until.reset();
    s.put(std::move(p));
    if (rest != nothing) s.give_back(rest, refund_reason::no_seat_left, o, &known);
    s.put(std::move(o));
    return s.take();
}

}  // namespace

sale_outcome money_came(const sale_view& v, payment_id id, cents received, bool right_currency,
                        const seat_claimer& claim, const seats_left& left) {
    const payment* known = own_payment(v, id);
    if (known == nullptr) return sale_refusal::not_found;
    const bool new_here = known->state == payment_state::wanted ||
                          known->state == payment_state::open ||
                          known->state == payment_state::failed;
    if (!new_here || received.value <= 0) return sale_refusal::unchanged;
    payment p = *known;
    p.received = received;
    const order& of = *v.book.find(p.of);
    if (received != p.amount || !right_currency) {
        p.state = payment_state::review;
        step s{v, sale_event::review};
        s.move(account::suspense, account::money, received, of);
        // Nobody loses a seat while money is being looked at.
        if (of.state == order_state::open) {
            order o = of;
            o.clock_stopped = true;
            o.pinned_until.reset();
            s.put(std::move(o));
        }
        s.put(std::move(p));
        return s.take();
    }
    if (of.state == order_state::paid) {
        p.state = payment_state::returned;
        step s{v, sale_event::paid_late};
        s.move(account::refunds, account::money, received, of);
        s.put(std::move(p));
        s.give_back(received, refund_reason::overpaid, of, known);
        return s.take();
    }
    if (of.state != order_state::open) return money_came_late(v, p, claim, left);
    order o = of;
    step s{v, sale_event::paid};
    s.move(account::receivable, account::money, received, o);
    o.paid = sum_of(o.paid, received);
    o.method = p.method;
    p.state = payment_state::paid;
    book(s, o);
    s.put(std::move(o));
    s.put(std::move(p));
    return s.take();
}

sale_outcome settle(const sale_view& v, payment_id id, const seat_claimer& claim,
                    const seats_left& left) {
    const payment* known = own_payment(v, id);
    if (known == nullptr) return sale_refusal::not_found;
    if (known->method == payment_method::online) return sale_refusal::method_not_offered;
    if (known->state != payment_state::open) return sale_refusal::unchanged;
    if (known->method != payment_method::deferred)
        return money_came(v, id, known->amount, true, claim, left);
    // Invoiced later: booked now, and owed.
    const order& of = *v.book.find(known->of);
    if (of.state != order_state::open) return sale_refusal::not_open;
    order o = of;
    payment p = *known;
    p.state = payment_state::paid;
    step s{v, sale_event::paid};
    book(s, o);
    s.put(std::move(o));
    s.put(std::move(p));
    return s.take();
}

sale_outcome review(const sale_view& v, payment_id id, bool accept) {
    const payment* known = own_payment(v, id);
    if (known == nullptr) return sale_refusal::not_found;
    if (known->state != payment_state::review) return sale_refusal::nothing_to_review;
    payment p = *known;
    order o = *v.book.find(p.of);
    step s{v, sale_event::reviewed};
    o.clock_stopped = false;
    if (accept) {
        if (o.state != order_state::open) return sale_refusal::not_open;
        // The price becomes what came in.
        const cents off = difference(p.received, difference(o.total, o.paid));
        s.sell({}, off, account::receivable, 1, o);
        s.move(account::receivable, account::suspense, p.received, o);
        o.adjustment = sum_of(o.adjustment, off);
        o.total = sum_of(o.total, off);
        o.paid = sum_of(o.paid, p.received);
        o.method = p.method;
        p.state = payment_state::paid;
        book(s, o);
        s.put(std::move(p));
    } else {
        s.move(account::refunds, account::suspense, p.received, o);
        p.state = payment_state::returned;
        s.put(p);
        s.give_back(p.received, refund_reason::by_staff, o, known);
    }
    s.put(std::move(o));
    return s.take();
}

// ---- the way back
// ------------------------------------------------------------------------------------------

sale_outcome settle_refund(const sale_view& v, refund_id id, refund_state state) {
    const refund* known = v.book.find(id);
    if (known == nullptr || known->family != v.family) return sale_refusal::not_found;
    if (known->state == state || known->state == refund_state::done) return sale_refusal::unchanged;
    refund r = *known;
    r.state = state;
    r.changed = v.next;
    step s{v, sale_event::refund_settled};
    if (state == refund_state::done)
        s.move(account::money, account::refunds, r.amount, *v.book.find(r.from));
    s.made().refunds.push_back(r);
    return s.take();
}

sale_outcome cancel_booking(const sale_view& v, hold_id hold, std::uint32_t percent) {
    const family_hold* held = hold_of(v, hold);
    if (held == nullptr) return sale_refusal::not_found;
    if (!held->booked) return sale_refusal::not_booked;
    const order* known = own_order(v, held->order);
    ensure(known != nullptr, "a booking of no order");
    order o = *known;
    const auto line = std::ranges::find(o.lines, hold, &order_line::hold);
    ensure(line != o.lines.end() && line->state == line_state::booked,
           "a booking that is not in its order");
    line->state = line_state::cancelled;
    step s{v, sale_event::cancelled};
    s.seat(seat_event::end, *line, {}, {});
    constexpr std::int64_t whole = 100;
    const cents back{(line->amount.value * percent + whole / 2) / whole};
    if (back != nothing) {
        // What was never paid is not given back but owed no more.
        const cents owed = difference(o.total, o.paid);
        const cents forgiven = std::min(owed, back);
        const cents returned = difference(back, forgiven);
        if (forgiven.value > 0) {
            s.move(account::receivable, account::sales, forgiven, o);
            o.total = difference(o.total, forgiven);
        }
        if (returned.value > 0) {
            s.move(account::refunds, account::sales, returned, o);
            s.give_back(returned, refund_reason::cancelled, o);
        }
    }
    s.put(std::move(o));
    return s.take();
}

}  // namespace campgate
