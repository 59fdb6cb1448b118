#include "server/oidc/web_address.hpp"

#include "server/ip_address.hpp"
#include "server/query_string.hpp"

#include <sodium.h>

#include <algorithm>

namespace campgate::server {

namespace {

constexpr std::size_t url_length_max = 2048;
constexpr std::size_t own_path_length_max = 512;

bool is_visible_ascii(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

bool is_unreserved(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"-._~"}.find(c) != std::string_view::npos;
}

}  // namespace

bool is_loopback_host(std::string_view authority) noexcept {
    std::string_view host = authority;
    if (host.starts_with('[')) {
        const auto end = host.find(']');
        if (end == std::string_view::npos) return false;
        const std::string_view port = host.substr(end + 1);
        if (!port.empty() && !port.starts_with(':')) return false;
        if (!port.empty() && !parse_unsigned(port.substr(1), 1, 65'535)) return false;
        host = host.substr(1, end - 1);
    } else if (const auto colon = host.find(':'); colon != std::string_view::npos) {
        if (!parse_unsigned(host.substr(colon + 1), 1, 65'535)) return false;
        host = host.substr(0, colon);
    }
    if (host == "localhost") return true;
    const auto address = parse_ip_address(host);
    return address && address->is_loopback();
}

bool is_safe_url(std::string_view text) noexcept {
    constexpr std::string_view https{"https://"};
    constexpr std::string_view http{"http://"};
    if (text.size() > url_length_max || !is_visible_ascii(text)) return false;
    if (text.find_first_of("\\#\"<>") != std::string_view::npos) return false;
    const bool open = text.starts_with(http);
    if (!open && !text.starts_with(https)) return false;
    const std::string_view rest = text.substr(open ? http.size() : https.size());
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
    if (authority.empty() || authority.find('@') != std::string_view::npos) return false;
    return !open || is_loopback_host(authority);
}

bool is_own_path(std::string_view text) noexcept {
    if (text.empty() || text.size() > own_path_length_max || text.front() != '/') return false;
    if (!is_visible_ascii(text) || text.find_first_of("\\\"<>^`{|}") != std::string_view::npos)
        return false;
    const std::string_view path = text.substr(0, text.find_first_of("?#"));
    // Some readers undo percent encoding before they look for slashes, backslashes and dots.
    const auto decoded = percent_decoded(path);
    if (!decoded || decoded->find("//") != std::string::npos ||
        decoded->find('\\') != std::string::npos || decoded->find("/.") != std::string::npos)
        return false;
    const std::string_view first = std::string_view{*decoded}.substr(0, decoded->find('/', 1));
    return first != "/login" && !decoded->starts_with("/demo/identity");
}

std::string url_encoded(std::string_view text) {
    constexpr std::string_view digits{"0123456789ABCDEF"};
    std::string made;
    made.reserve(text.size());
    for (const char c : text) {
        if (is_unreserved(c)) {
            made += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        made += '%';
        made += digits[byte >> 4];
        made += digits[byte & 0x0fU];
    }
    return made;
}

std::string form_text(url_parameters parameters) {
    std::string made;
    for (const auto& [name, value] : parameters) {
        if (value.empty()) continue;
        if (!made.empty()) made += '&';
        made.append(url_encoded(name)).append("=").append(url_encoded(value));
    }
    return made;
}

std::string with_parameters(std::string_view url, url_parameters parameters) {
    std::string made{url};
    const std::string added = form_text(parameters);
    if (added.empty()) return made;
    if (url.find('?') == std::string_view::npos)
        made += '?';
    else if (!url.ends_with('?') && !url.ends_with('&'))
        made += '&';
    return made += added;
}

std::string base64url(std::string_view bytes) {
    constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::string text(sodium_base64_ENCODED_LEN(bytes.size(), variant), '\0');
    sodium_bin2base64(text.data(), text.size(),
                      reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), variant);
    text.pop_back();  // the terminator
    return text;
}

}  // namespace campgate::server
