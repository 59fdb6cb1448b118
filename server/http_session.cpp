#include "server/http_session.hpp"

#include "server/client_address.hpp"
#include "server/http_fields.hpp"
#include "server/http_gate.hpp"
#include "server/json_reader.hpp"
#include "server/login_desk.hpp"
#include "server/proxy_protocol.hpp"
#include "server/query_string.hpp"
#include "server/router.hpp"
#include "server/security_headers.hpp"
#include "server/time_text.hpp"
#include "server/ws_session.hpp"

#include <boost/asio/write.hpp>

#include <array>
#include <string>

namespace campgate::server {

namespace http = boost::beast::http;

namespace {

constexpr std::size_t read_chunk = 4096;
constexpr std::size_t kept_memory_max = 256 * 1024;  // of a connection between two requests
constexpr std::string_view live_path = "/api/v1/live";
constexpr std::string_view events_path = "/api/v1/events";

// Counts the connection among the lane's open ones while it lives.
class registration {
public:
    registration(io_lane& lane, tcp_socket& socket, gauge& open)
        : lane_(lane),
          open_(open),
          number_(++lane.last_connection) {
        entry.socket = &socket;
        lane_.connections.emplace(number_, &entry);
        open_.add(1);
    }
    ~registration() {
        lane_.connections.erase(number_);
        open_.add(-1);
    }
    registration(const registration&) = delete;
    registration& operator=(const registration&) = delete;
    open_connection entry;

private:
    io_lane& lane_;
    gauge& open_;
    std::uint64_t number_;
};

// Marks the connection as one that a drain may close, for as long as it lives.
class waiting_for_head {
public:
    explicit waiting_for_head(open_connection& connection) : connection_(connection) {
        connection_.idle = true;
    }
    ~waiting_for_head() { connection_.idle = false; }
    waiting_for_head(const waiting_for_head&) = delete;
    waiting_for_head& operator=(const waiting_for_head&) = delete;

private:
    open_connection& connection_;
};

// What a connection is waited for, and what becomes of it when that takes too long: its socket is
// closed, or, where an answer is owed, told to hear no more. Either ends the operation under way.
class session_deadline final : public deadline_list::entry {
public:
    explicit session_deadline(tcp_socket& socket) : socket_(socket) {}

    void close_after(deadline_list& list, deadline_list::clock::duration most) {
        owes_answer_ = false;
        list.arm(*this, most);
    }
    void stop_reading_after(deadline_list& list, deadline_list::clock::duration most) {
        owes_answer_ = true;
        list.arm(*this, most);
    }
    /// The reading was ended, and an answer is owed.
    bool over() const { return over_; }

private:
    void on_deadline() override {
        error_code ignored;
        if (!owes_answer_) {
            socket_.close(ignored);
            return;
        }
        over_ = true;
        socket_.shutdown(asio::ip::tcp::socket::shutdown_receive, ignored);
    }

