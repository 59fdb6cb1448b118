// The low port of the journal: single attempts at the database, each with an honest verdict. What
// to do about a verdict is journal_writer's. No libpqxx here, so that a simulated database can
// stand in.
#pragma once

#include "core/batch.hpp"
#include "core/ids.hpp"

#include <cstdint>
#include <string>

namespace campgate {

/// A random id of one process that writes.
using owner_id = bits128;

/// Who writes, and under which epoch: a write under any other is refused (CF001).
struct fence {
    owner_id owner;
    std::uint64_t epoch{};
    friend bool operator==(const fence&, const fence&) = default;
};

enum class send_verdict : std::uint8_t {
    committed,
    rejected,  ///< nothing of it happened: `sqlstate` says why
    doubt,     ///< it may have happened, or may yet
};

struct send_result {
    send_verdict verdict = send_verdict::doubt;
    std::string sqlstate;  ///< of a rejection
    std::string text;      ///< for the log
};

enum class bump_verdict : std::uint8_t {
    bumped,       ///< the row is still ours; `epoch` is the new one
    not_owner,    ///< another process has taken over
    unreachable,  ///< no answer; it may yet happen, which does no harm
};

struct bump_result {
    bump_verdict verdict = bump_verdict::unreachable;
    std::uint64_t epoch{};
    std::uint64_t last_batch{};
    std::string text;
};

inline constexpr const char* sqlstate_fenced = "CF001";
inline constexpr const char* sqlstate_row_effects = "CF002";

/// Called by the sequencer thread alone. Every call ends: by an answer, or by its own time-out.
class journal_store {
public:
    virtual ~journal_store() = default;
    /// One attempt to commit the batch under the fence.
    virtual send_result send(const fence& by, const batch& b) = 0;
    /// Raises the epoch over a new connection, and tells how far the journal got.
    virtual bump_result bump_epoch(owner_id owner) = 0;
    /// Ends sessions of ours that were left without an answer and may hold the writer row.
    virtual void terminate_zombies() = 0;
};

}  // namespace campgate
