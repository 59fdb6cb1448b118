// From method and path to a handler, with everything that must hold before one runs: login, same
// origin, CSRF token. Thread safety: any thread; no state.
#pragma once

#include "server/handlers/handlers.hpp"

#include <string_view>

namespace campgate::server {

/// Which count of one network a request belongs to, besides that of all requests.
enum class network_limit : std::uint8_t { none, login_begins, login_comes_back, webhook };

struct route {
    std::string_view pattern;  ///< "{}" stands for one whole segment
    route_label label{};
    http_method method{};
    bool needs_login = false;
    bool changes = false;  ///< same-origin check
    bool needs_csrf = false;
    bool demo_only = false;
    bool needs_staff = false;  ///< a login with the staff's role
    bool reads_query = false;  ///< the handler reads the query itself
    network_limit limit = network_limit::none;
    http_response (*answer)(const request_context&) = nullptr;
    awaitable<http_response> (*answer_later)(const request_context&) = nullptr;
};

struct routed {
    const route* to = nullptr;
    path_arguments_type arguments{};
    std::string allow;  ///< methods of the path, when only the method is wrong
};

routed find_route(http_method method, std::string_view path, bool demo);

/// Does this request carry a health sheet?
bool takes_sheet(http_method method, std::string_view path);

/// Is this request's body a supporting document?
bool takes_document(http_method method, std::string_view path) noexcept;

/// What stands in the way of running the route for this request, if anything.
std::optional<http_response> objection_to(const route& to, const request_context& c);

/// May a page of this origin ask? An absent Origin may: no browser page sends none across origins.
bool origin_allowed(const http_request& request, const config& settings);

}  // namespace campgate::server
