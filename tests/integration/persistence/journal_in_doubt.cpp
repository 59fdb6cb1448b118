// The journal's writer over a PostgreSQL that goes away at the wrong moment: a batch in doubt is
// applied once, the second owner fences the first, nothing waits for ever.
#include "persistence/journal_writer.hpp"

#include "persistence/pqxx_compat.hpp"
#include "tests/integration/persistence/test_journal.hpp"

#include <gtest/gtest.h>
#include <thread>

namespace campgate::test {
namespace {

using namespace small_world;
using namespace std::chrono_literals;

/// A real store that loses some of the database's answers on the way back.
class forgetful_store final : public journal_store {
public:
    explicit forgetful_store(journal_store& real) : real_(real) {}
    send_result send(const fence& by, const batch& b) override {
        ++sends;
        send_result r = real_.send(by, b);
        if (lose_answers-- > 0) return {send_verdict::doubt, {}, "lost on the way"};
        return r;
    }
    bump_result bump_epoch(owner_id owner) override { return real_.bump_epoch(owner); }
    void terminate_zombies() override { real_.terminate_zombies(); }
    int lose_answers = 0;
    int sends = 0;

private:
    journal_store& real_;
};

/// Holds the writer row, so that a batch waits in the database.
class row_lock {
public:
    explicit row_lock(const std::string& url) : connection_(url), work_(connection_.raw().session) {
        work_.exec("SELECT 1 FROM writer FOR UPDATE");
    }
    void release() { work_.abort(); }

private:
    pg_connection connection_;
    pqxx::work work_;
};

void wait_until_something_waits(const std::string& url) {
    for (int i = 0; i < 500; ++i) {
        if (sql(url,
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                "AND datname = current_database()") != "0") {
            return;
        }
        std::this_thread::sleep_for(10ms);
    }
    FAIL() << "nothing waits";
}

class journal_in_doubt : public testing::Test {
protected:
    void SetUp() override {
        j.run(import_of(draft_of({5, 5})));
        ASSERT_EQ(writer.commit(j.close()), commit_outcome::committed);
    }
    batch one_hold(std::uint64_t family) {
        j.run(place_of(family, family, place_mode::all, {{{1}, child_of(family, 1), no_seat}}));
        return j.close();
    }
    void expect_each_once() {
        EXPECT_EQ(loaded_from(j.url), state_of(j));
        EXPECT_EQ(tail_differences(j.url), std::vector<std::string>{});
    }

