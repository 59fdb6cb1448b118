// One keep-alive HTTP/1.1 connection, one request at a time, written and read with as little work
// as possible: requests come as whole texts, answers go out as views. Understands what Campgate
// sends: a Content-Length or no body. Thread safety: the io_context's one thread.
#pragma once

#include "loadtest/wire.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace campgate::rush {

/// Views are valid during the handler's call. Status 0: no answer, the connection is gone.
struct http_answer {
    int status{};
    std::string_view body;
    std::string_view set_cookie;  // up to the first ';'
    int retry_after{};            // seconds
    bool closes{};
};

/// Where and how to connect.
struct target {
    asio::ip::tcp::endpoint endpoint;
    std::string host;  // the Host field's value

    bool is_loopback() const { return endpoint.address().is_loopback(); }
};

class http_client final : private wire_user {
public:
    using handler = std::function<void(const http_answer&)>;

    http_client(asio::io_context& io, const target& to, std::optional<asio::ip::address_v4> from);
    ~http_client();
    http_client(const http_client&) = delete;
    http_client& operator=(const http_client&) = delete;

    /// Sends now, or once connected. Connects again when the server had closed in between. The
    /// handler may ask again; it must not destroy this.
    void ask(std::string_view request, handler then);

    /// Drops the connection; a request under way gets no answer and its handler is not called.
    void drop(bool abruptly = false);

    bool busy() const { return static_cast<bool>(then_); }

private:
    void on_connected() override;
    void on_bytes(std::string_view bytes) override;
    void on_ended(error_code why) override;

    /// Bytes of the first whole answer in `bytes`, or 0.
    std::size_t take(std::string_view bytes);
    void finish(const http_answer& answer);

    asio::io_context& io_;
    const target& to_;
    std::optional<asio::ip::address_v4> from_;
    std::shared_ptr<wire> wire_;
    bool connected_ = false;
    bool fresh_ = false;   // nothing was answered on this connection yet
    std::string request_;  // kept until it is answered: a kept connection may be gone
    std::string partial_;
    handler then_;
};

}  // namespace campgate::rush
