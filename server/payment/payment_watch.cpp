#include "server/payment/payment_watch.hpp"

#include <algorithm>

namespace campgate::server {

void payment_watch::plan(const task& what, entry& e, instant due) {
    times_.erase({e.due, what});
    e.due = due;
    if (!e.under_way) times_.insert({due, what});
}

void payment_watch::keep(const task& what, family_id family, int state, std::string_view reference,
                         instant due) {
    auto [at, is_new] = tasks_.try_emplace(what);
    entry& e = at->second;
    if (is_new) {
        e.family = family;
        by_family_[family].insert(what);
        if (what.refund) ++refunds_;
    }
    if (!is_new && e.state == state) return;
    e.state = state;
    e.wait = rules_.first;
    if (e.reference != reference) {
        e.reference = reference;
        if (!what.refund) by_reference_.insert_or_assign(e.reference, payment_id{what.id});
    }
    plan(what, e, due);
}

void payment_watch::remove(const task& what) {
    const auto at = tasks_.find(what);
    times_.erase({at->second.due, what});
    if (!what.refund) by_reference_.erase(at->second.reference);
    if (what.refund) --refunds_;
    tasks_.erase(at);
}

void payment_watch::see(family_id family, const family_sales& sales, instant now) {
    std::set<task> kept;
    for (const payment& p : sales.payments) {
        if (p.method != payment_method::online) continue;
        const bool waits = p.state == payment_state::wanted || p.state == payment_state::open;
        const bool failed =
            p.state == payment_state::failed && !p.reference.empty() && p.made + failed_watch > now;
        if (!waits && !failed) continue;
        const task what{false, p.id.value};
        // One that was made long ago, before a restart, is looked at now.
        const instant due = waits ? std::max(now, p.made + rules_.first) : now + rules_.most;
        keep(what, family, static_cast<int>(p.state), p.reference, due);
        kept.insert(what);
    }
    for (const refund& r : sales.refunds) {
        if (r.state != refund_state::due || r.of == payment_id{}) continue;
        const auto of = std::ranges::find(sales.payments, r.of, &payment::id);
        if (of == sales.payments.end() || of->method != payment_method::online ||
            of->reference.empty())
            continue;
        const task what{true, r.id.value};
        keep(what, family, static_cast<int>(r.state), {}, now);
        kept.insert(what);
    }
    const auto known = by_family_.find(family);
    if (known == by_family_.end()) return;
    for (const task& what : known->second) {
        if (!kept.contains(what)) remove(what);
    }
    if (kept.empty()) {
        by_family_.erase(known);
    } else {
        known->second = std::move(kept);
    }
}

std::vector<payment_watch::due_task> payment_watch::take_due(instant now, std::size_t most) {
    std::vector<due_task> due;
    while (!times_.empty() && due.size() < most && times_.begin()->first <= now) {
        const task what = times_.begin()->second;
        times_.erase(times_.begin());
        entry& e = tasks_.at(what);
        e.under_way = true;
        e.asked = now;
        due.push_back({what, e.family});
    }
    return due;
}

std::optional<payment_watch::due_task> payment_watch::hint(std::string_view reference) {
    const auto found = by_reference_.find(reference);
    if (found == by_reference_.end() || reference.empty()) return std::nullopt;
    const task what{false, found->second.value};
    entry& e = tasks_.at(what);
    if (e.under_way) {
        e.again = true;
        return std::nullopt;
    }
    times_.erase({e.due, what});
    e.under_way = true;
    return due_task{what, e.family};
}

void payment_watch::done(const task& what, instant now) {
    const auto at = tasks_.find(what);
    if (at == tasks_.end()) return;
    entry& e = at->second;
    if (!e.under_way) return;
    e.under_way = false;
    e.asked = now;
    const bool again = std::exchange(e.again, false);
    plan(what, e, again ? now : now + e.wait);
    e.wait = std::min(rules_.most, e.wait + e.wait / 2);
}

bool payment_watch::ask_now(payment_id id, instant now, std::chrono::microseconds since) {
    const auto at = tasks_.find({false, id.value});
    if (at == tasks_.end() || at->second.asked + since > now) return false;
    at->second.asked = now;
    return true;
}

void payment_watch::note_page(payment_id id, std::string url) {
    const auto at = tasks_.find({false, id.value});
    if (at != tasks_.end()) at->second.page = std::move(url);
}

std::optional<std::string> payment_watch::page_of(payment_id id) const {
    const auto at = tasks_.find({false, id.value});
    if (at == tasks_.end() || at->second.page.empty()) return std::nullopt;
    return at->second.page;
}

}  // namespace campgate::server
