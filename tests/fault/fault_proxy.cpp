#include "tests/fault/fault_proxy.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <deque>
#include <future>
#include <map>
#include <set>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace campgate::test {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

using executor = asio::io_context::executor_type;
template <class T = void>
using awaitable = asio::awaitable<T, executor>;
constexpr auto nothrow = asio::as_tuple(asio::use_awaitable_t<executor>{});

using stream_socket = asio::basic_stream_socket<asio::generic::stream_protocol, executor>;
using tcp_acceptor = asio::basic_socket_acceptor<asio::ip::tcp, executor>;
using timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, executor>;
using endpoint = asio::generic::stream_protocol::endpoint;

constexpr std::size_t piece_bytes = 64 * 1024;
constexpr std::uint64_t slow_pieces_per_second = 50;

endpoint endpoint_of(const std::string& upstream) {
    if (upstream.starts_with('/')) return asio::local::stream_protocol::endpoint(upstream);
    const auto colon = upstream.rfind(':');
    error_code ec;
    const auto address = asio::ip::make_address(upstream.substr(0, colon), ec);
    const int port = colon == std::string::npos ? 0 : std::atoi(upstream.c_str() + colon + 1);
    if (ec || port < 1 || port > 65535) {
        throw std::runtime_error("neither ADDRESS:PORT nor the path of a socket: " + upstream);
    }
    return asio::ip::tcp::endpoint(address, static_cast<std::uint16_t>(port));
}

void close(stream_socket& socket, bool reset) {
    error_code ignored;
    if (reset) {
        socket.set_option(asio::socket_base::linger(true, 0), ignored);
    } else {
        socket.shutdown(asio::socket_base::shutdown_both, ignored);
    }
    socket.close(ignored);
}

/// A client's connection and the one that serves it.
struct link {
    explicit link(executor on) : client(on), upstream(on), changed(on) {
        changed.expires_at(timer::time_point::max());
    }

    void end(bool reset = false) {
        ended = true;
        close(client, reset);
        close(upstream, reset);
        changed.cancel();
    }

    stream_socket client;
    stream_socket upstream;
    timer changed;  // never ends: cancelled when the link is held no longer
    bool held = false;
    bool maimed = false;  // one end is closed
    bool ended = false;
    bool half_done = false;   // one way has come to its end
    std::string request_end;  // what a text sought may have begun with
};

}  // namespace

class fault_proxy::impl {
public:
    impl(const std::string& upstream, cut_function on_cut)
        : upstream_(endpoint_of(upstream)),
          on_cut_(std::move(on_cut)),
          keeper_(io_.get_executor()),
          acceptor_(io_.get_executor()) {
        // Bound, never listening: it keeps the port while nobody listens there.
        open(keeper_, {asio::ip::address_v4::loopback(), 0});
        port_ = keeper_.local_endpoint().port();
        listen();
        thread_ = std::thread([this] { io_.run(); });
    }

    ~impl() {
        ask([this] {
            drop();
            error_code ignored;
            acceptor_.close(ignored);
            keeper_.close(ignored);
        });
        work_.reset();
        thread_.join();
    }

    impl(const impl&) = delete;
    impl& operator=(const impl&) = delete;

    /// Does it on the proxy's thread; returns when it is done.
    template <class Work>
    void ask(Work work) {
        std::promise<void> done;
        asio::post(io_, [&] {
            work();
            done.set_value();
        });
        done.get_future().wait();
    }

    std::uint16_t port() const noexcept { return port_; }

    // What follows is for the proxy's thread alone.

    void plan(const cut& next) { plan_.push_back(next); }

    void half_open() {
        for (link* l : links_) l->held = true;
    }

    void refuse() {
        error_code ignored;
        acceptor_.close(ignored);
    }

    void drop() {
        for (link* l : std::set<link*>(links_)) l->end();
    }

    void pass() {
        delay = {};
        bytes_per_second = 0;
        plan_.clear();
        passed_.clear();
        for (link* l : std::set<link*>(links_)) {
            l->held = false;
            if (l->maimed) l->end();
            l->changed.cancel();
        }
        if (!acceptor_.is_open()) listen();
    }

    proxy_counts counts() const {
        proxy_counts now = counts_;
        now.open = links_.size();
        return now;
    }

