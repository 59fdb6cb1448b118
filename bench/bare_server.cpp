#include "bench/bare_server.hpp"

#include "bench/bare_texts.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/rate_policy.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <sys/socket.h>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <memory>
#include <thread>
#include <vector>

namespace campgate::bench {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using server::error_code;
using server::nothrow;

namespace {

using socket_type = asio::basic_stream_socket<tcp, executor>;
using acceptor_type = asio::basic_socket_acceptor<tcp, executor>;
using stream_type = beast::basic_stream<tcp, executor, beast::unlimited_rate_policy>;

constexpr std::chrono::seconds patience{30};
constexpr std::uint64_t body_limit = 64 * 1024;

std::string_view view_of(beast::string_view s) {
    return {s.data(), s.size()};
}

awaitable<> serve(socket_type socket, std::uint32_t weeks, hold_desk& desk) {
    stream_type stream{std::move(socket)};
    beast::flat_buffer buffer;
    for (;;) {
        http::request_parser<http::string_body> parser;
        parser.body_limit(body_limit);
        stream.expires_after(patience);
        const auto [read, received] = co_await http::async_read(stream, buffer, parser, nothrow);
        if (read) break;
        const auto& request = parser.get();
        const std::string_view target = view_of(request.target());
        std::string made;
        std::string_view answer;
        if (target.starts_with(holds_path)) {
            const hold_request asked{request.method() == http::verb::post, target, request.body(),
                                     view_of(request["Idempotency-Key"])};
            answer = desk.at_once(asked);
            if (answer.empty()) made = co_await desk.later(asked, stream.get_executor());
        } else {
            made = entrance_answer(target, view_of(request["Cookie"]), request.body(), weeks);
        }
        if (answer.empty()) answer = made;
        stream.expires_after(patience);
        const auto [wrote, bytes] =
            co_await asio::async_write(stream, asio::buffer(answer.data(), answer.size()), nothrow);
        if (wrote || !request.keep_alive()) break;
    }
    error_code ignored;
    stream.socket().shutdown(tcp::socket::shutdown_both, ignored);
}

awaitable<> accept(acceptor_type& acceptor, std::uint32_t weeks, hold_desk& desk) {
    for (;;) {
        socket_type socket{acceptor.get_executor()};
        const auto [ec] = co_await acceptor.async_accept(socket, nothrow);
        if (ec) continue;
        error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        asio::co_spawn(acceptor.get_executor(), serve(std::move(socket), weeks, desk),
                       asio::detached);
    }
}

acceptor_type open_acceptor(asio::io_context& io, std::uint16_t port) {
    using reuse_port = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
    acceptor_type made{io.get_executor()};
    made.open(tcp::v4());
    made.set_option(asio::socket_base::reuse_address(true));
    made.set_option(reuse_port(true));
    made.bind({asio::ip::address_v4::loopback(), port});
    made.listen(4096);
    return made;
}

}  // namespace

awaitable<std::string> hold_desk::later(hold_request, executor) {
    co_return std::string{};
}

void run_bare_server(std::string_view name, std::uint32_t weeks, hold_desk& desk) {
    const unsigned lanes = std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::unique_ptr<asio::io_context>> ios;
    std::vector<acceptor_type> acceptors;
    std::uint16_t port = 0;
    for (unsigned i = 0; i < lanes; ++i) {
        ios.push_back(std::make_unique<asio::io_context>(1));
        acceptors.push_back(open_acceptor(*ios.back(), port));
        port = acceptors.back().local_endpoint().port();
    }
    asio::io_context& first = *ios.front();
    asio::signal_set signals{first, SIGINT, SIGTERM};
    signals.async_wait([&](error_code, int) {
        for (auto& io : ios) io->stop();
    });
    for (acceptor_type& acceptor : acceptors)
        asio::co_spawn(acceptor.get_executor(), accept(acceptor, weeks, desk), asio::detached);
    std::printf("%.*s: ready at http://127.0.0.1:%u/\n", static_cast<int>(name.size()), name.data(),
                static_cast<unsigned>(port));
    std::fflush(stdout);
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < lanes; ++i) threads.emplace_back([&io = *ios[i]] { io.run(); });
    first.run();
}

}  // namespace campgate::bench
