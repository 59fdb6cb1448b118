// The payment provider of a simulated day, as it really is whatever the server knows of it: pages
// that parents pay or refuse on, hints that come late, twice, in any order or never, and refunds.
// Asking twice never makes a thing twice. One thread.
#pragma once

#include "server/payment/payment_provider.hpp"
#include "tests/simulation/simulated_database.hpp"

#include "core/order.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace campgate::simulation {

class simulated_bank final : public server::payment_provider {
public:
    struct entry {
        payment_id payment;
        cents asked;
        server::provider_payment truth;
        std::map<refund_id, cents> refunded;
    };

    explicit simulated_bank(random_source& random) : random_(random) {}

    std::string_view name() const noexcept override { return "simulated"; }
    server::checkout create(const server::new_checkout& wanted) override;
    server::provider_payment fetch(std::string_view reference) override;
    server::refund_outcome refund(std::string_view reference, refund_id id, cents amount) override;

    /// Whether somebody was ever sent to that page.
    using is_known = std::function<bool(const std::string& reference)>;
    /// A parent does something on some open page, or comes back to one that failed.
    void somebody_acts(const is_known& sent_to);
    /// A hint that waits, if any, or a forged one: taken out, or left there to come again.
    std::optional<std::string> next_hint();

    const std::map<std::string, entry, std::less<>>& all() const { return entries_; }
    std::uint64_t acts = 0, hints_given = 0;

private:
    entry& of(std::string_view reference);

    random_source& random_;
    std::map<std::string, entry, std::less<>> entries_;
    std::vector<std::string> hints_;
};

}  // namespace campgate::simulation
