// When a login ends: idle, too old, never around an opening.
#include "server/login_sessions.hpp"

#include <gtest/gtest.h>

namespace campgate::server::test {
namespace {

using namespace std::chrono_literals;

const instant start{1'000'000s};

struct logins : testing::Test {
    login_sessions table{2h};

    new_login log_in(instant at = start) {
        new_login made = login_sessions::make(
            {.actor = actor_id{7}, .family = family_id{8}, .staff = true}, at, 12h);
        table.add(made.session);
        return made;
    }
    bool there(const new_login& login, instant at) { return table.find(login.id, at) != nullptr; }
};

TEST_F(logins, ids_are_new_each_time_and_only_their_hash_is_kept) {
    const new_login a = log_in();
    const new_login b = log_in();
    EXPECT_EQ(a.id.size(), 32u);
    EXPECT_NE(a.id, b.id);
    EXPECT_NE(a.session->csrf, b.session->csrf);
    EXPECT_EQ(table.find(a.id, start), a.session);
    const std::string hash{reinterpret_cast<const char*>(a.session->id_hash.data()), 32};
    EXPECT_EQ(table.find(hash, start), nullptr);
    EXPECT_EQ(table.find(a.id + "0", start), nullptr);
    EXPECT_EQ(table.find("", start), nullptr);
}

TEST_F(logins, an_idle_one_ends_and_a_request_keeps_it) {
    const new_login login = log_in();
    EXPECT_TRUE(there(login, start + 2h - 1s));
    EXPECT_TRUE(there(login, start + 4h - 2s));
    EXPECT_FALSE(there(login, start + 6h));
}

TEST_F(logins, an_open_socket_keeps_it) {
    const new_login login = log_in();
    EXPECT_TRUE(table.keep(*login.session, start + 110min));
    EXPECT_TRUE(there(login, start + 220min));
}

TEST_F(logins, the_oldest_age_ends_it_however_busy) {
    const new_login login = log_in();
    for (instant at = start; at < start + 12h; at += 1h) EXPECT_TRUE(there(login, at));
    EXPECT_FALSE(there(login, start + 12h));
    EXPECT_FALSE(table.keep(*login.session, start + 12h));
}

TEST_F(logins, none_ends_from_half_an_hour_before_an_opening_to_an_hour_after) {
    table.set_openings({start + 3h});
    const new_login idle = log_in(start + 30min);  // would end half an hour before
    EXPECT_TRUE(there(idle, start + 4h - 1us));
    const new_login sooner = log_in(start + 30min - 1s);
    EXPECT_FALSE(there(sooner, start + 2h + 30min));
    table.set_openings({start + 12h + 30min});
    const new_login old = log_in(start);
    for (instant at = start; at < start + 13h + 30min; at += 30min) EXPECT_TRUE(there(old, at));
    EXPECT_FALSE(there(old, start + 13h + 30min));
}

TEST_F(logins, what_the_opening_kept_ends_with_it_if_idle) {
    table.set_openings({start + 2h});
    const new_login login = log_in();
    EXPECT_TRUE(table.keep(*log_in().session, start + 1h));
    EXPECT_FALSE(there(login, start + 3h));
}

TEST_F(logins, one_that_was_ended_is_nobodys) {
    const new_login login = log_in();
    table.remove(*login.session);
    EXPECT_FALSE(there(login, start));
    EXPECT_FALSE(table.keep(*login.session, start));
}

TEST_F(logins, a_sweep_tells_who_was_seen_and_who_is_over_once) {
    const new_login busy = log_in();
    const new_login idle = log_in();
    EXPECT_TRUE(there(busy, start + 1h));
    login_sweep news = table.sweep(start + 1h);
    ASSERT_EQ(news.touched.size(), 1u);
    EXPECT_EQ(news.touched[0].id_hash, busy.session->id_hash);
    EXPECT_EQ(news.touched[0].seen, start + 1h);
    EXPECT_TRUE(news.over.empty());
    news = table.sweep(start + 2h);
    EXPECT_TRUE(news.touched.empty());
    EXPECT_EQ(news.over, std::vector{idle.session->id_hash});
    EXPECT_EQ(table.size(), 1u);
}

TEST(kept_times, overlapping_openings_are_one) {
    const instant t = start;
    EXPECT_EQ(kept_times_of({t + 1h, t, t + 24h}),
              (std::vector<kept_time>{{t - 30min, t + 2h}, {t + 24h - 30min, t + 25h}}));
    const auto kept = kept_times_of({t, t + 24h});
    EXPECT_EQ(end_of_login(t - 31min, kept), t - 31min);
    EXPECT_EQ(end_of_login(t - 30min, kept), t + 60min);
    EXPECT_EQ(end_of_login(t + 60min, kept), t + 60min);
    EXPECT_EQ(end_of_login(t + 24h, kept), t + 25h);
    EXPECT_EQ(end_of_login(t + 26h, kept), t + 26h);
}

}  // namespace
}  // namespace campgate::server::test
