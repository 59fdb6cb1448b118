// The judge believes a consistent day, and notices each kind of lie: one line of the told log or of
// the journal is changed at a time, and the rule it breaks must be named.
#include "loadtest/judge.hpp"
#include "loadtest/input_fault.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace campgate::rush {
namespace {

using lines = std::vector<std::string>;

// Two weeks in W27 (1: two seats, 2: one seat), one in W28 (3: two seats).
lines journal_lines() {
    const std::string at = R"("at":"2027-03-13T08:00:00.000000Z",)";
    return {
        R"({"format":"campgate.journal.v1","first":1,"last_sequence":6,"last_batch":6,"epoch":1,"digest":"0"})",
        R"({"sequence":1,"batch":1,)" + at +
            R"("kind":"season","actor":0,"version":1,"code":"x","weeks":[)"
            R"({"week":1,"iso_week":202727,"capacity":2},{"week":2,"iso_week":202727,"capacity":1},)"
            R"({"week":3,"iso_week":202728,"capacity":2}]})",
        R"({"sequence":2,"batch":2,)" + at +
            R"("kind":"place","actor":10,"family":10,"key":"k-a","mode":"each","placed":[)"
            R"({"hold":1,"week":1,"child":101,"seat":1},{"hold":2,"week":2,"child":102,"seat":1}],"refused":[]})",
        R"({"sequence":3,"batch":3,)" + at +
            R"("kind":"place","actor":20,"family":20,"key":"k-b","mode":"each","placed":[)"
            R"({"hold":3,"week":1,"child":201,"seat":2}],"refused":[{"week":2,"child":202,"reason":"sold_out"}]})",
        R"({"sequence":4,"batch":4,)" + at +
            R"("kind":"release","actor":10,"ended":[{"hold":1,"week":1,"seat":1}]})",
        R"({"sequence":5,"batch":5,)" + at +
            R"("kind":"place","actor":30,"family":30,"key":"k-c","mode":"all","placed":[)"
            R"({"hold":4,"week":1,"child":301,"seat":1}],"refused":[]})",
        R"({"sequence":6,"batch":6,)" + at +
            R"("kind":"capacity","actor":0,"week":2,"capacity":2,"total":2,"retired":[],"restored":[]})",
    };
}

lines told_lines() {
    return {
        R"({"told":"season","sequence":1,"weeks_per_child":2,"holds_per_family":3,"hold_seconds":259200,"weeks":[[1,"2027-W27",2]]})",
        R"({"told":"place","sent":100,"took":10,"family":10,"key":"k-a","mode":"each","items":[[1,101],[2,102]],"status":201,"sequence":2,"placed":[[1,101,1],[2,102,1]],"refused":[]})",
        R"({"told":"place","sent":110,"took":10,"family":20,"key":"k-b","mode":"each","items":[[1,201],[2,202]],"status":201,"sequence":3,"placed":[[1,201,2]],"refused":[[2,202,"sold_out"]]})",
        R"({"told":"place","sent":115,"took":10,"family":40,"key":"k-d","mode":"each","items":[[1,401]],"status":409,"sequence":3,"placed":[],"refused":[[1,401,"sold_out"]]})",
        R"({"told":"place","sent":116,"took":10,"family":20,"key":"k-e","mode":"each","items":[[2,201]],"status":409,"sequence":3,"placed":[],"refused":[[2,201,"overlapping"]]})",
        R"({"told":"release","sent":120,"took":10,"family":10,"week":1,"child":101,"seat":1,"placed_at":2,"status":204})",
        R"({"told":"place","sent":130,"took":10,"family":30,"key":"k-c","mode":"all","items":[[1,301]],"status":201,"sequence":5,"placed":[[1,301,1]],"refused":[]})",
        R"({"told":"place","sent":131,"took":10,"family":30,"key":"k-c","mode":"all","items":[[1,301]],"status":201,"sequence":5,"placed":[[1,301,1]],"refused":[]})",
        R"({"told":"place","sent":140,"took":0,"family":50,"key":"k-f","mode":"each","items":[[1,501]],"status":0,"sequence":0,"placed":[],"refused":[]})",
        R"({"told":"basket","family":10,"sequence":4,"holds":[[2,102,1]]})",
        R"({"told":"calendar","sequence":3,"weeks":[[1,0],[2,0],[3,2]]})",
        R"({"told":"calendar","sequence":4,"weeks":[[1,1],[2,0],[3,2]]})",
        R"({"told":"weeks","sequence":6,"weeks":[[1,0],[2,1],[3,2]]})",
    };
}

std::string joined(const lines& all) {
    std::string out;
    for (const std::string& line : all) out += line + '\n';
    return out;
}

findings judged(const lines& told, const lines& journal) {
    findings found;
    told_facts facts;
    std::istringstream in(joined(told));
    read_told(in, "told", facts);
    judge_told(facts, found);
    if (journal.empty()) return found;
    std::istringstream exported(joined(journal));
    const journal_fold folded(exported, "journal", found);
    judge_by_journal(facts, folded, found);
    return found;
}

std::string changed(std::string line, const std::string& from, const std::string& to) {
    const std::size_t at = line.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return line.replace(at, from.size(), to);
}

enum class tampered { told, journal };

struct lie {
    const char* name;
    tampered where;
    std::size_t line;
    const char* from;
    const char* to;
    const char* rule;
};

class judge_notices : public testing::TestWithParam<lie> {};

TEST(judge, believes_a_consistent_day) {
    const findings found = judged(told_lines(), journal_lines());
    EXPECT_EQ(found.broken(), 0U) << verdict_text(found);
    for (const char* rule :
         {"acknowledged_is_kept", "sold_out_explained", "overlapping_explained", "seat_sold_once",
          "capacity_kept", "hold_ends_once", "key_applied_once", "released_has_ended",
          "push_as_the_journal", "weeks_as_the_journal", "basket_as_the_journal"})
        EXPECT_GT(found.rules().at(rule).checked, 0U) << rule;
}

// The day goes on: family 20's hold joins an order, goes back, joins one again and is booked;
// family 30's order expires, its seat is free, and money that came late books it anew; family 10
// cancels what it booked.
lines sold_journal() {
    const auto sale = [](int number, const char* event, int family, const char* seats,
                         const char* money) {
        const std::string n = std::to_string(number);
        return R"({"sequence":)" + n + R"(,"batch":)" + n +
               R"(,"at":"2027-03-13T09:00:00.000000Z","kind":"sale","actor":0,"event":")" + event +
               R"(","family":)" + std::to_string(family) + R"(,"order":)" + n +
               R"(,"refunds":[],"seats":[)" + seats + R"(],"money":[)" + money + "]}";
    };
    lines all = journal_lines();
    const char* owed =
        R"({"account":"sales","amount":-6500},{"account":"receivable","amount":6500})";
    const char* not_owed =
        R"({"account":"sales","amount":6500},{"account":"receivable","amount":-6500})";
    const char* paid =
        R"({"account":"receivable","amount":-6500},{"account":"money","amount":6500})";
    all.push_back(sale(7, "finalised", 20,
                       R"({"event":"order","hold":3,"week":1,"child":201,"seat":2})", owed));
    all.push_back(sale(8, "abandoned", 20,
                       R"({"event":"release","hold":3,"week":1,"child":201,"seat":2})", not_owed));
    all.push_back(sale(9, "finalised", 20,
                       R"({"event":"order","hold":3,"week":1,"child":201,"seat":2})", owed));
    all.push_back(
        sale(10, "paid", 20, R"({"event":"book","hold":3,"week":1,"child":201,"seat":2})", paid));
    all.push_back(sale(11, "finalised", 30,
                       R"({"event":"order","hold":4,"week":1,"child":301,"seat":1})", owed));
    all.push_back(sale(12, "expired", 30,
                       R"({"event":"end","hold":4,"week":1,"child":301,"seat":1})", not_owed));
    all.push_back(sale(13, "paid_late", 30,
                       R"({"event":"retake","hold":416,"week":1,"child":301,"seat":1})",
                       R"({"account":"sales","amount":-6500},{"account":"money","amount":6500})"));
    all.push_back(
        sale(14, "paid", 10, R"({"event":"book","hold":2,"week":2,"child":102,"seat":1})", ""));
    all.push_back(
        sale(15, "cancelled", 10, R"({"event":"end","hold":2,"week":2,"child":102,"seat":1})", ""));
    return all;
}

