// What the journal's writer makes of every verdict, over a scripted store and a clock that only
// moves when told: doubt, fencing, rejection, lease, stop.
#include "persistence/journal_writer.hpp"

#include <gtest/gtest.h>
#include <deque>
#include <string>
#include <vector>

namespace campgate {
namespace {

using namespace std::chrono_literals;

constexpr owner_id self{1, 2};

class still_clock final : public clock_port {
public:
    instant now() const override { return instant{}; }
    boot_instant boot() const override { return at; }
    boot_instant at = 100s;
};

const send_result committed{send_verdict::committed, {}, {}};
const send_result doubt{send_verdict::doubt, {}, "no answer"};
const send_result fenced{send_verdict::rejected, "CF001", {}};
const send_result oversell{send_verdict::rejected, "CF002", {}};
const send_result duplicate{send_verdict::rejected, "23505", {}};
bump_result bumped(std::uint64_t epoch, std::uint64_t last_batch) {
    return {bump_verdict::bumped, epoch, last_batch, {}};
}
const bump_result not_owner{bump_verdict::not_owner, 0, 0, {}};
const bump_result unreachable{bump_verdict::unreachable, 0, 0, "refused"};

/// Answers from a script, and keeps what it was asked.
class scripted_store final : public journal_store {
public:
    explicit scripted_store(still_clock& clock) : clock_(clock) {}
    send_result send(const fence& by, const batch& b) override {
        asked.push_back("send " + std::to_string(b.number.value) + " epoch " +
                        std::to_string(by.epoch));
        EXPECT_EQ(by.owner, self);
        clock_.at += send_takes;
        if (on_send) on_send();
        if (sends.empty()) {
            ADD_FAILURE() << "an unexpected send";
            return committed;
        }
        const send_result next = sends.front();
        sends.pop_front();
        return next;
    }
    bump_result bump_epoch(owner_id owner) override {
        asked.emplace_back("bump");
        EXPECT_EQ(owner, self);
        if (bumps.empty()) {
            ADD_FAILURE() << "an unexpected bump";
            return not_owner;
        }
        const bump_result next = bumps.front();
        bumps.pop_front();
        return next;
    }
    void terminate_zombies() override { asked.emplace_back("terminate"); }

    std::deque<send_result> sends;
    std::deque<bump_result> bumps;
    std::vector<std::string> asked;
    boot_instant send_takes{0};
    std::function<void()> on_send;

private:
    still_clock& clock_;
};

class journal_writer_test : public testing::Test {
protected:
    // The last batch was 6, the epoch is 3.
    commit_outcome commit_seventh() {
        batch b;
        b.number = {7};
        return writer.commit(b);
    }

