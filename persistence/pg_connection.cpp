#include "persistence/pg_connection.hpp"

#include "persistence/pqxx_compat.hpp"

#include <libpq-fe.h>

#include <map>

namespace campgate {
namespace {

std::string quoted(std::string_view value) {
    std::string text = "'";
    for (const char c : value) {
        if (c == '\'' || c == '\\') text += '\\';
        text += c;
    }
    return text += '\'';
}

// In `options` a space parts arguments unless a backslash is before it.
std::string option_word(std::string_view value) {
    std::string text;
    for (const char c : value) {
        if (c == ' ' || c == '\\') text += '\\';
        text += c;
    }
    return text;
}

}  // namespace

error_verdict verdict_of(std::string_view sqlstate) noexcept {
    if (sqlstate.size() != 5) return error_verdict::doubt;
    for (const std::string_view decided : {"CF0", "22", "23", "42"}) {
        if (sqlstate.starts_with(decided)) return error_verdict::rejected;
    }
    return error_verdict::doubt;
}

std::string conninfo_of(const std::string& url, const pg_options& options) {
    char* complaint = nullptr;
    PQconninfoOption* const parsed = PQconninfoParse(url.c_str(), &complaint);
    if (parsed == nullptr) {
        std::string text = complaint != nullptr ? complaint : "out of memory";
        PQfreemem(complaint);
        while (text.ends_with('\n')) text.pop_back();
        throw database_error("the database URL cannot be understood: " + text);
    }
    std::map<std::string, std::string> given;
    for (const auto* option = parsed; option->keyword != nullptr; ++option) {
        if (option->val != nullptr) given[option->keyword] = option->val;
    }
    PQconninfoFree(parsed);

    given["application_name"] = options.application_name;
    if (options.read_write) given["target_session_attrs"] = "read-write";
    std::string& session = given["options"];
    for (const auto& [name, value] : options.settings) {
        if (!session.empty()) session += ' ';
        session += "-c " + name + '=' + option_word(value);
    }
    // A half-open connection is noticed within seconds, not hours.
    given.try_emplace("connect_timeout", std::to_string(options.connect_timeout.count()));
    given.try_emplace("keepalives_idle", "5");
    given.try_emplace("keepalives_interval", "2");
    given.try_emplace("keepalives_count", "3");
    given.try_emplace("tcp_user_timeout", "10000");

    std::string text;
    for (const auto& [name, value] : given) {
        if (!text.empty()) text += ' ';
        text += name + '=' + quoted(value);
    }
    return text;
}

bool notice_counter::operator()(const char text[]) noexcept {
    ++count_;
    try {
        last_ = text;
    } catch (...) {
        last_.clear();
    }
    return false;  // handled: libpqxx would print it on stderr
}

pg_connection::pg_connection(const std::string& url, const pg_options& options) {
    const std::string conninfo = conninfo_of(url, options);
    impl_ = as_database_error([&] { return std::make_unique<impl>(conninfo); });
}

pg_connection::~pg_connection() = default;
pg_connection::pg_connection(pg_connection&&) noexcept = default;
pg_connection& pg_connection::operator=(pg_connection&&) noexcept = default;

int pg_connection::backend_pid() const noexcept {
    return impl_->session.backendpid();
}
int pg_connection::server_version() const noexcept {
    return impl_->session.server_version();
}

}  // namespace campgate
