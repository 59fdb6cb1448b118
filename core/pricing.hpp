// What a family's weeks cost: the class price of each week, less what the organiser's rules take
// off (S24, B5). One pure function of the weeks and the rules: the order in which the weeks are
// given never matters, no line is negative, and the lines add up to the total. Thread safety: any
// thread.
#pragma once

#include "core/ids.hpp"
#include "core/price_rules.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace campgate {

/// One week of one child, booked or wanted.
struct priced_item {
    child_id child;
    std::chrono::sys_days birth_date;
    week_id week;
    iso_week iso;
    price_class charged_as = price_class::other;
    cents list;  ///< the week's price for that class
    friend bool operator==(const priced_item&, const priced_item&) = default;
};

/// Why a line costs less than its list price.
enum class reduction_kind : std::uint8_t {
    rank = 1,        ///< `number`: the child's rank in the family, from 1
    weeks = 2,       ///< `number`: which of the child's weeks, from 1
    child_cap = 3,   ///< a child's weeks cost `number` cents at most
    family_cap = 4,  ///< a family's weeks cost `number` cents at most
};

struct reduction {
    reduction_kind kind{};
    std::uint64_t number{};
    cents amount;  ///< above 0: what is taken off
    friend bool operator==(const reduction&, const reduction&) = default;
};

struct price_line {
    child_id child;
    week_id week;
    cents list;
    std::vector<reduction> reductions;  ///< in the order in which they were taken off
    cents amount;                       ///< list less reductions; never below 0
    friend bool operator==(const price_line&, const price_line&) = default;
};

struct quote {
    std::vector<price_line> lines;  ///< by rank of the child, then by ISO week, then by week
    cents total;                    ///< the sum of the lines' amounts
    friend bool operator==(const quote&, const quote&) = default;
};

/// The price of these weeks together. Children are ranked among the items alone; where the rule's
/// measure is equal the elder comes first, then the lower child id. Amounts are rounded half up to
/// the cent, each reduction by itself.
quote price_of(std::span<const priced_item> items, const price_rules& rules);

/// A way in which these rules punish: some family pays less with one week more (B5). Nothing when
/// none was found among families of up to four children with up to six weeks each, at this
/// price.
struct price_fall {
    std::vector<std::uint32_t> weeks;  ///< of each child, eldest first, before
    std::size_t child{};               ///< the index of the one that gets a week more
    cents before, after;
    friend bool operator==(const price_fall&, const price_fall&) = default;
};
std::optional<price_fall> find_price_fall(const price_rules& rules, price_class c,
                                          cents week_price);

}  // namespace campgate
