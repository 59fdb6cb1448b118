#include "persistence/demo_bank_store.hpp"

#include "persistence/table_reader.hpp"

namespace campgate {

namespace {

std::string amount_text(cents amount) {
    return std::to_string(amount.value);
}

}  // namespace

std::string put_bank_row(worker_transaction& work, const bank_account_row& row) {
    work.raw().exec_params(
        "INSERT INTO demo_bank (reference, idempotency, amount, description, language, return_url, "
        "webhook_url) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (idempotency) DO NOTHING",
        row.reference, row.idempotency, amount_text(row.amount), row.description, row.language,
        row.return_url, row.webhook_url);
    const pqxx::result there = work.raw().exec_params(
        "SELECT reference FROM demo_bank WHERE idempotency = $1", row.idempotency);
    return std::string{text_in(there[0][0])};
}

std::optional<bank_account_row> find_bank_row(worker_transaction& work,
                                              std::string_view reference) {
    const pqxx::result rows = work.raw().exec_params(
        "SELECT reference, idempotency, amount, description, language, return_url, webhook_url, "
        "state, received, currency, (SELECT coalesce(sum(r.amount), 0) FROM demo_bank_refund r "
        "WHERE r.reference = b.reference) FROM demo_bank b WHERE reference = $1",
        std::string{reference});
    if (rows.empty()) return std::nullopt;
    const auto row = rows[0];
    bank_account_row r;
    r.reference = text_in(row[0]);
    r.idempotency = text_in(row[1]);
    r.amount = {number_in<std::int64_t>(row[2])};
    r.description = text_in(row[3]);
    r.language = text_in(row[4]);
    r.return_url = text_in(row[5]);
    r.webhook_url = text_in(row[6]);
    r.state = static_cast<bank_state>(number_in<int>(row[7]));
    r.received = {number_in<std::int64_t>(row[8])};
    r.currency = text_in(row[9]);
    r.refunded = {number_in<std::int64_t>(row[10])};
    return r;
}

bool settle_bank_row(worker_transaction& work, std::string_view reference, bank_state state,
                     cents received, std::string_view currency) {
    return work.raw()
               .exec_params(
                   "UPDATE demo_bank SET state = $2, received = $3, currency = $4 "
                   "WHERE reference = $1 AND state = 1",
                   std::string{reference}, std::to_string(static_cast<int>(state)),
                   amount_text(received), std::string{currency})
               .affected_rows() == 1;
}

bool put_bank_refund(worker_transaction& work, std::string_view reference, refund_id refund,
                     cents amount) {
    // Locked: two refunds at once do not both find the whole of it there.
    const pqxx::result account = work.raw().exec_params(
        "SELECT received FROM demo_bank WHERE reference = $1 AND state = 2 FOR UPDATE",
        std::string{reference});
    if (account.empty()) return false;
    const pqxx::result known = work.raw().exec_params(
        "SELECT 1 FROM demo_bank_refund WHERE refund = $1 AND reference = $2 AND amount = $3",
        bigint_text(refund.value), std::string{reference}, amount_text(amount));
    if (!known.empty()) return true;
    const pqxx::result back = work.raw().exec_params(
        "SELECT coalesce(sum(amount), 0) FROM demo_bank_refund WHERE reference = $1",
        std::string{reference});
    if (number_in<std::int64_t>(back[0][0]) + amount.value > number_in<std::int64_t>(account[0][0]))
        return false;
    work.raw().exec_params(
        "INSERT INTO demo_bank_refund (refund, reference, amount) VALUES ($1, $2, $3)",
        bigint_text(refund.value), std::string{reference}, amount_text(amount));
    return true;
}

}  // namespace campgate
