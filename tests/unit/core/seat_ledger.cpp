// The seats of one week, one thread: counts, names of seats, and that misuse ends the process.
#include "core/seat_ledger.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <numeric>
#include <set>
#include <vector>

namespace campgate {
namespace {

using counts = seat_ledger::counts;

std::unique_ptr<seat_ledger> opened(std::uint32_t seats) {
    auto ledger = std::make_unique<seat_ledger>();
    ledger->open(seats);
    return ledger;
}

std::vector<seat_number> claimed(seat_ledger& ledger, std::size_t n) {
    std::vector<seat_number> seats(n);
    EXPECT_TRUE(ledger.claim(seats));
    return seats;
}

class seat_ledger_of : public testing::TestWithParam<std::uint32_t> {};
INSTANTIATE_TEST_SUITE_P(capacities, seat_ledger_of,
                         testing::Values(1, 2, 63, 64, 65, 200, 100'000));

TEST_P(seat_ledger_of, gives_every_seat_once_and_then_none) {
    const auto ledger = opened(GetParam());
    std::vector<bool> seen(GetParam() + 1);
    for (std::uint32_t n = 1; n <= GetParam(); ++n) {
        const auto seat = ledger->claim_one();
        ASSERT_TRUE(seat);
        ASSERT_GE(seat->value, 1u);
        ASSERT_LE(seat->value, GetParam());
        ASSERT_FALSE(seen[seat->value]);
        seen[seat->value] = true;
    }
    EXPECT_FALSE(ledger->claim_one());
    EXPECT_EQ(ledger->now(), (counts{0, GetParam()}));
}

TEST_P(seat_ledger_of, claims_all_or_none) {
    const auto ledger = opened(GetParam());
    std::vector<seat_number> too_many(GetParam() + 1);
    EXPECT_FALSE(ledger->claim(too_many));
    EXPECT_EQ(ledger->now(), (counts{GetParam(), 0}));
    const auto all = claimed(*ledger, GetParam());
    EXPECT_EQ(std::set(all.begin(), all.end()).size(), GetParam());
    EXPECT_EQ(ledger->now(), (counts{0, GetParam()}));
}

TEST_P(seat_ledger_of, undo_makes_the_same_seats_free) {
    const auto ledger = opened(GetParam());
    const auto all = claimed(*ledger, GetParam());
    ledger->undo(std::span{all}.first(1));
    EXPECT_EQ(ledger->now(), (counts{1, GetParam() - 1}));
    EXPECT_EQ(ledger->claim_one(), all.front());
    ledger->undo(all);
    EXPECT_EQ(ledger->now(), (counts{GetParam(), 0}));
}

TEST_P(seat_ledger_of, a_committed_seat_stays_taken_until_it_is_given_back) {
    const auto ledger = opened(GetParam());
    const auto all = claimed(*ledger, GetParam());
    ledger->commit(GetParam());
    EXPECT_EQ(ledger->now(), (counts{0, 0}));
    EXPECT_FALSE(ledger->claim_one());
    ledger->give_back(std::span{all}.last(1));
    EXPECT_EQ(ledger->now(), (counts{1, 0}));
    EXPECT_EQ(ledger->claim_one(), all.back());
}

TEST_P(seat_ledger_of, the_last_is_the_highest_that_is_free) {
    const auto ledger = opened(GetParam());
    const seat_number highest{GetParam()};
    EXPECT_EQ(ledger->claim_last(), highest);
    if (GetParam() > 1) {
        EXPECT_EQ(ledger->claim_last(), seat_number{GetParam() - 1});
        ledger->undo({&highest, 1});
        EXPECT_EQ(ledger->claim_last(), highest);
        ledger->undo(std::vector{seat_number{GetParam() - 1}});
    }
    while (ledger->claim_last()) {
    }
    EXPECT_EQ(ledger->now(), (counts{0, GetParam()}));
}

TEST_P(seat_ledger_of, the_last_seat_can_be_preferred) {
    const auto ledger = opened(GetParam());
    EXPECT_EQ(ledger->claim_preferring({GetParam()}), seat_number{GetParam()});
}

TEST(seat_ledger, is_empty_before_it_is_opened) {
    seat_ledger ledger;
    EXPECT_EQ(ledger.now(), (counts{0, 0}));
    EXPECT_EQ(ledger.total(), 0u);
    EXPECT_FALSE(ledger.claim_one());
    EXPECT_FALSE(ledger.claim_preferring({1}));
}

TEST(seat_ledger, a_claim_of_nothing_changes_nothing) {
    const auto ledger = opened(3);
    EXPECT_TRUE(ledger->claim({}));
    ledger->undo({});
    ledger->give_back({});
    ledger->commit(0);
    EXPECT_EQ(ledger->now(), (counts{3, 0}));
}

TEST(seat_ledger, a_preferred_seat_that_is_taken_or_unknown_gives_any) {
    const auto ledger = opened(3);
    EXPECT_EQ(ledger->claim_preferring({2}), seat_number{2});
    for (const std::uint32_t wanted : {2u, 0u}) {
        const auto seat = ledger->claim_preferring({wanted});
        ASSERT_TRUE(seat);
        EXPECT_NE(seat->value, 2u);
        ledger->undo({{*seat}});
    }
    const auto beyond = ledger->claim_preferring({4});
    ASSERT_TRUE(beyond);
    EXPECT_LE(beyond->value, 3u);
}

TEST(seat_ledger, grows_over_the_border_of_a_word) {
    const auto ledger = opened(63);
    claimed(*ledger, 63);
    ledger->open(66);
    EXPECT_EQ(ledger->now(), (counts{3, 63}));
    const auto seats = claimed(*ledger, 3);
    EXPECT_EQ(std::set(seats.begin(), seats.end()), (std::set<seat_number>{{64}, {65}, {66}}));
    EXPECT_FALSE(ledger->claim_one());
    ledger->open(66);
    EXPECT_EQ(ledger->total(), 66u);
}

TEST(seat_ledger, seats_taken_at_start_are_neither_free_nor_pending) {
    const auto ledger = opened(70);
    for (const std::uint32_t n : {1u, 64u, 65u, 70u}) ledger->take_at_start({n});
    EXPECT_EQ(ledger->now(), (counts{66, 0}));
    for (const auto seat : claimed(*ledger, 66)) {
        EXPECT_NE(seat.value, 1u);
        EXPECT_NE(seat.value, 64u);
        EXPECT_NE(seat.value, 65u);
        EXPECT_NE(seat.value, 70u);
    }
}

using seat_ledger_death = testing::Test;

TEST(seat_ledger_death, giving_a_free_seat_back_is_caught) {
    const auto ledger = opened(2);
    const seat_number free{1};
    EXPECT_DEATH(ledger->give_back({&free, 1}), "a free seat given back");
}

TEST(seat_ledger_death, giving_one_seat_back_twice_is_caught) {
    const auto ledger = opened(2);
    const auto seats = claimed(*ledger, 2);
    ledger->commit(2);
    ledger->give_back(std::span{seats}.first(1));
    EXPECT_DEATH(ledger->give_back(std::span{seats}.first(1)), "a free seat given back");
}

TEST(seat_ledger_death, an_unknown_seat_is_caught) {
    for (const std::uint32_t n : {0u, 3u, 65u, 100'001u}) {
        const auto ledger = opened(2);
        claimed(*ledger, 2);
        const seat_number unknown{n};
        EXPECT_DEATH(ledger->give_back({&unknown, 1}), "a seat that this week does not have");
        EXPECT_DEATH(ledger->undo({&unknown, 1}), "a seat that this week does not have");
    }
}

TEST(seat_ledger_death, committing_what_is_not_pending_is_caught) {
    const auto ledger = opened(2);
    EXPECT_DEATH(ledger->commit(1), "commit of seats that are not pending");
    claimed(*ledger, 1);
    EXPECT_DEATH(ledger->commit(2), "commit of seats that are not pending");
}

TEST(seat_ledger_death, undoing_what_is_taken_is_caught) {
    const auto ledger = opened(1);
    const auto seats = claimed(*ledger, 1);
    ledger->commit(1);
    EXPECT_DEATH(ledger->undo(seats), "undo of seats that are not pending");
}

TEST(seat_ledger_death, undoing_a_free_seat_is_caught) {
    const auto ledger = opened(2);
    const auto seats = claimed(*ledger, 1);
    ledger->undo(seats);
    claimed(*ledger, 1);
    const seat_number other{2};
    EXPECT_DEATH(ledger->undo({&other, 1}), "a free seat given back");
}

TEST(seat_ledger_death, a_week_is_never_opened_smaller) {
    const auto ledger = opened(5);
    EXPECT_DEATH(ledger->open(4), "never has fewer seats");
}

TEST(seat_ledger_death, a_week_is_never_opened_too_large) {
    seat_ledger ledger;
    EXPECT_DEATH(ledger.open(week_capacity_max + 1), "too many seats");
}

TEST(seat_ledger_death, a_seat_taken_at_start_twice_is_caught) {
    const auto ledger = opened(2);
    ledger->take_at_start({1});
    EXPECT_DEATH(ledger->take_at_start({1}), "taken twice at start");
}

TEST(seat_ledger_death, more_taken_at_start_than_there_are_is_caught) {
    const auto ledger = opened(1);
    ledger->take_at_start({1});
    EXPECT_DEATH(ledger->take_at_start({2}), "is not free");
}

}  // namespace
}  // namespace campgate
