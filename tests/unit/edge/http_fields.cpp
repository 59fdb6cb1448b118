// Small readers of HTTP fields.
#include "server/http_fields.hpp"

#include <gtest/gtest.h>

namespace campgate::server {
namespace {

TEST(etag, matches_weakly_anywhere_in_the_list) {
    for (const std::string_view field : {"\"17\"", "W/\"17\"", "*", " * ", "\"1\", \"17\"",
                                         "\"1\",W/\"17\" , \"2\"", "\"17\",\"17\""})
        EXPECT_TRUE(etag_matches(field, "\"17\"")) << field;
    EXPECT_TRUE(etag_matches("\"17\"", "W/\"17\""));
    EXPECT_TRUE(etag_matches("\"a,b\", \"17\"", "\"a,b\""));
}

TEST(etag, of_a_malformed_or_other_list_matches_nothing) {
    for (const std::string_view field :
         {"", "17", "\"1\"", "\"171\"", "\"17", "w/\"17\"", "\"17\" \"18\"", "\"17\",x",
          "*, \"17\"", "W/17", "\"1\"\"17\"", ",\"17\""})
        EXPECT_FALSE(etag_matches(field, "\"17\"")) << field;
    EXPECT_FALSE(etag_matches("*", ""));
}

TEST(cookie, is_found_by_its_exact_name) {
    EXPECT_EQ(find_cookie("a=1; campgate_demo=xyz; b=2", "campgate_demo"), "xyz");
    EXPECT_EQ(find_cookie("campgate_demo=\"xyz\"", "campgate_demo"), "xyz");
    EXPECT_EQ(find_cookie("campgate_demo=", "campgate_demo"), "");
    EXPECT_EQ(find_cookie("campgate_demo=a=b", "campgate_demo"), "a=b");
    EXPECT_EQ(find_cookie("x;;campgate_demo=1;", "campgate_demo"), "1");
    for (const std::string_view field : {"", "campgate_demo", "Campgate_demo=1", "xcampgate_demo=1",
                                         "campgate_demo =1", "campgate_demo=1; campgate_demo=2"})
        EXPECT_EQ(find_cookie(field, "campgate_demo"), std::nullopt) << field;
    EXPECT_EQ(find_cookie("campgate_demo=1; campgate_demo=1", "campgate_demo"), "1");
}

TEST(json_content_type, is_json_in_utf8_only) {
    for (const std::string_view field :
         {"application/json", "Application/JSON", "application/json; charset=utf-8",
          "application/json;charset=\"UTF-8\"", "application/json;"})
        EXPECT_TRUE(is_json_content_type(field)) << field;
    for (const std::string_view field :
         {"", "text/json", "application/jsonx", "application/json; charset=latin1",
          "application/json, text/plain", "application/problem+json",
          "application/x-www-form-urlencoded", "application/json; charset=utf-8; x=1"})
        EXPECT_FALSE(is_json_content_type(field)) << field;
}

TEST(list_field, names_a_token_whatever_its_case) {
    EXPECT_TRUE(list_names("keep-alive, Upgrade", "upgrade"));
    EXPECT_TRUE(list_names("campgate.live.v1", "campgate.live.v1"));
    EXPECT_FALSE(list_names("campgate.live.v10, x", "campgate.live.v1"));
    EXPECT_FALSE(list_names("", "upgrade"));
}

}  // namespace
}  // namespace campgate::server
