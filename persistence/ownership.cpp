#include "persistence/ownership.hpp"

#include "core/ensure.hpp"
#include "persistence/migrations.hpp"
#include "persistence/pg_text.hpp"
#include "persistence/pqxx_compat.hpp"

#include <sodium.h>
#include <thread>

namespace campgate {
namespace {

constexpr std::chrono::milliseconds look_again{100};
constexpr int server_version_min = 140000;  // client_connection_check_interval
// Starters come one after the other, also where there is no writer row yet.
constexpr const char* starters_lock = "SELECT pg_advisory_xact_lock(4850186213)";

constexpr const char* look_at_owner = R"sql(
SELECT owner, signed_off, seen < clock_timestamp() - interval '3 seconds',
       round(extract(epoch FROM clock_timestamp() - seen)::numeric, 1)
  FROM writer FOR UPDATE)sql";

struct attempt {
    std::optional<ownership> owned;
    std::string other;
    unsigned migrations = 0;
    bool over_a_living_one = false;
};

attempt try_once(pqxx::connection& session, owner_id owner, const take_options& options) {
    pqxx::work work(session);
    work.exec("SET LOCAL synchronous_commit = on");
    work.exec(starters_lock);
    attempt result;
    const bool made =
        !work.exec("SELECT 1 FROM pg_class WHERE oid = to_regclass('writer')").empty();
    if (made) {
        const pqxx::result row = work.exec(look_at_owner);
        ensure(row.size() == 1, "there is one writer row");
        const bool signed_off = row[0][1].c_str()[0] == 't';
        const bool silent = row[0][2].c_str()[0] == 't';
        const bool alive = !signed_off && !silent && !options.owner_is_dead;
        if (alive && !options.force) {
            result.other = "process " + std::string(row[0][0].c_str()) + ", last seen " +
                           row[0][3].c_str() + " s ago";
            return result;
        }
        result.over_a_living_one = alive;
    }
    result.migrations = migrate(work, embedded_migrations());
    const pqxx::result row =
        work.exec("UPDATE writer SET owner = '" + uuid_text(owner) +
                  "', epoch = epoch + 1, signed_off = false, seen = clock_timestamp() "
                  "RETURNING epoch, last_batch");
    ensure(row.size() == 1, "there is one writer row");
    work.commit();
    result.owned = ownership{owner, number_of<std::uint64_t>(row[0][0].c_str()).value(),
                             batch_number{number_of<std::uint64_t>(row[0][1].c_str()).value()}};
    return result;
}

}  // namespace

taken take_ownership(pg_connection& connection, owner_id owner, const take_options& options) {
    if (connection.server_version() < server_version_min) {
        throw schema_error("PostgreSQL 14 or later is needed; the server has version " +
                           std::to_string(connection.server_version() / 10000));
    }
    const auto until = std::chrono::steady_clock::now() + options.wait;
    for (;;) {
        attempt result =
            as_database_error([&] { return try_once(connection.raw().session, owner, options); });
        if (result.over_a_living_one) std::this_thread::sleep_for(lease_takeover);
        if (result.owned || std::chrono::steady_clock::now() >= until) {
            return {result.owned, std::move(result.other), result.migrations};
        }
        std::this_thread::sleep_for(look_again);
    }
}

bool sign_off(pg_connection& connection, owner_id owner) {
    return as_database_error([&] {
        pqxx::nontransaction work(connection.raw().session);
        const pqxx::result row = work.exec(
            "UPDATE writer SET signed_off = true, epoch = epoch + 1, seen = clock_timestamp() "
            "WHERE owner = '" +
            uuid_text(owner) + "' AND NOT signed_off RETURNING 1");
        return !row.empty();
    });
}

owner_id make_owner_id() {
    ensure(sodium_init() >= 0, "libsodium starts");
    owner_id id;
    randombytes_buf(&id.high, sizeof id.high);
    randombytes_buf(&id.low, sizeof id.low);
    return id;
}

}  // namespace campgate
