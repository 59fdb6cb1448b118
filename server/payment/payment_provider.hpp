// The port to whoever takes money online: a hosted page for a payment, what became of it, giving
// money back. Called on workers, which it may hold up for some seconds; every call can be repeated.
// What the provider says when it is asked (`fetch`) is the truth; that it calls us is only a hint
// to ask. Thread safety: any thread.
#pragma once

#include "core/order.hpp"
#include "server/language.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace campgate::server {

/// A payment to be made known to the provider.
struct new_checkout {
    payment_id payment;
    cents amount;             ///< euro
    std::string description;  ///< what the payer reads; names nobody
    language asked{};         ///< of the page
    std::string return_url;   ///< where the browser comes back to, whatever happened
    std::string webhook_url;
    std::string idempotency;  ///< the same one again: the same checkout
};

struct checkout {
    std::string reference;  ///< the provider's own name; letters, digits, '-', '_'; at most 64
    std::string url;        ///< of the page where one pays
};

/// open: nothing is decided yet. failed: refused, cancelled or timed out; nothing came in.
enum class provider_state : std::uint8_t { open, paid, failed };

struct provider_payment {
    provider_state state{};
    cents received;              ///< all that came in, when paid
    bool right_currency = true;  ///< false: not euro
    cents refunded;
    std::string checkout_url;  ///< while it is open
};

/// pending: asked for, ask again later. refused: not possible, somebody has to look.
enum class refund_outcome : std::uint8_t { done, pending, refused };

/// unreachable: no answer, or none that can be read; the call may have had its effect. refused: the
/// provider does not know it, or will not do it, and will not next time either.
enum class provider_trouble : std::uint8_t { unreachable, refused };

class provider_error : public std::runtime_error {
public:
    provider_error(provider_trouble why, const std::string& what)
        : std::runtime_error(what),
          why_(why) {}
    provider_trouble why() const noexcept { return why_; }

private:
    provider_trouble why_;
};

class payment_provider {
public:
    virtual ~payment_provider() = default;
    /// As in the path of its webhook: [a-z]+.
    virtual std::string_view name() const noexcept = 0;
    virtual checkout create(const new_checkout& wanted) = 0;
    virtual provider_payment fetch(std::string_view reference) = 0;
    /// Idempotent by `refund`.
    virtual refund_outcome refund(std::string_view reference, refund_id refund, cents amount) = 0;
};

}  // namespace campgate::server
