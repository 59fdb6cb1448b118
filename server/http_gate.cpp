#include "server/http_gate.hpp"

#include "server/http_fields.hpp"
#include "server/query_string.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <algorithm>

namespace campgate::server {

namespace http = boost::beast::http;

head_span find_head(std::string_view received, std::size_t& checked) noexcept {
    using state = head_span::state;
    for (; checked < received.size(); ++checked) {
        const char c = received[checked];
        const char before = checked > 0 ? received[checked - 1] : '\0';
        if (before == '\r' && c != '\n') return {state::malformed, 0};
        if (c == '\n') {
            if (before != '\r') return {state::malformed, 0};
            if (checked == 1) return {state::malformed, 0};  // an empty line first
            if (checked >= 3 && received[checked - 2] == '\n') {
                ++checked;
                return {state::complete, checked};
            }
            continue;
        }
        if (c == '\r') continue;
        if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f)
            return {state::malformed, 0};
        // A line that begins with white space folds into the one before.
        if (before == '\n' && (c == ' ' || c == '\t')) return {state::malformed, 0};
        if (checked == 0 && (c == ' ' || c == '\t')) return {state::malformed, 0};
    }
    return {};
}

namespace {

// The target as sent; Beast would also take what we should not.
std::string_view target_of(std::string_view head) {
    const std::string_view line = head.substr(0, head.find('\r'));
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return {};
    return line.substr(first + 1, last - first - 1);
}

http_method method_of(http::verb verb) {
    switch (verb) {
        case http::verb::get: return http_method::get;
        case http::verb::head: return http_method::head;
        case http::verb::post: return http_method::post;
        case http::verb::put: return http_method::put;
        case http::verb::delete_: return http_method::del;
        case http::verb::options: return http_method::options;
        default: return http_method::other;
    }
}

template <class Fields>
std::size_t count_of(const Fields& fields, http::field name) {
    return static_cast<std::size_t>(
        std::ranges::count_if(fields, [&](const auto& f) { return f.name() == name; }));
}

}  // namespace

std::variant<http_head, head_fault> read_head(std::string_view bytes, std::uint64_t target_limit) {
    const std::string_view target = target_of(bytes);
    if (target.size() > target_limit) return head_fault{problem_kind::uri_too_long};
    const bool plain = std::ranges::all_of(target, [](char c) { return c > 0x20 && c < 0x7f; });
    if (!target.starts_with('/') || !plain || target.find('#') != std::string_view::npos)
        return head_fault{problem_kind::malformed_request};

    // Beast would keep white space between a name and its colon out of the name; nobody may send
    // it.
    for (std::size_t at = bytes.find("\r\n") + 2; at + 2 < bytes.size();) {
        const std::size_t end = bytes.find("\r\n", at);
        const std::string_view line = bytes.substr(at, end - at);
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos || colon == 0 || line[colon - 1] == ' ' ||
            line[colon - 1] == '\t')
            return head_fault{problem_kind::malformed_request};
        at = end + 2;
    }

    http::request_parser<http::empty_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(bytes.size() + 1));
    parser.body_limit(boost::none);
    parser.eager(false);
    boost::system::error_code ec;
    parser.put(boost::asio::buffer(bytes), ec);
    if ((ec && ec != http::error::need_more) || !parser.is_header_done())
        return head_fault{problem_kind::malformed_request};

    http_head head;
    const auto& read = parser.get();
    if (read.version() != 11 && read.version() != 10)
        return head_fault{problem_kind::malformed_request};
    if (read.target() != target) return head_fault{problem_kind::malformed_request};
    if (count_of(read, http::field::transfer_encoding) > 0)
        return head_fault{problem_kind::malformed_request};
    const std::size_t hosts = count_of(read, http::field::host);
    if (hosts > 1 || (hosts == 0 && read.version() == 11))
        return head_fault{problem_kind::malformed_request};
    const std::size_t lengths = count_of(read, http::field::content_length);
    if (lengths > 1) return head_fault{problem_kind::malformed_request};
    if (lengths == 1) {
        const auto length =
            parse_unsigned(read[http::field::content_length], 0, std::uint64_t{1} << 40);
        if (!length) return head_fault{problem_kind::malformed_request};
        head.content_length = *length;
        head.has_content_length = true;
    }
    if (count_of(read, http::field::expect) > 0) {
        if (!boost::beast::iequals(read[http::field::expect], "100-continue"))
            return head_fault{problem_kind::expectation_failed};
        head.expects_continue = read.version() == 11;
    }
    head.keep_alive = read.keep_alive();
    head.wants_websocket = boost::beast::websocket::is_upgrade(read);
    head.method = method_of(read.method());
    head.message = parser.release();
    return head;
}

}  // namespace campgate::server
