// The books of the demo's bank: what is to be paid, what was, what went back. Every function throws
// database_error. Thread safety: that of the transaction.
#pragma once

#include "core/order.hpp"
#include "persistence/worker_database.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace campgate {

/// The numbers are stored.
enum class bank_state : std::uint8_t { open = 1, paid = 2, refused = 3 };

struct bank_account_row {
    std::string reference;
    std::string idempotency;
    cents amount;
    std::string description;
    std::string language;
    std::string return_url;
    std::string webhook_url;
    bank_state state = bank_state::open;
    cents received;
    std::string currency{"EUR"};
    cents refunded;  ///< of demo_bank_refund, not a column
};

/// The reference of what there is under its idempotency: it itself, or an earlier one.
std::string put_bank_row(worker_transaction& work, const bank_account_row& row);
std::optional<bank_account_row> find_bank_row(worker_transaction& work, std::string_view reference);
/// Only an open one changes; false: it was none.
bool settle_bank_row(worker_transaction& work, std::string_view reference, bank_state state,
                     cents received, std::string_view currency);
/// False: there is not so much left of what came in. Asked again: true, and nothing more.
bool put_bank_refund(worker_transaction& work, std::string_view reference, refund_id refund,
                     cents amount);

}  // namespace campgate
