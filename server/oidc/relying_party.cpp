#include "server/oidc/relying_party.hpp"

#include "server/json_reader.hpp"
#include "server/oidc/id_token.hpp"
#include "server/oidc/web_address.hpp"

#include <algorithm>

namespace campgate::server {

namespace json = boost::json;

namespace {

constexpr std::size_t code_length_max = 2048;
constexpr std::size_t name_length_max = 100;
constexpr std::size_t niss_digits = 11;
constexpr int status_ok = 200;
constexpr int status_client_error = 400;
constexpr int status_server_error = 500;

std::string joined(const std::vector<std::string>& words) {
    std::string made;
    for (const std::string& word : words) {
        if (!made.empty()) made += ' ';
        made += word;
    }
    return made;
}

std::optional<json::object> object_of(std::string_view text) {
    json_document document{text};
    if (document.faults().first() || !document.root().is_object()) return std::nullopt;
    return json::object{document.root().get_object(), json::storage_ptr{}};
}

// "85.07.30-033.28" and "85073003328" are one.
std::string digits_of(std::string_view text) {
    std::string digits;
    for (const char c : text) {
        if (c >= '0' && c <= '9')
            digits += c;
        else if (c != '.' && c != '-' && c != ' ')
            return {};
    }
    return digits;
}

bool is_name(std::string_view text) noexcept {
    return !text.empty() && text.size() <= name_length_max &&
           std::ranges::none_of(
               text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// A claim with this value, or a list that has it.
bool has_value(const json::object& claims, std::string_view name, std::string_view value) {
    const json::string_view wanted{value.data(), value.size()};
    const json::value* found = claims.if_contains(json::string_view{name.data(), name.size()});
    if (found == nullptr) return false;
    if (found->is_string()) return found->get_string() == wanted;
    return found->is_array() &&
           std::ranges::any_of(found->get_array(), [wanted](const json::value& each) {
               return each.is_string() && each.get_string() == wanted;
           });
}

}  // namespace

std::string_view name_of(login_error error) noexcept {
    switch (error) {
        case login_error::cancelled: return "cancelled";
        case login_error::provider: return "provider";
        case login_error::identity: return "identity";
        case login_error::expired: return "expired";
        case login_error::refused: return "refused";
    }
    return {};
}

relying_party::relying_party(relying_party_options options, std::unique_ptr<web_client> client,
                             std::function<steady::time_point()> now, note say)
    : options_(std::move(options)),
      client_(std::move(client)),
      now_(std::move(now)),
      say_(std::move(say)) {
}

login_error relying_party::fail(login_error how, std::string_view event,
                                std::string_view what) const {
    say_(event, what);
    return how;
}

// ---- what the provider says of itself ----------------------------------------------------------

std::shared_ptr<const provider_facts> relying_party::known() const {
    const std::lock_guard lock{facts_mutex_};
    return facts_ && now_() < facts_fetched_ + facts_lifetime ? facts_ : nullptr;
}

// One asks; whoever comes meanwhile waits for its answer, and for a while nobody asks again.
std::shared_ptr<const provider_facts> relying_party::discover() {
    if (auto facts = known()) return facts;
    const std::lock_guard asking{discovery_mutex_};
    if (auto facts = known()) return facts;
    const bool paused = undiscovered_ && now_() < *undiscovered_ + retry_pause;
    std::optional<provider_facts> read;
    if (!paused) {
        const auto answer = client_->ask({.url = discovery_address(options_.issuer)});
        if (answer && answer->status == status_ok)
            read = provider_facts::parse(answer->body, options_.issuer);
        if (!read) say_("login_provider", !answer ? "no_answer" : "no_discovery");
    }
    const std::lock_guard lock{facts_mutex_};
    if (read) {
        undiscovered_.reset();
        facts_ = std::make_shared<const provider_facts>(*std::move(read));
        facts_fetched_ = now_();
    } else if (!paused) {
        undiscovered_ = now_();
    }
    return facts_;  // old facts are better than none
}

std::string relying_party::authorization_url(const provider_facts& facts,
                                             const login_attempt& attempt, language asked) const {
    return with_parameters(facts.authorization_endpoint,
                           {{"response_type", "code"},
                            {"client_id", options_.client_id},
                            {"redirect_uri", attempt.redirect_uri},
                            {"scope", joined(options_.scopes)},
                            {"state", attempt.state},
                            {"nonce", attempt.nonce},
                            {"code_challenge", attempt.challenge()},
                            {"code_challenge_method", "S256"},
                            {"acr_values", joined(options_.acr_values)},
                            {"ui_locales", code_of(asked)}});
}

std::string relying_party::logout_url(std::string_view back_to) const {
    std::string endpoint;
    {
        const std::lock_guard lock{facts_mutex_};
        if (facts_) endpoint = facts_->end_session_endpoint;
    }
    if (endpoint.empty()) return {};
    return with_parameters(
        endpoint, {{"client_id", options_.client_id}, {"post_logout_redirect_uri", back_to}});
}

// ---- its keys ----------------------------------------------------------------------------------

std::shared_ptr<const key_set> relying_party::fetch_keys(const provider_facts& facts) {
    const auto answer = client_->ask({.url = facts.jwks_uri});
    std::optional<key_set> read;
    if (answer && answer->status == status_ok) read = key_set::parse(answer->body);
    if (!read) {
        say_("login_provider", "no_keys");
        keys_.failed = now_();
        return keys_.keys;  // old keys are better than none
    }
    keys_.keys = std::make_shared<const key_set>(*std::move(read));
    keys_.fetched = now_();
    return keys_.keys;
}

std::shared_ptr<const key_set> relying_party::keys(const provider_facts& facts) {
    const std::lock_guard lock{keys_mutex_};
    const bool old = !keys_.keys || now_() >= keys_.fetched + keys_lifetime;
    const bool paused = keys_.failed != steady::time_point{} && now_() < keys_.failed + retry_pause;
    return old && !paused ? fetch_keys(facts) : keys_.keys;
}

// A token names a key that we do not have: the provider may have changed its keys, or somebody
// invents names. So we ask again, but seldom.
std::shared_ptr<const key_set> relying_party::newer_keys(
    const provider_facts& facts, const std::shared_ptr<const key_set>& than) {
    const std::lock_guard lock{keys_mutex_};
    if (keys_.keys != than) return keys_.keys;
    if (keys_.asked_anew != steady::time_point{} && now_() < keys_.asked_anew + refetch_pause)
        return nullptr;
    keys_.asked_anew = now_();
    return fetch_keys(facts);
}

result<std::string, token_fault> relying_party::payload_of(const provider_facts& facts,
                                                           std::string_view token) {
    const auto first = keys(facts);
    if (!first) return token_fault::unknown_key;
    auto payload = first->payload_of(token, options_.algorithms);
    if (payload || payload.error() != token_fault::unknown_key) return payload;
    const auto second = newer_keys(facts, first);
    return second ? second->payload_of(token, options_.algorithms) : payload;
}

// ---- from a code to an identity ----------------------------------------------------------------

result<claimed_identity, login_error> relying_party::redeem(std::string_view code,
                                                            const login_attempt& attempt,
                                                            instant now) {
    const auto facts = discover();
    if (!facts) return login_error::provider;
    if (code.empty() || code.size() > code_length_max)
        return fail(login_error::refused, "login_refused", "code");
    const auto tokens = ask_token(*facts, code, attempt);
    if (!tokens) return tokens.error();

    const auto payload = payload_of(*facts, text_claim(*tokens, "id_token"));
    if (!payload) return fail(login_error::refused, "login_refused", name_of(payload.error()));
    auto claims = check_id_token(
        *payload, {options_.issuer, options_.client_id, attempt.nonce, options_.acr_values, now});
    if (!claims) return fail(login_error::refused, "login_refused", name_of(claims.error()));

    if (lacks_names(*claims) && !facts->userinfo_endpoint.empty()) {
        auto more = ask_userinfo(*facts, text_claim(*tokens, "access_token"),
                                 text_claim(*claims, "sub"), now);
        if (!more) return more.error();
        // What the ID token says stays.
        for (auto& [name, value] : *more) claims->emplace(name, std::move(value));
    }
    return identity_of(*claims);
}

result<json::object, login_error> relying_party::ask_token(const provider_facts& facts,
                                                           std::string_view code,
                                                           const login_attempt& attempt) {
    const bool secret = !options_.client_secret.empty();
    const bool basic = secret && !facts.secret_in_form;
    web_request request{.url = facts.token_endpoint};
    request.form = form_text({{"grant_type", "authorization_code"},
                              {"code", code},
                              {"redirect_uri", attempt.redirect_uri},
                              {"code_verifier", attempt.verifier},
                              {"client_id", basic ? "" : options_.client_id},
                              {"client_secret", basic ? "" : options_.client_secret}});
    if (basic) {
        request.user = options_.client_id;
        request.password = options_.client_secret;
    }
    const auto answer = client_->ask(request);
    if (!answer) return fail(login_error::provider, "login_provider", "no_token_answer");
    if (answer->status >= status_server_error)
        return fail(login_error::provider, "login_provider", "token_status");
    auto body = object_of(answer->body);
    if (answer->status >= status_client_error) {
        // Of RFC 6749 §5.2 only this one is the browser's doing; the others are the operator's.
        const bool spent = body && text_claim(*body, "error") == "invalid_grant";
        return fail(spent ? login_error::refused : login_error::provider, "login_refused",
                    spent ? "invalid_grant" : "client_refused");
    }
    if (answer->status != status_ok || !body || text_claim(*body, "id_token").empty())
        return fail(login_error::provider, "login_provider", "token_answer");
    return *std::move(body);
}

result<json::object, login_error> relying_party::ask_userinfo(const provider_facts& facts,
                                                              std::string_view access_token,
                                                              std::string_view subject,
                                                              instant now) {
    const bool plain = !access_token.empty() && std::ranges::all_of(access_token, [](char c) {
        return c > 0x20 && c < 0x7f;
    });
    if (!plain) return fail(login_error::provider, "login_provider", "access_token");
    const auto answer =
        client_->ask({.url = facts.userinfo_endpoint, .bearer = std::string{access_token}});
    if (!answer || answer->status != status_ok)
        return fail(login_error::provider, "login_provider", "userinfo");
    if (answer->content_type == "application/jwt") {
        const auto payload = payload_of(facts, answer->body);
        if (!payload) return fail(login_error::refused, "login_refused", name_of(payload.error()));
        auto claims = check_userinfo_token(
            *payload, {options_.issuer, options_.client_id, {}, {}, now}, subject);
        if (!claims) return fail(login_error::refused, "login_refused", name_of(claims.error()));
        return *std::move(claims);
    }
    auto claims = object_of(answer->body);
    if (!claims) return fail(login_error::provider, "login_provider", "userinfo");
    // §5.3.2: another subject's answer must not be used.
    if (text_claim(*claims, "sub") != subject)
        return fail(login_error::refused, "login_refused", name_of(token_fault::subject));
    return *std::move(claims);
}

bool relying_party::lacks_names(const json::object& claims) const {
    return text_claim(claims, options_.niss_claim).empty() ||
           text_claim(claims, options_.given_name_claim).empty() ||
           text_claim(claims, options_.family_name_claim).empty() ||
           (!options_.staff_claim.empty() && !claims.contains(options_.staff_claim));
}

result<claimed_identity, login_error> relying_party::identity_of(const json::object& claims) const {
    claimed_identity who;
    who.niss = digits_of(text_claim(claims, options_.niss_claim));
    who.given_name = text_claim(claims, options_.given_name_claim);
    who.family_name = text_claim(claims, options_.family_name_claim);
    if (who.niss.size() != niss_digits)
        return fail(login_error::identity, "login_refused", "no_niss");
    if (!is_name(who.given_name) || !is_name(who.family_name))
        return fail(login_error::identity, "login_refused", "no_name");
    who.staff = !options_.staff_claim.empty() &&
                has_value(claims, options_.staff_claim, options_.staff_value);
    return who;
}

}  // namespace campgate::server
