// The lists, and the policy's one variable part.
#include "server/security_headers.hpp"

#include <algorithm>
#include <array>

namespace campgate::server {

namespace {

constexpr std::array fields{
    // First, so that the others are a suffix of the list.
    header_field{"Strict-Transport-Security", "max-age=31536000"},
    header_field{"X-Content-Type-Options", "nosniff"},
    header_field{"X-Frame-Options", "DENY"},
    header_field{"Referrer-Policy", "same-origin"},
    header_field{"Cross-Origin-Opener-Policy", "same-origin"},
    header_field{"Cross-Origin-Resource-Policy", "same-origin"},
    header_field{"Permissions-Policy",
                 "camera=(), microphone=(), geolocation=(), payment=(), usb=(), "
                 "browsing-topics=()"},
};

constexpr std::size_t host_length_max = 255;

bool is_plain_host(std::string_view host) noexcept {
    if (host.empty() || host.size() > host_length_max) return false;
    return std::ranges::all_of(host, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
    });
}

}  // namespace

std::span<const header_field> security_headers(bool https) noexcept {
    return std::span{fields}.subspan(https ? 0 : 1);
}

std::string content_security_policy(bool https, std::string_view host) {
    std::string policy = "default-src 'self'; connect-src 'self'";
    if (is_plain_host(host)) policy.append(https ? " wss://" : " ws://").append(host);
    policy += "; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
    return policy;
}

}  // namespace campgate::server
