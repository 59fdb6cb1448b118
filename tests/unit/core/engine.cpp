// What the engine decides of requests and releases: modes, reasons in their order, limits, keys.
#include "core/engine.hpp"

#include "tests/unit/core/small_world.hpp"

#include <gtest/gtest.h>

namespace campgate {
namespace {

using namespace small_world;
using enum place_mode;

std::vector<reason> reasons_of(const std::vector<refused_item>& refused) {
    std::vector<reason> whys;
    for (const refused_item& r : refused) whys.push_back(r.why);
    return whys;
}

// Fills week `week` but for `left` seats, by families from 1000 on.
void fill(world& w, week_id week, std::uint32_t left = 0) {
    static std::uint64_t family = 1000;
    while (w.rules.available(week) > left) {
        ++family;
        ASSERT_EQ(w.place(family, 1, each, {{week, child_of(family, 1)}}).kind,
                  decision_kind::decided);
    }
}

// ---- place, mode all ---------------------------------------------------------------------------

TEST(engine_place, a_hold_is_a_seat_a_child_and_a_deadline) {
    world w{{2}};
    const auto d = w.place(1, 1, all, {{{1}, child_of(1, 1)}}, open_now + 1us);
    ASSERT_EQ(d.kind, decision_kind::decided);
    EXPECT_EQ(d.made->sequence, sequence{2});
    EXPECT_EQ(d.made->actor, actor_id{1});
    const placed_item& placed = placed_by(d).placed.at(0);
    EXPECT_EQ(placed.hold, make_hold_id({2}, 0));
    EXPECT_EQ(placed.deadline, open_now + std::chrono::days{3} + 1s);  // a whole second, not before
    const auto holds = w.rules.holds_of({1});
    ASSERT_EQ(holds.size(), 1u);
    EXPECT_EQ(holds[0],
              (family_hold{placed.hold, {1}, child_of(1, 1), placed.seat, placed.deadline}));
    EXPECT_EQ(w.rules.available({1}), 1u);
    EXPECT_EQ(w.rules.seat({1}, placed.seat).state, seat_state::held);
}

TEST(engine_place, all_siblings_are_one_record) {
    world w{{2, 2}};
    const auto d =
        w.place(1, 1, all, {{{1}, child_of(1, 1)}, {{1}, child_of(1, 2)}, {{2}, child_of(1, 1)}});
    ASSERT_EQ(d.kind, decision_kind::decided);
    EXPECT_EQ(placed_by(d).placed.size(), 3u);
    EXPECT_TRUE(placed_by(d).refused.empty());
    EXPECT_EQ(w.rules.last_sequence(), sequence{2});
}

TEST(engine_place, all_places_nothing_when_one_is_refused) {
    world w{{2, 2, 1}};
    fill(w, {3});
    const auto d =
        w.place(1, 1, all, {{{1}, child_of(1, 1)}, {{3}, child_of(1, 1)}, {{2}, child_of(1, 1)}});
    EXPECT_EQ(d.kind, decision_kind::refused);
    EXPECT_EQ(reasons_of(d.refused),
              (std::vector{reason::not_tried, reason::sold_out, reason::not_tried}));
    EXPECT_TRUE(w.rules.holds_of({1}).empty());
    EXPECT_EQ(w.rules.answer_of({1}, {0, 1}), nullptr);
}

TEST(engine_place, all_counts_its_own_items_against_a_week) {
    world w{{2}};
    const auto d =
        w.place(1, 1, all, {{{1}, child_of(1, 1)}, {{1}, child_of(1, 2)}, {{1}, child_of(1, 3)}});
    EXPECT_EQ(reasons_of(d.refused),
              (std::vector{reason::not_tried, reason::not_tried, reason::sold_out}));
}

// ---- place, mode each --------------------------------------------------------------------------

TEST(engine_place, each_places_what_can_be) {
    world w{{2, 1, 2}};
    fill(w, {2});
    const auto d =
        w.place(1, 1, each, {{{1}, child_of(1, 1)}, {{2}, child_of(1, 1)}, {{3}, child_of(1, 1)}});
    ASSERT_EQ(d.kind, decision_kind::decided);
    ASSERT_EQ(placed_by(d).placed.size(), 2u);
    EXPECT_EQ(placed_by(d).placed[1].hold, make_hold_id(d.made->sequence, 1));
    EXPECT_EQ(placed_by(d).refused,
              (std::vector{refused_item{{2}, child_of(1, 1), reason::sold_out}}));
}

TEST(engine_place, each_refuses_when_nothing_can_be) {
    world w{{1, 1}};
    fill(w, {1});
    fill(w, {2});
    const auto d = w.place(1, 1, each, {{{1}, child_of(1, 1)}, {{2}, child_of(1, 1)}});
    EXPECT_EQ(d.kind, decision_kind::refused);
    EXPECT_EQ(reasons_of(d.refused), (std::vector{reason::sold_out, reason::sold_out}));
}

TEST(engine_place, each_counts_its_own_items_against_a_week) {
    world w{{2}};
    const auto d =
        w.place(1, 1, each, {{{1}, child_of(1, 1)}, {{1}, child_of(1, 2)}, {{1}, child_of(1, 3)}});
    EXPECT_EQ(placed_by(d).placed.size(), 2u);
    EXPECT_EQ(reasons_of(placed_by(d).refused), (std::vector{reason::sold_out}));
}

TEST(engine_place, a_claim_is_used_as_it_is) {
    world w{{5}};
    const auto d = w.place(1, 1, each, {{{1}, child_of(1, 1), {4}}, {{1}, child_of(1, 2)}});
    EXPECT_EQ(placed_by(d).placed[0].seat, seat_number{4});
    EXPECT_NE(placed_by(d).placed[1].seat, seat_number{4});
}

// ---- sold out or contended ---------------------------------------------------------------------

class engine_contention : public testing::TestWithParam<place_mode> {};
INSTANTIATE_TEST_SUITE_P(modes, engine_contention, testing::Values(all, each));

TEST_P(engine_contention, seats_that_are_there_but_not_to_be_had_defer_the_request) {
    world w{{1}};
    plain_seats none{w.rules};
    none.contended = true;
    const auto asked = place_of(1, 1, GetParam(), {{{1}, child_of(1, 1)}});
    EXPECT_EQ(w.rules.decide(asked, open_now, none, false).kind, decision_kind::contended);
}

TEST_P(engine_contention, no_seat_is_sold_out_whatever_the_ledger_says) {
    world w{{1}};
    fill(w, {1});
    plain_seats none{w.rules};
    const auto asked = place_of(1, 1, GetParam(), {{{1}, child_of(1, 1)}});
    const auto d = w.rules.decide(asked, open_now, none, false);
    EXPECT_EQ(d.kind, decision_kind::refused);
    EXPECT_EQ(reasons_of(d.refused), (std::vector{reason::sold_out}));
    EXPECT_TRUE(none.given.empty());
}

TEST(engine_contention, at_the_last_try_each_says_busy_and_all_stays_contended) {
    world w{{1}};
    plain_seats none{w.rules};
    none.contended = true;
    const auto d =
        w.rules.decide(place_of(1, 1, each, {{{1}, child_of(1, 1)}}), open_now, none, true);
    EXPECT_EQ(d.kind, decision_kind::refused);
    EXPECT_EQ(reasons_of(d.refused), (std::vector{reason::busy}));
    EXPECT_EQ(
        w.rules.decide(place_of(1, 1, all, {{{1}, child_of(1, 1)}}), open_now, none, true).kind,
        decision_kind::contended);
}

TEST(engine_contention, at_the_last_try_what_is_claimed_is_placed_beside_what_is_busy) {
    world w{{1, 1}};
    plain_seats none{w.rules};
    none.contended = true;
    const auto asked = place_of(1, 1, each, {{{1}, child_of(1, 1), {1}}, {{2}, child_of(1, 1)}});
    EXPECT_EQ(w.rules.decide(asked, open_now, none, false).kind, decision_kind::contended);
    const auto d = w.rules.decide(asked, open_now, none, true);
    ASSERT_EQ(d.kind, decision_kind::decided);
    EXPECT_EQ(reasons_of(placed_by(d).refused), (std::vector{reason::busy}));
}

// ---- reasons in their order --------------------------------------------------------------------

TEST(engine_reasons, overlapping_in_one_iso_week_across_camps) {
    world w;
    w.run(import_of(
        draft_of_camps({{5, 5}, {5}})));  // weeks 1, 2 of camp 1; 3 of camp 2, same ISO week as 1
    ASSERT_EQ(w.place(1, 1, all, {{{1}, child_of(1, 1)}}).kind, decision_kind::decided);
    const auto d = w.place(1, 2, each,
                           {{{3}, child_of(1, 1)},
                            {{1}, child_of(1, 1)},
                            {{2}, child_of(1, 1)},
                            {{3}, child_of(1, 2)}});
    EXPECT_EQ(reasons_of(placed_by(d).refused),
              (std::vector{reason::overlapping, reason::overlapping}));
    EXPECT_EQ(placed_by(d).placed.size(), 2u);
}

TEST(engine_reasons, overlapping_inside_one_request) {
    world w;
    w.run(import_of(draft_of_camps({{5}, {5}})));
    const auto asked = std::vector<place_item>{{{1}, child_of(1, 1)}, {{2}, child_of(1, 1)}};
    EXPECT_EQ(reasons_of(w.place(1, 1, all, asked).refused),
              (std::vector{reason::not_tried, reason::overlapping}));
    EXPECT_EQ(reasons_of(placed_by(w.place(1, 1, each, asked)).refused),
              (std::vector{reason::overlapping}));
}

TEST(engine_reasons, limit_per_child) {
    world w;
    season s = draft_of({5, 5, 5, 5});
    s.limits.weeks_per_child = 2;
    w.run(import_of(s));
    ASSERT_EQ(w.place(1, 1, all, {{{1}, child_of(1, 1)}}).kind, decision_kind::decided);
    const auto d =
        w.place(1, 2, each, {{{2}, child_of(1, 1)}, {{3}, child_of(1, 1)}, {{3}, child_of(1, 2)}});
    EXPECT_EQ(placed_by(d).placed.size(), 2u);
    EXPECT_EQ(placed_by(d).refused,
              (std::vector{refused_item{{3}, child_of(1, 1), reason::limit}}));
    // A hold that ended counts no more.
    ASSERT_EQ(w.run(release_command{{1}, {1}, w.rules.holds_of({1})[0].hold}).kind,
              decision_kind::decided);
    EXPECT_EQ(w.place(1, 3, all, {{{4}, child_of(1, 1)}}).kind, decision_kind::decided);
}

TEST(engine_reasons, limit_per_family) {
    world w;
    season s = draft_of({5, 5, 5});
    s.limits.holds_per_family = 3;
    w.run(import_of(s));
    const auto d = w.place(1, 1, each,
                           {{{1}, child_of(1, 1)},
                            {{1}, child_of(1, 2)},
                            {{1}, child_of(1, 3)},
                            {{1}, child_of(1, 4)}});
    EXPECT_EQ(placed_by(d).refused,
              (std::vector{refused_item{{1}, child_of(1, 4), reason::limit}}));
    EXPECT_EQ(reasons_of(w.place(1, 2, all, {{{2}, child_of(1, 1)}}).refused),
              (std::vector{reason::limit}));
    EXPECT_EQ(w.place(2, 1, all, {{{2}, child_of(2, 1)}}).kind, decision_kind::decided);
}

TEST(engine_reasons, eligibility_then_overlapping_then_limit_then_seats) {
    world w;
    season s = draft_of_camps({{1}, {1}, {1}});
    s.weeks[2].iso = {202728};
    s.limits.weeks_per_child = 1;
    w.run(import_of(s));
    fill(w, {2});
    fill(w, {3});
    ASSERT_EQ(w.place(1, 1, all, {{{1}, child_of(1, 1)}}).kind, decision_kind::decided);
    const auto why = [&](week_id week, instant now, bool sheet = true) {
        auto asked = place_of(1, 9, each, {{week, child_of(1, 1)}});
        auto facts = family_of(1, 2);
        if (!sheet) facts.children[0].sheet_validated_at.reset();
        asked.facts = std::make_shared<const family_facts>(facts);
        return reasons_of(w.decide(asked, now).refused).at(0);
    };
    EXPECT_EQ(why({2}, opening_time - 1us, false), reason::not_open);
    EXPECT_EQ(why({2}, open_now, false), reason::sheet_missing);
    EXPECT_EQ(why({2}, open_now), reason::overlapping);
    EXPECT_EQ(why({3}, open_now), reason::limit);
    ASSERT_EQ(w.run(release_command{{1}, {1}, w.rules.holds_of({1})[0].hold}).kind,
              decision_kind::decided);
    EXPECT_EQ(why({3}, open_now), reason::sold_out);
}

TEST(engine_place, what_nobody_knows_is_not_found) {
    world w{{1}};
    struct {
        const char* what;
        place_command asked;
    } cases[] = {
        {"week", place_of(1, 1, each, {{{2}, child_of(1, 1)}})},
        {"week 0", place_of(1, 1, each, {{{0}, child_of(1, 1)}})},
        {"child", place_of(1, 1, each, {{{1}, child_of(2, 1)}})},
        {"facts", place_of(1, 1, each, {{{1}, child_of(1, 1)}})},
    };
    cases[3].asked.facts = nullptr;
    for (const auto& c : cases)
        EXPECT_EQ(w.decide(c.asked).kind, decision_kind::not_found) << c.what;
    EXPECT_EQ(world{}.decide(place_of(1, 1, each, {{{1}, child_of(1, 1)}})).kind,
              decision_kind::not_found);
}

// ---- keys --------------------------------------------------------------------------------------

TEST(engine_keys, the_same_request_gets_the_same_answer) {
    world w{{5, 1}};
    fill(w, {2});
    const auto first = w.place(1, 7, each, {{{1}, child_of(1, 1)}, {{2}, child_of(1, 1)}});
    ASSERT_EQ(first.kind, decision_kind::decided);
    ASSERT_EQ(w.run(release_command{{1}, {1}, placed_by(first).placed[0].hold}).kind,
              decision_kind::decided);
    const auto again = w.place(1, 7, each, {{{1}, child_of(1, 1)}, {{2}, child_of(1, 1)}});
    ASSERT_EQ(again.kind, decision_kind::replayed);
    EXPECT_EQ(again.answer->sequence, first.made->sequence);
    EXPECT_EQ(again.answer->placed, placed_by(first).placed);
    EXPECT_EQ(again.answer->refused, placed_by(first).refused);
    EXPECT_EQ(again.answer->at, open_now);
    EXPECT_EQ(again.answer->family, family_id{1});
}

TEST(engine_keys, another_body_is_a_reuse) {
    world w{{5}};
    ASSERT_EQ(w.place(1, 7, each, {{{1}, child_of(1, 1)}}).kind, decision_kind::decided);
    auto other = place_of(1, 7, each, {{{1}, child_of(1, 2)}});
    other.body.low ^= 1;
    EXPECT_EQ(w.decide(other).kind, decision_kind::key_reused);
}

TEST(engine_keys, a_key_is_its_actors_own) {
    world w{{5}};
    ASSERT_EQ(w.place(1, 7, each, {{{1}, child_of(1, 1)}}).kind, decision_kind::decided);
    EXPECT_EQ(w.place(2, 7, each, {{{1}, child_of(2, 1)}}).kind, decision_kind::decided);
}

TEST(engine_keys, a_refusal_is_not_stored_and_the_key_may_succeed_later) {
    world w{{1}};
    fill(w, {1});
    EXPECT_EQ(w.place(1, 7, each, {{{1}, child_of(1, 1)}}).kind, decision_kind::refused);
    ASSERT_EQ(w.run(set_capacity_command{{1}, 2}).kind, decision_kind::decided);
    EXPECT_EQ(w.place(1, 7, each, {{{1}, child_of(1, 1)}}).kind, decision_kind::decided);
}

TEST(engine_keys, forgets_what_is_older) {
    world w{{9}};
    for (std::uint64_t n = 1; n <= 4; ++n) {
        ASSERT_EQ(w.place(n, 1, each, {{{1}, child_of(n, 1)}}, open_now + n * 1h).kind,
                  decision_kind::decided);
    }
    EXPECT_EQ(w.rules.oldest_key(), open_now + 1h);
    EXPECT_EQ(w.run(forget_command{open_now + 1h}).kind, decision_kind::unchanged);
    row_effects effects;
    ASSERT_EQ(w.run(forget_command{open_now + 3h}, open_now + 5h, &effects).kind,
              decision_kind::decided);
    EXPECT_EQ(effects.forgotten, 2u);
    EXPECT_EQ(effects.forget_before, open_now + 3h);
    EXPECT_EQ(w.rules.key_count(), 2u);
    EXPECT_EQ(w.rules.oldest_key(), open_now + 3h);
    EXPECT_EQ(w.rules.answer_of({2}, {0, 1}), nullptr);
    EXPECT_NE(w.rules.answer_of({3}, {0, 1}), nullptr);
}

// A restart after the wall clock was set back leaves a younger record with an older time; the
// database deletes by time, so memory must as well.
TEST(engine_keys, forgets_by_time_also_where_times_ran_backwards) {
    world w{{9}};
    std::uint64_t family = 0;
    for (const auto after : {0h, 3h, 1h, 2h}) {
        ++family;
        ASSERT_EQ(w.place(family, 1, each, {{{1}, child_of(family, 1)}}, open_now + after).kind,
                  decision_kind::decided);
    }
    row_effects effects;
    ASSERT_EQ(w.run(forget_command{open_now + 2h}, open_now + 4h, &effects).kind,
              decision_kind::decided);
    EXPECT_EQ(effects.forgotten, 2u);
    EXPECT_NE(w.rules.answer_of({2}, {0, 1}), nullptr);
    EXPECT_EQ(w.rules.answer_of({3}, {0, 1}), nullptr);
    EXPECT_EQ(w.rules.oldest_key(), open_now + 2h);
}

// ---- release, expire ---------------------------------------------------------------------------

TEST(engine_release, ends_the_familys_own_hold_once) {
    world w{{1}};
    const auto placed = w.place(1, 1, all, {{{1}, child_of(1, 1)}});
    const hold_id hold = placed_by(placed).placed[0].hold;
    EXPECT_EQ(w.run(release_command{{2}, {2}, hold}).kind, decision_kind::not_found);
    ASSERT_EQ(w.run(release_command{{1}, {1}, hold}).kind, decision_kind::decided);
    EXPECT_EQ(w.rules.available({1}), 1u);
    EXPECT_EQ(w.rules.hold_count(), 0u);
    EXPECT_EQ(w.run(release_command{{1}, {1}, hold}).kind, decision_kind::ended);
    EXPECT_EQ(w.run(release_command{{1}, {1}, {12345}}).kind, decision_kind::ended);
}

TEST(engine_expire, ends_what_is_due_and_nothing_else) {
    world w{{5}};
    const auto early = placed_by(w.place(1, 1, all, {{{1}, child_of(1, 1)}}, open_now)).placed[0];
    const auto late =
        placed_by(w.place(2, 1, all, {{{1}, child_of(2, 1)}}, open_now + 1h)).placed[0];
    EXPECT_EQ(w.rules.next_deadline(), early.deadline);
    EXPECT_TRUE(w.rules.due(early.deadline - 1us, 9).empty());
    EXPECT_EQ(w.rules.due(early.deadline, 9), (std::vector{early.hold}));
    EXPECT_EQ(w.rules.due(late.deadline, 9), (std::vector{early.hold, late.hold}));
    EXPECT_EQ(w.rules.due(late.deadline, 1), (std::vector{early.hold}));

    const expire_command both{{early.hold, late.hold, {999'999}}};
    EXPECT_EQ(w.decide(both, early.deadline - 1us).kind, decision_kind::unchanged);
    const auto d = w.run(both, early.deadline);
    ASSERT_EQ(d.kind, decision_kind::decided);
    EXPECT_EQ(d.made->actor, server_actor);
    EXPECT_EQ(std::get<expire_record>(d.made->body).ended,
              (std::vector{ended_hold{early.hold, {1}, early.seat}}));
    EXPECT_TRUE(w.rules.holds_of({1}).empty());
    EXPECT_EQ(w.run(both, early.deadline).kind, decision_kind::unchanged);
    EXPECT_EQ(w.run(release_command{{1}, {1}, early.hold}).kind, decision_kind::ended);
}

TEST(engine_expire, a_released_hold_is_due_no_more) {
    world w{{5}};
    std::vector<hold_id> holds;
    for (std::uint64_t n = 1; n <= 5; ++n) {
        holds.push_back(placed_by(w.place(n, 1, all, {{{1}, child_of(n, 1)}})).placed[0].hold);
    }
    for (const std::uint64_t n : {1, 5, 3}) {
        ASSERT_EQ(w.run(release_command{{n}, {n}, holds[n - 1]}).kind, decision_kind::decided);
    }
    auto due = w.rules.due(open_now + std::chrono::days{4}, 9);
    std::ranges::sort(due);
    EXPECT_EQ(due, (std::vector{holds[1], holds[3]}));
}

TEST(engine_expire, one_record_has_a_bounded_number_of_holds) {
    world w{{100}};
    for (std::uint64_t n = 1; n <= 70; ++n) w.place(n, 1, all, {{{1}, child_of(n, 1)}});
    const instant later = open_now + std::chrono::days{4};
    const auto d = w.run(expire_command{w.rules.due(later, 100)}, later);
    EXPECT_EQ(std::get<expire_record>(d.made->body).ended.size(), expire_items_max);
    EXPECT_EQ(w.rules.due(later, 100).size(), 70 - expire_items_max);
}

// O(due): looking for nothing among a hundred thousand holds costs the same as among none.
TEST(engine_expire, finding_what_is_due_does_not_look_at_the_rest) {
    world w{{100'000}};
    row_effects effects;
    for (std::uint64_t n = 1; n <= 100'000; ++n) {
        const auto at = static_cast<std::uint32_t>(n);
        w.rules.apply({{n + 1},
                       open_now,
                       {n},
                       place_record{{n},
                                    {0, 1},
                                    {0, 1},
                                    all,
                                    1,
                                    1,
                                    {{make_hold_id({n + 1}, 0),
                                      {1},
                                      child_of(n, 1),
                                      {at},
                                      open_now + std::chrono::seconds{n}}},
                                    {}}});
    }
    ASSERT_EQ(w.rules.hold_count(), 100'000u);
    const auto start = std::chrono::steady_clock::now();
    std::size_t found = 0;
    for (int i = 0; i < 100'000; ++i) found += w.rules.due(open_now + 2s, 9).size();
    EXPECT_EQ(found, 200'000u);
    // A scan of all holds would take hours; a second a million calls would still pass on a slow
    // machine.
    EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
}

// ---- misuse of apply ---------------------------------------------------------------------------

class engine_death : public testing::Test {
protected:
    engine_death() : w{{1}} {
        placed_ = placed_by(w.place(1, 1, all, {{{1}, child_of(1, 1)}})).placed[0];
    }
    place_record another(placed_item item) const {
        return {{2}, {0, 2}, {1, 2}, all, 1, 1, {item}, {}};
    }
    void dies(record_body body, const char* what, std::uint64_t sequence = 3) {
        const record r{{sequence}, open_now, {2}, std::move(body)};
        EXPECT_DEATH(w.rules.apply(r), what);
    }
    world w;
    placed_item placed_;
};

TEST_F(engine_death, a_broken_journal_is_caught) {
    const hold_id fresh = make_hold_id({3}, 0);
    dies(another({fresh, {1}, child_of(2, 1), placed_.seat, open_now}), "a seat sold twice");
    dies(another({fresh, {1}, child_of(2, 1), {2}, open_now}), "a seat that does not exist");
    dies(another({fresh, {2}, child_of(2, 1), {1}, open_now}), "a week that does not exist");
    dies(release_record{{placed_.hold, {1}, {2}}}, "ends on another seat");
    dies(release_record{{fresh, {1}, placed_.seat}}, "a hold ends twice");
    dies(expire_record{{{placed_.hold, {1}, placed_.seat}, {placed_.hold, {1}, placed_.seat}}},
         "ends twice");
    dies(release_record{{placed_.hold, {1}, placed_.seat}}, "a record out of order", 4);
    dies(release_record{{placed_.hold, {1}, placed_.seat}}, "a record out of order", 2);
    dies(capacity_record{{1}, 0, 1, {placed_.seat}, {}}, "a seat in another state");
    dies(capacity_record{{1}, 5, 2, {}, {}}, "does not add up");
    dies(capacity_record{{1}, 0, 0, {}, {}}, "never has fewer seats");
    dies(capacity_record{{2}, 1, 1, {}, {}}, "a week that does not exist");
}

TEST_F(engine_death, a_key_applied_twice_is_caught) {
    ASSERT_EQ(w.run(release_command{{1}, {1}, placed_.hold}).kind, decision_kind::decided);
    const record r{{4},
                   open_now,
                   {1},
                   place_record{{1},
                                {0, 1},
                                {1, 1},
                                all,
                                1,
                                1,
                                {{make_hold_id({4}, 0), {1}, child_of(1, 1), {1}, open_now}},
                                {}}};
    EXPECT_DEATH(w.rules.apply(r), "a key applied twice");
}

TEST_F(engine_death, a_hold_id_used_twice_is_caught) {
    ASSERT_EQ(w.run(set_capacity_command{{1}, 2}).kind, decision_kind::decided);
    dies(another({placed_.hold, {1}, child_of(2, 1), {2}, open_now}), "a hold id used twice", 4);
}

}  // namespace
}  // namespace campgate
