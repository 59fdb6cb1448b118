// What an ID token must say (OpenID Connect Core §3.1.3.7).
#include "server/oidc/id_token.hpp"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <functional>
#include <optional>

namespace campgate::server::test {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::int64_t now_s = 1'800'000'000;
const instant now{std::chrono::seconds{now_s}};
const std::vector<std::string> strong{"urn:strong", "urn:stronger"};

json::object good() {
    return json::parse(R"({"iss":"https://id.test","sub":"a","aud":"campgate","exp":1800000300,
                           "iat":1799999990,"nonce":"n1"})")
        .as_object();
}

token_expectation expected(std::span<const std::string> acr = {}) {
    return {"https://id.test", "campgate", "n1", acr, now};
}

std::optional<token_fault> fault_with(const std::function<void(json::object&)>& change,
                                      std::span<const std::string> acr = {}) {
    json::object claims = good();
    change(claims);
    const auto read = check_id_token(json::serialize(claims), expected(acr));
    return read ? std::nullopt : std::optional{read.error()};
}

std::optional<token_fault> fault_of(const char* name, json::value value) {
    return fault_with([&](json::object& c) { c[name] = std::move(value); });
}

TEST(id_token, a_good_one_is_believed) {
    const auto read = check_id_token(json::serialize(good()), expected());
    ASSERT_TRUE(read);
    EXPECT_EQ(text_claim(*read, "sub"), "a");
}

TEST(id_token, is_of_this_issuer_to_the_letter) {
    EXPECT_EQ(fault_of("iss", "https://id.test/"), token_fault::issuer);
    EXPECT_EQ(fault_of("iss", "https://ID.test"), token_fault::issuer);
    EXPECT_EQ(fault_of("iss", json::array{"https://id.test"}), token_fault::issuer);
    EXPECT_EQ(fault_with([](json::object& c) { c.erase("iss"); }), token_fault::issuer);
}

TEST(id_token, is_for_us_and_asked_for_by_us) {
    EXPECT_EQ(fault_of("aud", "other"), token_fault::audience);
    EXPECT_EQ(fault_of("aud", json::array{"other"}), token_fault::audience);
    EXPECT_EQ(fault_of("aud", json::array{}), token_fault::audience);
    EXPECT_EQ(fault_of("aud", 7), token_fault::audience);
    EXPECT_EQ(fault_of("aud", json::array{"campgate"}), std::nullopt);
    EXPECT_EQ(fault_of("aud", json::array{"campgate", "other"}), token_fault::party);
    EXPECT_EQ(fault_of("azp", "other"), token_fault::party);
    EXPECT_EQ(fault_of("azp", "campgate"), std::nullopt);
    EXPECT_EQ(fault_with([](json::object& c) {
                  c["aud"] = json::array{"other", "campgate"};
                  c["azp"] = "campgate";
              }),
              std::nullopt);
}

TEST(id_token, is_not_over_not_old_and_not_of_the_future) {
    EXPECT_EQ(fault_of("exp", now_s - 59), std::nullopt);
    EXPECT_EQ(fault_of("exp", now_s - 60), token_fault::expired);
    EXPECT_EQ(fault_of("iat", now_s - 660), std::nullopt);
    EXPECT_EQ(fault_of("iat", now_s - 661), token_fault::expired);
    EXPECT_EQ(fault_of("iat", now_s + 60), std::nullopt);
    EXPECT_EQ(fault_of("iat", now_s + 61), token_fault::not_yet_valid);
    EXPECT_EQ(fault_of("nbf", now_s + 61), token_fault::not_yet_valid);
    EXPECT_EQ(fault_of("nbf", now_s), std::nullopt);
    for (const char* time : {"exp", "iat"}) {
        EXPECT_EQ(fault_of(time, "1800000000"), token_fault::malformed) << time;
        EXPECT_EQ(fault_of(time, -1), token_fault::malformed) << time;
        EXPECT_EQ(fault_of(time, 1e300), token_fault::malformed) << time;
        EXPECT_EQ(fault_with([time](json::object& c) { c.erase(time); }), token_fault::malformed);
    }
}

TEST(id_token, is_of_this_login) {
    EXPECT_EQ(fault_of("nonce", "n2"), token_fault::nonce);
    EXPECT_EQ(fault_of("nonce", ""), token_fault::nonce);
    EXPECT_EQ(fault_with([](json::object& c) { c.erase("nonce"); }), token_fault::nonce);
    token_expectation without = expected();
    without.nonce = "";
    EXPECT_FALSE(check_id_token(R"({"nonce":""})", without));
}

TEST(id_token, is_about_somebody) {
    EXPECT_EQ(fault_of("sub", ""), token_fault::subject);
    EXPECT_EQ(fault_of("sub", 5), token_fault::subject);
    EXPECT_EQ(fault_of("sub", json::string(256, 'a')), token_fault::subject);
}

TEST(id_token, a_required_way_to_log_in_was_used) {
    const auto with = [](json::value acr) {
        return fault_with([&](json::object& c) { c["acr"] = std::move(acr); }, strong);
    };
    EXPECT_EQ(with("urn:strong"), std::nullopt);
    EXPECT_EQ(with("urn:stronger"), std::nullopt);
    EXPECT_EQ(with("urn:weak"), token_fault::assurance);
    EXPECT_EQ(fault_with([](json::object&) {}, strong), token_fault::assurance);
}

TEST(id_token, what_is_no_object_is_malformed) {
    for (const char* text : {"", "[]", "null", "\"a\"", R"({"iss":"a","iss":"b"})"})
        EXPECT_EQ(check_id_token(text, expected()).error(), token_fault::malformed) << text;
}

TEST(userinfo_token, is_of_the_same_issuer_client_and_person) {
    const std::string text = json::serialize(good());
    EXPECT_TRUE(check_userinfo_token(text, expected(), "a"));
    EXPECT_EQ(check_userinfo_token(text, expected(), "b").error(), token_fault::subject);
    json::object other = good();
    other["aud"] = "other";
    EXPECT_EQ(check_userinfo_token(json::serialize(other), expected(), "a").error(),
              token_fault::audience);
    other = good();
    other["exp"] = now_s - 100;
    EXPECT_EQ(check_userinfo_token(json::serialize(other), expected(), "a").error(),
              token_fault::expired);
}

}  // namespace
}  // namespace campgate::server::test
