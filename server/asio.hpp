// The names by which this program uses Asio: one executor type, one awaitable, one token. Include
// it where sockets are, not in headers that only pass values.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace campgate::server {

namespace asio = boost::asio;
using boost::system::error_code;

using executor = asio::io_context::executor_type;
template <class T = void>
using awaitable = asio::awaitable<T, executor>;

/// Completes with a tuple that starts with the error code; never throws.
inline constexpr auto nothrow = asio::as_tuple(asio::use_awaitable_t<executor>{});

using timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, executor>;

/// One value that comes once, waited for by one coroutine of one io thread. Everything happens on
/// that thread; whoever brings the value from elsewhere posts to it.
template <class T>
class waiter {
public:
    explicit waiter(executor on) : timer_(on) {}

    /// The value, or nothing when the time is over first.
    awaitable<std::optional<T>> wait_for(std::chrono::steady_clock::duration most) {
        if (!value_) {
            timer_.expires_after(most);
            if (!value_) co_await timer_.async_wait(nothrow);
        }
        co_return std::exchange(value_, std::nullopt);
    }

    void set(T value) {
        value_ = std::move(value);
        timer_.cancel();
    }

private:
    timer timer_;
    std::optional<T> value_;
};

}  // namespace campgate::server
