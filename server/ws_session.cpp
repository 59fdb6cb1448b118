#include "server/ws_session.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_static_buffer.hpp>
#include <boost/beast/websocket.hpp>

namespace campgate::server {

namespace websocket = boost::beast::websocket;
using ws_stream = websocket::stream<tcp_stream, false>;

namespace {

constexpr std::uint16_t close_policy = 1008;  // RFC 6455 §7.4.1
constexpr std::string_view hello = R"({"type":"hello"})";

// What reader and writer share; lives until both have ended.
struct live_socket {
    live_socket(tcp_stream stream, std::optional<family_id> family, std::optional<sequence> since,
                executor on)
        : ws(std::move(stream)),
          feed(on, family, since),
          ended(on),
          patience(on) {}

    ws_stream ws;
    live_subscriber feed;
    waiter<bool> ended;  // the reader is gone
    timer patience;      // of the close
    // Beast's close and a read that fails the connection can wait for each other's locks for ever;
    // closing the socket wakes neither (1.81: close_op holds the write lock, read_op the read
    // lock).
    asio::cancellation_signal give_up_close;
    asio::cancellation_signal give_up_read;
};

// Clients have nothing to say but hello; anything else ends the feed.
awaitable<> read_until_end(std::shared_ptr<live_socket> socket, std::uint64_t message_max) {
    std::string text;
    for (;;) {
        auto buffer = asio::dynamic_buffer(text, message_max);
        const auto [ec, bytes] = co_await socket->ws.async_read(
            buffer, asio::bind_cancellation_slot(socket->give_up_read.slot(), nothrow));
        if (ec) break;
        if (bytes != hello.size() || text != hello) {
            socket->feed.close(close_policy);
            // The writer's close hears the client's itself, and is not met by another read.
            break;
        }
        text.clear();
    }
    socket->feed.close(0);
    socket->ended.set(true);
}

awaitable<> write_until_end(live_socket& socket, const application& app) {
    for (;;) {
        const live_message_ptr message = socket.feed.next(app.seen, app.time.now());
        if (message) {
            const auto [ec, bytes] =
                co_await socket.ws.async_write(asio::buffer(message->json), nothrow);
            if (ec) break;
            continue;
        }
        if (socket.feed.closing()) break;
        co_await socket.feed.wait();
    }
}

// The closing handshake, for a bounded time.
awaitable<> say_close(std::shared_ptr<live_socket> socket, std::uint16_t code,
                      std::chrono::steady_clock::duration most) {
    socket->patience.expires_after(most);
    socket->patience.async_wait([socket](error_code ec) {
        if (!ec) socket->give_up_close.emit(asio::cancellation_type::terminal);
    });
    const auto [ec] = co_await socket->ws.async_close(
        websocket::close_reason{code},
        asio::bind_cancellation_slot(socket->give_up_close.slot(), nothrow));
    (void)ec;
    socket->patience.cancel();
}

}  // namespace

awaitable<> ws_session(tcp_stream stream, http_head head, std::optional<family_id> family,
                       std::optional<sequence> since, application& app, io_lane& lane) {
    // HTTP's timer would stay on after the upgrade.
    stream.expires_never();
    auto socket =
        std::make_shared<live_socket>(std::move(stream), family, since, lane.io.get_executor());
    ws_stream& ws = socket->ws;
    websocket::stream_base::timeout timeout{};
    timeout.handshake_timeout = app.settings.header_timeout;
    // Beast pings at half of its idle time-out.
    timeout.idle_timeout = 2 * app.settings.ws_ping;
    timeout.keep_alive_pings = true;
    ws.set_option(timeout);
    ws.read_message_max(app.settings.ws_message_max);
    ws.auto_fragment(false);
    ws.text(true);
    ws.set_option(websocket::stream_base::decorator([](websocket::response_type& response) {
        response.set(boost::beast::http::field::sec_websocket_protocol, live_subprotocol);
    }));
    const auto [ec] = co_await ws.async_accept(head.message, nothrow);
    if (ec) co_return;
    head.message = {};

    lane.feed.add(socket->feed);
    asio::co_spawn(lane.io.get_executor(), read_until_end(socket, app.settings.ws_message_max),
                   asio::detached);
    co_await write_until_end(*socket, app);
    lane.feed.remove(socket->feed);

    const std::uint16_t code = socket->feed.closing().value_or(0);
    if (code != 0) co_await say_close(socket, code, app.settings.write_timeout);
    error_code ignored;
    boost::beast::get_lowest_layer(ws).socket().close(ignored);
    const auto ended = co_await socket->ended.wait_for(app.settings.write_timeout);
    if (!ended) socket->give_up_read.emit(asio::cancellation_type::terminal);
}

awaitable<> event_stream(tcp_stream& stream, std::optional<family_id> family,
                         std::optional<sequence> since, bool secure, application& app,
                         io_lane& lane) {
    std::string head =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
        "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
        "X-Accel-Buffering: no\r\nConnection: close\r\n";
    if (secure) head += "Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n";
    head += "\r\nretry: 3000\n\n";
    live_subscriber feed{lane.io.get_executor(), family, since};
    lane.feed.add(feed);
    std::string out = std::move(head);
    for (;;) {
        if (!out.empty()) {
            stream.expires_after(app.settings.write_timeout);
            const auto [ec, bytes] = co_await asio::async_write(stream, asio::buffer(out), nothrow);
            if (ec) break;
            out.clear();
        }
        if (const auto message = feed.next(app.seen, app.time.now())) {
            out = "event: ";
            out += message->type;
            if (message->at.value != 0) out += "\nid: " + std::to_string(message->at.value);
            out += "\ndata: " + message->json + "\n\n";
            continue;
        }
        if (feed.closing()) break;
        // A peer that is gone shows at the next write: the time message comes every so often.
        stream.expires_never();
        co_await feed.wait();
    }
    lane.feed.remove(feed);
}

}  // namespace campgate::server
