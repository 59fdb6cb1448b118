#include "server/ws_session.hpp"

#include "server/ws_reader.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/websocket.hpp>

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace campgate::server {

namespace websocket = boost::beast::websocket;
using ws_stream = websocket::stream<tcp_stream, false>;

namespace {

constexpr std::size_t direct_bytes_max = 4096;  // what an empty socket takes whole

// What reader and writer share; lives until both have ended.
struct live_socket final : live_sink, deadline_list::entry {
    live_socket(tcp_stream stream, std::shared_ptr<const login_session> login,
                std::optional<sequence> since, application& app, io_lane& lane)
        : ws(std::move(stream)),
          feed(lane.io.get_executor(), std::move(login), since, this),
          ended(lane.io.get_executor()),
          counters(app.counters),
          silences(lane.silences),
          silence_max(2 * app.settings.ws_ping) {}

    // Anything at all; a pong every so often.
    void heard() { silences.arm(*this, silence_max); }
    void on_deadline() override {
        error_code ignored;
        boost::beast::get_lowest_layer(ws).socket().close(ignored);
    }

    // The writer sleeps, so nothing of ours is being written. Beast writes by itself only what
    // answers a client's ping (then no more goes this way) or a fault or close (then it is not
    // open). A socket with nothing unacknowledged takes the message whole.
    bool write_now(const live_message& message) override {
        if (client_pings || message.frame.size() > direct_bytes_max || !ws.is_open()) return false;
        const int socket = boost::beast::get_lowest_layer(ws).socket().native_handle();
        int unacknowledged = 0;
        if (::ioctl(socket, SIOCOUTQ, &unacknowledged) != 0 || unacknowledged != 0) return false;
        const ssize_t sent =
            ::send(socket, message.frame.data(), message.frame.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0) return false;
        counters.frames_sent.add();
        // Never seen; the client would take what follows for the rest of this message.
        if (static_cast<std::size_t>(sent) < message.frame.size()) ::shutdown(socket, SHUT_RDWR);
        return true;
    }
    void merged() override { counters.frames_merged.add(); }

    ws_stream ws;
    live_subscriber feed;
    waiter<bool> ended;  // the reader is gone
    metrics& counters;
    deadline_list& silences;
    const std::chrono::steady_clock::duration silence_max;
    bool client_pings = false;
    // Beast's close and a read that fails the connection can wait for each other's locks for ever;
    // closing the socket wakes neither (1.81: close_op holds the write lock, read_op the read
    // lock).
    asio::cancellation_signal give_up_close;
    asio::cancellation_signal give_up_read;
};

// The writer's close hears the client's itself, and is not met by another read.
awaitable<> read_until_end(std::shared_ptr<live_socket> socket, std::uint64_t message_max) {
    const std::uint16_t code = co_await read_last_word(
        socket->ws, message_max, socket->give_up_read.slot(), [&of = *socket] { of.heard(); });
    socket->feed.close(code);
    socket->ended.set(true);
}

// Pings are written here too, so that nothing else writes while this sleeps.
awaitable<> write_until_end(live_socket& socket, const application& app) {
    auto ping_at = std::chrono::steady_clock::now() + app.settings.ws_ping;
    for (;;) {
        const live_message_ptr message = socket.feed.next(app.seen, app.time.now());
        if (message) {
            const auto [ec, bytes] =
                co_await socket.ws.async_write(asio::buffer(message->json), nothrow);
            if (ec) break;
            socket.counters.frames_sent.add();
            continue;
        }
        if (socket.feed.closing()) break;
        co_await socket.feed.wait(ping_at);
        if (std::chrono::steady_clock::now() < ping_at) continue;
        ping_at = std::chrono::steady_clock::now() + app.settings.ws_ping;
        const auto [ec] = co_await socket.ws.async_ping({}, nothrow);
        if (ec) break;
    }
}

// The closing handshake, for a bounded time.
awaitable<> say_close(std::shared_ptr<live_socket> socket, std::uint16_t code,
                      std::chrono::steady_clock::duration most) {
    timer patience{socket->ws.get_executor(), most};
    patience.async_wait([socket](error_code ec) {
        if (!ec) socket->give_up_close.emit(asio::cancellation_type::terminal);
    });
    const auto [ec] = co_await socket->ws.async_close(
        websocket::close_reason{code},
        asio::bind_cancellation_slot(socket->give_up_close.slot(), nothrow));
    (void)ec;
    patience.cancel();
}

}  // namespace

awaitable<> ws_session(tcp_stream stream, http_head head,
                       std::shared_ptr<const login_session> login, std::optional<sequence> since,
                       application& app, io_lane& lane) {
    // HTTP's timer would stay on after the upgrade.
    stream.expires_never();
    auto socket =
        std::make_shared<live_socket>(std::move(stream), std::move(login), since, app, lane);
    ws_stream& ws = socket->ws;
    websocket::stream_base::timeout timeout{};
    timeout.handshake_timeout = app.settings.header_timeout;
    // Pings are the writer's, and silence is counted here.
    timeout.idle_timeout = websocket::stream_base::none();
    timeout.keep_alive_pings = false;
    ws.set_option(timeout);
    ws.read_message_max(0);  // read_last_word has the limit
    ws.auto_fragment(false);
    ws.text(true);
    ws.control_callback([&of = *socket](websocket::frame_type kind, const auto&) {
        if (kind == websocket::frame_type::ping) of.client_pings = true;
        of.heard();
    });
    ws.set_option(websocket::stream_base::decorator([](websocket::response_type& response) {
        response.set(boost::beast::http::field::sec_websocket_protocol, live_subprotocol);
    }));
    const auto [ec] = co_await ws.async_accept(head.message, nothrow);
    if (ec) co_return;
    head.message = {};

    socket->heard();
    lane.feed.add(socket->feed);
    asio::co_spawn(lane.io.get_executor(), read_until_end(socket, app.settings.ws_message_max),
                   asio::detached);
    co_await write_until_end(*socket, app);
    lane.feed.remove(socket->feed);
    socket->disarm();

    const std::uint16_t code = socket->feed.closing().value_or(0);
    if (code != 0) co_await say_close(socket, code, app.settings.write_timeout);
    error_code ignored;
    boost::beast::get_lowest_layer(ws).socket().close(ignored);
    const auto ended = co_await socket->ended.wait_for(app.settings.write_timeout);
    if (!ended) socket->give_up_read.emit(asio::cancellation_type::terminal);
}

awaitable<> event_stream(tcp_stream& stream, std::shared_ptr<const login_session> login,
                         std::optional<sequence> since, bool secure, application& app,
                         io_lane& lane) {
    std::string head =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
        "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
        "X-Accel-Buffering: no\r\nConnection: close\r\n";
    if (secure) head += "Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n";
    head += "\r\nretry: 3000\n\n";
    live_subscriber feed{lane.io.get_executor(), std::move(login), since};
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
