// Supporting documents (S30): a parent sends one, then names it in a request, which staff read with
// it. The bytes are sealed under the parent's record key, with the document's number as associated
// data: erasing the parent erases them, and none can be passed off as another. What they are was
// found out before (server/document_kind). Every function throws database_error. Thread safety:
// that of the transaction.
#pragma once

#include "persistence/family_store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace campgate {

enum class document_kind : std::uint8_t { pdf = 1, jpeg = 2, png = 3 };

/// A family has at most so many that no request names; the oldest go for the next.
inline constexpr std::size_t unused_documents_max = 5;

struct stored_document {
    bits128 id;
    family_id family;
    actor_id parent;
    document_kind kind{};
    instant made_at;
    std::optional<request_id> request{};
    std::string bytes;
};

/// False when the parent is not there any more. Unused ones beyond the most are dropped.
bool put_document(worker_transaction& work, const master_key& key, const stored_document& made);

/// The request has this document from now on, instead of any other. False: no such document of that
/// family, or another request has it.
bool use_document(worker_transaction& work, bits128 id, family_id family, request_id request);

/// Nothing when there is none, or its parent was erased.
std::optional<stored_document> load_document(worker_transaction& work, const master_key& key,
                                             bits128 id);
/// All of a family's, oldest first.
std::vector<stored_document> documents_of(worker_transaction& work, const master_key& key,
                                          family_id family);

/// Drops what nobody used since then, and what was decided before then; gives how many. `dry`: only
/// counts.
std::uint64_t drop_documents(worker_transaction& work, instant unused_before,
                             instant decided_before, bool dry);

}  // namespace campgate
