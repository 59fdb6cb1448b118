// The settings one by one: their names, what they may be, and where they are in a `config`. The
// command line, the environment and the file all go through this table. One thread.
#pragma once

#include "server/config.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace campgate::server {

/// Which subcommands take a setting as a flag.
enum class setting_scope : std::uint8_t { every, server, demo };

struct setting {
    using place = std::variant<bool*, std::uint16_t*, std::uint32_t*, std::uint64_t*,
                               config::duration*, std::optional<config::duration>*, std::string*,
                               std::vector<std::string>*, log_level*>;

    std::string_view name;  ///< of the file's key, e.g. "header_timeout"
    setting_scope scope{};
    place where;
    std::uint64_t least{};  ///< of numbers; durations in microseconds
    std::uint64_t most{};
    std::string_view help;
    bool flag_only = false;  ///< for one start: forgotten in a file it would do harm at each

    std::string flag() const;      ///< "--header-timeout"
    std::string variable() const;  ///< "CAMPGATE_HEADER_TIMEOUT"
    bool is_switch() const noexcept { return std::holds_alternative<bool*>(where); }
};

/// All settings of this config, which must outlive them.
std::vector<setting> settings_of(config& settings);

/// Sets it from text; what is wrong with the text, or nothing. Lists are separated by commas, sizes
/// may end in KiB or MiB, switches are on, off, true or false.
std::optional<std::string> assign(const setting& which, std::string_view text);

/// The value as `assign` reads it.
std::string value_text(const setting& which);

/// What is wrong with the settings as a whole, or nothing. English, for the operator.
std::optional<std::string> contradiction(const config& settings);

/// Does a connection string hold a password?
bool has_password(std::string_view connection);

/// A connection string that can be shown: without passwords, or "(hidden)" where that is unsure.
std::string without_password(std::string_view connection);

}  // namespace campgate::server