lines told_of_sales() {
    lines all = told_lines();
    all.push_back(R"({"told":"basket","family":20,"sequence":6,"holds":[[1,201,2]]})");
    all.push_back(R"({"told":"basket","family":20,"sequence":7,"holds":[]})");
    all.push_back(R"({"told":"basket","family":20,"sequence":8,"holds":[[1,201,2]]})");
    all.push_back(R"({"told":"basket","family":20,"sequence":10,"holds":[]})");
    all.push_back(R"({"told":"basket","family":30,"sequence":13,"holds":[]})");
    all.push_back(R"({"told":"calendar","sequence":11,"weeks":[[1,0],[2,1],[3,2]]})");
    all.push_back(R"({"told":"calendar","sequence":12,"weeks":[[1,1],[2,1],[3,2]]})");
    all.push_back(R"({"told":"calendar","sequence":13,"weeks":[[1,0],[2,1],[3,2]]})");
    all.push_back(R"({"told":"calendar","sequence":15,"weeks":[[1,0],[2,2],[3,2]]})");
    // An own week, booked or not, is in the way.
    all.push_back(
        R"({"told":"place","sent":900,"took":10,"family":30,"key":"k-g","mode":"each","items":[[2,301]],"status":409,"sequence":13,"placed":[],"refused":[[2,301,"overlapping"]]})");
    return all;
}

