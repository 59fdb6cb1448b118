// GET /metrics, on a listener of its own that the public never reaches. Owner: one io lane.
#pragma once

#include "server/application.hpp"

#include <boost/asio/ip/tcp.hpp>

namespace campgate::server {

using tcp_acceptor = asio::basic_socket_acceptor<asio::ip::tcp, executor>;

/// Answers until the acceptor is closed.
awaitable<> serve_metrics(tcp_acceptor& acceptor, application& app, io_lane& lane);

}  // namespace campgate::server