    tcp_socket& socket_;
    bool owes_answer_ = false;
    bool over_ = false;
};

ip_address address_of(const asio::ip::address& a) {
    return a.is_v4() ? ip_address::from_v4(a.to_v4().to_bytes())
                     : ip_address::from_v6(a.to_v6().to_bytes());
}

std::string_view view_of(boost::beast::string_view s) {
    return {s.data(), s.size()};
}

http_request request_of(const http_head& head) {
    const auto& m = head.message;
    const auto field = [&](http::field name) { return view_of(m[name]); };
    http_request r;
    r.method = head.method;
    r.target = view_of(m.target());
    const std::size_t mark = r.target.find('?');
    r.path = r.target.substr(0, mark);
    if (mark != std::string_view::npos) r.query = r.target.substr(mark + 1);
    r.fields.host = field(http::field::host);
    r.fields.origin = field(http::field::origin);
    r.fields.cookie = field(http::field::cookie);
    r.fields.content_type = field(http::field::content_type);
    r.fields.accept_language = field(http::field::accept_language);
    r.fields.accept_encoding = field(http::field::accept_encoding);
    r.fields.authorization = field(http::field::authorization);
    r.fields.if_match = field(http::field::if_match);
    r.fields.if_none_match = field(http::field::if_none_match);
    r.fields.idempotency_key = view_of(m["Idempotency-Key"]);
    r.fields.csrf_token = view_of(m["X-CSRF-Token"]);
    r.fields.sec_fetch_site = view_of(m["Sec-Fetch-Site"]);
    r.fields.last_event_id = view_of(m["Last-Event-ID"]);
    return r;
}

// All lines of a field as one list, in their order: a proxy adds its word at the end.
std::string joined(const http_head& head, boost::beast::string_view name) {
    std::string list;
    const auto lines = head.message.equal_range(name);
    for (auto line = lines.first; line != lines.second; ++line) {
        if (!list.empty()) list += ", ";
        list += view_of(line->value());
    }
    return list;
}

client_origin client_of(const http_head& head, const ip_address& peer, bool peer_https,
                        const ip_networks& trusted) {
    if (!contains(trusted, peer)) return {peer, peer_https, false};
    const std::string forwarded = joined(head, "Forwarded");
    const std::string addresses = joined(head, "X-Forwarded-For");
    const std::string protocols = joined(head, "X-Forwarded-Proto");
    return who_asks(peer, peer_https, {forwarded, addresses, protocols}, trusted);
}

// Fields that say who asks and what for, once. Of two, another reader may believe the other.
std::optional<std::string_view> doubled_field(const http_head& head) {
    constexpr std::array names{"Content-Type",  "Cookie", "Idempotency-Key", "If-Match",
                               "Last-Event-ID", "Origin", "Sec-Fetch-Site",  "X-CSRF-Token"};
    for (const std::string_view name : names) {
        if (head.message.count({name.data(), name.size()}) > 1) return name;
    }
    return std::nullopt;
}

http_response page_response(const request_context& c, const static_content& page) {
    http_response response;
    response.content_type = page.content_type;
    response.headers.emplace_back("ETag", page.etag);
    response.headers.emplace_back("Cache-Control", page.cache_control);
    if (page.varies) response.headers.emplace_back("Vary", "Accept-Encoding");
    for (const auto& [name, value] : security_headers(c.request.secure)) {
        // What every answer has is added by render_head.
        if (name == "X-Content-Type-Options" || name == "Strict-Transport-Security") continue;
        response.headers.emplace_back(name, value);
    }
    response.headers.emplace_back("Content-Security-Policy",
                                  content_security_policy(c.request.secure, c.request.fields.host));
    if (etag_matches(c.request.fields.if_none_match, page.etag)) {
        response.status = 304;
        response.content_type = {};
        return response;
    }
    if (!page.content_encoding.empty())
        response.headers.emplace_back("Content-Encoding", page.content_encoding);
    response.kept_bytes = page.bytes;
    return response;
}

std::shared_ptr<const login_session> login_of(const application& app, const http_request& request,
                                              instant now) {
    if (request.fields.cookie.empty()) return nullptr;
    const auto id =
        find_cookie(request.fields.cookie, login_cookie_name(app.settings, request.secure));
    return id ? app.logins.find(*id, now) : nullptr;
}

// The Date field of the second, made once a second on each thread.
std::string_view date_now(instant now) {
    thread_local std::chrono::sys_seconds made_for{};
    thread_local std::string text;
    const auto second = std::chrono::floor<std::chrono::seconds>(now);
    if (second != made_for || text.empty()) {
        made_for = second;
        text = http_date(second);
    }
    return text;
}

class session {
public:
    session(tcp_socket socket, application& app, io_lane& lane)
        : app_(app),
          lane_(lane),
          stream_(std::move(socket)),
          open_(lane, stream_.socket(), app.counters.connections_open),
          deadline_(stream_.socket()) {}

    // Requests, until the end, or until a WebSocket takes the connection over.
    awaitable<> run() {
        const bool welcome = co_await find_peer();
        if (!welcome) co_return;
        for (;;) {
            const bool complete = co_await read_head_bytes();
            if (!complete) break;
            auto parsed =
                read_head(std::string_view{in_}.substr(0, head_bytes_), app_.settings.target_limit);
            if (const auto* fault = std::get_if<head_fault>(&parsed)) {
                co_await refuse_and_end(fault->kind);
                break;
            }
            const bool again = co_await serve(std::get<http_head>(std::move(parsed)));
            if (!again) break;
        }
        if (upgrade_) co_return;
        error_code ignored;
        stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
        stream_.socket().close(ignored);
    }

