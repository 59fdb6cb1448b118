// Orders and money as the staff see and settle them (R3, R4), and the capacity of a week. Every
// read and act writes an audit row first; the record in the journal names who it was as well. An
// act that is asked for again changes nothing, and is answered alike.
#include "server/asking.hpp"
#include "server/cancellations.hpp"
#include "server/family_directory.hpp"
#include "server/family_schemas.hpp"
#include "server/handlers/family_asking.hpp"
#include "server/handlers/staff_asking.hpp"
#include "server/order_json.hpp"
#include "server/query_string.hpp"
#include "server/staff_schemas.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>

namespace campgate::server {

namespace json = boost::json;

namespace {

using view_ptr = std::shared_ptr<const family_view>;

enum class listed : std::uint8_t { attention, open, all };
constexpr std::array<std::string_view, 3> listed_names{"attention", "open", "all"};

constexpr actor_id nobody{0};

// ---- the list

// To settle by hand, or to look at.
bool wants_attention(const order& o, const payment& p) {
    if (p.of != o.id) return false;
    if (p.state == payment_state::review) return true;
    return p.state == payment_state::open && p.method != payment_method::online &&
           o.state == order_state::open;
}

// What no provider carries out by itself.
bool wants_attention(const family_sales& sales, const refund& r) {
    if (r.state == refund_state::failed) return true;
    if (r.state == refund_state::done) return false;
    const payment* to = find_payment(sales, r.of);
    return to == nullptr || to->method != payment_method::online;
}

bool wants_attention(const family_sales& sales, const order& o) {
    const bool paying = std::ranges::any_of(
        sales.payments, [&](const payment& p) { return wants_attention(o, p); });
    return paying || std::ranges::any_of(sales.refunds, [&](const refund& r) {
               return r.from == o.id && wants_attention(sales, r);
           });
}

bool is_listed(listed which, const family_sales& sales, const order& o) {
    switch (which) {
        case listed::attention: return wants_attention(sales, o);
        case listed::open: return o.state == order_state::open;
        case listed::all: break;
    }
    return true;
}

struct found_order {
    view_ptr view;
    const order* is;
};

// Newest first, over all families that have a file.
std::vector<found_order> orders_of(const application& app, listed which) {
    std::vector<found_order> found;
    for (const auto& file : app.families.all()) {
        const view_ptr view = app.seen.families.find(file->id);
        if (!view) continue;
        for (const order& o : view->sales.orders) {
            if (is_listed(which, view->sales, o)) found.push_back({view, &o});
        }
    }
    std::ranges::sort(
        found, [](const found_order& a, const found_order& b) { return a.is->id > b.is->id; });
    return found;
}

json::object staff_order_object(const application& app, const found_order& found) {
    const auto cancellations = cancellations_of(app, found.is->family);
    const order_looks with{*app.tokens, found.view->sales, nobody, app.transfer_account(),
                           cancellations};
    json::object made = order_object(*found.is, with);
    const auto file = app.families.find(found.is->family);
    made["family"] = found.is->family.value;
    made["parent"] = file ? json::value(full_name(file->parents.front())) : json::value();
    return made;
}

struct list_asked {
    listed which = listed::attention;
    std::uint64_t page = 0;
};

result<list_asked, http_response> read_list(const request_context& c) {
    const auto query = query_string::parse(c.request.query, {"state", "page"});
    if (!query) return c.refuse(parameter_problem(query.error().parameter));
    list_asked asked;
    if (const auto state = query->find("state")) {
        const auto at = std::ranges::find(listed_names, *state);
        if (at == listed_names.end()) return c.refuse(parameter_problem("state"));
        asked.which = static_cast<listed>(at - listed_names.begin());
    }
    const auto page = page_number(query->find("page").value_or("0"));
    if (!page) return c.refuse(parameter_problem("page"));
    asked.page = *page;
    return asked;
}

// ---- acts

// The order that something with an id is of.
struct of_order {
    family_id family;
    order_id order;
};

template <class Find>
std::optional<of_order> look_up(const application& app, Find find) {
    for (const auto& file : app.families.all()) {
        const view_ptr view = app.seen.families.find(file->id);
        if (!view) continue;
        if (const auto order = find(view->sales)) return of_order{file->id, *order};
    }
    return std::nullopt;
}

template <class T, class Id>
std::optional<order_id> order_in(const std::vector<T>& all, Id id, order_id T::*of) {
    const auto at = std::ranges::find(all, id, &T::id);
    return at != all.end() ? std::optional{(*at).*of} : std::nullopt;
}

std::optional<of_order> of_payment(const application& app, std::string_view argument) {
    const auto number = id_in_path(argument);
    if (!number) return std::nullopt;
    return look_up(app, [&](const family_sales& sales) {
        return order_in(sales.payments, payment_id{*number}, &payment::of);
    });
}

std::optional<of_order> of_refund(const application& app, std::string_view argument) {
    const auto number = id_in_path(argument);
    if (!number) return std::nullopt;
    return look_up(app, [&](const family_sales& sales) {
        return order_in(sales.refunds, refund_id{*number}, &refund::from);
    });
}

std::optional<of_order> named_order(const application& app, std::string_view argument) {
    const auto number = id_in_path(argument);
    if (!number) return std::nullopt;
    return look_up(app, [&](const family_sales& sales) {
        return order_in(sales.orders, order_id{*number}, &order::id);
    });
}

// The order as it is afterwards, as the list shows it.
http_response staff_order_response(const request_context& c, const of_order& what) {
    const view_ptr view = c.app.seen.families.find(what.family);
    const order* is = view ? find_order(view->sales, what.order) : nullptr;
    if (is == nullptr) return c.refuse(problem_kind::not_found);
    return json_response(c, json::serialize(staff_order_object(c.app, {view, is})));
}

template <class What>
awaitable<http_response> act(const request_context& c, of_order on, std::string_view audited,
                             What what) {
    const bool noted = co_await recorded(c, audited, on.family);
    if (!noted) co_return c.refuse(problem_kind::not_ready);
    sale_command step{c.login->actor, on.family, what, nullptr};
    auto refused = co_await step_refused(c, std::move(step));
    if (refused) co_return *std::move(refused);
    co_return staff_order_response(c, on);
}

}  // namespace

awaitable<http_response> get_staff_orders(const request_context& c) {
    const auto asked = read_list(c);
    if (!asked) co_return asked.error();
    const bool done = co_await recorded(c, "orders_read");
    if (!done) co_return c.refuse(problem_kind::not_ready);
    const std::vector<found_order> found = orders_of(c.app, asked->which);
    json::array orders;
    for (const found_order& each : page_of(found, asked->page))
        orders.push_back(staff_order_object(c.app, each));
    co_return json_response(c, json::serialize(json::object{{"page", asked->page},
                                                            {"pages", pages_for(found.size())},
                                                            {"orders", std::move(orders)}}));
}

awaitable<http_response> post_staff_settle(const request_context& c) {
    if (auto refused = change_refused(c)) co_return *std::move(refused);
    const auto on = of_payment(c.app, c.path_arguments[0]);
    if (!on) co_return c.refuse(problem_kind::not_found);
    if (const auto fault = fault_of_empty_request(c.request.body))
        co_return c.refuse(to_problem(*fault));
    const sale_command::settle what{payment_id{*id_in_path(c.path_arguments[0])}};
    http_response answer = co_await act(c, *on, "payment_settled", what);
    co_return answer;
}

awaitable<http_response> post_staff_review(const request_context& c) {
    if (auto refused = change_refused(c)) co_return *std::move(refused);
    const auto on = of_payment(c.app, c.path_arguments[0]);
    if (!on) co_return c.refuse(problem_kind::not_found);
    const auto accept = read_accept_request(c.request.body);
    if (!accept) co_return c.refuse(to_problem(accept.error()));
    const sale_command::review what{payment_id{*id_in_path(c.path_arguments[0])}, *accept};
    http_response answer =
        co_await act(c, *on, *accept ? "payment_accepted" : "payment_given_back", what);
    co_return answer;
}

awaitable<http_response> post_staff_clock(const request_context& c) {
    if (auto refused = change_refused(c)) co_return *std::move(refused);
    const auto on = named_order(c.app, c.path_arguments[0]);
    if (!on) co_return c.refuse(problem_kind::not_found);
    const auto stopped = read_clock_request(c.request.body);
    if (!stopped) co_return c.refuse(to_problem(stopped.error()));
    const sale_command::change_clock what{on->order, *stopped};
    http_response answer = co_await act(c, *on, *stopped ? "clock_stopped" : "clock_started", what);
    co_return answer;
}

awaitable<http_response> post_staff_refund(const request_context& c) {
    if (auto refused = change_refused(c)) co_return *std::move(refused);
    const auto on = of_refund(c.app, c.path_arguments[0]);
    if (!on) co_return c.refuse(problem_kind::not_found);
    const auto state = read_refund_request(c.request.body);
    if (!state) co_return c.refuse(to_problem(state.error()));
    const sale_command::settle_refund what{refund_id{*id_in_path(c.path_arguments[0])}, *state};
    http_response answer = co_await act(c, *on, "refund_settled", what);
    co_return answer;
}

awaitable<http_response> post_staff_capacity(const request_context& c) {
    if (auto refused = change_refused(c)) co_return *std::move(refused);
    const auto number = id_in_path(c.path_arguments[0]);
    const auto before = c.app.seen.season.load();
    const bool known = number && *number <= week_ids_max;
    const week_id week{known ? static_cast<std::uint32_t>(*number) : 0};
    if (before->find(week) == nullptr) co_return c.refuse(problem_kind::not_found);
    const auto capacity = read_capacity_request(c.request.body);
    if (!capacity) co_return c.refuse(to_problem(capacity.error()));
    const bool noted = co_await recorded(c, "capacity_changed");
    if (!noted) co_return c.refuse(problem_kind::not_ready);
    command step = set_capacity_command{week, *capacity};
    const auto answer = co_await ask(c.app, c.lane, std::move(step));
    if (!answer || !c.app.lease_holds()) co_return c.refuse(problem_kind::outcome_unknown);
    if (answer->kind == reply_kind::contended) co_return c.refuse(problem_kind::contended);
    const std::uint32_t seats = c.app.seen.season.load()->row(week).capacity;
    const auto view = c.app.seen.availability.load();
    const week_availability* left = view->find(week);
    co_return json_response(
        c, json::serialize(json::object{{"week", week.value},
                                        {"capacity", seats},
                                        {"available", left != nullptr ? left->available : 0}}));
}

}  // namespace campgate::server
