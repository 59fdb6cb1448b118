// The payment provider of a simulated day, as it really is whatever the server knows of it: pages
// that parents pay or refuse on, hints that come late, twice, in any order or never, and refunds.
// Asking twice never makes a thing twice. One thread.
#pragma once

#include "tests/simulation/simulated_database.hpp"

#include "core/order.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace campgate::simulation {

class simulated_bank {
public:
    enum class state { open, paid, failed };
    struct entry {
        payment_id payment;
        family_id family;
        cents asked;
        state is = state::open;
        cents received;
        bool right_currency = true;
        std::map<refund_id, cents> refunded;
    };

    /// The page of that payment, made at the first call; its reference.
    std::string create(const payment& of);
    /// Null: no such payment.
    const entry* find(const std::string& reference) const;
    /// Money goes back, once for each refund id.
    void refund(const std::string& reference, refund_id id, cents amount);

    /// A parent does something on some open page, or comes back to one that failed.
    void somebody_acts(random_source& random);
    /// A hint that waits, if any: taken out, or left there to come again.
    std::optional<std::string> next_hint(random_source& random);

    const std::map<std::string, entry>& all() const { return entries_; }
    std::uint64_t acts = 0, hints_given = 0;

private:
    std::map<std::string, entry> entries_;
    std::vector<std::string> hints_;
};

}  // namespace campgate::simulation
