#include "tests/simulation/simulated_database.hpp"

#include "core/faults.hpp"

#include <set>
#include <tuple>

namespace campgate::simulation {

namespace {

send_result rejected(const char* sqlstate, std::string text) {
    return {send_verdict::rejected, sqlstate, std::move(text)};
}

}  // namespace

send_result simulated_database::commit_batch(const fence& by, const batch& b, boot_instant at) {
    const bool fenced =
        by.owner != now.owner || by.epoch != now.epoch || b.number.value != now.last_batch + 1;
    if (fenced && !mutated(mutation::no_fence)) return rejected(sqlstate_fenced, "fenced");
    const auto wrong = [](const std::string& what) { return rejected(sqlstate_row_effects, what); };

    tables after = now;
    for (const season_row& s : b.rows.seasons) after.season = s;
    for (const week_change& w : b.rows.weeks) {
        const auto known = after.weeks.find(w.after.id);
        if (w.total_before != (known == after.weeks.end() ? 0 : known->second.total))
            return wrong("week");
        for (std::uint32_t n = w.total_before + 1; n <= w.after.total; ++n)
            after.seats[{w.after.id, {n}}] = {};
        after.weeks[w.after.id] = w.after;
    }
    for (const seat_change& c : b.rows.seats) {
        const auto seat = after.seats.find({c.week, c.seat});
        if (seat == after.seats.end() || seat->second != c.before) return wrong("seat");
        seat->second = c.after;
    }
    if (b.rows.forget_before) {
        const auto gone = std::erase_if(
            after.keys, [&](const auto& k) { return k.second.at < *b.rows.forget_before; });
        if (gone != b.rows.forgotten) return wrong("forgotten keys");
    }
    for (const key_row& k : b.rows.keys) {
        if (!after.keys.emplace(std::pair{k.actor, k.key}, k).second)
            return rejected("23505", "key");
    }
    // The unique index of the seat table: a child has one seat in an ISO week.
    std::set<std::pair<child_id, iso_week>> children;
    for (const auto& [seat, row] : after.seats) {
        if (row.state != seat_state::held && row.state != seat_state::booked) continue;
        if (!children.insert({row.child, after.weeks.at(seat.first).iso}).second)
            return rejected("23505", "child");
    }
    for (const sale_change& c : b.rows.sales) {
        const std::pair key{c.after.kind, c.after.id};
        const auto known = after.sales.find(key);
        if (c.before != (known == after.sales.end() ? sequence{} : known->second.changed))
            return wrong("sale");
        after.sales[key] = c.after;
    }
    std::map<sequence, std::int64_t> sums;
    std::set<std::tuple<sequence, account, camp_id>> entered;
    for (const money_row& m : b.rows.money) {
        if (m.entry.amount.value == 0) return rejected("23514", "money");
        if (!entered.emplace(m.sequence, m.entry.account, m.entry.activity).second)
            return rejected("23505", "money");
        sums[m.sequence] += m.entry.amount.value;
        after.balances[static_cast<std::size_t>(m.entry.account) - 1].value += m.entry.amount.value;
    }
    for (const auto& [number, sum] : sums) {
        if (sum != 0) return wrong("money");
    }
    std::set<std::tuple<sequence, family_id, mail_cause>> mails;
    for (const owed_mail& m : b.rows.mails) {
        if (!mails.emplace(m.sequence, m.family, m.cause).second) return rejected("23505", "mail");
    }
    for (const encoded_record& r : b.records) {
        if (r.sequence.value != journal.size() + 1) return rejected("23505", "sequence");
        journal.push_back({b.number.value, r});
        if (on_record) on_record(r);
    }
    after.last_batch = b.number.value;
    after.last_sequence = b.last.value;
    after.digest = b.digest;
    after.journal_size = journal.size();
    now = std::move(after);
    seen = at;
    if (on_batch) on_batch();
    return {send_verdict::committed, {}, {}};
}

stored_state simulated_database::dump() const {
    stored_state s;
    s.last_sequence = {now.last_sequence};
    s.digest = now.digest;
    s.season = now.season;
    for (const auto& [id, row] : now.weeks) s.weeks.push_back(row);
    for (const auto& [at, row] : now.seats) {
        if (row.state != seat_state::free) s.seats.push_back({at.first, at.second, row});
    }
    for (const auto& [id, row] : now.keys) s.keys.push_back({row, {}});
    for (const auto& [id, row] : now.sales) s.sales.push_back(row);
    if (!s.sales.empty()) s.balances.assign(now.balances.begin(), now.balances.end());
    return s;
}

stored_state simulated_database::load() const {
    stored_state s = dump();
    s.last_batch = {now.last_batch};
    for (stored_key& k : s.keys) k.record_body = journal.at(k.row.sequence.value - 1).record.body;
    return s;
}

void simulated_database::take_ownership(owner_id owner, boot_instant at) {
    now.owner = owner;
    ++now.epoch;
    seen = at;
}

void simulated_database::restore(const tables& snapshot) {
    now = snapshot;
    journal.resize(now.journal_size);
}

}  // namespace campgate::simulation
