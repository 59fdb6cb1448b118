// The headers that keep a browser from being turned against its user: one list for every answer.
// Thread safety: any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace campgate::server {

struct header_field {
    std::string_view name;
    std::string_view value;
};

/// All but Content-Security-Policy. Strict-Transport-Security only over https: over plain http
/// browsers ignore it, and in the demo it would be a lie.
std::span<const header_field> security_headers(bool https) noexcept;

/// Everything from ourselves, nothing inline, framed by nobody. Older browsers do not count the
/// WebSocket of our own host as 'self', so it is named when `host` (the Host field) is a plain
/// host with an optional port; any other text is left out.
std::string content_security_policy(bool https, std::string_view host);

}  // namespace campgate::server
