// The season file: one wrong line after another, each told by line, key and reason; all at once;
// and the published Dalhem file with the facts it must have.
#include "server/season_file.hpp"

#include "server/iso_calendar.hpp"
#include "server/time_zone.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

namespace campgate {
namespace {

using namespace std::chrono;

// Numbered by hand, because the cases below name the lines.
const std::vector<std::string> good_lines{
    /*  1 */ R"(format = 1)",
    /*  2 */ R"(code = "ete-2027")",
    /*  3 */ R"(time_zone = "Europe/Brussels")",
    /*  4 */ R"(full_weeks = "hidden")",
    /*  5 */ R"(hold_duration = "3d")",
    /*  6 */ R"(sheet_validity_months = 6)",
    /*  7 */ R"(closed_days = [2027-07-21])",
    /*  8 */ R"(name = { fr = "Été", nl = "Zomer" })",
    /*  9 */ R"([organiser])",
    /* 10 */ R"(name = "Dalhem")",
    /* 11 */ R"(address = "4607 Dalhem")",
    /* 12 */ R"(email = "plaines@dalhem.example")",
    /* 13 */ R"(postcodes = ["4606", "4607"])",
    /* 14 */ R"([limits])",
    /* 15 */ R"(weeks_per_child = 7)",
    /* 16 */ R"(holds_per_family = 32)",
    /* 17 */ R"([opening])",
    /* 18 */ R"(residents = 2027-03-13T09:00:00)",
    /* 19 */ R"(all = 2027-03-20T09:00:00)",
    /* 20 */ R"([[camp]])",
    /* 21 */ R"(code = "petits")",
    /* 22 */ R"(theme = "discovery")",
    /* 23 */ R"(place = "Berneau")",
    /* 24 */ R"(name = { fr = "Les petits" })",
    /* 25 */ R"(description = { fr = "Jeux." })",
    /* 26 */ R"(ages = { from_months = 30, below_months = 72 })",
    /* 27 */ R"(prices_cents = { resident = 6500, school = 7501, other = 9500 })",
    /* 28 */ R"([[camp.week]])",
    /* 29 */ R"(iso = "2027-W28")",
    /* 30 */ R"(capacity = 24)",
    /* 31 */ R"([[camp.week]])",
    /* 32 */ R"(iso = "2027-W29")",
    /* 33 */ R"(capacity = 20)",
    /* 34 */ R"(days = [2027-07-19, 2027-07-20, 2027-07-22, 2027-07-23])",
    /* 35 */ R"([[camp]])",
    /* 36 */ R"(code = "sport")",
    /* 37 */ R"(theme = "sport")",
    /* 38 */ R"(place = "Dalhem")",
    /* 39 */ R"(name = { fr = "Sport" })",
    /* 40 */ R"(description = { fr = "Du sport." })",
    /* 41 */ R"(ages = { from_months = 72, below_months = 156 })",
    /* 42 */ R"(prices_cents = { resident = 8000, school = 9000, other = 11500 })",
    /* 43 */ R"([[camp.week]])",
    /* 44 */ R"(iso = "2027-W27")",
    /* 45 */ R"(capacity = 48)",
};

std::string text_with(const std::map<std::size_t, std::string>& replaced) {
    std::string text;
    for (std::size_t line = 1; line <= good_lines.size(); ++line) {
        const auto found = replaced.find(line);
        text += (found != replaced.end() ? found->second : good_lines[line - 1]) + '\n';
    }
    return text;
}

std::vector<season_fault> faults_of(std::string_view text) {
    auto parsed = parse_season(text, "saison.toml");
    const auto* faults = std::get_if<std::vector<season_fault>>(&parsed);
    return faults != nullptr ? *faults : std::vector<season_fault>{};
}

season season_of(std::string_view text) {
    auto parsed = parse_season(text, "saison.toml");
    if (const auto* faults = std::get_if<std::vector<season_fault>>(&parsed)) {
        for (const auto& fault : *faults) ADD_FAILURE() << to_text(fault);
        return {};
    }
    return std::get<season>(std::move(parsed));
}

struct bad_file {
    std::size_t line;  // is replaced …
    std::string by;    // … by this; empty takes it away
    std::size_t fault_line;
    std::string key;
    std::string message;  // a part of it
};

const std::string too_long(81, 'x');

const std::vector<bad_file> bad_files{
    // What a file must say
    {1, "", 1, "format", "missing"},
    {2, "", 1, "code", "missing"},
    {8, "", 1, "name", "missing"},
    {8, R"(name = { nl = "Zomer" })", 8, "name.fr", "missing"},
    {10, "", 9, "organiser.name", "missing"},
    {12, "", 9, "organiser.email", "missing"},
    {13, "", 9, "organiser.postcodes", "missing"},
    {19, "", 17, "opening.all", "missing"},
    {21, "", 20, "camp[1].code", "missing"},
    {22, "", 20, "camp[1].theme", "missing"},
    {26, "", 20, "camp[1].ages", "missing"},
    {26, "ages = { from_months = 30 }", 26, "camp[1].ages.below_months", "missing"},
    {27, "prices_cents = { resident = 6500, school = 7500 }", 27, "camp[1].prices_cents.other",
     "missing"},
    {30, "", 28, "camp[1].week[1].capacity", "missing"},
    {32, "", 31, "camp[1].week[2].iso", "missing"},

    // What it must not
    {2, "code = \"ete-2027\"\ncolour = 3", 3, "colour", "unknown key (known here: format, code"},
    {11, "adress = \"x\"\naddress = \"y\"", 11, "organiser.adress", "unknown key"},
    {30, "capacity = 24\nseats = 24", 31, "camp[1].week[1].seats", "unknown key"},
    {24, R"(name = { fr = "Les petits", it = "I piccoli" })", 24, "camp[1].name.it", "unknown key"},
    {26, "ages = { from_months = 30, below_months = 72, years = 2 }", 26, "camp[1].ages.years",
     "unknown key"},

    // Types
    {1, "format = \"1\"", 1, "format", "must be a whole number, found a text"},
    {2, "code = 2027", 2, "code", "must be a text in quotes, found a whole number"},
    {6, "sheet_validity_months = 6.5", 6, "sheet_validity_months", "found a number with decimals"},
    {7, "closed_days = 2027-07-21", 7, "closed_days", "must be an array, found a date"},
    {7, "closed_days = [\"2027-07-21\"]", 7, "closed_days[1]", "must be a date as"},
    {8, "name = \"Été\"", 8, "name", "must be a table, found a text"},
    {13, "postcodes = [4606]", 13, "organiser.postcodes[1]", "must be a text in quotes"},
    {18, "residents = \"2027-03-13 09:00\"", 18, "opening.residents", "must be a local date and"},
    {19, "all = 2027-03-20", 19, "opening.all", "found a date"},
    {27, "prices_cents = { resident = 65.00, school = 1, other = 1 }", 27,
     "camp[1].prices_cents.resident", "must be a whole number, found a number with decimals"},
    {30, "capacity = true", 30, "camp[1].week[1].capacity", "found true or false"},

    // Ranges
    {1, "format = 2", 1, "format", "must be 1, which this program reads, found 2"},
    {2, "code = \"Été 2027\"", 2, "code", "must have small letters, digits and inner hyphens"},
    {2, "code = \"-ete\"", 2, "code", "inner hyphens"},
    {3, "time_zone = \"Europe/Liege\"", 3, "time_zone", "unknown time zone Europe/Liege"},
    {4, "full_weeks = \"shown\"", 4, "full_weeks", "must be one of hidden, greyed; found shown"},
    {5, "hold_duration = \"3 days\"", 5, "hold_duration", "with s, m, h or d"},
    {5, "hold_duration = \"0s\"", 5, "hold_duration", "must be 1s to 60d, found 0s"},
    {5, "hold_duration = \"61d\"", 5, "hold_duration", "must be 1s to 60d, found 61d"},
    {5, "hold_duration = \"-3d\"", 5, "hold_duration", "must be a whole number with"},
    {6, "sheet_validity_months = 0", 6, "sheet_validity_months", "must be 1 to 120 months"},
    {7, "closed_days = [2027-07-21, 2027-07-21]", 7, "closed_days[2]", "2027-07-21 is there twice"},
    {10, "name = \"" + too_long + "\"", 10, "organiser.name", "at most 80 characters, found 81"},
    {10, "name = \"  \"", 10, "organiser.name", "must not be empty"},
    {10, "name = \"Dalhem \"", 10, "organiser.name", "begin or end with a space"},
    {10, "name = \"Dal\\u0007hem\"", 10, "organiser.name", "control characters"},
    {10, "name = \"Dal\\u0085hem\"", 10, "organiser.name", "control characters"},
    {10, "name = \"Dal\\nhem\"", 10, "organiser.name", "control characters"},
    {12, "email = \"plaines.dalhem.example\"", 12, "organiser.email", "must be an e-mail address"},
    {12, "email = \"plaines@dalhem\"", 12, "organiser.email", "must be an e-mail address"},
    {13, "postcodes = []", 13, "organiser.postcodes", "must have at least 1 item"},
    {13, "postcodes = [\"4606\", \"460\"]", 13, "organiser.postcodes[2]", "Belgian postcode"},
    {13, "postcodes = [\"4606\", \"4606\"]", 13, "organiser.postcodes[2]", "4606 is there twice"},
    {15, "weeks_per_child = 0", 15, "limits.weeks_per_child", "must be 1 to 53 weeks, found 0"},
    {16, "holds_per_family = 1001", 16, "limits.holds_per_family", "must be 1 to 1000 holds"},
    {22, "theme = \"cooking\"", 22, "camp[1].theme",
     "must be one of discovery, art, sport, nature"},
    {26, "ages = { from_months = 72, below_months = 72 }", 26, "camp[1].ages.below_months",
     "must be more than from_months, 72"},
    {26, "ages = { from_months = 30, below_months = 241 }", 26, "camp[1].ages.below_months",
     "must be 0 to 240 months, found 241"},
    {27, "prices_cents = { resident = -1, school = 1, other = 1 }", 27,
     "camp[1].prices_cents.resident", "must be 0 to 1000000 cents, found -1"},
    {30, "capacity = 0", 30, "camp[1].week[1].capacity", "must be 1 to 100000 seats, found 0"},
    {33, "capacity = 100001", 33, "camp[1].week[2].capacity", "must be 1 to 100000 seats"},

    // Openings
    {18, "residents = 2027-03-20T09:00:00", 18, "opening.residents", "before the opening for all"},
    {18, "residents = 2027-03-28T02:30:00", 18, "opening.residents", "there is no such minute"},
    {19, "all = 2026-10-25T02:30:00", 19, "opening.all", "there are two such minutes"},
    {19, "all = 2027-03-20T09:00:00+01:00", 19, "opening.all", "without Z or an offset"},
    {19, "all = 2027-03-20T09:00:30", 19, "opening.all", "must be a whole minute"},
    {45, "capacity = 48\nopening = { all = 2027-07-05T00:00:00 }", 46, "camp[2].week[1].opening",
     "must be before the week's first day, 2027-07-05"},

    // Camps and their weeks
    {36, "code = \"petits\"", 36, "camp[2].code", "petits is also the code of camp[1]"},
    {34, "[[camp.week]]\niso = \"2027-W28\"\ncapacity = 3", 35, "camp[1].week[3].iso",
     "the camp has 2027-W28 twice"},
    {29, "iso = \"2027-W53\"", 29, "camp[1].week[1].iso", "an ISO week as 2027-W27 that there is"},
    {29, "iso = \"2027-28\"", 29, "camp[1].week[1].iso", "an ISO week as 2027-W27"},
    {34, "days = []", 34, "camp[1].week[2].days", "must have at least 1 item"},
    {34, "days = [2027-07-19, 2027-07-26]", 34, "camp[1].week[2].days[2]",
     "2027-07-26 is not in 2027-W29"},
    {34, "days = [2027-07-24]", 34, "camp[1].week[2].days[1]", "2027-07-24 is a Saturday"},
    {34, "days = [2027-07-21]", 34, "camp[1].week[2].days[1]", "2027-07-21 is in closed_days"},
    {34, "days = [2027-07-20, 2027-07-19]", 34, "camp[1].week[2].days[2]", "days must ascend"},
    {34, "days = [2027-07-19, 2027-07-19]", 34, "camp[1].week[2].days[2]", "days must ascend"},
    {7, "closed_days = [2027-07-05, 2027-07-06, 2027-07-07, 2027-07-08, 2027-07-09]", 44,
     "camp[2].week[1].iso", "every day of 2027-W27 is in closed_days"},

    // Not TOML at all
    {2, "code = \"ete-2027", 2, "", "not TOML 1.0"},
    {4, "full_weeks = hidden", 4, "", "not TOML 1.0"},
    {18, "residents = 2027-02-30T09:00:00", 18, "", "not TOML 1.0"},
    {2, "code = \"a\"\ncode = \"b\"", 3, "", "not TOML 1.0"},
    {2, "code = \"\xff\"", 2, "", "not TOML 1.0"},
};

TEST(season_file, every_bad_line_is_told_by_line_key_and_reason) {
    ASSERT_GE(bad_files.size(), 40U);
    for (const bad_file& bad : bad_files) {
        const auto faults = faults_of(text_with({{bad.line, bad.by}}));
        SCOPED_TRACE(std::to_string(bad.line) + ": " + bad.by);
        std::string all;
        for (const auto& fault : faults) all += to_text(fault) + '\n';
        ASSERT_FALSE(faults.empty()) << "accepted";
        const auto found = std::ranges::find_if(faults, [&](const season_fault& fault) {
            return fault.line == bad.fault_line && fault.key == bad.key &&
                   fault.message.find(bad.message) != std::string::npos;
        });
        EXPECT_TRUE(found != faults.end()) << all;
        EXPECT_EQ(faults.size(), 1U) << all;
    }
}

TEST(season_file, all_faults_are_told_at_once_in_the_order_of_the_file) {
    const auto faults = faults_of(text_with({{45, "capacity = 0"},
                                             {3, "time_zone = \"Mars\""},
                                             {26, "ages = 3"},
                                             {12, "email = \"x\""}}));
    ASSERT_EQ(faults.size(), 4U);
    EXPECT_EQ(faults[0].key, "time_zone");
    EXPECT_EQ(faults[1].key, "organiser.email");
    EXPECT_EQ(faults[2].key, "camp[1].ages");
    EXPECT_EQ(faults[3].key, "camp[2].week[1].capacity");
    EXPECT_EQ(to_text(faults[3]),
              "saison.toml:45:12: camp[2].week[1].capacity: must be 1 to 100000 seats, found 0");
}

TEST(season_file, the_number_of_faults_is_bounded_and_the_last_counts_the_rest) {
    std::string text = text_with({});
    for (int i = 0; i < 100; ++i) text += "x" + std::to_string(i) + " = 1\n";
    const auto faults = faults_of(text);
    ASSERT_EQ(faults.size(), 50U);
    EXPECT_EQ(faults.back().message, "and 51 more faults from here on");
}

TEST(season_file, an_empty_file_misses_what_is_required) {
    const auto faults = faults_of("");
    std::vector<std::string> keys;
    for (const auto& fault : faults) keys.push_back(fault.key);
    const std::vector<std::string> expected{"format",    "code",    "name",
                                            "organiser", "opening", "camp"};
    EXPECT_EQ(keys, expected);
}

TEST(season_file, more_than_a_mebibyte_is_refused_unread) {
    const auto faults = faults_of(std::string(season_file_bytes_max + 1, '['));
    ASSERT_EQ(faults.size(), 1U);
    EXPECT_EQ(to_text(faults[0]), "saison.toml: the file has more than 1048576 bytes");
}

TEST(season_file, a_key_that_would_exhaust_the_parser_is_refused) {
    std::string deep;
    for (int i = 0; i < 400'000; ++i) deep += "a.";
    const auto faults = faults_of(text_with({{4, deep + "a = 1"}}));
    ASSERT_EQ(faults.size(), 1U);
    EXPECT_EQ(faults[0].line, 4U);
    EXPECT_EQ(faults[0].message, "a key of more than 32 parts");
}

TEST(season_file, dots_in_texts_and_comments_are_no_keys) {
    const std::string dots(100, '.');
    const season s =
        season_of(text_with({{25, "description = { fr = \"Jeux\\\"" + dots + "\" } # " + dots}}));
    ASSERT_EQ(s.camps.size(), 2U);
    EXPECT_EQ(s.camps[0].description.fr, "Jeux\"" + dots);
}

TEST(season_file, a_fault_quotes_no_control_character_and_no_whole_text) {
    const auto faults = faults_of(
        text_with({{2, "\"a\\u001b[31m\" = 1\ncode = \"X" + std::string(20'000, 'y') + "\""}}));
    ASSERT_EQ(faults.size(), 2U);
    EXPECT_EQ(faults[0].key, "a?[31m");
    EXPECT_LT(to_text(faults[1]).size(), 1'000U);
}

TEST(season_file, what_may_be_left_out_has_its_default) {
    const season s = season_of(text_with(
        {{3, ""}, {4, ""}, {5, ""}, {6, ""}, {7, ""}, {14, ""}, {15, ""}, {16, ""}, {18, ""}}));
    EXPECT_EQ(s.time_zone, "Europe/Brussels");
    EXPECT_EQ(s.full, full_weeks::hidden);
    EXPECT_EQ(s.hold_duration, days{3});
    EXPECT_EQ(s.sheet_validity_months, 6U);
    EXPECT_EQ(s.limits, season_limits{});
    EXPECT_EQ(s.weeks.at(0).opens.residents, std::nullopt);
    EXPECT_EQ(s.name.de, "");
}

TEST(season_file, a_week_takes_over_what_it_does_not_say_and_keeps_what_it_does) {
    const season s = season_of(
        text_with({{30,
                    "capacity = 24\nprices_cents = { resident = 1, school = 2, other = 3 }\n"
                    "opening = { all = 2027-04-01T10:00:00 }"},
                   {42, good_lines[41] + "\nopening = { all = 2027-05-01T10:00:00, residents = "
                                         "2027-04-30T10:00:00 }"}}));
    ASSERT_EQ(s.weeks.size(), 3U);
    const instant april = sys_days{2027y / April / 1} + 8h;
    EXPECT_EQ(s.weeks[0].prices, (class_prices{cents{1}, cents{2}, cents{3}}));
    EXPECT_EQ(s.weeks[0].opens, (opening{april, std::nullopt}));
    EXPECT_EQ(s.weeks[1].prices, (class_prices{cents{5200}, cents{6000}, cents{7600}}));
    EXPECT_EQ(s.weeks[1].opens.all, sys_days{2027y / March / 20} + 8h);
    EXPECT_EQ(s.weeks[2].opens.residents, sys_days{2027y / April / 30} + 8h);
}

TEST(season_file, weeks_are_put_in_order_and_name_their_camp_by_draft_id) {
    const season s = season_of(text_with({{29, "iso = \"2027-W30\""}}));
    ASSERT_EQ(s.weeks.size(), 3U);
    EXPECT_EQ(s.camps[0].id, camp_id{1});
    EXPECT_EQ(s.weeks[0].camp, camp_id{1});
    EXPECT_EQ(s.weeks[0].iso, iso_week{202729});
    EXPECT_EQ(s.weeks[1].iso, iso_week{202730});
    EXPECT_EQ(s.weeks[2].camp, camp_id{2});
    EXPECT_EQ(s.weeks[2].id, week_id{0});
}

TEST(season_file, reading_twice_gives_equal_seasons) {
    EXPECT_EQ(season_of(text_with({})), season_of(text_with({})));
}

std::string file_text(const std::string& path) {
    std::ifstream file{CAMPGATE_SOURCE_DIR "/" + path, std::ios::binary};
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

TEST(season_file, the_documented_example_and_faults_are_true) {
    const std::string page = file_text("docs/formats.md");
    const std::string open = "```toml\n";
    const auto begin = page.find(open);
    ASSERT_NE(begin, std::string::npos);
    const auto end = page.find("```", begin + open.size());
    const season s = season_of(page.substr(begin + open.size(), end - begin - open.size()));
    ASSERT_EQ(s.weeks.size(), 2U);
    EXPECT_EQ(s.weeks[1].prices, (class_prices{cents{5200}, cents{6000}, cents{7600}}));

    const auto faults = faults_of(text_with({{12, "email = \"plaines.dalhem.example\""},
                                             {30, "capacity = 0"},
                                             {34, "days = [2027-07-19, 2027-07-26]"}}));
    ASSERT_EQ(faults.size(), 3U);
    for (const auto& fault : faults)
        EXPECT_NE(page.find(to_text(fault)), std::string::npos) << to_text(fault);
}

class dalhem : public ::testing::Test {
protected:
    static season read() { return season_of(file_text("data/dalhem-ete-2027.toml")); }
    const season season_ = read();
};

TEST_F(dalhem, summer_has_seven_weeks_from_5_july_to_20_august) {
    std::map<iso_week, sys_days> first_days;
    sys_days last{};
    for (const auto& week : season_.weeks) {
        first_days[week.iso] = week.first_day();
        last = std::max(last, week.days.back());
    }
    ASSERT_EQ(first_days.size(), 7U);
    EXPECT_EQ(first_days.begin()->first, iso_week{202727});
    EXPECT_EQ(first_days.begin()->second, sys_days{2027y / July / 5});
    EXPECT_EQ(first_days.rbegin()->first, iso_week{202733});
    EXPECT_EQ(last, sys_days{2027y / August / 20});
}

TEST_F(dalhem, the_week_of_21_july_has_four_days_at_four_fifths) {
    std::map<camp_id, class_prices> full;
    for (const auto& week : season_.weeks)
        if (week.days.size() == 5) full[week.camp] = week.prices;
    std::size_t short_weeks = 0;
    for (const auto& week : season_.weeks) {
        const bool is_29 = week.iso == iso_week{202729};
        EXPECT_EQ(week.days.size(), is_29 ? 4U : 5U);
        for (const sys_days day : week.days) EXPECT_FALSE(is_public_holiday(day));
        if (!is_29) continue;
        ++short_weeks;
        EXPECT_EQ(week.prices.resident.value * 5, full[week.camp].resident.value * 4);
        EXPECT_EQ(week.prices.other.value * 5, full[week.camp].other.value * 4);
    }
    EXPECT_GE(short_weeks, 4U);
}

TEST_F(dalhem, there_are_five_camps_and_more_for_the_ages_that_were_asked) {
    ASSERT_GE(season_.camps.size(), 5U);
    std::vector<age_range> ages;
    std::vector<std::string> themes;
    for (const auto& camp : season_.camps) {
        ages.push_back(camp.ages);
        themes.push_back(camp.theme);
        for (const std::string* text :
             {&camp.name.fr, &camp.name.nl, &camp.name.de, &camp.name.en, &camp.description.fr,
              &camp.description.nl, &camp.description.de, &camp.description.en})
            EXPECT_FALSE(text->empty()) << camp.code;
    }
    const auto has = [](const auto& list, const auto& wanted) {
        return std::ranges::find(list, wanted) != list.end();
    };
    EXPECT_TRUE(has(ages, age_range{30, 72}));
    EXPECT_TRUE(has(ages, age_range{72, 108}));
    EXPECT_TRUE(has(ages, age_range{108, 156}));
    EXPECT_TRUE(has(themes, std::string{"sport"}));
    EXPECT_TRUE(has(themes, std::string{"nature"}));
}

TEST_F(dalhem, seats_prices_and_openings_are_those_of_a_commune) {
    const instant residents = sys_days{2027y / March / 13} + 8h;  // 09:00 in winter time
    const instant all = sys_days{2027y / March / 20} + 8h;
    for (const auto& week : season_.weeks) {
        EXPECT_GE(week.capacity, 15U);
        EXPECT_LE(week.capacity, 48U);
        EXPECT_LT(week.prices.resident, week.prices.school);
        EXPECT_LT(week.prices.school, week.prices.other);
        EXPECT_EQ(week.opens, (opening{all, residents}));
    }
    EXPECT_EQ(season_.by.postcodes, (std::vector<std::string>{"4606", "4607", "4608"}));
    EXPECT_EQ(season_.hold_duration, days{3});
    EXPECT_EQ(season_.sheet_validity_months, 6U);
}

}  // namespace
}  // namespace campgate
