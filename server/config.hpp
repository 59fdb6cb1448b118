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
    std::string web;                ///< directory of the built pages; empty: beside the binary
    std::string database;           ///< connection string; empty: an embedded PostgreSQL in `data`
    bool take_over{false};          ///< take the journal from a server that is alive
    std::string database_file;      ///< file that holds the connection string, for its password
    std::string master_key_backup;  ///< a copy of that file, for doctor to compare; empty: none
    std::string master_key;         ///< file of the key of family files; empty: in `data`
    log_level log{log_level::info};
    std::uint32_t io_threads{0};  ///< 0: one for each core

    // Who may ask.
    std::vector<std::string> trusted_proxies;  ///< addresses and networks ("10.0.0.0/8")
    bool proxy_protocol{false};  ///< trusted proxies start connections with a PROXY header
    std::vector<std::string> allowed_origins;  ///< besides our own host, "https://www.dalhem.be"

    // One connection.
    std::uint64_t header_limit{8 * 1024};                ///< of a request's head
    std::uint64_t body_limit{16 * 1024};                 ///< of a request's body
    std::uint64_t sheet_body_limit{64 * 1024};           ///< of a health sheet's body
    std::uint64_t document_bytes_max{5 * 1024 * 1024};   ///< of a supporting document
    std::uint64_t target_limit{2 * 1024};                ///< of a request's target, else 414
    std::uint64_t ws_message_max{4 * 1024};              ///< of what a client sends on a WebSocket
    duration header_timeout{std::chrono::seconds{10}};   ///< from the first byte to the whole head
    duration body_timeout{std::chrono::seconds{10}};     ///< from the head to the whole body
    duration document_timeout{std::chrono::minutes{2}};  ///< the same, for a supporting document
    duration idle_timeout{std::chrono::seconds{60}};     ///< between requests
    duration write_timeout{std::chrono::seconds{10}};    ///< of one answer or frame
    duration proxy_timeout{std::chrono::seconds{5}};     ///< for a PROXY header
    duration ws_ping{std::chrono::seconds{25}};          ///< silent for two of these: gone
    duration ws_slow{std::chrono::seconds{15}};          ///< behind for so long: closed with 1013

    // All connections.
    std::uint32_t connections_max{16'000};
    std::uint32_t connections_per_address{1'024};  ///< mobile operators put many behind one
    std::uint32_t sockets_per_address{1'024};      ///< WebSockets and event streams
    std::uint32_t requests_per_second{1'000};      ///< per address, in the long run
    std::uint32_t requests_burst{4'000};           ///< per address, at once
    std::uint32_t login_per_minute{20};            ///< per address
    std::uint32_t webhooks_per_minute{600};        ///< of payment providers, per address
    std::uint32_t lookups_per_hour{30};            ///< of national numbers, per account
    std::uint32_t documents_per_hour{30};          ///< supporting ones, per account
    std::uint32_t documents_at_once{32};           ///< under way at the same time
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
    duration hold{std::chrono::days{3}};  ///< from placing a hold to its deadline (S26)

    // Who one is: a provider that speaks OpenID Connect, and the logins that come of it.
    std::string public_url;               ///< "https://camps.dalhem.be": what browsers ask for
    std::string oidc_issuer;              ///< empty: no login, or in the demo its own provider
    std::string oidc_client_id;           ///< as registered there
    std::string oidc_client_secret_file;  ///< empty: a public client
    std::string oidc_client_secret;       ///< that file's content; no setting, never shown
    std::vector<std::string> oidc_scopes{"openid", "profile"};
    std::vector<std::string> oidc_acr_values;  ///< asked for, and one of them required
    std::string oidc_niss_claim{"egovNRN"};
    std::string oidc_given_name_claim{"given_name"};
    std::string oidc_family_name_claim{"family_name"};
    std::string oidc_staff_claim;  ///< empty: staff is who was added by hand
    std::string oidc_staff_value;  ///< the claim's value, or one of its values
    std::vector<std::string> oidc_algorithms{"RS256", "ES256"};  ///< of signatures; no others
    duration login_idle{std::chrono::hours{2}};       ///< without a request or an open socket
    duration login_lifetime{std::chrono::hours{12}};  ///< of a login session

    // Mail. Without a server it stays in the database, and waits.
    std::string mail_server;           ///< a name or an address; empty: none
    std::uint16_t mail_port{0};        ///< 0: 587, 465 for implicit TLS, 25 without TLS
    std::string mail_tls{"required"};  ///< as smtp_delivery.hpp says: required, if_offered, …
    std::string mail_ca_file;          ///< who vouches for the mail server; empty: the usual ones
    std::string mail_user;             ///< empty: no authentication
    std::string mail_password_file;
    std::string mail_password;   ///< that file's content; no setting, never shown
    std::string mail_from;       ///< "Dalhem <plaines@dalhem.be>"
    std::string mail_templates;  ///< directory with the organiser's own texts; empty: ours
    duration mail_timeout{std::chrono::minutes{1}};  ///< of one mail, from connecting on
    duration mail_retry{std::chrono::minutes{1}};    ///< after the first failure; then doubled
    duration mail_retry_max{std::chrono::hours{4}};  ///< and at most this
    std::uint32_t mail_attempts{24};                 ///< then staff are told: about three days
    duration mail_retention{std::chrono::days{30}};  ///< then a sent or failed mail is deleted

    // Payments.
    std::string transfer_account;                    ///< IBAN for bank transfers, without spaces
    duration payment_poll{std::chrono::seconds{5}};  ///< until a provider is first asked itself
    duration payment_poll_max{std::chrono::minutes{10}};  ///< between two questions at most

    // How long what is about people is kept; `campgate retention` forgets the rest.
    std::uint32_t keep_sheets_months{24};    ///< after the last validation of a health sheet
    std::uint32_t keep_families_months{36};  ///< after the last login of a family
    std::uint32_t keep_audit_months{24};
    std::uint32_t keep_documents_months{6};  ///< after the decision they were sent for
    duration keep_unused_documents{std::chrono::days{1}};  ///< that no request names
    duration keep_attach_requests{std::chrono::days{60}};  ///< unanswered; then they are refused

    // Demo only.
    bool demo{false};  ///< set by the subcommand, never by a setting
    std::uint32_t families{2'000};
    std::optional<duration> opens_in;  ///< from the start to the opening; nothing: open already
    bool fresh{false};                 ///< forget the demo's former state first
};

/// The effective settings as a TOML file without secrets, for --check-config.
std::string config_text(const config& settings);

}  // namespace campgate::server
