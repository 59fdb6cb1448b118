#include "persistence/mail_store.hpp"

#include "persistence/mail_cause_store.hpp"
#include "persistence/table_reader.hpp"

#include <sodium.h>
#include <algorithm>
#include <array>

namespace campgate {
namespace {

constexpr std::array<std::string_view, mail_failures> failure_names{
    "none",        "recipient_refused", "message_refused", "sender_refused", "temporary",
    "unreachable", "insecure",          "authentication",  "timed_out",      "cut",
    "too_late",    "unwritten",         "no_address"};

// Bound to the mail by its Message-ID.
std::string associated_with(std::string_view message_id) {
    return "mail:" + std::string{message_id};
}

bits128 fresh_claim() {
    bits128 claim;
    randombytes_buf(&claim.high, sizeof claim.high);
    randombytes_buf(&claim.low, sizeof claim.low);
    return claim;
}

// A name that this program does not know is of a later one.
mail_failure failure_of(std::string_view name) {
    const auto found = std::ranges::find(failure_names, name);
    if (found == failure_names.end()) return mail_failure::unwritten;
    return static_cast<mail_failure>(found - failure_names.begin());
}

std::optional<instant> optional_instant(const pqxx::field& f) {
    return f.is_null() ? std::nullopt : std::optional{instant_in(f)};
}

constexpr std::string_view row_columns =
    "id, kind, family, state, attempts, failure, made, due, ended, message_id, sealed";

mail_row row_of(const pqxx::row& row, const secret_key* key) {
    mail_row m;
    m.id = {number_in<std::uint64_t>(row[0])};
    m.kind = text_in(row[1]);
    if (!row[2].is_null()) m.family = family_id{number_in<std::uint64_t>(row[2])};
    m.state = static_cast<mail_state>(number_in<std::uint8_t>(row[3]));
    m.attempts = number_in<std::uint32_t>(row[4]);
    m.failure = failure_of(text_in(row[5]));
    m.made = instant_in(row[6]);
    m.due = instant_in(row[7]);
    if (m.state == mail_state::sent) m.sent = optional_instant(row[8]);
    if (key != nullptr)
        m.content = open_sealed(*key, associated_with(text_in(row[9])), bytes_in(row[10]));
    return m;
}

// An empty parameter stands for NULL: libpqxx 6 and 7 have no other way in common.
bool insert_mail(worker_transaction& work, const secret_key& key, const new_mail& mail,
                 mail_failure aside) {
    return as_database_error([&] {
        const bool sent_some_day = aside == mail_failure::none;
        const pqxx::result done = work.raw().exec_params(
            "INSERT INTO mail AS known (message_id, kind, family, cause, made, due, not_after, "
            "sealed, state, failure, ended) "
            "VALUES ($1, $2, nullif($3, '')::bigint, nullif($4, ''), $5, $5, "
            "nullif($6, '')::bigint, $7::bytea, $8, $9, nullif($10, '')::bigint) "
            "ON CONFLICT (cause) DO UPDATE SET message_id = excluded.message_id, "
            "made = excluded.made, due = excluded.due, not_after = excluded.not_after, "
            "sealed = excluded.sealed, state = excluded.state, failure = excluded.failure, "
            "ended = excluded.ended, attempts = 0, claim = NULL "
            "WHERE known.failure = 'no_address'",
            mail.message_id, mail.kind, mail.family ? bigint_text(mail.family->value) : "",
            mail.cause, bigint_text(mail.made), mail.not_after ? bigint_text(*mail.not_after) : "",
            bytea_text(seal(key, associated_with(mail.message_id), mail.content)),
            std::to_string(
                static_cast<int>(sent_some_day ? mail_state::waiting : mail_state::failed)),
            std::string{name_of(aside)}, sent_some_day ? "" : bigint_text(mail.made));
        return done.affected_rows() == 1;
    });
}

}  // namespace

std::string_view name_of(mail_state state) noexcept {
    switch (state) {
        case mail_state::waiting: return "waiting";
        case mail_state::sent: return "sent";
        case mail_state::failed: return "failed";
    }
    return {};
}

std::string_view name_of(mail_failure why) noexcept {
    return failure_names[static_cast<std::size_t>(why)];
}

bool put_mail(worker_transaction& work, const secret_key& key, const new_mail& mail) {
    return insert_mail(work, key, mail, mail_failure::none);
}

bool set_mail_aside(worker_transaction& work, const secret_key& key, const new_mail& mail) {
    return insert_mail(work, key, mail, mail_failure::no_address);
}

std::uint64_t forget_mails(worker_transaction& work, family_id family) {
    return as_database_error([&]() -> std::uint64_t {
        return work.raw()
            .exec_params("DELETE FROM mail WHERE family = $1", bigint_text(family.value))
            .affected_rows();
    });
}

bool retry_mail(worker_transaction& work, mail_id id, instant now) {
    return as_database_error([&] {
        owe_again(work, id);
        return work.raw()
                   .exec_params(
                       "UPDATE mail SET state = 1, attempts = 0, due = $2, ended = NULL, "
                       "claim = NULL WHERE id = $1 AND state = 3",
                       bigint_text(id.value), bigint_text(now))
                   .affected_rows() == 1;
    });
}

// An open connection may have died since the last call: then a second one is tried.
void mail_store::with_connection(const std::function<void(pg_connection&)>& work) {
    const std::lock_guard lock(mutex_);
    for (bool reused = connection_.has_value();; reused = false) {
        try {
            if (!connection_) {
                pg_options options;
                options.application_name = "campgate mails";
                options.read_write = true;
                options.settings = {{"statement_timeout", "5000"}};
                connection_.emplace(url_, options);
            }
            as_database_error([&] { work(*connection_); });
            return;
        } catch (const database_error& e) {
            if (verdict_of(e.sqlstate()) == error_verdict::rejected) throw;
            connection_.reset();
            if (!reused) throw;
        }
    }
}

// While a claim lasts, `due` is its end: a sender that never comes back leaves the mail due again.
std::optional<claimed_mail> mail_store::claim(instant now, std::chrono::microseconds lease) {
    std::optional<claimed_mail> claimed;
    with_connection([&](pg_connection& connection) {
        claimed.reset();
        const bits128 ours = fresh_claim();
        const instant until = now + lease;
        pqxx::nontransaction work(connection.raw().session);
        const pqxx::result rows = work.exec_params(
            "UPDATE mail SET claim = $1, due = $3, attempts = attempts + 1 WHERE id = ("
            "  SELECT id FROM mail WHERE state = 1 AND due <= $2 AND failure <> 'no_address' ORDER "
            "BY due, id LIMIT 1"
            "  FOR UPDATE SKIP LOCKED) "
            "RETURNING id, attempts, made, not_after, message_id, kind, sealed",
            uuid_text(ours), bigint_text(now), bigint_text(until));
        if (rows.empty()) return;
        const pqxx::row row = rows[0];
        claimed_mail& m = claimed.emplace();
        m.id = {number_in<std::uint64_t>(row[0])};
        m.attempt = number_in<std::uint32_t>(row[1]);
        m.claim = ours;
        m.until = until;
        m.made = instant_in(row[2]);
        m.not_after = optional_instant(row[3]);
        m.message_id = text_in(row[4]);
        m.kind = text_in(row[5]);
        m.content = open_sealed(key_, associated_with(m.message_id), bytes_in(row[6]));
    });
    return claimed;
}

bool mail_store::mark_sent(mail_id id, instant now) {
    bool marked = false;
    with_connection([&](pg_connection& connection) {
        pqxx::nontransaction work(connection.raw().session);
        marked = work.exec_params(
                         "UPDATE mail SET state = 2, failure = 'none', ended = $2 "
                         "WHERE id = $1 AND state <> 2",
                         bigint_text(id.value), bigint_text(now))
                     .affected_rows() == 1;
    });
    return marked;
}

bool mail_store::mark_waiting(const claimed_mail& mail, mail_failure why, instant due) {
    bool marked = false;
    with_connection([&](pg_connection& connection) {
        pqxx::nontransaction work(connection.raw().session);
        marked = work.exec_params(
                         "UPDATE mail SET failure = $3, due = $4 "
                         "WHERE id = $1 AND claim = $2 AND state = 1",
                         bigint_text(mail.id.value), uuid_text(mail.claim),
                         std::string{name_of(why)}, bigint_text(due))
                     .affected_rows() == 1;
    });
    return marked;
}

bool mail_store::mark_failed(const claimed_mail& mail, mail_failure why, instant now) {
    bool marked = false;
    with_connection([&](pg_connection& connection) {
        pqxx::nontransaction work(connection.raw().session);
        marked = work.exec_params(
                         "UPDATE mail SET state = 3, failure = $3, ended = $4 "
                         "WHERE id = $1 AND claim = $2 AND state = 1",
                         bigint_text(mail.id.value), uuid_text(mail.claim),
                         std::string{name_of(why)}, bigint_text(now))
                     .affected_rows() == 1;
    });
    return marked;
}

mail_counts mail_store::count() {
    mail_counts counts;
    with_connection([&](pg_connection& connection) {
        counts = {};
        pqxx::nontransaction work(connection.raw().session);
        const pqxx::row row = work.exec1(
            "SELECT (SELECT count(*) FROM mail WHERE state = 1), "
            "(SELECT count(*) FROM mail WHERE state = 3), "
            "(SELECT min(made) FROM mail WHERE state = 1)");
        counts.waiting = number_in<std::uint64_t>(row[0]);
        counts.failed = number_in<std::uint64_t>(row[1]);
        counts.oldest_waiting = optional_instant(row[2]);
    });
    return counts;
}

std::vector<mail_row> mail_store::list(mail_state state, std::size_t rows_max) {
    std::vector<mail_row> found;
    with_connection([&](pg_connection& connection) {
        found.clear();
        pqxx::nontransaction work(connection.raw().session);
        for (const auto& row :
             work.exec_params("SELECT " + std::string{row_columns} +
                                  " FROM mail WHERE state = $1 ORDER BY id DESC LIMIT $2",
                              std::to_string(static_cast<int>(state)), std::to_string(rows_max)))
            found.push_back(row_of(row, nullptr));
    });
    return found;
}

std::optional<mail_row> mail_store::find(mail_id id) {
    std::optional<mail_row> found;
    with_connection([&](pg_connection& connection) {
        found.reset();
        pqxx::nontransaction work(connection.raw().session);
        for (const auto& row :
             work.exec_params("SELECT " + std::string{row_columns} + " FROM mail WHERE id = $1",
                              bigint_text(id.value)))
            found = row_of(row, nullptr);
    });
    return found;
}

std::vector<mail_row> mail_store::latest(std::size_t rows_max) {
    std::vector<mail_row> found;
    with_connection([&](pg_connection& connection) {
        found.clear();
        pqxx::nontransaction work(connection.raw().session);
        for (const auto& row : work.exec_params(
                 "SELECT " + std::string{row_columns} + " FROM mail ORDER BY id DESC LIMIT $1",
                 std::to_string(rows_max)))
            found.push_back(row_of(row, &key_));
    });
    return found;
}

std::uint64_t mail_store::drop(instant before, bool dry) {
    std::uint64_t dropped = 0;
    with_connection([&](pg_connection& connection) {
        pqxx::nontransaction work(connection.raw().session);
        if (dry) {
            const pqxx::result rows =
                work.exec_params("SELECT count(*) FROM mail WHERE ended < $1", bigint_text(before));
            dropped = number_in<std::uint64_t>(rows[0][0]);
        } else {
            dropped = work.exec_params("DELETE FROM mail WHERE ended < $1", bigint_text(before))
                          .affected_rows();
        }
    });
    return dropped;
}

}  // namespace campgate
