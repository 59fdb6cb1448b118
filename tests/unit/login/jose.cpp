// Which signatures are believed (RFC 7515, RFC 8725).
#include "server/oidc/jose.hpp"

#include "tests/unit/login/signer.hpp"

#include <gtest/gtest.h>

namespace campgate::server::test {
namespace {

namespace json = boost::json;

const std::vector<std::string> both{"RS256", "ES256"};
constexpr std::string_view payload{R"({"sub":"anne"})"};

const signer& rsa() {
    static const signer made{signer::kind::rsa, "r1"};
    return made;
}
const signer& ec() {
    static const signer made{signer::kind::ec, "e1"};
    return made;
}
key_set keys() {
    return *key_set::parse(jwks_of({rsa().jwk(), ec().jwk()}));
}

token_fault fault_of(const std::string& token, const key_set& known = keys(),
                     const std::vector<std::string>& algorithms = both) {
    const auto read = known.payload_of(token, algorithms);
    EXPECT_FALSE(read) << "was believed";
    return read ? token_fault{} : read.error();
}

TEST(jose, believes_what_a_known_key_signed_with_an_allowed_algorithm) {
    EXPECT_EQ(*keys().payload_of(rsa().sign(payload, "RS256"), both), payload);
    EXPECT_EQ(*keys().payload_of(ec().sign(payload, "ES256"), both), payload);
    EXPECT_EQ(*keys().payload_of(rsa().sign(payload, "PS256"), std::vector<std::string>{"PS256"}),
              payload);
}

TEST(jose, algorithms_outside_the_list_are_refused_although_the_key_fits) {
    EXPECT_EQ(fault_of(rsa().sign(payload, "RS512")), token_fault::algorithm);
    EXPECT_EQ(fault_of(rsa().sign(payload, "RS256"), keys(), {"ES256"}), token_fault::algorithm);
    EXPECT_EQ(fault_of(rsa().sign(payload, "RS256"), keys(), {}), token_fault::algorithm);
}

TEST(jose, unsigned_tokens_are_refused) {
    for (const char* none : {"none", "None", "NONE", "nOnE", ""}) {
        const std::string header = std::string{R"({"alg":")"} + none + R"(","kid":"r1"})";
        EXPECT_EQ(fault_of(raw_token(header, payload)), token_fault::algorithm) << none;
    }
    // Even if somebody put it into the list.
    EXPECT_EQ(fault_of(raw_token(R"({"alg":"none"})", payload), keys(), {"none"}),
              token_fault::unknown_key);
}

TEST(jose, a_public_key_is_no_shared_secret) {
    const std::string n{rsa().jwk().at("n").as_string().c_str()};
    const std::string whole = json::serialize(rsa().jwk());
    for (const std::string& secret : {n, whole}) {
        const std::string forged = signer{secret}.sign_as(payload, "HS256", "r1");
        EXPECT_EQ(fault_of(forged), token_fault::algorithm);
        EXPECT_EQ(fault_of(forged, keys(), {"HS256"}), token_fault::unknown_key);
    }
}

TEST(jose, shared_secrets_and_weak_and_encryption_keys_are_left_out) {
    const signer shared{signer::kind::shared, "s1"};
    const signer weak{signer::kind::rsa_weak, "w1"};
    json::object sealing = ec().jwk();
    sealing["use"] = "enc";
    json::object wrapping = ec().jwk();
    wrapping["key_ops"] = json::array{"wrapKey"};
    EXPECT_EQ(key_set::parse(jwks_of({shared.jwk(true), weak.jwk(), sealing, wrapping}))->size(),
              0u);
}

TEST(jose, another_key_of_the_same_name_is_found_out) {
    const signer other{signer::kind::ec, "e1"};
    EXPECT_EQ(fault_of(other.sign(payload, "ES256")), token_fault::signature);
}

TEST(jose, the_key_must_be_of_the_algorithms_kind) {
    EXPECT_EQ(fault_of(rsa().sign_as(payload, "RS256", "e1")), token_fault::unknown_key);
    json::object bound = rsa().jwk();
    bound["alg"] = "RS512";
    EXPECT_EQ(fault_of(rsa().sign(payload, "RS256"), *key_set::parse(jwks_of({bound}))),
              token_fault::unknown_key);
}

TEST(jose, a_token_without_a_key_name_needs_a_set_without_a_choice) {
    EXPECT_EQ(*keys().payload_of(ec().sign_as(payload, "ES256", ""), both), payload);
    const signer second{signer::kind::ec, "e2"};
    const auto two = *key_set::parse(jwks_of({ec().jwk(), second.jwk()}));
    EXPECT_EQ(fault_of(ec().sign_as(payload, "ES256", ""), two), token_fault::unknown_key);
    EXPECT_EQ(fault_of(ec().sign_as(payload, "ES256", "e9"), two), token_fault::unknown_key);
}

TEST(jose, two_keys_of_one_name_are_nobodys) {
    const signer second{signer::kind::ec, "e1"};
    const auto two = *key_set::parse(jwks_of({ec().jwk(), second.jwk()}));
    EXPECT_EQ(fault_of(ec().sign(payload, "ES256"), two), token_fault::unknown_key);
}

TEST(jose, a_changed_payload_or_signature_is_found_out) {
    const std::string token = ec().sign(payload, "ES256");
    const auto first = token.find('.');
    const auto second = token.rfind('.');
    const std::string other =
        token.substr(0, first + 1) + base64url(R"({"sub":"bob"})") + token.substr(second);
    EXPECT_EQ(fault_of(other), token_fault::signature);
    std::string bent = token;
    bent[second + 5] = bent[second + 5] == 'A' ? 'B' : 'A';
    EXPECT_EQ(fault_of(bent), token_fault::signature);
}

TEST(jose, odd_headers_are_malformed) {
    const std::string good = ec().sign(payload, "ES256");
    const std::string rest = good.substr(good.find('.'));
    for (const char* header :
         {R"({"alg":"ES256","kid":"e1","crit":["exp"],"exp":1})", R"({"alg":["ES256"]})",
          R"({"kid":"e1"})", R"(["ES256"])", R"({"alg":"none","alg":"ES256"})",
          R"({"alg":"ES256","kid":7})", R"({"alg":"ES256","b64":false})", "", "{"})
        EXPECT_EQ(fault_of(base64url(header) + rest), token_fault::malformed) << header;
    for (const std::string& text : {std::string{}, std::string{".."}, std::string{"a.b"},
                                    good + ".x", " " + good, std::string(40'000, 'a')})
        EXPECT_EQ(fault_of(text), token_fault::malformed) << text.substr(0, 20);
}

TEST(jose, what_is_no_key_set_is_none) {
    for (const char* text : {"", "{}", "[]", R"({"keys":{}})", "nonsense"})
        EXPECT_FALSE(key_set::parse(text)) << text;
    EXPECT_EQ(key_set::parse(R"({"keys":[1,{},{"kty":"RSA"},{"kty":"EC","crv":"P-256"}]})")->size(),
              0u);
}

}  // namespace
}  // namespace campgate::server::test
