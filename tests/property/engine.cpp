// The engine against a naive model under random commands; and its state is the fold of its journal,
// whichever way it is rebuilt.
#include "core/engine.hpp"

#include "core/record_codec.hpp"
#include "tests/property/naive_model.hpp"
#include "tests/unit/core/small_world.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace campgate {
namespace {

using namespace small_world;

// ---- random commands ---------------------------------------------------------------------------

std::uint32_t number(std::uint32_t least, std::uint32_t most) {
    return *rc::gen::noShrink(rc::gen::resize(rc::kNominalSize, rc::gen::inRange(least, most + 1)));
}

// Small drafts of one camp: two to five ISO weeks of one to four seats.
season random_draft() {
    season s = draft_of(std::vector<std::uint32_t>(5, 1));
    for (auto& w : s.weeks) w.capacity = number(1, 4);
    if (number(0, 3) == 0) s.weeks.erase(s.weeks.begin() + number(0, 4));
    if (number(0, 3) == 0) s.weeks.resize(number(2, 4));
    s.limits = {number(1, 4), number(2, 6)};
    s.hold_duration = std::chrono::seconds{number(1, 100)};
    if (number(0, 2) == 0) s.weeks[0].opens.residents = opening_time - 1h;
    return s;
}

// Some children of every family are not eligible.
std::shared_ptr<const family_facts> random_facts(std::uint64_t family) {
    auto f = family_of(family, 4);
    f.children[1].charged_as = price_class::other;
    f.children[2].sheet_validated_at.reset();
    f.children[3].has_invoiceable_parent = family % 2 == 0;
    return std::make_shared<const family_facts>(std::move(f));
}

struct day {
    engine rules;
    naive_model model;
    std::vector<record> journal;
    std::vector<hold_id> ever;  // holds placed so far
    std::vector<place_command> asked;
    instant now = opening_time - 2h;
    season last_draft;

