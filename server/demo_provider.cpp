#include "server/demo_provider.hpp"

#include "core/ensure.hpp"
#include "server/demo_families.hpp"
#include "server/login_sessions.hpp"
#include "server/oidc/web_address.hpp"
#include "server/query_string.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <cjose/cjose.h>
#include <sodium.h>

#include <algorithm>
#include <array>

namespace campgate::server {

namespace json = boost::json;

namespace {

constexpr std::string_view key_name{"demo-1"};
constexpr std::string_view niss_claim{"egovNRN"};
constexpr std::string_view role_claim{"campgate_role"};
constexpr std::string_view staff_role{"staff"};
constexpr std::size_t sweep_every = 256;

json::object claims_of(const demo_provider::person& who) {
    json::object claims{{"sub", who.id},
                        {niss_claim, who.number.digits()},
                        {"given_name", who.given_name},
                        {"family_name", who.family_name}};
    if (who.staff) claims.emplace(role_claim, json::array{staff_role});
    return claims;
}

}  // namespace

// P-256, made at each start: a restart of the demo is a change of keys.
struct demo_provider::signing_key {
    cjose_jwk_t* made = nullptr;
    std::mutex mutable lock;

    signing_key() {
        cjose_err error{};
        made = cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, &error);
        ensure(made != nullptr && cjose_jwk_set_kid(made, key_name.data(), key_name.size(), &error),
               "the demo's key is made");
    }
    ~signing_key() { cjose_jwk_release(made); }
    signing_key(const signing_key&) = delete;
    signing_key& operator=(const signing_key&) = delete;
};

demo_provider::demo_provider(std::string_view base, std::string client_secret,
                             const family_directory& families)
    : issuer_(std::string{base} + std::string{path}),
      client_secret_(std::move(client_secret)),
      families_(families),
      key_(std::make_unique<const signing_key>()) {
}

demo_provider::~demo_provider() = default;

relying_party_options demo_provider::client() const {
    return {.issuer = issuer_,
            .client_id = std::string{client_id},
            .client_secret = client_secret_,
            .scopes = {"openid", "profile"},
            .acr_values = {},
            .algorithms = {"ES256"},
            .niss_claim = std::string{niss_claim},
            .given_name_claim = "given_name",
            .family_name_claim = "family_name",
            .staff_claim = std::string{role_claim},
            .staff_value = std::string{staff_role}};
}

std::string demo_provider::configuration() const {
    return json::serialize(
        json::object{{"issuer", issuer_},
                     {"authorization_endpoint", issuer_ + "/authorize"},
                     {"token_endpoint", issuer_ + "/token"},
                     {"userinfo_endpoint", issuer_ + "/userinfo"},
                     {"jwks_uri", issuer_ + "/jwks"},
                     {"end_session_endpoint", issuer_ + "/logout"},
                     {"response_types_supported", json::array{"code"}},
                     {"subject_types_supported", json::array{"public"}},
                     {"id_token_signing_alg_values_supported", json::array{"ES256"}},
                     {"code_challenge_methods_supported", json::array{"S256"}},
                     {"token_endpoint_auth_methods_supported", json::array{"client_secret_post"}},
                     {"authorization_response_iss_parameter_supported", true}});
}

std::string demo_provider::keys() const {
    cjose_err error{};
    char* const text = cjose_jwk_to_json(key_->made, false, &error);
    ensure(text != nullptr, "the demo's key can be shown");
    json::object key = json::parse(text).as_object();
    cjose_get_dealloc()(text);
    key["use"] = "sig";
    key["alg"] = "ES256";
    return json::serialize(json::object{{"keys", json::array{std::move(key)}}});
}

