// Whether a child may have a hold on a week, apart from seats and from what the family already
// holds: opening, residents first, age, health sheet, invoiceable parent. Pure. Thread safety: any
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

}  // namespace campgate
