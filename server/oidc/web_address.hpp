// Addresses that a login meets: where a browser may be sent, whom we may ask, and texts put into
// queries. Pure. Thread safety: any thread.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace campgate::server {

/// "127.0.0.1", "[::1]" or "localhost", with or without a port: nobody is in between there.
bool is_loopback_host(std::string_view authority) noexcept;

/// https, or http to a loopback host; without user, control characters, spaces and a fragment.
bool is_safe_url(std::string_view text) noexcept;

/// May a browser go there after a login? A path of our own, with a query and a fragment if need be:
/// never another host, whatever browsers make of slashes, backslashes and dots; and never back into
/// a login.
bool is_own_path(std::string_view text) noexcept;

/// Percent-encoded but for letters, digits and "-._~" (RFC 3986 §2.3).
std::string url_encoded(std::string_view text);

using url_parameters = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// "a=b&c=d", encoded; parameters without a value are left out.
std::string form_text(url_parameters parameters);

/// The address with these parameters behind those that it has.
std::string with_parameters(std::string_view url, url_parameters parameters);

/// RFC 4648 §5, without padding.
std::string base64url(std::string_view bytes);

}  // namespace campgate::server
