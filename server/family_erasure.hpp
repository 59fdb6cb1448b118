// Erases a family: its keys and files, its logins and sockets, its place in memory. What stays is
// its number, in the journal and the audit log. Called on worker threads; throws database_error.
#pragma once

#include "server/application.hpp"

namespace campgate::server {

enum class erasure_outcome : std::uint8_t { erased, has_holds, not_found };

/// `by`: who asked, for the audit log; 0 for the retention job.
erasure_outcome erase(application& app, family_id family, actor_id by, instant now);

/// Does the family hold a seat, or anybody for one of its children?
bool holds_seats(application& app, family_id family);

}  // namespace campgate::server
