#include "loadtest/scenario.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace campgate::rush {

namespace {

// How families behave, in hundredths.
constexpr unsigned early_share = 2;      // click before it opens
constexpr unsigned together_share = 25;  // all or nothing
constexpr unsigned double_click_share = 6;
constexpr unsigned lost_connection_share = 3;
constexpr unsigned reload_before_share = 10;
constexpr unsigned reload_after_share = 25;
constexpr unsigned release_share = 8;
constexpr unsigned one_child_only_share = 30;  // of families with several

constexpr std::size_t children_max = 3;
constexpr std::int64_t early_micros_max = 300'000;
// One to four weeks a child.
constexpr std::array<double, 4> weeks_weights{35, 35, 20, 10};
// The most wanted week is wanted about ten times as much as the median one.
constexpr double skew = 0.8;
// Clicks crowd after the opening: half of them within a quarter of the spread.
constexpr double crowding = 2;

bool chance(dice& draw, unsigned hundredths) {
    return draw() % 100 < hundredths;
}

double unit(dice& draw) {
    return static_cast<double>(draw() >> 11) * 0x1p-53;
}

}  // namespace

// Before the opening the server says no more than that it is not open: parents know the ages.
std::vector<std::uint32_t> scenario::possible_weeks(const child_facts& child) const {
    std::vector<std::uint32_t> out;
    if (!child.may_come) return out;
    for (const child_week& week : child.weeks) {
        if (!week.reason.empty() && week.reason != "not_open" && week.reason != "residents_only")
            continue;
        const season_week* facts = find(week.week);
        const int age = facts == nullptr ? 0 : age_in_months(child.birth, facts->first_day);
        if (facts != nullptr && age >= facts->from_months && age < facts->below_months)
            out.push_back(week.week);
    }
    return out;
}

scenario::scenario(const season_facts& season, std::uint64_t seed) : weeks_(season.weeks) {
    std::vector<std::size_t> ranks(weeks_.size());
    std::iota(ranks.begin(), ranks.end(), std::size_t{0});
    dice draw{seed};
    for (std::size_t i = ranks.size(); i > 1; --i) std::swap(ranks[i - 1], ranks[draw() % i]);
    for (std::size_t i = 0; i < weeks_.size(); ++i)
        popularity_[weeks_[i].id] = 1 / std::pow(static_cast<double>(ranks[i] + 1), skew);
}

const season_week* scenario::find(std::uint32_t week) const {
    const auto at = std::ranges::find(weeks_, week, &season_week::id);
    return at == weeks_.end() ? nullptr : &*at;
}

std::optional<std::uint32_t> scenario::draw_week(const std::vector<std::uint32_t>& among,
                                                 dice& draw) const {
    double sum = 0;
    for (const std::uint32_t week : among) sum += popularity_.at(week);
    double left = unit(draw) * sum;
    for (const std::uint32_t week : among) {
        left -= popularity_.at(week);
        if (left <= 0) return week;
    }
    return among.empty() ? std::nullopt : std::optional{among.back()};
}

std::optional<parent_plan> scenario::plan(const me_facts& me, std::int64_t spread,
                                          dice& draw) const {
    std::vector<const child_facts*> children;
    for (const child_facts& child : me.children) {
        if (!possible_weeks(child).empty() && children.size() < children_max)
            children.push_back(&child);
    }
    if (children.empty()) return std::nullopt;
    if (children.size() > 1 && chance(draw, one_child_only_share)) children.resize(1);

    planned_click click;
    for (const child_facts* child : children) {
        std::vector<std::uint32_t> left = possible_weeks(*child);
        std::discrete_distribution<int> count{weeks_weights.begin(), weeks_weights.end()};
        for (int n = count(draw) + 1; n > 0 && !left.empty(); --n) {
            const std::uint32_t week = *draw_week(left, draw);
            click.items.push_back({week, child->id});
            const std::string iso = find(week)->iso_week;
            std::erase_if(left, [&](std::uint32_t other) { return find(other)->iso_week == iso; });
        }
    }
    click.all = click.items.size() > 1 && chance(draw, together_share);
    click.at = chance(draw, early_share)
                   ? -static_cast<std::int64_t>(unit(draw) * early_micros_max)
                   : static_cast<std::int64_t>(std::pow(unit(draw), crowding) *
                                               static_cast<double>(spread));
    parent_plan made;
    made.clicks.push_back(std::move(click));
    made.double_click = chance(draw, double_click_share);
    made.lost_connection = !made.double_click && chance(draw, lost_connection_share);
    made.reloads_before = chance(draw, reload_before_share);
    made.reloads_after = chance(draw, reload_after_share);
    made.releases = chance(draw, release_share);
    made.second_choices = static_cast<int>(draw() % 4);
    return made;
}

std::optional<told_item> scenario::second_choice(
    const child_facts& child, const std::vector<told_item>& had,
    const std::function<std::uint32_t(std::uint32_t)>& available, dice& draw) const {
    std::vector<std::uint32_t> left = possible_weeks(child);
    std::erase_if(left, [&](std::uint32_t week) {
        if (available(week) == 0) return true;
        return std::ranges::any_of(had, [&](const told_item& item) {
            return item.child == child.id && find(item.week)->iso_week == find(week)->iso_week;
        });
    });
    const auto week = draw_week(left, draw);
    if (!week) return std::nullopt;
    return told_item{*week, child.id};
}

std::int64_t scenario::opening(const me_facts& me, const std::vector<told_item>& wishes) const {
    std::int64_t earliest = std::numeric_limits<std::int64_t>::max();
    for (const told_item& item : wishes) {
        const season_week* week = find(item.week);
        if (week == nullptr) continue;
        const auto child = std::ranges::find(me.children, item.child, &child_facts::id);
        const bool first = child != me.children.end() && child->resident;
        earliest = std::min(earliest, first && week->residents_opens_at ? *week->residents_opens_at
                                                                        : week->opens_at);
    }
    return earliest;
}

}  // namespace campgate::rush
