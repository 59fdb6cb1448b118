// What is missing before the opening (B9), a rule a test.
#include "core/readiness.hpp"

#include <gtest/gtest.h>

namespace campgate {
namespace {

using namespace std::chrono;

constexpr sys_days monday{year{2027} / 7 / 5};
constexpr instant opens{sys_days{year{2027} / 3 / 20}};
constexpr instant now = opens - days{30};

season_view view_of(opening opened = {opens, {}}) {
    season s;
    s.sheet_validity_months = 6;
    camp c;
    c.id = {1};
    c.ages = {30, 72};
    s.camps = {c};
    camp_week w;
    w.id = {1};
    w.camp = {1};
    w.days = {monday, monday + days{4}};
    s.weeks = {w};
    season_view view;
    view.published = std::make_shared<const season>(s);
    view.rows.resize(1);
    view.rows[0].opens = opened;
    return view;
}

family_preparation prepared() {
    family_preparation family{true, true, true, true, {}};
    family.children.push_back({child_id{8}, monday - days{4 * 365}, now, true, true, true});
    return family;
}

using child_missing = std::vector<missing_for<child_gap>>;
using family_missing = std::vector<missing_for<family_gap>>;

// Validated now, the sheet lapses on 18 August, after the camp.
TEST(readiness, B9_nothing_is_missing_for_a_prepared_family) {
    const readiness found = readiness_of(prepared(), view_of(), now);
    EXPECT_TRUE(found.ready());
    EXPECT_EQ(found.opens_at, opens);
    EXPECT_TRUE(found.family.empty());
    ASSERT_EQ(found.children.size(), 1U);
    EXPECT_EQ(found.children[0].missing, child_missing{});
}

TEST(readiness, B9_registration_and_profile_block_and_an_email_only_warns) {
    family_preparation family = prepared();
    family.registered = family.has_profile = family.has_email = family.email_confirmed = false;
    readiness found = readiness_of(family, view_of(), now);
    EXPECT_EQ(found.family, (family_missing{{family_gap::not_registered, true},
                                            {family_gap::no_profile, true},
                                            {family_gap::email_missing, false}}));
    EXPECT_FALSE(found.ready());
    family = prepared();
    family.email_confirmed = false;
    found = readiness_of(family, view_of(), now);
    EXPECT_EQ(found.family, (family_missing{{family_gap::email_unconfirmed, false}}));
    EXPECT_TRUE(found.ready());
}

child_missing missing_with_sheet_of(std::optional<instant> validated) {
    family_preparation family = prepared();
    family.children[0].sheet_validated_at = validated;
    return readiness_of(family, view_of(), now).children[0].missing;
}

TEST(readiness, B9_a_sheet_is_missing_expired_or_lapses_before_it_is_needed) {
    EXPECT_EQ(missing_with_sheet_of(std::nullopt),
              (child_missing{{child_gap::sheet_missing, true}}));
    // 6 months from 18 August 2026 are over on 18 February, this very moment.
    const instant expired{sys_days{year{2026} / 8 / 18}};
    EXPECT_EQ(missing_with_sheet_of(expired),
              (child_missing{{child_gap::sheet_expired, true, now}}));
    const instant lapses_at_opening{sys_days{year{2026} / 9 / 20}};
    EXPECT_EQ(missing_with_sheet_of(lapses_at_opening),
              (child_missing{{child_gap::sheet_lapses_before_opening, true, opens}}));
    const instant lapses_on_the_friday{sys_days{year{2027} / 1 / 9}};
    EXPECT_EQ(missing_with_sheet_of(lapses_on_the_friday),
              (child_missing{{child_gap::sheet_lapses_before_camp, false,
                              instant{sys_days{year{2027} / 7 / 9}}}}));
    EXPECT_EQ(missing_with_sheet_of(instant{sys_days{year{2027} / 1 / 11}}), child_missing{});
}

TEST(readiness, R9_without_an_invoiceable_parent_nothing_can_be_held) {
    family_preparation family = prepared();
    family.children[0].has_invoiceable_parent = false;
    const readiness found = readiness_of(family, view_of(), now);
    EXPECT_EQ(found.children[0].missing, (child_missing{{child_gap::no_invoiceable_parent, true}}));
    EXPECT_FALSE(found.ready());
}

TEST(readiness, S12_no_national_number_and_no_school_are_said_and_do_not_block) {
    family_preparation family = prepared();
    family.children[0].has_niss = family.children[0].has_school = false;
    const readiness found = readiness_of(family, view_of(), now);
    EXPECT_EQ(found.children[0].missing,
              (child_missing{{child_gap::no_niss, false}, {child_gap::no_school, false}}));
    EXPECT_TRUE(found.ready());
}

TEST(readiness, B9_for_a_child_without_a_camp_of_its_age_nothing_else_is_asked) {
    family_preparation family = prepared();
    family.children[0].birth_date = monday - days{8 * 365};
    family.children[0].sheet_validated_at.reset();
    const readiness found = readiness_of(family, view_of(), now);
    EXPECT_EQ(found.children[0].missing, (child_missing{{child_gap::no_camp_for_age, false}}));
    EXPECT_TRUE(found.ready());
}

TEST(readiness, R5_the_next_opening_is_that_of_the_residents_while_it_is_ahead) {
    const opening both{opens, opens - days{7}};
    EXPECT_EQ(readiness_of({}, view_of(both), now).opens_at, opens - days{7});
    EXPECT_EQ(readiness_of({}, view_of(both), opens - days{7}).opens_at, opens);
    EXPECT_EQ(readiness_of({}, view_of(both), opens).opens_at, std::nullopt);
}

TEST(readiness, B9_without_a_season_only_what_is_missing_now_is_told) {
    family_preparation family = prepared();
    family.children[0].sheet_validated_at.reset();
    const readiness found = readiness_of(family, season_view{}, now);
    EXPECT_EQ(found.opens_at, std::nullopt);
    EXPECT_EQ(found.children[0].missing, (child_missing{{child_gap::sheet_missing, true}}));
}

}  // namespace
}  // namespace campgate
