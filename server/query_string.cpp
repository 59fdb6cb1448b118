// Percent decoding and the strict query.
#include "server/query_string.hpp"

#include <algorithm>
#include <array>

namespace campgate::server {

namespace {

int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::optional<std::uint64_t> parse_unsigned(std::string_view text, std::uint64_t least,
                                            std::uint64_t most) noexcept {
    if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
    std::uint64_t read = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (read > (most - std::min(digit, most)) / 10 || digit > most) return std::nullopt;
        read = read * 10 + digit;
    }
    return read >= least ? std::optional{read} : std::nullopt;
}

bool is_utf8(std::string_view text) noexcept {
    std::size_t i = 0;
    while (i < text.size()) {
        const auto lead = static_cast<unsigned char>(text[i]);
        std::size_t length = 0;
        std::uint32_t point = 0;
        std::uint32_t least = 0;
        if (lead < 0x80) {
            ++i;
            continue;
        }
        if (lead >> 5 == 0x06) {
            length = 2;
            point = lead & 0x1fU;
            least = 0x80;
        } else if (lead >> 4 == 0x0e) {
            length = 3;
            point = lead & 0x0fU;
            least = 0x800;
        } else if (lead >> 3 == 0x1e) {
            length = 4;
            point = lead & 0x07U;
            least = 0x10000;
        } else
            return false;
        if (text.size() - i < length) return false;
        for (std::size_t k = 1; k < length; ++k) {
            const auto next = static_cast<unsigned char>(text[i + k]);
            if (next >> 6 != 0x02) return false;
            point = point << 6 | (next & 0x3fU);
        }
        if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return false;
        i += length;
    }
    return true;
}

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            if (text.size() - i < 3) return std::nullopt;
            const int high = hex_value(text[i + 1]);
            const int low = hex_value(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            c = static_cast<char>(high << 4 | low);
            i += 2;
        }
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) return std::nullopt;
        decoded += c;
    }
    if (!is_utf8(decoded)) return std::nullopt;
    return decoded;
}

result<query_string, query_fault> query_string::parse(
    std::string_view text, std::initializer_list<std::string_view> known) {
    return read(text, known, false);
}

result<query_string, query_fault> query_string::parse_foreign(
    std::string_view text, std::initializer_list<std::string_view> known) {
    return read(text, known, true);
}

result<query_string, query_fault> query_string::read(std::string_view text,
                                                     std::initializer_list<std::string_view> known,
                                                     bool others_allowed) {
    query_string made;
    bool more = !text.empty();
    while (more) {
        const auto ampersand = text.find('&');
        const std::string_view pair = text.substr(0, ampersand);
        more = ampersand != std::string_view::npos;
        if (more) text.remove_prefix(ampersand + 1);

        const auto equals = pair.find('=');
        auto name = percent_decoded(pair.substr(0, equals));
        const bool is_known =
            name && std::ranges::find(known, std::string_view{*name}) != known.end();
        if (!is_known && others_allowed) continue;
        if (!name || name->empty()) return query_fault{};
        if (!is_known || equals == std::string_view::npos || made.find(*name) ||
            made.parameters_.size() == parameters_max)
            return query_fault{std::move(*name)};
        auto value = percent_decoded(pair.substr(equals + 1));
        if (!value) return query_fault{std::move(*name)};
        made.parameters_.push_back({std::move(*name), std::move(*value)});
    }
    return made;
}

std::optional<std::string_view> query_string::find(std::string_view name) const noexcept {
    for (const parameter& each : parameters_) {
        if (each.name == name) return each.value;
    }
    return std::nullopt;
}

}  // namespace campgate::server
