// PostgreSQL's text forms and the verdicts on its errors, as tables.
#include "persistence/pg_text.hpp"

#include "persistence/migrations.hpp"
#include "persistence/pg_connection.hpp"

#include <gtest/gtest.h>

namespace campgate {
namespace {

TEST(pg_text, a_uuid_comes_back) {
    const bits128 id{0x0123456789abcdefULL, 0xfedcba9876543210ULL};
    EXPECT_EQ(uuid_text(id), "01234567-89ab-cdef-fedc-ba9876543210");
    EXPECT_EQ(uuid_of(uuid_text(id)), id);
    EXPECT_EQ(uuid_of("0123"), std::nullopt);
    EXPECT_EQ(uuid_of("g1234567-89ab-cdef-fedc-ba9876543210"), std::nullopt);
    EXPECT_EQ(uuid_of("01234567-89ab-cdef-fedc-ba98765432100"), std::nullopt);
}

TEST(pg_text, bytes_come_back) {
    const std::string bytes("\x00\xff\x10z", 4);
    std::string hex;
    append_hex(hex, bytes);
    EXPECT_EQ(hex, "00ff107a");
    EXPECT_EQ(bytes_of_hex("\\x00ff107A"), bytes);
    EXPECT_EQ(bytes_of_hex("00f"), std::nullopt);
    EXPECT_EQ(bytes_of_hex("zz"), std::nullopt);
}

TEST(pg_text, arrays_are_digits_hex_and_null) {
    array_text a;
    EXPECT_EQ(a.done(), "{}");
    a.clear();
    EXPECT_EQ(a.number(std::int64_t{-1}).null().hex("").hex("a").done(), "{-1,NULL,\"\",\"61\"}");
    EXPECT_EQ(a.done(), "{-1,NULL,\"\",\"61\"}");
    a.clear();
    EXPECT_EQ(a.number(std::uint64_t{0xffffffffffffffff}).done(), "{-1}");
}

TEST(pg_text, a_number_is_whole_or_nothing) {
    EXPECT_EQ(number_of<std::uint32_t>("42"), 42u);
    EXPECT_EQ(number_of<std::uint32_t>("42 "), std::nullopt);
    EXPECT_EQ(number_of<std::uint32_t>(""), std::nullopt);
    EXPECT_EQ(number_of<std::uint8_t>("256"), std::nullopt);
}

TEST(verdict_of, only_what_the_database_decided_is_a_rejection) {
    for (const char* const state : {"CF001", "CF002", "22P02", "23505", "23503", "42883"}) {
        EXPECT_EQ(verdict_of(state), error_verdict::rejected) << state;
    }
    for (const char* const state :
         {"", "57P01", "57014", "25006", "40001", "08006", "53100", "XX000", "CF1", "2"}) {
        EXPECT_EQ(verdict_of(state), error_verdict::doubt) << state;
    }
}

TEST(conninfo_of, adds_to_a_url_and_leaves_what_it_says) {
    pg_options options;
    options.read_write = true;
    options.settings = {{"default_transaction_isolation", "read committed"}};
    const std::string text =
        conninfo_of("postgresql://u:it%27s@h1,h2:6000/db?keepalives_idle=9", options);
    EXPECT_NE(text.find("host='h1,h2'"), std::string::npos) << text;
    EXPECT_NE(text.find("password='it\\'s'"), std::string::npos) << text;
    EXPECT_NE(text.find("keepalives_idle='9'"), std::string::npos) << text;
    EXPECT_NE(text.find("target_session_attrs='read-write'"), std::string::npos) << text;
    EXPECT_NE(text.find("-c default_transaction_isolation=read\\\\ committed"), std::string::npos)
        << text;
    EXPECT_THROW(conninfo_of("postgresql://[", options), database_error);
}

TEST(embedded_migrations, are_numbered_from_one_and_have_a_checksum) {
    unsigned expected = 0;
    for (const migration& m : embedded_migrations()) {
        EXPECT_EQ(m.version, ++expected);
        EXPECT_EQ(m.checksum.size(), 64u);
        EXPECT_FALSE(m.sql.empty());
    }
    EXPECT_GE(expected, 5u);
}

}  // namespace
}  // namespace campgate
