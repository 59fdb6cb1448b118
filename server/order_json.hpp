// Orders, payments, refunds and quotes as answers show them: the one place that writes them, for
// parents and for staff. Thread safety: any thread.
#pragma once

#include "core/engine.hpp"
#include "core/views.hpp"
#include "server/hold_token.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace campgate::server {

/// What a parent asked of a booking (S30), by the hold that it is.
struct line_cancellation {
    hold_id hold;
    std::string_view state;  ///< pending, accepted, refused
    std::uint64_t request{};
};

/// What an order's JSON follows from besides the order.
struct order_looks {
    const hold_tokens& tokens;
    const family_sales& sales;  ///< of the order's family
    actor_id asker;             ///< whose own it may be
    std::string_view account;   ///< for transfers; may be empty
    std::span<const line_cancellation> cancellations{};
};

boost::json::object order_object(const order& o, const order_looks& with);

/// Newest first.
boost::json::array orders_array(const order_looks& with);

/// `checkout_url`: the provider's page, where it is known and the payment waits for it.
boost::json::object payment_object(const payment& p, std::string_view account,
                                   const std::optional<std::string>& checkout_url = std::nullopt);

boost::json::object refund_object(const refund& r);

/// The record that finalising everything in the basket would make now; nothing when there is
/// nothing to finalise. It is the rules' own step, on what is published, so the price is the same.
std::optional<sale_record> quote_of(const season& published, const family_view& view,
                                    const family_facts& facts, actor_id payer, instant now);

/// `record`: as quote_of gave it. `methods`: the ways to pay that are offered.
boost::json::object quote_object(const std::optional<sale_record>& record,
                                 const family_sales& sales, std::span<const offered_method> methods,
                                 family_id family, const hold_tokens& tokens);

std::string_view name_of(order_state state) noexcept;

/// Null when there is none.
const order* find_order(const family_sales& sales, order_id id) noexcept;
const payment* find_payment(const family_sales& sales, payment_id id) noexcept;

/// In the order of payment_method.
inline constexpr std::array<std::string_view, all_payment_methods.size()> payment_method_names{
    "online", "transfer", "deferred", "counter"};

}  // namespace campgate::server
