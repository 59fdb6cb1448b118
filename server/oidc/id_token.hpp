// What a verified token says, checked against the login that it is for (OpenID Connect Core 1.0
// §3.1.3.7). Pure; time is an argument. Thread safety: any thread.
#pragma once

#include "core/ids.hpp"
#include "server/oidc/token_fault.hpp"
#include "server/result.hpp"

#include <boost/json/object.hpp>

#include <span>
#include <string>
#include <string_view>

namespace campgate::server {

/// Clocks of two machines differ; a token that is older than a login may take is none of ours.
inline constexpr std::chrono::seconds token_skew{60};
inline constexpr std::chrono::minutes token_age_max{10};

struct token_expectation {
    std::string_view issuer;
    std::string_view client_id;
    std::string_view nonce;
    std::span<const std::string> acr_values;  ///< empty: any
    instant now;
};

/// The claims of an ID token, by the payload that its signature covers.
result<boost::json::object, token_fault> check_id_token(std::string_view payload,
                                                        const token_expectation& expected);

/// The claims of a signed userinfo answer (§5.3.2); `subject` is the ID token's.
result<boost::json::object, token_fault> check_userinfo_token(std::string_view payload,
                                                              const token_expectation& expected,
                                                              std::string_view subject);

/// A string member, or "" when there is none.
std::string_view text_claim(const boost::json::object& claims, std::string_view name) noexcept;

}  // namespace campgate::server
