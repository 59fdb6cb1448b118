// How a season sells, as its file says it: the rules that are read, one wrong line after another,
// and the sentence about rules that punish (B5).
#include "server/sale_rules_file.hpp"

#include "core/record_codec.hpp"
#include "server/season_file.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace campgate {
namespace {

using namespace std::chrono;

// The lines of the two tables begin at line 1 of the file.
std::string file_with(std::string_view tables) {
    return std::string{tables} + R"(
[name]
fr = "Été"
[organiser]
name = "Dalhem"
address = "4607 Dalhem"
email = "plaines@dalhem.example"
postcodes = ["4607"]
[opening]
all = 2027-03-20T09:00:00
[[camp]]
code = "petits"
theme = "discovery"
place = "Berneau"
name = { fr = "Les petits" }
description = { fr = "Jeux." }
ages = { from_months = 30, below_months = 72 }
prices_cents = { resident = 6500, school = 7500, other = 9500 }
[[camp.week]]
iso = "2027-W28"
capacity = 24
)";
}

constexpr std::string_view head = "format = 1\ncode = \"ete-2027\"\n";

season season_with(std::string_view tables) {
    auto parsed = parse_season(file_with(std::string{head} + std::string{tables}), "saison.toml");
    if (const auto* faults = std::get_if<std::vector<season_fault>>(&parsed)) {
        for (const auto& fault : *faults) ADD_FAILURE() << to_text(fault);
        return {};
    }
    return std::get<season>(std::move(parsed));
}

std::vector<season_fault> faults_with(std::string_view tables) {
    auto parsed = parse_season(file_with(std::string{head} + std::string{tables}), "saison.toml");
    const auto* faults = std::get_if<std::vector<season_fault>>(&parsed);
    return faults != nullptr ? *faults : std::vector<season_fault>{};
}

constexpr std::string_view everything = R"([sales]
hold_clock = "restart_on_finalise"
payment_pin = "20m"
remind_before = "36h"
methods = [
    { method = "counter", patience = "7d" },
    { method = "online" },
    { method = "transfer" },
    { method = "deferred" },
]
refunds = [ { days_before = 14, percent = 100 }, { days_before = 0, percent = 25 } ]
[reductions]
rank_by = "weeks"
rank_from = "lowest"
ranks = [ { percent = 0 }, { percent = 10 } ]
child_cap_cents = 300_00
family_cap_cents = 600_00
[[reductions.weeks]]
percent = 0
[[reductions.weeks]]
cents = { resident = 5_00, school = 4_00, other = 0 }
)";