    command next() {
        const std::uint64_t family = number(1, 4);
        switch (number(0, 19)) {
            case 0: last_draft = random_draft(); return import_of(last_draft);
            case 1: return import_of(last_draft);
            case 2:
            case 3: return set_capacity_command{{number(0, 6)}, number(0, 6)};
            case 4: {
                set_opening_command c{{}, now + std::chrono::minutes{number(0, 60)} - 30min};
                if (number(0, 1) == 0) c.weeks.push_back({number(1, 6)});
                if (number(0, 3) == 0) c.residents = c.all - std::chrono::minutes{number(0, 2)};
                return c;
            }
            case 5: return forget_command{now - std::chrono::seconds{number(0, 200)}};
            case 6: return expire_command{rules.due(now, number(1, 5))};
            case 7:
                // Whatever the deadline: decide itself must look at it.
                if (!ever.empty())
                    return expire_command{
                        {ever[number(0, static_cast<std::uint32_t>(ever.size()) - 1)]}};
                [[fallthrough]];
            case 8:
            case 9:
            case 10:
                if (!ever.empty()) {
                    const hold_id hold =
                        ever[number(0, static_cast<std::uint32_t>(ever.size()) - 1)];
                    for (const auto& h : model.holds) {
                        if (h.id == hold && number(0, 3) != 0)
                            return release_command{{h.family.value}, h.family, hold};
                    }
                    return release_command{{family}, {family}, hold};
                }
                [[fallthrough]];
            case 11:
                if (!asked.empty()) {
                    place_command again =
                        asked[number(0, static_cast<std::uint32_t>(asked.size()) - 1)];
                    if (number(0, 3) == 0) ++again.body.low;
                    return again;
                }
                [[fallthrough]];
            default: {
                std::vector<place_item> items;
                const std::uint32_t n = number(1, 4);
                for (std::uint32_t i = 0; i < n; ++i) {
                    items.push_back({{number(1, static_cast<std::uint32_t>(rules.weeks().size()) +
                                                    (number(0, 20) == 0))},
                                     child_of(number(0, 20) == 0 ? 9 : family, number(1, 4))});
                }
                auto p = place_of(family, asked.size() + 1,
                                  number(0, 1) == 0 ? place_mode::all : place_mode::each, items);
                p.facts = random_facts(family);
                asked.push_back(p);
                return p;
            }
        }
    }
};

// The draft as the engine publishes it, apart from the version: camps and weeks in the order of
// ids.
bool same_weeks(const engine& e, const naive_model& m) {
    if (e.weeks().size() != m.weeks.size()) return false;
    for (const auto& w : m.weeks) {
        const week_row& row = e.weeks()[w.id.value - 1];
        if (row.iso != w.iso || row.capacity != w.capacity || row.opens != w.opens) return false;
        if (e.taken(w.id) != m.taken(w.id) || e.available(w.id) != m.available(w.id)) return false;
        if ((e.current_season()->find(w.id) != nullptr) != w.in_season) return false;
    }
    return true;
}

bool same_holds(const engine& e, const naive_model& m) {
    std::size_t n = 0;
    for (std::uint64_t family = 1; family <= 4; ++family) {
        for (const family_hold& h : e.holds_of({family})) {
            ++n;
            const bool known = std::ranges::any_of(m.holds, [&](const naive_model::hold& k) {
                return k.id == h.hold && k.family == family_id{family} && k.child == h.child &&
                       k.week == h.week && k.deadline == h.deadline;
            });
            if (!known || e.seat(h.week, h.seat).hold != h.hold) return false;
        }
    }
    return n == m.holds.size() && n == e.hold_count();
}

RC_GTEST_PROP(engine, decides_what_the_naive_model_says, ()) {
    day d;
    d.last_draft = random_draft();
    const int steps = static_cast<int>(number(20, 120));
    for (int i = 0; i < steps; ++i) {
        const command c =
            d.rules.last_sequence().value == 0 ? command{import_of(d.last_draft)} : d.next();
        d.now += std::chrono::seconds{number(0, 3) == 0 ? number(0, 3'000) : number(0, 20)};
        plain_seats seats{d.rules};
        const stored_state before = d.rules.dump();
        const decision got = d.rules.decide(c, d.now, seats, false);
        RC_ASSERT(d.rules.dump() == before);  // deciding changes nothing
        const decision_kind expected = d.model.run(c, d.now, got.made ? &*got.made : nullptr);
        RC_ASSERT(static_cast<int>(got.kind) == static_cast<int>(expected));
        if (got.kind == decision_kind::decided) {
            d.rules.apply(*got.made);
            d.journal.push_back(*got.made);
        }
        if (std::holds_alternative<place_command>(c)) {
            if (got.kind == decision_kind::refused) RC_ASSERT(got.refused == d.model.refused());
            if (got.kind == decision_kind::decided) {
                const place_record& p = placed_by(got);
                RC_ASSERT(p.refused == d.model.refused());
                RC_ASSERT(p.placed.size() == d.model.placed().size());
                for (std::size_t k = 0; k < p.placed.size(); ++k) {
                    RC_ASSERT(p.placed[k].week == d.model.placed()[k].week);
                    RC_ASSERT(p.placed[k].child == d.model.placed()[k].child);
                    d.ever.push_back(p.placed[k].hold);
                }
            }
        }
        RC_ASSERT(same_weeks(d.rules, d.model));
        RC_ASSERT(same_holds(d.rules, d.model));
        RC_ASSERT(d.rules.key_count() == d.model.keys.size());
    }
    RC_CLASSIFY(d.ever.size() > 20, "many holds");
    RC_CLASSIFY(d.journal.size() > 50, "many records");
}

// A day without a look at the model, for the properties of the state.

void live_through(day& d, int steps) {
    d.last_draft = random_draft();
    for (int i = 0; i < steps; ++i) {
        const command c = i == 0 ? command{import_of(d.last_draft)} : d.next();
        d.now += std::chrono::seconds{number(0, 20)};
        plain_seats seats{d.rules};
        decision got = d.rules.decide(c, d.now, seats, number(0, 1) == 0);
        if (got.kind != decision_kind::decided) continue;
        d.model.run(c, d.now, &*got.made);
        if (const auto* p = std::get_if<place_record>(&got.made->body)) {
            for (const auto& item : p->placed) d.ever.push_back(item.hold);
        }
        d.rules.apply(*got.made);
        d.journal.push_back(*std::move(got.made));
    }
}

stored_state with_bodies(stored_state s, const std::vector<record>& journal) {
    for (stored_key& key : s.keys) {
        key.record_body = encode(journal.at(key.row.sequence.value - 1)).body;
    }
    return s;
}

RC_GTEST_PROP(engine, is_the_fold_of_its_journal_through_its_bytes, ()) {
    day d;
    live_through(d, static_cast<int>(number(20, 200)));
    engine folded;
    for (const record& r : d.journal) {
        const auto read = decode(encode(r));
        RC_ASSERT(read.has_value());
        RC_ASSERT(*read == r);
        folded.apply(*read);
    }
    RC_ASSERT(folded.dump() == d.rules.dump());
    RC_ASSERT(folded.digest() == d.rules.digest());
    RC_ASSERT(folded.next_deadline() == d.rules.next_deadline());
}

RC_GTEST_PROP(engine, restored_from_its_tables_is_equal_and_stays_equal, ()) {
    day d;
    const int steps = static_cast<int>(number(20, 150));
    live_through(d, steps);
    engine restored;
    RC_ASSERT(!restored.restore(with_bodies(d.rules.dump(), d.journal)));
    RC_ASSERT(restored.dump() == d.rules.dump());
    for (const auto& k : d.model.keys) {
        const auto a = restored.answer_of(k.actor, k.key);
        RC_ASSERT(a != nullptr);
        RC_ASSERT(a->placed == d.rules.answer_of(k.actor, k.key)->placed);
        RC_ASSERT(a->refused == d.rules.answer_of(k.actor, k.key)->refused);
        RC_ASSERT(a->sequence == k.of);
    }
    for (int i = 0; i < 20; ++i) {
        const command c = d.next();
        plain_seats seats{d.rules}, others{restored};
        const decision one = d.rules.decide(c, d.now, seats, false);
        const decision other = restored.decide(c, d.now, others, false);
        RC_ASSERT(static_cast<int>(one.kind) == static_cast<int>(other.kind));
        RC_ASSERT(one.made == other.made);
        RC_ASSERT(one.refused == other.refused);
        if (one.kind != decision_kind::decided) continue;
        d.rules.apply(*one.made);
        restored.apply(*other.made);
        d.journal.push_back(*one.made);
    }
    RC_ASSERT(restored.dump() == d.rules.dump());
}

// The tables as the database would hold them: every batch's net effects, checked as it does.
struct tables {
    std::map<std::pair<week_id, seat_number>, seat_row> seats;
    std::map<week_id, week_row> weeks;
    std::map<std::pair<std::uint64_t, bits128>, key_row> keys;
    std::optional<season_row> season;

    void write(const row_effects& e) {
        for (const season_row& s : e.seasons) season = s;
        for (const week_change& w : e.weeks) {
            const auto known = weeks.find(w.after.id);
            RC_ASSERT(w.total_before == (known == weeks.end() ? 0u : known->second.total));
            for (std::uint32_t n = w.total_before + 1; n <= w.after.total; ++n)
                seats[{w.after.id, {n}}] = {};
            weeks[w.after.id] = w.after;
        }
        for (const seat_change& c : e.seats) {
            RC_ASSERT(seats.contains({c.week, c.seat}));
            RC_ASSERT((seats[{c.week, c.seat}] == c.before));
            RC_ASSERT(c.before != c.after);
            seats[{c.week, c.seat}] = c.after;
        }
        if (e.forget_before) {
            const auto gone =
                std::erase_if(keys, [&](const auto& k) { return k.second.at < *e.forget_before; });
            RC_ASSERT(gone == e.forgotten);
        }
        for (const key_row& k : e.keys)
            RC_ASSERT((keys.emplace(std::pair{k.actor.value, k.key}, k).second));
    }
};

RC_GTEST_PROP(engine, net_effects_of_batches_make_the_tables, ()) {
    day d;
    live_through(d, static_cast<int>(number(20, 200)));
    engine again;
    tables t;
    for (std::size_t i = 0; i < d.journal.size();) {
        row_effects effects;
        // A forget may take a key of its own batch, which the sequencer's order excludes: it comes
        // first.
        std::size_t n = number(1, 12);
        for (; n > 0 && i < d.journal.size(); --n, ++i) {
            if (d.journal[i].kind() == record_kind::forget && !effects.empty()) break;
            again.apply(d.journal[i], &effects);
        }
        make_net(effects);
        t.write(effects);
        const stored_state s = again.dump();
        RC_ASSERT(s.weeks.size() == t.weeks.size());
        for (const week_row& w : s.weeks) RC_ASSERT(t.weeks[w.id] == w);
        std::size_t not_free = 0;
        for (const auto& [at, row] : t.seats) not_free += row.state != seat_state::free;
        RC_ASSERT(s.seats.size() == not_free);
        for (const stored_seat& seat : s.seats)
            RC_ASSERT((t.seats[{seat.week, seat.seat}] == seat.row));
        RC_ASSERT(s.keys.size() == t.keys.size());
        for (const stored_key& k : s.keys)
            RC_ASSERT((t.keys[{k.row.actor.value, k.row.key}] == k.row));
        RC_ASSERT(s.season == t.season);
    }
}

RC_GTEST_PROP(record_codec, garbage_is_refused_or_is_the_bytes_of_what_was_read, ()) {
    day d;
    live_through(d, 30);
    encoded_record e =
        encode(d.journal[number(0, static_cast<std::uint32_t>(d.journal.size()) - 1)]);
    for (std::uint32_t n = number(1, 4); n > 0 && !e.body.empty(); --n) {
        const std::size_t at = number(0, static_cast<std::uint32_t>(e.body.size()) - 1);
        switch (number(0, 2)) {
            case 0: e.body[at] = static_cast<char>(number(0, 255)); break;
            case 1: e.body.erase(at, number(1, 9)); break;
            default: e.body.insert(at, number(1, 9), static_cast<char>(number(0, 255))); break;
        }
    }
    if (const auto read = decode(e)) RC_ASSERT(encode(*read).body == e.body);
}

}  // namespace
}  // namespace campgate
