#include "server/handlers/family_asking.hpp"

#include "persistence/request_store.hpp"
#include "server/query_string.hpp"

#include <boost/json/object.hpp>

#include <algorithm>

namespace campgate::server {

std::optional<http_response> change_refused(const request_context& c) {
    if (!is_json_content_type(c.request.fields.content_type))
        return c.refuse(problem_kind::unsupported_media_type);
    if (const auto refused = writes_refused(c.app)) return c.refuse(*refused);
    return std::nullopt;
}

result<std::uint64_t, http_response> expected_version(const request_context& c,
                                                      const family_file& file) {
    if (c.request.fields.if_match.empty()) return c.refuse(problem_kind::precondition_required);
    const std::string etag = family_etag(file);
    if (c.request.fields.if_match == etag)
        return result<std::uint64_t, http_response>{boost::system::in_place_value, file.version};
    http_response response = c.refuse(problem_kind::precondition_failed);
    response.headers.emplace_back("ETag", etag);
    return response;
}

http_response file_response(const request_context& c, family_id family) {
    const auto file = c.app.families.find(family);
    if (!file) return c.refuse(problem_kind::not_found);
    http_response response;
    response.content_type = "application/json";
    response.headers.emplace_back("Cache-Control", "no-store");
    response.headers.emplace_back("ETag", family_etag(*file));
    response.body = boost::json::serialize(family_object(c.app, *file, c.now));
    return response;
}

http_response request_response(const request_context& c, request_id id) {
    http_response response =
        json_response(c, boost::json::serialize(boost::json::object{{"request", id.value}}));
    response.status = 202;
    return response;
}

awaitable<std::optional<http_response>> make_change(const request_context& c,
                                                    std::function<file_change()> work) {
    const auto outcome = co_await on_worker(c, "family_not_changed", std::move(work));
    if (!outcome) co_return c.refuse(problem_kind::outcome_unknown);
    if (outcome->refused) co_return c.refuse(*outcome->refused);
    switch (outcome->result.is) {
        case change_outcome::changed:
        case change_outcome::declined: co_return std::nullopt;
        case change_outcome::not_found: co_return c.refuse(problem_kind::not_found);
        case change_outcome::precondition_failed: break;
    }
    http_response response = c.refuse(problem_kind::precondition_failed);
    if (const auto file = c.app.families.find(c.login->family))
        response.headers.emplace_back("ETag", family_etag(*file));
    co_return response;
}

awaitable<http_response> ask_staff(const request_context& c, new_request asked) {
    const auto id = std::make_shared<request_id>();
    std::function<file_change()> work = [&app = c.app, asked, id] {
        return file_change{app.files->change(asked.family, std::nullopt,
                                             [&](worker_transaction& transaction) {
                                                 *id =
                                                     put_request(transaction, *app.sealing, asked);
                                                 return true;
                                             }),
                           {}};
    };
    auto ended = co_await make_change(c, std::move(work));
    if (ended) co_return *std::move(ended);
    co_return request_response(c, *id);
}

const child_row* own_child(const family_file& file, std::string_view path_argument) {
    const auto number = parse_unsigned(path_argument, 1, json_integer_max);
    if (!number) return nullptr;
    const auto found = std::ranges::find(file.children, child_id{*number}, &child_row::id);
    return found != file.children.end() ? &*found : nullptr;
}

std::vector<family_id> attached_to(application& app, child_id child) {
    std::vector<family_id> families;
    app.database->read(
        [&](worker_transaction& work) { families = families_attached(work, child); });
    return families;
}

bool has_holds(const application& app, family_id family, child_id child) {
    const auto view = app.seen.families.find(family);
    return view && std::ranges::find(view->holds, child, &family_hold::child) != view->holds.end();
}

std::optional<http_response> lookup_refused(const request_context& c) {
    const auto wait = c.app.lookups.take(c.login->actor.value, std::chrono::steady_clock::now());
    if (wait <= std::chrono::nanoseconds::zero()) return std::nullopt;
    return c.refuse(problem_kind::too_many_requests);
}

}  // namespace campgate::server
