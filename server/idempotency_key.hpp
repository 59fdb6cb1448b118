// The two 128-bit values that make a repeated request recognisable: its key and its body's hash
// (DESIGN §3, Idempotency). Thread safety: any thread.
#pragma once

#include "core/ids.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace campgate::server {

/// The longest Idempotency-Key, in characters.
inline constexpr std::size_t idempotency_key_length_max = 64;

/// A UUID becomes its own 128 bits, whatever its case; other keys of 1 to 64 characters of
/// [A-Za-z0-9_-] are hashed, in a version that no UUID in use has. Nothing for all else.
std::optional<bits128> parse_idempotency_key(std::string_view field) noexcept;

/// Of the bytes as received: the same request sent again has the same bytes.
bits128 body_hash(std::string_view body) noexcept;

}  // namespace campgate::server
