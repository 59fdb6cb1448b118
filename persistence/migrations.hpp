// The schema's migrations: named files, embedded at build time, each applied once and remembered
// with its checksum. They run only in the transaction that takes the writer row (DESIGN §4).
#pragma once

#include "persistence/pg_connection.hpp"

#include <span>
#include <string_view>

namespace pqxx {
class transaction_base;
}

namespace campgate {

struct migration {
    unsigned version{};  ///< from 1, without a gap
    std::string_view name;
    std::string_view checksum;  ///< SHA-256 of the file
    std::string_view sql;
};

std::span<const migration> embedded_migrations() noexcept;

/// The database and this program do not fit: a migration differs from the one that was applied, or
/// the database is newer. The text is one sentence for the operator.
class schema_error : public database_error {
public:
    using database_error::database_error;
};

/// Applies what is missing of `wanted`, in the open transaction; gives how many. Throws
/// schema_error before it has changed anything, database_error when a statement fails.
unsigned migrate(pqxx::transaction_base& transaction, std::span<const migration> wanted);

/// Throws schema_error unless exactly `wanted` is applied; for tools that change nothing.
void check_schema(pqxx::transaction_base& transaction, std::span<const migration> wanted);

}  // namespace campgate