void expect_noticed(const lie& p, lines told, lines journal) {
    lines& which = p.where == tampered::told ? told : journal;
    which[p.line] = changed(which[p.line], p.from, p.to);
    const findings found = judged(told, journal);
    const auto rule = found.rules().find(p.rule);
    ASSERT_NE(rule, found.rules().end()) << verdict_text(found);
    EXPECT_GT(rule->second.broken, 0U) << verdict_text(found);
    EXPECT_FALSE(rule->second.evidence.empty());
}

TEST(judge, believes_a_day_with_orders_and_bookings) {
    const findings found = judged(told_of_sales(), sold_journal());
    EXPECT_EQ(found.broken(), 0U) << verdict_text(found);
    for (const char* rule : {"sale_of_an_own_seat", "booked_once", "money_adds_up"})
        EXPECT_GT(found.rules().at(rule).checked, 0U) << rule;
}

class judge_notices_in_sales : public testing::TestWithParam<lie> {};

TEST_P(judge_notices_in_sales, the_lie) {
    expect_noticed(GetParam(), told_of_sales(), sold_journal());
}

INSTANTIATE_TEST_SUITE_P(
    a, judge_notices_in_sales,
    testing::Values(
        lie{"a_seat_of_another_family", tampered::journal, 7, R"("family":20)", R"("family":30)",
            "sale_of_an_own_seat"},
        lie{"a_hold_that_never_was", tampered::journal, 7, R"("hold":3)", R"("hold":9)",
            "sale_of_an_own_seat"},
        lie{"a_hold_that_has_ended", tampered::journal, 14,
            R"("hold":2,"week":2,"child":102,"seat":1)",
            R"("hold":1,"week":1,"child":101,"seat":1)", "sale_of_an_own_seat"},
        lie{"another_seat_than_it_holds", tampered::journal, 10, R"("seat":2)", R"("seat":1)",
            "sale_of_an_own_seat"},
        lie{"booked_twice", tampered::journal, 11,
            R"("family":30,"order":11,"refunds":[],"seats":[{"event":"order","hold":4,"week":1,"child":301,"seat":1)",
            R"("family":20,"order":11,"refunds":[],"seats":[{"event":"book","hold":3,"week":1,"child":201,"seat":2)",
            "booked_once"},
        lie{"a_retake_of_a_taken_seat", tampered::journal, 13, R"("seat":1)", R"("seat":2)",
            "seat_sold_once"},
        lie{"money_from_nowhere", tampered::journal, 10, R"("amount":6500)", R"("amount":6501)",
            "money_adds_up"},
        lie{"an_ordered_week_in_the_basket", tampered::told, 14, R"("holds":[])",
            R"("holds":[[1,201,2]])", "basket_as_the_journal"},
        lie{"a_returned_week_that_is_not_in_it", tampered::told, 15, R"("holds":[[1,201,2]])",
            R"("holds":[])", "basket_as_the_journal"},
        lie{"a_booked_seat_that_is_still_shown", tampered::told, 20, R"([1,0])", R"([1,1])",
            "push_as_the_journal"},
        lie{"a_cancelled_seat_that_is_not_shown", tampered::told, 21, R"([2,2])", R"([2,1])",
            "push_as_the_journal"}),
    [](const auto& tested) { return std::string{tested.param.name}; });

