// The log: one JSON object a line on stderr. Never personal data: no names, birth dates, addresses
// of families, cookies, keys or bodies; ids of families and children stay out too (DESIGN §5).
// Network addresses appear only where an operator must act on them. Values are JSON strings, so
// nothing a client sends can forge a line. Thread safety: any thread, after `start_log`.
#pragma once

#include "server/config.hpp"

#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace campgate::server {

/// A member of a line. Made from text, a number, a switch or any JSON value.
struct log_field {
    log_field(std::string_view key, std::string_view text)
        : name(key),
          value(boost::json::string{text}) {}
    log_field(std::string_view key, const std::string& text)
        : log_field(key, std::string_view{text}) {}
    log_field(std::string_view key, const char* text) : log_field(key, std::string_view{text}) {}
    log_field(std::string_view key, boost::json::value any) : name(key), value(std::move(any)) {}

    std::string_view name;
    boost::json::value value;
};

using log_fields = std::initializer_list<log_field>;

/// Lines below `least` are left out. Before this call everything from `info` on is written.
void start_log(log_level least);

/// {"time":"…Z","level":"info","event":"listening",…}. `event` is snake_case and constant.
/// Never throws; a line that cannot be written is lost.
void log_event(log_level level, std::string_view event, log_fields fields = {}) noexcept;

/// Is anybody going to see such a line? For fields that are dear to compute.
bool logs(log_level level) noexcept;

/// One line without its end, as `log_event` writes it.
std::string log_line(log_level level, std::string_view event, log_fields fields,
                     std::chrono::sys_time<std::chrono::microseconds> now);

}  // namespace campgate::server
