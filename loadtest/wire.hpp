// One non-blocking TCP connection: bytes out at once, bytes in when they come, into a buffer that
// all connections share. The cheapest there is: one send, one wait and one receive a message.
// Thread safety: the io_context's one thread. Owned by shared_ptr: an operation under way keeps it.
#pragma once

#include "loadtest/net.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace campgate::rush {

/// Who is connected; must outlive the wire, or leave it first.
class wire_user {
public:
    virtual void on_connected() = 0;
    /// The bytes are valid during the call.
    virtual void on_bytes(std::string_view bytes) = 0;
    /// The connection is over, or was never there. Not called after `leave`.
    virtual void on_ended(error_code why) = 0;

protected:
    ~wire_user() = default;
};

class wire : public std::enable_shared_from_this<wire> {
public:
    wire(asio::io_context& io, wire_user& user) : socket_(io), user_(&user) {}

    /// `from` is a local address to connect from, where that is possible.
    void connect(const asio::ip::tcp::endpoint& to,
                 const std::optional<asio::ip::address_v4>& from);

    /// What the kernel does not take at once goes when it can.
    void send(std::string_view bytes);

    /// Closes; the user hears nothing more. `abruptly`: with a reset, as a lost connection looks.
    void leave(bool abruptly = false);

private:
    void wait();
    void receive();
    void flush();
    void end(error_code why);

    tcp_socket socket_;
    wire_user* user_;
    std::string unsent_;
    bool flushing_ = false;
};

}  // namespace campgate::rush
