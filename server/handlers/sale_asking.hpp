// What the handlers of orders and payments have in common, for parents and staff: asking the
// sequencer for a step of a sale, saying why there was none, answering with the order as it is
// afterwards. Thread safety: each call belongs to one io thread.
#pragma once

#include "core/sale.hpp"
#include "server/handlers/handlers.hpp"
#include "server/order_json.hpp"

#include <optional>

namespace campgate::server {

/// The answer that a refused step is. `in_order` names the order only where the caller adds it.
problem_kind problem_of_sale(sale_refusal why) noexcept;

/// What came of a step.
struct sale_answer {
    reply_kind is{};  ///< done, sale_known or unchanged when it is not refused
    order_id order;
    payment_id payment;
    sequence at;
    std::optional<http_response> refused;  ///< the whole answer
    std::optional<sale_refusal> why;       ///< when the rules refused it
    bool is_unknown = false;               ///< refused, but it may have happened all the same
};

/// Asks for a step. Parents wait in their own places, staff and the server in theirs.
awaitable<sale_answer> ask_sale(const request_context& c, intake_class who, sale_command step);

/// An order with everything in it, as its family or the staff (`asker` 0) see it; 404 when it is
/// not that family's.
http_response order_response(const request_context& c, family_id family, order_id id,
                             actor_id asker);

/// A path argument that is an id; nothing for any other text.
std::optional<std::uint64_t> id_in_path(std::string_view text) noexcept;

}  // namespace campgate::server