std::optional<demo_provider::person> demo_provider::find(std::string_view id) const {
    constexpr unsigned new_year = 1988, new_month = 2, new_day = 29, new_serial = 997;
    constexpr unsigned staff_year = 1979, staff_month = 11, staff_day = 5, staff_serial = 995;
    if (id == "new")
        return person{"new", niss::make(new_year, new_month, new_day, new_serial), "Noémie",
                      "Dumont"};
    if (id == "staff")
        return person{"staff", niss::make(staff_year, staff_month, staff_day, staff_serial),
                      "Marie", "Claessens", true};
    if (!id.starts_with('f')) return std::nullopt;
    const auto number = parse_unsigned(id.substr(1), 1, demo_families_max);
    if (!number) return std::nullopt;
    const auto file = families_.find(family_id{*number});
    if (!file || file->parents.empty() || !file->parents.front().niss) return std::nullopt;
    const parent_row& parent = file->parents.front();
    return person{std::string{id}, *parent.niss, parent.given_name, parent.family_name};
}

void demo_provider::forget_old(instant now) {
    if (++given_ % sweep_every != 0) return;
    std::erase_if(codes_, [now](const auto& each) { return each.second.until <= now; });
    std::erase_if(access_, [now](const auto& each) { return each.second.until <= now; });
}

std::string demo_provider::give(grant to, instant now) {
    std::string code = random_text();
    const std::lock_guard lock{mutex_};
    forget_old(now);
    codes_.insert_or_assign(code, expiring<grant>{std::move(to), now + code_lifetime});
    return code;
}

std::optional<demo_provider::tokens> demo_provider::redeem(std::string_view code,
                                                           std::string_view secret,
                                                           std::string_view redirect_uri,
                                                           std::string_view verifier, instant now) {
    if (!same_token(secret, client_secret_)) return std::nullopt;
    grant of;
    tokens made;
    {
        const std::lock_guard lock{mutex_};
        const auto found = codes_.find(std::string{code});
        if (found == codes_.end()) return std::nullopt;
        const expiring<grant> taken = std::move(found->second);
        codes_.erase(found);
        if (taken.until <= now) return std::nullopt;
        of = taken.value;
        made.access_token = random_text();
        access_.insert_or_assign(made.access_token,
                                 expiring<std::string>{of.person, now + access_lifetime});
    }
    std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
    crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(verifier.data()),
                       verifier.size());
    if (of.redirect_uri != redirect_uri ||
        of.challenge != base64url({reinterpret_cast<const char*>(hash.data()), hash.size()}))
        return std::nullopt;
    made.id_token = signed_token(of, now);
    return made;
}

std::string demo_provider::signed_token(const grant& of, instant now) const {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    const std::string payload = json::serialize(
        json::object{{"iss", issuer_},
                     {"sub", of.person},
                     {"aud", client_id},
                     {"iat", seconds},
                     {"exp", seconds + std::chrono::seconds{access_lifetime}.count()},
                     {"nonce", of.nonce}});
    const std::lock_guard lock{key_->lock};
    cjose_err error{};
    cjose_header_t* const header = cjose_header_new(&error);
    ensure(header != nullptr && cjose_header_set(header, CJOSE_HDR_ALG, "ES256", &error) &&
               cjose_header_set(header, CJOSE_HDR_KID, key_name.data(), &error),
           "a token's header is made");
    cjose_jws_t* const token =
        cjose_jws_sign(key_->made, header, reinterpret_cast<const std::uint8_t*>(payload.data()),
                       payload.size(), &error);
    const char* text = nullptr;
    ensure(token != nullptr && cjose_jws_export(token, &text, &error), "a token is signed");
    std::string made{text};
    cjose_jws_release(token);
    cjose_header_release(header);
    return made;
}

std::optional<std::string> demo_provider::userinfo(std::string_view access_token,
                                                   instant now) const {
    std::string id;
    {
        const std::lock_guard lock{mutex_};
        const auto found = access_.find(std::string{access_token});
        if (found == access_.end() || found->second.until <= now) return std::nullopt;
        id = found->second.value;
    }
    const auto who = find(id);
    if (!who) return std::nullopt;
    return json::serialize(claims_of(*who));
}

}  // namespace campgate::server
