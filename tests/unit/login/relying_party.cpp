// Our side of a login against a provider that does what a test says: how often it is asked, and
// what is made of its answers.
#include "server/oidc/relying_party.hpp"

#include "tests/unit/login/signer.hpp"

#include <gtest/gtest.h>

#include <map>

namespace campgate::server::test {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::int64_t now_s = 1'800'000'000;
const instant now{std::chrono::seconds{now_s}};
constexpr std::string_view issuer{"https://id.test"};

// A provider in memory.
struct provider final : web_client {
    std::map<std::string, int> asked;
    std::map<std::string, std::optional<web_answer>> answers;
    std::optional<web_answer> ask(const web_request& request) override {
        const std::string path = request.url.substr(issuer.size());
        ++asked[path];
        sent[path] = request;
        const auto found = answers.find(path);
        return found == answers.end() ? std::nullopt : found->second;
    }
    std::map<std::string, web_request> sent;  // the last to each path
};

const signer& first() {
    static const signer made{signer::kind::ec, "one"};
    return made;
}
const signer& second() {
    static const signer made{signer::kind::ec, "two"};
    return made;
}

struct relying : testing::Test {
    provider* web = nullptr;  // the party's
    relying_party::steady::time_point time{1h};
    std::vector<std::string> said;
    std::unique_ptr<relying_party> party;
    login_attempt attempt = login_attempt::begin("/", "https://us.test/login/callback", now);

    relying() { make({}); }

    void make(std::string staff_claim) {
        auto client = std::make_unique<provider>();
        web = client.get();
        party = std::make_unique<relying_party>(
            relying_party_options{.issuer = std::string{issuer},
                                  .client_id = "us",
                                  .client_secret = "s&cret",
                                  .scopes = {"openid", "egovnrn"},
                                  .acr_values = {},
                                  .algorithms = {"ES256"},
                                  .niss_claim = "egovNRN",
                                  .given_name_claim = "given",
                                  .family_name_claim = "family",
                                  .staff_claim = std::move(staff_claim),
                                  .staff_value = "staff"},
            std::move(client), [this] { return time; },
            [this](std::string_view, std::string_view what) { said.emplace_back(what); });
        answer("/.well-known/openid-configuration",
               R"({"issuer":"https://id.test","authorization_endpoint":"https://id.test/auth",
                   "token_endpoint":"https://id.test/token","jwks_uri":"https://id.test/jwks",
                   "userinfo_endpoint":"https://id.test/userinfo",
                   "end_session_endpoint":"https://id.test/end"})");
        answer("/jwks", jwks_of({first().jwk()}));
    }

    void answer(const std::string& path, std::string body, int status = 200,
                std::string type = "application/json") {
        web->answers[path] = web_answer{status, std::move(type), std::move(body)};
    }

    json::object claims() const {
        return {{"iss", issuer},
                {"sub", "a"},
                {"aud", "us"},
                {"exp", now_s + 60},
                {"iat", now_s},
                {"nonce", attempt.nonce},
                {"egovNRN", "85.07.30-033.28"},
                {"given", "Anne"},
                {"family", "Lambert"}};
    }
    void token(const json::object& of, const signer& by = first()) {
        answer("/token",
               json::serialize(json::object{{"access_token", "at"},
                                            {"id_token", by.sign(json::serialize(of), "ES256")}}));
    }
    std::optional<login_error> error() {
        const auto read = party->redeem("code", attempt, now);
        return read ? std::nullopt : std::optional{read.error()};
    }
};

TEST_F(relying, a_code_becomes_an_identity) {
    token(claims());
    const auto who = party->redeem("c de", attempt, now);
    ASSERT_TRUE(who);
    EXPECT_EQ(who->niss, "85073003328");
    EXPECT_EQ(who->given_name, "Anne");
    EXPECT_FALSE(who->staff);
    const web_request& sent = web->sent["/token"];
    EXPECT_EQ(sent.user, "us");
    EXPECT_EQ(sent.password, "s&cret");
    EXPECT_EQ(sent.form.find("secret"), std::string::npos);
    EXPECT_NE(sent.form.find("code=c%20de&"), std::string::npos);
    EXPECT_NE(sent.form.find("code_verifier=" + attempt.verifier), std::string::npos);
    EXPECT_EQ(web->asked.count("/userinfo"), 0u);
}

TEST_F(relying, what_the_token_lacks_is_asked_for) {
    json::object few = claims();
    few.erase("egovNRN");
    token(few);
    answer("/userinfo", R"({"sub":"a","egovNRN":"85073003328","given":"Other"})");
    const auto who = party->redeem("c", attempt, now);
    ASSERT_TRUE(who);
    EXPECT_EQ(who->niss, "85073003328");
    EXPECT_EQ(who->given_name, "Anne");
    EXPECT_EQ(web->sent["/userinfo"].bearer, "at");
    answer("/userinfo", R"({"sub":"b","egovNRN":"85073003328"})");
    EXPECT_EQ(error(), login_error::refused);
    answer("/userinfo", R"({"sub":"a"})");
    EXPECT_EQ(error(), login_error::identity);
    answer("/userinfo", "nonsense");
    EXPECT_EQ(error(), login_error::provider);
}

TEST_F(relying, userinfo_may_be_signed) {
    json::object few = claims();
    few.erase("egovNRN");
    token(few);
    answer("/userinfo", first().sign(json::serialize(claims()), "ES256"), 200, "application/jwt");
    EXPECT_EQ(party->redeem("c", attempt, now)->niss, "85073003328");
    answer("/userinfo", raw_token(R"({"alg":"none"})", json::serialize(claims())), 200,
           "application/jwt");
    EXPECT_EQ(error(), login_error::refused);
}

