// The season file: TOML that an organiser writes (docs/formats.md) to a season, or every fault of
// it. Pure but for the tz database; any thread. A draft has no ids of its own: a camp's id is its
// index + 1, weeks have id 0 and name their camp by that draft id; the engine gives the real ones.
#pragma once

#include "core/season.hpp"
#include "server/file_fault.hpp"
#include "server/sale_rules_file.hpp"

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

namespace campgate {

using season_fault = file_fault;

inline constexpr std::int64_t season_file_format = 1;
inline constexpr std::size_t season_file_bytes_max = 1024 * 1024;

// Limits of what a file may say; those of core/season.hpp and of how it sells hold as well.
inline constexpr std::size_t code_chars_max = 32;
inline constexpr std::size_t name_chars_max = 80;
inline constexpr std::size_t description_chars_max = 1'000;
inline constexpr std::size_t place_chars_max = 120;
inline constexpr std::size_t address_chars_max = 200;
inline constexpr std::size_t email_chars_max = 254;
inline constexpr std::size_t postcodes_max = 100;
inline constexpr std::size_t closed_days_max = 100;
inline constexpr std::int64_t age_months_max = 240;
inline constexpr std::int64_t weeks_per_child_max = 53;
inline constexpr std::int64_t holds_per_family_max = 1'000;
inline constexpr std::int64_t sheet_validity_months_max = 120;
inline constexpr std::int64_t residence_cutoff_days_max = 365;
inline constexpr std::size_t school_year_chars_max = 8;
inline constexpr std::size_t weeks_per_camp_max = 53;
inline constexpr std::size_t days_per_week_max = 5;
static_assert(weeks_per_camp_max < season_weeks_max);

/// The draft season of a file, its camps in the file's order and its weeks by camp and ISO week; or
/// its faults by line, at least one and at most file_faults_max. `file_name` is for the faults.
std::variant<season, std::vector<season_fault>> parse_season(std::string_view toml_text,
                                                             std::string_view file_name);

}  // namespace campgate
