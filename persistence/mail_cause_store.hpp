// The mails that the journal's records owe: a row stands with its record in one transaction, and
// goes in the transaction that writes the mail. So each is written exactly once, by whoever gets to
// it, and none is lost. Called by the writer of the sale's mails; throws database_error.
// Thread safety: that of the transaction.
#pragma once

#include "core/batch.hpp"
#include "core/record.hpp"
#include "persistence/mail_store.hpp"
#include "persistence/worker_database.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace campgate {

/// The oldest that nobody else has under way, locked until the transaction ends; none of `but`.
std::optional<owed_mail> take_owed_mail(worker_transaction& work, std::span<const owed_mail> but);
/// It is written, or will never be: nobody owes it any more.
void settle_owed_mail(worker_transaction& work, const owed_mail& owed);
/// A mail that was set aside, and that staff wanted again, has nothing to say by now.
void drop_set_aside(worker_transaction& work, const owed_mail& owed, instant now);

/// For logs, e.g. "holds_ended".
std::string_view name_of(mail_cause cause) noexcept;

/// The `cause` of the mail, of which there is one at most: "sale:SEQUENCE:FAMILY:CAUSE".
std::string cause_of(const owed_mail& owed);
/// What was owed for this mail is owed again, if it is one that was set aside.
void owe_again(worker_transaction& work, mail_id id);

/// A record of the journal; nothing when there is none that can be read.
std::optional<record> find_record(worker_transaction& work, sequence at);
/// The holds as they were placed, those of the family alone.
std::vector<placed_item> find_placed(worker_transaction& work, family_id family,
                                     std::span<const ended_hold> holds);

struct owed_mails {
    std::uint64_t count{};
    std::optional<instant> oldest;  ///< when its record was made
};
owed_mails count_owed_mails(worker_transaction& work);

}  // namespace campgate
