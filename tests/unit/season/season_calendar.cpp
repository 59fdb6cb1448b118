// ISO weeks, Belgian holidays and local minutes against dates known from elsewhere.
#include "server/iso_calendar.hpp"
#include "server/time_zone.hpp"

#include <gtest/gtest.h>

namespace campgate {
namespace {

using namespace std::chrono;

TEST(iso_calendar, weeks_have_the_year_of_their_thursday) {
    EXPECT_EQ(iso_week_of(2027y / July / 5), iso_week{202727});
    EXPECT_EQ(iso_week_of(2027y / August / 20), iso_week{202733});
    EXPECT_EQ(iso_week_of(2027y / January / 3), iso_week{202653});
    EXPECT_EQ(iso_week_of(2024y / December / 30), iso_week{202501});
    EXPECT_EQ(iso_week_of(2021y / January / 1), iso_week{202053});
    EXPECT_EQ(monday_of(iso_week{202653}), sys_days{2026y / December / 28});
    EXPECT_EQ(weeks_in_iso_year(2026), 53U);
    EXPECT_EQ(weeks_in_iso_year(2027), 52U);
}

TEST(iso_calendar, every_day_lies_in_the_week_whose_monday_precedes_it) {
    for (sys_days day = 2000y / January / 1; day < sys_days{2060y / January / 1}; day += days{1}) {
        const sys_days monday = monday_of(iso_week_of(day));
        ASSERT_LE(monday, day);
        ASSERT_LT(day - monday, days{7});
        ASSERT_EQ(weekday{monday}, Monday);
    }
}

TEST(iso_calendar, reads_only_weeks_that_there_are) {
    EXPECT_EQ(parse_iso_week("2027-W27"), iso_week{202727});
    EXPECT_EQ(parse_iso_week("2026-W53"), iso_week{202653});
    for (const char* bad : {"2027-W53", "2027-W00", "2027-w27", "2027W27", "2027-W7", "",
                            "1999-W01", "2200-W01", "2027-W2x", "+027-W27", "2027-W271"})
        EXPECT_EQ(parse_iso_week(bad), std::nullopt) << bad;
    EXPECT_EQ(to_text(iso_week{202701}), "2027-W01");
}

TEST(iso_calendar, knows_the_ten_legal_holidays) {
    const std::vector<sys_days> of_2027{
        2027y / January / 1,   2027y / March / 29,   2027y / May / 1,     2027y / May / 6,
        2027y / May / 17,      2027y / July / 21,    2027y / August / 15, 2027y / November / 1,
        2027y / November / 11, 2027y / December / 25};
    EXPECT_EQ(public_holidays(2027), of_2027);
    EXPECT_TRUE(is_public_holiday(2024y / April / 1));   // Easter Monday
    EXPECT_TRUE(is_public_holiday(2038y / April / 26));  // the latest there is
    EXPECT_FALSE(is_public_holiday(2027y / July / 20));
}

TEST(iso_calendar, months_before_a_day_that_there_is_not_is_the_last_of_its_month) {
    EXPECT_EQ(months_before(2028y / March / 31, 1), sys_days{2028y / February / 29});
    EXPECT_EQ(months_before(2028y / February / 29, 12), sys_days{2027y / February / 28});
    EXPECT_EQ(months_before(2027y / July / 5, 98), sys_days{2019y / May / 5});
}

class brussels : public ::testing::Test {
protected:
    const time_zone zone_ = *time_zone::find("Europe/Brussels");
};

TEST_F(brussels, minutes_become_instants_and_come_back) {
    const local_seconds winter = local_days{2027y / March / 20} + 9h;
    const local_seconds summer = local_days{2027y / July / 5} + 9h;
    EXPECT_EQ(std::get<instant>(zone_.to_instant(winter)), sys_days{2027y / March / 20} + 8h);
    EXPECT_EQ(std::get<instant>(zone_.to_instant(summer)), sys_days{2027y / July / 5} + 7h);
    EXPECT_EQ(zone_.to_local(sys_days{2027y / July / 5} + 7h + 999'999us), summer);
}

TEST_F(brussels, a_minute_the_clocks_skip_or_repeat_is_none) {
    const local_seconds skipped = local_days{2027y / March / 28} + 2h + 30min;
    const local_seconds repeated = local_days{2027y / October / 31} + 2h + 30min;
    EXPECT_EQ(std::get<local_time_problem>(zone_.to_instant(skipped)),
              local_time_problem::nonexistent);
    EXPECT_EQ(std::get<local_time_problem>(zone_.to_instant(repeated)),
              local_time_problem::ambiguous);
    EXPECT_EQ(zone_.to_nearest_instant(skipped), sys_days{2027y / March / 28} + 1h);
    EXPECT_EQ(zone_.to_nearest_instant(repeated), sys_days{2027y / October / 31} + 30min);
}

TEST_F(brussels, the_hours_beside_a_change_are_instants) {
    const local_days march{2027y / March / 28};
    EXPECT_EQ(std::get<instant>(zone_.to_instant(march + 1h + 59min)),
              sys_days{2027y / March / 28} + 59min);
    EXPECT_EQ(std::get<instant>(zone_.to_instant(march + 3h)), sys_days{2027y / March / 28} + 1h);
}

TEST(time_zone, unknown_names_are_nothing) {
    for (const char* name : {"", "Europe/Liege", "../../etc/passwd", "europe/brussels", "/"})
        EXPECT_FALSE(time_zone::find(name).has_value()) << name;
    EXPECT_TRUE(time_zone::find("UTC").has_value());
}

}  // namespace
}  // namespace campgate
