// The way back of a booking (S30): a parent asks with a motive and, where needed, a document; the
// staff decide (handlers/staff_decisions). Asking again finds the same request while it is pending,
// and what is said last counts.
#include "persistence/document_store.hpp"
#include "persistence/request_store.hpp"
#include "server/cancellations.hpp"
#include "server/family_schemas.hpp"
#include "server/handlers/family_asking.hpp"
#include "server/handlers/named_hold.hpp"

#include <algorithm>
#include <array>

namespace campgate::server {

namespace {

struct cancellation_order {
    application& app;
    new_request asked;
    family_id holder;
    std::optional<bits128> document;
    std::shared_ptr<request_id> made;
};

file_change keep(const cancellation_order& order) {
    file_change outcome;
    const std::array also{order.holder};
    outcome.result = order.app.files->change(
        order.asked.family, std::nullopt,
        [&](worker_transaction& work) {
            outcome.refused.reset();
            *order.made = put_request(work, *order.app.sealing, order.asked);
            const bool known = !order.document ||
                               use_document(work, *order.document, order.asked.family, *order.made);
            if (!known) outcome.refused = problem_kind::not_found;
            return known;
        },
        also);
    return outcome;
}

}  // namespace

awaitable<http_response> post_cancellation(const request_context& c) {
    if (auto refused = change_refused(c)) co_return *std::move(refused);
    const auto named = hold_named(c, c.path_arguments[0]);
    if (!named) co_return c.refuse(problem_kind::not_found);
    const auto asked = read_cancellation_request(c.request.body);
    if (!asked) co_return c.refuse(to_problem(asked.error()));
    const auto booking = find_booking(c.app, named->family, named->hold);
    if (!booking || booking->cancelled()) co_return c.refuse(problem_kind::not_booked);
    const new_request wanted{request_kind::cancellation,
                             c.login->family,
                             c.login->actor,
                             booking->line->child,
                             asked->motive,
                             {},
                             c.now,
                             named->hold};
    const cancellation_order order{c.app, wanted, named->family, asked->document,
                                   std::make_shared<request_id>()};
    std::function<file_change()> work = [order] { return keep(order); };
    auto ended = co_await make_change(c, std::move(work));
    if (ended) co_return *std::move(ended);
    co_return request_response(c, *order.made);
}

}  // namespace campgate::server
