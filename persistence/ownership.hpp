// Who may write. `owner` is a random id of one process; it is set at start only, in one transaction
// with the migrations (DESIGN §4, lease). Called before the sequencer thread exists.
#pragma once

#include "persistence/journal_writer.hpp"
#include "persistence/pg_connection.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace campgate {

struct take_options {
    /// The last owner is certainly dead (the lock of its data directory is ours): do not wait for
    /// it.
    bool owner_is_dead = false;
    /// Take over from an owner that lives. Blocks for lease_takeover afterwards, until no answer of
    /// the old owner can be under way.
    bool force = false;
    /// How long to wait for a living owner to sign off or fall silent.
    std::chrono::milliseconds wait = std::chrono::seconds{5};
};

struct taken {
    std::optional<ownership> owned;  ///< nothing: another process owns the journal and is alive
    std::string other;               ///< then, what is known of it, for a message
    unsigned migrations = 0;         ///< how many were applied
};

/// Waits for the owner, applies the migrations and becomes the owner. Throws schema_error when
/// program and database do not fit, database_error when the database cannot be used.
taken take_ownership(pg_connection& connection, owner_id owner, const take_options& options = {});

/// Gives the journal back, so that the next starter need not wait; raises the epoch. False when it
/// was not ours any more.
bool sign_off(pg_connection& connection, owner_id owner);

/// A random owner id.
owner_id make_owner_id();

}  // namespace campgate
