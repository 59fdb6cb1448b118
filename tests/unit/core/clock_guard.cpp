// The one time of the rules under clocks that drift, jump and are put right.
#include "core/clock_guard.hpp"

#include "tests/unit/core/sequencer_rig.hpp"

#include <gtest/gtest.h>

namespace campgate {
namespace {

using namespace small_world;

class clock_guard_with : public testing::Test {
protected:
    manual_clock clock_;
    clock_guard guard_{clock_};
    const instant start_ = clock_.wall;
};

TEST_F(clock_guard_with, agreeing_clocks_is_the_wall_clock) {
    EXPECT_EQ(guard_.now(), start_);
    for (int i = 0; i < 100; ++i) {
        clock_.advance(37ms);
        EXPECT_FALSE(guard_.check());
        EXPECT_EQ(guard_.now(), clock_.wall);
    }
}

TEST_F(clock_guard_with, a_jump_either_way_raises_the_alarm_and_is_not_followed) {
    for (const auto jump : {std::chrono::microseconds{3s}, std::chrono::microseconds{-3s}}) {
        manual_clock clock;
        clock_guard guard{clock};
        clock.advance(1s);
        EXPECT_FALSE(guard.check());
        clock.wall += jump;
        EXPECT_TRUE(guard.check());
        EXPECT_TRUE(guard.jumped());
        EXPECT_EQ(guard.now(), start_ + 1s);
        clock.advance(1h);
        EXPECT_TRUE(guard.check());
        EXPECT_EQ(guard.now(), start_ + 1s + 1h);
    }
}

TEST_F(clock_guard_with, a_jump_within_tolerance_is_followed_slowly) {
    clock_.wall += 2s;
    EXPECT_FALSE(guard_.check());
    EXPECT_EQ(guard_.now(), start_);
    clock_.advance(1s);
    EXPECT_FALSE(guard_.check());
    EXPECT_EQ(guard_.now(), start_ + 1s + 1ms);
    for (int i = 0; i < 3'000; ++i) {
        clock_.advance(1s);
        guard_.check();
    }
    EXPECT_EQ(guard_.now(), clock_.wall);
}

TEST_F(clock_guard_with, one_that_comes_back_ends_the_alarm) {
    clock_.wall += 1h;
    EXPECT_TRUE(guard_.check());
    clock_.wall -= 1h;
    EXPECT_FALSE(guard_.check());
    EXPECT_EQ(guard_.now(), start_);
}

TEST_F(clock_guard_with, an_accepted_jump_is_followed_at_the_next_check) {
    clock_.wall += 1h;
    EXPECT_TRUE(guard_.check());
    guard_.accept();
    EXPECT_EQ(guard_.now(), start_);
    EXPECT_FALSE(guard_.check());
    EXPECT_EQ(guard_.now(), start_ + 1h);
    clock_.wall += 1h;
    EXPECT_TRUE(guard_.check());
}

TEST_F(clock_guard_with, a_drift_is_followed_however_often_it_is_checked) {
    // 100 ppm fast, as a poor quartz; checked every 400 microseconds, as under load.
    for (int i = 0; i < 100'000; ++i) {
        clock_.advance(400us);
        if (i % 25 == 0) clock_.wall += 1us;
        ASSERT_FALSE(guard_.check());
    }
    EXPECT_GE(guard_.now(), clock_.wall - 10us);
}

TEST_F(clock_guard_with, time_never_runs_backwards_between_checks) {
    instant last = guard_.now();
    for (int i = 0; i < 1'000; ++i) {
        clock_.advance(100ms);
        if (i % 3 == 0) clock_.wall -= 5ms;
        guard_.check();
        ASSERT_GE(guard_.now(), last);
        last = guard_.now();
    }
}

}  // namespace
}  // namespace campgate
