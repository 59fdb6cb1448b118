#include "loadtest/ws_watcher.hpp"

#include "loadtest/wall_clock.hpp"

namespace campgate::rush {

namespace {

constexpr unsigned opcode_text = 1;
constexpr unsigned opcode_close = 8;
constexpr unsigned opcode_ping = 9;

}  // namespace

ws_watcher::ws_watcher(watch_floor& floor, std::uint64_t number, std::string cookie)
    : floor_(floor),
      number_(number),
      cookie_(std::move(cookie)) {
}

ws_watcher::~ws_watcher() {
    if (wire_) wire_->leave();
}

void ws_watcher::open() {
    wanted_ = true;
    upgraded_ = false;
    partial_.clear();
    wire_ = std::make_shared<wire>(floor_.io, static_cast<wire_user&>(*this));
    wire_->connect(floor_.to.endpoint, source_address(floor_.to, number_));
}

void ws_watcher::close() {
    wanted_ = false;
    if (pause_) pause_->cancel();
    if (wire_) wire_->leave();
    wire_.reset();
    came(false);
}

void ws_watcher::on_connected() {
    std::string request = "GET /api/v1/live";
    const std::uint64_t since = floor_.book.at(page_).sequence;
    if (since != 0) request += "?since=" + std::to_string(since);
    request += " HTTP/1.1\r\nHost: " + floor_.to.host +
               "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13"
               "\r\nSec-WebSocket-Key: Y2FtcGdhdGUgcnVzaCBkYQ=="
               "\r\nSec-WebSocket-Protocol: campgate.live.v1";
    if (!cookie_.empty()) request += "\r\nCookie: " + cookie_;
    wire_->send(request + "\r\n\r\n");
}

void ws_watcher::on_bytes(std::string_view bytes) {
    const bool was_partial = !partial_.empty();
    if (was_partial) {
        partial_ += bytes;
        bytes = partial_;
    }
    while (!bytes.empty() && wire_) {
        const std::size_t taken = upgraded_ ? take_frame(bytes) : take_handshake(bytes);
        if (taken == 0) break;
        bytes.remove_prefix(taken);
    }
    std::string rest{bytes};
    partial_ = std::move(rest);
}

std::size_t ws_watcher::take_handshake(std::string_view bytes) {
    const std::size_t end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) return 0;
    if (!bytes.starts_with("HTTP/1.1 101")) {
        ++floor_.refused;
        wire_->leave();
        wire_.reset();
        later();
        return end + 4;
    }
    upgraded_ = true;
    return end + 4;
}

std::size_t ws_watcher::take_frame(std::string_view bytes) {
    const auto byte = [&](std::size_t i) {
        return static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i]));
    };
    if (bytes.size() < 2) return 0;
    std::uint64_t size = byte(1) & 0x7f;
    std::size_t head = 2;
    if (size >= 126) {
        const std::size_t more = size == 126 ? 2 : 8;
        if (bytes.size() < 2 + more) return 0;
        size = 0;
        for (std::size_t i = 0; i < more; ++i) size = size << 8 | byte(2 + i);
        head += more;
    }
    if (size > (1U << 24)) throw api_fault("a live message of more than 16 MiB");
    const auto whole = head + static_cast<std::size_t>(size);
    if (bytes.size() < whole) return 0;
    const std::string_view payload = bytes.substr(head, whole - head);
    floor_.bytes += whole;
    switch (byte(0) & 0x0f) {
        case opcode_text: text(payload); break;
        case opcode_ping: pong(payload); break;
        case opcode_close:
            wire_->leave();
            wire_.reset();
            came(false);
            later();
            break;
        default: break;
    }
    return whole;
}

void ws_watcher::text(std::string_view message) {
    constexpr std::string_view weeks = R"({"type":"weeks")";
    constexpr std::string_view snapshot = R"({"type":"snapshot")";
    constexpr std::string_view season = R"({"type":"season")";
    constexpr std::string_view family = R"({"type":"family")";
    ++floor_.frames;
    if (message.starts_with(weeks) || message.starts_with(snapshot)) {
        page_ = floor_.book.turn(page_, message, unix_micros(now()));
        came(true);
    } else if (message.starts_with(season)) {
        if (floor_.on_season) floor_.on_season();
    } else if (message.starts_with(family)) {
        ++floor_.family_messages;
    }
}

// Clients mask what they send; a mask of zeros will do.
void ws_watcher::pong(std::string_view payload) {
    std::string frame{'\x8a', static_cast<char>(0x80 | (payload.size() & 0x7f)), 0, 0, 0, 0};
    frame += payload;
    wire_->send(frame);
}

void ws_watcher::came(bool open) {
    if (open_ == open) return;
    open_ = open;
    if (floor_.on_open) floor_.on_open(open);
}

void ws_watcher::on_ended(error_code) {
    wire_.reset();
    came(false);
    later();
}

// Back after a while that differs from socket to socket.
void ws_watcher::later() {
    if (!wanted_) return;
    ++floor_.reconnects;
    if (!pause_) pause_ = std::make_unique<timer>(floor_.io);
    pause_->expires_after(std::chrono::milliseconds{200 + (number_ * 7919) % 1800});
    pause_->async_wait([this](error_code ec) {
        if (!ec && wanted_) open();
    });
}

}  // namespace campgate::rush
