// The table. Limits here are what the code can bear, not taste: they keep a slip of the pen (ms for
// s, a missing zero) from becoming an outage.
#include "server/settings.hpp"

#include "core/ids.hpp"
#include "server/ip_address.hpp"
#include "server/mail/mail_header.hpp"
#include "server/mail/smtp_delivery.hpp"
#include "server/oidc/web_address.hpp"
#include "server/payment/transfer_communication.hpp"
#include "server/quality_list.hpp"
#include "server/query_string.hpp"
#include "server/time_text.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <type_traits>

namespace campgate::server {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t micros(config::duration duration) noexcept {
    return static_cast<std::uint64_t>(duration.count());
}

constexpr std::array<std::string_view, 4> level_names{"debug", "info", "warning", "error"};

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;

std::optional<std::uint64_t> parse_size(std::string_view text) noexcept {
    std::uint64_t unit = 1;
    if (text.ends_with("KiB")) unit = kib;
    if (text.ends_with("MiB")) unit = mib;
    if (unit > 1) text.remove_suffix(3);
    const auto count = parse_unsigned(text, 0, std::numeric_limits<std::uint32_t>::max());
    return count ? std::optional{*count * unit} : std::nullopt;
}

std::string size_text(std::uint64_t size) {
    if (size > 0 && size % mib == 0) return std::to_string(size / mib) + "MiB";
    if (size > 0 && size % kib == 0) return std::to_string(size / kib) + "KiB";
    return std::to_string(size);
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> items;
    while (!text.empty()) {
        const auto comma = text.find(',');
        const std::string_view item = trimmed(text.substr(0, comma));
        if (!item.empty()) items.emplace_back(item);
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    }
    return items;
}

std::string out_of(std::string_view least, std::string_view most) {
    return std::string{"must be "}.append(least).append(" to ").append(most);
}

struct assigner {
    const setting& which;
    std::string_view text;

