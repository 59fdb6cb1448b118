// What a provider publishes of itself (OpenID Connect Discovery 1.0 §3), as far as we need it.
// Immutable. Thread safety: any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace campgate::server {

struct provider_facts {
    std::string issuer;
    std::string authorization_endpoint;
    std::string token_endpoint;
    std::string jwks_uri;
    std::string userinfo_endpoint;     ///< empty: everything is in the ID token
    std::string end_session_endpoint;  ///< empty: a logout here is all there is
    bool secret_in_form = false;       ///< else by Basic authentication
    bool says_who_answers = false;     ///< `iss` in its answers (RFC 9207)

    /// Nothing when the text is of another issuer, lacks something, or names an address that is not
    /// safe to ask.
    static std::optional<provider_facts> parse(std::string_view text, std::string_view issuer);
};

/// Where they are published.
std::string discovery_address(std::string_view issuer);

}  // namespace campgate::server
