// Residence and the class that follows (R8): fixed before the first opening, unless the staff
// confirm.
#include "core/residence.hpp"

#include <gtest/gtest.h>

namespace campgate {
namespace {

using namespace std::chrono_literals;

constexpr instant opens{std::chrono::sys_days{std::chrono::year{2027} / 3 / 20}};
constexpr instant cutoff = opens - std::chrono::days{7};
constexpr instant early = cutoff - 1h;
constexpr instant late = cutoff + 1h;

season_view view_of(opening first, opening second) {
    season s;
    s.by.postcodes = {"4606", "4607"};
    s.sites = {{"berneau", "Berneau", true}, {"vise", "Visé", false}};
    camp_week week;
    week.camp = {1};
    for (const std::uint32_t id : {1U, 2U}) {
        week.id = {id};
        s.weeks.push_back(week);
    }
    season_view view;
    view.published = std::make_shared<const season>(s);
    view.rows.resize(2);
    view.rows[0].opens = first;
    view.rows[1].opens = second;
    return view;
}

residence home(std::string postcode, instant since, std::string before = "",
               bool confirmed = false) {
    return {std::move(postcode), since, std::move(before), confirmed};
}

TEST(residence, R8_is_fixed_seven_days_before_the_first_minute_of_any_opening) {
    EXPECT_EQ(residence_cutoff(view_of({opens, {}}, {opens + 1h, {}})), cutoff);
    EXPECT_EQ(residence_cutoff(view_of({opens + 1h, {}}, {opens + 1h, opens})), cutoff);
    EXPECT_EQ(residence_cutoff(season_view{}), std::nullopt);
}

TEST(residence, R8_a_move_before_the_cutoff_counts_and_one_after_it_does_not) {
    const residence before = home("4000", instant{});
    EXPECT_EQ(counted_postcode(moved(before, "4607", early, cutoff), cutoff), "4607");
    EXPECT_EQ(counted_postcode(moved(before, "4607", cutoff, cutoff), cutoff), "4607");
    EXPECT_EQ(counted_postcode(moved(before, "4607", late, cutoff), cutoff), "4000");
}

TEST(residence, R8_who_leaves_after_the_cutoff_stays_a_resident) {
    EXPECT_EQ(counted_postcode(moved(home("4607", early), "4000", late, cutoff), cutoff), "4607");
}

TEST(residence, R8_moving_twice_after_the_cutoff_changes_nothing_more) {
    residence now = moved(home("4607", early), "4000", late, cutoff);
    now = moved(now, "4600", late + 1h, cutoff);
    EXPECT_EQ(counted_postcode(now, cutoff), "4607");
    EXPECT_EQ(now.postcode, "4600");
}

TEST(residence, R8_a_first_postcode_after_the_cutoff_needs_the_staff) {
    residence now = moved(residence{}, "4607", late, cutoff);
    EXPECT_EQ(counted_postcode(now, cutoff), "");
    now.confirmed = true;
    EXPECT_EQ(counted_postcode(now, cutoff), "4607");
}

TEST(residence, R8_what_the_staff_confirmed_counts_until_the_next_move) {
    residence now = home("4607", late, "4000", true);
    EXPECT_EQ(counted_postcode(now, cutoff), "4607");
    now = moved(now, "4606", late + 1h, cutoff);
    EXPECT_FALSE(now.confirmed);
    EXPECT_EQ(counted_postcode(now, cutoff), "4607");
}

TEST(residence, R8_the_same_postcode_again_is_no_move) {
    const residence before = home("4607", early, "4000");
    EXPECT_EQ(moved(before, "4607", late, cutoff), before);
}

TEST(residence, R8_an_opening_that_moves_later_takes_its_cutoff_along) {
    const residence now = moved(home("4000", instant{}), "4607", late, cutoff);
    EXPECT_EQ(counted_postcode(now, cutoff + std::chrono::days{7}), "4607");
}

TEST(residence, R8_class_is_resident_by_postcode_else_of_a_school_of_the_season_else_other) {
    const season_view view = view_of({opens, {}}, {opens, {}});
    const season& s = *view.published;
    EXPECT_EQ(class_of(s, "4607", "vise"), price_class::resident);
    EXPECT_EQ(class_of(s, "4000", "berneau"), price_class::school);
    EXPECT_EQ(class_of(s, "4000", "vise"), price_class::other);
    EXPECT_EQ(class_of(s, "4000", "nowhere"), price_class::other);
    EXPECT_EQ(class_of(s, "", ""), price_class::other);
}

}  // namespace
}  // namespace campgate
