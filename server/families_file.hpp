// The list of families that the organiser bills already (S10): CSV to families,
// or every fault of it with its line and column (docs/formats.md). Holds names
// and national numbers: never logged, and no fault repeats a value. Pure; any
// thread.
#pragma once

#include "core/season.hpp"
#include "persistence/family_store.hpp"
#include "server/file_fault.hpp"

#include <string_view>
#include <variant>
#include <vector>

namespace campgate::server {

inline constexpr std::size_t families_file_bytes_max = 16 * 1024 * 1024;
inline constexpr std::size_t families_file_rows_max = 50'000;

/// One parent of the list with its children, without ids.
struct listed_family {
    parent_row parent;
    std::vector<child_row> children;
};

/// In the order of the file; the lines of one parent need not follow each
/// other. `s`: whose sites and school years are known; without a season any
/// are.
std::variant<std::vector<listed_family>, std::vector<file_fault>> parse_families(
    std::string_view csv, std::string_view file_name, const season* s);

}  // namespace campgate::server
