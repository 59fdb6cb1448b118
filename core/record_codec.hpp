// The bytes of a record in the journal: little-endian, a leading format byte, strict when read.
// Thread safety: any thread; no state.
#pragma once

#include "core/batch.hpp"
#include "core/record.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace campgate {

/// The journal's form of a record.
encoded_record encode(const record& r);

/// The record of a journal row, or nothing if the bytes are not exactly one record of that kind.
std::optional<record> decode(const encoded_record& e);

std::string encode_season(const season& s);
std::optional<season> decode_season(std::string_view bytes);

}  // namespace campgate
