// A live feed over a WebSocket (campgate.live.v1, docs/asyncapi.yaml). One coroutine writes, one
// reads and only to hear pongs and the end; the writer ends first or the reader closes the socket
// under it.
#pragma once

#include "server/application.hpp"
#include "server/http_gate.hpp"
#include "server/io_lane.hpp"

#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/rate_policy.hpp>

namespace campgate::server {

using tcp_stream =
    boost::beast::basic_stream<asio::ip::tcp, executor, boost::beast::unlimited_rate_policy>;

inline constexpr std::string_view live_subprotocol = "campgate.live.v1";

/// Takes the stream over; returns when the feed has ended.
awaitable<> ws_session(tcp_stream stream, http_head head,
                       std::shared_ptr<const login_session> login, std::optional<sequence> since,
                       application& app, io_lane& lane);

/// The same as Server-Sent Events, on a connection that answers nothing else afterwards.
awaitable<> event_stream(tcp_stream& stream, std::shared_ptr<const login_session> login,
                         std::optional<sequence> since, bool secure, application& app,
                         io_lane& lane);

}  // namespace campgate::server