    bool wants_socket() const { return upgrade_.has_value(); }

    awaitable<> run_socket() {
        live_upgrade to = std::move(*upgrade_);
        upgrade_.reset();
        co_await ws_session(std::move(stream_), std::move(to.head), std::move(to.login), to.since,
                            app_, lane_);
        app_.counters.sockets_open.add(-1);
    }

private:
    // Who is at the other end, by a PROXY header where one is due; false when it must go.
    awaitable<bool> find_peer() {
        error_code ec;
        const auto endpoint = stream_.socket().remote_endpoint(ec);
        if (ec) co_return false;
        peer_ = address_of(endpoint.address());
        behind_proxy_ = contains(app_.trusted_proxies, peer_);
        if (app_.settings.proxy_protocol && behind_proxy_) {
            const bool read = co_await read_proxy();
            stream_.expires_never();
            if (!read) co_return false;
        }
        // Connections of a trusted proxy are many people's: only their total counts.
        concurrency_limiter& limit = behind_proxy_ ? app_.proxied : app_.limits.connections;
        const auto verdict = limit.take(peer_, place_);
        if (verdict == concurrency_limiter::verdict::taken) co_return true;
        const bool of_address = verdict == concurrency_limiter::verdict::too_many_of_address;
        limited(of_address ? limit_label::connections_per_address : limit_label::connections);
        co_await refuse_and_end(problem_kind::too_many_requests);
        co_return false;
    }

    awaitable<bool> read_proxy() {
        stream_.expires_after(app_.settings.proxy_timeout);
        for (;;) {
            const auto read = read_proxy_header(std::as_bytes(std::span{in_}));
            if (read.status == proxy_header::state::malformed) co_return false;
            if (read.status == proxy_header::state::complete) {
                in_.erase(0, read.size);
                if (read.source) {
                    peer_ = *read.source;
                    behind_proxy_ = contains(app_.trusted_proxies, peer_);
                }
                peer_https_ = read.https;
                co_return true;
            }
            if (in_.size() >= proxy_header_max) co_return false;
            const error_code ec = co_await read_some();
            if (ec) co_return false;
        }
    }

    // The limiter of a route's own, and the name it is counted under; null: none.
    std::pair<rate_limiter*, limit_label> limit_of(network_limit which) {
        switch (which) {
            case network_limit::none: break;
            case network_limit::login_begins: return {&app_.limits.logins, limit_label::logins};
            case network_limit::login_comes_back:
                return {&app_.limits.callbacks, limit_label::logins};
            case network_limit::webhook: return {&app_.limits.webhooks, limit_label::webhooks};
        }
        return {nullptr, limit_label::requests};
    }

    void limited(limit_label which) {
        app_.counters.limited[static_cast<std::size_t>(which)].add();
    }

    // False: the connection is over, and what had to be said was said.
    awaitable<bool> read_head_bytes() {
        in_.erase(0, taken_);
        if (in_.capacity() > kept_memory_max) in_.shrink_to_fit();
        taken_ = head_bytes_ = checked_ = 0;
        // Until its head is whole a request has not begun: a drain may end the connection.
        const waiting_for_head idle{open_.entry};
        enum class awaited { nothing, first_byte, rest } waiting = awaited::nothing;
        for (;;) {
            const head_span found = find_head(in_, checked_);
            if (found.is == head_span::state::complete &&
                found.bytes <= app_.settings.header_limit) {
                head_bytes_ = found.bytes;
                deadline_.disarm();
                co_return true;
            }
            if (found.is == head_span::state::malformed) {
                co_await refuse_and_end(problem_kind::malformed_request);
                co_return false;
            }
            if (in_.size() >= app_.settings.header_limit) {
                co_await refuse_and_end(problem_kind::header_too_large);
                co_return false;
            }
            if (app_.draining.load(std::memory_order_relaxed)) co_return false;
            if (in_.empty() && waiting == awaited::nothing) {
                waiting = awaited::first_byte;
                deadline_.close_after(lane_.idle, app_.settings.idle_timeout);
            } else if (!in_.empty() && waiting != awaited::rest) {
                waiting = awaited::rest;
                deadline_.stop_reading_after(lane_.heads, app_.settings.header_timeout);
            }
            const error_code ec = co_await read_some();
            if (deadline_.over()) {
                co_await refuse_and_end(problem_kind::request_timeout);
                co_return false;
            }
            if (ec) co_return false;
        }
    }

