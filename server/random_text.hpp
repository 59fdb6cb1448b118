// Values that nobody can guess. Thread safety: any thread.
#pragma once

#include <sodium.h>
#include <array>
#include <string>

namespace campgate::server {

/// 128 random bits as 32 hex digits.
inline std::string random_hex() {
    std::array<unsigned char, 16> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    std::array<char, 2 * bytes.size() + 1> text{};
    sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
    return text.data();
}

}  // namespace campgate::server
