#include "persistence/login_session_store.hpp"

#include "persistence/table_reader.hpp"

#include <algorithm>
#include <string_view>

namespace campgate {
namespace {

std::string hex_of(const login_session_hash& hash) {
    std::string text = "\\x";
    append_hex(text, {reinterpret_cast<const char*>(hash.data()), hash.size()});
    return text;
}

std::string text_of(instant at) {
    return std::to_string(as_bigint(at));
}

}  // namespace

// An open connection may have died since the last call: then a second one is tried.
void login_session_store::with_connection(const std::function<void(pg_connection&)>& work) {
    const std::lock_guard lock(mutex_);
    for (bool reused = connection_.has_value();; reused = false) {
        try {
            if (!connection_) {
                pg_options options;
                options.application_name = "campgate logins";
                options.read_write = true;
                options.settings = {{"statement_timeout", "5000"}};
                connection_.emplace(url_, options);
            }
            as_database_error([&] { work(*connection_); });
            return;
        } catch (const database_error& e) {
            if (verdict_of(e.sqlstate()) == error_verdict::rejected) throw;
            connection_.reset();
            if (!reused) throw;
        }
    }
}

void login_session_store::insert(const login_session_row& session) {
    with_connection([&](pg_connection& connection) {
        pqxx::nontransaction work(connection.raw().session);
        work.exec_params(
            "INSERT INTO login_session (id_hash, actor, family, csrf, created, seen, expires) "
            "VALUES ($1::bytea, $2, $3, $4, $5, $6, $7) ON CONFLICT (id_hash) DO NOTHING",
            hex_of(session.id_hash), std::to_string(as_bigint(session.actor.value)),
            std::to_string(as_bigint(session.family.value)), session.csrf, text_of(session.created),
            text_of(session.seen), text_of(session.expires));
    });
}

void login_session_store::touch(const login_session_hash& id_hash, instant seen, instant expires) {
    with_connection([&](pg_connection& connection) {
        pqxx::nontransaction work(connection.raw().session);
        work.exec_params(
            "UPDATE login_session SET seen = $2, expires = $3 WHERE id_hash = $1::bytea",
            hex_of(id_hash), text_of(seen), text_of(expires));
    });
}

void login_session_store::remove(const login_session_hash& id_hash) {
    with_connection([&](pg_connection& connection) {
        pqxx::nontransaction work(connection.raw().session);
        work.exec_params("DELETE FROM login_session WHERE id_hash = $1::bytea", hex_of(id_hash));
    });
}

std::vector<login_session_row> login_session_store::load(instant now) {
    std::vector<login_session_row> sessions;
    with_connection([&](pg_connection& connection) {
        sessions.clear();
        pqxx::nontransaction work(connection.raw().session);
        work.exec_params("DELETE FROM login_session WHERE expires <= $1", text_of(now));
        for (const auto& row :
             work.exec("SELECT id_hash, actor, family, csrf, created, seen, expires "
                       "FROM login_session ORDER BY id_hash")) {
            login_session_row s;
            const std::string hash = bytes_in(row[0]);
            std::ranges::copy(hash, s.id_hash.begin());
            s.actor = {number_in<std::uint64_t>(row[1])};
            s.family = {number_in<std::uint64_t>(row[2])};
            s.csrf = text_in(row[3]);
            s.created = instant_in(row[4]);
            s.seen = instant_in(row[5]);
            s.expires = instant_in(row[6]);
            sessions.push_back(std::move(s));
        }
    });
    return sessions;
}

}  // namespace campgate
