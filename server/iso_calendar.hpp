// ISO weeks and the Belgian public holidays: the calendar a season is made of. Pure; any thread.
// A core iso_week is year * 100 + week, and the year is the ISO year (that of its Thursday).
#pragma once

#include "core/ids.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace campgate {

inline constexpr int calendar_year_min = 2000;
inline constexpr int calendar_year_max = 2199;

/// The ISO week a day lies in.
iso_week iso_week_of(std::chrono::sys_days day);

/// Monday of an ISO week.
std::chrono::sys_days monday_of(iso_week week);

/// 52 or 53.
std::uint32_t weeks_in_iso_year(int year);

/// Reads "2027-W27". Nothing when it is written otherwise or there is no such week.
std::optional<iso_week> parse_iso_week(std::string_view text);

/// "2027-W27".
std::string to_text(iso_week week);

/// "2027-07-05".
std::string to_text(std::chrono::sys_days day);

/// The ten legal public holidays of Belgium in a year, ascending.
std::vector<std::chrono::sys_days> public_holidays(int year);

/// Whether a day is one of them.
bool is_public_holiday(std::chrono::sys_days day);

/// The same day so many months earlier; a day that month does not have becomes its last one.
std::chrono::sys_days months_before(std::chrono::sys_days day, std::uint32_t months);

}  // namespace campgate
