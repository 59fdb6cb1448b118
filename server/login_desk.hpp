// A login begins and ends: its cookie, its row, its place in the table, its open sockets. Where
// nothing else is said, called on an io thread.
#pragma once

#include "server/application.hpp"
#include "server/handlers/handlers.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace campgate::server {

/// At start, once `app.families` is there. `own_url` is where we listen, without a slash at its
/// end.
std::unique_ptr<login_service> make_login_service(application& app,
                                                  const std::array<unsigned char, 32>& secret,
                                                  std::string own_url);

/// "__Host-campgate"; in a demo over plain http, where that would not be kept, another.
std::string_view login_cookie_name(const config& settings, bool secure) noexcept;

/// Where this browser finds us, without a slash at its end: as set, or, in a demo, under the name
/// by which it came.
std::string own_address(const request_context& c);

/// Set-Cookie for a new login. The browser keeps it longer than a login may last: the server
/// decides when it is over.
std::string login_cookie(const request_context& c, std::string_view id);
std::string no_login_cookie(const request_context& c);

/// For a cookie of ours: "name=value" with what protects it.
std::string protected_cookie(std::string_view name, std::string_view value,
                             std::chrono::seconds lifetime);

/// Writes the new login and forgets the browser's former one (may be null). On a worker; throws.
void store_login(application& app, const login_session& made, const login_session* former);

/// From now on the new one counts, and the former does not.
void admit_login(application& app, const new_login& made,
                 const std::shared_ptr<const login_session>& former);

/// Ends it for requests and for open sockets. Its row is gone already.
void end_login(application& app, const std::shared_ptr<const login_session>& login);

}  // namespace campgate::server
