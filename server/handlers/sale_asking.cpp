#include "server/handlers/sale_asking.hpp"

#include "server/cancellations.hpp"
#include "server/json_reader.hpp"
#include "server/query_string.hpp"

#include <boost/json/serialize.hpp>

namespace campgate::server {

problem_kind problem_of_sale(sale_refusal why) noexcept {
    switch (why) {
        case sale_refusal::not_found: return problem_kind::not_found;
        case sale_refusal::nothing_to_finalise: return problem_kind::nothing_to_finalise;
        case sale_refusal::in_order: return problem_kind::in_order;
        case sale_refusal::not_open: return problem_kind::order_not_open;
        case sale_refusal::payment_in_progress: return problem_kind::payment_in_progress;
        case sale_refusal::method_not_offered: return problem_kind::method_not_offered;
        case sale_refusal::nothing_to_review: return problem_kind::nothing_to_review;
        case sale_refusal::not_booked: return problem_kind::not_booked;
        case sale_refusal::booked: return problem_kind::already_booked;
        case sale_refusal::contended: return problem_kind::contended;
        case sale_refusal::unchanged: break;
    }
    return problem_kind::internal_error;
}

awaitable<sale_answer> ask_sale(const request_context& c, intake_class who, sale_command step) {
    sale_answer out;
    if (const auto refused = writes_refused(c.app)) {
        out.refused = c.refuse(*refused);
        co_return out;
    }
    if (!c.app.queue.try_reserve(who)) {
        c.app.counters.limited[static_cast<std::size_t>(limit_label::intake)].add();
        out.refused = c.refuse(problem_kind::overloaded);
        co_return out;
    }
    reply_desk::ticket ticket{c.lane.desk, c.lane.io.get_executor()};
    command asked = std::move(step);
    c.app.queue.push({std::move(asked), ticket.address(), c.app.clock.boot()});
    const auto answer = co_await ticket.answer().wait_for(c.app.settings.request_deadline);
    if (!answer || !c.app.lease_holds()) {
        out.is_unknown = true;
        out.refused = c.refuse(problem_kind::outcome_unknown);
        co_return out;
    }
    out.is = answer->kind;
    out.order = answer->order;
    out.payment = answer->payment;
    out.at = answer->at;
    switch (answer->kind) {
        case reply_kind::done:
        case reply_kind::sale_known:
        case reply_kind::unchanged: break;
        case reply_kind::not_found: out.refused = c.refuse(problem_kind::not_found); break;
        case reply_kind::contended: out.refused = c.refuse(problem_kind::contended); break;
        case reply_kind::sale_refused:
            out.why = answer->sale;
            out.refused = c.refuse(problem_of_sale(answer->sale));
            break;
        case reply_kind::placed:
        case reply_kind::replayed:
        case reply_kind::refused:
        case reply_kind::key_reused:
        case reply_kind::key_undecided:
        case reply_kind::ended:
        case reply_kind::invalid: out.refused = c.refuse(problem_kind::internal_error); break;
    }
    co_return out;
}

http_response order_response(const request_context& c, family_id family, order_id id,
                             actor_id asker) {
    const auto view = c.app.seen.families.find(family);
    const order* found = view ? find_order(view->sales, id) : nullptr;
    if (found == nullptr) return c.refuse(problem_kind::not_found);
    const auto cancellations = cancellations_of(c.app, family);
    const order_looks with{*c.app.tokens, view->sales, asker, c.app.transfer_account(),
                           cancellations};
    return json_response(c, boost::json::serialize(order_object(*found, with)));
}

std::optional<std::uint64_t> id_in_path(std::string_view text) noexcept {
    return parse_unsigned(text, 1, json_integer_max);
}

}  // namespace campgate::server
