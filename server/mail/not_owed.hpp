// Why a mail that a record owed is not written any more. Values only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace campgate::server {

enum class not_owed : std::uint8_t {
    family_erased,
    nothing_left,     ///< all of it was paid or given back meanwhile
    deadline_passed,  ///< a reminder that would come too late
};
inline constexpr std::size_t not_owed_reasons =
    static_cast<std::size_t>(not_owed::deadline_passed) + 1;

/// As in metrics, e.g. "nothing_left".
std::string_view name_of(not_owed why) noexcept;

}  // namespace campgate::server
