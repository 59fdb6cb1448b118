// Small readers of HTTP fields.
#include "server/http_fields.hpp"

#include "server/quality_list.hpp"

namespace campgate::server {

namespace {

/// Takes one entity tag from the front of `field`, without a W/ before it; empty when there is
/// none.
std::string_view take_etag(std::string_view& field) noexcept {
    if (field.starts_with("W/")) field.remove_prefix(2);
    if (!field.starts_with('"')) return {};
    const auto end = field.find('"', 1);
    if (end == std::string_view::npos) return {};
    const std::string_view tag = field.substr(0, end + 1);
    field.remove_prefix(end + 1);
    return tag;
}

}  // namespace

bool etag_matches(std::string_view if_none_match, std::string_view etag) noexcept {
    std::string_view field = trimmed(if_none_match);
    if (field == "*") return !etag.empty();
    if (etag.starts_with("W/")) etag.remove_prefix(2);
    bool found = false;
    while (!field.empty()) {
        const std::string_view tag = take_etag(field);
        if (tag.empty()) return false;
        found = found || tag == etag;
        field = trimmed(field);
        if (field.empty()) break;
        if (field.front() != ',') return false;
        field = trimmed(field.substr(1));
    }
    return found;
}

std::optional<std::string_view> find_cookie(std::string_view field,
                                            std::string_view name) noexcept {
    std::optional<std::string_view> found;
    while (!field.empty()) {
        const auto semicolon = field.find(';');
        const std::string_view pair = trimmed(field.substr(0, semicolon));
        field =
            semicolon == std::string_view::npos ? std::string_view{} : field.substr(semicolon + 1);
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
        std::string_view value = pair.substr(equals + 1);
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
            value = value.substr(1, value.size() - 2);
        if (found && *found != value) return std::nullopt;
        found = value;
    }
    return found;
}

bool is_json_content_type(std::string_view field) noexcept {
    const auto semicolon = field.find(';');
    if (!equal_ignoring_case(trimmed(field.substr(0, semicolon)), "application/json")) return false;
    if (semicolon == std::string_view::npos) return true;
    const std::string_view parameter = trimmed(field.substr(semicolon + 1));
    return parameter.empty() || equal_ignoring_case(parameter, "charset=utf-8") ||
           equal_ignoring_case(parameter, "charset=\"utf-8\"");
}

bool list_names(std::string_view field, std::string_view token) noexcept {
    while (!field.empty()) {
        const auto comma = field.find(',');
        if (equal_ignoring_case(trimmed(field.substr(0, comma)), token)) return true;
        if (comma == std::string_view::npos) return false;
        field.remove_prefix(comma + 1);
    }
    return false;
}

}  // namespace campgate::server
