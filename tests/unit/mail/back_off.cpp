// When a mail is tried again.
#include "server/mail/mail_sender.hpp"

#include <gtest/gtest.h>

namespace campgate::server {
namespace {

using namespace std::chrono_literals;

const sending_rules rules{1min, 4h, 24, 2min, std::chrono::days{30}};

TEST(back_off, doubles_up_to_its_bound_with_a_quarter_of_chance) {
    EXPECT_EQ(back_off(rules, 1, 0), 45s);
    EXPECT_EQ(back_off(rules, 1, 500), 60s);
    EXPECT_LT(back_off(rules, 1, 999), 75s);
    EXPECT_EQ(back_off(rules, 2, 500), 2min);
    EXPECT_EQ(back_off(rules, 8, 500), 128min);
    EXPECT_EQ(back_off(rules, 9, 500), 4h);
    EXPECT_EQ(back_off(rules, 4'000'000'000, 500), 4h);
    EXPECT_EQ(back_off(rules, 0, 500), 1min);
}

TEST(back_off, twenty_four_attempts_are_about_three_days) {
    std::chrono::microseconds all{};
    for (std::uint32_t n = 1; n < rules.attempts_max; ++n) all += back_off(rules, n, 500);
    EXPECT_GT(all, 60h);
    EXPECT_LT(all, 72h);
}

}  // namespace
}  // namespace campgate::server
