// What an io thread answers by itself, what it claims, and what it leaves to the sequencer; and the
// queue between them.
#include "core/intake.hpp"

#include "tests/unit/core/sequencer_rig.hpp"

#include <gtest/gtest.h>

namespace campgate {
namespace {

using namespace small_world;
using enum place_mode;
using counts = seat_ledger::counts;

const intake_refusal& refusal(const intake_result& r) {
    return std::get<intake_refusal>(r);
}

std::vector<reason> reasons_of(const intake_refusal& r) {
    std::vector<reason> whys;
    for (const auto& item : r.refused) whys.push_back(item.why);
    return whys;
}

// Sells week `week` out, through the sequencer.
void sell_out(rig& r, week_id week) {
    std::uint64_t family = 100 * week.value;
    while (r.shown(week) > 0) {
        ++family;
        r.ask(family, 1, each, {{week, child_of(family, 1)}});
        r.round();
    }
}

TEST(intake, claims_every_item) {
    rig r{{2, 2}};
    auto taken = r.take(1, 1, all, {{{2}, child_of(1, 1)}, {{1}, child_of(1, 1)}});
    const auto& asked = std::get<place_command>(taken);
    EXPECT_NE(asked.items[0].claim, no_seat);
    EXPECT_NE(asked.items[1].claim, no_seat);
    EXPECT_EQ(asked.items[0].week, week_id{2});  // in the client's order
    EXPECT_EQ(r.counted({1}), (counts{1, 1}));
    EXPECT_EQ(r.counted({2}), (counts{1, 1}));
}

TEST(intake, refuses_what_the_view_refuses_at_its_sequence) {
    rig r{{1, 1}};
    sell_out(r, {1});
    const auto at = r.seen.availability.load()->at;
    EXPECT_EQ(at, r.rules.last_sequence());
    const auto one = r.take(1, 1, each, {{{1}, child_of(1, 1)}});
    EXPECT_EQ(reasons_of(refusal(one)), (std::vector{reason::sold_out}));
    EXPECT_EQ(refusal(one).at, at);
    const auto siblings = r.take(1, 1, all, {{{2}, child_of(1, 1)}, {{1}, child_of(1, 2)}});
    EXPECT_EQ(reasons_of(refusal(siblings)), (std::vector{reason::not_tried, reason::sold_out}));
    EXPECT_EQ(r.counted({2}), (counts{1, 0}));
}

TEST(intake, all_is_refused_for_more_of_a_week_than_it_has) {
    rig r{{2}};
    const auto taken =
        r.take(1, 1, all, {{{1}, child_of(1, 1)}, {{1}, child_of(1, 2)}, {{1}, child_of(1, 3)}});
    EXPECT_EQ(reasons_of(refusal(taken)),
              (std::vector{reason::not_tried, reason::not_tried, reason::sold_out}));
    EXPECT_EQ(r.counted({1}), (counts{2, 0}));
}

TEST(intake, never_refuses_by_the_word) {
    rig r{{1}};
    const auto other = r.ledgers.at({1}).claim_one();
    ASSERT_TRUE(other);
    for (const place_mode mode : {all, each}) {
        const auto taken = r.take(1, 1, mode, {{{1}, child_of(1, 1)}});
        ASSERT_TRUE(std::holds_alternative<place_command>(taken));  // the view shows one
        EXPECT_EQ(std::get<place_command>(taken).items[0].claim, no_seat);
    }
}

TEST(intake, each_leaves_a_mixed_request_to_the_sequencer) {
    rig r{{1, 1}};
    sell_out(r, {1});
    const auto taken = r.take(1, 1, each, {{{1}, child_of(1, 1)}, {{2}, child_of(1, 1)}});
    const auto& asked = std::get<place_command>(taken);
    EXPECT_EQ(asked.items[0].claim, no_seat);
    EXPECT_NE(asked.items[1].claim, no_seat);
}

TEST(intake, each_with_a_claimed_item_beside_an_ineligible_one_goes_on) {
    rig r{{1, 1}};
    auto facts = family_of(1, 2);
    facts.children[1].sheet_validated_at.reset();
    r.seen.facts.put({1}, std::make_shared<const family_facts>(facts));
    const place_request asked{{1},    {1},  {0, 1},
                              {1, 1}, each, {{{1}, child_of(1, 1)}, {{2}, child_of(1, 2)}}};
    const auto taken = take_in(asked, r.seen, r.ledgers, open_now);
    EXPECT_TRUE(std::holds_alternative<place_command>(taken));
    EXPECT_EQ(r.counted({2}), (counts{1, 0}));
}

TEST(intake, what_is_ineligible_touches_no_seat) {
    rig r{{1}};
    r.know(1);
    const place_request asked{{1}, {1}, {0, 1}, {1, 1}, all, {{{1}, child_of(1, 1)}}};
    const auto taken = take_in(asked, r.seen, r.ledgers, opening_time - 1us);
    EXPECT_EQ(reasons_of(refusal(taken)), (std::vector{reason::not_open}));
    EXPECT_EQ(r.counted({1}), (counts{1, 0}));
}

TEST(intake, an_answered_key_is_answered_again_also_where_nothing_is_left) {
    rig r{{1}};
    const auto won = r.take_and_push(1, 7, all, {{{1}, child_of(1, 1)}});
    r.round();
    ASSERT_EQ(r.answer(won).kind, reply_kind::placed);
    const auto again = r.take(1, 7, all, {{{1}, child_of(1, 1)}});
    ASSERT_TRUE(std::holds_alternative<intake_replay>(again));
    EXPECT_EQ(std::get<intake_replay>(again).answer, r.answer(won).answer);
    const auto other_body = take_in({{1}, {1}, {0, 7}, {2, 7}, all, {{{1}, child_of(1, 1)}}},
                                    r.seen, r.ledgers, open_now);
    EXPECT_TRUE(std::holds_alternative<intake_key_reused>(other_body));
}

TEST(intake, undo_gives_every_claim_back) {
    rig r{{3, 3}};
    auto taken =
        r.take(1, 1, all, {{{1}, child_of(1, 1)}, {{2}, child_of(1, 1)}, {{1}, child_of(1, 2)}});
    auto& asked = std::get<place_command>(taken);
    undo_claims(asked, r.ledgers);
    undo_claims(asked, r.ledgers);  // nothing is left to undo
    EXPECT_EQ(r.counted({1}), (counts{3, 0}));
    EXPECT_EQ(r.counted({2}), (counts{3, 0}));
}

// Between the edge's look at the season and this one a season may have been published that lacks
// the week, or facts that lack the child: the sequencer says so, nothing breaks.
TEST(intake, what_vanished_since_the_edge_looked_is_the_sequencers_to_decide) {
    rig r{{1, 1}};
    r.push(import_of(draft_of({1})));
    r.round();
    const auto gone_week = r.take_and_push(1, 1, all, {{{2}, child_of(1, 1)}});
    const auto gone_child = r.take_and_push(1, 2, each, {{{1}, child_of(2, 1)}});
    r.seen.facts.erase({3});
    const place_request unknown{{3}, {3}, {0, 1}, {1, 1}, all, {{{1}, child_of(3, 1)}}};
    auto taken = take_in(unknown, r.seen, r.ledgers, open_now);
    ASSERT_TRUE(std::holds_alternative<place_command>(taken));
    const auto gone_family = r.push(std::get<place_command>(taken));
    r.round();
    for (const auto t : {gone_week, gone_child, gone_family}) {
        EXPECT_EQ(r.answer(t).kind, reply_kind::not_found);
    }
    EXPECT_EQ(r.counted({1}), (counts{1, 0}));
    EXPECT_EQ(r.counted({2}), (counts{1, 0}));
}

// A refusal names the sequence of the availability view; a season published after it may say
// another thing of eligibility, so only where both views agree does an io thread refuse.
TEST(intake, refuses_for_eligibility_only_at_a_sequence_where_it_is_true) {
    rig r{{1}};
    r.push(set_opening_command{{}, open_now + 1h});
    bool newer_season_seen = false;
    r.know(1);
    const place_request asked{{1}, {1}, {0, 1}, {1, 1}, each, {{{1}, child_of(1, 1)}}};
    const auto old_availability = r.seen.availability.load();
    r.round();
    const auto closed = take_in(asked, r.seen, r.ledgers, open_now);
    EXPECT_EQ(reasons_of(refusal(closed)), (std::vector{reason::not_open}));
    r.seen.availability.store(old_availability);  // as between the two publications
    const auto between = take_in(asked, r.seen, r.ledgers, open_now);
    newer_season_seen = std::holds_alternative<place_command>(between);
    EXPECT_TRUE(newer_season_seen);
}

// ---- the queue ---------------------------------------------------------------------------------

TEST(intake_queue, parents_leave_the_headroom_to_others) {
    intake_queue q{5, 2};
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(q.try_reserve(intake_class::parent));
    EXPECT_FALSE(q.try_reserve(intake_class::parent));
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(q.try_reserve(intake_class::privileged));
    EXPECT_FALSE(q.try_reserve(intake_class::privileged));
    EXPECT_EQ(q.reserved(), 5u);
    q.give_up(2);
    EXPECT_FALSE(q.try_reserve(intake_class::parent));
    EXPECT_TRUE(q.try_reserve(intake_class::privileged));
    q.give_up(4);
    EXPECT_TRUE(q.try_reserve(intake_class::parent));
    EXPECT_EQ(q.reserved(), 1u);
}

TEST(intake_queue, a_place_is_taken_until_the_answer) {
    rig r{{1}};
    r.ask(1, 1, all, {{{1}, child_of(1, 1)}});
    EXPECT_EQ(r.queue.reserved(), 1u);
    r.round();
    EXPECT_EQ(r.queue.reserved(), 0u);
}

TEST(intake_queue, keeps_the_order_and_appends) {
    intake_queue q{9, 0};
    std::vector<queued_command> out;
    for (std::uint64_t n = 1; n <= 4; ++n) {
        ASSERT_TRUE(q.try_reserve(intake_class::parent));
        q.push({forget_command{}, {0, n}, {}});
        if (n % 2 == 0) q.take(out);
    }
    ASSERT_EQ(out.size(), 4u);
    for (std::uint64_t n = 1; n <= 4; ++n) EXPECT_EQ(out[n - 1].to.ticket, n);
}

TEST(intake_queue, waiting_ends_by_a_push_a_wake_or_the_time) {
    intake_queue q{9, 0};
    q.wake();
    q.wait(1h);
    ASSERT_TRUE(q.try_reserve(intake_class::parent));
    q.push({forget_command{}, {0, 1}, {}});
    q.wait(1h);
    std::vector<queued_command> out;
    q.take(out);
    q.wait(1ns);
}

TEST(intake_queue_death, headroom_leaves_parents_a_place) {
    EXPECT_DEATH((intake_queue{2, 2}), "leaves parents no place");
}

}  // namespace
}  // namespace campgate
