// Problems: one catalogue, four languages, RFC 9457.
#include "server/problem.hpp"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include <set>
#include <string>

namespace campgate::server {
namespace {

constexpr auto kind_at = [](std::size_t i) { return static_cast<problem_kind>(i); };

TEST(problem, every_kind_has_a_name_a_status_and_four_languages) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < problem_kinds; ++i) {
        const problem_kind kind = kind_at(i);
        EXPECT_TRUE(names.insert(name_of(kind)).second) << name_of(kind);
        EXPECT_EQ(name_of(kind).find_first_not_of("abcdefghijklmnopqrstuvwxyz_"),
                  std::string_view::npos);
        EXPECT_GE(status_of(kind), 400);
        EXPECT_LE(status_of(kind), 503);
        std::set<std::string_view> details;
        for (const language each : all_languages) {
            EXPECT_FALSE(title_of(kind, each).empty()) << name_of(kind);
            EXPECT_TRUE(detail_of(kind, problem_detail::usual, each).ends_with('.'))
                << name_of(kind);
            details.insert(detail_of(kind, problem_detail::usual, each));
        }
        EXPECT_EQ(details.size(), all_languages.size()) << name_of(kind);
    }
}

TEST(problem, every_detail_has_four_languages) {
    for (std::size_t i = 1; i < problem_details; ++i) {
        std::set<std::string_view> all;
        for (const language each : all_languages) {
            const auto text =
                detail_of(problem_kind::invalid_member, static_cast<problem_detail>(i), each);
            EXPECT_TRUE(text.ends_with('.')) << i;
            all.insert(text);
        }
        EXPECT_EQ(all.size(), all_languages.size()) << i;
    }
}

TEST(problem, every_reason_has_four_languages) {
    for (const reason why : all_reasons) {
        std::set<std::string_view> all;
        for (const language each : all_languages) all.insert(text_of(why, each));
        EXPECT_EQ(all.size(), all_languages.size()) << name_of(why);
        EXPECT_FALSE(all.contains(""));
    }
}

TEST(problem, every_503_and_429_says_when_to_come_back_with_jitter) {
    for (std::size_t i = 0; i < problem_kinds; ++i) {
        const problem_kind kind = kind_at(i);
        const int status = status_of(kind);
        const bool expected = status == 503 || status == 429 || kind == problem_kind::key_undecided;
        EXPECT_EQ(retry_after(kind, 0).has_value(), expected) << name_of(kind);
        if (!expected) continue;
        std::set<std::int64_t> waits;
        for (std::uint32_t random = 0; random < 100; ++random) {
            const auto wait = retry_after(kind, random)->count();
            EXPECT_GE(wait, 1);
            EXPECT_LE(wait, 10);
            waits.insert(wait);
        }
        EXPECT_GE(waits.size(), 3u);
    }
}

TEST(problem, is_rendered_with_its_members_after_the_standard_ones) {
    problem refusal = problem_of(problem_kind::nothing_placed);
    refusal.members["sequence"] = 17;
    const std::string body = render(refusal, language::en, "/api/v1/holds");
    EXPECT_EQ(body, R"({"type":"urn:campgate:problem:nothing_placed","title":"Nothing was placed",)"
                    R"("status":409,"detail":"None of the seats asked for could be held.",)"
                    R"("instance":"/api/v1/holds","sequence":17})");
}

TEST(problem, members_cannot_take_the_place_of_the_standard_ones) {
    problem refusal = problem_of(problem_kind::not_found);
    refusal.members["status"] = 200;
    const auto body = boost::json::parse(render(refusal, language::fr, "/"));
    EXPECT_EQ(body.at("status").as_int64(), 404);
}

TEST(problem, an_instance_that_is_not_plain_is_not_repeated) {
    for (const std::string_view instance : {"/a\xff", "/a b", "/\n", "/é"}) {
        const auto body =
            boost::json::parse(render(problem_of(problem_kind::not_found), language::fr, instance));
        EXPECT_FALSE(body.as_object().contains("instance")) << instance;
    }
}

TEST(problem, shorthands_name_the_culprit) {
    EXPECT_EQ(parameter_problem("page").members.at("parameter"), "page");
    const problem header = header_problem(problem_kind::missing_header, "Idempotency-Key");
    EXPECT_EQ(header.members.at("header"), "Idempotency-Key");
    const problem member = member_problem(problem_detail::unknown_week, "/items/0/week");
    EXPECT_EQ(member.kind, problem_kind::invalid_member);
    EXPECT_EQ(member.members.at("pointer"), "/items/0/week");
}

struct language_case {
    std::string_view field;
    language expected;
};

TEST(language, is_the_best_of_accept_language) {
    using enum language;
    const language_case cases[] = {
        {"", fr},
        {"nl", nl},
        {"NL-be", nl},
        {"de-AT,de;q=0.9,en;q=0.8", de},
        {"en-GB,en;q=0.9", en},
        {"es,en;q=0.5,nl;q=0.7", nl},
        {"es", fr},
        {"*", fr},
        {"nl;q=0, *", fr},
        {"nl;q=0", fr},
        {"nl ; q=0.3 , de ;q=0.4", de},
        {"nl;q=0.8,de;q=0.8", nl},
        {"nl;q=1.001,de;q=0.1", de},
        {"nl;q=2,en", en},
        {"nl;q=,en;q=0.001", en},
        {"nl;level=1,en;q=0.1", en},
        {",,,en,,", en},
        {"nlx", fr},
        {"fr-BE;q=0.9, nl-BE", nl},
        {"n\r\nl", fr},
    };
    for (const language_case& each : cases)
        EXPECT_EQ(code_of(choose_language(each.field)), code_of(each.expected)) << each.field;
}

TEST(language, a_long_field_is_read_only_so_far) {
    std::string field;
    for (int i = 0; i < 5000; ++i) field += "xx,";
    EXPECT_EQ(choose_language(field + "de"), language::fr);
}

}  // namespace
}  // namespace campgate::server
