// The command line: subcommands, and settings by flag, environment, file, default.
#include "server/command_line.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

namespace campgate::server {
namespace {

using arguments = std::vector<std::string>;
using namespace std::chrono_literals;

class command_line_test : public testing::Test {
protected:
    command_line_test() {
        std::string pattern = (std::filesystem::temp_directory_path() / "campgate-XXXXXX").string();
        folder_ = mkdtemp(pattern.data());
        variables_ = {{"HOME", "/home/anne"}};
    }
    ~command_line_test() override { std::filesystem::remove_all(folder_); }

    std::variant<command_line, exit_now> parse(arguments given) const {
        surroundings around;
        around.variable = [this](const char* name) {
            const auto found = variables_.find(name);
            return found == variables_.end() ? nullptr : found->second.c_str();
        };
        around.root = root_;
        around.version = "1.2.3";
        return parse_command_line(std::move(given), around);
    }
    command_line good(arguments given) const {
        auto read = parse(std::move(given));
        if (const auto* end = std::get_if<exit_now>(&read)) {
            ADD_FAILURE() << end->error << end->out;
            return {};
        }
        return std::get<command_line>(read);
    }
    exit_now end(arguments given) const {
        auto read = parse(std::move(given));
        if (const auto* ended = std::get_if<exit_now>(&read)) return *ended;
        ADD_FAILURE() << "was accepted";
        return {};
    }
    std::string file(const std::string& name, const std::string& text) const {
        const std::string path = (folder_ / name).string();
        std::ofstream{path} << text;
        return path;
    }

