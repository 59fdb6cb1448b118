// Asks another server over https and waits for its answer: on a worker, never on an io thread.
// Follows no redirects, takes no answer that is long or late. Thread safety: any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace campgate::server {

struct web_request {
    std::string url{};
    std::string form{};      ///< sent as POST; empty: GET
    std::string user{};      ///< of Basic authentication, with its password; empty: none
    std::string password{};  ///< both are sent percent-encoded (RFC 6749 §2.3.1)
    std::string bearer{};    ///< an access token; empty: none
};

struct web_answer {
    int status{};
    std::string content_type;  ///< without parameters, lower case
    std::string body;
};

class web_client {
public:
    virtual ~web_client() = default;
    /// Nothing when no whole answer came: refused, late, too long, or an address we do not ask.
    virtual std::optional<web_answer> ask(const web_request& request) = 0;
};

struct web_limits {
    std::chrono::milliseconds connect{3'000};
    std::chrono::milliseconds whole{6'000};
    std::size_t body_bytes_max{256 * 1024};
};

/// By libcurl. Asks nothing once `stop` is set, and breaks off what is under way.
std::unique_ptr<web_client> make_web_client(web_limits limits, const std::atomic<bool>& stop);

}  // namespace campgate::server
