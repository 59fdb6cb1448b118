// Whole numbers as decimal text, appended without a locale or a temporary. Any thread.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>

namespace campgate::server {

inline void append_number(std::string& out, std::uint64_t value) {
    char digits[20];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

}  // namespace campgate::server
