// What a start finds out: the state tables against the end of the journal and against the digest;
// and what the doctor finds out beyond. Each check is shown to catch what it is for.
#include "persistence/recovery.hpp"

#include "persistence/doctor.hpp"
#include "persistence/journal_export.hpp"
#include "tests/integration/persistence/test_journal.hpp"

#include <gtest/gtest.h>

namespace campgate::test {
namespace {

using namespace small_world;

doctor_report doctor_of(const std::string& url) {
    pg_connection connection(url);
    return run_doctor(connection);
}

std::string complaints_of(const std::string& url) {
    std::string text;
    for (const doctor_finding& f : doctor_of(url).findings) {
        if (!f.good) text += f.check + ": " + f.text + '\n';
    }
    return text;
}

// What a start compares: the tail, and the digest through an engine.
std::vector<std::string> start_differences(const std::string& url) {
    pg_connection connection(url);
    try {
        const stored_state loaded = load_state(connection);
        std::vector<std::string> wrong = compare_tail(connection, loaded);
        engine rules;
        if (const auto why = rules.restore(loaded)) wrong.push_back(*why);
        return wrong;
    } catch (const database_error& e) {
        return {e.what()};
    }
}

class recovery : public testing::Test {
protected:
    void SetUp() override {
        j.run(import_of(draft_of_camps({{3, 3}, {3}})));
        j.run(place_of(1, 1, place_mode::each,
                       {{{1}, child_of(1, 1), no_seat},
                        {{2}, child_of(1, 1), no_seat},
                        {{3}, child_of(1, 1), no_seat}}));
        ASSERT_EQ(j.commit().verdict, send_verdict::committed);
        j.run(place_of(2, 2, place_mode::all, {{{1}, child_of(2, 1), no_seat}}));
        j.run(release_command{{2}, {2}, j.world.rules.holds_of({2}).front().hold});
        j.run(set_capacity_command{{3}, 2});
        ASSERT_EQ(j.commit().verdict, send_verdict::committed);
        ASSERT_EQ(start_differences(j.url), std::vector<std::string>{});
        ASSERT_EQ(complaints_of(j.url), "");
    }

