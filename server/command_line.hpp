// What the operator asked for: a subcommand and the effective settings. Order: flag, environment
// (CAMPGATE_…), TOML file, default. Every setting of `config` has the same name in all three, e.g.
// --header-timeout 10s, CAMPGATE_HEADER_TIMEOUT=10s, header_timeout = "10s".
#pragma once

#include "core/ids.hpp"
#include "server/config.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace campgate::server {

enum class subcommand : std::uint8_t {
    demo,
    serve,
    import_season,
    import_families,
    staff_add,
    staff_remove,
    staff_list,
    import_questions,
    retention,
    week_set_capacity,
    week_set_opening,
    clock_accept,
    status,
    journal_export,
    doctor,
};

/// `campgate week set-opening`: an instant, or a time from when the server hears of it.
struct opening_time {
    std::optional<instant> at;             ///< RFC 3339
    std::chrono::microseconds from_now{};  ///< "now" or "+30s", when `at` is empty
};

struct command_line {
    subcommand command{};
    config settings;
    std::string file;             ///< import … FILE, journal export --out ("": stdout)
    std::string niss;             ///< staff add, staff remove
    std::optional<week_id> week;  ///< week …; nothing: all
    std::uint32_t capacity{};     ///< week set-capacity
    opening_time opening;         ///< week set-opening
    bool dry_run = false;         ///< retention
};

/// The process ends here: print, and exit with the code (0 ok, 2 usage or configuration).
struct exit_now {
    int code{};
    std::string out;    ///< for stdout
    std::string error;  ///< for stderr
};

/// The surroundings a command line is read in, so that a test is a table.
struct surroundings {
    std::function<const char*(const char*)> variable;  ///< getenv
    bool root{};                                       ///< effective user 0
    std::string version;

    static surroundings of_process(std::string version);
};

/// `arguments` without the program's name.
std::variant<command_line, exit_now> parse_command_line(std::vector<std::string> arguments,
                                                        const surroundings& around);

}  // namespace campgate::server
