// What a parent has asked and somebody else decides (R10, R8): to be attached to a child, to become
// its invoiceable parent, to have a residence confirmed, to cancel a booking (S30). Notes, and the
// staff's answers, are sealed under the asking parent's key. Belongs in a change of the families
// concerned; every function throws database_error. Thread safety: that of the transaction.
#pragma once

#include "persistence/family_store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace campgate {

struct new_request {
    request_kind kind{};
    family_id family;  ///< who asks
    actor_id parent;
    std::optional<child_id> child;
    std::string note;
    std::string sought;  ///< of an attach: the keyed hash of what it looks for, else empty
    instant made_at;
    std::optional<hold_id> hold{};  ///< of a cancellation
};

/// The request's number; that of the one that is pending already when the same was asked before.
/// What a cancellation says the last time is what counts.
request_id put_request(worker_transaction& work, const master_key& key, const new_request& asked);

/// Locks it until the transaction ends.
std::optional<request_row> lock_request(worker_transaction& work, const master_key& key,
                                        request_id id);
std::optional<request_row> load_request(worker_transaction& work, const master_key& key,
                                        request_id id);
/// Everything that is pending and that somebody can decide, oldest first.
std::vector<request_row> pending_requests(worker_transaction& work, const master_key& key);

/// `answer`: what whoever asked is told, or empty.
void decide_request(worker_transaction& work, const master_key& key, const request_row& request,
                    request_state state, actor_id by, instant now, const std::string& answer);

/// Attach requests that nobody has answered since then, oldest first, whether or not there is such
/// a child. `about`: whose child it is, if there is.
struct unanswered_request {
    request_id id;
    family_id family;
    std::optional<family_id> about;
};
std::vector<unanswered_request> unanswered_attach_requests(worker_transaction& work,
                                                           instant made_before,
                                                           std::uint64_t rows_max);

void attach_parent(worker_transaction& work, child_id child, family_id family, actor_id parent);
/// Families besides its own that see a child.
std::vector<family_id> families_attached(worker_transaction& work, child_id child);
std::optional<family_id> family_of_child(worker_transaction& work, child_id child);
void detach_family(worker_transaction& work, child_id child, family_id family);

// ---- links that confirm an e-mail address (S7)
struct email_confirmation_row {
    actor_id parent;
    family_id family;
    std::string email_hash;
};
/// Replaces the parent's earlier ones.
void put_email_confirmation(worker_transaction& work, const master_key& key, actor_id parent,
                            const std::string& token, const std::string& email, instant expires);
std::optional<email_confirmation_row> find_email_confirmation(worker_transaction& work,
                                                              const master_key& key,
                                                              const std::string& token,
                                                              instant now);
std::string email_hash(const master_key& key, const std::string& email);

// ---- children that were made under an Idempotency-Key
struct child_made_row {
    child_id child;
    bits128 body;
};
std::optional<child_made_row> find_child_made(worker_transaction& work, actor_id actor,
                                              bits128 key);
void put_child_made(worker_transaction& work, actor_id actor, bits128 key, bits128 body,
                    child_id child, instant now);

}  // namespace campgate
