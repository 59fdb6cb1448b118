#include "persistence/pg_text.hpp"

namespace campgate {
namespace {

constexpr char hex_digits[] = "0123456789abcdef";

constexpr int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::string uuid_text(bits128 id) {
    std::string text(36, '-');
    std::size_t at = 0;
    for (int nibble = 0; nibble < 32; ++nibble) {
        if (at == 8 || at == 13 || at == 18 || at == 23) ++at;
        const std::uint64_t half = nibble < 16 ? id.high : id.low;
        text[at++] = hex_digits[(half >> (60 - 4 * (nibble % 16))) & 0xf];
    }
    return text;
}

std::optional<bits128> uuid_of(std::string_view text) noexcept {
    bits128 id;
    int nibbles = 0;
    for (const char c : text) {
        if (c == '-') continue;
        const int value = hex_value(c);
        if (value < 0 || nibbles == 32) return std::nullopt;
        std::uint64_t& half = nibbles < 16 ? id.high : id.low;
        half = half << 4 | static_cast<std::uint64_t>(value);
        ++nibbles;
    }
    if (nibbles != 32) return std::nullopt;
    return id;
}

void append_hex(std::string& to, std::string_view bytes) {
    const std::size_t start = to.size();
    to.resize(start + bytes.size() * 2);
    char* out = to.data() + start;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        *out++ = hex_digits[byte >> 4];
        *out++ = hex_digits[byte & 0xf];
    }
}

std::string bytea_text(std::string_view bytes) {
    std::string text = "\\x";
    append_hex(text, bytes);
    return text;
}

std::optional<std::string> bytes_of_hex(std::string_view text) {
    if (text.starts_with("\\x")) text.remove_prefix(2);
    if (text.size() % 2 != 0) return std::nullopt;
    std::string bytes(text.size() / 2, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const int high = hex_value(text[2 * i]);
        const int low = hex_value(text[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes[i] = static_cast<char>(high << 4 | low);
    }
    return bytes;
}

}  // namespace campgate
