// One browser's live calendar: a WebSocket written and read by hand (RFC 6455), for cheapness.
// Answers pings, follows the pages of the calendar book, comes back after a lost connection.
// Thread safety: one thread.
#pragma once

#include "loadtest/address.hpp"
#include "loadtest/calendar_book.hpp"
#include "loadtest/wire.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace campgate::rush {

/// What all watchers of a process share.
struct watch_floor {
    asio::io_context& io;
    const target& to;
    calendar_book& book;
    std::function<void()> on_season;         // an opening moved, a week was added
    std::function<void(bool open)> on_open;  // a socket came or went

    std::uint64_t frames{};
    std::uint64_t bytes{};
    std::uint64_t family_messages{};
    std::uint64_t reconnects{};
    std::uint64_t refused{};  // no 101
};

class ws_watcher final : private wire_user {
public:
    /// `cookie` may be empty.
    ws_watcher(watch_floor& floor, std::uint64_t number, std::string cookie);
    ~ws_watcher();
    ws_watcher(const ws_watcher&) = delete;
    ws_watcher& operator=(const ws_watcher&) = delete;

    void open();
    void close();

    bool is_open() const { return open_; }
    calendar_book::page_number page() const { return page_; }

private:
    void on_connected() override;
    void on_bytes(std::string_view bytes) override;
    void on_ended(error_code why) override;

    std::size_t take_handshake(std::string_view bytes);
    std::size_t take_frame(std::string_view bytes);
    void text(std::string_view message);
    void pong(std::string_view payload);
    void came(bool open);
    void later();

    watch_floor& floor_;
    const std::uint64_t number_;
    const std::string cookie_;
    std::shared_ptr<wire> wire_;
    std::string partial_;
    calendar_book::page_number page_ = calendar_book::blank;
    bool upgraded_ = false;
    bool open_ = false;  // the first calendar is there
    bool wanted_ = false;
    std::unique_ptr<timer> pause_;  // made when it is needed
};

}  // namespace campgate::rush
