// The whole way of a request, real code: two io threads with take_in over real ledgers and views,
// the real queue, the real sequencer over a journal that commits at once; every order with a
// bounded number of preemptions. What must hold: every request is answered, no seat has two
// holders, every "sold out" is true at its sequence, the second click of the winner hears that it
// won, no answer is older than what was answered before it was asked, and at the end ledgers, views
// and engine agree.
#include "core/faults.hpp"
#include "tests/interleaving/explorer.hpp"
#include "tests/unit/core/sequencer_rig.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <map>

namespace campgate::interleaving {
namespace {

using namespace small_world;
using enum place_mode;

// One click: a request for holds, or the release of the hold that family 9 has from the start.
struct click {
    std::uint64_t family = 1;
    std::uint64_t key = 1;
    place_mode mode = all;
    std::vector<std::uint32_t> weeks{1};
    bool releases = false;
};

struct cast {
    const char* what;
    std::vector<std::uint32_t> capacities;
    bool held_by_nine = false;  // a seat of week 1
    std::vector<click> one, other;
};

struct heard {
    bool answered = false;
    bool placed = false;
    bool refused = false;
    sequence at;
    std::vector<refused_item> whys;
    std::vector<placed_item> seats;
    sequence known_before;  // the newest sequence anybody had heard when this was asked
};

class protocol_scenario final : public scenario {
public:
    explicit protocol_scenario(const cast& c) : cast_(c), rig_(draft_of(c.capacities)) {
        for (std::uint64_t family = 1; family <= 9; ++family) rig_.know(family);
        if (c.held_by_nine) {
            const auto t = rig_.ask(9, 1, all, {{{1}, child_of(9, 1)}});
            rig_.round();
            nines_ = rig_.answer(t).answer->placed[0].hold;
        }
        heard_[0].resize(c.one.size());
        heard_[1].resize(c.other.size());
    }

    std::size_t threads() const override { return 3; }
    std::string name_of(std::size_t thread) const override {
        return thread == 0 ? "sequencer" : thread == 1 ? "one" : "other";
    }
    std::string name_of(const void* object) const override {
        const auto within = [&](const auto& thing) {
            const auto* start = reinterpret_cast<const char*>(&thing);
            return object >= start && object < start + sizeof thing;
        };
        for (std::uint32_t n = 1; n <= cast_.capacities.size(); ++n) {
            const auto& ledger = rig_.ledgers.at({n});
            if (!within(ledger)) continue;
            const auto at =
                static_cast<const char*>(object) - reinterpret_cast<const char*>(&ledger);
            return (at < 8    ? "the word of week "
                    : at < 64 ? "the total of week "
                              : "the bits of week ") +
                   std::to_string(n);
        }
        if (within(rig_.seen.availability)) return "the availability view";
        if (within(rig_.seen.season)) return "the season view";
        if (within(rig_.seen.keys)) return "the keys' view";
        if (within(rig_.seen.families)) return "the families' view";
        if (within(rig_.seen.facts)) return "the facts";
        if (within(rig_.queue)) return "the queue";
        return "its turn";
    }

    void run(std::size_t me) override {
        if (me == 0) return write();
        const auto& clicks = me == 1 ? cast_.one : cast_.other;
        for (std::size_t i = 0; i < clicks.size(); ++i) ask(clicks[i], heard_[me - 1][i]);
        ++finished_;
    }

    void check_step() override { ++steps_; }

