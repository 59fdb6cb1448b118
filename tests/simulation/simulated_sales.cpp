#include "tests/simulation/simulated_sales.hpp"

#include "server/payment/payment_desk.hpp"

#include <algorithm>

namespace campgate::simulation {

namespace {

using ask = sale_command;

sale_command parent_asks(family_id id, decltype(ask::what) what) {
    return {{id.value}, id, std::move(what), nullptr};
}

sale_command server_asks(family_id id, decltype(ask::what) what) {
    return {server_actor, id, std::move(what), nullptr};
}

template <class T>
const T* pick(random_source& random, const std::vector<T>& list) {
    return list.empty() ? nullptr : &list[random.below(list.size())];
}

const payment* by_reference(const family_view& f, const std::string& reference) {
    const auto p = std::ranges::find(f.sales.payments, reference, &payment::reference);
    return p != f.sales.payments.end() ? &*p : nullptr;
}

}  // namespace

void simulated_sales::act(std::size_t process, const views& seen, const push_function& push) {
    const family_id id{1 + random_.below(families_)};
    const auto found = seen.families.find(id);
    const family_view f = found != nullptr ? *found : family_view{};
    const std::uint64_t what = random_.below(100);
    if (what < 14) return finalise(f, id, push);
    if (what < 30) return want_payment(f, id, push);
    if (what < 32) {
        if (const order* o = pick(random_, f.sales.orders))
            tell(push, parent_asks(id, ask::abandon{o->id}));
        return;
    }
    const auto each_family =
        [&](const std::string& reference) -> std::shared_ptr<const family_view> {
        for (std::uint64_t n = 1; n <= families_; ++n) {
            auto there = seen.families.find({n});
            if (there != nullptr && by_reference(*there, reference) != nullptr) return there;
        }
        return nullptr;
    };
    if (what < 46) {
        return bank.somebody_acts(
            [&](const std::string& reference) { return each_family(reference) != nullptr; });
    }
    if (what < 58) {
        const auto hint = bank.next_hint();
        if (!hint || random_.one_in(8)) return;  // the server is down
        const auto there = each_family(*hint);   // nobody's, if it is forged or not known yet
        if (there != nullptr) learn(process, *there, *by_reference(*there, *hint));
        return;
    }
    if (what < 70) {
        if (const payment* p = pick(random_, f.sales.payments)) learn(process, f, *p);
        return;
    }
    if (what < 84) return push_something(process, push);
    by_staff(f, id, push);
}

void simulated_sales::finalise(const family_view& f, family_id id, const push_function& push) {
    ask::finalise wanted;
    if (random_.one_in(3)) {
        for (const family_hold& h : f.holds) {
            if (random_.one_in(2)) wanted.holds.push_back(h.hold);
        }
    }
    tell(push, parent_asks(id, std::move(wanted)));
}

void simulated_sales::want_payment(const family_view& f, family_id id, const push_function& push) {
    const order* o = pick(random_, f.sales.orders);
    if (o == nullptr) return;
    const auto method =
        random_.one_in(3) ? all_payment_methods[random_.below(4)] : payment_method::online;
    tell(push, parent_asks(id, ask::want_payment{o->id, method, {id.value, random_.below(40)}}));
}

// What follows is on its way from here on.
void simulated_sales::learn(std::size_t process, const family_view& f, const payment& p) {
    if (auto follows = looked_at(f, p)) learnt_.push_back({process, std::move(*follows)});
}

std::optional<sale_command> simulated_sales::looked_at(const family_view& f, const payment& p) {
    if (p.method != payment_method::online) return std::nullopt;
    if (p.state == payment_state::wanted) {
        const auto of = std::ranges::find(f.sales.orders, p.of, &order::id);
        if (of == f.sales.orders.end() || of->state != order_state::open) return server::give_up(p);
        return server::step_after(p, bank.create({p.id, p.amount, "", {}, "", "", ""}));
    }
    if (p.reference.empty()) return std::nullopt;  // nobody was ever sent there
    return server::step_after(p, bank.fetch(p.reference));
}

void simulated_sales::push_something(std::size_t process, const push_function& push) {
    std::vector<std::size_t> own;
    for (std::size_t i = 0; i < learnt_.size(); ++i) {
        if (learnt_[i].process == process) own.push_back(i);
    }
    if (own.empty()) return;
    const std::size_t at = own[random_.below(own.size())];
    const bool again = random_.one_in(6);  // two workers had the same answer
    if (!tell(push, learnt_[at].what) || again) return;
    learnt_.erase(learnt_.begin() + static_cast<std::ptrdiff_t>(at));
}

void simulated_sales::forget(std::size_t process) {
    std::erase_if(learnt_, [&](const in_flight& l) { return l.process == process; });
}

void simulated_sales::by_staff(const family_view& f, family_id id, const push_function& push) {
    // What is under review is looked at first.
    const auto review = std::ranges::find(f.sales.payments, payment_state::review, &payment::state);
    if (review != f.sales.payments.end() && random_.one_in(2)) {
        tell(push, server_asks(id, ask::review{review->id, random_.one_in(2)}));
        return;
    }
    const std::uint64_t what = random_.below(12);
    if (what < 5) {
        if (const payment* p = pick(random_, f.sales.payments))
            tell(push, server_asks(id, ask::settle{p->id}));
    } else if (what < 9) {
        const refund* r = pick(random_, f.sales.refunds);
        if (r == nullptr) return;
        if (auto c = refund_of(f, id, *r)) tell(push, std::move(*c));
    } else if (what < 11) {
        const auto booked = std::ranges::find(f.holds, true, &family_hold::booked);
        const family_hold* h = booked != f.holds.end() ? &*booked : pick(random_, f.holds);
        if (h == nullptr) return;
        const auto percent = static_cast<std::uint32_t>(random_.below(5) * 25);
        tell(push, server_asks(id, ask::cancel_booking{h->hold, percent}));
    } else if (const order* o = pick(random_, f.sales.orders)) {
        tell(push, server_asks(id, ask::change_clock{o->id, random_.one_in(2)}));
    }
}

// At the bank where it came from, or out of the drawer.
std::optional<sale_command> simulated_sales::refund_of(const family_view& f, family_id id,
                                                       const refund& r) {
    if (r.state == refund_state::done) return std::nullopt;
    const auto p = std::ranges::find(f.sales.payments, r.of, &payment::id);
    if (p == f.sales.payments.end() || p->method != payment_method::online)
        return server_asks(id, ask::settle_refund{r.id, refund_state::done});
    if (r.state == refund_state::failed && random_.one_in(2))
        return server_asks(id, ask::settle_refund{r.id, refund_state::due});
    return server::step_after(r, bank.refund(p->reference, r.id, r.amount));
}

bool simulated_sales::tell(const push_function& push, sale_command c) {
    if (!push(std::move(c))) return false;
    ++pushed;
    return true;
}

std::size_t simulated_sales::reconcile(const views& seen, const push_function& push) {
    std::size_t asked = 0;
    for (std::uint64_t n = 1; n <= families_; ++n) {
        const family_id id{n};
        const auto f = seen.families.find(id);
        if (f == nullptr) continue;
        for (const payment& p : f->sales.payments) {
            if (auto follows = looked_at(*f, p)) asked += tell(push, std::move(*follows));
        }
        for (const refund& r : f->sales.refunds) {
            if (r.state == refund_state::done) continue;
            ++asked;  // also while the bank takes its time
            if (auto c = refund_of(*f, id, r)) tell(push, std::move(*c));
        }
    }
    return asked;
}

}  // namespace campgate::simulation
