#include "server/tools.hpp"

#include "persistence/doctor.hpp"
#include "persistence/embedded_postgres.hpp"
#include "persistence/journal_export.hpp"
#include "persistence/pg_connection.hpp"
#include "server/admin.hpp"
#include "server/data_directory.hpp"
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

// Asks the running server and tells what it said.
int ask_and_tell(const command_line& line, const json::object& asked) {
    const auto answer = ask_server(data_directory(line.settings), asked);
    if (!answer) {
        std::fprintf(stderr, "campgate: no server runs on %s (name its directory with --data)\n",
                     data_directory(line.settings).c_str());
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
    const auto answer = ask_server(data_directory(line.settings), {{"op", "status"}});
    if (!answer) {
        std::fprintf(stderr, "campgate: no server runs on %s\n",
                     data_directory(line.settings).c_str());
        return exit_failed;
    }
    std::printf("%s\n", json::serialize(*answer).c_str());
    return 0;
}

// The database to look into: that of the running server, or else of the settings, or else the data
// directory's own, started for as long as this lives.
class database_at_hand {
public:
    explicit database_at_hand(const config& settings) {
        if (const auto answer = ask_server(data_directory(settings), {{"op", "database"}})) {
            url_ = std::string{answer->at("database").as_string()};
        } else if (!settings.database.empty()) {
            url_ = settings.database;
        } else if (const auto running = running_embedded_database(data_directory(settings))) {
            url_ = *running;
        } else {
            if (!std::filesystem::exists(data_directory(settings) / "postgres"))
                throw std::runtime_error("there is no database in " +
                                         data_directory(settings).string());
            started_ = std::make_unique<embedded_postgres>(
                embedded_options{data_directory(settings), false, {}});
            url_ = started_->url();
        }
    }
    pg_connection connect() const { return pg_connection{url_}; }

private:
    std::unique_ptr<embedded_postgres> started_;
    std::string url_;
};

int doctor(const command_line& line) {
    const database_at_hand database{line.settings};
    pg_connection connection = database.connect();
    const doctor_report report = run_doctor(connection);
    std::fputs(report.text().c_str(), stdout);
    return report.healthy() ? 0 : exit_failed;
}

int export_to_file(const command_line& line) {
    const database_at_hand database{line.settings};
    pg_connection connection = database.connect();
    std::FILE* out = line.file.empty() ? stdout : std::fopen(line.file.c_str(), "wb");
    if (out == nullptr) throw std::runtime_error(line.file + " cannot be written");
    bool whole = true;
    const std::uint64_t records = export_journal(connection, [&](std::string_view text) {
        whole = std::fwrite(text.data(), 1, text.size(), out) == text.size();
        return whole;
    });
    whole = (out == stdout ? std::fflush(out) : std::fclose(out)) == 0 && whole;
    if (!whole) throw std::runtime_error("the export could not be written whole");
    std::fprintf(stderr, "campgate: %llu records\n", static_cast<unsigned long long>(records));
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
        case subcommand::journal_export: return export_to_file(line);
        case subcommand::doctor: return doctor(line);
        case subcommand::demo:
        case subcommand::serve: break;
    }
    throw std::logic_error("not a tool");
}

}  // namespace campgate::server
