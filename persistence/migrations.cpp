#include "persistence/migrations.hpp"

#include "persistence/pg_text.hpp"
#include "persistence/pqxx_compat.hpp"

#include <string>

namespace campgate {
namespace {

constexpr const char* make_table = R"sql(
CREATE TABLE IF NOT EXISTS migration (
    version    integer PRIMARY KEY,
    name       text NOT NULL,
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
))sql";

// How many of `wanted` are applied already; throws unless they are the same ones.
unsigned applied(pqxx::transaction_base& transaction, std::span<const migration> wanted) {
    const pqxx::result exists =
        transaction.exec("SELECT 1 FROM pg_class WHERE oid = to_regclass('migration')");
    if (exists.empty()) return 0;
    const pqxx::result rows =
        transaction.exec("SELECT version, name, checksum FROM migration ORDER BY version");
    unsigned count = 0;
    for (const auto& row : rows) {
        const auto version = number_of<unsigned>(row[0].c_str());
        const std::string name = row[1].c_str();
        if (version != count + 1) {
            throw schema_error("the database's list of migrations has a gap before version " +
                               std::string(row[0].c_str()));
        }
        if (count == wanted.size()) {
            throw schema_error("the database is newer than this program: it has migration " +
                               std::string(row[0].c_str()) + " (" + name +
                               "), and this program knows " + std::to_string(wanted.size()));
        }
        const migration& known = wanted[count];
        if (known.name != name || known.checksum != row[2].c_str()) {
            throw schema_error("migration " + std::string(row[0].c_str()) + " (" + name +
                               ") was applied to this database with another content than this "
                               "program's: they are of different versions");
        }
        ++count;
    }
    return count;
}

}  // namespace

unsigned migrate(pqxx::transaction_base& transaction, std::span<const migration> wanted) {
    return as_database_error([&] {
        const unsigned there = applied(transaction, wanted);
        if (there == 0) transaction.exec(make_table);
        for (const migration& next : wanted.subspan(there)) {
            transaction.exec(std::string(next.sql));
            transaction.exec("INSERT INTO migration (version, name, checksum) VALUES (" +
                             std::to_string(next.version) + ", " +
                             transaction.quote(std::string(next.name)) + ", " +
                             transaction.quote(std::string(next.checksum)) + ")");
        }
        return static_cast<unsigned>(wanted.size()) - there;
    });
}

void check_schema(pqxx::transaction_base& transaction, std::span<const migration> wanted) {
    const unsigned there = as_database_error([&] { return applied(transaction, wanted); });
    if (there == wanted.size()) return;
    if (there == 0) throw schema_error("there is no campgate in this database");
    throw schema_error(
        "the database is older than this program: start the server once to bring "
        "it up to date");
}

}  // namespace campgate
