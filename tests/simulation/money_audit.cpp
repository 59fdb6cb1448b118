#include "tests/simulation/money_audit.hpp"

#include <algorithm>
#include <string>

namespace campgate::simulation {

namespace {

// Who has what came in: used, under review, or on its way back.
bool came_in(const payment& p) {
    return p.state == payment_state::paid || p.state == payment_state::review ||
           p.state == payment_state::returned;
}

bool has_seats(const order& o) {
    return o.state == order_state::open || o.state == order_state::paid;
}

[[noreturn]] void wrong(const std::string& what) {
    throw violation("money: " + what);
}

std::string name(order_id id) {
    return "order " + std::to_string(id.value);
}

std::string name(payment_id id) {
    return "payment " + std::to_string(id.value);
}

bool may_follow(payment_state before, payment_state after) {
    switch (before) {
        case payment_state::wanted: return after != payment_state::wanted;
        case payment_state::open:
            return after != payment_state::wanted && after != payment_state::open;
        case payment_state::failed:
            return after == payment_state::paid || after == payment_state::review ||
                   after == payment_state::returned;
        case payment_state::review:
            return after == payment_state::paid || after == payment_state::returned;
        case payment_state::paid:
        case payment_state::returned: break;
    }
    return false;
}

bool may_follow(order_state before, order_state after) {
    switch (before) {
        case order_state::open: return true;
        case order_state::paid: return after == order_state::paid;
        case order_state::abandoned:
        case order_state::expired: return after == before || after == order_state::paid;
    }
    return false;
}

}  // namespace

void money_audit::before(const record& r) {
    const auto* s = std::get_if<sale_record>(&r.body);
    if (s == nullptr) return;
    ++steps;
    ++seen[s->event];
    std::int64_t sum = 0;
    for (const money_entry& entry : s->money) {
        if (entry.amount.value == 0) wrong("an entry of nothing");
        sum += entry.amount.value;
    }
    if (sum != 0) wrong("entries that are not zero in all");
    if (s->order) check_order(*s, r.at);
    if (s->payment) check_payment(*s->payment);
    for (const refund& f : s->refunds) check_refund(f);
    if (s->reminded) check_reminder(*s);
}

void money_audit::check_order(const sale_record& s, instant at) {
    const order& now = *s.order;
    if (now.total.value < 0 || now.paid.value < 0) wrong(name(now.id) + " is below zero");
    const order* then = folded_.sales().find(now.id);
    if (then == nullptr) {
        if (s.event != sale_event::finalised && s.event != sale_event::paid)
            wrong(name(now.id) + " comes from nowhere");
        return;
    }
    if (!may_follow(then->state, now.state)) wrong(name(now.id) + " goes back");
    const bool pinned = then->state == order_state::open && then->pinned_until > at;
    if (s.event == sale_event::abandoned && pinned)
        wrong("B4: " + name(now.id) + " is given up under the bank's page");
    if (s.event != sale_event::expired) return;
    if (!expired_.insert(now.id).second) wrong("R2: " + name(now.id) + " expires twice");
    if (!then->ends() || *then->ends() > at) wrong("S26: " + name(now.id) + " expires too early");
}

void money_audit::check_payment(const payment& now) const {
    const payment* then = folded_.sales().find(now.id);
    if (then == nullptr) {
        if (now.state != payment_state::wanted && now.state != payment_state::open)
            wrong(name(now.id) + " comes from nowhere");
        return;
    }
    if (!may_follow(then->state, now.state)) wrong(name(now.id) + " is used twice");
    if (then->amount != now.amount || then->key != now.key || then->of != now.of)
        wrong(name(now.id) + " is another one now");
    if (came_in(*then) && then->received != now.received)
        wrong(name(now.id) + " comes in a second time");
}

void money_audit::check_refund(const refund& now) const {
    if (now.amount.value <= 0) wrong("a refund of nothing");
    const refund* then = folded_.sales().find(now.id);
    if (then == nullptr) {
        if (now.state != refund_state::due) wrong("a refund that nobody owed");
        return;
    }
    if (then->state == refund_state::done) wrong("a refund that goes out twice");
    if (then->amount != now.amount || then->of != now.of) wrong("a refund is another one now");
}

// R1: once for each thing that ends.
void money_audit::check_reminder(const sale_record& s) const {
    const instant told = folded_.sales().reminded(s.family);
    if (*s.reminded <= told) wrong("R1: a family is reminded of what it was told before");
    const auto fits = [&](instant end) { return end > told && end <= *s.reminded; };
    for (const family_hold& h : folded_.holds_of(s.family)) {
        if (!h.booked && h.order == order_id{} && fits(h.deadline)) return;
    }
    for (const order_id id : folded_.sales().orders_of(s.family)) {
        const auto end = folded_.sales().find(id)->ends();
        if (end && fits(*end)) return;
    }
    wrong("R1: a family is reminded of nothing");
}

void money_audit::after(const record& r) const {
    const auto* s = std::get_if<sale_record>(&r.body);
    if (s == nullptr) return;
    check_accounts();
    check_family(s->family);
}

// Money in = what orders were paid + what goes back + what is looked at, each account by itself.
void money_audit::check_accounts() const {
    const order_book& book = folded_.sales();
    std::array<std::int64_t, accounts> expected{};
    const auto of = [&](account a) -> std::int64_t& {
        return expected[static_cast<std::size_t>(a) - 1];
    };
    book.each_order([&](const order& o) {
        if (!has_seats(o)) return;
        of(account::receivable) += o.total.value - o.paid.value;
        of(account::sales) -= o.total.value;
    });
    book.each_payment([&](const payment& p) {
        if (!came_in(p)) return;
        of(account::money) += p.received.value;
        if (p.state == payment_state::review) of(account::suspense) -= p.received.value;
    });
    book.each_refund([&](const refund& f) {
        if (f.why == refund_reason::price_fell || f.why == refund_reason::cancelled)
            of(account::sales) += f.amount.value;
        of(f.state == refund_state::done ? account::money : account::refunds) -= f.amount.value;
    });
    for (std::size_t i = 0; i < accounts; ++i) {
        const auto a = static_cast<account>(i + 1);
        if (book.balance(a).value != expected[i])
            wrong("account " + std::to_string(i + 1) + " has " +
                  std::to_string(book.balance(a).value) + ", what there is says " +
                  std::to_string(expected[i]));
    }
}

// Never a paid parent without a place or the money; never a place without its line.
void money_audit::check_family(family_id family) const {
    const order_book& book = folded_.sales();
    const auto holds = folded_.holds_of(family);
    std::map<hold_id, const family_hold*> by_id;
    for (const family_hold& h : holds) by_id[h.hold] = &h;
    std::set<hold_id> lined;
    for (const order_id id : book.orders_of(family)) {
        const order& o = *book.find(id);
        if (o.clock_stopped && o.state == order_state::expired)
            wrong(name(id) + " expired stopped");
        for (const order_line& line : o.lines) {
            const bool held = line.state == line_state::held;
            if (held != (o.state == order_state::open)) wrong(name(id) + " has a line left behind");
            if (!held && line.state != line_state::booked) continue;
            if (!held && o.state != order_state::paid) wrong(name(id) + " is booked unpaid");
            const auto found = by_id.find(line.hold);
            if (found == by_id.end()) wrong(name(id) + " has a line without a seat");
            const family_hold& h = *found->second;
            if (h.booked == held || h.order != id || h.week != line.week || h.seat != line.seat ||
                h.child != line.child || (held && h.deadline != o.deadline))
                wrong(name(id) + " has a line of another seat");
            if (!lined.insert(line.hold).second) wrong("a seat is in two lines");
        }
        if (o.state == order_state::paid) check_paid(o);
    }
    for (const family_hold& h : holds) {
        if ((h.booked || h.order != order_id{}) && !lined.contains(h.hold))
            wrong("a seat is sold without a line");
    }
    std::map<payment_id, std::int64_t> back;
    for (const refund_id id : book.refunds_of(family)) {
        const refund& f = *book.find(id);
        back[f.of] += f.amount.value;
    }
    for (const order_id id : book.orders_of(family)) {
        for (const payment_id pid : book.payments_of(id)) {
            const payment& p = *book.find(pid);
            if (back[pid] > p.received.value) wrong(name(pid) + " gives back more than came in");
            if (p.state == payment_state::returned && back[pid] != p.received.value)
                wrong(name(pid) + " keeps something that bought nothing");
            if (p.state == payment_state::paid && book.find(id)->state != order_state::paid)
                wrong(name(pid) + " bought nothing");
        }
    }
}

// What was paid is what the lines cost, and an order is owed only if it is to be invoiced.
void money_audit::check_paid(const order& o) const {
    std::int64_t lines = o.adjustment.value;
    for (const order_line& line : o.lines) {
        if (line.state == line_state::booked || line.state == line_state::cancelled)
            lines += line.amount.value;
    }
    bool invoiced = false;
    for (const payment_id id : folded_.sales().payments_of(o.id)) {
        const payment& p = *folded_.sales().find(id);
        if (p.method == payment_method::deferred && p.state == payment_state::paid) invoiced = true;
    }
    if (invoiced ? o.total.value > lines : o.total.value != lines)
        wrong(name(o.id) + " costs " + std::to_string(o.total.value) + ", its lines " +
              std::to_string(lines));
    if (!invoiced && o.total != o.paid) wrong(name(o.id) + " is booked and not paid");
}

void money_audit::compare(const simulated_bank& bank) const {
    const order_book& book = folded_.sales();
    std::int64_t in = 0, out = 0;
    for (const auto& [reference, entry] : bank.all()) {
        const payment* p = book.find(entry.payment);
        if (p == nullptr) wrong("the bank has a payment that nobody asked for");
        const bool paid = entry.truth.state == server::provider_state::paid;
        if (paid != came_in(*p) || (paid && p->received != entry.truth.received))
            wrong(name(p->id) + " is not what the bank says");
        if (paid) in += entry.truth.received.value;
        for (const auto& [id, amount] : entry.refunded) {
            const refund* f = book.find(id);
            if (f == nullptr || f->of != p->id || f->amount != amount ||
                f->state != refund_state::done)
                wrong("the bank gave back what the books do not say");
            out += amount.value;
        }
        if (entry.truth.refunded.value > entry.truth.received.value)
            wrong("the bank gives back more than came in");
    }
    // What came by transfer and at the counter, and went back by hand.
    std::int64_t drawer = 0;
    book.each_payment([&](const payment& p) {
        if (p.method != payment_method::online && came_in(p)) drawer += p.received.value;
    });
    book.each_refund([&](const refund& f) {
        if (f.state != refund_state::done) return;
        const payment* of = book.find(f.of);
        if (of == nullptr || of->method != payment_method::online) drawer -= f.amount.value;
    });
    if (in - out + drawer != book.balance(account::money).value)
        wrong("the bank and the drawer have another sum than the books");
}

}  // namespace campgate::simulation