    std::chrono::milliseconds delay{0};
    std::uint64_t bytes_per_second = 0;

private:
    static void open(tcp_acceptor& a, const asio::ip::tcp::endpoint& at) {
        using reuse_port = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
        a.open(at.protocol());
        a.set_option(reuse_port(true));
        a.set_option(asio::socket_base::reuse_address(true));
        a.bind(at);
    }

    void listen() {
        open(acceptor_, {asio::ip::address_v4::loopback(), port_});
        acceptor_.listen();
        asio::co_spawn(io_.get_executor(), accept_all(), asio::detached);
    }

    awaitable<> accept_all() {
        while (acceptor_.is_open()) {
            asio::basic_stream_socket<asio::ip::tcp, executor> client{io_.get_executor()};
            const auto [ec] = co_await acceptor_.async_accept(client, nothrow);
            if (ec == asio::error::operation_aborted) co_return;
            if (ec) continue;
            ++counts_.accepted;
            error_code ignored;
            client.set_option(asio::ip::tcp::no_delay(true), ignored);
            auto made = std::make_shared<link>(io_.get_executor());
            made->client = std::move(client);
            asio::co_spawn(io_.get_executor(), serve(made), asio::detached);
        }
    }

    awaitable<> serve(std::shared_ptr<link> l) {
        links_.insert(l.get());
        const auto [ec] = co_await l->upstream.async_connect(upstream_, nothrow);
        if (ec || l->ended) {
            finish(*l, true);
            co_return;
        }
        if (upstream_.protocol().family() != AF_UNIX) {
            error_code ignored;
            l->upstream.set_option(asio::ip::tcp::no_delay(true), ignored);
        }
        asio::co_spawn(io_.get_executor(), pump(l, way::request), asio::detached);
        asio::co_spawn(io_.get_executor(), pump(l, way::reply), asio::detached);
    }

    awaitable<> pump(std::shared_ptr<link> l, way to) {
        stream_socket& from = to == way::request ? l->client : l->upstream;
        stream_socket& into = to == way::request ? l->upstream : l->client;
        std::vector<char> buffer(piece_bytes);
        timer pause{io_.get_executor()};
        for (;;) {
            const auto [ec, size] =
                co_await from.async_read_some(asio::buffer(buffer.data(), most()), nothrow);
            if (l->ended) break;
            if (l->held) co_await released(*l);
            if (l->ended) break;
            if (ec == asio::error::eof) {
                error_code ignored;
                into.shutdown(asio::socket_base::shutdown_send, ignored);
                break;
            }
            if (ec) {
                finish(*l, true);
                break;
            }
            if (delay.count() > 0) {
                pause.expires_after(delay);
                co_await pause.async_wait(nothrow);
            }
            const std::string_view piece{buffer.data(), size};
            begin_counts(*l, to, piece);
            if (!co_await pass_on(*l, to, into, piece)) break;
            if (bytes_per_second > 0) {
                pause.expires_after(std::chrono::microseconds{1'000'000 * size / bytes_per_second});
                co_await pause.async_wait(nothrow);
            }
        }
        if (l->half_done || l->ended) finish(*l, false);
        l->half_done = true;
    }

    // False when the link has ended.
    awaitable<bool> pass_on(link& l, way to, stream_socket& into, std::string_view piece) {
        for (;;) {
            if (l.held) co_await released(l);
            if (l.ended) co_return false;
            const auto left = left_before_cut(l, to);
            const std::size_t part =
                static_cast<std::size_t>(std::min<std::uint64_t>(left, piece.size()));
            if (part > 0) {
                const auto [ec, written] =
                    co_await asio::async_write(into, asio::buffer(piece.data(), part), nothrow);
                if (ec) finish(l, true);
                if (l.ended) co_return false;
                count(l, to, part);
                piece.remove_prefix(part);
            }
            if (left_before_cut(l, to) == 0) happen(l);
            if (piece.empty()) co_return !l.ended;
        }
    }

    std::size_t most() const {
        if (bytes_per_second == 0) return piece_bytes;
        const auto piece = std::max<std::uint64_t>(bytes_per_second / slow_pieces_per_second, 1);
        return static_cast<std::size_t>(std::min<std::uint64_t>(piece, piece_bytes));
    }

