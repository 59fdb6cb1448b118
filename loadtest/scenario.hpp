// What parents want, and how they behave: drawn from a seed, so that the same day can be had again.
// Pure. The shares are named constants in the source.
#pragma once

#include "loadtest/api.hpp"
#include "loadtest/told.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <vector>

namespace campgate::rush {

using dice = std::mt19937_64;

/// A click on the button: when, in microseconds from the opening, and for what.
struct planned_click {
    std::int64_t at{};
    bool all{};
    std::vector<told_item> items;
};

struct parent_plan {
    std::vector<planned_click> clicks;  // one, or those of a recorded day
    bool double_click{};
    bool lost_connection{};  // right after the click; asks again with the same key
    bool reloads_before{};
    bool reloads_after{};
    bool releases{};       // changes its mind about one place
    int second_choices{};  // rounds of other wishes after a refusal
};

class scenario {
public:
    scenario(const season_facts& season, std::uint64_t seed);

    /// Nothing for a family without a child that could have a week.
    std::optional<parent_plan> plan(const me_facts& me, std::int64_t spread, dice& draw) const;

    /// Another week for a child, that the calendar shows and that does not overlap with what it has
    /// or was refused.
    std::optional<told_item> second_choice(
        const child_facts& child, const std::vector<told_item>& had,
        const std::function<std::uint32_t(std::uint32_t)>& available, dice& draw) const;

    /// When a family's wishes open, microseconds since 1970.
    std::int64_t opening(const me_facts& me, const std::vector<told_item>& wishes) const;

private:
    std::vector<std::uint32_t> possible_weeks(const child_facts& child) const;
    const season_week* find(std::uint32_t week) const;
    std::optional<std::uint32_t> draw_week(const std::vector<std::uint32_t>& among,
                                           dice& draw) const;

    std::vector<season_week> weeks_;
    std::map<std::uint32_t, double> popularity_;
};

}  // namespace campgate::rush
