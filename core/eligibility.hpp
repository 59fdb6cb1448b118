// Whether a child may have a hold on a week, apart from seats: opening, residents first, age,
// health sheet, invoiceable parent; then what its family holds already. Pure. Thread safety: any
// thread.
#pragma once

#include "core/family_facts.hpp"
#include "core/reason.hpp"
#include "core/season.hpp"

#include <optional>

namespace campgate {

/// Completed months of age on a day; 0 before birth.
std::uint32_t age_in_months(std::chrono::sys_days birth, std::chrono::sys_days on);

/// Until when a sheet validated then counts: the same day and time so many months later, or the
/// last day of a shorter month (S15).
instant sheet_valid_until(instant validated, std::uint32_t months);

/// Nothing when eligible, else the first reason in the order opening, age, sheet, invoiceable
/// parent. Sources: R8, R5, S15, R9.
std::optional<reason> ineligibility(const season& s, const camp_week& week, const opening& opens,
                                    const child_facts& child, instant now);

/// What a family holds already, as it stands against one more week for one of its children: the
/// same ISO week twice, too many weeks for the child, too many holds in all.
class held_before {
public:
    held_before(child_id child, iso_week wanted) : child_(child), wanted_(wanted) {}

    void add(child_id child, iso_week held) {
        ++of_family_;
        if (child != child_) return;
        ++of_child_;
        overlaps_ = overlaps_ || held == wanted_;
    }

    std::optional<reason> objection(const season_limits& limits) const {
        if (overlaps_) return reason::overlapping;
        if (of_child_ >= limits.weeks_per_child || of_family_ >= limits.holds_per_family)
            return reason::limit;
        return std::nullopt;
    }

private:
    child_id child_;
    iso_week wanted_;
    std::uint32_t of_child_ = 0;
    std::uint32_t of_family_ = 0;
    bool overlaps_ = false;
};

}  // namespace campgate