    awaitable<error_code> read_some() {
        const std::size_t before = in_.size();
        in_.resize(before + read_chunk);
        const auto [ec, bytes] = co_await stream_.async_read_some(
            asio::buffer(in_.data() + before, read_chunk), nothrow);
        in_.resize(before + bytes);
        co_return ec;
    }

    // A health sheet may be longer than most that is sent here, and a supporting document longer
    // than all of it.
    bool is_too_long(std::uint64_t length, const http_request& request, bool document) const {
        if (document) return length > app_.settings.document_bytes_max;
        if (length <= app_.settings.body_limit) return false;
        return length > app_.settings.sheet_body_limit ||
               !takes_sheet(request.method, request.path);
    }

    // So many bytes are taken only from those who may send them, and of not too many at once.
    std::optional<http_response> document_refused(const request_context& c,
                                                  concurrency_limiter::place& place) {
        const auto now = std::chrono::steady_clock::now();
        if (app_.limits.requests.take(client_, now).count() > 0) {
            limited(limit_label::requests);
            return c.refuse(problem_kind::too_many_requests);
        }
        const routed to = find_route(c.request.method, c.request.path, app_.settings.demo);
        if (auto objection = objection_to(*to.to, c)) return objection;
        if (app_.uploads.take(c.login->actor.value, now).count() > 0) {
            limited(limit_label::documents);
            return c.refuse(problem_kind::too_many_requests);
        }
        if (app_.documents.take(client_, place) != concurrency_limiter::verdict::taken) {
            limited(limit_label::documents);
            return c.refuse(problem_kind::overloaded);
        }
        return std::nullopt;
    }

    awaitable<bool> read_body(const http_head& head, config::duration patience) {
        if (in_.size() - head_bytes_ >= head.content_length) co_return true;
        deadline_.close_after(lane_.bodies, patience);
        if (head.expects_continue && in_.size() == head_bytes_) {
            constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
            const auto [ec, bytes] =
                co_await asio::async_write(stream_, asio::buffer(go_on), nothrow);
            if (ec) co_return false;
        }
        deadline_.stop_reading_after(lane_.bodies, patience);
        while (in_.size() - head_bytes_ < head.content_length) {
            const error_code ec = co_await read_some();
            if (deadline_.over()) {
                co_await refuse_and_end(problem_kind::request_timeout);
                co_return false;
            }
            if (ec) co_return false;
        }
        deadline_.disarm();
        co_return true;
    }

    awaitable<> refuse_and_end(problem_kind kind) {
        if (kind == problem_kind::malformed_request) app_.counters.malformed_requests.add();
        const http_response response = problem_response(problem_of(kind), language::fr, "");
        co_await write(response, false, false, false);
    }

