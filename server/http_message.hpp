// A request as handlers see it and an answer as they make it; what carries them is http_session's.
#pragma once

#include "server/language.hpp"
#include "server/problem.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace campgate::server {

enum class http_method : std::uint8_t { get, head, post, put, del, options, other };

/// The fields that any handler looks at. Views live as long as the request.
struct http_fields {
    std::string_view host, origin, cookie, content_type, accept_language, accept_encoding, if_match,
        if_none_match, idempotency_key, csrf_token, sec_fetch_site, last_event_id, authorization;
};

struct http_request {
    http_method method{};
    std::string_view target;
    std::string_view path;   ///< without the query
    std::string_view query;  ///< after '?', or empty
    http_fields fields;
    std::string_view body;
    bool secure = false;  ///< over https, as far as a trusted proxy says
};

struct http_response {
    int status = 200;
    std::string_view content_type;
    std::vector<std::pair<std::string_view, std::string>> headers;
    std::string body;
    /// Instead of `body`: bytes that live as long as the server, e.g. a static file's.
    std::string_view kept_bytes;
    bool close = false;

    std::string_view bytes() const { return kept_bytes.empty() ? body : kept_bytes; }
};

/// The answer that a problem is, with Retry-After where its kind has one.
http_response problem_response(const problem& refusal, language asked, std::string_view path);

/// The head, up to and with the empty line. `head_only`: no body follows although Content-Length
/// names one.
std::string render_head(const http_response& response, bool keep_alive, bool secure,
                        std::string_view date);

}  // namespace campgate::server
