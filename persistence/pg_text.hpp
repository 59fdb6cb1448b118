// Numbers, uuids and arrays in PostgreSQL's text form, written and read without a locale. Array
// literals are made of digits, hex and NULL only, so nothing in them is ever quoted.
// Thread safety: no state.
#pragma once

#include "core/ids.hpp"

#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace campgate {

std::string uuid_text(bits128 id);  ///< 8-4-4-4-12 lower-case digits
std::optional<bits128> uuid_of(std::string_view text) noexcept;
void append_hex(std::string& to, std::string_view bytes);
/// As a parameter of type bytea: `\x` and the hex digits.
std::string bytea_text(std::string_view bytes);
/// The bytes of bytea's own output form, `\x…`, or of bare hex digits; nothing if it is neither.
std::optional<std::string> bytes_of_hex(std::string_view text);

/// A whole decimal number that fits T, or nothing.
template <std::integral T>
std::optional<T> number_of(std::string_view text) noexcept {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// Bigint has no unsigned sibling: 64 bits keep their pattern (digests), ids stay below 2^63.
constexpr std::int64_t as_bigint(std::uint64_t value) noexcept {
    return static_cast<std::int64_t>(value);
}
constexpr std::int64_t as_bigint(instant at) noexcept {
    return at.time_since_epoch().count();
}
/// As a parameter of type bigint.
inline std::string bigint_text(std::uint64_t value) {
    return std::to_string(as_bigint(value));
}
inline std::string bigint_text(instant at) {
    return std::to_string(as_bigint(at));
}
constexpr instant instant_of(std::int64_t microseconds) noexcept {
    return instant{std::chrono::microseconds{microseconds}};
}

/// Builds `{1,2,NULL}`.
class array_text {
public:
    array_text() { clear(); }
    void clear() {
        text_.assign(1, '{');
        closed_ = false;
    }
    array_text& number(std::int64_t value) {
        char digits[24];
        const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
        next().append(digits, end);
        (void)error;
        return *this;
    }
    array_text& number(std::uint64_t value) { return number(as_bigint(value)); }
    array_text& number(std::uint32_t value) { return number(std::int64_t{value}); }
    array_text& time(instant at) { return number(as_bigint(at)); }
    array_text& uuid(bits128 id) {
        next() += uuid_text(id);
        return *this;
    }
    array_text& hex(std::string_view bytes) {
        // An empty element would not be a string, but a fault: quotes are harmless around hex.
        next() += '"';
        append_hex(text_, bytes);
        text_ += '"';
        return *this;
    }
    array_text& null() {
        next() += "NULL";
        return *this;
    }
    const std::string& done() {
        if (!closed_) text_ += '}';
        closed_ = true;
        return text_;
    }

private:
    std::string& next() {
        if (text_.size() > 1) text_ += ',';
        return text_;
    }
    std::string text_;
    bool closed_ = false;
};

}  // namespace campgate
