#include "server/handlers/staff_asking.hpp"

#include "persistence/staff_store.hpp"
#include "server/asking.hpp"
#include "server/json_reader.hpp"
#include "server/on_worker.hpp"
#include "server/query_string.hpp"

namespace campgate::server {

namespace {

constexpr std::uint64_t pages_asked_max = 1'000'000;

problem_kind kind_of(sale_refusal why) {
    switch (why) {
        case sale_refusal::not_found: return problem_kind::not_found;
        case sale_refusal::not_open: return problem_kind::order_not_open;
        case sale_refusal::payment_in_progress: return problem_kind::payment_in_progress;
        case sale_refusal::method_not_offered: return problem_kind::method_not_offered;
        case sale_refusal::nothing_to_review: return problem_kind::nothing_to_review;
        case sale_refusal::not_booked: return problem_kind::not_booked;
        case sale_refusal::booked: return problem_kind::already_booked;
        case sale_refusal::contended: return problem_kind::contended;
        case sale_refusal::nothing_to_finalise:
        case sale_refusal::in_order:
        case sale_refusal::unchanged: break;
    }
    return problem_kind::internal_error;
}

}  // namespace

std::optional<std::uint64_t> page_number(std::string_view text) noexcept {
    return parse_unsigned(text, 0, pages_asked_max);
}

std::optional<std::uint64_t> id_in_path(std::string_view text) noexcept {
    return parse_unsigned(text, 1, json_integer_max);
}

awaitable<std::optional<http_response>> step_refused(const request_context& c, sale_command step) {
    if (const auto refused = writes_refused(c.app)) co_return c.refuse(*refused);
    command asked = std::move(step);
    const auto answer = co_await ask(c.app, c.lane, std::move(asked));
    if (!answer || !c.app.lease_holds()) co_return c.refuse(problem_kind::outcome_unknown);
    switch (answer->kind) {
        case reply_kind::done:
        case reply_kind::sale_known:
        case reply_kind::unchanged: co_return std::nullopt;
        case reply_kind::not_found: co_return c.refuse(problem_kind::not_found);
        case reply_kind::contended: co_return c.refuse(problem_kind::contended);
        case reply_kind::sale_refused: co_return c.refuse(kind_of(answer->sale));
        case reply_kind::placed:
        case reply_kind::replayed:
        case reply_kind::refused:
        case reply_kind::key_reused:
        case reply_kind::key_undecided:
        case reply_kind::ended:
        case reply_kind::invalid: break;
    }
    co_return c.refuse(problem_kind::internal_error);
}

result<std::uint64_t, http_response> page_asked(const request_context& c) {
    const auto query = query_string::parse(c.request.query, {"page"});
    if (!query) return c.refuse(parameter_problem(query.error().parameter));
    const auto number = page_number(query->find("page").value_or("0"));
    if (!number) return c.refuse(parameter_problem("page"));
    return result<std::uint64_t, http_response>{boost::system::in_place_value, *number};
}

awaitable<bool> recorded(const request_context& c, std::string_view what,
                         std::optional<family_id> family, std::optional<child_id> child) {
    std::function<bool()> work = [&app = c.app, actor = c.login->actor, now = c.now, what, family,
                                  child] {
        return app.database->change([&](worker_transaction& transaction) {
            write_audit(transaction, now, actor, what, family, child);
            return true;
        });
    };
    const auto done = co_await on_worker(c, "audit_not_written", std::move(work));
    co_return done.value_or(false);
}

}  // namespace campgate::server