    // --- cuts: the first of plan_ is the next one; passed_ counts for it -------------------------

    void begin_counts(link& l, way to, std::string_view piece) {
        if (plan_.empty() || passed_.contains(&l)) return;
        const std::string& about = plan_.front().about;
        if (about.empty()) {
            passed_[&l] = 0;
            return;
        }
        if (to != way::request) return;
        l.request_end += piece;
        if (l.request_end.find(about) != std::string::npos) passed_[&l] = 0;
        // As much as the text could have begun with.
        const std::size_t kept = std::min(l.request_end.size(), about.size() - 1);
        l.request_end.erase(0, l.request_end.size() - kept);
    }

    std::uint64_t left_before_cut(const link& l, way to) const {
        if (plan_.empty() || plan_.front().at != to) return UINT64_MAX;
        const auto passed = passed_.find(&l);
        if (passed == passed_.end()) return UINT64_MAX;
        return plan_.front().after - passed->second;
    }

    void count(const link& l, way to, std::size_t bytes) {
        (to == way::request ? counts_.request : counts_.reply) += bytes;
        if (left_before_cut(l, to) == UINT64_MAX) return;
        // Another cut may have become the next one meanwhile.
        std::uint64_t& passed = passed_[&l];
        passed = std::min(passed + bytes, plan_.front().after);
    }

    void happen(link& l) {
        const cut happened = std::move(plan_.front());
        plan_.pop_front();
        passed_.clear();
        for (link* each : links_) each->request_end.clear();
        ++counts_.cuts;
        switch (happened.ends) {
            case cut_ends::both: finish(l, happened.reset); break;
            case cut_ends::client: maim(l, l.client, happened.reset); break;
            case cut_ends::upstream: maim(l, l.upstream, happened.reset); break;
            case cut_ends::neither: l.held = true; break;
        }
        if (on_cut_) on_cut_(happened);
    }

    static void maim(link& l, stream_socket& end, bool reset) {
        l.held = true;
        l.maimed = true;
        close(end, reset);
    }

    static awaitable<> released(link& l) {
        while (l.held && !l.ended) {
            co_await l.changed.async_wait(nothrow);  // cancelled: look again
        }
    }

    void finish(link& l, bool reset) {
        if (!l.ended) l.end(reset);
        passed_.erase(&l);
        links_.erase(&l);
    }

    asio::io_context io_{1};
    asio::executor_work_guard<executor> work_{io_.get_executor()};
    const endpoint upstream_;
    const cut_function on_cut_;
    tcp_acceptor keeper_;
    tcp_acceptor acceptor_;
    std::uint16_t port_ = 0;
    std::set<link*> links_;  // of the coroutines' links
    std::deque<cut> plan_;
    std::map<const link*, std::uint64_t> passed_;  // links on which the next cut counts
    proxy_counts counts_;
    std::thread thread_;  // last: it uses the others
};

fault_proxy::fault_proxy(const std::string& upstream, cut_function on_cut)
    : impl_(std::make_unique<impl>(upstream, std::move(on_cut))) {
}

fault_proxy::~fault_proxy() = default;

std::uint16_t fault_proxy::port() const noexcept {
    return impl_->port();
}

void fault_proxy::delay(std::chrono::milliseconds each) {
    impl_->ask([&] { impl_->delay = each; });
}

void fault_proxy::slow(std::uint64_t bytes_per_second) {
    impl_->ask([&] { impl_->bytes_per_second = bytes_per_second; });
}

void fault_proxy::plan(const cut& next) {
    impl_->ask([&] { impl_->plan(next); });
}

void fault_proxy::half_open() {
    impl_->ask([&] { impl_->half_open(); });
}

void fault_proxy::refuse() {
    impl_->ask([&] { impl_->refuse(); });
}

void fault_proxy::drop() {
    impl_->ask([&] { impl_->drop(); });
}

void fault_proxy::pass() {
    impl_->ask([&] { impl_->pass(); });
}

proxy_counts fault_proxy::counts() const {
    proxy_counts now;
    impl_->ask([&] { now = impl_->counts(); });
    return now;
}

}  // namespace campgate::test
