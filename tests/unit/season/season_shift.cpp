// A season that moves on with the years: same weeks, same weekdays, other holidays.
#include "server/season_shift.hpp"

#include "server/iso_calendar.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace campgate {
namespace {

using namespace std::chrono;

// One camp over the seven weeks of the summer of 2027, as the Dalhem file has it.
season summer_2027() {
    season s;
    s.code = "ete-2027";
    s.name = {"Été 2027", "Zomer 2027", "Sommer 2027", "Summer 2027"};
    s.camps = {camp{camp_id{1}, "petits", {}, {}, "discovery", "Berneau", {30, 72}}};
    for (std::uint32_t number = 27; number <= 33; ++number) {
        camp_week week{};
        week.camp = camp_id{1};
        week.iso = iso_week{202700 + number};
        for (int i = 0; i < 5; ++i) {
            const sys_days day = monday_of(week.iso) + days{i};
            if (!is_public_holiday(day)) week.days.push_back(day);
        }
        const std::int64_t part = static_cast<std::int64_t>(week.days.size());
        week.prices = {cents{1300 * part}, cents{1500 * part}, cents{1900 * part}};
        week.capacity = 24;
        week.opens = {sys_days{2027y / March / 20} + 8h, sys_days{2027y / March / 13} + 8h};
        s.weeks.push_back(week);
    }
    return s;
}

const camp_week& week_of(const season& s, std::uint32_t iso) {
    return *std::ranges::find(s.weeks, iso_week{iso}, &camp_week::iso);
}

instant at(sys_days day) {
    return instant{day};
}

TEST(season_shift, a_season_ahead_stays_as_it_is) {
    const season s = summer_2027();
    EXPECT_EQ(shift_season(s, at(2026y / November / 24)), s);
    EXPECT_EQ(shift_season(s, at(2027y / August / 15)), s);
}

TEST(season_shift, moves_once_its_last_week_has_begun) {
    const season moved = shift_season(summer_2027(), at(2027y / August / 16));
    EXPECT_EQ(moved.weeks.front().iso, iso_week{202827});
}

TEST(season_shift, the_next_year_has_its_own_holidays_and_prices_follow) {
    const season moved = shift_season(summer_2027(), at(2027y / September / 1));
    ASSERT_EQ(moved.weeks.size(), 7U);
    EXPECT_EQ(moved.weeks.front().first_day(), sys_days{2028y / July / 3});

    // 21 July 2028 is the Friday of W29; 15 August 2028 the Tuesday of W33.
    EXPECT_EQ(week_of(moved, 202829).days,
              (std::vector<sys_days>{2028y / July / 17, 2028y / July / 18, 2028y / July / 19,
                                     2028y / July / 20}));
    EXPECT_EQ(week_of(moved, 202829).prices.resident, cents{5200});
    EXPECT_EQ(week_of(moved, 202833).days,
              (std::vector<sys_days>{2028y / August / 14, 2028y / August / 16, 2028y / August / 17,
                                     2028y / August / 18}));
    EXPECT_EQ(week_of(moved, 202833).prices, (class_prices{cents{5200}, cents{6000}, cents{7600}}));
    EXPECT_EQ(week_of(moved, 202828).prices.resident, cents{6500});
}

TEST(season_shift, a_holiday_that_leaves_a_week_gives_the_day_and_its_price_back) {
    // In 2029 both fall on a weekday, in 2030 21 July is a Sunday.
    const season moved = shift_season(summer_2027(), at(2029y / December / 1));
    EXPECT_EQ(week_of(moved, 203029).days.size(), 5U);
    EXPECT_EQ(week_of(moved, 203029).prices.resident, cents{6500});
}

TEST(season_shift, a_camp_that_is_there_on_some_days_only_keeps_them) {
    season s = summer_2027();
    s.weeks = {s.weeks[0]};
    s.weeks[0].days = {2027y / July / 5, 2027y / July / 7};
    const season moved = shift_season(s, at(2028y / January / 1));
    EXPECT_EQ(moved.weeks[0].days, (std::vector<sys_days>{2028y / July / 3, 2028y / July / 5}));
}

TEST(season_shift, a_week_without_a_day_goes) {
    season s = summer_2027();
    for (auto& week : s.weeks)
        if (week.iso == iso_week{202733}) week.days = {2027y / August / 17};  // a Tuesday
    const season moved = shift_season(s, at(2027y / September / 1));
    EXPECT_EQ(moved.weeks.size(), 6U);
    EXPECT_EQ(moved.weeks.back().iso, iso_week{202832});
}

TEST(season_shift, openings_keep_weekday_and_minute_of_the_wall_clock) {
    // 20 March 2027 is a winter Saturday; 52 weeks later is 18 March 2028, winter too.
    const season moved = shift_season(summer_2027(), at(2027y / September / 1));
    EXPECT_EQ(moved.weeks[0].opens.all, sys_days{2028y / March / 18} + 8h);
    EXPECT_EQ(moved.weeks[0].opens.residents, sys_days{2028y / March / 11} + 8h);

    // 27 March 2027 is winter, 25 March 2028 too, 31 March 2029 summer: 09:00 is 07:00 UTC then.
    season s = summer_2027();
    for (auto& week : s.weeks) week.opens = {sys_days{2027y / April / 3} + 7h, std::nullopt};
    const season later = shift_season(s, at(2028y / September / 1));
    EXPECT_EQ(later.weeks[0].opens.all, sys_days{2029y / March / 31} + 7h);
}

TEST(season_shift, the_year_in_code_and_name_moves_too) {
    const season moved = shift_season(summer_2027(), at(2030y / December / 1));
    EXPECT_EQ(moved.code, "ete-2031");
    EXPECT_EQ(moved.name, (localized{"Été 2031", "Zomer 2031", "Sommer 2031", "Summer 2031"}));
}

TEST(season_shift, over_a_century_the_season_is_ahead_and_keeps_weeks_and_weekdays) {
    const season published = summer_2027();
    for (int y = 2027; y <= 2127; ++y) {
        for (const unsigned month_of : {1U, 7U, 8U, 9U}) {
            const sys_days today = year{y} / month{month_of} / 16;
            const season moved = shift_season(published, at(today));
            ASSERT_GE(moved.weeks.size(), 7U);
            ASSERT_GT(moved.weeks.back().first_day(), today);
            std::set<std::uint32_t> numbers;
            for (const auto& week : moved.weeks) {
                numbers.insert(week.iso.value % 100);
                ASSERT_EQ(week.iso.value / 100, moved.weeks.front().iso.value / 100);
                ASSERT_GE(week.days.size(), 4U);
                ASSERT_EQ(static_cast<std::int64_t>(week.days.size()) * 1300,
                          week.prices.resident.value);
                for (const sys_days day : week.days) {
                    ASSERT_FALSE(is_public_holiday(day));
                    ASSERT_EQ(iso_week_of(day), week.iso);
                }
            }
            ASSERT_EQ(numbers, (std::set<std::uint32_t>{27, 28, 29, 30, 31, 32, 33}));
            ASSERT_LT(moved.weeks.front().opens.all, at(moved.weeks.front().first_day()));
            // No later than need be.
            ASSERT_LE(moved.weeks.back().first_day(),
                      std::max(today + days{53 * 7 + 7}, sys_days{2027y / August / 16}));
            ASSERT_EQ(shift_season(moved, at(today)), moved);
        }
    }
}

TEST(season_shift, a_season_of_week_53_finds_a_place_in_a_year_without_one) {
    season s = summer_2027();
    s.weeks = {s.weeks[0]};
    s.weeks[0].iso = iso_week{202653};
    s.weeks[0].days = {2026y / December / 28};
    const season moved = shift_season(s, at(2027y / January / 10));
    EXPECT_EQ(moved.weeks[0].iso, iso_week{202752});
    EXPECT_EQ(moved.weeks[0].first_day(), sys_days{2027y / December / 27});
}

TEST(season_shift, open_at_opens_every_week_for_everybody) {
    const instant minute = at(2026y / November / 24) + 5h;
    for (const auto& week : open_at(summer_2027(), minute).weeks)
        EXPECT_EQ(week.opens, (opening{minute, std::nullopt}));
}

TEST(season_shift, open_already_is_past_and_the_same_all_winter) {
    const season november = open_already(summer_2027(), at(2026y / November / 24));
    EXPECT_EQ(november.weeks[0].opens, (opening{sys_days{2026y / March / 21} + 8h, std::nullopt}));
    EXPECT_EQ(open_already(summer_2027(), at(2027y / March / 1)), november);
    EXPECT_EQ(open_already(november, at(2026y / November / 25)), november);
}

TEST(season_shift, open_already_leaves_a_past_opening_alone) {
    const season s = summer_2027();
    EXPECT_EQ(open_already(s, at(2027y / June / 1)), s);
}

TEST(season_shift, a_demo_is_open_at_once_or_in_the_time_it_was_told) {
    const instant now = at(2033y / October / 9) + 3h;
    for (const auto& week : demo_season(summer_2027(), now, std::nullopt).weeks) {
        EXPECT_LE(week.opens.all, now);
        EXPECT_GT(at(week.first_day()), now);
    }
    const season later = demo_season(summer_2027(), now, 30s);
    EXPECT_EQ(later.weeks[0].opens, (opening{now + 30s, std::nullopt}));
    EXPECT_EQ(later.weeks[0].iso, iso_week{203427});
}

}  // namespace
}  // namespace campgate
