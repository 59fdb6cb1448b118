// Queries are read strictly.
#include "server/query_string.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace campgate::server {
namespace {

TEST(query_string, finds_decoded_values) {
    const auto query = query_string::parse("page=3&name=L%C3%A9a%20%26&e=", {"page", "name", "e"});
    ASSERT_TRUE(query.has_value());
    EXPECT_EQ(query->find("page"), "3");
    EXPECT_EQ(query->find("name"), "Léa &");
    EXPECT_EQ(query->find("e"), "");
    EXPECT_EQ(query->find("other"), std::nullopt);
    EXPECT_TRUE(query_string::parse("", {}).has_value());
    EXPECT_EQ(query_string::parse("p%61ge=1", {"page"})->find("page"), "1");
    EXPECT_EQ(query_string::parse("page=a=b+c", {"page"})->find("page"), "a=b+c");
}

struct fault_case {
    std::string_view text;
    std::string_view parameter;
};

TEST(query_string, names_the_parameter_that_is_wrong) {
    const fault_case cases[] = {
        {"other=1", "other"},
        {"page=1&other=2", "other"},
        {"page=1&page=1", "page"},
        {"page=1&p%61ge=2", "page"},
        {"page", "page"},
        {"page=%", "page"},
        {"page=%4", "page"},
        {"page=%zz", "page"},
        {"page=%00", "page"},
        {"page=%0a", "page"},
        {"page=%ff", "page"},
        {"page=%c0%af", "page"},
        {"page=\xff", "page"},
        {"&", ""},
        {"page=1&", ""},
        {"&page=1", ""},
        {"=1", ""},
        {"%=1", ""},
        {"page=1&&", ""},
        {"Page=1", "Page"},
    };
    for (const fault_case& each : cases) {
        const auto query = query_string::parse(each.text, {"page"});
        ASSERT_FALSE(query.has_value()) << each.text;
        EXPECT_EQ(query.error().parameter, each.parameter) << each.text;
    }
}

TEST(parse_unsigned, takes_plain_decimal_integers_within_the_limits) {
    EXPECT_EQ(parse_unsigned("0", 0, 9), 0u);
    EXPECT_EQ(parse_unsigned("9", 0, 9), 9u);
    EXPECT_EQ(parse_unsigned("1000", 1, 1000), 1000u);
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    EXPECT_EQ(parse_unsigned("18446744073709551615", 0, most), most);
    for (const std::string_view text : {"", "-1", "+1", "01", "00", "1.0", "1e1", " 1", "1 ", "0x1",
                                        "18446744073709551616", "99999999999999999999999"})
        EXPECT_FALSE(parse_unsigned(text, 0, most)) << text;
    EXPECT_FALSE(parse_unsigned("10", 0, 9));
    EXPECT_FALSE(parse_unsigned("9", 0, 5));
    EXPECT_FALSE(parse_unsigned("1", 0, 0));
    EXPECT_FALSE(parse_unsigned("2", 3, 9));
    EXPECT_FALSE(parse_unsigned("1001", 0, 1000));
}

TEST(is_utf8, refuses_overlong_surrogates_and_the_unfinished) {
    for (const std::string_view text : {"", "a", "é", "€", "😀", "\xf4\x8f\xbf\xbf"})
        EXPECT_TRUE(is_utf8(text)) << text;
    for (const std::string_view text :
         {"\x80", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
          "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xe2\x82", "a\xff", "\xc3\x28"})
        EXPECT_FALSE(is_utf8(text));
}

}  // namespace
}  // namespace campgate::server
