// Camp weeks as a calendar file, line by line; tests/integration/sale_mails reads it as others do.
#include "server/mail/calendar_file.hpp"

#include <gtest/gtest.h>

namespace campgate::server {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::sys_days;

const sys_days monday{std::chrono::year{2027} / 7 / 19};
const instant made{sys_days{std::chrono::year{2027} / 3 / 20} + 11h + 5s};
const mailbox by{"Commune de Dalhem", "plaines@dalhem.example"};

TEST(calendar_file, S29_a_week_is_an_event_of_whole_days) {
    const calendar_event week{"uid-1", "Léa – Petits", "Dalhem", {monday, monday + days{1}}};
    EXPECT_EQ(calendar_text(calendar_method::publish, {week}, by, made),
              "BEGIN:VCALENDAR\r\n"
              "VERSION:2.0\r\n"
              "PRODID:-//Campgate//Campgate//FR\r\n"
              "METHOD:PUBLISH\r\n"
              "BEGIN:VEVENT\r\n"
              "UID:uid-1\r\n"
              "DTSTAMP:20270320T110005Z\r\n"
              "SEQUENCE:0\r\n"
              "STATUS:CONFIRMED\r\n"
              "SUMMARY:Léa – Petits\r\n"
              "LOCATION:Dalhem\r\n"
              "ORGANIZER;CN=Commune de Dalhem:mailto:plaines@dalhem.example\r\n"
              "DTSTART;VALUE=DATE:20270719\r\n"
              "DTEND;VALUE=DATE:20270721\r\n"
              "CLASS:PRIVATE\r\n"
              "TRANSP:TRANSPARENT\r\n"
              "END:VEVENT\r\n"
              "END:VCALENDAR\r\n");
}

TEST(calendar_file, S29_a_holiday_inside_is_no_camp_day) {
    const calendar_event week{
        "uid-1", "Tom", "", {monday, monday + days{1}, monday + days{3}, monday + days{4}}};
    const std::string text = calendar_text(calendar_method::publish, {week}, by, made);
    for (const char* part :
         {"DTSTART;VALUE=DATE:20270719\r\n", "DTEND;VALUE=DATE:20270720\r\n",
          "RRULE:FREQ=DAILY;UNTIL=20270723\r\n", "EXDATE;VALUE=DATE:20270721\r\n"})
        EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST(calendar_file, S30_a_cancelled_week_names_the_same_event_and_comes_after_it) {
    const calendar_event week{"uid-1", "Tom", "", {monday}};
    const std::string text = calendar_text(calendar_method::cancel, {week}, by, made);
    for (const char* part :
         {"METHOD:CANCEL\r\n", "UID:uid-1\r\n", "SEQUENCE:1\r\n", "STATUS:CANCELLED\r\n"})
        EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST(calendar_file, nobody_writes_a_line_of_their_own) {
    const calendar_event week{
        "uid-1", "A\r\nATTENDEE:mailto:x@y.example\nB, C; D\\", "\x01", {monday}};
    const mailbox hostile{"A\"\r\nX:y", "plaines@dalhem.example"};
    const std::string text = calendar_text(calendar_method::publish, {week}, hostile, made);
    EXPECT_EQ(text.find("\nATTENDEE"), std::string::npos) << text;
    EXPECT_EQ(text.find("\nX:"), std::string::npos) << text;
    EXPECT_NE(text.find("B\\, C\\; D\\\\\r\n"), std::string::npos) << text;
    const mailbox nobody{"x", "a@b\r\nX:y"};
    EXPECT_EQ(calendar_text(calendar_method::publish, {week}, nobody, made).find("ORGANIZER"),
              std::string::npos);
}

TEST(calendar_file, lines_are_short_whatever_the_names) {
    std::string name;
    for (int i = 0; i < 100; ++i) name += "Zoë 李 ";
    const calendar_event week{"uid-1", name, name, {monday}};
    const std::string text = calendar_text(calendar_method::publish, {week}, {name, "a@b"}, made);
    std::size_t start = 0;
    for (std::size_t end = 0; (end = text.find("\r\n", start)) != std::string::npos;
         start = end + 2)
        EXPECT_LE(end - start, 75u) << text.substr(start, end - start);
}

TEST(calendar_file, a_file_has_a_name_in_each_language) {
    const calendar_event week{"uid-1", "Tom", "", {monday}};
    EXPECT_EQ(calendar_file(calendar_method::publish, {week}, by, made, language::de).name,
              "wochen.ics");
    EXPECT_EQ(calendar_file(calendar_method::cancel, {week}, by, made, language::en).type,
              "text/calendar; charset=utf-8; method=CANCEL");
}

}  // namespace
}  // namespace campgate::server