    std::optional<std::string> operator()(bool* place) const {
        const bool on = text == "on" || text == "true";
        if (!on && text != "off" && text != "false") return "must be on or off";
        *place = on;
        return std::nullopt;
    }
    template <class Number>
    requires std::is_same_v<Number, std::uint16_t> || std::is_same_v<Number, std::uint32_t>
        std::optional<std::string>
    operator()(Number* place) const {
        const auto read = parse_unsigned(text, which.least, which.most);
        if (!read) return out_of(std::to_string(which.least), std::to_string(which.most));
        *place = static_cast<Number>(*read);
        return std::nullopt;
    }
    std::optional<std::string> operator()(std::uint64_t* place) const {
        const auto read = parse_size(text);
        if (!read || *read < which.least || *read > which.most)
            return out_of(size_text(which.least), size_text(which.most));
        *place = *read;
        return std::nullopt;
    }
    std::optional<std::string> operator()(config::duration* place) const {
        const auto read = parse_duration(text);
        if (!read || micros(*read) < which.least || micros(*read) > which.most) {
            const config::duration least{static_cast<std::int64_t>(which.least)};
            const config::duration most{static_cast<std::int64_t>(which.most)};
            return out_of(duration_text(least), duration_text(most)) +
                   ", written with its unit (ms, s, m, h, d)";
        }
        *place = *read;
        return std::nullopt;
    }
    std::optional<std::string> operator()(std::optional<config::duration>* place) const {
        if (text.empty()) {
            place->reset();
            return std::nullopt;
        }
        config::duration read{};
        if (auto wrong = (*this)(&read)) return wrong;
        *place = read;
        return std::nullopt;
    }
    std::optional<std::string> operator()(std::string* place) const {
        if (std::ranges::any_of(
                text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
            return "must not hold control characters";
        *place = text;
        return std::nullopt;
    }
    std::optional<std::string> operator()(std::vector<std::string>* place) const {
        *place = split(text);
        return std::nullopt;
    }
    std::optional<std::string> operator()(log_level* place) const {
        const auto found = std::ranges::find(level_names, text);
        if (found == level_names.end()) return "must be debug, info, warning or error";
        *place = static_cast<log_level>(found - level_names.begin());
        return std::nullopt;
    }
};

struct printer {
    std::string operator()(const bool* place) const { return *place ? "true" : "false"; }
    std::string operator()(const std::uint16_t* place) const { return std::to_string(*place); }
    std::string operator()(const std::uint32_t* place) const { return std::to_string(*place); }
    std::string operator()(const std::uint64_t* place) const { return size_text(*place); }
    std::string operator()(const config::duration* place) const { return duration_text(*place); }
    std::string operator()(const std::optional<config::duration>* place) const {
        return *place ? duration_text(**place) : "";
    }
    std::string operator()(const std::string* place) const { return *place; }
    std::string operator()(const std::vector<std::string>* place) const {
        std::string made;
        for (const std::string& item : *place) {
            if (!made.empty()) made += ',';
            made += item;
        }
        return made;
    }
    std::string operator()(const log_level* place) const {
        return std::string{level_names[static_cast<std::size_t>(*place)]};
    }
};

bool is_origin(std::string_view text) noexcept {
    const bool http = text.starts_with("http://");
    if (!http && !text.starts_with("https://")) return false;
    const std::string_view host = text.substr(http ? 7 : 8);
    return !host.empty() && std::ranges::all_of(host, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               std::string_view{".-:[]"}.find(c) != std::string_view::npos;
    });
}

// RFC 7518 §3.1 without those that a public key could forge (HS…) or that prove nothing (none).
constexpr std::array<std::string_view, 9> signature_algorithms{
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"};

std::optional<std::string> login_contradiction(const config& c) {
    if (!c.public_url.empty() && (!is_origin(c.public_url) || !is_safe_url(c.public_url)))
        return "public_url: '" + c.public_url + "' is no https origin (https://camps.dalhem.be)";
    for (const std::string& name : c.oidc_algorithms) {
        if (std::ranges::find(signature_algorithms, name) == signature_algorithms.end())
            return "oidc_algorithms: '" + name + "' is none of RS256 to ES512";
    }
    if (c.oidc_algorithms.empty()) return "oidc_algorithms: must name one at least";
    if (std::ranges::find(c.oidc_scopes, "openid") == c.oidc_scopes.end())
        return "oidc_scopes: must hold openid";
    if (c.oidc_niss_claim.empty()) return "oidc_niss_claim: is missing";
    if (c.oidc_staff_claim.empty() != c.oidc_staff_value.empty())
        return "oidc_staff_claim and oidc_staff_value: give both, or neither";
    if (c.oidc_issuer.empty()) return std::nullopt;
    if (!is_safe_url(c.oidc_issuer))
        return "oidc_issuer: '" + c.oidc_issuer + "' is no https address";
    if (c.oidc_client_id.empty()) return "oidc_client_id: is missing";
    if (c.public_url.empty() && !c.demo)
        return "public_url: is missing; the issuer sends browsers back to it";
    return std::nullopt;
}

constexpr std::array<std::string_view, 2> url_schemes{"postgres://", "postgresql://"};

/// Where the password is in the user part of a URL, if there is one.
std::optional<std::pair<std::size_t, std::size_t>> url_password(std::string_view connection) {
    for (const std::string_view scheme : url_schemes) {
        if (!connection.starts_with(scheme)) continue;
        const auto end = connection.find_first_of("/?", scheme.size());
        const auto at = connection.substr(0, end).rfind('@');
        if (at == std::string_view::npos || at < scheme.size()) return std::nullopt;
        const auto colon = connection.find(':', scheme.size());
        if (colon >= at) return std::nullopt;
        return std::pair{colon + 1, at};
    }
    return std::nullopt;
}

bool holds_word_password(std::string_view text) {
    static constexpr std::string_view word = "password";
    const auto same = [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    };
    return std::search(text.begin(), text.end(), word.begin(), word.end(), same) != text.end();
}

/// As a keyword, or as a parameter of a URL, where percent encoding could hide the word.
bool names_password(std::string_view connection) {
    if (holds_word_password(connection)) return true;
    if (std::ranges::none_of(
            url_schemes, [&](std::string_view scheme) { return connection.starts_with(scheme); }))
        return false;
    const auto decoded = percent_decoded(connection);
    return !decoded || holds_word_password(*decoded);
}

std::optional<std::string> mail_contradiction(const config& c) {
    const auto tls = mail_tls_of(c.mail_tls);
    if (!tls) return "mail_tls: must be required, if_offered, implicit or never";
    if (!c.mail_from.empty() && !parse_mailbox(c.mail_from))
        return "mail_from: '" + c.mail_from + "' is no address (Dalhem <plaines@dalhem.be>)";
    if (c.mail_user.empty() != c.mail_password_file.empty())
        return "mail_user and mail_password_file: give both, or neither";
    if (c.mail_retry > c.mail_retry_max) return "mail_retry: must not exceed mail_retry_max";
    if (c.mail_server.empty()) return std::nullopt;
    const auto address = parse_ip_address(c.mail_server);
    if (!address && !is_mail_address("a@" + c.mail_server))
        return "mail_server: '" + c.mail_server + "' is no name or address of a machine";
    if (c.mail_from.empty()) return "mail_from: is missing; mail_server needs to know who writes";
    const bool near = c.mail_server == "localhost" || (address && address->is_loopback());
    if (*tls == mail_tls::never && !near)
        return "mail_tls: never is for a mail server on this machine only";
    if (*tls == mail_tls::if_offered && !near && !c.mail_user.empty())
        return "mail_tls: if_offered could send the password to anybody; use required or implicit";
    return std::nullopt;
}

}  // namespace

std::string setting::flag() const {
    std::string made = "--";
    for (const char c : name) made += c == '_' ? '-' : c;
    return made;
}

std::string setting::variable() const {
    std::string made = "CAMPGATE_";
    for (const char c : name) made += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return made;
}

std::vector<setting> settings_of(config& c) {
    using enum setting_scope;
    constexpr std::uint64_t port_max = std::numeric_limits<std::uint16_t>::max();
    constexpr std::uint64_t tick = micros(1ms);
    constexpr std::uint64_t second = micros(1s);
    constexpr std::uint64_t minute = micros(1min);
    constexpr std::uint64_t hour = micros(1h);
    constexpr std::uint64_t day = micros(std::chrono::days{1});
    constexpr std::uint64_t year = micros(std::chrono::days{366});
    return {
        {"listen", server, &c.listen, 0, 0, "address to listen on"},
        {"port", server, &c.port, 0, port_max, "port to listen on; 0: any free one"},
        {"metrics_listen", server, &c.metrics_listen, 0, 0, "address of /metrics"},
        {"metrics_port", server, &c.metrics_port, 0, port_max, "port of /metrics; 0: any free one"},
        {"data", every, &c.data, 0, 0, "data directory"},
        {"web", server, &c.web, 0, 0, "directory of the built pages; empty: found by itself"},
        {"database", every, &c.database, 0, 0,
         "PostgreSQL connection string; empty: one of our own in the data directory"},
        {"database_file", every, &c.database_file, 0, 0,
         "file with the connection string, for one with a password"},
        {"master_key_backup", every, &c.master_key_backup, 0, 0,
         "a copy of that file kept elsewhere, which doctor compares with it"},
        {"master_key", every, &c.master_key, 0, 0,
         "file with the key that family files are sealed with; empty: master.key in the data "
         "directory"},
        {"log", every, &c.log, 0, 0, "least level that is logged"},
        {"io_threads", server, &c.io_threads, 0, 256, "0: one for each core"},

        {"trusted_proxies", server, &c.trusted_proxies, 0, 0,
         "addresses and networks whose forwarding headers are believed"},
        {"proxy_protocol", server, &c.proxy_protocol, 0, 0,
         "trusted proxies start connections with a PROXY header"},
        {"allowed_origins", server, &c.allowed_origins, 0, 0,
         "origins that may change things, besides our own"},

        {"header_limit", server, &c.header_limit, kib, mib, "of a request's head"},
        {"body_limit", server, &c.body_limit, kib, mib, "of a request's body"},
        {"sheet_body_limit", server, &c.sheet_body_limit, kib, mib, "of a health sheet's body"},
        {"document_bytes_max", server, &c.document_bytes_max, kib, 64 * mib,
         "of a supporting document"},
        {"target_limit", server, &c.target_limit, 256, mib, "of a request's target"},
        {"ws_message_max", server, &c.ws_message_max, 128, mib, "of a WebSocket message to us"},
        {"header_timeout", server, &c.header_timeout, tick, hour, "for a request's head"},
        {"body_timeout", server, &c.body_timeout, tick, hour, "for a request's body"},
        {"document_timeout", server, &c.document_timeout, tick, hour,
         "for a supporting document's body"},
        {"idle_timeout", server, &c.idle_timeout, tick, hour, "between requests"},
        {"write_timeout", server, &c.write_timeout, tick, hour, "for an answer or frame"},
        {"proxy_timeout", server, &c.proxy_timeout, tick, hour, "for a PROXY header"},
        {"ws_ping", server, &c.ws_ping, tick, hour, "between two pings"},
        {"ws_slow", server, &c.ws_slow, tick, hour, "behind, until a socket is closed"},

        {"connections_max", server, &c.connections_max, 1, 1'000'000, "connections in all"},
        {"connections_per_address", server, &c.connections_per_address, 1, 1'000'000,
         "connections of one address"},
        {"sockets_per_address", server, &c.sockets_per_address, 1, 1'000'000,
         "WebSockets and event streams of one address"},
        {"requests_per_second", server, &c.requests_per_second, 1, 1'000'000,
         "of one address, in the long run"},
        {"requests_burst", server, &c.requests_burst, 1, 1'000'000, "of one address, at once"},
        {"login_per_minute", server, &c.login_per_minute, 1, 1'000'000, "logins of one address"},
        {"webhooks_per_minute", server, &c.webhooks_per_minute, 1, 1'000'000,
         "calls of payment providers from one address"},
        {"lookups_per_hour", server, &c.lookups_per_hour, 1, 100'000,
         "look-ups of national numbers, and mails asked for again, per account"},
        {"documents_per_hour", server, &c.documents_per_hour, 1, 100'000,
         "supporting documents per account"},
        {"documents_at_once", server, &c.documents_at_once, 1, 10'000,
         "supporting documents under way at the same time"},
        {"rate_entries_max", server, &c.rate_entries_max, 64, 16'777'216,
         "addresses remembered for their limits"},

        {"hub_tick", server, &c.hub_tick, tick, minute, "least time between two frames"},
        {"time_interval", server, &c.time_interval, tick, hour, "between two time messages"},

        {"intake_records_max", server, &c.intake_records_max, 2, 1'000'000, "commands that wait"},
        {"intake_headroom", server, &c.intake_headroom, 1, 999'999,
         "of these, for the server's own commands"},
        {"batch_records_max", server, &c.batch_records_max, 1, 100'000, "records of a batch"},
        {"batch_items_max", server, &c.batch_items_max, request_items_max, 1'000'000,
         "items of a batch"},
        {"contended_timeout", server, &c.contended_timeout, tick, minute,
         "until a deferred request is answered busy"},
        {"request_deadline", server, &c.request_deadline, tick, hour,
         "until a request's outcome is answered unknown"},
        {"drain_timeout", server, &c.drain_timeout, 0, hour, "from SIGTERM to the end at most"},

        {"hold", server, &c.hold, second, year, "from placing a hold to its deadline"},

        {"public_url", server, &c.public_url, 0, 0, "the address that browsers ask for"},
        {"oidc_issuer", server, &c.oidc_issuer, 0, 0,
         "who says who one is (OpenID Connect); empty: nobody, in the demo its own provider"},
        {"oidc_client_id", server, &c.oidc_client_id, 0, 0, "our name at the issuer"},
        {"oidc_client_secret_file", server, &c.oidc_client_secret_file, 0, 0,
         "file with our secret at the issuer; empty: a public client"},
        {"oidc_scopes", server, &c.oidc_scopes, 0, 0, "asked for at each login"},
        {"oidc_acr_values", server, &c.oidc_acr_values, 0, 0,
         "asked for at each login, and one of them required"},
        {"oidc_niss_claim", server, &c.oidc_niss_claim, 0, 0, "claim with the national number"},
        {"oidc_given_name_claim", server, &c.oidc_given_name_claim, 0, 0,
         "claim with the given name"},
        {"oidc_family_name_claim", server, &c.oidc_family_name_claim, 0, 0,
         "claim with the family name"},
        {"oidc_staff_claim", server, &c.oidc_staff_claim, 0, 0,
         "claim that makes staff; empty: only who was added by hand"},
        {"oidc_staff_value", server, &c.oidc_staff_value, 0, 0, "its value, or one of its values"},
        {"oidc_algorithms", server, &c.oidc_algorithms, 0, 0, "accepted signatures"},
        {"login_idle", server, &c.login_idle, second, year,
         "of a login without a request or an open calendar"},
        {"login_lifetime", server, &c.login_lifetime, second, year, "of a login"},

        {"mail_server", server, &c.mail_server, 0, 0,
         "name or address of the mail server; empty: mails wait in the database"},
        {"mail_port", server, &c.mail_port, 0, port_max,
         "its port; 0: 587, 465 for implicit TLS, 25 without TLS"},
        {"mail_tls", server, &c.mail_tls, 0, 0, "required, if_offered, implicit or never"},
        {"mail_ca_file", server, &c.mail_ca_file, 0, 0,
         "certificates of who vouches for the mail server; empty: the machine's own"},
        {"mail_user", server, &c.mail_user, 0, 0, "our name at the mail server; empty: none"},
        {"mail_password_file", server, &c.mail_password_file, 0, 0,
         "file with our password at the mail server"},
        {"mail_from", server, &c.mail_from, 0, 0, "who writes: Dalhem <plaines@dalhem.be>"},
        {"mail_templates", server, &c.mail_templates, 0, 0,
         "directory with texts of mails that go before the program's own"},
        {"mail_timeout", server, &c.mail_timeout, tick, hour, "for one mail"},
        {"mail_retry", server, &c.mail_retry, tick, day,
         "after a failed attempt, doubled each time"},
        {"mail_retry_max", server, &c.mail_retry_max, tick, day, "between two attempts at most"},
        {"mail_attempts", server, &c.mail_attempts, 1, 1'000, "attempts to send a mail"},
        {"mail_retention", server, &c.mail_retention, tick, year,
         "until a mail that was sent, or given up, is deleted"},

        {"transfer_account", server, &c.transfer_account, 0, 0,
         "IBAN for payments by bank transfer, without spaces; empty: pages name none"},
        {"payment_poll", server, &c.payment_poll, tick, hour,
         "until a payment provider is asked about a payment without having called"},
        {"payment_poll_max", server, &c.payment_poll_max, tick, day,
         "between two such questions at most"},

        {"keep_sheets_months", server, &c.keep_sheets_months, 1, 1'200,
         "months after which retention forgets a health sheet not validated again"},
        {"keep_families_months", server, &c.keep_families_months, 1, 1'200,
         "months without a login after which retention erases a family that holds nothing"},
        {"keep_audit_months", server, &c.keep_audit_months, 1, 1'200,
         "months after which retention forgets audit rows"},
        {"keep_documents_months", server, &c.keep_documents_months, 1, 1'200,
         "months after which retention forgets the document of a decided request"},
        {"keep_unused_documents", server, &c.keep_unused_documents, tick, year,
         "until retention forgets a document that no request names"},
        {"keep_attach_requests", server, &c.keep_attach_requests, tick, year,
         "until an attach request that nobody answers ends as refused"},

        {"families", demo, &c.families, 1, 200'000, "demo families"},
        {"opens_in", demo, &c.opens_in, 0, year, "from the start to the demo's opening"},
        {"take_over", server, &c.take_over, 0, 0, "take the journal from a server that is alive",
         true},
        {"fresh", demo, &c.fresh, 0, 0, "forget the demo's former state", true},
    };
}

std::optional<std::string> assign(const setting& which, std::string_view text) {
    return std::visit(assigner{which, text}, which.where);
}

std::string value_text(const setting& which) {
    return std::visit(printer{}, which.where);
}

std::optional<std::string> contradiction(const config& c) {
    const auto listen = parse_ip_address(c.listen);
    if (!listen) return "listen: must be an IP address, found '" + c.listen + "'";
    const auto metrics_listen = parse_ip_address(c.metrics_listen);
    if (!metrics_listen)
        return "metrics_listen: must be an IP address, found '" + c.metrics_listen + "'";
    if (c.demo && !(listen->is_loopback() && metrics_listen->is_loopback()))
        return "the demo lets anybody be any parent: it listens on a loopback address only "
               "(127.0.0.1 or ::1)";
    for (const std::string& proxy : c.trusted_proxies) {
        if (!parse_ip_network(proxy))
            return "trusted_proxies: '" + proxy + "' is no address or network (10.0.0.0/8)";
    }
    if (c.proxy_protocol && c.trusted_proxies.empty())
        return "proxy_protocol: needs trusted_proxies, or nobody could connect";
    for (const std::string& origin : c.allowed_origins) {
        if (!is_origin(origin))
            return "allowed_origins: '" + origin + "' is no origin (https://www.dalhem.be)";
    }
    if (auto wrong = login_contradiction(c)) return wrong;
    if (auto wrong = mail_contradiction(c)) return wrong;
    if (!c.transfer_account.empty() && !is_iban(c.transfer_account))
        return "transfer_account: '" + c.transfer_account + "' is no account number (IBAN)";
    if (c.payment_poll > c.payment_poll_max)
        return "payment_poll: must not exceed payment_poll_max";
    if (!c.database.empty() && !c.database_file.empty())
        return "database and database_file: give one of them";
    if (c.batch_records_max >= c.intake_records_max)
        return "batch_records_max: must be less than intake_records_max";
    if (c.intake_headroom >= c.intake_records_max)
        return "intake_headroom: must be less than intake_records_max";
    if (c.target_limit >= c.header_limit) return "target_limit: must be less than header_limit";
    if (c.contended_timeout >= c.request_deadline)
        return "contended_timeout: must be less than request_deadline";
    return std::nullopt;
}

bool has_password(std::string_view connection) {
    return url_password(connection) || names_password(connection);
}

std::string without_password(std::string_view connection) {
    if (names_password(connection)) return "(hidden)";
    std::string shown{connection};
    if (const auto found = url_password(connection))
        shown.replace(found->first, found->second - found->first, "***");
    return shown;
}

}  // namespace campgate::server
