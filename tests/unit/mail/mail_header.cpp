// Headers of mails: whatever a person is called, lines stay ASCII, short and their own.
#include "server/mail/mail_header.hpp"

#include <gtest/gtest.h>

namespace campgate::server {
namespace {

using namespace std::chrono_literals;

TEST(mail_header, addresses_are_those_that_mail_servers_take) {
    for (const char* good :
         {"a@b", "anne.lambert+camp@dalhem.example", "o'neill@x-y.be", "a@1.example"})
        EXPECT_TRUE(is_mail_address(good)) << good;
    for (const char* bad :
         {"",     "a",       "@b",      "a@",          "a@b@c", "a b@c",       "a@b c",   "<a@b>",
          "a@b>", "a\r\n@b", "a@b\nx",  ".a@b",        "a.@b",  "a..b@c",      "a@.b",    "a@b.",
          "a@-b", "a@b-",    "\"a\"@b", "a@[1.2.3.4]", "é@b",   "a@dalhém.be", "a@b,c@d", "a(x)@b",
          "a@b\t"})
        EXPECT_FALSE(is_mail_address(bad)) << bad;
    EXPECT_FALSE(is_mail_address(std::string(65, 'a') + "@b"));
    EXPECT_FALSE(is_mail_address("a@" + std::string(64, 'b')));
    EXPECT_TRUE(is_mail_address(std::string(64, 'a') + "@" + std::string(63, 'b')));
}

TEST(mail_header, a_mailbox_may_have_a_name) {
    const auto named = parse_mailbox("Dalhem – Enfance <plaines@dalhem.example>");
    ASSERT_TRUE(named);
    EXPECT_EQ(named->name, "Dalhem – Enfance");
    EXPECT_EQ(named->address, "plaines@dalhem.example");
    EXPECT_EQ(parse_mailbox("\"A, B\" <a@b>")->name, "A, B");
    EXPECT_EQ(parse_mailbox(" a@b ")->address, "a@b");
    for (const char* bad : {"", "Dalhem", "Dalhem <x>", "<a@b> x", "a@b, c@d"})
        EXPECT_FALSE(parse_mailbox(bad)) << bad;
}

TEST(mail_header, text_is_plain_where_it_can_be_and_encoded_elsewhere) {
    EXPECT_EQ(text_header("Subject", "Hello"), "Subject: Hello");
    EXPECT_EQ(text_header("Subject", "Été"), "Subject: =?UTF-8?B?w4l0w6k=?=");
    EXPECT_EQ(text_header("Subject", "=?x?="), "Subject: =?UTF-8?B?PT94Pz0=?=");
}

TEST(mail_header, lines_are_short_and_characters_whole) {
    std::string subject;
    for (int i = 0; i < 120; ++i)
        subject += i % 3 == 0 ? "é" : i % 3 == 1 ? "\xf0\x9f\x8f\x95" : "x";
    const std::string header = text_header("Subject", subject);
    std::size_t start = 0;
    while (start < header.size()) {
        std::size_t end = header.find("\r\n", start);
        if (end == std::string::npos) end = header.size();
        EXPECT_LE(end - start, 76u);
        if (start > 0) {
            EXPECT_EQ(header[start], ' ');
        }
        start = end + 2;
    }
    EXPECT_LE(text_header("Subject", std::string(5000, 'a')).find("\r\n"), 76u);
}

TEST(mail_header, nobody_adds_a_line) {
    for (const char* name : {"Anne\r\nBcc: x@y.example", "Anne\nX", "Anne\r", "a\xe2\x80\xa8z",
                             "\x01\x7f\xc2\x85", "\xff\xfe"}) {
        for (std::string line :
             {text_header("Subject", name), mailbox_header("To", {name, "a@b.example"})}) {
            for (std::size_t at = 0; (at = line.find("\r\n ", at)) != std::string::npos;)
                line.erase(at, 3);
            EXPECT_EQ(line.find_first_of("\r\n"), std::string::npos) << line;
            for (const char c : line) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << line;
        }
    }
    EXPECT_EQ(mailbox_header("To", {"a\"b\\c", "a@b"}), "To: \"a\\\"b\\\\c\"\r\n <a@b>");
    EXPECT_EQ(mailbox_header("To", {"", "a@b"}), "To: a@b");
}

TEST(mail_header, cleaning_keeps_every_script_and_no_control) {
    EXPECT_EQ(cleaned("Zoë Ñandú 李 \xf0\x9f\x98\x80"), "Zoë Ñandú 李 \xf0\x9f\x98\x80");
    EXPECT_EQ(cleaned("a\nb\tc"), "a b c");
    EXPECT_EQ(cleaned("a\nb\tc", true), "a\nb c");
    EXPECT_EQ(cleaned("a\xe2\x80\xaez"), "a z");
    EXPECT_EQ(cleaned("\xc0\xaf\xed\xa0\x80"),
              "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
              "\xef\xbf\xbd");
    EXPECT_EQ(cleaned("\xf0\x9f\x98"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(mail_header, dates_are_those_of_rfc_5322) {
    EXPECT_EQ(date_text(instant{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} + 9h +
                                1min + 51s + 999ms}),
              "Tue, 24 Nov 2026 09:01:51 +0000");
    EXPECT_EQ(date_text(instant{}), "Thu, 01 Jan 1970 00:00:00 +0000");
}

}  // namespace
}  // namespace campgate::server
