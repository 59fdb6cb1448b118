// Limits by address: time is an argument, so each test is a table of instants.
#include "server/rate_limit.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace campgate::server {
namespace {

using namespace std::chrono_literals;
using verdict = concurrency_limiter::verdict;

const steady_instant start{std::chrono::hours{5}};

ip_address ip(std::string_view text) {
    return *parse_ip_address(text);
}

ip_address nth(std::uint32_t n) {
    return ip_address::from_v4({static_cast<std::uint8_t>(n >> 24),
                                static_cast<std::uint8_t>(n >> 16),
                                static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)});
}

TEST(rate_limiter, gives_the_burst_at_once_and_then_the_rate) {
    rate_limiter limiter{{10, 1s, 3}, 64};
    const ip_address who = ip("192.0.2.1");
    for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.take(who, start), 0ns) << i;
    EXPECT_EQ(limiter.take(who, start), 100ms);
    EXPECT_EQ(limiter.take(who, start + 99ms), 1ms);
    EXPECT_EQ(limiter.take(who, start + 100ms), 0ns);
    EXPECT_EQ(limiter.take(who, start + 100ms), 100ms);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.take(who, start + 10s), 0ns) << i;
    EXPECT_NE(limiter.take(who, start + 10s), 0ns);
}

TEST(rate_limiter, in_the_long_run_gives_the_rate_whoever_presses) {
    rate_limiter limiter{{20, 1s, 5}, 64};
    int allowed = 0;
    for (int i = 0; i < 60'000; ++i)
        allowed += limiter.take(ip("192.0.2.1"), start + i * 1ms) == 0ns ? 1 : 0;
    EXPECT_GE(allowed, 60 * 20);
    EXPECT_LE(allowed, 60 * 20 + 5);
}

TEST(rate_limiter, refusals_cost_no_tokens) {
    rate_limiter limiter{{1, 1s, 1}, 64};
    EXPECT_EQ(limiter.take(ip("192.0.2.1"), start), 0ns);
    for (int i = 0; i < 100; ++i) EXPECT_NE(limiter.take(ip("192.0.2.1"), start + 1ms), 0ns);
    EXPECT_EQ(limiter.take(ip("192.0.2.1"), start + 1s), 0ns);
}

TEST(rate_limiter, counts_addresses_apart_and_a_64_together) {
    rate_limiter limiter{{1, 1min, 1}, 64};
    EXPECT_EQ(limiter.take(ip("192.0.2.1"), start), 0ns);
    EXPECT_EQ(limiter.take(ip("192.0.2.2"), start), 0ns);
    EXPECT_NE(limiter.take(ip("::ffff:192.0.2.1"), start), 0ns);
    EXPECT_EQ(limiter.take(ip("2001:db8::1"), start), 0ns);
    EXPECT_NE(limiter.take(ip("2001:db8::2"), start), 0ns);
    EXPECT_EQ(limiter.take(ip("2001:db8:0:1::1"), start), 0ns);
}

TEST(rate_limiter, a_clock_that_stands_still_or_steps_back_frees_nobody) {
    rate_limiter limiter{{1, 1s, 1}, 64};
    EXPECT_EQ(limiter.take(ip("192.0.2.1"), start), 0ns);
    EXPECT_NE(limiter.take(ip("192.0.2.1"), start - 5s), 0ns);
}

TEST(rate_limiter, who_presses_is_remembered_while_a_flood_of_others_passes) {
    rate_limiter limiter{{1, 1s, 100}, 1024};
    const ip_address presser = ip("192.0.2.1");
    for (int i = 0; i < 100; ++i) limiter.take(presser, start);
    for (std::uint32_t n = 0; n < 200'000; ++n) limiter.take(nth(0x0b000000U + n), start + 1ms);
    EXPECT_NE(limiter.take(presser, start + 2ms), 0ns);
    EXPECT_GT(limiter.evictions(), 0u);
}

TEST(rate_limiter, full_buckets_are_replaced_without_loss) {
    rate_limiter limiter{{1, 1s, 2}, 64};
    for (std::uint32_t n = 0; n < 10'000; ++n) limiter.take(nth(n), start + n * 10s);
    EXPECT_EQ(limiter.evictions(), 0u);
}

TEST(rate_limiter, threads_share_one_bucket) {
    rate_limiter limiter{{1, 1h, 1000}, 64};
    std::atomic<int> allowed{};
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 1000; ++i)
                allowed += limiter.take(ip("192.0.2.1"), start) == 0ns ? 1 : 0;
        });
    }
    threads.clear();
    EXPECT_EQ(allowed, 1000);
}

TEST(concurrency_limiter, counts_what_is_held_and_gives_it_back) {
    concurrency_limiter limiter{2, 3};
    concurrency_limiter::place a;
    concurrency_limiter::place b;
    concurrency_limiter::place c;
    concurrency_limiter::place d;
    EXPECT_EQ(limiter.take(ip("192.0.2.1"), a), verdict::taken);
    EXPECT_EQ(limiter.take(ip("192.0.2.1"), b), verdict::taken);
    EXPECT_EQ(limiter.take(ip("192.0.2.1"), c), verdict::too_many_of_address);
    EXPECT_FALSE(c);
    EXPECT_EQ(limiter.take(ip("192.0.2.2"), c), verdict::taken);
    EXPECT_EQ(limiter.take(ip("192.0.2.3"), d), verdict::too_many);
    b = {};
    EXPECT_EQ(limiter.taken(), 2u);
    EXPECT_EQ(limiter.take(ip("192.0.2.1"), d), verdict::taken);
    concurrency_limiter::place moved = std::move(d);
    EXPECT_FALSE(d);
    EXPECT_TRUE(moved);
    EXPECT_EQ(limiter.taken(), 3u);
    moved = std::move(a);
    EXPECT_EQ(limiter.taken(), 2u);
    { const concurrency_limiter::place gone = std::move(moved); }
    c = {};
    EXPECT_EQ(limiter.taken(), 0u);
}

TEST(address_limits, are_those_of_the_configuration) {
    config settings;
    settings.requests_per_second = 50;
    settings.requests_burst = 2;
    settings.login_per_minute = 1;
    settings.connections_per_address = 1;
    address_limits limits{settings};
    const ip_address who = ip("192.0.2.1");
    EXPECT_EQ(limits.requests.take(who, start), 0ns);
    EXPECT_EQ(limits.requests.take(who, start), 0ns);
    EXPECT_EQ(limits.requests.take(who, start), 20ms);
    EXPECT_EQ(limits.logins.take(who, start), 0ns);
    EXPECT_EQ(limits.logins.take(who, start), 60s);
    concurrency_limiter::place one;
    concurrency_limiter::place two;
    EXPECT_EQ(limits.connections.take(who, one), verdict::taken);
    EXPECT_EQ(limits.connections.take(who, two), verdict::too_many_of_address);
}

}  // namespace
}  // namespace campgate::server
