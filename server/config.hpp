// Everything an operator can set, with its unit and its default: the one place where a limit or a
// time-out gets its name. Read-only once the command line is parsed.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace campgate::server {

enum class log_level : std::uint8_t { debug, info, warning, error };

/// Sizes are bytes unless their name says otherwise; durations carry their own unit.
struct config {
    using duration = std::chrono::microseconds;

    // Where it listens and keeps its things.
    std::string listen{"127.0.0.1"};          ///< address of the public listener
    std::uint16_t port{8080};                 ///< 0: any free port, named in the ready line
    std::string metrics_listen{"127.0.0.1"};  ///< address of /metrics, never the public one
    std::uint16_t metrics_port{0};            ///< 0: any free port, named in the log
    std::string data;                         ///< data directory; the admin socket is in it
    std::string web;            ///< directory of the built pages; empty: beside the binary
    std::string database;       ///< connection string; empty: an embedded PostgreSQL in `data`
    bool take_over{false};      ///< take the journal from a server that is alive
    std::string database_file;  ///< file that holds the connection string, for its password
    std::string master_key;     ///< file of the key of family files; empty: in `data`
    log_level log{log_level::info};
    std::uint32_t io_threads{0};  ///< 0: one for each core

    // Who may ask.
    std::vector<std::string> trusted_proxies;  ///< addresses and networks ("10.0.0.0/8")
    bool proxy_protocol{false};  ///< trusted proxies start connections with a PROXY header
    std::vector<std::string> allowed_origins;  ///< besides our own host, "https://www.dalhem.be"

    // One connection.
    std::uint64_t header_limit{8 * 1024};               ///< of a request's head
    std::uint64_t body_limit{16 * 1024};                ///< of a request's body
    std::uint64_t target_limit{2 * 1024};               ///< of a request's target, else 414
    std::uint64_t ws_message_max{4 * 1024};             ///< of what a client sends on a WebSocket
    duration header_timeout{std::chrono::seconds{10}};  ///< from the first byte to the whole head
    duration body_timeout{std::chrono::seconds{10}};    ///< from the head to the whole body
    duration idle_timeout{std::chrono::seconds{60}};    ///< between requests
    duration write_timeout{std::chrono::seconds{10}};   ///< of one answer or frame
    duration proxy_timeout{std::chrono::seconds{5}};    ///< for a PROXY header
    duration ws_ping{std::chrono::seconds{25}};         ///< silent for two of these: gone
    duration ws_slow{std::chrono::seconds{15}};         ///< behind for so long: closed with 1013

    // All connections.
    std::uint32_t connections_max{16'000};
    std::uint32_t connections_per_address{1'024};  ///< mobile operators put many behind one
    std::uint32_t sockets_per_address{1'024};      ///< WebSockets and event streams
    std::uint32_t requests_per_second{1'000};      ///< per address, in the long run
    std::uint32_t requests_burst{4'000};           ///< per address, at once
    std::uint32_t login_per_minute{20};            ///< per address
    std::uint32_t rate_entries_max{65'536};        ///< addresses remembered; the idlest go first

    // The hub.
    duration hub_tick{std::chrono::milliseconds{50}};  ///< at most one frame in this time
    duration time_interval{std::chrono::seconds{20}};  ///< between two "time" messages

    // The sequencer.
    std::uint32_t intake_records_max{4'096};  ///< commands that wait; beyond: 503 overloaded
    std::uint32_t intake_headroom{512};       ///< of these, kept from parents for the server's own
    std::uint32_t batch_records_max{512};
    std::uint32_t batch_items_max{2'048};
    duration contended_timeout{std::chrono::seconds{2}};  ///< deferred for so long: 503 contended
    duration request_deadline{std::chrono::seconds{10}};  ///< then 503 outcome_unknown
    duration drain_timeout{std::chrono::seconds{20}};     ///< from SIGTERM to the end

    // The opening day.
    duration hold{std::chrono::days{3}};              ///< from placing a hold to its deadline (S26)
    duration login_lifetime{std::chrono::hours{12}};  ///< of a login session

    // Demo only.
    bool demo{false};  ///< set by the subcommand, never by a setting
    std::uint32_t families{2'000};
    std::optional<duration> opens_in;  ///< from the start to the opening; nothing: open already
    bool fresh{false};                 ///< forget the demo's former state first
};

/// The effective settings as a TOML file without secrets, for --check-config.
std::string config_text(const config& settings);

}  // namespace campgate::server
