#include "core/sale_codec.hpp"

namespace campgate {

namespace {

constexpr std::uint8_t format = 1;

void put_day(byte_writer& w, std::chrono::sys_days d) {
    w.put(static_cast<std::int32_t>(d.time_since_epoch().count()));
}

void get_day(byte_reader& r, std::chrono::sys_days& d) {
    std::int32_t days{};
    r.get(days);
    d = std::chrono::sys_days{std::chrono::days{days}};
}

template <class T>
void get_maybe(byte_reader& r, std::optional<T>& value) {
    if (!r.given()) return;
    T read{};
    r.get(read);
    value = read;
}

void put_line(byte_writer& w, const order_line& l) {
    w.put(l.state);
    w.put(l.hold);
    w.put(l.deadline);
    w.put(l.week);
    w.put(l.child);
    w.put(l.seat);
    w.put(l.charged_as);
    put_day(w, l.birth_date);
    w.put(l.list);
    w.list(l.reductions, [&](const reduction& d) {
        w.put(d.kind);
        w.put(d.number);
        w.put(d.amount);
    });
    w.put(l.amount);
}

void get_line(byte_reader& r, order_line& l) {
    r.get(l.state, line_state::held, line_state::cancelled);
    r.get(l.hold);
    r.get(l.deadline);
    r.get(l.week);
    r.get(l.child);
    r.get(l.seat);
    r.get(l.charged_as, price_class::resident, price_class::other);
    get_day(r, l.birth_date);
    r.get(l.list);
    r.list(l.reductions, reductions_max, [&](reduction& d) {
        r.get(d.kind, reduction_kind::rank, reduction_kind::family_cap);
        r.get(d.number);
        r.get(d.amount);
    });
    r.get(l.amount);
}

void put(byte_writer& w, const order& o) {
    w.put(o.id);
    w.put(o.changed);
    w.put(o.family);
    w.put(o.payer);
    w.put(o.state);
    w.put(o.made);
    w.put(o.deadline);
    w.put(std::uint8_t{o.clock_stopped});
    w.maybe(o.pinned_until);
    w.put(std::uint8_t{o.pin_used});
    w.maybe(o.method);
    w.list(o.lines, [&](const order_line& l) { put_line(w, l); });
    w.put(o.adjustment);
    w.put(o.total);
    w.put(o.paid);
}

void get(byte_reader& r, order& o) {
    r.get(o.id);
    r.get(o.changed);
    r.get(o.family);
    r.get(o.payer);
    r.get(o.state, order_state::open, order_state::expired);
    r.get(o.made);
    r.get(o.deadline);
    r.get(o.clock_stopped);
    get_maybe(r, o.pinned_until);
    r.get(o.pin_used);
    if (r.given()) {
        payment_method method{};
        r.get(method, payment_method::online, payment_method::counter);
        o.method = method;
    }
    r.list(o.lines, holds_per_order_max, [&](order_line& l) { get_line(r, l); });
    if (o.lines.empty()) r.fail();
    r.get(o.adjustment);
    r.get(o.total);
    r.get(o.paid);
}

void put(byte_writer& w, const payment& p) {
    w.put(p.id);
    w.put(p.changed);
    w.put(p.of);
    w.put(p.family);
    w.put(p.method);
    w.put(p.state);
    w.put(p.made);
    w.put(p.key);
    w.put(p.amount);
    w.put(p.received);
    w.put(p.reference);
}

void get(byte_reader& r, payment& p) {
    r.get(p.id);
    r.get(p.changed);
    r.get(p.of);
    r.get(p.family);
    r.get(p.method, payment_method::online, payment_method::counter);
    r.get(p.state, payment_state::wanted, payment_state::returned);
    r.get(p.made);
    r.get(p.key);
    r.get(p.amount);
    r.get(p.received);
    r.get(p.reference);
}

void put(byte_writer& w, const refund& f) {
    w.put(f.id);
    w.put(f.changed);
    w.put(f.of);
    w.put(f.from);
    w.put(f.family);
    w.put(f.state);
    w.put(f.why);
    w.put(f.made);
    w.put(f.amount);
}

void get(byte_reader& r, refund& f) {
    r.get(f.id);
    r.get(f.changed);
    r.get(f.of);
    r.get(f.from);
    r.get(f.family);
    r.get(f.state, refund_state::due, refund_state::failed);
    r.get(f.why, refund_reason::no_seat_left, refund_reason::by_staff);
    r.get(f.made);
    r.get(f.amount);
}

void put_seat(byte_writer& w, const seat_effect& e) {
    w.put(e.event);
    w.put(e.hold);
    w.put(e.week);
    w.put(e.seat);
    w.put(e.child);
    w.put(e.order);
    w.put(e.deadline);
}

void get_seat(byte_reader& r, seat_effect& e) {
    r.get(e.event, seat_event::order, seat_event::retake);
    r.get(e.hold);
    r.get(e.week);
    r.get(e.seat);
    r.get(e.child);
    r.get(e.order);
    r.get(e.deadline);
}

void put_money(byte_writer& w, const money_entry& m) {
    w.put(m.account);
    w.put(m.amount);
    w.put(m.family);
    w.put(m.payer);
    w.put(m.order);
    w.put(m.activity);
}

void get_money(byte_reader& r, money_entry& m) {
    r.get(m.account, account::receivable, account::suspense);
    r.get(m.amount);
    r.get(m.family);
    r.get(m.payer);
    r.get(m.order);
    r.get(m.activity);
}

template <class T>
std::string encode_row(const T& value) {
    byte_writer w;
    w.put(format);
    put(w, value);
    return w.take();
}

template <class T>
std::optional<T> decode_row(std::string_view bytes) {
    byte_reader r{bytes};
    std::uint8_t version{};
    r.get(version);
    T value;
    get(r, value);
    if (version != format || !r.finished()) return std::nullopt;
    return value;
}

}  // namespace

void put_sale(byte_writer& w, const sale_record& s) {
    w.put(s.event);
    w.put(s.family);
    w.put(std::uint8_t{s.order.has_value()});
    if (s.order) put(w, *s.order);
    w.put(std::uint8_t{s.payment.has_value()});
    if (s.payment) put(w, *s.payment);
    w.list(s.refunds, [&](const refund& f) { put(w, f); });
    w.list(s.seats, [&](const seat_effect& e) { put_seat(w, e); });
    w.list(s.money, [&](const money_entry& m) { put_money(w, m); });
    w.list(s.priorities, [&](const seat_priority& p) {
        w.put(p.child);
        w.put(p.week);
    });
    w.maybe(s.reminded);
}

void get_sale(byte_reader& r, sale_record& s) {
    r.get(s.event, sale_event::finalised, sale_event_last);
    r.get(s.family);
    if (r.given()) get(r, s.order.emplace());
    if (r.given()) get(r, s.payment.emplace());
    r.list(s.refunds, sale_refunds_max, [&](refund& f) { get(r, f); });
    r.list(s.seats, holds_per_order_max, [&](seat_effect& e) { get_seat(r, e); });
    r.list(s.money, sale_money_max, [&](money_entry& m) { get_money(r, m); });
    r.list(s.priorities, holds_per_order_max, [&](seat_priority& p) {
        r.get(p.child);
        r.get(p.week);
    });
    get_maybe(r, s.reminded);
}

std::string encode(const order& o) {
    return encode_row(o);
}
std::string encode(const payment& p) {
    return encode_row(p);
}
std::string encode(const refund& r) {
    return encode_row(r);
}
std::optional<order> decode_order(std::string_view bytes) {
    return decode_row<order>(bytes);
}
std::optional<payment> decode_payment(std::string_view bytes) {
    return decode_row<payment>(bytes);
}
std::optional<refund> decode_refund(std::string_view bytes) {
    return decode_row<refund>(bytes);
}

const char* name_of(sale_event event) noexcept {
    switch (event) {
        case sale_event::finalised: return "finalised";
        case sale_event::abandoned: return "abandoned";
        case sale_event::expired: return "expired";
        case sale_event::payment_wanted: return "payment_wanted";
        case sale_event::payment_open: return "payment_open";
        case sale_event::payment_failed: return "payment_failed";
        case sale_event::paid: return "paid";
        case sale_event::paid_late: return "paid_late";
        case sale_event::review: return "review";
        case sale_event::reviewed: return "reviewed";
        case sale_event::refund_settled: return "refund_settled";
        case sale_event::cancelled: return "cancelled";
        case sale_event::clock_changed: return "clock_changed";
        case sale_event::reminded: return "reminded";
    }
    return "unknown";
}

}  // namespace campgate
