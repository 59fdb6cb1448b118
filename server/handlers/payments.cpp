// Paying an order (S28, R3, B4): wanting to, what became of it, and the hints of providers. A
// payment is recorded before its provider hears of it, and nobody is sent to a page whose payment
// is not recorded as open; so whatever comes back is known.
#include "server/handlers/family_asking.hpp"
#include "server/handlers/sale_asking.hpp"
#include "server/login_desk.hpp"
#include "server/payment/payment_desk.hpp"
#include "server/payment/payment_service.hpp"
#include "server/query_string.hpp"
#include "server/request_schemas.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <variant>

namespace campgate::server {

namespace json = boost::json;

namespace {

struct found_payment {
    payment row;
    order_state of{};
};

// A payment of the asker's family, as it is now.
std::optional<found_payment> payment_now(const request_context& c, payment_id id) {
    const auto view = c.app.seen.families.find(c.login->family);
    const payment* row = view ? find_payment(view->sales, id) : nullptr;
    if (row == nullptr) return std::nullopt;
    const order* of = find_order(view->sales, row->of);
    return found_payment{*row, of != nullptr ? of->state : order_state::open};
}

// The payment of an order that waits for its money.
std::optional<payment_id> under_way(const request_context& c, order_id id) {
    const auto view = c.app.seen.families.find(c.login->family);
    if (!view) return std::nullopt;
    for (const payment& p : view->sales.payments) {
        if (p.of == id && (p.state == payment_state::wanted || p.state == payment_state::open))
            return p.id;
    }
    return std::nullopt;
}

http_response payment_response(const request_context& c, const found_payment& found,
                               const std::optional<std::string>& page) {
    json::object body = payment_object(found.row, c.app.transfer_account(), page);
    body["order_state"] = name_of(found.of);
    return json_response(c, json::serialize(body));
}

// What the provider said, or why it said nothing.
using provider_answer = std::variant<checkout, provider_payment, provider_trouble>;

std::function<provider_answer()> question_of(const request_context& c, const payment& p) {
    return [&service = *c.app.payments, p, asked = c.asked,
            base = own_address(c)]() -> provider_answer {
        try {
            if (p.state == payment_state::wanted) return service.create(p, asked, base);
            return service.fetch(p);
        } catch (const provider_error& e) {
            return e.why();
        }
    };
}

// Asks the provider and, if something follows, the sequencer. False: the provider did not answer.
awaitable<bool> ask_provider(const request_context& c, const payment& p) {
    auto question = question_of(c, p);
    const auto answer =
        co_await on_worker_of(c.app.payments->workers(), c.lane, "payment_not_asked",
                              std::move(question), c.app.settings.request_deadline);
    if (!answer) co_return false;
    std::optional<sale_command> step;
    if (const auto* made = std::get_if<checkout>(&*answer)) {
        step = step_after(p, *made);
    } else if (const auto* said = std::get_if<provider_payment>(&*answer)) {
        step = step_after(p, *said);
    } else {
        c.app.counters.provider_failures.add();
        if (std::get<provider_trouble>(*answer) == provider_trouble::unreachable) co_return false;
        if (p.state == payment_state::wanted) step = give_up(p);
    }
    if (!step) co_return true;
    const sale_answer taken = co_await ask_sale(c, intake_class::privileged, *std::move(step));
    co_return !taken.refused;
}

// The payment that was asked for, recorded; a refusal names the one that is in its way.
awaitable<sale_answer> want(const request_context& c, order_id order, payment_method method,
                            bits128 key) {
    sale_command step{c.login->actor, c.login->family,
                      sale_command::want_payment{order, method, key}, nullptr};
    sale_answer answer = co_await ask_sale(c, intake_class::parent, std::move(step));
    if (answer.why == sale_refusal::payment_in_progress) {
        problem p = problem_of(problem_kind::payment_in_progress);
        if (const auto other = under_way(c, order)) p.members["payment"] = other->value;
        answer.refused = c.refuse(p);
    }
    co_return answer;
}

// Does its provider know it, if it has one?
awaitable<bool> made_known(const request_context& c, payment_id id) {
    const auto found = payment_now(c, id);
    const bool waits = found && (found->row.state == payment_state::wanted ||
                                 found->row.state == payment_state::open);
    if (!waits || found->row.method != payment_method::online) co_return true;
    const bool answered = co_await ask_provider(c, found->row);
    const auto now = payment_now(c, id);
    co_return answered&& now && now->row.state != payment_state::wanted;
}

}  // namespace

awaitable<http_response> post_payment(const request_context& c) {
    if (auto refused = change_refused(c)) co_return *std::move(refused);
    const auto id = id_in_path(c.path_arguments[0]);
    if (!id) co_return c.refuse(problem_kind::not_found);
    const auto key = required_key(c);
    if (!key) co_return key.error();
    const auto asked = read_payment_request(c.request.body);
    if (!asked) co_return c.refuse(to_problem(asked.error()));
    if (*asked == payment_method::online && !c.app.payments->takes_online() &&
        order_response(c, c.login->family, order_id{*id}, c.login->actor).status == 200)
        co_return c.refuse(problem_kind::method_not_offered);

    sale_answer answer = co_await want(c, order_id{*id}, *asked, *key);
    if (answer.refused) co_return *std::move(answer.refused);
    const bool known = co_await made_known(c, answer.payment);
    const auto found = payment_now(c, answer.payment);
    if (!found) co_return c.refuse(problem_kind::internal_error);
    if (!known) {
        problem p = problem_of(problem_kind::provider_unreachable);
        p.members["payment"] = answer.payment.value;
        co_return c.refuse(p);
    }
    http_response response = payment_response(c, *found, c.app.payments->page_of(answer.payment));
    response.status = 201;
    response.headers.emplace_back("Location",
                                  "/api/v1/payments/" + std::to_string(answer.payment.value));
    co_return response;
}

awaitable<http_response> get_payment(const request_context& c) {
    const auto id = id_in_path(c.path_arguments[0]);
    auto found = id ? payment_now(c, payment_id{*id}) : std::nullopt;
    if (!found) co_return c.refuse(problem_kind::not_found);
    const bool open =
        found->row.method == payment_method::online && found->row.state == payment_state::open;
    if (open && !writes_refused(c.app) && c.app.payments->ask_now(found->row.id)) {
        co_await ask_provider(c, found->row);
        found = payment_now(c, payment_id{*id});
    }
    co_return payment_response(c, *found, c.app.payments->page_of(found->row.id));
}

namespace {

// The "id" of a form or of a JSON object; nothing when there is none that could be one.
std::optional<std::string> reference_in(const http_request& request) {
    std::string reference;
    if (is_json_content_type(request.fields.content_type)) {
        boost::system::error_code bad;
        const json::value body = json::parse(request.body, bad);
        const json::object* const object = bad ? nullptr : body.if_object();
        const json::value* const id = object != nullptr ? object->if_contains("id") : nullptr;
        const json::string* const text = id != nullptr ? id->if_string() : nullptr;
        if (text != nullptr) reference = *text;
    } else if (const auto form = query_string::parse_foreign(request.body, {"id"})) {
        reference = form->find("id").value_or("");
    }
    if (!is_reference(reference)) return std::nullopt;
    return reference;
}

}  // namespace

http_response post_webhook(const request_context& c) {
    payment_service& payments = *c.app.payments;
    if (!payments.takes_online() || payments.provider()->name() != c.path_arguments[0])
        return c.refuse(problem_kind::not_found);
    const auto reference = reference_in(c.request);
    if (!reference) return c.refuse(member_problem(problem_detail::usual, "/id"));
    payments.hint(*reference);
    http_response response;
    response.status = 204;
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

}  // namespace campgate::server