TEST(sale_rules_file, every_rule_is_read) {
    const sale_rules rules = season_with(everything).sales;
    EXPECT_EQ(rules.clock, hold_clock::restart_on_finalise);
    EXPECT_EQ(rules.payment_pin, 20min);
    EXPECT_EQ(rules.remind_before, 36h);
    EXPECT_EQ(rules.methods, (std::vector<offered_method>{{payment_method::counter, days{7}},
                                                          {payment_method::online, {}},
                                                          {payment_method::transfer, days{10}},
                                                          {payment_method::deferred, {}}}));
    EXPECT_EQ(rules.refunds, (std::vector<refund_step>{{14, 100}, {0, 25}}));
    EXPECT_EQ(rules.prices.by, rank_by::weeks);
    EXPECT_EQ(rules.prices.from, rank_from::lowest);
    EXPECT_EQ(rules.prices.ranks, (std::vector<discount>{{0, {}}, {10, {}}}));
    EXPECT_EQ(rules.prices.weeks, (std::vector<discount>{{0, {}}, {0, {{500}, {400}, {0}}}}));
    EXPECT_EQ(rules.prices.child_cap, cents{30'000});
    EXPECT_EQ(rules.prices.family_cap, cents{60'000});
}

TEST(sale_rules_file, what_is_left_out_is_as_usual) {
    EXPECT_EQ(season_with("").sales, sale_rules{});
    EXPECT_EQ(season_with("[sales]\n[reductions]\n").sales, sale_rules{});
}

TEST(sale_rules_file, R3_all_but_online_are_off_unless_the_file_says_otherwise) {
    const sale_rules rules = season_with("").sales;
    for (const payment_method m : all_payment_methods)
        EXPECT_EQ(rules.find(m) != nullptr, m == payment_method::online);
}

TEST(sale_rules_file, the_journal_keeps_every_rule) {
    const season s = season_with(everything);
    EXPECT_EQ(decode_season(encode_season(s)), s);
}

struct bad_table {
    std::string lines;  // from line 3 on
    std::uint32_t fault_line;
    std::string key;
    std::string message;  // a part of it
};

const std::vector<bad_table> bad_tables{
    // Keys and types
    {"[sales]\npin = \"1m\"", 4, "sales.pin", "unknown key (known here: hold_clock, payment_pin"},
    {"[reductions]\nrank = 1", 4, "reductions.rank", "unknown key (known here: rank_by"},
    {"sales = 1", 3, "sales", "must be a table"},
    {"[sales]\nmethods = \"online\"", 4, "sales.methods", "must be an array"},
    {"[sales]\nmethods = [ \"online\" ]", 4, "sales.methods[1]", "must be a table"},
    {"[sales]\nmethods = [ {} ]", 4, "sales.methods[1].method", "missing"},
    {"[sales]\nrefunds = [ { percent = 5 } ]", 4, "sales.refunds[1].days_before", "missing"},
    {"[reductions]\nranks = [ { percent = 0.5 } ]", 4, "reductions.ranks[1].percent",
     "must be a whole number"},

    // Ranges
    {"[sales]\nhold_clock = \"double\"", 4, "sales.hold_clock",
     "must be one of single, restart_on_finalise; found double"},
    {"[sales]\npayment_pin = \"half an hour\"", 4, "sales.payment_pin", "with s, m, h or d"},
    {"[sales]\npayment_pin = \"25h\"", 4, "sales.payment_pin", "must be 0s to 1d, found 25h"},
    {"[sales]\nremind_before = \"61d\"", 4, "sales.remind_before", "must be 0s to 60d, found 61d"},
    {"[sales]\nmethods = []", 4, "sales.methods", "must have at least 1 item"},
    {"[sales]\nmethods = [ { method = \"cash\" } ]", 4, "sales.methods[1].method",
     "must be one of online, transfer, deferred, counter; found cash"},
    {"[sales]\nmethods = [ { method = \"online\" },\n{ method = \"online\" } ]", 5,
     "sales.methods[2].method", "is there twice"},
    {"[sales]\nmethods = [ { method = \"transfer\", patience = \"61d\" } ]", 4,
     "sales.methods[1].patience", "must be 0s to 60d, found 61d"},
    {"[sales]\nrefunds = [ { days_before = 366, percent = 5 } ]", 4, "sales.refunds[1].days_before",
     "must be 0 to 365 days, found 366"},
    {"[sales]\nrefunds = [ { days_before = 1, percent = 101 } ]", 4, "sales.refunds[1].percent",
     "must be 0 to 100 percent, found 101"},
    {"[sales]\nrefunds = [ { days_before = 3, percent = 50 },\n{ days_before = 14, percent = 20 } "
     "]",
     5, "sales.refunds[2].days_before", "must descend: 14 after 3"},
    {"[sales]\nrefunds = [ { days_before = 14, percent = 50 },\n{ days_before = 3, percent = 60 } "
     "]",
     5, "sales.refunds[2].percent", "must not be more than for who cancels earlier, 50"},
    {"[reductions]\nrank_by = \"size\"", 4, "reductions.rank_by",
     "must be one of age, weeks; found size"},
    {"[reductions]\nrank_from = \"eldest\"", 4, "reductions.rank_from",
     "must be one of highest, lowest; found eldest"},
    {"[reductions]\nranks = [ { percent = -1 } ]", 4, "reductions.ranks[1].percent",
     "must be 0 to 100 percent, found -1"},
    {"[reductions]\nranks = []", 4, "reductions.ranks", "must have at least 1 item"},
    {"[reductions]\nweeks = [ {} ]", 4, "reductions.weeks[1].percent",
     "missing: how much is taken off, in percent or cents"},
    {"[reductions]\nweeks = [ { percent = 5, cents = { resident = 1, school = 1, other = 1 } } ]",
     4, "reductions.weeks[1].percent", "must not stand beside cents"},
    {"[reductions]\nweeks = [ { cents = { resident = 1, school = 1 } } ]", 4,
     "reductions.weeks[1].cents.other", "missing"},
    {"[reductions]\nweeks = [ { cents = { resident = 1, school = 1, other = 1_000_001 } } ]", 4,
     "reductions.weeks[1].cents.other", "must be 0 to 1000000 cents, found 1000001"},
    {"[reductions]\nchild_cap_cents = 0", 4, "reductions.child_cap_cents",
     "must be 1 to 100000000 cents, found 0"},
    {"[reductions]\nfamily_cap_cents = 100_000_001", 4, "reductions.family_cap_cents",
     "must be 1 to 100000000 cents"},
};

TEST(sale_rules_file, every_wrong_line_is_told_by_line_key_and_reason) {
    for (const bad_table& bad : bad_tables) {
        const auto faults = faults_with(bad.lines);
        ASSERT_EQ(faults.size(), 1U) << bad.lines;
        EXPECT_EQ(faults[0].line, bad.fault_line) << bad.lines;
        EXPECT_EQ(faults[0].key, bad.key) << bad.lines;
        EXPECT_NE(faults[0].message.find(bad.message), std::string::npos) << bad.lines << "\n"
                                                                          << faults[0].message;
    }
}

TEST(sale_rules_file, as_many_ranks_and_weeks_as_a_record_can_keep_and_no_more) {
    const auto list = [](std::size_t n) {
        std::string items;
        for (std::size_t i = 0; i < n; ++i) items += "{ percent = 1 },";
        return "[" + items + "]";
    };
    const season full = season_with("[reductions]\nranks = " + list(price_ranks_max) +
                                    "\nweeks = " + list(price_weeks_max));
    EXPECT_EQ(decode_season(encode_season(full)), full);
    EXPECT_EQ(faults_with("[reductions]\nranks = " + list(price_ranks_max + 1)).size(), 1U);
    EXPECT_EQ(faults_with("[reductions]\nweeks = " + list(price_weeks_max + 1)).size(), 1U);
}

// The second week is free, the third child too: a family of three gives the eldest one week more
// and becomes cheaper, because ranks go by weeks.
TEST(sale_rules_file, B5_rules_that_punish_are_told_with_an_example) {
    const season s = season_with(
        "[reductions]\nrank_by = \"weeks\"\nrank_from = \"lowest\"\n"
        "ranks = [ { percent = 0 }, { percent = 100 } ]");
    const auto sentences = price_warnings(s);
    ASSERT_EQ(sentences.size(), 3U);
    EXPECT_EQ(sentences[0],
              "by [reductions] one week more can cost less: at 65.00 euros a week (class resident),"
              " a family with the eldest child 2 weeks, the second child no week pays 130.00 euros;"
              " with one week more for the second child it pays 65.00 euros. Who has paid before "
              "gets the difference back");
    EXPECT_NE(sentences[1].find("75.00 euros a week (class school)"), std::string::npos);
    EXPECT_NE(sentences[2].find("95.00 euros a week (class other)"), std::string::npos);
}

TEST(sale_rules_file, rules_that_do_not_punish_are_not_warned_of) {
    EXPECT_TRUE(price_warnings(season_with("")).empty());
    EXPECT_TRUE(price_warnings(season_with("[reductions]\nranks = [ { percent = 0 }, { percent = "
                                           "10 }, { percent = 20 } ]\nfamily_cap_cents = 500_00"))
                    .empty());
}

TEST(sale_rules_file, the_published_season_sells_online_by_transfer_and_at_the_counter) {
    std::ifstream file{CAMPGATE_SOURCE_DIR "/data/dalhem-ete-2027.toml", std::ios::binary};
    std::stringstream text;
    text << file.rdbuf();
    auto parsed = parse_season(text.str(), "dalhem");
    ASSERT_TRUE(std::holds_alternative<season>(parsed));
    const season& s = std::get<season>(parsed);
    EXPECT_EQ(s.sales.methods, (std::vector<offered_method>{{payment_method::online, {}},
                                                            {payment_method::transfer, days{10}},
                                                            {payment_method::counter, days{7}}}));
    EXPECT_EQ(s.sales.prices.by, rank_by::weeks);
    EXPECT_EQ(s.sales.prices.ranks, (std::vector<discount>{{0, {}}, {10, {}}, {20, {}}}));
    EXPECT_EQ(refund_percent(s.sales, sys_days{2027y / July / 15}, sys_days{2027y / July / 1}),
              100U);
    EXPECT_EQ(refund_percent(s.sales, sys_days{2027y / July / 15}, sys_days{2027y / July / 2}),
              50U);
    EXPECT_EQ(refund_percent(s.sales, sys_days{2027y / July / 15}, sys_days{2027y / July / 13}),
              0U);
    EXPECT_TRUE(price_warnings(s).empty());
}

}  // namespace
}  // namespace campgate
