#include "server/oidc/provider_facts.hpp"

#include "server/json_reader.hpp"
#include "server/oidc/id_token.hpp"
#include "server/oidc/web_address.hpp"

#include <algorithm>

namespace campgate::server {

namespace json = boost::json;

namespace {

// Does a list of texts hold this one? `absent` when there is no list.
bool lists(const json::object& o, std::string_view name, std::string_view wanted, bool absent) {
    const json::value* found = o.if_contains(json::string_view{name.data(), name.size()});
    if (found == nullptr) return absent;
    if (!found->is_array()) return false;
    return std::ranges::any_of(found->get_array(), [wanted](const json::value& each) {
        return each.is_string() &&
               each.get_string() == json::string_view{wanted.data(), wanted.size()};
    });
}

}  // namespace

std::string discovery_address(std::string_view issuer) {
    if (issuer.ends_with('/')) issuer.remove_suffix(1);
    return std::string{issuer} + "/.well-known/openid-configuration";
}

std::optional<provider_facts> provider_facts::parse(std::string_view text,
                                                    std::string_view issuer) {
    json_document document{text};
    if (document.faults().first() || !document.root().is_object()) return std::nullopt;
    const json::object& o = document.root().get_object();
    provider_facts facts;
    facts.issuer = text_claim(o, "issuer");
    if (facts.issuer != issuer) return std::nullopt;
    facts.authorization_endpoint = text_claim(o, "authorization_endpoint");
    facts.token_endpoint = text_claim(o, "token_endpoint");
    facts.jwks_uri = text_claim(o, "jwks_uri");
    facts.userinfo_endpoint = text_claim(o, "userinfo_endpoint");
    facts.end_session_endpoint = text_claim(o, "end_session_endpoint");
    for (const std::string* needed :
         {&facts.authorization_endpoint, &facts.token_endpoint, &facts.jwks_uri}) {
        if (!is_safe_url(*needed)) return std::nullopt;
    }
    for (const std::string* other : {&facts.userinfo_endpoint, &facts.end_session_endpoint}) {
        if (!other->empty() && !is_safe_url(*other)) return std::nullopt;
    }
    constexpr std::string_view methods{"token_endpoint_auth_methods_supported"};
    facts.secret_in_form = !lists(o, methods, "client_secret_basic", true) &&
                           lists(o, methods, "client_secret_post", false);
    const json::value* iss = o.if_contains("authorization_response_iss_parameter_supported");
    facts.says_who_answers = iss != nullptr && iss->is_bool() && iss->get_bool();
    return facts;
}

}  // namespace campgate::server