    std::filesystem::path folder_;
    std::map<std::string, std::string> variables_;
    bool root_{};
};

TEST_F(command_line_test, demo_takes_all_its_flags) {
    const auto read =
        good({"demo", "--port", "9000", "--data", "/tmp/d", "--families", "20000", "--hold", "2m",
              "--opens-in", "30s", "--fresh", "--listen", "::1", "--metrics-port", "9100"});
    EXPECT_EQ(read.command, subcommand::demo);
    EXPECT_TRUE(read.settings.demo);
    EXPECT_TRUE(read.settings.fresh);
    EXPECT_EQ(read.settings.port, 9000);
    EXPECT_EQ(read.settings.metrics_port, 9100);
    EXPECT_EQ(read.settings.data, "/tmp/d");
    EXPECT_EQ(read.settings.families, 20000u);
    EXPECT_EQ(read.settings.hold, 2min);
    EXPECT_EQ(read.settings.opens_in, 30s);
    EXPECT_EQ(read.settings.listen, "::1");
}

TEST_F(command_line_test, subcommands_take_their_arguments) {
    EXPECT_EQ(good({"serve"}).command, subcommand::serve);
    EXPECT_FALSE(good({"serve"}).settings.demo);
    EXPECT_EQ(good({"status", "--data", "/d"}).settings.data, "/d");
    EXPECT_EQ(good({"doctor"}).command, subcommand::doctor);
    EXPECT_EQ(good({"clock", "accept"}).command, subcommand::clock_accept);

    const auto import = good({"import", "season", "a.toml", "--data", "/d"});
    EXPECT_EQ(import.command, subcommand::import_season);
    EXPECT_EQ(import.file, "a.toml");

    EXPECT_EQ(good({"journal", "export"}).file, "");
    EXPECT_EQ(good({"journal", "export", "--out", "j"}).file, "j");

    const auto capacity = good({"week", "set-capacity", "12", "48"});
    EXPECT_EQ(capacity.command, subcommand::week_set_capacity);
    EXPECT_EQ(capacity.week, week_id{12});
    EXPECT_EQ(capacity.capacity, 48u);

    const auto opening = good({"week", "set-opening", "12", "2027-06-01T18:00:00+02:00"});
    EXPECT_EQ(opening.command, subcommand::week_set_opening);
    EXPECT_EQ(opening.opening.at, std::chrono::sys_days{std::chrono::year{2027} / 6 / 1} + 16h);
    const auto soon = good({"week", "set-opening", "all", "+30s"});
    EXPECT_EQ(soon.week, std::nullopt);
    EXPECT_EQ(soon.opening.at, std::nullopt);
    EXPECT_EQ(soon.opening.from_now, 30s);
    EXPECT_EQ(good({"week", "set-opening", "all", "now"}).opening.from_now, 0s);
}

TEST_F(command_line_test, usage_faults_end_with_two_and_a_message_on_stderr) {
    const arguments cases[] = {
        {},
        {"dance"},
        {"demo", "--bogus"},
        {"demo", "extra"},
        {"demo", "--port"},
        {"demo", "--port", "x"},
        {"demo", "--port", "65536"},
        {"demo", "--port", "1", "--port", "2"},
        {"demo", "--listen", "0.0.0.0"},
        {"demo", "--hold", "3"},
        {"demo", "--fresh=maybe"},
        {"serve", "--fresh"},
        {"serve", "--families", "3"},
        {"serve", "--proxy-protocol"},
        {"serve", "--database", "postgres://u:p@h/d"},
        {"status", "--port", "80"},
        {"import"},
        {"import", "season"},
        {"import", "prices", "f"},
        {"week", "set-capacity", "12"},
        {"week", "set-capacity", "all", "3"},
        {"week", "set-capacity", "12", "0"},
        {"week", "set-capacity", "12", "100001"},
        {"week", "set-capacity", "0", "3"},
        {"week", "set-opening", "some", "now"},
        {"week", "set-opening", "1", "tomorrow"},
        {"week", "set-opening", "1", "30s"},
        {"week", "set-opening", "1", "+30"},
        {"clock"},
        {"demo", "serve"},
        {"serve", "--config", "/nowhere/at/all.toml"},
        {"serve", "--database-file", "/nowhere/at/all"},
    };
    for (const arguments& each : cases) {
        std::string line;
        for (const std::string& word : each) line += word + ' ';
        SCOPED_TRACE(line);
        const exit_now ended = end(each);
        EXPECT_EQ(ended.code, 2);
        EXPECT_TRUE(ended.error.starts_with("campgate: ")) << ended.error;
        EXPECT_EQ(ended.out, "");
    }
}

TEST_F(command_line_test, help_and_version_go_to_stdout_and_end_with_zero) {
    EXPECT_EQ(end({"--version"}).out, "campgate 1.2.3\n");
    for (const arguments& each : {arguments{"--help"}, {"-h"}, {"demo", "--help"}}) {
        const exit_now ended = end(each);
        EXPECT_EQ(ended.code, 0);
        EXPECT_NE(ended.out.find("demo"), std::string::npos);
        EXPECT_EQ(ended.error, "");
    }
    EXPECT_NE(end({"demo", "--help"}).out.find("--header-timeout"), std::string::npos);
    EXPECT_NE(end({"demo", "--help"}).out.find("--opens-in"), std::string::npos);
    EXPECT_EQ(end({"serve", "--help"}).out.find("--opens-in"), std::string::npos);
}

TEST_F(command_line_test, flag_beats_environment_beats_file_beats_default) {
    const std::string path = file("c.toml",
                                  "port = 1\nidle_timeout = \"1s\"\nio_threads = 3\n"
                                  "header_limit = 4096\nbody_limit = \"8KiB\"\n"
                                  "trusted_proxies = [\"10.0.0.0/8\", \"::1\"]\n"
                                  "proxy_protocol = true\n");
    variables_["CAMPGATE_PORT"] = "2";
    variables_["CAMPGATE_IDLE_TIMEOUT"] = "2s";
    variables_["CAMPGATE_HOLD"] = "";
    variables_["CAMPGATE_BINARY"] = "unrelated";
    const auto read = good({"serve", "--config", path, "--port", "3"});
    EXPECT_EQ(read.settings.port, 3);
    EXPECT_EQ(read.settings.idle_timeout, 2s);
    EXPECT_EQ(read.settings.io_threads, 3u);
    EXPECT_EQ(read.settings.header_limit, 4096u);
    EXPECT_EQ(read.settings.body_limit, 8192u);
    EXPECT_EQ(read.settings.trusted_proxies, (std::vector<std::string>{"10.0.0.0/8", "::1"}));
    EXPECT_TRUE(read.settings.proxy_protocol);
    EXPECT_EQ(read.settings.hold, std::chrono::days{3});
    EXPECT_EQ(read.settings.ws_ping, 25s);

    variables_["CAMPGATE_CONFIG"] = path;
    EXPECT_EQ(good({"serve"}).settings.io_threads, 3u);
    EXPECT_FALSE(good({"serve", "--proxy-protocol=off"}).settings.proxy_protocol);
}

TEST_F(command_line_test, a_file_s_faults_are_all_told_with_their_lines) {
    const std::string path = file("bad.toml",
                                  "port = 1\nporrt = 2\nhold = 3\nio_threads = \"2\"\n"
                                  "fresh = \"on\"\n[limits]\nport = 3\n");
    const std::string error = end({"serve", "--config", path}).error;
    EXPECT_NE(error.find(path + ":2:"), std::string::npos) << error;
    EXPECT_NE(error.find("porrt"), std::string::npos) << error;
    EXPECT_NE(error.find(path + ":3:"), std::string::npos) << error;
    EXPECT_NE(error.find(path + ":4:"), std::string::npos) << error;
    EXPECT_NE(error.find(path + ":5:"), std::string::npos) << error;
    EXPECT_NE(error.find("limits"), std::string::npos) << error;
    EXPECT_NE(end({"serve", "--config", file("x.toml", "port = = 1")}).error.find(":1:"),
              std::string::npos);
    EXPECT_EQ(end({"serve", "--config", file("y.toml", "allowed_origins = [\"a\", 1]")}).code, 2);
    EXPECT_EQ(end({"serve", "--config", file("z.toml", "port = 1\nport = 2")}).code, 2);
    EXPECT_EQ(end({"serve", "--config", file("big.toml", std::string(300'000, '#'))}).code, 2);
}

TEST_F(command_line_test, an_environment_fault_names_its_variable) {
    variables_["CAMPGATE_PORT"] = "x";
    EXPECT_NE(end({"serve"}).error.find("CAMPGATE_PORT"), std::string::npos);
}

TEST_F(command_line_test, a_password_comes_by_file_only_and_is_never_printed) {
    const std::string secret = file("db", "postgres://u:hunter2@h/d\n");
    EXPECT_EQ(good({"serve", "--database-file", secret}).settings.database,
              "postgres://u:hunter2@h/d");
    const exit_now shown = end({"serve", "--database-file", secret, "--check-config"});
    EXPECT_EQ(shown.code, 0);
    EXPECT_EQ(shown.out.find("hunter2"), std::string::npos);
    const std::string path = file("c.toml", "database = \"postgres://u:hunter2@h/d\"");
    EXPECT_EQ(good({"serve", "--config", path}).settings.database, "postgres://u:hunter2@h/d");
    EXPECT_EQ(end({"serve", "--config", path, "--check-config"}).out.find("hunter2"),
              std::string::npos);
    variables_["CAMPGATE_DATABASE"] = "postgres://u:hunter2@h/d";
    const exit_now refused = end({"serve"});
    EXPECT_EQ(refused.code, 2);
    EXPECT_EQ(refused.error.find("hunter2"), std::string::npos);
}

TEST_F(command_line_test, an_empty_or_long_secret_file_is_refused) {
    EXPECT_EQ(end({"serve", "--database-file", file("a", "\n")}).code, 2);
    EXPECT_EQ(end({"serve", "--database-file", file("b", "a\nb\n")}).code, 2);
    EXPECT_EQ(end({"serve", "--database-file", file("c", std::string(5000, 'x'))}).code, 2);
}

TEST_F(command_line_test, check_config_prints_what_reads_back_as_the_same) {
    const exit_now shown = end({"demo", "--check-config", "--hold", "2m", "--port", "9000",
                                "--data", "/a \"b\\c", "--allowed-origins", "https://a.be"});
    EXPECT_EQ(shown.code, 0);
    EXPECT_NE(shown.out.find("hold = \"2m\"\n"), std::string::npos) << shown.out;
    EXPECT_NE(shown.out.find("port = 9000\n"), std::string::npos) << shown.out;
    const std::string path = file("again.toml", shown.out);
    EXPECT_EQ(end({"demo", "--check-config", "--config", path}).out, shown.out);
    EXPECT_EQ(end({"--check-config"}).out.find("opens_in"), std::string::npos);
    EXPECT_EQ(end({"--check-config"}).code, 0);
}

TEST_F(command_line_test, the_data_directory_follows_xdg_and_root) {
    EXPECT_EQ(good({"serve"}).settings.data, "/home/anne/.local/share/campgate");
    variables_["XDG_DATA_HOME"] = "/xdg";
    EXPECT_EQ(good({"serve"}).settings.data, "/xdg/campgate");
    variables_["XDG_DATA_HOME"] = "relative";
    EXPECT_EQ(good({"serve"}).settings.data, "/home/anne/.local/share/campgate");
    variables_.clear();
    EXPECT_EQ(end({"serve"}).code, 2);
    EXPECT_EQ(good({"serve", "--data", "/d"}).settings.data, "/d");
    root_ = true;
    EXPECT_EQ(good({"serve"}).settings.data, "/var/lib/campgate");
    EXPECT_EQ(good({"serve", "--data", ""}).settings.data, "/var/lib/campgate");
}

TEST_F(command_line_test, the_example_file_shows_every_setting_with_its_default) {
    std::ifstream example{CAMPGATE_SOURCE_DIR "/deploy/campgate.toml"};
    ASSERT_TRUE(example.is_open());
    std::string active;
    for (std::string line; std::getline(example, line);) {
        const bool is_setting = line.size() > 1 && line[0] == '#' && line[1] >= 'a' &&
                                line[1] <= 'z' && line.find(" = ") != std::string::npos;
        active += (is_setting ? line.substr(1) : line) + '\n';
    }
    const std::string path = file("example.toml", active);
    const exit_now shown = end({"serve", "--check-config", "--config", path});
    EXPECT_EQ(shown.error, "");
    EXPECT_EQ(shown.out, end({"serve", "--check-config"}).out);
    std::istringstream lines{shown.out};
    for (std::string line; std::getline(lines, line);) {
        const std::string key = line.substr(0, line.find(" = ") + 3);
        EXPECT_NE(active.find('\n' + key), std::string::npos) << key;
    }
}

}  // namespace
}  // namespace campgate::server