    // Answers one request; false when the connection ends with it.
    awaitable<bool> serve(http_head head) {
        taken_ = head_bytes_;
        http_request request = request_of(head);
        const auto started = std::chrono::steady_clock::now();
        const client_origin client = client_of(head, peer_, peer_https_, app_.trusted_proxies);
        client_ = client.address;
        request.secure = client.https;
        const language asked = choose_language(request.fields.accept_language);
        const bool document = takes_document(request.method, request.path);
        if (is_too_long(head.content_length, request, document)) {
            co_await write(
                problem_response(problem_of(problem_kind::body_too_large), asked, request.path),
                false, false, request.secure);
            co_return false;
        }
        concurrency_limiter::place place;
        if (document && head.content_length > 0) {
            const instant now = app_.time.now();
            const request_context c{app_, lane_, request, asked, now, login_of(app_, request, now),
                                    {}};
            if (const auto refused = document_refused(c, place)) {
                app_.counters.request(route_label::document_add, refused->status,
                                      std::chrono::steady_clock::now() - started);
                co_await write(*refused, false, false, request.secure);
                co_return false;
            }
            in_.reserve(head_bytes_ + head.content_length + read_chunk);
        }
        if (head.content_length > 0) {
            const bool whole = co_await read_body(
                head, document ? app_.settings.document_timeout : app_.settings.body_timeout);
            if (!whole) co_return false;
            request.body = std::string_view{in_}.substr(head_bytes_, head.content_length);
            taken_ += head.content_length;
        }
        const instant now = app_.time.now();
        request_context c{app_, lane_, request, asked, now, login_of(app_, request, now), {}};
        if (app_.limits.requests.take(client_, started).count() > 0) {
            limited(limit_label::requests);
            const bool sent = co_await write(c.refuse(problem_kind::too_many_requests),
                                             head.keep_alive, false, request.secure);
            co_return head.keep_alive&& sent;
        }
        if (const auto name = doubled_field(head)) {
            const bool sent =
                co_await write(c.refuse(header_problem(problem_kind::invalid_header, *name)),
                               head.keep_alive, false, request.secure);
            co_return head.keep_alive&& sent;
        }
        if (request.path == live_path || request.path == events_path) {
            const bool taken_over = co_await serve_live(std::move(head), c);
            if (taken_over) co_return false;
            co_return keep_;
        }
        route_label label = route_label::none;
        const http_response response = co_await answer(c, head, label);
        app_.counters.request(label, response.status, std::chrono::steady_clock::now() - started);
        const bool keep =
            head.keep_alive && !response.close && !app_.draining.load(std::memory_order_relaxed);
        const bool sent =
            co_await write(response, keep, request.method == http_method::head, request.secure);
        co_return keep&& sent;
    }

    awaitable<http_response> answer(request_context& c, const http_head& head, route_label& label) {
        const bool reads =
            c.request.method == http_method::get || c.request.method == http_method::head;
        if (reads && app_.pages) {
            if (const auto page =
                    app_.pages->find(c.request.path, c.request.fields.accept_encoding)) {
                label = route_label::page;
                co_return page_response(c, *page);
            }
        }
        const routed to = find_route(c.request.method, c.request.path, app_.settings.demo);
        if (to.to == nullptr) {
            if (to.allow.empty()) co_return c.refuse(problem_kind::not_found);
            http_response refused = c.refuse(problem_kind::method_not_allowed);
            refused.headers.emplace_back("Allow", to.allow);
            co_return refused;
        }
        label = to.to->label;
        const auto [limiter, counted] = limit_of(to.to->limit);
        if (limiter != nullptr && !client_.is_loopback() &&
            limiter->take(client_, std::chrono::steady_clock::now()).count() > 0) {
            limited(counted);
            // Who comes by a link sees a page.
            co_return to.to->method == http_method::get ? too_many_logins(c)
                                                        : c.refuse(problem_kind::too_many_requests);
        }
        if (c.request.method == http_method::post && !head.has_content_length)
            co_return c.refuse(problem_kind::length_required);
        if (auto objection = objection_to(*to.to, c)) co_return *std::move(objection);
        c.path_arguments = to.arguments;
        if (to.to->answer != nullptr) co_return to.to->answer(c);
        http_response later = co_await to.to->answer_later(c);
        co_return later;
    }

