// Instants and durations as text, at the edges. Everything inside is UTC microseconds.
// Thread safety: any thread.
#pragma once

#include "core/ids.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace campgate::server {

/// "2027-06-01T10:00:00Z", with ".ffffff" before the Z only when there is a fraction (RFC 3339).
/// Years 0001 to 9999.
std::string rfc3339(instant at);

/// "2019-05-02".
std::string day_text(std::chrono::sys_days day);

/// The day that has begun somewhere in the organiser's country: what is of today there is not in
/// the future.
std::chrono::sys_days today_of(instant now);

/// Any RFC 3339 instant, with Z or an offset; digits past the microsecond are cut. Leap seconds and
/// dates that do not exist are refused.
std::optional<instant> parse_rfc3339(std::string_view text) noexcept;

/// "Tue, 01 Jun 2027 10:00:00 GMT" (RFC 9110 §5.6.7).
std::string http_date(instant at);

/// A whole number and a unit: ms, s, m, h, d or w, e.g. "250ms", "30s", "2m", "3d". Nothing for
/// other text, signs, fractions, and more than a hundred years.
std::optional<std::chrono::microseconds> parse_duration(std::string_view text) noexcept;

/// In the largest unit that is exact; sub-millisecond parts are cut.
std::string duration_text(std::chrono::microseconds duration);

}  // namespace campgate::server