    test_journal j{new_database()};
};

TEST_F(recovery, a_restored_engine_goes_on_where_the_last_one_was) {
    pg_connection connection(j.url);
    const stored_state loaded = load_state(connection);
    EXPECT_EQ(loaded.last_batch, batch_number{2});
    EXPECT_EQ(loaded.digest, j.world.rules.digest());
    engine rules;
    ASSERT_EQ(rules.restore(loaded), std::nullopt);
    EXPECT_EQ(rules.dump(), j.world.rules.dump());
    const auto answer = rules.answer_of({1}, {0, 1});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->placed.size(), 2u);
    EXPECT_EQ(answer->refused.size(), 1u);
}

TEST_F(recovery, an_empty_database_is_an_empty_engine) {
    const std::string url = new_database();
    own(url);
    pg_connection connection(url);
    const stored_state loaded = load_state(connection);
    engine rules;
    EXPECT_EQ(rules.restore(loaded), std::nullopt);
    EXPECT_EQ(rules.digest(), loaded.digest);
    EXPECT_EQ(complaints_of(url), "");
}

struct damage {
    const char* name;
    const char* statement;
    bool found_at_start;
};

class recovery_damage : public recovery, public testing::WithParamInterface<damage> {};

TEST_P(recovery_damage, is_found) {
    sql(j.url, GetParam().statement);
    EXPECT_EQ(!start_differences(j.url).empty(), GetParam().found_at_start);
    EXPECT_NE(complaints_of(j.url), "");
}

INSTANTIATE_TEST_SUITE_P(
    table, recovery_damage,
    testing::Values(
        damage{"a_deadline_moved",
               "UPDATE seat SET deadline = deadline + 1 WHERE week = 1 AND seat = 1", true},
        damage{"a_hold_gone",
               "UPDATE seat SET state = 0, hold = NULL, child = NULL, family = NULL, "
               "deadline = NULL, sequence = NULL WHERE week = 1 AND seat = 1",
               true},
        damage{"a_seat_retired", "UPDATE seat SET state = 2 WHERE week = 2 AND seat = 3", true},
        damage{"a_key_gone", "DELETE FROM request_key WHERE actor = 1", true},
        damage{"a_key_of_another_body", "UPDATE request_key SET body_hash = key", true},
        damage{"a_capacity_raised", "UPDATE week SET capacity = 3 WHERE id = 3", true},
        damage{"an_opening_moved", "UPDATE week SET opens_all = opens_all + 1 WHERE id = 2", true},
        damage{"the_last_record_gone", "DELETE FROM journal WHERE sequence = 5", true},
        damage{"a_record_in_the_middle_gone", "DELETE FROM journal WHERE sequence = 3", true},
        damage{"another_digest", "UPDATE writer SET digest = digest + 1", true},
        damage{"a_record_rewritten",
               "UPDATE journal SET body = set_byte(body, 1, 77) WHERE sequence = 2", true},
        damage{"a_guard_dropped", "DROP INDEX seat_child", false},
        damage{"a_check_dropped", "ALTER TABLE seat DROP CONSTRAINT seat_whole", false},
        damage{"a_seat_row_too_many",
               "INSERT INTO seat (week, seat, iso_week) SELECT 1, 4, iso_week FROM week "
               "WHERE id = 1",
               false},
        damage{"a_migration_unknown", "UPDATE migration SET checksum = 'x' WHERE version = 1",
               false}),
    [](const auto& one) { return std::string(one.param.name); });

TEST_F(recovery, the_doctor_speaks_to_people_and_to_machines) {
    const doctor_report report = doctor_of(j.url);
    EXPECT_TRUE(report.healthy()) << report.text();
    EXPECT_EQ(report.records, 5u);
    EXPECT_EQ(report.batches, 2u);
    EXPECT_EQ(report.holds, 2u);
    EXPECT_EQ(report.keys, 2u);
    EXPECT_NE(report.text().find("healthy"), std::string::npos);
    EXPECT_NE(report.json().find("\"healthy\":true"), std::string::npos) << report.json();
}

TEST_F(recovery, the_doctor_folds_what_random_commands_made) {
    test_journal random(new_database());
    random_commands commands(99);
    random.run(import_of(draft_of({3, 2, 4})));
    for (int round = 0; round < 40; ++round) {
        for (std::uint64_t n = commands.below(12); n > 0; --n) commands.step(random);
        ASSERT_EQ(random.commit().verdict, send_verdict::committed);
    }
    EXPECT_EQ(complaints_of(random.url), "");
}

TEST_F(recovery, the_export_has_a_line_a_record) {
    pg_connection connection(j.url);
    std::vector<std::string> lines;
    const auto keep = [&](std::string_view line) {
        lines.emplace_back(line);
        return true;
    };
    EXPECT_EQ(export_journal(connection, keep), 5u);
    ASSERT_EQ(lines.size(), 6u);
    EXPECT_TRUE(lines[0].starts_with("{\"format\":\"campgate.journal.v1\"")) << lines[0];
    EXPECT_NE(lines[0].find("\"last_sequence\":5"), std::string::npos) << lines[0];
    EXPECT_TRUE(
        lines[2].starts_with("{\"sequence\":2,\"batch\":1,\"at\":\"2027-03-01T09:00:00."
                             "000000Z\",\"kind\":\"place\",\"actor\":1,\"family\":1"))
        << lines[2];
    EXPECT_NE(lines[2].find("\"mode\":\"each\""), std::string::npos);
    EXPECT_NE(lines[2].find("{\"week\":3,\"child\":101,\"reason\":\"overlapping\"}"),
              std::string::npos)
        << lines[2];
    EXPECT_NE(lines[4].find("\"ended\":[{\"hold\":96,\"week\":1,\"seat\":2}]"), std::string::npos)
        << lines[4];
    EXPECT_NE(lines[5].find("\"retired\":[3],\"restored\":[]"), std::string::npos) << lines[5];
    for (const std::string& line : lines) EXPECT_TRUE(line.ends_with("}\n"));

    lines.clear();
    EXPECT_EQ(export_journal(connection, keep, sequence{4}), 2u);
}

}  // namespace
}  // namespace campgate::test
