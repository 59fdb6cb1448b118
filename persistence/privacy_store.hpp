// Forgetting: one family's erasure, and what has been kept long enough. Deleting a parent or child
// deletes its wrapped record key, so that whatever was sealed under it can be read no more; numbers
// stay in the journal and the audit log, and name nobody any longer. Every function throws
// database_error. Thread safety: that of the transaction.
#pragma once

#include "core/ids.hpp"
#include "persistence/staff_store.hpp"
#include "persistence/worker_database.hpp"

#include <cstdint>
#include <vector>

namespace campgate {

/// Deletes parents, children with their sheets, requests, logins and mails; the family's number
/// stays, so that nobody gets it again. Belongs in a change of the family.
void erase_family(worker_transaction& work, family_id family);

/// What was looked at and done for this family, newest first.
std::vector<audit_row> audit_of(worker_transaction& work, family_id family, std::uint64_t rows_max);

// ---- retention
struct stale_sheet {
    child_id child;
    family_id family;
};
/// Sheets that were last validated, or typed in, before then.
std::vector<stale_sheet> stale_sheets(worker_transaction& work, instant before,
                                      std::uint64_t rows_max);
/// Answers and dates; the child stays. Belongs in a change of the child's family.
void drop_sheet(worker_transaction& work, child_id child);

/// Families that nobody has been logged in for since then, and that still have a parent.
std::vector<family_id> unseen_families(worker_transaction& work, instant before,
                                       std::uint64_t rows_max);

/// Audit rows older than that; gives how many. `dry`: only counts.
std::uint64_t drop_audit(worker_transaction& work, instant before, bool dry);

}  // namespace campgate
