// One accepted connection: requests one after the other, until it ends or becomes a live feed.
// Owner: the io thread it was accepted on. It has one reader and one writer, the same coroutine; it
// is ended by closing its socket, never by cancelling an operation.
#pragma once

#include "server/application.hpp"

namespace campgate::server {

/// `app` and `lane` outlive every session.
awaitable<> http_session(tcp_socket socket, application& app, io_lane& lane);

}  // namespace campgate::server
