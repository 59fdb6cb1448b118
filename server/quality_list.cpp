// Weighted lists; nothing is allocated.
#include "server/quality_list.hpp"

namespace campgate::server {

namespace {

constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

/// "0", "0.25", "1.000"; -1 for anything else (RFC 9110 §12.4.2).
int parse_weight(std::string_view text) noexcept {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return -1;
    int weight = (text[0] - '0') * 1000;
    if (text.size() == 1) return weight;
    if (text[1] != '.') return -1;
    int unit = 100;
    for (const char c : text.substr(2)) {
        if (!is_digit(c)) return -1;
        weight += (c - '0') * unit;
        unit /= 10;
    }
    return weight <= 1000 ? weight : -1;
}

bool is_token(std::string_view text) noexcept {
    if (text.empty()) return false;
    for (const char c : text) {
        const bool alphanumeric = is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z');
        if (!alphanumeric && std::string_view{"!#$%&'*+-.^_`|~"}.find(c) == std::string_view::npos)
            return false;
    }
    return true;
}

}  // namespace

quality_list::quality_list(std::string_view field) noexcept {
    while (!field.empty() && size_ < items_max) {
        const auto comma = field.find(',');
        const std::string_view item = field.substr(0, comma);
        field = comma == std::string_view::npos ? std::string_view{} : field.substr(comma + 1);

        const auto semicolon = item.find(';');
        quality_item read{trimmed(item.substr(0, semicolon)), 1000};
        if (semicolon != std::string_view::npos) {
            const std::string_view parameter = trimmed(item.substr(semicolon + 1));
            if (parameter.size() < 3 || lower(parameter[0]) != 'q' || parameter[1] != '=') continue;
            read.weight = parse_weight(parameter.substr(2));
        }
        if (read.weight >= 0 && is_token(read.token)) items_[size_++] = read;
    }
}

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (lower(a[i]) != lower(b[i])) return false;
    }
    return true;
}

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

}  // namespace campgate::server
