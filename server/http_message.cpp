#include "server/http_message.hpp"

#include "server/number_text.hpp"

#include <random>

namespace campgate::server {

namespace {

std::string_view phrase_of(int status) {
    switch (status) {
        case 200: return "OK";
        case 201: return "Created";
        case 204: return "No Content";
        case 303: return "See Other";
        case 304: return "Not Modified";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 411: return "Length Required";
        case 413: return "Content Too Large";
        case 414: return "URI Too Long";
        case 415: return "Unsupported Media Type";
        case 417: return "Expectation Failed";
        case 422: return "Unprocessable Content";
        case 426: return "Upgrade Required";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 503: return "Service Unavailable";
        default: return "Unknown";
    }
}

std::uint32_t jitter() {
    thread_local std::minstd_rand engine{std::random_device{}()};
    return static_cast<std::uint32_t>(engine());
}

}  // namespace

http_response problem_response(const problem& refusal, language asked, std::string_view path) {
    http_response response;
    response.status = status_of(refusal.kind);
    response.content_type = problem_content_type;
    response.body = render(refusal, asked, path);
    response.headers.emplace_back("Content-Language", code_of(asked));
    response.headers.emplace_back("Cache-Control", "no-store");
    if (const auto wait = retry_after(refusal.kind, jitter()))
        response.headers.emplace_back("Retry-After", std::to_string(wait->count()));
    if (refusal.kind == problem_kind::malformed_request) response.close = true;
    return response;
}

std::string render_head(const http_response& response, bool keep_alive, bool secure,
                        std::string_view date) {
    std::string out;
    out.reserve(512);
    out += "HTTP/1.1 ";
    append_number(out, static_cast<std::uint64_t>(response.status));
    out += ' ';
    out += phrase_of(response.status);
    if (!date.empty()) {
        out += "\r\nDate: ";
        out += date;
    }
    const std::size_t size = response.bytes().size();
    if (response.status != 204 && response.status != 304) {
        out += "\r\nContent-Length: ";
        append_number(out, size);
    }
    if (!response.content_type.empty()) {
        out += "\r\nContent-Type: ";
        out += response.content_type;
    }
    out += "\r\nX-Content-Type-Options: nosniff";
    if (secure) out += "\r\nStrict-Transport-Security: max-age=31536000; includeSubDomains";
    for (const auto& [name, value] : response.headers) {
        out += "\r\n";
        out += name;
        out += ": ";
        out += value;
    }
    if (!keep_alive) out += "\r\nConnection: close";
    out += "\r\n\r\n";
    return out;
}

}  // namespace campgate::server
