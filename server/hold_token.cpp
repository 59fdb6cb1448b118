#include "server/hold_token.hpp"

#include <sodium.h>
#include <cstring>

namespace campgate::server {

namespace {

constexpr std::string_view digits = "0123456789abcdefghjkmnpqrstvwxyz";  // no i, l, o, u
constexpr std::size_t half_chars = 13;  // 64 bits, five a character

void append(std::string& out, std::uint64_t value) {
    for (std::size_t i = half_chars; i-- > 0;) out.push_back(digits[(value >> (5 * i)) & 31]);
}

std::optional<std::uint64_t> read(std::string_view text) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto digit = digits.find(text[i]);
        if (digit == std::string_view::npos || (i == 0 && digit > 15)) return std::nullopt;
        value = (value << 5) | digit;
    }
    return value;
}

}  // namespace

std::string hold_tokens::token_of(hold_id hold, family_id family) const {
    std::string out;
    out.reserve(2 * half_chars);
    // The id is masked by its tag, so that a token does not tell how many holds there are.
    const std::uint64_t t = tag(hold, family);
    append(out, t);
    append(out, hold.value ^ mix64(t));
    return out;
}

std::optional<hold_id> hold_tokens::hold_of(std::string_view token, family_id family) const {
    if (token.size() != 2 * half_chars) return std::nullopt;
    const auto t = read(token.substr(0, half_chars));
    const auto masked = read(token.substr(half_chars));
    if (!t || !masked) return std::nullopt;
    const hold_id hold{*masked ^ mix64(*t)};
    const std::uint64_t right = tag(hold, family);
    if (sodium_memcmp(&right, &*t, sizeof right) != 0) return std::nullopt;
    return hold;
}

std::uint64_t hold_tokens::tag(hold_id hold, family_id family) const {
    const std::array<std::uint64_t, 2> named{hold.value, family.value};
    std::array<unsigned char, 16> hash{};
    crypto_generichash(hash.data(), hash.size(),
                       reinterpret_cast<const unsigned char*>(named.data()), sizeof named,
                       key_.data(), key_.size());
    std::uint64_t out{};
    std::memcpy(&out, hash.data(), sizeof out);
    return out;
}

}  // namespace campgate::server
