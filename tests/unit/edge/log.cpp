// Log lines are JSON, whatever is in them.
#include "server/log.hpp"

#include <gtest/gtest.h>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <string>

namespace campgate::server {
namespace {

constexpr std::chrono::sys_time<std::chrono::microseconds> epoch{};

TEST(log, a_line_names_time_level_and_event_first) {
    EXPECT_EQ(log_line(log_level::info, "listening", {{"port", 8080}, {"tls", false}}, epoch),
              R"({"time":"1970-01-01T00:00:00Z","level":"info","event":"listening",)"
              R"("port":8080,"tls":false})");
}

TEST(log, a_value_cannot_forge_a_line_nor_a_member) {
    const std::string evil = "x\r\n{\"level\":\"error\"}\",\"level\":\"error\x1b[2J\0\x7f";
    const std::string line = log_line(log_level::warning, "bad_request", {{"what", evil}}, epoch);
    EXPECT_EQ(line.find_first_of("\r\n\x1b"), std::string::npos);
    const auto read = boost::json::parse(line);
    EXPECT_EQ(read.at("what"), boost::json::value(evil));
    EXPECT_EQ(read.at("level"), "warning");
}

TEST(log, a_field_cannot_take_the_place_of_the_standard_ones) {
    const auto read =
        boost::json::parse(log_line(log_level::error, "e", {{"event", "other"}}, epoch));
    EXPECT_EQ(read.at("event"), "e");
}

TEST(log, bytes_that_are_no_text_are_replaced) {
    const std::string line = log_line(
        log_level::info, "e", {{"a", "\xff\xfe!"}, {"b", boost::json::array{"é", "\xc3"}}}, epoch);
    const auto read = boost::json::parse(line);
    EXPECT_EQ(read.at("a"),
              "?"
              "?!");
    EXPECT_EQ(read.at("b").at(0), "é");
    EXPECT_EQ(read.at("b").at(1), "?");
}

TEST(log, lines_go_to_stderr_from_the_least_level_on) {
    start_log(log_level::warning);
    testing::internal::CaptureStderr();
    log_event(log_level::info, "quiet");
    log_event(log_level::warning, "loud", {{"n", 1}});
    const std::string written = testing::internal::GetCapturedStderr();
    EXPECT_EQ(written.find("quiet"), std::string::npos);
    EXPECT_TRUE(written.ends_with(R"("level":"warning","event":"loud","n":1})"
                                  "\n"))
        << written;
    EXPECT_FALSE(logs(log_level::debug));
    EXPECT_TRUE(logs(log_level::error));
}

}  // namespace
}  // namespace campgate::server