TEST(judge, believes_a_consistent_day_without_the_journal) {
    const findings found = judged(told_lines(), {});
    EXPECT_EQ(found.broken(), 0U) << verdict_text(found);
    EXPECT_GT(found.rules().at("no_seat_to_two").checked, 0U);
    EXPECT_GT(found.rules().at("sold_out_as_the_calendar").checked, 0U);
}

TEST_P(judge_notices, the_lie) {
    expect_noticed(GetParam(), told_lines(), journal_lines());
}

INSTANTIATE_TEST_SUITE_P(
    a, judge_notices,
    testing::Values(
        lie{"seat_of_another", tampered::journal, 3, R"("seat":2)", R"("seat":1)",
            "seat_sold_once"},
        lie{"seat_beyond_the_week", tampered::journal, 3, R"("seat":2)", R"("seat":3)",
            "seat_sold_once"},
        lie{"capacity_too_small", tampered::journal, 6, R"("capacity":2)", R"("capacity":0)",
            "capacity_kept"},
        lie{"hold_ended_that_never_was", tampered::journal, 4, R"("hold":1,)", R"("hold":9,)",
            "hold_ends_once"},
        lie{"key_twice", tampered::journal, 5, R"("actor":30,"family":30,"key":"k-c")",
            R"("actor":10,"family":30,"key":"k-a")", "key_applied_once"},
        lie{"a_record_missing", tampered::journal, 4, R"("sequence":4)", R"("sequence":5)",
            "journal_in_order"},
        lie{"another_key", tampered::journal, 2, R"("key":"k-a")", R"("key":"k-z")",
            "acknowledged_is_kept"},
        lie{"another_family", tampered::journal, 2, R"("family":10)", R"("family":11)",
            "acknowledged_is_kept"},
        lie{"a_hold_nobody_made", tampered::told, 1, R"("sequence":2)", R"("sequence":4)",
            "acknowledged_is_kept"},
        lie{"another_seat", tampered::told, 1, R"([2,102,1])", R"([2,102,2])",
            "acknowledged_is_kept"},
        lie{"another_reason", tampered::told, 2, R"([2,202,"sold_out"])", R"([2,202,"age"])",
            "acknowledged_is_kept"},
        lie{"sold_out_too_early", tampered::told, 3, R"("sequence":3)", R"("sequence":2)",
            "sold_out_explained"},
        lie{"sold_out_against_the_calendar", tampered::told, 3, R"("sequence":3)",
            R"("sequence":4)", "sold_out_as_the_calendar"},
        lie{"overlapping_with_nothing", tampered::told, 4, R"("sequence":3)", R"("sequence":2)",
            "overlapping_explained"},
        lie{"a_limit_not_reached", tampered::told, 4, "overlapping", "limit", "limit_explained"},
        lie{"not_tried_for_no_reason", tampered::told, 4, "overlapping", "not_tried",
            "not_tried_explained"},
        lie{"refused_and_kept", tampered::told, 4, R"("key":"k-e")", R"("key":"k-b")",
            "refused_is_not_kept"},
        lie{"an_item_forgotten", tampered::told, 1, R"("items":[[1,101],)", R"("items":[[3,101],)",
            "every_item_answered"},
        lie{"released_and_kept", tampered::told, 5, R"("week":1,"child":101,"seat":1)",
            R"("week":2,"child":102,"seat":1)", "released_has_ended"},
        lie{"there_and_not_found", tampered::told, 5, R"("status":204)", R"("status":404)",
            "released_has_ended"},
        lie{"two_answers", tampered::told, 7, R"("placed":[[1,301,1]])", R"("placed":[[1,301,2]])",
            "one_answer_a_key"},
        lie{"a_seat_to_two", tampered::told, 5, R"("sent":120)", R"("sent":150)", "no_seat_to_two"},
        lie{"two_calendars", tampered::told, 11, R"("sequence":4)", R"("sequence":3)",
            "one_calendar_a_sequence"},
        lie{"a_wrong_push", tampered::told, 11, R"([1,1])", R"([1,2])", "push_as_the_journal"},
        lie{"a_push_from_the_future", tampered::told, 11, R"("sequence":4)", R"("sequence":7)",
            "push_as_the_journal"},
        lie{"a_wrong_week", tampered::told, 12, R"([2,1])", R"([2,0])", "weeks_as_the_journal"},
        lie{"a_wrong_basket", tampered::told, 9, R"([2,102,1])", R"([2,102,2])",
            "basket_as_the_journal"}),
    [](const testing::TestParamInfo<lie>& which) { return std::string{which.param.name}; });

