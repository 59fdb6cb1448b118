// What a browser carries to the provider and back.
#include "server/oidc/login_attempt.hpp"

#include <gtest/gtest.h>

namespace campgate::server::test {
namespace {

using namespace std::chrono_literals;

const instant now{1'000'000s};
const login_attempt_box box{{1, 2, 3}};

login_attempt attempt(instant begun = now) {
    return login_attempt::begin("/#/portal", "https://a.test/login/callback", begun);
}

TEST(login_attempt, comes_back_as_it_went) {
    const std::vector<login_attempt> made{attempt(), attempt()};
    EXPECT_EQ(box.open(box.seal(made), now), made);
}

TEST(login_attempt, is_sealed_with_the_installations_key_and_differs_each_time) {
    const std::vector<login_attempt> made{attempt()};
    const std::string sealed = box.seal(made);
    EXPECT_NE(sealed, box.seal(made));
    EXPECT_EQ(sealed.find(made[0].verifier), std::string::npos);
    EXPECT_TRUE((login_attempt_box{{9}}.open(sealed, now).empty()));
    for (std::size_t i = 0; i < sealed.size(); i += 7) {
        std::string bent = sealed;
        bent[i] = bent[i] == 'A' ? 'B' : 'A';
        EXPECT_TRUE(box.open(bent, now).empty()) << i;
    }
    for (const std::string& text :
         {std::string{}, std::string{"a"}, sealed + "A", sealed.substr(4), std::string(5000, 'A')})
        EXPECT_TRUE(box.open(text, now).empty());
}

TEST(login_attempt, is_over_after_ten_minutes) {
    const std::string sealed = box.seal({attempt()});
    EXPECT_EQ(box.open(sealed, now + 10min - 1us).size(), 1u);
    EXPECT_TRUE(box.open(sealed, now + 10min).empty());
}

TEST(login_attempt, the_newest_three_are_kept) {
    std::vector<login_attempt> made{attempt(), attempt(), attempt(), attempt()};
    const auto kept = box.open(box.seal(made), now);
    made.erase(made.begin());
    EXPECT_EQ(kept, made);
}

TEST(login_attempt, is_taken_by_its_state_once) {
    std::vector<login_attempt> made{attempt(), attempt()};
    const std::string state = made[1].state;
    EXPECT_FALSE(take_attempt(made, ""));
    EXPECT_FALSE(take_attempt(made, state + "x"));
    EXPECT_EQ(take_attempt(made, state)->state, state);
    EXPECT_FALSE(take_attempt(made, state));
    EXPECT_EQ(made.size(), 1u);
}

// The example of RFC 7636, appendix B.
TEST(login_attempt, the_challenge_is_s256) {
    login_attempt known;
    known.verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    EXPECT_EQ(known.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

}  // namespace
}  // namespace campgate::server::test
