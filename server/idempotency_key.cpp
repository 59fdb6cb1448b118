// Keys and body hashes, by libsodium.
#include "server/idempotency_key.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace campgate::server {

namespace {

constexpr std::uint64_t version_bits = 0xf000;  // of a UUID, in the low half of its high word

bits128 hash(std::string_view domain, std::string_view text) noexcept {
    std::array<unsigned char, 16> bytes{};
    crypto_generichash(bytes.data(), bytes.size(),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                       reinterpret_cast<const unsigned char*>(domain.data()), domain.size());
    bits128 made;
    for (std::size_t i = 0; i < 8; ++i) {
        made.high = made.high << 8 | bytes[i];
        made.low = made.low << 8 | bytes[i + 8];
    }
    return made;
}

int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// 8-4-4-4-12 hexadecimal digits (RFC 9562 §4).
std::optional<bits128> parse_uuid(std::string_view text) noexcept {
    if (text.size() != 36) return std::nullopt;
    bits128 read;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash && text[i] != '-') return std::nullopt;
        if (dash) continue;
        const int digit = hex_value(text[i]);
        if (digit < 0) return std::nullopt;
        read.high = read.high << 4 | read.low >> 60;
        read.low = read.low << 4 | static_cast<std::uint64_t>(digit);
    }
    return read;
}

bool is_key_character(char c) noexcept {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

}  // namespace

std::optional<bits128> parse_idempotency_key(std::string_view field) noexcept {
    if (field.empty() || field.size() > idempotency_key_length_max) return std::nullopt;
    if (!std::ranges::all_of(field, is_key_character)) return std::nullopt;
    if (const auto uuid = parse_uuid(field)) return uuid;
    bits128 key = hash("campgate idempotency key", field);
    // Version 15 is no UUID's (RFC 9562 §4.2), except of the all-ones one.
    key.high |= version_bits;
    return key;
}

bits128 body_hash(std::string_view body) noexcept {
    return hash("campgate request body", body);
}

}  // namespace campgate::server
