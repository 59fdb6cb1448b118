// A TCP proxy that does to connections what networks do, on purpose and at a named byte. It listens
// on a free port of this machine and passes everything on to one upstream, a TCP port or a unix
// socket.
//
// A connection is open (bytes pass), held (no byte passes, the sockets stay) or ended (both sockets
// are closed). The proxy passes, or refuses new connections: the port stays its own meanwhile.
// Owners: its own thread has all sockets and all state; a call is carried out there before it
// returns. Calls come from any thread but that one. Failures: the constructor throws when the
// upstream cannot be understood or no port is free; an upstream that does not answer ends the
// connection of the client that wanted it; nothing else fails. What always holds: bytes pass in
// order, none twice; what was held passes later or never.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace campgate::test {

/// Which way bytes go: a request to the upstream, a reply to the client.
enum class way : std::uint8_t { request, reply };

/// Whose connections a cut ends. The other's stay, deaf and mute; after `neither` both are
/// half-open.
enum class cut_ends : std::uint8_t { both, client, upstream, neither };

/// Once, on the first connection that comes so far: after this byte no other passes.
struct cut {
    way at = way::request;
    /// Bytes that still pass, counted on each connection from when this cut was the next one. At 0
    /// it happens when there is something to pass.
    std::uint64_t after = 0;
    cut_ends ends = cut_ends::both;
    bool reset = false;  ///< as by RST: what is under way is lost as well
    /// The count begins with the piece of a request that ends this text: "commit_batch" in the
    /// protocol of PostgreSQL, a request's key in HTTP. Empty: it begins at once.
    std::string about;

    /// PostgreSQL answers when it has committed: its answer to the journal is swallowed whole.
    static cut committed_unheard() {
        return {way::reply, 0, cut_ends::both, false, "commit_batch"};
    }
};

struct proxy_counts {
    std::uint64_t accepted = 0;
    std::uint64_t open = 0;     ///< those that are held count
    std::uint64_t request = 0;  ///< bytes passed on
    std::uint64_t reply = 0;
    std::uint64_t cuts = 0;  ///< that have happened
};

class fault_proxy {
public:
    /// Told of each cut that happens, on the proxy's thread; it must not call back.
    using cut_function = std::function<void(const cut&)>;

    /// `upstream`: "127.0.0.1:5432", or the path of a unix socket.
    explicit fault_proxy(const std::string& upstream, cut_function on_cut = {});
    ~fault_proxy();
    fault_proxy(const fault_proxy&) = delete;
    fault_proxy& operator=(const fault_proxy&) = delete;

    std::uint16_t port() const noexcept;

    /// Each piece of bytes waits so long, either way.
    void delay(std::chrono::milliseconds each);
    /// So many bytes a second pass, on each connection and either way. 0: no limit.
    void slow(std::uint64_t bytes_per_second);
    /// Cuts happen one after the other, in the order in which they were asked for.
    void plan(const cut& next);
    /// Holds every connection that is there now. New ones pass.
    void half_open();
    /// Refuses new connections.
    void refuse();
    /// Ends every connection.
    void drop();
    /// As at the beginning: no delay, no limit, no cut to come, nobody refused. What a held
    /// connection has waiting passes now, late; one that has lost an end ends.
    void pass();

    proxy_counts counts() const;

private:
    class impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace campgate::test
