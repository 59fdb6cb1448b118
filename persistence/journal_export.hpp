// The journal as lines of JSON (NDJSON), for auditors and for other programs: a first line about
// the whole, then one line a record, in order. Ids only, no personal data. Reads one snapshot in
// pieces.
#pragma once

#include "core/ids.hpp"
#include "persistence/pg_connection.hpp"

#include <cstdint>
#include <functional>
#include <string_view>

namespace campgate {

/// Takes a line with its newline; false ends the export.
using line_sink = std::function<bool(std::string_view line)>;

/// Exports every record from `first` on; gives how many. Throws database_error, also for a record
/// that this program cannot read.
std::uint64_t export_journal(pg_connection& connection, const line_sink& sink,
                             sequence first = sequence{1});

}  // namespace campgate
