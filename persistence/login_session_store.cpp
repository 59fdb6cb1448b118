#include "persistence/login_session_store.hpp"

#include "persistence/socket_watch.hpp"
#include "persistence/table_reader.hpp"

#include <algorithm>
#include <string_view>

namespace campgate {
namespace {

constexpr std::chrono::milliseconds statement_timeout{3'000};
constexpr std::chrono::milliseconds answer_within{4'000};

std::string_view raw(const login_session_hash& hash) {
    return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

std::string hex_of(const login_session_hash& hash) {
    return bytea_text(raw(hash));
}

}  // namespace

login_session_store::login_session_store(std::string url) : url_(std::move(url)) {
}

login_session_store::~login_session_store() = default;

// An open connection may have died since the last call: then a second one is tried.
void login_session_store::with_connection(const std::function<void(pg_connection&)>& work) {
    const std::lock_guard lock(mutex_);
    for (bool reused = connection_ != nullptr;; reused = false) {
        try {
            if (!connection_) {
                pg_options options;
                options.application_name = "campgate logins";
                options.read_write = true;
                options.settings = {
                    {"statement_timeout", std::to_string(statement_timeout.count())}};
                connection_ = std::make_unique<watched_connection>(url_, options);
            }
            as_database_error([&] { connection_->run(answer_within, work); });
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
            "INSERT INTO login_session (id_hash, actor, family, csrf, created, seen, expires, "
            "staff, by_provider) "
            "VALUES ($1::bytea, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id_hash) DO NOTHING",
            hex_of(session.id_hash), bigint_text(session.actor.value),
            bigint_text(session.family.value), session.csrf, bigint_text(session.created),
            bigint_text(session.seen), bigint_text(session.expires), session.staff ? "t" : "f",
            session.by_provider ? "t" : "f");
    });
}

void login_session_store::remove(const login_session_hash& id_hash) {
    with_connection([&](pg_connection& connection) {
        pqxx::nontransaction work(connection.raw().session);
        work.exec_params("DELETE FROM login_session WHERE id_hash = $1::bytea", hex_of(id_hash));
    });
}

void login_session_store::sweep(std::span<const login_seen> seen,
                                std::span<const login_session_hash> over) {
    if (seen.empty() && over.empty()) return;
    array_text hashes;
    array_text times;
    array_text ended;
    for (const login_seen& each : seen) {
        hashes.hex(raw(each.id_hash));
        times.time(each.at);
    }
    for (const login_session_hash& hash : over) ended.hex(raw(hash));
    with_connection([&](pg_connection& connection) {
        pqxx::work work(connection.raw().session);
        work.exec_params(
            "UPDATE login_session s SET seen = greatest(s.seen, n.seen) "
            "FROM unnest($1::text[], $2::bigint[]) AS n (id, seen) "
            "WHERE s.id_hash = decode(n.id, 'hex')",
            hashes.done(), times.done());
        work.exec_params(
            "DELETE FROM login_session "
            "WHERE id_hash IN (SELECT decode(id, 'hex') FROM unnest($1::text[]) AS o (id))",
            ended.done());
        work.commit();
    });
}

std::vector<login_session_row> login_session_store::load(instant oldest) {
    std::vector<login_session_row> sessions;
    with_connection([&](pg_connection& connection) {
        sessions.clear();
        pqxx::nontransaction work(connection.raw().session);
        work.exec_params("DELETE FROM login_session WHERE expires <= $1", bigint_text(oldest));
        for (const auto& row :
             work.exec("SELECT id_hash, actor, family, csrf, created, seen, expires, "
                       "staff, by_provider FROM login_session ORDER BY id_hash")) {
            login_session_row s;
            const std::string hash = bytes_in(row[0]);
            std::ranges::copy(hash, s.id_hash.begin());
            s.actor = {number_in<std::uint64_t>(row[1])};
            s.family = {number_in<std::uint64_t>(row[2])};
            s.csrf = text_in(row[3]);
            s.created = instant_in(row[4]);
            s.seen = instant_in(row[5]);
            s.expires = instant_in(row[6]);
            s.staff = text_in(row[7]) == "t";
            s.by_provider = text_in(row[8]) == "t";
            sessions.push_back(std::move(s));
        }
    });
    return sessions;
}

}  // namespace campgate
