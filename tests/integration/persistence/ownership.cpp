// Who may write, and whether program and database fit.
#include "persistence/ownership.hpp"

#include "persistence/migrations.hpp"
#include "persistence/pqxx_compat.hpp"
#include "tests/integration/persistence/test_database.hpp"

#include <gtest/gtest.h>
#include <thread>

namespace campgate::test {
namespace {

using namespace std::chrono_literals;

std::string complaint_about(const std::string& url) {
    try {
        pg_connection connection(url);
        take_ownership(connection, make_owner_id());
        return {};
    } catch (const schema_error& e) {
        return e.what();
    }
}

TEST(ownership, the_first_start_makes_the_schema_and_the_second_leaves_it) {
    const std::string url = new_database();
    pg_connection connection(url);
    const owner_id first = make_owner_id();
    const taken made = take_ownership(connection, first);
    ASSERT_TRUE(made.owned);
    EXPECT_EQ(made.migrations, embedded_migrations().size());
    EXPECT_EQ(made.owned->epoch, 1u);
    EXPECT_EQ(made.owned->last_batch, batch_number{0});
    EXPECT_TRUE(sign_off(connection, first));
    EXPECT_FALSE(sign_off(connection, first));

    const taken again = take_ownership(connection, make_owner_id());
    ASSERT_TRUE(again.owned);
    EXPECT_EQ(again.migrations, 0u);
    EXPECT_GT(again.owned->epoch, made.owned->epoch);
}

TEST(ownership, a_living_owner_is_waited_for_and_then_left_alone) {
    const std::string url = new_database();
    const ownership first = own(url);
    pg_connection connection(url);
    std::atomic<bool> end{false};
    std::thread living([&] {
        while (!end) {
            sql(url, "UPDATE writer SET seen = clock_timestamp()");
            std::this_thread::sleep_for(200ms);
        }
    });
    const taken none = take_ownership(connection, make_owner_id(), {false, false, 3500ms});
    end = true;
    living.join();
    EXPECT_FALSE(none.owned);
    EXPECT_NE(none.other.find("last seen"), std::string::npos) << none.other;
    EXPECT_EQ(sql(url, "SELECT epoch FROM writer"), std::to_string(first.epoch));
}

TEST(ownership, an_owner_that_fell_silent_is_replaced_after_three_seconds) {
    const std::string url = new_database();
    own(url);
    pg_connection connection(url);
    const auto start = std::chrono::steady_clock::now();
    EXPECT_TRUE(take_ownership(connection, make_owner_id()).owned);
    const auto waited = std::chrono::steady_clock::now() - start;
    EXPECT_GT(waited, 2500ms);
    EXPECT_LT(waited, 4500ms);
}

TEST(ownership, an_owner_that_signs_off_is_replaced_at_once) {
    const std::string url = new_database();
    const ownership first = own(url);
    pg_connection connection(url);
    std::thread leaving([&] {
        std::this_thread::sleep_for(300ms);
        pg_connection other(url);
        sign_off(other, first.owner);
    });
    const auto start = std::chrono::steady_clock::now();
    EXPECT_TRUE(take_ownership(connection, make_owner_id()).owned);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 1500ms);
    leaving.join();
}

TEST(ownership, a_forced_take_over_keeps_quiet_for_three_seconds) {
    const std::string url = new_database();
    own(url);
    pg_connection connection(url);
    const auto start = std::chrono::steady_clock::now();
    EXPECT_TRUE(take_ownership(connection, make_owner_id(), {false, true, 0ms}).owned);
    EXPECT_GE(std::chrono::steady_clock::now() - start, 3s);
}

TEST(migrations, a_changed_one_is_refused_and_nothing_is_touched) {
    const std::string url = new_database();
    const ownership first = own(url);
    {
        pg_connection connection(url);
        sign_off(connection, first.owner);
    }
    sql(url, "UPDATE migration SET checksum = 'another' WHERE version = 2");
    EXPECT_NE(complaint_about(url).find("migration 2 (commit_batch) was applied to this database "
                                        "with another content"),
              std::string::npos)
        << complaint_about(url);
    EXPECT_EQ(sql(url, "SELECT signed_off FROM writer"), "t");
}

TEST(migrations, a_newer_database_is_refused) {
    const std::string url = new_database();
    const ownership first = own(url);
    {
        pg_connection connection(url);
        sign_off(connection, first.owner);
    }
    sql(url,
        "INSERT INTO migration (version, name, checksum) "
        "SELECT max(version) + 1, 'future', 'x' FROM migration");
    EXPECT_NE(complaint_about(url).find("the database is newer than this program"),
              std::string::npos)
        << complaint_about(url);
}

TEST(migrations, one_that_fails_leaves_nothing_of_its_predecessors) {
    const std::string url = new_database();
    sql(url, "CREATE TABLE login_session (occupied integer)");
    pg_connection connection(url);
    EXPECT_THROW(take_ownership(connection, make_owner_id()), database_error);
    EXPECT_EQ(sql(url, "SELECT to_regclass('writer') IS NULL AND to_regclass('migration') IS NULL"),
              "t");
}

TEST(migrations, two_starters_at_once_make_one_schema) {
    const std::string url = new_database();
    std::vector<std::thread> starters;
    std::atomic<int> owners{0};
    for (int n = 0; n < 4; ++n) {
        starters.emplace_back([&] {
            pg_connection connection(url);
            if (take_ownership(connection, make_owner_id(), {false, false, 0ms}).owned) ++owners;
        });
    }
    for (std::thread& starter : starters) starter.join();
    EXPECT_EQ(owners, 1);
}

}  // namespace
}  // namespace campgate::test
