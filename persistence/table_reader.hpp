// The rows of the state tables and the journal as core's values, inside one transaction. For the
// sources of persistence/ that read them: recovery, doctor, export. Throws database_error for a row
// that this program cannot understand.
#pragma once

#include "core/stored_state.hpp"
#include "persistence/pg_text.hpp"
#include "persistence/pqxx_compat.hpp"

#include <concepts>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace campgate {

inline std::string_view text_in(const pqxx::field& f) {
    return {f.c_str(), f.size()};
}

template <class T>
T number_in(const pqxx::field& f) {
    const auto value = number_of<T>(text_in(f));
    if (!value) throw database_error(std::string("not a number in column ") + f.name());
    return *value;
}

inline instant instant_in(const pqxx::field& f) {
    return instant_of(number_in<std::int64_t>(f));
}

std::string bytes_in(const pqxx::field& f);

/// Makes the transaction one read-only snapshot, or the one that another exported; its first
/// statement.
void begin_snapshot(pqxx::transaction_base& work, const std::string& exported = {});

/// Reads a query's rows in pieces, so that a million of them are never twice in memory. The fields
/// are in binary form, which is half the work for both sides: read them with packed_….
template <class Each>
void for_each_row(pqxx::transaction_base& work, const std::string& query, Each each) {
    work.exec("DECLARE rows_of BINARY NO SCROLL CURSOR FOR " + query);
    for (;;) {
        const pqxx::result rows = work.exec("FETCH 20000 FROM rows_of");
        if (rows.empty()) break;
        for (const auto& row : rows) each(row);
    }
    work.exec("CLOSE rows_of");
}

/// A smallint, integer or bigint in binary form.
std::int64_t packed_integer(const pqxx::field& f);

template <std::integral T>
T packed_number(const pqxx::field& f) {
    const std::int64_t value = packed_integer(f);
    if (!std::in_range<T>(value)) {
        throw database_error(std::string("a number out of range in column ") + f.name());
    }
    return static_cast<T>(value);
}

inline instant packed_instant(const pqxx::field& f) {
    return instant_of(packed_integer(f));
}
bits128 packed_uuid(const pqxx::field& f);

stored_state read_state(pqxx::transaction_base& work);
/// The same in parts, for connections that share a snapshot: all but the keys; the keys of records
/// after `from` and up to `to`, in any order; and what brings the keys in theirs.
stored_state read_state_but_keys(pqxx::transaction_base& work);
std::vector<stored_key> read_keys(pqxx::transaction_base& work, sequence from, sequence to);
void sort_keys(std::vector<stored_key>& keys);

/// A record of the journal with the number of its batch.
struct journal_row {
    std::uint64_t batch{};
    encoded_record record;
};

/// The journal's rows in order; `condition` is a WHERE clause or empty.
void for_each_record(pqxx::transaction_base& work, const std::string& condition,
                     const std::function<void(const journal_row&)>& each);

}  // namespace campgate