    still_clock clock;
    scripted_store store{clock};
    std::atomic<bool> stop{false};
    std::vector<std::chrono::nanoseconds> pauses;
    journal_writer writer{store, clock,
                          [this](std::chrono::nanoseconds p) {
                              pauses.push_back(p);
                              clock.at += p;
                          },
                          stop, ownership{self, 3, {6}}};
};

struct verdict_case {
    const char* name;
    std::vector<send_result> sends;
    std::vector<bump_result> bumps;
    commit_outcome outcome;
    std::vector<std::string> asked;
};

class journal_writer_verdicts : public journal_writer_test,
                                public testing::WithParamInterface<verdict_case> {};

TEST_P(journal_writer_verdicts, lead_to_one_outcome) {
    const verdict_case& c = GetParam();
    store.sends.assign(c.sends.begin(), c.sends.end());
    store.bumps.assign(c.bumps.begin(), c.bumps.end());
    EXPECT_EQ(commit_seventh(), c.outcome);
    EXPECT_EQ(store.asked, c.asked);
    EXPECT_FALSE(writer.batch_since());
}

INSTANTIATE_TEST_SUITE_P(
    table, journal_writer_verdicts,
    testing::Values(
        verdict_case{"committed", {committed}, {}, commit_outcome::committed, {"send 7 epoch 3"}},
        verdict_case{"in_doubt_and_there",
                     {doubt},
                     {bumped(4, 7)},
                     commit_outcome::committed,
                     {"send 7 epoch 3", "bump"}},
        verdict_case{"in_doubt_and_not_there",
                     {doubt, committed},
                     {bumped(4, 6)},
                     commit_outcome::committed,
                     {"send 7 epoch 3", "bump", "send 7 epoch 4"}},
        verdict_case{"in_doubt_twice",
                     {doubt, doubt},
                     {bumped(4, 6), bumped(5, 7)},
                     commit_outcome::committed,
                     {"send 7 epoch 3", "bump", "send 7 epoch 4", "bump"}},
        verdict_case{"unreachable_for_a_while",
                     {doubt, committed},
                     {unreachable, unreachable, bumped(6, 6)},
                     commit_outcome::committed,
                     {"send 7 epoch 3", "bump", "bump", "bump", "send 7 epoch 6"}},
        verdict_case{"in_doubt_and_another_took_over",
                     {doubt},
                     {not_owner},
                     commit_outcome::lost_ownership,
                     {"send 7 epoch 3", "bump"}},
        verdict_case{"fenced_by_another",
                     {fenced},
                     {not_owner},
                     commit_outcome::lost_ownership,
                     {"send 7 epoch 3", "bump"}},
        verdict_case{"fenced_by_an_old_bump_of_ours",
                     {fenced, committed},
                     {bumped(5, 6)},
                     commit_outcome::committed,
                     {"send 7 epoch 3", "bump", "send 7 epoch 5"}},
        verdict_case{"fenced_because_it_is_there",
                     {fenced},
                     {bumped(5, 7)},
                     commit_outcome::committed,
                     {"send 7 epoch 3", "bump"}},
        verdict_case{"went_back",
                     {doubt},
                     {bumped(4, 5)},
                     commit_outcome::went_back,
                     {"send 7 epoch 3", "bump"}},
        verdict_case{"went_back_to_another_history",
                     {doubt},
                     {bumped(4, 8)},
                     commit_outcome::went_back,
                     {"send 7 epoch 3", "bump"}},
        verdict_case{"an_epoch_that_did_not_rise",
                     {doubt},
                     {bumped(3, 6)},
                     commit_outcome::went_back,
                     {"send 7 epoch 3", "bump"}},
        verdict_case{"rejected_three_times",
                     {oversell, oversell, oversell},
                     {},
                     commit_outcome::rejected,
                     {"send 7 epoch 3", "send 7 epoch 3", "send 7 epoch 3"}},
        verdict_case{"rejected_in_turns",
                     {oversell, duplicate, oversell, oversell, oversell},
                     {},
                     commit_outcome::rejected,
                     {"send 7 epoch 3", "send 7 epoch 3", "send 7 epoch 3", "send 7 epoch 3",
                      "send 7 epoch 3"}},
        verdict_case{"rejected_then_committed",
                     {oversell, committed},
                     {},
                     commit_outcome::committed,
                     {"send 7 epoch 3", "send 7 epoch 3"}},
        verdict_case{"rejected_with_doubts_between",
                     {oversell, doubt, oversell, doubt, oversell},
                     {bumped(4, 6), bumped(5, 6)},
                     commit_outcome::rejected,
                     {"send 7 epoch 3", "send 7 epoch 3", "bump", "send 7 epoch 4",
                      "send 7 epoch 4", "bump", "send 7 epoch 5"}}),
    [](const auto& one) { return std::string(one.param.name); });

TEST_F(journal_writer_test, fenced_for_ever_ends) {
    for (std::uint64_t n = 0; n < 40; ++n) {
        store.sends.push_back(fenced);
        store.bumps.push_back(bumped(4 + n, 6));
    }
    EXPECT_EQ(commit_seventh(), commit_outcome::rejected);
}

TEST_F(journal_writer_test, there_is_no_lease_before_the_first_success) {
    EXPECT_FALSE(writer.lease_holds());
    EXPECT_FALSE(writer.health().ready);
}

TEST_F(journal_writer_test, the_lease_counts_from_the_sending) {
    store.sends = {committed};
    store.send_takes = 1500ms;
    EXPECT_EQ(commit_seventh(), commit_outcome::committed);
    EXPECT_EQ(writer.lease_until(), boot_instant{102s});
    EXPECT_TRUE(writer.lease_holds());
    clock.at += 499ms;
    EXPECT_TRUE(writer.lease_holds());
    clock.at += 1ms;
    EXPECT_FALSE(writer.lease_holds());
}

TEST_F(journal_writer_test, a_commit_slower_than_the_lease_leaves_none) {
    store.sends = {committed};
    store.send_takes = 2s;
    EXPECT_EQ(commit_seventh(), commit_outcome::committed);
    EXPECT_FALSE(writer.lease_holds());
}

TEST_F(journal_writer_test, a_rejected_send_renews_nothing) {
    store.sends = {oversell, oversell, oversell};
    EXPECT_EQ(commit_seventh(), commit_outcome::rejected);
    EXPECT_FALSE(writer.lease_holds());
}

TEST_F(journal_writer_test, a_renewal_is_due_one_second_after_the_last_send) {
    batch empty;
    bool sent = false;
    store.sends = {committed, committed};
    empty.number = {7};
    EXPECT_EQ(writer.renew(empty, sent), commit_outcome::committed);
    EXPECT_TRUE(sent);
    clock.at += 999ms;
    empty.number = {8};
    EXPECT_EQ(writer.renew(empty, sent), commit_outcome::committed);
    EXPECT_FALSE(sent);
    clock.at += 1ms;
    EXPECT_EQ(writer.renew(empty, sent), commit_outcome::committed);
    EXPECT_TRUE(sent);
    EXPECT_EQ(store.asked, (std::vector<std::string>{"send 7 epoch 3", "send 8 epoch 3"}));
}

TEST_F(journal_writer_test, the_batch_under_way_can_be_seen_growing_old) {
    store.sends = {committed};
    store.on_send = [&] {
        clock.at += 1999ms;
        EXPECT_EQ(writer.health().batch_age, 1999ms);
        EXPECT_EQ(writer.batch_since(), boot_instant{100s});
        clock.at += 1ms;
        EXPECT_FALSE(writer.health().ready);
    };
    commit_seventh();
    EXPECT_EQ(writer.health().batch_age, 0ns);
}

TEST_F(journal_writer_test, a_stop_ends_the_doubt_without_an_answer) {
    store.sends = {doubt};
    store.on_send = [&] { stop = true; };
    EXPECT_EQ(commit_seventh(), commit_outcome::stopping);
    EXPECT_EQ(store.asked, std::vector<std::string>{"send 7 epoch 3"});
}

TEST_F(journal_writer_test, waits_longer_each_time_up_to_a_bound) {
    store.sends = {doubt, committed};
    for (int i = 0; i < 10; ++i) store.bumps.push_back(unreachable);
    store.bumps.push_back(bumped(4, 6));
    commit_seventh();
    ASSERT_EQ(pauses.size(), 10u);
    EXPECT_EQ(pauses[0], 20ms);
    EXPECT_EQ(pauses[1], 40ms);
    EXPECT_EQ(pauses[9], 500ms);
}

TEST_F(journal_writer_test, zombies_are_ended_once_the_batch_is_fifteen_seconds_old) {
    store.sends = {doubt, committed};
    store.send_takes = 14'990ms;
    store.bumps = {unreachable, bumped(4, 6)};
    commit_seventh();
    EXPECT_EQ(store.asked, (std::vector<std::string>{"send 7 epoch 3", "bump", "terminate", "bump",
                                                     "send 7 epoch 4"}));
}

TEST_F(journal_writer_test, doubts_and_bumps_are_counted) {
    store.sends = {doubt, committed};
    store.bumps = {bumped(4, 6)};
    commit_seventh();
    EXPECT_EQ(writer.health().doubts, 1u);
    EXPECT_EQ(writer.health().epoch_bumps, 1u);
    EXPECT_EQ(writer.epoch(), 4u);
}

}  // namespace
}  // namespace campgate
