#include "server/tools.hpp"

#include "persistence/doctor.hpp"
#include "persistence/embedded_postgres.hpp"
#include "persistence/journal_export.hpp"
#include "persistence/pg_connection.hpp"
#include "server/admin.hpp"
#include "server/data_directory.hpp"
#include "server/families_file.hpp"
#include "server/questionnaire_file.hpp"
#include "server/sale_rules_file.hpp"
#include "server/season_file.hpp"
#include "server/stores.hpp"
#include "server/time_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <array>
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

int import_families_file(const command_line& line) {
    std::ifstream file{line.file, std::ios::binary};
    if (!file) {
        std::fprintf(stderr, "campgate: %s cannot be read\n", line.file.c_str());
        return exit_usage;
    }
    std::string content(families_file_bytes_max + 1, '\0');
    file.read(content.data(), static_cast<std::streamsize>(content.size()));
    content.resize(static_cast<std::size_t>(file.gcount()));
    // Sites and school years are the server's to know.
    auto parsed = parse_families(content, line.file, nullptr);
    if (const auto* faults = std::get_if<std::vector<file_fault>>(&parsed)) {
        for (const file_fault& fault : *faults)
            std::fprintf(stderr, "%s\n", to_text(fault).c_str());
        std::fputs("campgate: nothing was imported\n", stderr);
        return exit_usage;
    }
    return ask_and_tell(line, {{"op", "import_families"}, {"file", line.file}, {"text", content}});
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
    for (const std::string& sentence : price_warnings(std::get<season>(parsed)))
        std::fprintf(stderr, "%s: warning: %s\n", line.file.c_str(), sentence.c_str());
    return ask_and_tell(line, {{"op", "import_season"}, {"file", line.file}, {"text", text}});
}

int import_questions_file(const command_line& line) {
    std::ifstream file{line.file, std::ios::binary};
    if (!file) {
        std::fprintf(stderr, "campgate: %s cannot be read\n", line.file.c_str());
        return exit_usage;
    }
    std::string text(questionnaire_file_bytes_max + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    const auto parsed = parse_questionnaire(text, line.file);
    if (const auto* faults = std::get_if<std::vector<file_fault>>(&parsed)) {
        for (const file_fault& fault : *faults)
            std::fprintf(stderr, "%s\n", to_text(fault).c_str());
        std::fputs("campgate: nothing was imported\n", stderr);
        return exit_usage;
    }
    return ask_and_tell(line, {{"op", "import_questions"}, {"file", line.file}, {"text", text}});
}

// A run of the server forgets a few; until nothing is left.
int forget(const command_line& line) {
    constexpr std::array names{"sheets", "families",  "audit_rows",
                               "mails",  "documents", "requests"};
    std::array<std::int64_t, names.size()> total{};
    for (bool more = true; more;) {
        const auto answer = ask_server(data_directory(line.settings),
                                       {{"op", "retention"}, {"dry_run", line.dry_run}});
        if (!answer || !answer->at("ok").as_bool()) {
            const std::string why =
                answer ? std::string{answer->at("message").as_string()}
                       : "no server runs on " + data_directory(line.settings).string();
            std::fprintf(stderr, "campgate: %s\n", why.c_str());
            return exit_failed;
        }
        for (std::size_t i = 0; i < names.size(); ++i) total[i] += answer->at(names[i]).as_int64();
        more = answer->at("more").as_bool();
    }
    std::printf(
        "campgate: %s %lld health sheets, %lld families, %lld audit rows, %lld mails, "
        "%lld documents, %lld unanswered requests\n",
        line.dry_run ? "would forget" : "forgot", static_cast<long long>(total[0]),
        static_cast<long long>(total[1]), static_cast<long long>(total[2]),
        static_cast<long long>(total[3]), static_cast<long long>(total[4]),
        static_cast<long long>(total[5]));
    return 0;
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

// Whoever loses the master key loses every family file: is there a copy, and is it this key's?
std::string key_backup_warning(const config& settings) {
    const std::filesystem::path file = master_key_file(settings);
    if (!std::filesystem::exists(file)) return {};
    if (settings.master_key_backup.empty())
        return "the master key " + file.string() +
               " has no backup copy that is known here: without it the family files are lost; keep "
               "a copy elsewhere and name it in master_key_backup";
    std::error_code ec;
    if (std::filesystem::equivalent(file, settings.master_key_backup, ec))
        return "master_key_backup is the master key itself, not a copy of it";
    try {
        const auto key = read_master_key(file);
        const auto copy = read_master_key(settings.master_key_backup);
        if (!copy) return "the backup copy " + settings.master_key_backup + " is not there";
        if (key && master_key{*key}.fingerprint() != master_key{*copy}.fingerprint())
            return "the backup copy " + settings.master_key_backup + " is another key";
    } catch (const master_key_error& e) {
        return e.what();
    }
    return {};
}

int doctor(const command_line& line) {
    const database_at_hand database{line.settings};
    pg_connection connection = database.connect();
    const doctor_report report = run_doctor(connection);
    std::fputs(report.text().c_str(), stdout);
    if (const std::string warning = key_backup_warning(line.settings); !warning.empty())
        std::printf("warning: %s\n", warning.c_str());
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
        case subcommand::import_families: return import_families_file(line);
        case subcommand::staff_add:
            return ask_and_tell(line, {{"op", "staff_add"}, {"niss", line.niss}});
        case subcommand::staff_remove:
            return ask_and_tell(line, {{"op", "staff_remove"}, {"niss", line.niss}});
        case subcommand::staff_list: return ask_and_tell(line, {{"op", "staff_list"}});
        case subcommand::import_questions: return import_questions_file(line);
        case subcommand::retention: return forget(line);
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
