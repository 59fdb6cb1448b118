#include "server/listener.hpp"

#include "server/http_session.hpp"
#include "server/log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <sys/socket.h>
#include <chrono>
#include <optional>
#include <stdexcept>

namespace campgate::server {

namespace {

constexpr std::chrono::milliseconds accept_pause{50};  // out of descriptors: let some close
constexpr std::chrono::seconds told_again_after{10};
constexpr int listen_backlog = 4096;

[[noreturn]] void fail(const asio::ip::tcp::endpoint& at, const error_code& ec) {
    throw std::runtime_error("cannot listen on " + at.address().to_string() + " port " +
                             std::to_string(at.port()) + ": " + ec.message());
}

}  // namespace

asio::ip::tcp::endpoint probe_address(const std::string& address, std::uint16_t port) {
    error_code ec;
    const auto ip = asio::ip::make_address(address, ec);
    if (ec) throw std::runtime_error("cannot listen on \"" + address + "\": not an address");
    const asio::ip::tcp::endpoint wanted{ip, port};
    asio::io_context io;
    asio::ip::tcp::acceptor probe{io};
    if (!ec) probe.open(wanted.protocol(), ec);
    if (!ec) probe.set_option(asio::socket_base::reuse_address(true), ec);
    if (!ec) probe.bind(wanted, ec);
    if (!ec) probe.listen(1, ec);
    if (ec) fail(wanted, ec);
    return probe.local_endpoint();
}

tcp_acceptor open_acceptor(io_lane& lane, const asio::ip::tcp::endpoint& at, bool shared) {
    using reuse_port = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
    tcp_acceptor acceptor{lane.io.get_executor()};
    error_code ec;
    acceptor.open(at.protocol(), ec);
    if (!ec) acceptor.set_option(asio::socket_base::reuse_address(true), ec);
    if (!ec && shared) acceptor.set_option(reuse_port(true), ec);
    if (!ec) acceptor.bind(at, ec);
    if (!ec) acceptor.listen(listen_backlog, ec);
    if (ec) fail(at, ec);
    return acceptor;
}

awaitable<> accept_sessions(tcp_acceptor& acceptor, application& app, io_lane& lane) {
    timer pause{lane.io.get_executor()};
    std::optional<std::chrono::steady_clock::time_point> told;
    while (acceptor.is_open()) {
        tcp_socket socket{lane.io.get_executor()};
        const auto [ec] = co_await acceptor.async_accept(socket, nothrow);
        if (!acceptor.is_open()) co_return;
        if (ec) {
            if (ec == asio::error::no_descriptors) {
                const auto now = std::chrono::steady_clock::now();
                if (!told || now - *told >= told_again_after) {
                    told = now;
                    log_event(log_level::warning, "no_descriptors");
                }
                pause.expires_after(accept_pause);
                co_await pause.async_wait(nothrow);
            }
            continue;
        }
        error_code ignored;
        socket.set_option(asio::ip::tcp::no_delay(true), ignored);
        asio::co_spawn(lane.io.get_executor(), http_session(std::move(socket), app, lane),
                       asio::detached);
    }
}

}  // namespace campgate::server
