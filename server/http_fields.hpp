// Small readers of HTTP fields: validators, cookies, media types. Views point into the arguments.
// Thread safety: any thread.
#pragma once

#include <optional>
#include <string_view>

namespace campgate::server {

/// Does If-None-Match name `etag` (which is quoted, as sent)? Weak comparison (RFC 9110 §13.1.2);
/// "*" matches. A malformed field matches nothing, so the client simply gets the content.
bool etag_matches(std::string_view if_none_match, std::string_view etag) noexcept;

/// The value of a cookie in a Cookie field (RFC 6265 §4.2.1). Nothing when it is absent, malformed,
/// or there twice with different values: two of one name may mean that somebody else set one.
std::optional<std::string_view> find_cookie(std::string_view field, std::string_view name) noexcept;

/// Is this Content-Type application/json, with no parameter but charset=utf-8?
bool is_json_content_type(std::string_view field) noexcept;

/// Does a comma-separated list field (Connection, Sec-WebSocket-Protocol) name this token?
bool list_names(std::string_view field, std::string_view token) noexcept;

}  // namespace campgate::server
