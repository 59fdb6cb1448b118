// What the baselines answer before the load begins: a season of open weeks, a login for any family,
// and one child that may have any week; and the answers of a hold. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace campgate::bench {

inline constexpr std::string_view holds_path = "/api/v1/holds";
inline constexpr std::string_view live_path = "/api/v1/live";

/// The whole answer to anything but a hold. The cookie of a login is the family's number, and so is
/// its child's.
std::string entrance_answer(std::string_view target, std::string_view cookie, std::string_view body,
                            std::uint32_t weeks);

/// An answer as Campgate writes it, with the same fields. `problem`: of that media type.
std::string answer_text(int status, std::string_view body, bool problem = false);

/// The body of a 201 with these numbers; `hold` has 26 characters.
std::string placed_text(std::uint64_t sequence, std::string_view hold, std::uint32_t week,
                        std::uint64_t child, std::uint32_t seat);

/// The body of a 409 that places nothing.
std::string refused_text(std::uint64_t sequence, std::uint32_t week, std::uint64_t child);

}  // namespace campgate::bench
