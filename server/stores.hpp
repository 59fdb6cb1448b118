// The database behind what the io threads keep in memory: families, logins, the instance's key.
#pragma once

#include "persistence/pg_connection.hpp"
#include "server/application.hpp"

#include <string>

namespace campgate::server {

/// Writes login sessions over connections of its own, opened when needed. Thread safety: any
/// thread.
std::unique_ptr<login_store_port> make_login_store(std::string url);

/// Brings back the logins that are not over.
void load_logins(const std::string& url, application& app);

/// Names and facts of every family.
void load_families(pg_connection& connection, application& app);

/// The demo's families 1 to `count`, as they are at `now`; replaces those there are.
void write_demo_families(pg_connection& connection, const season& s, std::uint64_t count,
                         instant now);

/// The secret behind hold tokens, made at the first start.
std::unique_ptr<const hold_tokens> load_hold_tokens(pg_connection& connection);

}  // namespace campgate::server
