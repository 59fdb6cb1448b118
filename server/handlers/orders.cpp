// From basket to order and back (S24, S26 to S28): what the basket would cost, finalising it, the
// family's orders, abandoning one.
#include "server/cancellations.hpp"
#include "server/handlers/family_asking.hpp"
#include "server/handlers/sale_asking.hpp"
#include "server/payment/payment_service.hpp"
#include "server/request_schemas.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <ranges>

namespace campgate::server {

namespace json = boost::json;

namespace {

// The holds that are named, each once; nothing when one is not the family's.
std::optional<std::vector<hold_id>> holds_named(const request_context& c,
                                                const finalise_request& asked) {
    std::vector<hold_id> holds;
    for (const std::string& token : asked.holds) {
        const auto hold = c.app.tokens->hold_of(token, c.login->family);
        if (!hold) return std::nullopt;
        if (std::ranges::find(holds, *hold) == holds.end()) holds.push_back(*hold);
    }
    return holds;
}

// What the family has open, the newest first; 0 when there is none.
order_id newest_open(const family_view& view) {
    for (const order& o : view.sales.orders | std::views::reverse) {
        if (o.state == order_state::open) return o.id;
    }
    return {};
}

// The order that one of these holds is in; 0 when none is.
order_id order_with(const family_view& view, const std::vector<hold_id>& holds) {
    for (const family_hold& hold : view.holds) {
        if (hold.order != order_id{} && std::ranges::find(holds, hold.hold) != holds.end())
            return hold.order;
    }
    return {};
}

}  // namespace

http_response get_quote(const request_context& c) {
    const auto season = c.app.seen.season.load();
    const auto facts = c.app.seen.facts.find(c.login->family);
    if (!season->published || !facts) return c.refuse(problem_kind::not_ready);
    auto view = c.app.seen.families.find(c.login->family);
    if (!view) view = std::make_shared<const family_view>();
    const auto record = quote_of(*season->published, *view, *facts, c.login->actor, c.now);
    const auto methods = c.app.payments->methods(season->published->sales);
    return json_response(c, json::serialize(quote_object(record, view->sales, methods,
                                                         c.login->family, *c.app.tokens)));
}

http_response get_orders(const request_context& c) {
    const auto view = c.app.seen.families.find(c.login->family);
    json::object body{{"orders", json::array{}}, {"sequence", 0}};
    if (view) {
        const auto cancellations = cancellations_of(c.app, c.login->family);
        const order_looks with{*c.app.tokens, view->sales, c.login->actor, c.app.transfer_account(),
                               cancellations};
        body["orders"] = orders_array(with);
        body["sequence"] = view->changed.value;
    }
    return json_response(c, json::serialize(body));
}

http_response get_order(const request_context& c) {
    const auto id = id_in_path(c.path_arguments[0]);
    if (!id) return c.refuse(problem_kind::not_found);
    return order_response(c, c.login->family, order_id{*id}, c.login->actor);
}

awaitable<http_response> post_order(const request_context& c) {
    if (auto refused = change_refused(c)) co_return *std::move(refused);
    const auto asked = read_finalise_request(c.request.body);
    if (!asked) co_return c.refuse(to_problem(asked.error()));
    auto holds = holds_named(c, *asked);
    if (!holds) co_return c.refuse(problem_kind::not_found);
    const family_id family = c.login->family;

    sale_command step{c.login->actor, family, sale_command::finalise{*holds}, nullptr};
    sale_answer answer = co_await ask_sale(c, intake_class::parent, std::move(step));
    const auto view = c.app.seen.families.find(family);
    if (answer.why == sale_refusal::in_order && view) {
        problem p = problem_of(problem_kind::in_order);
        p.members["order"] = order_with(*view, *holds).value;
        co_return c.refuse(p);
    }
    if (answer.why == sale_refusal::nothing_to_finalise && view && newest_open(*view).value != 0) {
        // Another tab was quicker, or this is the same request again: here is what it made.
        answer.order = newest_open(*view);
    } else if (answer.refused) {
        co_return *std::move(answer.refused);
    }
    http_response response = order_response(c, family, answer.order, c.login->actor);
    if (answer.is == reply_kind::done && response.status == 200) {
        response.status = 201;
        response.headers.emplace_back("Location",
                                      "/api/v1/orders/" + std::to_string(answer.order.value));
    }
    co_return response;
}

awaitable<http_response> post_abandon(const request_context& c) {
    const auto id = id_in_path(c.path_arguments[0]);
    if (!id) co_return c.refuse(problem_kind::not_found);
    sale_command step{c.login->actor, c.login->family, sale_command::abandon{order_id{*id}},
                      nullptr};
    sale_answer answer = co_await ask_sale(c, intake_class::parent, std::move(step));
    if (answer.refused) co_return *std::move(answer.refused);
    co_return order_response(c, c.login->family, order_id{*id}, c.login->actor);
}

}  // namespace campgate::server
