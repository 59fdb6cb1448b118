// spdlog writes whole lines to stderr under its own lock; the line itself is made here.
#include "server/log.hpp"

#include "server/query_string.hpp"
#include "server/time_text.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <array>
#include <atomic>
#include <memory>

namespace campgate::server {

namespace {

constexpr std::array<std::string_view, 4> level_names{"debug", "info", "warning", "error"};

std::atomic<log_level> least_level{log_level::info};  // any thread

spdlog::logger& logger() {
    static const std::shared_ptr<spdlog::logger> made = [] {
        auto fresh = std::make_shared<spdlog::logger>(
            "campgate", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        fresh->set_pattern("%v");
        fresh->set_level(spdlog::level::trace);
        fresh->flush_on(spdlog::level::trace);
        return fresh;
    }();
    return *made;
}

/// Bytes that are no UTF-8 would make the line no JSON.
void make_valid(boost::json::value& value) {
    if (auto* text = value.if_string()) {
        if (is_utf8({text->data(), text->size()})) return;
        for (char& c : *text) {
            if (static_cast<unsigned char>(c) >= 0x80) c = '?';
        }
    } else if (auto* items = value.if_array()) {
        for (auto& item : *items) make_valid(item);
    } else if (auto* members = value.if_object()) {
        for (auto& member : *members) make_valid(member.value());
    }
}

}  // namespace

void start_log(log_level least) {
    least_level.store(least, std::memory_order_relaxed);
    logger();
}

bool logs(log_level level) noexcept {
    return level >= least_level.load(std::memory_order_relaxed);
}

void log_event(log_level level, std::string_view event, log_fields fields) noexcept {
    if (!logs(level)) return;
    try {
        const auto now =
            std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
        const std::string line = log_line(level, event, fields, now);
        logger().log(spdlog::level::info, spdlog::string_view_t{line.data(), line.size()});
    } catch (...) {
        // A log that cannot be written must not stop an opening day.
    }
}

std::string log_line(log_level level, std::string_view event, log_fields fields,
                     std::chrono::sys_time<std::chrono::microseconds> now) {
    boost::json::object line;
    line.reserve(3 + fields.size());
    line["time"] = rfc3339(now);
    line["level"] = level_names[static_cast<std::size_t>(level)];
    line["event"] = event;
    for (const auto& [name, value] : fields) {
        boost::json::value copy = value;
        make_valid(copy);
        line.emplace(name, std::move(copy));
    }
    return boost::json::serialize(line);
}

}  // namespace campgate::server
