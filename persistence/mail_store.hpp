// The outbox of mails: written in the transaction of their cause, claimed by one sender at a time,
// marked when they are sent or refused, deleted when their retention has passed. What a mail says
// and to whom is sealed under the outbox's own key; the other columns tell nothing about anybody.
// Called by workers and the sender's thread; every function throws database_error.
//
// At least once: a claim that its sender never came back from ends by itself, and the mail goes out
// again under the same Message-ID. Two senders never hold the same claim.
// Thread safety: put_mail and forget_mails that of their transaction; mail_store one call at a
// time.
#pragma once

#include "core/ids.hpp"
#include "persistence/pg_connection.hpp"
#include "persistence/sealing.hpp"
#include "persistence/worker_database.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace campgate {

using mail_id = strong<std::uint64_t, struct mail_tag>;

/// The numbers are stored.
enum class mail_state : std::uint8_t { waiting = 1, sent = 2, failed = 3 };
std::string_view name_of(mail_state state) noexcept;

/// Why an attempt did not succeed: for staff, and without anything about the recipient. The names
/// are stored.
enum class mail_failure : std::uint8_t {
    none,
    recipient_refused,  ///< the mail server will not have this address, for good
    message_refused,    ///< nor this message
    sender_refused,     ///< nor our own address: the settings, not the mail
    temporary,          ///< "not now" (4xx)
    unreachable,        ///< no mail server answers
    insecure,           ///< no TLS, or a certificate nobody vouches for
    authentication,
    timed_out,
    cut,         ///< the connection ended before the server had said whether it took the mail
    too_late,    ///< its time was over before it could be sent
    unwritten,   ///< the mail itself cannot be read or made: our own fault
    no_address,  ///< nobody knows where to send it
};
inline constexpr std::size_t mail_failures = static_cast<std::size_t>(mail_failure::no_address) + 1;
std::string_view name_of(mail_failure why) noexcept;

struct new_mail {
    std::string message_id;              ///< without < and >; unique for ever
    std::string kind;                    ///< e.g. "email_confirmation"
    std::optional<family_id> family;     ///< whose erasure takes the mail along
    std::string cause;                   ///< at most one mail of each; "": any number
    instant made;                        ///< due at once
    std::optional<instant> not_after{};  ///< not sent later than this
    std::string content;                 ///< stored sealed
};

/// In the caller's transaction; false, and nothing happened, when the cause has a mail already. One
/// that was set aside is replaced.
bool put_mail(worker_transaction& work, const secret_key& key, const new_mail& mail);
/// The same for a mail that nobody knows an address for: it has failed from the start, for staff to
/// see. Needs a cause.
bool set_mail_aside(worker_transaction& work, const secret_key& key, const new_mail& mail);

/// Deletes the family's mails, sent or not; gives how many. For the erasure of a family.
std::uint64_t forget_mails(worker_transaction& work, family_id family);

/// A failed mail waits again, as if it were new; false when there is no such failed mail. One that
/// was set aside is owed again (mail_cause_store): it is written anew, to the address by then.
bool retry_mail(worker_transaction& work, mail_id id, instant now);

/// A mail that is ours to send until `until`.
struct claimed_mail {
    mail_id id;
    std::uint32_t attempt{};  ///< from 1, since the last retry by staff
    bits128 claim;
    instant until;
    instant made;
    std::optional<instant> not_after;
    std::string message_id;
    std::string kind;
    std::optional<std::string> content;  ///< nothing when it cannot be opened
};

/// A mail as staff see it.
struct mail_row {
    mail_id id;
    std::string kind;
    std::optional<family_id> family;
    mail_state state{};
    std::uint32_t attempts{};
    mail_failure failure{};  ///< of the last attempt
    instant made;
    instant due;  ///< next attempt, while it waits
    std::optional<instant> sent;
    std::optional<std::string> content;  ///< by `latest` only
};

struct mail_counts {
    std::uint64_t waiting{};
    std::uint64_t failed{};
    std::optional<instant> oldest_waiting;  ///< when it was made
};

class mail_store {
public:
    mail_store(std::string url, const secret_key& key) : url_(std::move(url)), key_(key) {}

    /// The mail that has been due longest, ours for `lease`; nothing when none is due.
    std::optional<claimed_mail> claim(instant now, std::chrono::microseconds lease);

    /// It was sent, whoever holds the claim by now; false when it was marked or deleted already.
    bool mark_sent(mail_id id, instant now);
    /// Again at `due`. False, and nothing happened, when the claim is no longer ours.
    bool mark_waiting(const claimed_mail& mail, mail_failure why, instant due);
    /// Not again by itself. False, and nothing happened, when the claim is no longer ours.
    bool mark_failed(const claimed_mail& mail, mail_failure why, instant now);

    mail_counts count();
    /// Newest first, without content. At most `rows_max`.
    std::vector<mail_row> list(mail_state state, std::size_t rows_max);
    std::optional<mail_row> find(mail_id id);
    /// Newest first, with content. At most `rows_max`.
    std::vector<mail_row> latest(std::size_t rows_max);

    /// Deletes mails that were sent, or failed, before `before`; gives how many. `dry`: only
    /// counts.
    std::uint64_t drop(instant before, bool dry = false);

private:
    void with_connection(const std::function<void(pg_connection&)>& work);

    const std::string url_;
    const secret_key key_;
    std::mutex mutex_;
    std::optional<pg_connection> connection_;  // guarded by mutex_
};

}  // namespace campgate