    // True: the connection was used up by a feed. False: `keep_` says whether it goes on.
    awaitable<bool> serve_live(http_head head, request_context& c) {
        keep_ = head.keep_alive;
        const bool socket = c.request.path == live_path;
        std::optional<http_response> refused;
        const auto query = query_string::parse(c.request.query, {"since"});
        std::optional<sequence> since;
        if (c.request.method != http_method::get) {
            refused = c.refuse(problem_kind::method_not_allowed);
            refused->headers.emplace_back("Allow", "GET");
        } else if (!query) {
            refused = c.refuse(parameter_problem(query.error().parameter));
        } else if (!origin_allowed(c.request, app_.settings)) {
            refused = c.refuse(problem_kind::foreign_origin);
        } else if (app_.draining.load()) {
            refused = c.refuse(problem_kind::draining);
        } else if (socket && !head.wants_websocket) {
            refused = c.refuse(problem_kind::upgrade_required);
            refused->headers.emplace_back("Upgrade", "websocket");
        } else if (socket && !list_names(view_of(head.message[http::field::sec_websocket_protocol]),
                                         live_subprotocol)) {
            refused =
                c.refuse(header_problem(problem_kind::invalid_header, "Sec-WebSocket-Protocol"));
        } else if (in_.size() > taken_) {
            refused = c.refuse(problem_kind::malformed_request);
        }
        concurrency_limiter::place place;
        if (!refused &&
            app_.limits.sockets.take(client_, place) != concurrency_limiter::verdict::taken) {
            limited(limit_label::sockets_per_address);
            refused = c.refuse(problem_kind::too_many_requests);
        }
        if (!refused) {
            // A browser that reconnects asks for the same address again, with what it heard since.
            const std::string_view last_event = c.request.fields.last_event_id;
            const auto stated = query->find("since");
            const auto number = parse_unsigned(
                last_event.empty() ? stated.value_or("0") : last_event, 0, json_integer_max);
            if (!number) {
                refused =
                    last_event.empty()
                        ? c.refuse(parameter_problem("since"))
                        : c.refuse(header_problem(problem_kind::invalid_header, "Last-Event-ID"));
            } else if (stated || !last_event.empty()) {
                since = sequence{*number};
            }
        }
        if (refused) {
            keep_ = keep_ && !refused->close;
            const bool sent = co_await write(*refused, keep_, false, c.request.secure);
            keep_ = keep_ && sent;
            co_return false;
        }
        auto login = c.login;
        const bool secure = c.request.secure;
        std::string{}.swap(in_);
        taken_ = 0;
        open_.entry.socket = nullptr;
        gauge& open = socket ? app_.counters.sockets_open : app_.counters.event_streams_open;
        open.add(1);
        if (socket) {
            upgrade_.emplace(
                live_upgrade{std::move(head), std::move(login), since, std::move(place)});
        } else {
            co_await event_stream(stream_, std::move(login), since, secure, app_, lane_);
            open.add(-1);
        }
        co_return true;
    }

    awaitable<bool> write(const http_response& response, bool keep_alive, bool head_only,
                          bool secure) {
        const std::string head =
            render_head(response, keep_alive, secure, date_now(app_.time.now()));
        const std::string_view body = head_only ? std::string_view{} : response.bytes();
        const std::array buffers{asio::buffer(head), asio::buffer(body.data(), body.size())};
        deadline_.close_after(lane_.writes, app_.settings.write_timeout);
        const auto [ec, bytes] = co_await asio::async_write(stream_, buffers, nothrow);
        deadline_.disarm();
        co_return !ec;
    }

    // A WebSocket to be, and its place among those of its address.
    struct live_upgrade {
        http_head head;
        std::shared_ptr<const login_session> login;
        std::optional<sequence> since;
        concurrency_limiter::place place;
    };

    application& app_;
    io_lane& lane_;
    tcp_stream stream_;
    registration open_;
    session_deadline deadline_;
    std::string in_;         // what was received and not yet used up
    std::size_t taken_ = 0;  // of it, by the request under way
    std::size_t head_bytes_ = 0;
    std::size_t checked_ = 0;
    bool keep_ = false;
    std::optional<live_upgrade> upgrade_;
    ip_address peer_;    // of the connection, or as a PROXY header says
    ip_address client_;  // of the request under way
    bool behind_proxy_ = false;
    bool peer_https_ = false;
    concurrency_limiter::place place_;
};

}  // namespace

awaitable<> http_session(tcp_socket socket, application& app, io_lane& lane) {
    session s{std::move(socket), app, lane};
    co_await s.run();
    // The requests' memory is free by now: many sockets stay for hours.
    if (s.wants_socket()) co_await s.run_socket();
}

}  // namespace campgate::server
