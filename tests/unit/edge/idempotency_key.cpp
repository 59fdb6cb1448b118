// Keys that make a repeated request recognisable.
#include "server/idempotency_key.hpp"

#include <gtest/gtest.h>

#include <string>

namespace campgate::server {
namespace {

TEST(idempotency_key, of_a_uuid_is_its_own_bits) {
    const bits128 expected{0x0123456789ab4cdeULL, 0x8f01234567890abcULL};
    EXPECT_EQ(parse_idempotency_key("01234567-89ab-4cde-8f01-234567890abc"), expected);
    EXPECT_EQ(parse_idempotency_key("01234567-89AB-4CDE-8F01-234567890ABC"), expected);
}

TEST(idempotency_key, of_other_text_is_a_hash_that_depends_on_every_character) {
    const auto key = parse_idempotency_key("order-1");
    ASSERT_TRUE(key);
    EXPECT_EQ(key, parse_idempotency_key("order-1"));
    EXPECT_NE(key, parse_idempotency_key("Order-1"));
    EXPECT_NE(key, parse_idempotency_key("order-2"));
    EXPECT_NE(parse_idempotency_key("01234567-89ab-4cde-8f01-234567890abg"),
              parse_idempotency_key("01234567-89ab-4cde-8f01-234567890abc"));
    EXPECT_TRUE(parse_idempotency_key("x"));
    EXPECT_TRUE(parse_idempotency_key(std::string(64, '_')));
}

TEST(idempotency_key, is_refused_when_empty_too_long_or_of_other_characters) {
    for (const std::string& field :
         {std::string{}, std::string(65, 'a'), std::string{"a b"}, std::string{"\"a\""},
          std::string{"é"}, std::string{"a,b"}, std::string{"a/b"}, std::string{"a\0b", 3},
          std::string{"a\r\n"}, std::string{" a"}})
        EXPECT_FALSE(parse_idempotency_key(field)) << field;
}

TEST(body_hash, differs_for_any_other_bytes_and_from_a_key) {
    EXPECT_EQ(body_hash("{}"), body_hash("{}"));
    EXPECT_NE(body_hash("{}"), body_hash("{ }"));
    EXPECT_NE(body_hash(""), bits128{});
    EXPECT_NE(body_hash("abc"), *parse_idempotency_key("abc"));
}

}  // namespace
}  // namespace campgate::server
