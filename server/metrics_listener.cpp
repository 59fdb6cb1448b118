#include "server/metrics_listener.hpp"

#include "server/http_gate.hpp"
#include "server/ws_session.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/write.hpp>

#include <array>

namespace campgate::server {

namespace {

http_response answer_to(const http_head& head, const application& app) {
    http_response response;
    if (head.method != http_method::get || head.message.target() != "/metrics") {
        response.status = 404;
        return response;
    }
    response.content_type = metrics_content_type;
    response.body = app.counters.render();
    return response;
}

// One request, one answer.
awaitable<> answer_metrics(tcp_socket socket, application& app) {
    tcp_stream stream{std::move(socket)};
    stream.expires_after(app.settings.header_timeout);
    std::string in;
    std::size_t checked = 0;
    std::array<char, 1024> chunk{};
    head_span found;
    while (found.is == head_span::state::incomplete && in.size() < app.settings.header_limit) {
        const auto [ec, bytes] = co_await stream.async_read_some(asio::buffer(chunk), nothrow);
        if (ec) co_return;
        in.append(chunk.data(), bytes);
        found = find_head(in, checked);
    }
    if (found.is != head_span::state::complete) co_return;
    const auto head =
        read_head(std::string_view{in}.substr(0, found.bytes), app.settings.target_limit);
    if (!std::holds_alternative<http_head>(head)) co_return;
    const http_response response = answer_to(std::get<http_head>(head), app);
    const std::string text = render_head(response, false, false, "") + response.body;
    stream.expires_after(app.settings.write_timeout);
    const auto [ec, bytes] = co_await asio::async_write(stream, asio::buffer(text), nothrow);
    (void)ec;
}

}  // namespace

awaitable<> serve_metrics(tcp_acceptor& acceptor, application& app, io_lane& lane) {
    for (;;) {
        tcp_socket socket{lane.io.get_executor()};
        const auto [ec] = co_await acceptor.async_accept(socket, nothrow);
        if (!acceptor.is_open()) co_return;
        if (ec) continue;
        asio::co_spawn(lane.io.get_executor(), answer_metrics(std::move(socket), app),
                       asio::detached);
    }
}

}  // namespace campgate::server