    void check_end() override {
        const auto history = availability_by_sequence();
        std::map<std::pair<std::uint64_t, std::uint64_t>, sequence> won;
        std::map<std::pair<week_id, seat_number>, hold_id> holders;
        each([&](const click& c, const heard& h) {
            if (!h.answered) throw violation("a request without an answer");
            if (h.placed) won[{c.family, c.key}] = h.at;
            for (const placed_item& p : h.seats) {
                const auto [at, fresh] = holders.emplace(std::pair{p.week, p.seat}, p.hold);
                if (!fresh && at->second != p.hold) throw violation("a seat with two holders");
            }
        });
        each([&](const click& c, const heard& h) {
            if (!h.refused) return;
            if (h.at < h.known_before)
                throw violation("an answer older than what was known before it was asked");
            const auto w = won.find({c.family, c.key});
            if (w != won.end() && h.at >= w->second)
                throw violation("the second click of the winner hears a refusal");
            for (const refused_item& r : h.whys) {
                if (r.why == reason::sold_out && history.at(h.at).at(r.week) > 0)
                    throw violation("sold out is said at sequence " + std::to_string(h.at.value) +
                                    " where a seat is free");
            }
        });
        for (std::uint32_t n = 1; n <= cast_.capacities.size(); ++n) {
            const auto counts = rig_.counted({n});
            if (counts.pending != 0) throw violation("a claim that nobody has");
            if (counts.free != rig_.rules.available({n}))
                throw violation("the ledger and the rules differ");
            if (rig_.shown({n}) != rig_.rules.available({n}))
                throw violation("the view and the rules differ");
        }
    }

private:
    // As the server's sequencer thread: a round whenever something was pushed or is deferred; when
    // a round came to nothing, not again before something happened.
    void write() {
        for (;;) {
            const auto pushed = pushed_;
            const auto had = rig_.delivery.answers.size();
            rig_.round();
            if (finished_ == 2 && pushed == pushed_ && rig_.writer->idle()) return;
            const bool fruitless = rig_.delivery.answers.size() == had;
            const auto now = steps_;
            await([this, pushed, fruitless, now] {
                return pushed_ != pushed || finished_ == 2 ||
                       (!rig_.writer->idle() && (!fruitless || steps_ > now + 1));
            });
            if (finished_ == 2 && fruitless && pushed == pushed_ && ++idle_rounds_ > 3)
                throw violation("a request that stays deferred for ever");
        }
    }

    void ask(const click& c, heard& h) {
        for (const auto& mine : heard_) {
            for (const heard& other : mine) {
                if (other.answered) h.known_before = std::max(h.known_before, other.at);
            }
        }
        if (c.releases) {
            const auto t = push(release_command{{9}, {9}, nines_});
            await([this, t] { return rig_.answered(t); });
            h.answered = true;
            h.at = rig_.answer(t).at;
            return;
        }
        std::vector<place_item> items;
        for (const std::uint32_t week : c.weeks) items.push_back({{week}, child_of(c.family, 1)});
        if (telling)
            remark("family " + std::to_string(c.family) + ", key " + std::to_string(c.key) +
                   ", asks");
        auto taken = take_in({{c.family}, {c.family}, {0, c.key}, {1, c.key}, c.mode, items},
                             rig_.seen, rig_.ledgers, open_now);
        if (auto* refusal = std::get_if<intake_refusal>(&taken)) {
            h.answered = h.refused = true;
            h.at = refusal->at;
            h.whys = refusal->refused;
            if (telling) remark("refused by its io thread");
            return;
        }
        if (auto* replay = std::get_if<intake_replay>(&taken)) {
            hear(h, *replay->answer);
            if (telling) remark("hears what was answered");
            return;
        }
        const auto t = push(std::get<place_command>(std::move(taken)));
        await([this, t] { return rig_.answered(t); });
        const reply& r = rig_.answer(t);
        if (telling)
            remark("hears from the sequencer: " + std::to_string(static_cast<int>(r.kind)));
        if (r.answer) return hear(h, *r.answer);
        h.answered = true;
        h.at = r.at;
        // `key_undecided` is no refusal: the same key may be asked again.
        h.refused = r.kind == reply_kind::refused;
        h.whys = r.refused;
    }

    static void hear(heard& h, const key_answer& a) {
        h.answered = h.placed = true;
        h.at = a.sequence;
        h.seats = a.placed;
    }

    std::uint64_t push(command c) {
        const auto t = rig_.push(std::move(c));
        ++pushed_;
        return t;
    }

    template <class Do>
    void each(Do what) const {
        for (std::size_t i = 0; i < cast_.one.size(); ++i) what(cast_.one[i], heard_[0][i]);
        for (std::size_t i = 0; i < cast_.other.size(); ++i) what(cast_.other[i], heard_[1][i]);
    }

    // A second engine, fed with the journal.
    std::map<sequence, std::map<week_id, std::uint32_t>> availability_by_sequence() const {
        engine again;
        plain_seats seats{again};
        again.apply(
            *again.decide(import_of(draft_of(cast_.capacities)), open_now, seats, false).made);
        std::map<sequence, std::map<week_id, std::uint32_t>> out;
        const auto note = [&] {
            for (const week_row& row : again.weeks())
                out[again.last_sequence()][row.id] = again.available(row.id);
        };
        note();
        for (const batch& b : rig_.journal.batches) {
            for (const encoded_record& e : b.records) {
                again.apply(*decode(e));
                note();
            }
        }
        return out;
    }

