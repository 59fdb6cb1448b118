// What a start reads: the state tables, and whether the end of the journal agrees with them
// (DESIGN §4, Start). The digest is compared by the caller, who has the engine.
#pragma once

#include "core/beside.hpp"
#include "core/stored_state.hpp"
#include "persistence/pg_connection.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace campgate {

/// The state tables in one snapshot, each list in the order of its key. Throws database_error, also
/// for rows that this program cannot understand.
stored_state load_state(pg_connection& connection);

/// How many batches at the journal's end a start compares.
inline constexpr std::uint64_t tail_batches = 256;

/// Compares what the last records of the journal say of each seat, key, week and season with its
/// row in `loaded`. What differs, in words for a log; empty when all agrees.
std::vector<std::string> compare_tail(pg_connection& connection, const stored_state& loaded,
                                      std::uint64_t batches = tail_batches);

/// The two halves of a start at once: for engine::restore and sequencer::start.
work_end on_a_thread(std::function<void()> work);

}  // namespace campgate