    test_journal j{new_database()};
    real_clock clock;
    std::atomic<bool> stop{false};
    pg_journal_store real{j.url, {400ms, 2s}};
    forgetful_store store{real};
    journal_writer writer{store, clock, interruptible_pause(stop), stop, j.owned};
};

TEST_F(journal_in_doubt, an_answer_lost_on_the_way_back_is_found_again) {
    store.lose_answers = 1;
    EXPECT_EQ(writer.commit(one_hold(1)), commit_outcome::committed);
    EXPECT_EQ(store.sends, 2);  // that of the set-up, and one
    expect_each_once();
    EXPECT_EQ(writer.commit(one_hold(2)), commit_outcome::committed);
    expect_each_once();
}

TEST_F(journal_in_doubt, a_backend_that_is_killed_before_it_commits_leaves_it_to_be_sent_again) {
    row_lock lock(j.url);
    const int pid = real.backend_pid();
    commit_outcome outcome{};
    std::thread sequencer([&] { outcome = writer.commit(one_hold(1)); });
    wait_until_something_waits(j.url);
    sql(j.url, "SELECT pg_terminate_backend(" + std::to_string(pid) + ")");
    std::this_thread::sleep_for(100ms);
    lock.release();
    sequencer.join();
    EXPECT_EQ(outcome, commit_outcome::committed);
    EXPECT_GE(writer.health().doubts, 1u);
    EXPECT_GE(store.sends, 3);
    expect_each_once();
}

TEST_F(journal_in_doubt, a_session_without_an_answer_is_left_in_time_and_its_batch_applied_once) {
    row_lock lock(j.url);
    commit_outcome outcome{};
    std::thread sequencer([&] { outcome = writer.commit(one_hold(1)); });
    // Several attempts are left behind, all waiting for the row.
    std::this_thread::sleep_for(1500ms);
    EXPECT_GE(writer.health().doubts, 1u);
    EXPECT_TRUE(writer.batch_since());
    lock.release();
    sequencer.join();
    EXPECT_EQ(outcome, commit_outcome::committed);
    expect_each_once();
    EXPECT_EQ(writer.commit(one_hold(2)), commit_outcome::committed);
    expect_each_once();
}

TEST_F(journal_in_doubt, zombies_that_hold_the_row_are_ended) {
    // A session of the writer's own holds the row and answers nobody.
    row_lock lock(j.url);
    EXPECT_EQ(real.send({j.owned.owner, j.owned.epoch}, one_hold(1)).verdict, send_verdict::doubt);
    const std::string waiting =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'campgate journal' "
        "AND datname = current_database() AND wait_event_type = 'Lock'";
    EXPECT_EQ(sql(j.url, waiting), "1");
    real.terminate_zombies();
    for (int i = 0; i < 200 && sql(j.url, waiting) != "0"; ++i) std::this_thread::sleep_for(10ms);
    EXPECT_EQ(sql(j.url, waiting), "0");
}

TEST_F(journal_in_doubt, a_postgresql_that_stops_and_starts_is_waited_for) {
    EXPECT_EQ(writer.commit(one_hold(1)), commit_outcome::committed);
    server().stop();
    commit_outcome outcome{};
    std::thread sequencer([&] { outcome = writer.commit(one_hold(2)); });
    std::this_thread::sleep_for(500ms);
    EXPECT_TRUE(writer.batch_since());
    server().start();
    sequencer.join();
    EXPECT_EQ(outcome, commit_outcome::committed);
    expect_each_once();
}

TEST_F(journal_in_doubt, a_stop_does_not_wait_for_a_postgresql_that_is_gone) {
    server().stop();
    commit_outcome outcome{};
    std::thread sequencer([&] { outcome = writer.commit(one_hold(1)); });
    std::this_thread::sleep_for(200ms);
    stop = true;
    sequencer.join();
    server().start();
    EXPECT_EQ(outcome, commit_outcome::stopping);
}

TEST_F(journal_in_doubt, the_second_owner_fences_the_first) {
    const ownership second = own(j.url);
    EXPECT_EQ(second.last_batch, batch_number{1});
    EXPECT_GT(second.epoch, j.owned.epoch);
    EXPECT_EQ(writer.commit(one_hold(1)), commit_outcome::lost_ownership);
    EXPECT_EQ(loaded_from(j.url).last_batch, batch_number{1});
}

TEST_F(journal_in_doubt, a_refusal_three_times_is_the_end) {
    sql(j.url, "UPDATE seat SET state = 2 WHERE week = 1 AND seat = 1");
    EXPECT_EQ(writer.commit(one_hold(1)), commit_outcome::rejected);
}

TEST_F(journal_in_doubt, a_database_that_went_back_is_noticed) {
    store.lose_answers = 1;
    EXPECT_EQ(writer.commit(one_hold(1)), commit_outcome::committed);
    sql(j.url, "UPDATE writer SET last_batch = 1");
    EXPECT_EQ(writer.commit(one_hold(2)), commit_outcome::went_back);
}

TEST_F(journal_in_doubt, a_wait_for_a_standby_that_was_cut_short_is_no_success) {
    // No such standby: a commit waits until somebody cancels the wait, and then "succeeds".
    sql(j.url, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    sql(j.url, "SELECT pg_reload_conf()");
    std::this_thread::sleep_for(200ms);
    pg_journal_store patient{j.url, {10s, 2s}};
    send_result sent;
    std::thread sequencer([&] {
        sent = patient.send({j.owned.owner, j.owned.epoch}, one_hold(1));
    });
    const std::string waiting =
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    for (int i = 0; i < 300 && sql(j.url, waiting) == "0"; ++i) std::this_thread::sleep_for(10ms);
    sql(j.url, "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
    sequencer.join();
    sql(j.url, "ALTER SYSTEM RESET synchronous_standby_names");
    sql(j.url, "SELECT pg_reload_conf()");
    EXPECT_EQ(sent.verdict, send_verdict::doubt);
    EXPECT_NE(sent.text.find("replication"), std::string::npos) << sent.text;
    const bump_result resolved = patient.bump_epoch(j.owned.owner);
    EXPECT_EQ(resolved.verdict, bump_verdict::bumped);
    EXPECT_EQ(resolved.last_batch, 2u);
    expect_each_once();
}

TEST_F(journal_in_doubt, the_lease_lives_by_renewals_without_records) {
    const auto renewed = [&] {
        batch empty;
        empty.number = {j.number + 1};
        empty.at = j.now;
        empty.last = j.world.rules.last_sequence();
        empty.digest = j.world.rules.digest();
        bool sent = false;
        EXPECT_EQ(writer.renew(empty, sent), commit_outcome::committed);
        if (sent) ++j.number;
        return sent;
    };
    EXPECT_TRUE(writer.lease_holds());
    EXPECT_FALSE(renewed());
    std::this_thread::sleep_for(1100ms);
    EXPECT_TRUE(renewed());
    EXPECT_TRUE(writer.lease_holds());
    std::this_thread::sleep_for(2100ms);
    EXPECT_FALSE(writer.lease_holds());
    expect_each_once();
}

}  // namespace
}  // namespace campgate::test
