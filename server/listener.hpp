// The public listener: one acceptor per io thread on the same address, so that the kernel spreads
// the connections and no socket ever changes threads (DESIGN §3).
#pragma once

#include "server/application.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <string>

namespace campgate::server {

using tcp_acceptor = asio::basic_socket_acceptor<asio::ip::tcp, executor>;

/// Whether an address is free, and which port it got when `port` is 0. SO_REUSEPORT would let a
/// second server bind silently, so this is asked without it. Throws std::runtime_error with a
/// sentence for the operator.
asio::ip::tcp::endpoint probe_address(const std::string& address, std::uint16_t port);

/// Opens an acceptor; `shared` lets the other lanes bind the same address. Throws like
/// probe_address.
tcp_acceptor open_acceptor(io_lane& lane, const asio::ip::tcp::endpoint& at, bool shared);

/// Accepts sessions until the acceptor is closed.
awaitable<> accept_sessions(tcp_acceptor& acceptor, application& app, io_lane& lane);

}  // namespace campgate::server
