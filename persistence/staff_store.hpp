// Who works for the organiser, kept as the keyed hash of the national register number, and the
// audit log: who looked at what and did what, without content. Every function throws
// database_error. Thread safety: that of the transaction.
#pragma once

#include "core/ids.hpp"
#include "persistence/sealing.hpp"
#include "persistence/worker_database.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace campgate {

bool is_staff(worker_transaction& work, const master_key& key, const niss& number);
/// False: was so already.
bool add_staff(worker_transaction& work, const master_key& key, const niss& number, instant now);
bool remove_staff(worker_transaction& work, const master_key& key, const niss& number);
/// Ends the logins of whoever had that number until now, with their rows; whose they were.
std::optional<family_id> end_logins(worker_transaction& work, const master_key& key,
                                    const niss& number);
/// When each was added, and the first digits of the hash; the numbers themselves are not kept.
struct staff_row {
    std::string hash_start;
    instant added_at;
};
std::vector<staff_row> list_staff(worker_transaction& work);

struct audit_row {
    std::uint64_t id{};
    instant at;
    actor_id actor;
    std::string what;  ///< e.g. "family_read"
    std::optional<family_id> family;
    std::optional<child_id> child;
};

/// Writes one row in the transaction of what it tells.
void write_audit(worker_transaction& work, instant at, actor_id actor, std::string_view what,
                 std::optional<family_id> family, std::optional<child_id> child);

/// Newest first.
std::vector<audit_row> read_audit(worker_transaction& work, std::uint64_t skip,
                                  std::uint64_t rows_max);
std::uint64_t count_audit(worker_transaction& work);

}  // namespace campgate
