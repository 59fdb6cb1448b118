#include "server/live_frames.hpp"

#include "server/number_text.hpp"
#include "server/time_text.hpp"

namespace campgate::server {

namespace {

constexpr char final_text = '\x81';

// A text frame of a server is its length and the text itself.
std::string text_frame(std::string_view json) {
    std::string frame;
    frame.reserve(json.size() + 10);
    frame += final_text;
    const auto length_bytes = [&](std::size_t bytes) {
        for (std::size_t left = bytes; left > 0; --left)
            frame += static_cast<char>(json.size() >> (8 * (left - 1)) & 0xff);
    };
    if (json.size() < 126) {
        length_bytes(1);
    } else if (json.size() < 65'536) {
        frame += char{126};
        length_bytes(2);
    } else {
        frame += char{127};
        length_bytes(8);
    }
    return frame.append(json);
}

live_message_ptr made(std::string_view type, sequence at, std::string json) {
    std::string frame = text_frame(json);
    return std::make_shared<const live_message>(
        live_message{type, at, std::move(json), std::move(frame)});
}

std::string opened(std::string_view type, sequence at) {
    std::string json = R"({"type":")";
    json += type;
    json += R"(","sequence":)";
    append_number(json, at.value);
    return json;
}

}  // namespace

std::string weeks_json(const availability_view& view, sequence since) {
    std::string out = "[";
    for (const week_availability& week : view.weeks) {
        if (week.changed <= since) continue;
        if (out.size() > 1) out += ',';
        out += '[';
        append_number(out, week.week.value);
        out += ',';
        append_number(out, week.available);
        out += ']';
    }
    out += ']';
    return out;
}

live_message_ptr snapshot_message(const availability_view& view, instant server_time) {
    std::string json = opened("snapshot", view.at);
    json += R"(,"server_time":")" + rfc3339(server_time) + R"(","weeks":)";
    // A week is in a view since some record, so all of them changed after none.
    json += weeks_json(view, {}) + '}';
    return made("snapshot", view.at, std::move(json));
}

live_message_ptr weeks_message(const availability_view& view, sequence since) {
    return made("weeks", view.at,
                opened("weeks", view.at) + R"(,"weeks":)" + weeks_json(view, since) + '}');
}

live_message_ptr season_message(sequence at, std::uint32_t version) {
    std::string json = opened("season", at) + R"(,"version":)";
    append_number(json, version);
    return made("season", at, json + '}');
}

live_message_ptr family_message(sequence at) {
    return made("family", at, opened("family", at) + '}');
}

live_message_ptr time_message(instant server_time) {
    return made("time", {}, R"({"type":"time","server_time":")" + rfc3339(server_time) + R"("})");
}

}  // namespace campgate::server
