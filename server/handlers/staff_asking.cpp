#include "server/handlers/staff_asking.hpp"

#include "persistence/staff_store.hpp"
#include "server/asking.hpp"
#include "server/json_reader.hpp"
#include "server/on_worker.hpp"
#include "server/query_string.hpp"

namespace campgate::server {

namespace {

constexpr std::uint64_t pages_asked_max = 1'000'000;

}  // namespace

std::optional<std::uint64_t> page_number(std::string_view text) noexcept {
    return parse_unsigned(text, 0, pages_asked_max);
}

awaitable<std::optional<http_response>> step_refused(const request_context& c, sale_command step) {
    sale_answer answer = co_await ask_sale(c, intake_class::privileged, std::move(step));
    co_return std::move(answer.refused);
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
