// The demo's way to be somebody: a list of invented families, and a login without a password. Not
// routed outside the demo, which listens on loopback only.
#include "server/family_json.hpp"
#include "server/handlers/handlers.hpp"
#include "server/http_fields.hpp"
#include "server/login_desk.hpp"
#include "server/on_worker.hpp"
#include "server/query_string.hpp"
#include "server/request_schemas.hpp"
#include "server/time_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace campgate::server {

namespace json = boost::json;

namespace {

constexpr std::uint64_t families_per_page = 20;

json::object family_object(const family_file& file, const family_facts& facts, const season* s,
                           instant now) {
    json::array children;
    for (const child_row& named : file.children) {
        const child_facts* child = facts.find(named.id);
        if (child == nullptr) continue;
        children.push_back(
            json::object{{"name", named.given_name},
                         {"birth_date", day_text(child->birth_date)},
                         {"sheet", sheet_state_of(child->sheet_validated_at, s, now).name}});
    }
    const parent_row& parent = file.parents.front();
    return {{"family", file.id.value},
            {"name", "Famille " + parent.family_name},
            {"parent", full_name(parent)},
            {"postcode", file.home.postcode},
            {"children", std::move(children)}};
}

}  // namespace

http_response get_demo_families(const request_context& c) {
    const auto query = query_string::parse(c.request.query, {"page"});
    if (!query) return c.refuse(parameter_problem(query.error().parameter));
    const std::uint64_t count = c.app.settings.families;
    const std::uint64_t pages = (count + families_per_page - 1) / families_per_page;
    std::uint64_t page = 0;
    if (const auto text = query->find("page")) {
        const auto number = parse_unsigned(*text, 0, 1'000'000);
        if (!number) return c.refuse(parameter_problem("page"));
        page = *number;
    }
    const auto view = c.app.seen.season.load();
    json::array families;
    for (std::uint64_t n = page * families_per_page + 1;
         n <= count && n <= (page + 1) * families_per_page; ++n) {
        const auto file = c.app.families.find(family_id{n});
        const auto facts = c.app.seen.facts.find(family_id{n});
        if (file && facts)
            families.push_back(family_object(*file, *facts, view->published.get(), c.now));
    }
    return json_response(
        c, json::serialize(
               json::object{{"page", page}, {"pages", pages}, {"families", std::move(families)}}));
}

awaitable<http_response> post_demo_login(const request_context& c) {
    if (!is_json_content_type(c.request.fields.content_type))
        co_return c.refuse(problem_kind::unsupported_media_type);
    const auto asked = read_demo_login_request(c.request.body);
    if (!asked) co_return c.refuse(to_problem(asked.error()));
    const auto file = c.app.families.find(asked->family);
    if (!file) co_return c.refuse(problem_kind::not_found);
    if (const auto refused = writes_refused(c.app)) co_return c.refuse(*refused);

    const new_login made =
        login_sessions::make({.actor = file->parents.front().id, .family = file->id}, c.now,
                             c.app.settings.login_lifetime);
    const auto former = c.login;
    std::function<bool()> work = [&app = c.app, session = made.session, former] {
        store_login(app, *session, former.get());
        return true;
    };
    const auto stored = co_await on_worker(c, "login_store_failed", std::move(work));
    if (!stored) co_return c.refuse(problem_kind::not_ready);
    admit_login(c.app, made, former);

    http_response response = json_response(
        c, json::serialize(json::object{{"family", file->id.value}, {"csrf", made.session->csrf}}));
    response.headers.emplace_back("Set-Cookie", login_cookie(c, made.id));
    co_return response;
}

}  // namespace campgate::server
