// The organiser's rules that make several weeks or children cheaper: an immutable part of a season
// (S24). What they do to a price is core/pricing's.
#pragma once

#include "core/price_class.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace campgate {

/// By what the children of a family are ranked.
enum class rank_by : std::uint8_t { age = 1, weeks = 2 };
/// Who has rank 1: the eldest (or the one with most weeks), or the youngest (or the one with
/// fewest).
enum class rank_from : std::uint8_t { highest = 1, lowest = 2 };

/// What is taken off a price: a part of it in percent or, where that is 0, an amount.
struct discount {
    std::uint32_t percent{};  ///< 0 to 100
    class_prices off;         ///< by class; at most the price itself counts
    friend bool operator==(const discount&, const discount&) = default;
};

struct price_rules {
    rank_by by = rank_by::age;
    rank_from from = rank_from::highest;
    /// Rank n has the discount at n - 1; further ranks have the last. Empty: all pay alike.
    std::vector<discount> ranks;
    /// A child's week number n (by ISO week) has the discount at n - 1; further ones have the last.
    /// Taken off after the rank's. Empty: every week costs the same.
    std::vector<discount> weeks;
    std::optional<cents> child_cap;   ///< what all weeks of one child cost at most
    std::optional<cents> family_cap;  ///< what all weeks of a family cost at most
    friend bool operator==(const price_rules&, const price_rules&) = default;
};

inline constexpr std::size_t price_ranks_max = 10;
inline constexpr std::size_t price_weeks_max = 53;

}  // namespace campgate
