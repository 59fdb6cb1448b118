// The database behind what the io threads keep in memory: families, logins, the instance's key.
#pragma once

#include "persistence/pg_connection.hpp"
#include "persistence/sealing.hpp"
#include "server/application.hpp"

#include <filesystem>
#include <string>

namespace campgate::server {

/// Writes login sessions over connections of its own, opened when needed. Thread safety: any
/// thread.
std::unique_ptr<login_store_port> make_login_store(std::string url);

/// Brings back the logins that are not over.
void load_logins(const std::string& url, application& app);

/// The demo's families 1 to `count`, as they are at `now`; replaces those there are, but for those
/// that somebody has changed.
void write_demo_families(pg_connection& connection, const master_key& key, const season& s,
                         std::uint64_t count, instant now);

/// Where the master key is: as set, else systemd's credential, else in the data directory.
std::filesystem::path master_key_file(const config& settings);

/// Throws master_key_error when the key in the file, or its absence, does not fit the database: to
/// be asked before ownership is taken, so that a server that could not run ends nobody who does.
void refuse_other_master_key(pg_connection& connection, const std::filesystem::path& file);

/// The key that family files are sealed with; made when there are no families yet. Throws
/// master_key_error when it is missing, cannot be read or is another installation's.
std::unique_ptr<const master_key> load_master_key(pg_connection& connection,
                                                  const std::filesystem::path& file);

/// The secret behind hold tokens, made at the first start.
std::unique_ptr<const hold_tokens> load_hold_tokens(pg_connection& connection);

}  // namespace campgate::server
