// The journal's function against the fold in C++: random batches leave the same state in both, and
// whatever does not fit is refused whole.
#include "tests/integration/persistence/test_journal.hpp"

#include <gtest/gtest.h>

namespace campgate::test {
namespace {

using namespace small_world;

class differential : public testing::TestWithParam<std::uint64_t> {};

TEST_P(differential, random_batches_leave_the_engines_state_in_the_tables) {
    test_journal j(new_database());
    random_commands commands(GetParam());
    j.run(import_of(draft_of({3, 2, 4})));
    for (int round = 0; round < 60; ++round) {
        for (std::uint64_t n = commands.below(12); n > 0; --n) commands.step(j);
        const send_result sent = j.commit();
        ASSERT_EQ(sent.verdict, send_verdict::committed) << sent.sqlstate << ' ' << sent.text;
        if (round % 10 != 0) continue;
        ASSERT_EQ(loaded_from(j.url), state_of(j)) << "after round " << round;
        ASSERT_EQ(tail_differences(j.url), std::vector<std::string>{});
    }
    ASSERT_EQ(loaded_from(j.url), state_of(j));
    ASSERT_GT(j.world.journal.size(), 100u);

    // And the tables restore an engine that is the same.
    pg_connection connection(j.url);
    engine restored;
    ASSERT_EQ(restored.restore(load_state(connection)), std::nullopt);
    EXPECT_EQ(restored.dump(), j.world.rules.dump());
    EXPECT_EQ(restored.digest(), j.world.rules.digest());
}

INSTANTIATE_TEST_SUITE_P(seeds, differential, testing::Range<std::uint64_t>(1, 13));

// --- What does not fit is refused whole ---

class refused : public testing::Test {
protected:
    // Weeks 1 and 2 are of one ISO week, in two camps, with two seats each; a child of family 1 has
    // seat 1 of week 1.
    void SetUp() override {
        j.run(import_of(draft_of_camps({{2}, {2}})));
        j.run(place_of(1, 1, place_mode::all, {{{1}, child_of(1, 1), no_seat}}));
        ASSERT_EQ(j.commit().verdict, send_verdict::committed);
        before = loaded_from(j.url);
    }

    batch next() {
        batch b = j.close();
        --j.number;
        return b;
    }

    // Sends it, and checks that it left nothing behind.
    std::string sqlstate_of_sending(const batch& b) {
        const send_result sent = j.send(b);
        EXPECT_NE(sent.verdict, send_verdict::doubt) << sent.text;
        EXPECT_EQ(loaded_from(j.url), before);
        EXPECT_EQ(tail_differences(j.url), std::vector<std::string>{});
        return sent.sqlstate;
    }

    seat_row held_row() const { return j.world.rules.seat({1}, {1}); }
    seat_row other_row() const {
        return {seat_state::held, {999}, child_of(2, 1), {2}, open_now, {2}};
    }
    batch with_seat(week_id week, seat_number seat, const seat_row& was, const seat_row& is) {
        batch b = next();
        b.rows.seats.push_back({week, seat, was, is});
        return b;
    }