TEST_F(relying, staff_is_who_has_the_value_or_has_it_among_others) {
    make("roles");
    json::object some = claims();
    some["roles"] = json::array{"other", "staff"};
    token(some);
    EXPECT_TRUE(party->redeem("c", attempt, now)->staff);
    some["roles"] = "staff";
    token(some);
    EXPECT_TRUE(party->redeem("c", attempt, now)->staff);
    some["roles"] = "staffer";
    token(some);
    EXPECT_FALSE(party->redeem("c", attempt, now)->staff);
}

TEST_F(relying, keys_are_asked_for_once_and_again_for_an_unknown_one_but_seldom) {
    token(claims());
    EXPECT_EQ(error(), std::nullopt);
    EXPECT_EQ(error(), std::nullopt);
    EXPECT_EQ(web->asked["/jwks"], 1);
    // The provider changes its keys.
    answer("/jwks", jwks_of({second().jwk()}));
    token(claims(), second());
    EXPECT_EQ(error(), std::nullopt);
    EXPECT_EQ(web->asked["/jwks"], 2);
    // Somebody invents keys.
    const signer invented{signer::kind::ec, "invented"};
    token(claims(), invented);
    for (int i = 0; i < 50; ++i) EXPECT_EQ(error(), login_error::refused);
    EXPECT_EQ(web->asked["/jwks"], 2);
    time += relying_party::refetch_pause;
    for (int i = 0; i < 50; ++i) EXPECT_EQ(error(), login_error::refused);
    EXPECT_EQ(web->asked["/jwks"], 3);
}

TEST_F(relying, old_keys_serve_while_new_ones_do_not_come) {
    token(claims());
    EXPECT_EQ(error(), std::nullopt);
    web->answers.erase("/jwks");
    time += 2h;
    EXPECT_EQ(error(), std::nullopt);
    EXPECT_EQ(error(), std::nullopt);
    EXPECT_EQ(web->asked["/jwks"], 2);
}

TEST_F(relying, a_provider_that_is_down_is_asked_seldom) {
    web->answers.clear();
    for (int i = 0; i < 100; ++i) EXPECT_EQ(party->discover(), nullptr);
    EXPECT_EQ(web->asked["/.well-known/openid-configuration"], 1);
    time += relying_party::retry_pause;
    EXPECT_EQ(party->discover(), nullptr);
    EXPECT_EQ(web->asked["/.well-known/openid-configuration"], 2);
    EXPECT_EQ(error(), login_error::provider);
}

TEST_F(relying, what_is_known_of_it_outlives_a_time_without_answers) {
    EXPECT_NE(party->discover(), nullptr);
    web->answers.clear();
    time += 2h;
    EXPECT_EQ(party->known(), nullptr);
    EXPECT_NE(party->discover(), nullptr);
}

TEST_F(relying, a_discovery_of_another_issuer_or_with_unsafe_addresses_is_none) {
    const auto facts = [](std::string_view own_issuer, std::string_view authorization) {
        return json::serialize(json::object{{"issuer", own_issuer},
                                            {"authorization_endpoint", authorization},
                                            {"token_endpoint", "https://id.test/token"},
                                            {"jwks_uri", "https://id.test/jwks"}});
    };
    EXPECT_TRUE(provider_facts::parse(facts("https://id.test", "https://id.test/a"), issuer));
    EXPECT_FALSE(provider_facts::parse(facts("https://evil.test", "https://id.test/a"), issuer));
    EXPECT_FALSE(provider_facts::parse(facts("https://id.test", "http://id.test/a"), issuer));
    EXPECT_FALSE(provider_facts::parse(facts("https://id.test", "javascript:alert(1)"), issuer));
    EXPECT_FALSE(provider_facts::parse(facts("https://id.test", ""), issuer));
    EXPECT_FALSE(provider_facts::parse("{}", issuer));
}

TEST_F(relying, errors_of_the_token_endpoint_are_told_apart) {
    answer("/token", R"({"error":"invalid_grant"})", 400);
    EXPECT_EQ(error(), login_error::refused);
    answer("/token", R"({"error":"invalid_client"})", 401);
    EXPECT_EQ(error(), login_error::provider);
    answer("/token", "oops", 502);
    EXPECT_EQ(error(), login_error::provider);
    answer("/token", "{}");
    EXPECT_EQ(error(), login_error::provider);
    web->answers.erase("/token");
    EXPECT_EQ(error(), login_error::provider);
}

TEST_F(relying, nobodys_data_is_said_to_the_log) {
    json::object wrong = claims();
    wrong["nonce"] = "secret-nonce";
    token(wrong);
    EXPECT_EQ(error(), login_error::refused);
    wrong = claims();
    wrong["egovNRN"] = "85073003328999";
    token(wrong);
    EXPECT_EQ(error(), login_error::identity);
    EXPECT_EQ(said, (std::vector<std::string>{"nonce", "no_niss"}));
}

TEST_F(relying, the_browser_is_sent_with_everything_that_is_needed) {
    const auto facts = party->discover();
    const std::string url = party->authorization_url(*facts, attempt, language::nl);
    EXPECT_EQ(url,
              "https://id.test/auth?response_type=code&client_id=us"
              "&redirect_uri=https%3A%2F%2Fus.test%2Flogin%2Fcallback"
              "&scope=openid%20egovnrn&state=" +
                  attempt.state + "&nonce=" + attempt.nonce + "&code_challenge=" +
                  attempt.challenge() + "&code_challenge_method=S256&ui_locales=nl");
    EXPECT_EQ(party->logout_url("https://us.test/"),
              "https://id.test/end?client_id=us"
              "&post_logout_redirect_uri=https%3A%2F%2Fus.test%2F");
}

}  // namespace
}  // namespace campgate::server::test
