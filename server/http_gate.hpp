// The gate every request's head passes: strict on the raw bytes first, then read by Beast, so that
// we and any proxy before us agree where a request ends (RFC 9112 §11.2). Refused: bare CR or LF,
// folded lines, control characters, any Transfer-Encoding, doubled or odd Content-Length, a missing
// or doubled Host, HTTP versions but 1.0 and 1.1. Pure. Thread safety: any thread.
#pragma once

#include "server/http_message.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>

#include <cstdint>
#include <string_view>
#include <variant>

namespace campgate::server {

/// Where a head ends in what was received so far.
struct head_span {
    enum class state : std::uint8_t { incomplete, complete, malformed } is = state::incomplete;
    std::size_t bytes = 0;  ///< with its empty line, when complete
};

/// `checked` bytes from earlier calls need no second look; it is moved on.
head_span find_head(std::string_view received, std::size_t& checked) noexcept;

struct http_head {
    boost::beast::http::request<boost::beast::http::empty_body> message;
    http_method method{};
    std::uint64_t content_length = 0;
    bool has_content_length = false;
    bool keep_alive = false;
    bool expects_continue = false;
    bool wants_websocket = false;
};

/// Why a head is refused; the connection is closed after the answer.
struct head_fault {
    problem_kind kind{};
};

/// `bytes` is a complete head. `target_limit` in bytes.
std::variant<http_head, head_fault> read_head(std::string_view bytes, std::uint64_t target_limit);

}  // namespace campgate::server
