// What a client may say on a live WebSocket: hello, as often as it likes. Anything else is its last
// word. A template over the stream under the WebSocket, so that a fuzzer can drive it in memory.
// Everything on the socket's io thread; nothing of what is said is kept.
#pragma once

#include "server/asio.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace campgate::server {

inline constexpr std::string_view ws_hello = R"({"type":"hello"})";
// RFC 6455 section 7.4.1
inline constexpr std::uint16_t close_policy = 1008;
inline constexpr std::uint16_t close_too_big = 1009;

/// Until the client has said something else, or more than `message_max` at once: the code to close
/// with. 0 when the stream has ended by itself, or broke the protocol and was told so by Beast.
/// `heard` is called whenever something came. Beast's own limit must be off: it would close the
/// socket on what was not read yet, and the client would see a reset instead of 1009.
template <class Stream, class Heard>
awaitable<std::uint16_t> read_last_word(Stream& ws, std::uint64_t message_max,
                                        asio::cancellation_slot give_up, Heard heard) {
    std::array<char, ws_hello.size() + 1> text;
    std::size_t held = 0;
    std::uint64_t length = 0;
    for (;;) {
        if (held == text.size()) held = 0;  // it is too long already: only its length matters
        const auto [ec, bytes] =
            co_await ws.async_read_some(asio::buffer(text.data() + held, text.size() - held),
                                        asio::bind_cancellation_slot(give_up, nothrow));
        if (ec) co_return 0;
        heard();
        held += bytes;
        length += bytes;
        if (length > message_max) co_return close_too_big;
        if (!ws.is_message_done()) continue;
        if (length != ws_hello.size() || std::string_view{text.data(), held} != ws_hello)
            co_return close_policy;
        held = 0;
        length = 0;
    }
}

}  // namespace campgate::server
