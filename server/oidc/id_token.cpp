#include "server/oidc/id_token.hpp"

#include "server/json_reader.hpp"

#include <algorithm>
#include <optional>

namespace campgate::server {

namespace json = boost::json;

namespace {

constexpr std::size_t subject_length_max = 255;  // OpenID Connect Core §2

const json::value* member(const json::object& o, std::string_view name) noexcept {
    return o.if_contains(json::string_view{name.data(), name.size()});
}

// NumericDate (RFC 7519 §2), whole seconds or not, within the years that an instant has.
std::optional<instant> time_claim(const json::object& claims, std::string_view name) {
    constexpr double most = 253'402'300'799.0;  // the end of 9999
    const json::value* found = member(claims, name);
    if (found == nullptr || !found->is_number()) return std::nullopt;
    const double seconds = found->to_number<double>();
    if (!(seconds >= 0 && seconds <= most)) return std::nullopt;
    return instant{std::chrono::seconds{static_cast<std::int64_t>(seconds)}};
}

std::optional<json::object> object_of(std::string_view payload) {
    json_document document{payload};
    if (document.faults().first() || !document.root().is_object()) return std::nullopt;
    return json::object{document.root().get_object(), json::storage_ptr{}};
}

// One audience or several; of several, we must be the party that asked.
std::optional<token_fault> audience_fault(const json::object& claims, std::string_view client) {
    const json::value* audience = member(claims, "aud");
    if (audience == nullptr) return token_fault::audience;
    bool ours = false;
    std::size_t count = 1;
    if (audience->is_string()) {
        ours = text_claim(claims, "aud") == client;
    } else if (audience->is_array()) {
        count = audience->get_array().size();
        ours = std::ranges::any_of(audience->get_array(), [&](const json::value& each) {
            return each.is_string() &&
                   each.get_string() == json::string_view{client.data(), client.size()};
        });
    }
    if (!ours) return token_fault::audience;
    const bool named = member(claims, "azp") != nullptr;
    if ((named || count > 1) && text_claim(claims, "azp") != client) return token_fault::party;
    return std::nullopt;
}

}  // namespace

std::string_view text_claim(const json::object& claims, std::string_view name) noexcept {
    const json::value* found = member(claims, name);
    if (found == nullptr || !found->is_string()) return {};
    return {found->get_string().data(), found->get_string().size()};
}

result<json::object, token_fault> check_id_token(std::string_view payload,
                                                 const token_expectation& expected) {
    auto claims = object_of(payload);
    if (!claims) return token_fault::malformed;
    if (text_claim(*claims, "iss") != expected.issuer) return token_fault::issuer;
    if (const auto fault = audience_fault(*claims, expected.client_id)) return *fault;

    const auto expires = time_claim(*claims, "exp");
    const auto issued = time_claim(*claims, "iat");
    if (!expires || !issued) return token_fault::malformed;
    if (expected.now >= *expires + token_skew) return token_fault::expired;
    if (expected.now - token_age_max - token_skew > *issued) return token_fault::expired;
    if (*issued > expected.now + token_skew) return token_fault::not_yet_valid;
    if (member(*claims, "nbf") != nullptr) {
        const auto from = time_claim(*claims, "nbf");
        if (!from) return token_fault::malformed;
        if (*from > expected.now + token_skew) return token_fault::not_yet_valid;
    }

    if (expected.nonce.empty() || text_claim(*claims, "nonce") != expected.nonce)
        return token_fault::nonce;
    const std::string_view subject = text_claim(*claims, "sub");
    if (subject.empty() || subject.size() > subject_length_max) return token_fault::subject;
    if (!expected.acr_values.empty() &&
        std::ranges::find(expected.acr_values, text_claim(*claims, "acr")) ==
            expected.acr_values.end())
        return token_fault::assurance;
    return *std::move(claims);
}

result<json::object, token_fault> check_userinfo_token(std::string_view payload,
                                                       const token_expectation& expected,
                                                       std::string_view subject) {
    auto claims = object_of(payload);
    if (!claims) return token_fault::malformed;
    if (text_claim(*claims, "iss") != expected.issuer) return token_fault::issuer;
    if (const auto fault = audience_fault(*claims, expected.client_id)) return *fault;
    if (member(*claims, "exp") != nullptr) {
        const auto expires = time_claim(*claims, "exp");
        if (!expires) return token_fault::malformed;
        if (expected.now >= *expires + token_skew) return token_fault::expired;
    }
    if (text_claim(*claims, "sub") != subject) return token_fault::subject;
    return *std::move(claims);
}

}  // namespace campgate::server
