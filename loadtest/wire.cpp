#include "loadtest/wire.hpp"

#include <boost/asio/error.hpp>

#include <netinet/in.h>

#include <array>

namespace campgate::rush {

namespace {

constexpr std::size_t receive_bytes = 64 * 1024;

std::array<char, receive_bytes>& receive_buffer() {
    static std::array<char, receive_bytes> buffer;
    return buffer;
}

}  // namespace

void wire::connect(const asio::ip::tcp::endpoint& to,
                   const std::optional<asio::ip::address_v4>& from) {
    error_code ec;
    socket_.open(to.protocol(), ec);
    if (!ec) socket_.non_blocking(true, ec);
    if (!ec) socket_.set_option(asio::ip::tcp::no_delay(true), ec);
    if (!ec && from) {
        // The port is chosen when it is known where to: else 28 000 would be all.
        socket_.set_option(
            asio::detail::socket_option::boolean<IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT>(true), ec);
        socket_.bind({*from, 0}, ec);
    }
    auto self = shared_from_this();
    if (ec) {
        asio::post(socket_.get_executor(), [self, ec] { self->end(ec); });
        return;
    }
    socket_.async_connect(to, [self](error_code failed) {
        if (failed) return self->end(failed);
        if (self->user_ == nullptr) return;
        self->wait();
        self->user_->on_connected();
    });
}

void wire::send(std::string_view bytes) {
    if (unsent_.empty()) {
        error_code ec;
        const std::size_t sent = socket_.send(asio::buffer(bytes.data(), bytes.size()), 0, ec);
        if (ec && ec != asio::error::would_block) return;  // the reader hears of it
        bytes.remove_prefix(sent);
        if (bytes.empty()) return;
    }
    unsent_ += bytes;
    flush();
}

void wire::flush() {
    if (flushing_) return;
    flushing_ = true;
    socket_.async_wait(tcp_socket::wait_write, [self = shared_from_this()](error_code ec) {
        self->flushing_ = false;
        if (ec || self->unsent_.empty()) return;
        const std::size_t sent = self->socket_.send(asio::buffer(self->unsent_), 0, ec);
        self->unsent_.erase(0, sent);
        if (!self->unsent_.empty() && (!ec || ec == asio::error::would_block)) self->flush();
    });
}

void wire::leave(bool abruptly) {
    user_ = nullptr;
    error_code ignored;
    if (abruptly) socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
}

void wire::wait() {
    socket_.async_wait(tcp_socket::wait_read, [self = shared_from_this()](error_code ec) {
        if (ec) return self->end(ec);
        self->receive();
    });
}

void wire::receive() {
    auto& buffer = receive_buffer();
    for (;;) {
        error_code ec;
        const std::size_t bytes = socket_.receive(asio::buffer(buffer), 0, ec);
        if (ec == asio::error::would_block) break;
        if (ec) return end(ec);
        if (user_ == nullptr) return;
        user_->on_bytes({buffer.data(), bytes});
        if (user_ == nullptr) return;
        if (bytes < buffer.size()) break;
    }
    wait();
}

void wire::end(error_code why) {
    if (user_ == nullptr) return;
    wire_user* user = user_;
    leave();
    user->on_ended(why);
}

}  // namespace campgate::rush
