// What holds for every price, whatever the rules and the weeks: the order of the input never
// matters, nothing is negative, lines add up, caps hold; and where no fall was found, one more week
// never lowers a total (S24, B5).
#include "core/pricing.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace campgate {
namespace {

cents random_cents(std::int64_t most) {
    return {*rc::gen::inRange<std::int64_t>(0, most + 1)};
}

std::vector<discount> random_discounts() {
    std::vector<discount> list(*rc::gen::inRange<std::size_t>(0, 5));
    for (discount& d : list) {
        if (*rc::gen::arbitrary<bool>()) {
            d.percent = *rc::gen::inRange<std::uint32_t>(0, 101);
        } else {
            d.off = {random_cents(8'000), random_cents(8'000), random_cents(8'000)};
        }
    }
    return list;
}

price_rules random_rules() {
    price_rules rules;
    rules.by = *rc::gen::element(rank_by::age, rank_by::weeks);
    rules.from = *rc::gen::element(rank_from::highest, rank_from::lowest);
    rules.ranks = random_discounts();
    rules.weeks = random_discounts();
    if (*rc::gen::arbitrary<bool>()) rules.child_cap = random_cents(40'000);
    if (*rc::gen::arbitrary<bool>()) rules.family_cap = random_cents(90'000);
    return rules;
}

// A family of up to five children, some of them twins, each with different ISO weeks.
std::vector<priced_item> random_items() {
    std::vector<priced_item> items;
    const auto children = *rc::gen::inRange<std::uint64_t>(0, 6);
    for (std::uint64_t child = 1; child <= children; ++child) {
        const std::chrono::sys_days born{std::chrono::days{*rc::gen::inRange(17'000, 17'004)}};
        const price_class c =
            *rc::gen::element(price_class::resident, price_class::school, price_class::other);
        const auto weeks = *rc::gen::container<std::set<std::uint32_t>>(
            rc::gen::inRange<std::uint32_t>(202'727, 202'734));
        for (const std::uint32_t week : weeks)
            items.push_back({{child}, born, {week}, {week}, c, random_cents(12'000)});
    }
    return items;
}

RC_GTEST_PROP(pricing, the_order_of_the_input_never_matters, ()) {
    const price_rules rules = random_rules();
    std::vector<priced_item> items = random_items();
    const quote q = price_of(items, rules);
    std::map<std::size_t, priced_item> shuffled;
    for (const priced_item& item : items)
        shuffled.insert_or_assign(*rc::gen::arbitrary<std::size_t>(), item);
    RC_PRE(shuffled.size() == items.size());
    items.clear();
    for (const auto& [place, item] : shuffled) items.push_back(item);
    RC_ASSERT(price_of(items, rules) == q);
}

RC_GTEST_PROP(pricing, nothing_is_negative_and_everything_adds_up, ()) {
    const price_rules rules = random_rules();
    const std::vector<priced_item> items = random_items();
    const quote q = price_of(items, rules);
    RC_ASSERT(q.lines.size() == items.size());
    std::multiset<std::pair<child_id, week_id>> asked, priced;
    for (const priced_item& item : items) asked.emplace(item.child, item.week);
    std::int64_t sum = 0;
    for (const price_line& line : q.lines) {
        priced.emplace(line.child, line.week);
        std::int64_t left = line.list.value;
        for (const reduction& r : line.reductions) {
            RC_ASSERT(r.amount.value > 0);
            left -= r.amount.value;
        }
        RC_ASSERT(left == line.amount.value);
        RC_ASSERT(left >= 0);
        sum += left;
    }
    RC_ASSERT(asked == priced);
    RC_ASSERT(sum == q.total.value);
}

RC_GTEST_PROP(pricing, caps_hold, ()) {
    const price_rules rules = random_rules();
    const quote q = price_of(random_items(), rules);
    std::map<child_id, std::int64_t> of;
    for (const price_line& line : q.lines) of[line.child] += line.amount.value;
    if (rules.family_cap) RC_ASSERT(q.total <= *rules.family_cap);
    for (const auto& [child, sum] : of) {
        if (rules.child_cap) RC_ASSERT(sum <= rules.child_cap->value);
    }
}

// What the import promises when it does not warn (B5), for every family of the shape it looked at.
RC_GTEST_PROP(pricing, B5_where_no_fall_is_found_one_week_more_never_lowers_a_total, ()) {
    price_rules rules = random_rules();
    // Rules with which it happens now and then.
    if (*rc::gen::element(true, false)) rules.child_cap = rules.family_cap = std::nullopt;
    if (*rc::gen::element(true, false)) {
        rules.ranks.clear();
        for (int rank = 0; rank < 4; ++rank)
            rules.ranks.push_back({*rc::gen::element(0U, 10U, 25U, 50U, 100U), {}});
    }
    const cents price{*rc::gen::element<std::int64_t>(1, 6'500, 11'999)};
    std::vector<std::uint32_t> weeks(4);
    for (std::uint32_t& n : weeks) n = *rc::gen::element(0U, 0U, 1U, 2U, 3U, 4U, 5U, 6U);
    const auto more = *rc::gen::element<std::size_t>(0, 1, 2, 3);
    if (*rc::gen::element(true, false)) {
        rules.weeks.clear();
        for (std::uint32_t& n : weeks) n = std::min(6U, n + 3);
        weeks[more] = 0;
    }
    const auto total = [&](const std::vector<std::uint32_t>& of) {
        std::vector<priced_item> items;
        for (std::size_t child = 0; child < of.size(); ++child) {
            const std::chrono::sys_days born{std::chrono::days{10'000 + 400 * child}};
            for (std::uint32_t week = 1; week <= of[child]; ++week)
                items.push_back({{child + 1}, born, {week}, {week}, price_class::other, price});
        }
        return price_of(items, rules).total;
    };
    std::vector<std::uint32_t> after = weeks;
    ++after[more];
    const bool falls = total(after) < total(weeks);
    if (falls) RC_ASSERT(find_price_fall(rules, price_class::other, price).has_value());
    RC_TAG(falls ? "falls" : "does not fall");
}

// The fall that is told is one: worked out again from what it names.
TEST(pricing, B5_a_fall_that_is_found_is_one) {
    for (const std::uint32_t percent : {40U, 60U, 80U, 100U}) {
        price_rules rules;
        rules.ranks = {{0, {}}, {percent, {}}};
        rules.from = rank_from::lowest;
        for (const rank_by by : {rank_by::age, rank_by::weeks}) {
            rules.by = by;
            const auto fall = find_price_fall(rules, price_class::school, {6'500});
            ASSERT_TRUE(fall) << percent;
            const auto total = [&](const std::vector<std::uint32_t>& weeks) {
                std::vector<priced_item> items;
                for (std::size_t child = 0; child < weeks.size(); ++child) {
                    const std::chrono::sys_days born{std::chrono::days{10'000 + 400 * child}};
                    for (std::uint32_t week = 1; week <= weeks[child]; ++week)
                        items.push_back(
                            {{child + 1}, born, {week}, {week}, price_class::school, {6'500}});
                }
                return price_of(items, rules).total;
            };
            std::vector<std::uint32_t> after = fall->weeks;
            ++after.at(fall->child);
            EXPECT_EQ(total(fall->weeks), fall->before);
            EXPECT_EQ(total(after), fall->after);
            EXPECT_LT(fall->after, fall->before);
        }
    }
}

// Who has most weeks pays most for each, whoever that is: a week more always costs something.
TEST(pricing, B5_ranks_by_most_weeks_have_no_fall) {
    price_rules rules;
    rules.by = rank_by::weeks;
    rules.ranks = {{0, {}}, {10, {}}, {20, {}}};
    rules.weeks = {{0, {}}, {5, {}}, {10, {}}};
    rules.child_cap = cents{25'000};
    rules.family_cap = cents{60'000};
    EXPECT_FALSE(find_price_fall(rules, price_class::resident, {6'500}));
}

TEST(pricing, B5_the_second_child_for_nothing_is_a_fall_when_ranks_go_by_fewest_weeks) {
    price_rules rules;
    rules.by = rank_by::weeks;
    rules.from = rank_from::lowest;
    rules.ranks = {{0, {}}, {100, {}}};
    const auto fall = find_price_fall(rules, price_class::resident, {6'500});
    ASSERT_TRUE(fall);
    EXPECT_EQ(fall->weeks, (std::vector<std::uint32_t>{2, 0, 0, 0}));
    EXPECT_EQ(fall->child, 1U);
    EXPECT_EQ(fall->before, cents{13'000});
    EXPECT_EQ(fall->after, cents{6'500});
}

}  // namespace
}  // namespace campgate
