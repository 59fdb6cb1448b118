// Erases a family: its keys and files, its logins and sockets, its place in memory. What stays is
// its number, in the journal and the audit log. Called on worker threads; throws database_error.
#pragma once

#include "server/application.hpp"

namespace campgate::server {

enum class erasure_outcome : std::uint8_t {
    erased,
    has_holds,
    has_money,  ///< a payment or refund under way
    not_found,
    undecided,  ///< the sequencer does not answer: nothing happened
};

/// `by`: who asked, for the audit log; 0 for the retention job.
erasure_outcome erase(application& app, family_id family, actor_id by, instant now);

/// Ends the logins of a family and tells their sockets; their rows are the caller's to delete.
void end_logins_of(application& app, family_id family, instant now);

/// Does the family hold a seat, or anybody for one of its children?
bool holds_seats(application& app, family_id family);

/// Is money of the family on its way: a refund that is not carried out, a payment that the bank or
/// the staff have yet to say something of?
bool has_money_under_way(const application& app, family_id family);

}  // namespace campgate::server