    const cast& cast_;
    rig rig_;
    hold_id nines_;
    std::array<std::vector<heard>, 2> heard_;
    std::uint64_t steps_ = 0, pushed_ = 0;
    int finished_ = 0, idle_rounds_ = 0;
};

const std::vector<cast> casts{
    {"two families, one seat", {1}, false, {{1}}, {{2}}},
    {"two families, two seats", {2}, false, {{1}}, {{2}}},
    {"a double click for the last seat", {1}, false, {{1, 7}}, {{1, 7}}},
    {"a double click, two seats", {2}, false, {{1, 7}}, {{1, 7}}},
    {"a rival, then a second click", {1}, false, {{1, 7}}, {{2}, {1, 7}}},
    {"siblings across two weeks, opposite orders",
     {1, 1},
     false,
     {{1, 1, all, {1, 2}}},
     {{2, 1, all, {2, 1}}}},
    {"siblings where one week is sold", {1, 1}, false, {{1, 1, all, {2}}}, {{2, 1, all, {1, 2}}}},
    {"each of two weeks", {1, 1}, false, {{1, 1, each, {1, 2}}}, {{2, 1, each, {2, 1}}}},
    {"each of two weeks against the second one",
     {1, 1},
     false,
     {{1, 1, each, {1, 2}}},
     {{2, 1, all, {2}}}},
    {"a released seat", {1}, true, {{9, 1, all, {1}, true}, {1}}, {{2}}},
    {"a released seat and a double click", {1}, true, {{9, 1, all, {1}, true}, {1, 7}}, {{1, 7}}},
};

exploration explore_cast(const cast& c, unsigned preemptions, mutation wrong = mutation::none) {
    // Without one, CAMPGATE_MUTANT decides.
    if (wrong != mutation::none) set_mutation(wrong);
    auto e = explore({.preemptions = preemptions, .steps_max = 2'000},
                     [&] { return std::make_unique<protocol_scenario>(c); });
    if (wrong != mutation::none) set_mutation(mutation::none);
    return e;
}

// CAMPGATE_PREEMPTIONS asks for more than two; three take minutes.
TEST(interleaving_protocol, holds_in_every_order_with_two_preemptions) {
    const char* asked = std::getenv("CAMPGATE_PREEMPTIONS");
    const unsigned preemptions = asked != nullptr ? static_cast<unsigned>(std::atoi(asked)) : 2;
    for (const cast& c : casts) {
        const auto e = explore_cast(c, preemptions);
        EXPECT_FALSE(e.violated) << c.what << ": " << *e.violated;
        EXPECT_TRUE(e.complete);
        std::cout << "    " << c.what << ": " << e.runs << " orders, " << e.steps << " steps\n";
    }
}

// Without the rule, a violation is found; with it, none is (above).
void expect_found(mutation wrong, const char* what) {
    for (const cast& c : casts) {
        const auto e = explore_cast(c, 2, wrong);
        if (!e.violated) continue;
        std::cout << "  " << what << ", " << c.what << ":\n  " << *e.violated << "\n";
        return;
    }
    FAIL() << "not found: " << what;
}

TEST(interleaving_protocol_control, the_word_may_not_refuse) {
    expect_found(mutation::word_refuses, "the word refuses");
}
TEST(interleaving_protocol_control, the_key_is_looked_up_before_a_refusal) {
    expect_found(mutation::key_not_looked_up_again, "no second look at the key");
}
TEST(interleaving_protocol_control, keys_are_published_before_availability) {
    expect_found(mutation::availability_before_keys, "availability before keys");
}
TEST(interleaving_protocol_control, what_is_contended_is_deferred) {
    expect_found(mutation::contended_says_sold_out, "contended is called sold out");
}
TEST(interleaving_protocol_control, unused_claims_are_undone) {
    expect_found(mutation::claims_not_undone, "claims are not undone");
}
TEST(interleaving_protocol_control, mode_all_undoes_what_it_got) {
    expect_found(mutation::mode_all_keeps_what_it_got, "mode all keeps what it got");
}

}  // namespace
}  // namespace campgate::interleaving
