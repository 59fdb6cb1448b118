// What is still missing for the opening day (B9): the family's own page.
#include "server/family_json.hpp"
#include "server/family_readiness.hpp"
#include "server/handlers/handlers.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace campgate::server {

namespace json = boost::json;

namespace {

template <class Code>
json::array missing_array(const std::vector<missing_for<Code>>& missing, bool with_time) {
    json::array out;
    for (const auto& each : missing) {
        json::object one{{"code", campgate::name_of(each.code)}, {"blocking", each.blocking}};
        if (with_time) one["at"] = time_or_null(each.at);
        out.push_back(std::move(one));
    }
    return out;
}

}  // namespace

family_preparation preparation_of(const family_file& file) {
    const parent_row& parent = file.parents.front();
    family_preparation family;
    family.registered = parent.registered_at.has_value();
    family.has_profile = parent.address.has_value() && !parent.phone.empty();
    family.has_email = !parent.email.empty();
    family.email_confirmed = parent.email_confirmed;
    for (const child_row& child : file.children)
        family.children.push_back({child.id, child.birth_date, child.sheet_validated_at,
                                   child.invoiceable_parent.has_value(), child.niss.has_value(),
                                   !child.site.empty()});
    return family;
}

readiness readiness_of(const application& app, const family_file& file, instant now) {
    return campgate::readiness_of(preparation_of(file), *app.seen.season.load(), now);
}

http_response get_readiness(const request_context& c) {
    const auto file = c.app.families.find(c.login->family);
    if (!file) return c.refuse(problem_kind::not_ready);
    const readiness found = readiness_of(c.app, *file, c.now);
    json::array children;
    for (const child_readiness& child : found.children)
        children.push_back(json::object{{"child", child.child.value},
                                        {"ready", child.ready()},
                                        {"missing", missing_array(child.missing, true)}});
    return json_response(
        c, json::serialize(json::object{{"opens_at", time_or_null(found.opens_at)},
                                        {"ready", found.ready()},
                                        {"family", missing_array(found.family, false)},
                                        {"children", std::move(children)}}));
}

}  // namespace campgate::server