TEST(judge, counts_earlier_items_of_the_same_request) {
    lines told = told_lines();
    // Two places of a week with one left, all or nothing: the second is sold out.
    told.push_back(
        R"({"told":"place","sent":150,"took":10,"family":60,"key":"k-g","mode":"all","items":[[2,601],[2,602]],"status":409,"sequence":6,"placed":[],"refused":[[2,601,"not_tried"],[2,602,"sold_out"]]})");
    const findings found = judged(told, journal_lines());
    EXPECT_EQ(found.broken(), 0U) << verdict_text(found);
}

TEST(judge, accepts_a_limit_that_is_reached) {
    lines told = told_lines();
    told[0] = changed(told[0], R"("weeks_per_child":2)", R"("weeks_per_child":1)");
    told[4] = changed(told[4], R"([2,201,"overlapping"])", R"([2,201,"limit"])");
    const findings found = judged(told, journal_lines());
    EXPECT_EQ(found.broken(), 0U) << verdict_text(found);
}

std::string fault_of(const lines& told, const lines& journal) {
    try {
        judged(told, journal);
    } catch (const input_fault& fault) {
        return fault.what();
    }
    return {};
}

TEST(judge, names_the_line_of_a_broken_log) {
    lines told = told_lines();
    told[3].resize(40);
    EXPECT_EQ(fault_of(told, journal_lines()), "told: line 4 is not a JSON object");
    lines journal = journal_lines();
    journal[2] = changed(journal[2], R"("key":"k-a")", R"("kee":"k-a")");
    EXPECT_EQ(fault_of(told_lines(), journal), "journal: line 3 lacks the member key");
}

TEST(judge, refuses_a_part_of_a_journal) {
    lines journal = journal_lines();
    journal.pop_back();
    EXPECT_EQ(fault_of(told_lines(), journal), "journal: ends at record 5 of 6");
    journal[0] = changed(journal[0], R"("first":1)", R"("first":3)");
    EXPECT_NE(fault_of(told_lines(), journal).find("does not start at the first record"),
              std::string::npos);
}

}  // namespace
}  // namespace campgate::rush
