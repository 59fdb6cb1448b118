#include "server/tools.hpp"

#include "persistence/embedded_postgres.hpp"
#include "server/admin.hpp"
#include "server/season_file.hpp"
#include "server/time_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <stdexcept>

namespace campgate::server {

namespace json = boost::json;

namespace {

constexpr int exit_failed = 1;
constexpr int exit_usage = 2;

std::filesystem::path data_of(const config& settings) {
    return settings.data.empty() ? default_data_directory() : std::filesystem::path{settings.data};
}

// Asks the running server and tells what it said.
int ask_and_tell(const command_line& line, const json::object& asked) {
    const auto answer = ask_server(data_of(line.settings), asked);
    if (!answer) {
        std::fprintf(stderr, "campgate: no server runs on %s (name its directory with --data)\n",
                     data_of(line.settings).c_str());
        return exit_failed;
    }
    const bool ok = answer->at("ok").as_bool();
    if (const json::value* faults = answer->if_contains("faults")) {
        for (const json::value& fault : faults->as_array())
            std::fprintf(stderr, "%s\n", fault.as_string().c_str());
    }
    std::fprintf(ok ? stdout : stderr, "campgate: %s\n",
                 std::string{answer->at("message").as_string()}.c_str());
    return ok ? 0 : exit_failed;
}

int import_season_file(const command_line& line) {
    std::ifstream file{line.file, std::ios::binary};
    if (!file) {
        std::fprintf(stderr, "campgate: %s cannot be read\n", line.file.c_str());
        return exit_usage;
    }
    std::string text(season_file_bytes_max + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    // Faults are told without a server, too.
    auto parsed = parse_season(text, line.file);
    if (const auto* faults = std::get_if<std::vector<season_fault>>(&parsed)) {
        for (const season_fault& fault : *faults)
            std::fprintf(stderr, "%s\n", to_text(fault).c_str());
        std::fputs("campgate: nothing was imported\n", stderr);
        return exit_usage;
    }
    return ask_and_tell(line, {{"op", "import_season"}, {"file", line.file}, {"text", text}});
}

int set_opening(const command_line& line) {
    json::object asked{{"op", "set_opening"}};
    if (line.week) asked["week"] = line.week->value;
    if (line.opening.at) {
        asked["at"] = rfc3339(*line.opening.at);
    } else {
        asked["from_now_us"] = line.opening.from_now.count();
    }
    return ask_and_tell(line, asked);
}

int status(const command_line& line) {
    const auto answer = ask_server(data_of(line.settings), {{"op", "status"}});
    if (!answer) {
        std::fprintf(stderr, "campgate: no server runs on %s\n", data_of(line.settings).c_str());
        return exit_failed;
    }
    std::printf("%s\n", json::serialize(*answer).c_str());
    return 0;
}

}  // namespace

int run_tool(const command_line& line) {
    switch (line.command) {
        case subcommand::import_season: return import_season_file(line);
        case subcommand::week_set_capacity:
            return ask_and_tell(line, {{"op", "set_capacity"},
                                       {"week", line.week ? line.week->value : 0U},
                                       {"capacity", line.capacity}});
        case subcommand::week_set_opening: return set_opening(line);
        case subcommand::clock_accept: return ask_and_tell(line, {{"op", "clock_accept"}});
        case subcommand::status: return status(line);
        case subcommand::journal_export:
        case subcommand::doctor:
        case subcommand::demo:
        case subcommand::serve: break;
    }
    throw std::logic_error("not a tool");
}

}  // namespace campgate::server
