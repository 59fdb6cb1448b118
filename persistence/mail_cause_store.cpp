#include "persistence/mail_cause_store.hpp"

#include "core/record_codec.hpp"
#include "persistence/table_reader.hpp"

#include <algorithm>
#include <set>

namespace campgate {

namespace {

constexpr std::uint8_t causes = static_cast<std::uint8_t>(mail_cause::booking_cancelled);

std::string cause_text(mail_cause cause) {
    return std::to_string(static_cast<unsigned>(cause));
}

// Those that can be read, in order.
std::vector<record> records_at(worker_transaction& work, const std::set<sequence>& wanted) {
    array_text numbers;
    for (const sequence at : wanted) numbers.number(at.value);
    std::vector<record> found;
    for (const auto& row :
         work.raw().exec_params("SELECT sequence, kind, at, actor, body FROM journal "
                                "WHERE sequence = ANY($1::bigint[]) ORDER BY sequence",
                                numbers.done())) {
        encoded_record e;
        e.sequence = {number_in<std::uint64_t>(row[0])};
        e.kind = static_cast<record_kind>(number_in<std::uint8_t>(row[1]));
        e.at = instant_in(row[2]);
        e.actor = {number_in<std::uint64_t>(row[3])};
        e.body = bytes_in(row[4]);
        if (auto made = decode(e)) found.push_back(*std::move(made));
    }
    return found;
}

}  // namespace

std::optional<owed_mail> take_owed_mail(worker_transaction& work, std::span<const owed_mail> but) {
    array_text sequences;
    array_text families;
    array_text numbers;
    for (const owed_mail& owed : but) {
        sequences.number(owed.sequence.value);
        families.number(owed.family.value);
        numbers.number(static_cast<std::uint32_t>(owed.cause));
    }
    return as_database_error([&]() -> std::optional<owed_mail> {
        const pqxx::result rows = work.raw().exec_params(
            "SELECT sequence, family, cause FROM mail_cause AS m WHERE NOT EXISTS (SELECT FROM "
            "unnest($1::bigint[], $2::bigint[], $3::smallint[]) AS x(q, f, c) "
            "WHERE q = m.sequence AND f = m.family AND c = m.cause) "
            "ORDER BY sequence, family, cause LIMIT 1 FOR UPDATE SKIP LOCKED",
            sequences.done(), families.done(), numbers.done());
        if (rows.empty()) return std::nullopt;
        const auto cause = number_in<std::uint8_t>(rows[0][2]);
        if (cause == 0 || cause > causes) throw database_error("a mail of an unknown cause");
        return owed_mail{{number_in<std::uint64_t>(rows[0][0])},
                         {number_in<std::uint64_t>(rows[0][1])},
                         static_cast<mail_cause>(cause)};
    });
}

void settle_owed_mail(worker_transaction& work, const owed_mail& owed) {
    as_database_error([&] {
        work.raw().exec_params(
            "DELETE FROM mail_cause WHERE sequence = $1 AND family = $2 AND cause = $3",
            bigint_text(owed.sequence.value), bigint_text(owed.family.value),
            cause_text(owed.cause));
    });
}

void drop_set_aside(worker_transaction& work, const owed_mail& owed, instant now) {
    as_database_error([&] {
        work.raw().exec_params(
            "UPDATE mail SET state = 3, failure = 'too_late', ended = $2 "
            "WHERE cause = $1 AND state = 1 AND failure = 'no_address'",
            cause_of(owed), bigint_text(now));
    });
}

std::string_view name_of(mail_cause cause) noexcept {
    switch (cause) {
        case mail_cause::reminder: return "reminder";
        case mail_cause::holds_ended: return "holds_ended";
        case mail_cause::order_ended: return "order_ended";
        case mail_cause::booked: return "booked";
        case mail_cause::refund_due: return "refund_due";
        case mail_cause::booking_cancelled: return "booking_cancelled";
    }
    return {};
}

std::string cause_of(const owed_mail& owed) {
    return "sale:" + bigint_text(owed.sequence.value) + ':' + bigint_text(owed.family.value) + ':' +
           cause_text(owed.cause);
}

void owe_again(worker_transaction& work, mail_id id) {
    as_database_error([&] {
        work.raw().exec_params(
            "INSERT INTO mail_cause (sequence, family, cause) "
            "SELECT split_part(cause, ':', 2)::bigint, split_part(cause, ':', 3)::bigint, "
            "split_part(cause, ':', 4)::smallint FROM mail "
            "WHERE id = $1 AND state = 3 AND failure = 'no_address' ON CONFLICT DO NOTHING",
            bigint_text(id.value));
    });
}

std::optional<record> find_record(worker_transaction& work, sequence at) {
    return as_database_error([&]() -> std::optional<record> {
        auto found = records_at(work, {at});
        if (found.empty()) return std::nullopt;
        return std::move(found.front());
    });
}

std::vector<placed_item> find_placed(worker_transaction& work, family_id family,
                                     std::span<const ended_hold> holds) {
    std::set<sequence> wanted;
    for (const ended_hold& hold : holds) wanted.insert({hold.hold.value / request_items_max});
    return as_database_error([&] {
        std::vector<placed_item> found;
        for (const record& made : records_at(work, wanted)) {
            const auto* placed = std::get_if<place_record>(&made.body);
            if (placed == nullptr || placed->family != family) continue;
            for (const placed_item& item : placed->placed) {
                if (std::ranges::find(holds, item.hold, &ended_hold::hold) != holds.end())
                    found.push_back(item);
            }
        }
        return found;
    });
}

owed_mails count_owed_mails(worker_transaction& work) {
    return as_database_error([&] {
        const pqxx::result rows = work.raw().exec("SELECT count(*), min(sequence) FROM mail_cause");
        owed_mails counts;
        counts.count = number_in<std::uint64_t>(rows[0][0]);
        if (rows[0][1].is_null()) return counts;
        const pqxx::result first =
            work.raw().exec_params("SELECT at FROM journal WHERE sequence = $1",
                                   bigint_text(number_in<std::uint64_t>(rows[0][1])));
        if (!first.empty()) counts.oldest = instant_in(first[0][0]);
        return counts;
    });
}

}  // namespace campgate
