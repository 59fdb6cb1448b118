// The shell of the baselines: a bare Beast server with coroutines, one io thread a core on one
// SO_REUSEPORT address as Campgate has, that knows just enough of Campgate's interface for
// campgate-rush to play against it (season, demo login, /me), and leaves POST and DELETE of holds
// to its owner. No login is checked, no limit kept: what is left out is what a comparison is about.
// Owner: main, which waits in run() until SIGTERM or SIGINT.
#pragma once

#include "server/asio.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace campgate::bench {

using server::awaitable;
using server::executor;

/// What a POST or DELETE of a hold says; views live until it is answered.
struct hold_request {
    bool places{};  ///< POST; else DELETE
    std::string_view target;
    std::string_view body;
    std::string_view key;  ///< Idempotency-Key
};

/// Answers are whole texts, head and body. Called on any io thread.
class hold_desk {
public:
    virtual ~hold_desk() = default;
    /// An answer that needs no waiting; it lives as long as the desk. Empty: ask later().
    virtual std::string_view at_once(const hold_request& asked) = 0;
    virtual awaitable<std::string> later(hold_request asked, executor on);
};

/// Serves on 127.0.0.1 and a free port, prints "NAME: ready at URL" and runs until it is told to
/// end.
void run_bare_server(std::string_view name, std::uint32_t weeks, hold_desk& desk);

}  // namespace campgate::bench
