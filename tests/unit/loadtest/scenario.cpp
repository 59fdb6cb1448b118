// What parents want: the same from the same seed, only what their children may have, no week twice.
#include "loadtest/scenario.hpp"
#include "loadtest/api.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace campgate::rush {
namespace {

using std::chrono::year;

season_facts season() {
    season_facts s;
    for (std::uint32_t id = 1; id <= 12; ++id) {
        season_week w;
        w.id = id;
        w.iso_week = "2027-W" + std::to_string(27 + id % 6);
        w.first_day = year{2027} / 7 / 5;
        w.from_months = id <= 6 ? 30 : 72;
        w.below_months = id <= 6 ? 72 : 108;
        w.opens_at = 2'000'000;
        w.residents_opens_at = 1'000'000;
        w.capacity = 20;
        s.weeks.push_back(w);
    }
    return s;
}

child_facts child(std::uint64_t id, int born, bool may_come = true) {
    child_facts c{id, true, year{born} / 1 / 10, may_come, {}};
    for (std::uint32_t week = 1; week <= 12; ++week) c.weeks.push_back({week, "not_open"});
    return c;
}

TEST(scenario, the_same_seed_gives_the_same_day) {
    const scenario day{season(), 7};
    const me_facts me{1, "c", {child(10, 2023), child(11, 2020)}};
    dice one{5};
    dice two{5};
    const auto a = day.plan(me, 1'000'000, one);
    const auto b = day.plan(me, 1'000'000, two);
    ASSERT_TRUE(a && b);
    EXPECT_EQ(a->clicks[0].at, b->clicks[0].at);
    EXPECT_EQ(a->clicks[0].items, b->clicks[0].items);
}

TEST(scenario, nobody_wishes_for_what_the_child_may_not_have) {
    const scenario day{season(), 7};
    const me_facts me{1, "c", {child(10, 2023), child(11, 2020), child(12, 2020, false)}};
    dice draw{1};
    for (int i = 0; i < 500; ++i) {
        const auto plan = day.plan(me, 1'000'000, draw);
        ASSERT_TRUE(plan);
        std::map<std::uint64_t, std::vector<std::string>> isos;
        for (const told_item& item : plan->clicks[0].items) {
            EXPECT_EQ(item.child, item.week <= 6 ? 10U : 11U);
            isos[item.child].push_back(season().weeks[item.week - 1].iso_week);
        }
        for (auto& [id, list] : isos) {
            std::ranges::sort(list);
            EXPECT_EQ(std::ranges::adjacent_find(list), list.end());
            EXPECT_LE(list.size(), 4U);
        }
        EXPECT_LE(plan->clicks[0].at, 1'000'000);
        EXPECT_GE(plan->clicks[0].at, -300'000);
    }
    const me_facts nobody{2, "c", {child(12, 2020, false)}};
    EXPECT_FALSE(day.plan(nobody, 1'000'000, draw));
}

TEST(scenario, a_second_choice_is_shown_and_does_not_overlap) {
    const scenario day{season(), 7};
    const child_facts c = child(10, 2023);
    dice draw{1};
    const auto only_three = [](std::uint32_t week) { return week == 3 ? 1U : 0U; };
    EXPECT_EQ(day.second_choice(c, {}, only_three, draw)->week, 3U);
    EXPECT_FALSE(day.second_choice(c, {{9, 10}}, only_three, draw));  // the same ISO week
}

TEST(scenario, residents_are_let_in_first) {
    const scenario day{season(), 7};
    me_facts me{1, "c", {child(10, 2023)}};
    EXPECT_EQ(day.opening(me, {{3, 10}}), 1'000'000);
    me.children[0].resident = false;
    EXPECT_EQ(day.opening(me, {{3, 10}}), 2'000'000);
}

TEST(api, reads_instants_and_ages) {
    EXPECT_EQ(parse_instant("1970-01-02T00:00:01.5Z"), 86'401'500'000);
    EXPECT_EQ(parse_instant("1970-01-02T00:00:01Z"), 86'401'000'000);
    EXPECT_FALSE(parse_instant("1970-13-02T00:00:01Z"));
    EXPECT_FALSE(parse_instant("yesterday"));
    EXPECT_EQ(age_in_months(year{2020} / 1 / 31, year{2020} / 2 / 29), 0);
    EXPECT_EQ(age_in_months(year{2019} / 7 / 5, year{2025} / 7 / 5), 72);
}

TEST(api, keys_are_uuids_and_differ) {
    const std::string key = new_key();
    EXPECT_EQ(key.size(), 36U);
    EXPECT_EQ(key[14], '4');
    EXPECT_NE(key, new_key());
}

}  // namespace
}  // namespace campgate::rush
