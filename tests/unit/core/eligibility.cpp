// Ages to the day, sheets to the month's end, and who goes first.
#include "core/eligibility.hpp"

#include "tests/unit/core/small_world.hpp"

#include <gtest/gtest.h>

namespace campgate {
namespace {

using namespace small_world;
using std::chrono::sys_days;
using std::chrono::year;

struct age_case {
    sys_days birth, on;
    std::uint32_t months;
};

TEST(eligibility, age_counts_completed_months_to_the_day) {
    const age_case cases[] = {
        {year{2021} / 7 / 5, year{2027} / 7 / 5, 72},
        {year{2021} / 7 / 6, year{2027} / 7 / 5, 71},
        {year{2021} / 7 / 4, year{2027} / 7 / 5, 72},
        {year{2025} / 1 / 5, year{2027} / 7 / 5, 30},
        {year{2025} / 1 / 6, year{2027} / 7 / 5, 29},
        {year{2020} / 2 / 29, year{2027} / 2 / 28, 83},
        {year{2020} / 2 / 29, year{2027} / 3 / 1, 84},
        {year{2020} / 2 / 29, year{2028} / 2 / 28, 95},
        {year{2020} / 2 / 29, year{2028} / 2 / 29, 96},
        {year{2019} / 1 / 31, year{2019} / 2 / 28, 0},
        {year{2019} / 1 / 31, year{2019} / 3 / 1, 1},
        {year{2019} / 12 / 31, year{2020} / 1 / 1, 0},
        {year{2019} / 12 / 31, year{2020} / 1 / 31, 1},
        {year{2027} / 7 / 5, year{2027} / 7 / 5, 0},
        {year{2027} / 7 / 6, year{2027} / 7 / 5, 0},
        {year{1999} / 12 / 31, year{2027} / 7 / 5, 330},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(age_in_months(c.birth, c.on), c.months)
            << c.birth.time_since_epoch().count() << " on " << c.on.time_since_epoch().count();
    }
}

struct sheet_case {
    sys_days validated;
    std::uint32_t months;
    sys_days until;
};

TEST(eligibility, a_sheet_counts_to_the_same_day_or_the_end_of_a_shorter_month) {
    const sheet_case cases[] = {
        {year{2027} / 1 / 15, 6, year{2027} / 7 / 15},
        {year{2026} / 8 / 31, 6, year{2027} / 2 / 28},
        {year{2027} / 8 / 31, 6, year{2028} / 2 / 29},
        {year{2026} / 8 / 28, 6, year{2027} / 2 / 28},
        {year{2026} / 12 / 31, 6, year{2027} / 6 / 30},
        {year{2026} / 10 / 31, 6, year{2027} / 4 / 30},
        {year{2028} / 2 / 29, 12, year{2029} / 2 / 28},
        {year{2027} / 3 / 31, 0, year{2027} / 3 / 31},
        {year{2027} / 7 / 31, 18, year{2029} / 1 / 31},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(sheet_valid_until(c.validated, c.months), instant{c.until});
        const auto late = 23h + 59min + 59s + 999'999us;
        EXPECT_EQ(sheet_valid_until(c.validated + late, c.months), c.until + late);
    }
}

class eligible : public testing::Test {
protected:
    std::optional<reason> why(instant now = open_now) const {
        return ineligibility(season_, season_.weeks[0], opens_, child_, now);
    }
    season season_ = [] {
        season s = draft_of({10});
        s.weeks[0].id = {1};
        return s;
    }();
    opening opens_ = season_.weeks[0].opens;
    child_facts child_ = family_of(1, 1).children[0];
};

TEST_F(eligible, from_the_opening_on) {
    EXPECT_EQ(why(opening_time - 1us), reason::not_open);
    EXPECT_EQ(why(opening_time), std::nullopt);
}

TEST_F(eligible, the_opening_in_force_decides_not_the_published_one) {
    opens_.all = opening_time + 24h;
    EXPECT_EQ(why(opening_time + 1h), reason::not_open);
    EXPECT_EQ(why(opening_time + 24h), std::nullopt);
}

TEST_F(eligible, residents_go_first) {
    opens_.residents = opening_time - 24h;
    struct {
        price_class charged_as;
        instant now;
        std::optional<reason> expected;
    } const cases[] = {
        {price_class::resident, opening_time - 24h - 1us, reason::not_open},
        {price_class::other, opening_time - 24h - 1us, reason::not_open},
        {price_class::resident, opening_time - 24h, std::nullopt},
        {price_class::school, opening_time - 24h, reason::residents_only},
        {price_class::other, opening_time - 1us, reason::residents_only},
        {price_class::other, opening_time, std::nullopt},
        {price_class::school, opening_time, std::nullopt},
    };
    for (const auto& c : cases) {
        child_.charged_as = c.charged_as;
        EXPECT_EQ(why(c.now), c.expected);
    }
}

TEST_F(eligible, at_the_edges_of_the_ages) {
    season_.camps[0].ages = {30, 72};
    const sys_days first = season_.weeks[0].first_day();
    struct {
        sys_days birth;
        std::optional<reason> expected;
    } const cases[] = {
        {year{2025} / 1 / 5, std::nullopt},  // two and a half that day
        {year{2025} / 1 / 6, reason::age},   // tomorrow
        {year{2021} / 7 / 5, reason::age},   // sixth birthday that day
        {year{2021} / 7 / 6, std::nullopt},  // five for the last day
        {first, reason::age},
        {first + std::chrono::days{1}, reason::age},
    };
    for (const auto& c : cases) {
        child_.birth_date = c.birth;
        EXPECT_EQ(why(), c.expected) << c.birth.time_since_epoch().count();
    }
}

TEST_F(eligible, a_child_not_yet_born_is_in_no_camp) {
    season_.camps[0].ages = {0, 72};
    child_.birth_date = season_.weeks[0].first_day() + std::chrono::days{1};
    EXPECT_EQ(why(), reason::age);
    child_.birth_date = season_.weeks[0].first_day();
    EXPECT_EQ(why(), std::nullopt);
}

TEST_F(eligible, a_sheet_ends_at_its_very_instant) {
    child_.sheet_validated_at = sys_days{year{2026} / 9 / 30} + 10h;
    const instant until = sys_days{year{2027} / 3 / 30} + 10h;
    EXPECT_EQ(why(until - 1us), std::nullopt);
    EXPECT_EQ(why(until), reason::sheet_expired);
    child_.sheet_validated_at.reset();
    EXPECT_EQ(why(), reason::sheet_missing);
}

TEST_F(eligible, reasons_come_in_their_order) {
    child_.charged_as = price_class::other;
    child_.birth_date = year{2000} / 1 / 1;
    child_.sheet_validated_at.reset();
    child_.has_invoiceable_parent = false;
    opens_.residents = opening_time - 24h;
    EXPECT_EQ(why(opening_time - 25h), reason::not_open);
    EXPECT_EQ(why(opening_time - 1h), reason::residents_only);
    EXPECT_EQ(why(), reason::age);
    child_.birth_date = year{2019} / 1 / 1;
    EXPECT_EQ(why(), reason::sheet_missing);
    child_.sheet_validated_at = opening_time - std::chrono::days{300};
    EXPECT_EQ(why(), reason::sheet_expired);
    child_.sheet_validated_at = opening_time;
    EXPECT_EQ(why(), reason::no_invoiceable_parent);
    child_.has_invoiceable_parent = true;
    EXPECT_EQ(why(), std::nullopt);
}

}  // namespace
}  // namespace campgate
