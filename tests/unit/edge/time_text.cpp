// Instants and durations as text.
#include "server/time_text.hpp"

#include <gtest/gtest.h>

namespace campgate::server {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

constexpr instant at(std::int64_t micros) {
    return instant{microseconds{micros}};
}

TEST(rfc3339, writes_microseconds_only_when_there_are_any) {
    EXPECT_EQ(rfc3339(at(0)), "1970-01-01T00:00:00Z");
    EXPECT_EQ(rfc3339(at(1)), "1970-01-01T00:00:00.000001Z");
    EXPECT_EQ(rfc3339(at(-1)), "1969-12-31T23:59:59.999999Z");
    EXPECT_EQ(rfc3339(sys_days{2027y / June / 1} + 10h + 5min + 9s + 120ms),
              "2027-06-01T10:05:09.120000Z");
    EXPECT_EQ(rfc3339(sys_days{2028y / February / 29}), "2028-02-29T00:00:00Z");
}

TEST(rfc3339, reads_what_the_rfc_allows) {
    const instant expected = sys_days{2027y / June / 1} + 10h;
    for (const std::string_view text :
         {"2027-06-01T10:00:00Z", "2027-06-01t10:00:00z", "2027-06-01T12:00:00+02:00",
          "2027-06-01T10:00:00.000Z", "2027-06-01T10:00:00.0000009Z", "2027-06-01T10:00:00-00:00",
          "2027-05-31T23:30:00-10:30", "2027-06-02T09:59:00+23:59"})
        EXPECT_EQ(parse_rfc3339(text), expected) << text;
    EXPECT_EQ(parse_rfc3339("2027-06-01T10:00:00.5Z"), expected + 500ms);
    EXPECT_EQ(parse_rfc3339("2027-06-01T10:00:00.123456789Z"), expected + 123456us);
}

TEST(rfc3339, refuses_everything_else) {
    for (const std::string_view text : {"",
                                        "2027",
                                        "2027-06-01",
                                        "2027-06-01T10:00:00",
                                        "2027-06-01 10:00:00Z",
                                        "2027-6-1T10:00:00Z",
                                        "2027-02-29T10:00:00Z",
                                        "2027-13-01T10:00:00Z",
                                        "2027-00-01T10:00:00Z",
                                        "2027-06-00T10:00:00Z",
                                        "2027-06-31T10:00:00Z",
                                        "0000-06-01T10:00:00Z",
                                        "2027-06-01T24:00:00Z",
                                        "2027-06-01T10:60:00Z",
                                        "2027-06-01T10:00:60Z",
                                        "2027-06-01T10:00:00.Z",
                                        "2027-06-01T10:00:00,5Z",
                                        "2027-06-01T10:00:00Z ",
                                        " 2027-06-01T10:00:00Z",
                                        "2027-06-01T10:00:00+2:00",
                                        "2027-06-01T10:00:00+0200",
                                        "2027-06-01T10:00:00+24:00",
                                        "2027-06-01T10:00:00+02:60",
                                        "2027-06-01T10:00:00+02:00x",
                                        "-027-06-01T10:00:00Z",
                                        "2027-06-01T10:00Z",
                                        "20270601",
                                        "now",
                                        "2027-06-01T1a:00:00Z"})
        EXPECT_FALSE(parse_rfc3339(text)) << text;
}

TEST(rfc3339, reads_back_what_it_writes) {
    for (std::int64_t i = -50; i < 50; ++i) {
        const instant value = at(i * 987'654'321'012'345);
        EXPECT_EQ(parse_rfc3339(rfc3339(value)), value) << i;
    }
}

TEST(http_date, is_as_rfc_9110_shows_it) {
    EXPECT_EQ(http_date(sys_days{1994y / November / 6} + 8h + 49min + 37s + 1us),
              "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(duration, reads_a_number_and_a_unit) {
    EXPECT_EQ(parse_duration("250ms"), 250ms);
    EXPECT_EQ(parse_duration("30s"), 30s);
    EXPECT_EQ(parse_duration("2m"), 2min);
    EXPECT_EQ(parse_duration("12h"), 12h);
    EXPECT_EQ(parse_duration("3d"), days{3});
    EXPECT_EQ(parse_duration("1w"), weeks{1});
    EXPECT_EQ(parse_duration("0s"), 0s);
    EXPECT_EQ(parse_duration("36525d"), days{36525});
}

TEST(duration, refuses_everything_else) {
    for (const std::string_view text :
         {"", "30", "s", "-1s", "+1s", "1.5h", "1 s", " 1s", "1s ", "1S", "1min", "1h30m", "1us",
          "36526d", "99999999999999999999999s", "1e3s", "0x1s"})
        EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(duration, is_written_in_the_largest_exact_unit) {
    for (const std::string_view text : {"250ms", "30s", "90s", "2m", "36h", "3d", "1w", "0s"})
        EXPECT_EQ(duration_text(*parse_duration(text)), text);
    EXPECT_EQ(duration_text(24h), "1d");
    EXPECT_EQ(duration_text(1500us), "1ms");
}

}  // namespace
}  // namespace campgate::server