    test_journal j{new_database()};
    stored_state before;
};

TEST_F(refused, another_epoch_or_owner) {
    const batch b = next();
    EXPECT_EQ(j.store.send({j.owned.owner, j.owned.epoch + 1}, b).sqlstate, "CF001");
    EXPECT_EQ(j.store.send({j.owned.owner, j.owned.epoch - 1}, b).sqlstate, "CF001");
    EXPECT_EQ(j.store.send({{7, 7}, j.owned.epoch}, b).sqlstate, "CF001");
    EXPECT_EQ(loaded_from(j.url), before);
    EXPECT_EQ(j.send(b).verdict, send_verdict::committed);
}

TEST_F(refused, a_batch_out_of_order) {
    batch b = next();
    b.number.value += 1;
    EXPECT_EQ(sqlstate_of_sending(b), "CF001");
    b.number.value -= 2;
    EXPECT_EQ(sqlstate_of_sending(b), "CF001");
}

TEST_F(refused, records_that_do_not_follow_the_last_one) {
    batch b = next();
    b.last.value += 1;
    EXPECT_EQ(sqlstate_of_sending(b), "CF002");
}

TEST_F(refused, a_seat_taken_twice) {
    EXPECT_EQ(sqlstate_of_sending(with_seat({1}, {1}, {}, other_row())), "CF002");
}

TEST_F(refused, a_seat_that_was_never_made) {
    EXPECT_EQ(sqlstate_of_sending(with_seat({1}, {3}, {}, other_row())), "CF002");
    EXPECT_EQ(sqlstate_of_sending(with_seat({3}, {1}, {}, other_row())), "CF002");
}

TEST_F(refused, the_same_seat_twice_in_one_batch) {
    batch b = with_seat({1}, {2}, {}, other_row());
    b.rows.seats.push_back(b.rows.seats.front());
    EXPECT_EQ(sqlstate_of_sending(b), "CF002");
}

TEST_F(refused, giving_back_what_another_holds) {
    seat_row was = held_row();
    was.hold.value += 1;
    EXPECT_EQ(sqlstate_of_sending(with_seat({1}, {1}, was, {})), "CF002");
    was = held_row();
    was.sequence.value += 1;
    EXPECT_EQ(sqlstate_of_sending(with_seat({1}, {1}, was, {})), "CF002");
    EXPECT_EQ(sqlstate_of_sending(with_seat({1}, {2}, held_row(), {})), "CF002");
}

TEST_F(refused, changing_a_hold_that_is_not_there) {
    seat_row was = held_row();
    was.hold.value += 1;
    seat_row is = was;
    is.deadline += std::chrono::hours{1};
    EXPECT_EQ(sqlstate_of_sending(with_seat({1}, {1}, was, is)), "CF002");
}

TEST_F(refused, retiring_a_taken_seat_and_restoring_a_free_one) {
    seat_row retired;
    retired.state = seat_state::retired;
    EXPECT_EQ(sqlstate_of_sending(with_seat({1}, {1}, {}, retired)), "CF002");
    EXPECT_EQ(sqlstate_of_sending(with_seat({1}, {2}, retired, {})), "CF002");
}

TEST_F(refused, a_capacity_without_its_seats) {
    batch b = next();
    week_row week = j.world.rules.weeks()[0];
    week.capacity = 1;  // and no seat is retired
    b.rows.weeks = {{2, week}};
    EXPECT_EQ(sqlstate_of_sending(b), "CF002");
    week.capacity = 3;
    b.rows.weeks = {{2, week}};
    EXPECT_EQ(sqlstate_of_sending(b), "23514");
}

TEST_F(refused, a_week_that_is_not_as_it_was) {
    batch b = next();
    week_row week = j.world.rules.weeks()[0];
    week.total = week.capacity = 4;
    b.rows.weeks = {{3, week}};
    EXPECT_EQ(sqlstate_of_sending(b), "CF002");
    week.iso.value += 1;
    b.rows.weeks = {{2, week}};
    EXPECT_EQ(sqlstate_of_sending(b), "CF002");
    b.rows.weeks = {{0, week}};
    EXPECT_EQ(sqlstate_of_sending(b), "23505");
}

TEST_F(refused, a_child_twice_in_an_iso_week) {
    seat_row again = other_row();
    again.child = child_of(1, 1);
    EXPECT_EQ(sqlstate_of_sending(with_seat({2}, {1}, {}, again)), "23505");
}

TEST_F(refused, a_hold_in_two_seats) {
    seat_row again = other_row();
    again.hold = held_row().hold;
    EXPECT_EQ(sqlstate_of_sending(with_seat({2}, {1}, {}, again)), "23505");
}

TEST_F(refused, a_key_used_twice) {
    batch b = next();
    b.rows.keys = {{{1}, {0, 1}, {5, 5}, {2}, open_now}};
    EXPECT_EQ(sqlstate_of_sending(b), "23505");
}

TEST_F(refused, another_number_of_forgotten_keys) {
    batch b = next();
    b.rows.forget_before = open_now + std::chrono::hours{1};
    b.rows.forgotten = 2;
    EXPECT_EQ(sqlstate_of_sending(b), "CF002");
    b.rows.forgotten = 0;
    EXPECT_EQ(sqlstate_of_sending(b), "CF002");
}

TEST_F(refused, everything_when_the_last_of_it_is_wrong) {
    j.run(place_of(2, 2, place_mode::all, {{{1}, child_of(2, 1), no_seat}}));
    j.run(set_capacity_command{{2}, 5});
    batch b = next();
    b.rows.keys.push_back({{1}, {0, 1}, {5, 5}, {2}, open_now});
    EXPECT_EQ(sqlstate_of_sending(b), "23505");
    b.rows.keys.pop_back();
    EXPECT_EQ(j.send(b).verdict, send_verdict::committed);
}

TEST_F(refused, the_tables_themselves_refuse_a_half_row) {
    EXPECT_EQ(sqlstate_of(j.url, "UPDATE seat SET hold = 5 WHERE state = 0"), "23514");
    EXPECT_EQ(sqlstate_of(j.url, "UPDATE seat SET child = NULL WHERE state = 1"), "23514");
    EXPECT_EQ(sqlstate_of(j.url, "UPDATE seat SET state = 2 WHERE state = 1"), "23514");
    EXPECT_EQ(sqlstate_of(j.url, "UPDATE seat SET iso_week = 202730"), "23503");
    EXPECT_EQ(sqlstate_of(j.url, "INSERT INTO seat (week, seat, iso_week) VALUES (9, 1, 202727)"),
              "23503");
}

TEST_F(refused, one_seat_changes_hands_or_state_in_one_batch) {
    // Held, given back and held by another: a free and a take of one row.
    j.run(release_command{{1}, {1}, held_row().hold});
    j.run(place_of(3, 3, place_mode::all, {{{1}, child_of(3, 1), no_seat}}));
    EXPECT_EQ(j.commit().verdict, send_verdict::committed);
    EXPECT_EQ(loaded_from(j.url), state_of(j));
    // Held to retired, and back to held.
    j.run(release_command{{3}, {3}, j.world.rules.seat({1}, {1}).hold});
    j.run(set_capacity_command{{1}, 1});
    EXPECT_EQ(j.commit().verdict, send_verdict::committed);
    EXPECT_EQ(loaded_from(j.url), state_of(j));
    j.run(set_capacity_command{{1}, 2});
    j.run(place_of(4, 4, place_mode::all, {{{1}, child_of(4, 1), no_seat}}));
    EXPECT_EQ(j.commit().verdict, send_verdict::committed);
    EXPECT_EQ(loaded_from(j.url), state_of(j));
}

}  // namespace
}  // namespace campgate::test
