#include "server/live_frames.hpp"

#include "server/time_text.hpp"

#include <charconv>

namespace campgate::server {

namespace {

void append(std::string& out, std::uint64_t value) {
    char digits[20];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

live_message_ptr made(std::string_view type, sequence at, std::string json) {
    return std::make_shared<const live_message>(live_message{type, at, std::move(json)});
}

std::string opened(std::string_view type, sequence at) {
    std::string json = R"({"type":")";
    json += type;
    json += R"(","sequence":)";
    append(json, at.value);
    return json;
}

}  // namespace

std::string weeks_json(const availability_view& view, sequence since) {
    std::string out = "[";
    for (const week_availability& week : view.weeks) {
        if (week.changed <= since) continue;
        if (out.size() > 1) out += ',';
        out += '[';
        append(out, week.week.value);
        out += ',';
        append(out, week.available);
        out += ']';
    }
    out += ']';
    return out;
}

live_message_ptr snapshot_message(const availability_view& view, instant server_time) {
    std::string json = opened("snapshot", view.at);
    json += R"(,"server_time":")" + rfc3339(server_time) + R"(","weeks":[)";
    bool first = true;
    for (const week_availability& week : view.weeks) {
        if (!first) json += ',';
        first = false;
        json += '[';
        append(json, week.week.value);
        json += ',';
        append(json, week.available);
        json += ']';
    }
    json += "]}";
    return made("snapshot", view.at, std::move(json));
}

live_message_ptr weeks_message(const availability_view& view, sequence since) {
    return made("weeks", view.at,
                opened("weeks", view.at) + R"(,"weeks":)" + weeks_json(view, since) + '}');
}

live_message_ptr season_message(sequence at, std::uint32_t version) {
    std::string json = opened("season", at) + R"(,"version":)";
    append(json, version);
    return made("season", at, json + '}');
}

live_message_ptr family_message(sequence at) {
    return made("family", at, opened("family", at) + '}');
}

live_message_ptr time_message(instant server_time) {
    return made("time", {}, R"({"type":"time","server_time":")" + rfc3339(server_time) + R"("})");
}

}  // namespace campgate::server
