// What anybody may read: the season, availability, and whether this server is well.
#include "server/handlers/handlers.hpp"
#include "server/http_fields.hpp"
#include "server/json_time.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace campgate::server {

namespace json = boost::json;

namespace {

json::object object_of(const localized& text) {
    return {{"fr", text.fr}, {"nl", text.nl}, {"de", text.de}, {"en", text.en}};
}

std::string iso_week_text(iso_week iso) {
    const std::uint32_t week = iso.value % 100;
    return std::to_string(iso.value / 100) + "-W" + (week < 10 ? "0" : "") + std::to_string(week);
}

std::string_view name_of(full_weeks full) {
    switch (full) {
        case full_weeks::hidden: return "hidden";
        case full_weeks::greyed: return "greyed";
    }
    return {};
}

json::object camp_object(const camp& c) {
    return {{"id", c.id.value},
            {"code", c.code},
            {"name", object_of(c.name)},
            {"description", object_of(c.description)},
            {"theme", c.theme},
            {"place", c.place},
            {"ages", {{"from_months", c.ages.from_months}, {"below_months", c.ages.below_months}}}};
}

json::object week_object(const camp_week& w, const week_row& row) {
    json::array days;
    for (const auto day : w.days) days.emplace_back(day_text(day));
    return {{"id", w.id.value},
            {"camp", w.camp.value},
            {"iso_week", iso_week_text(w.iso)},
            {"first_day", day_text(w.first_day())},
            {"days", std::move(days)},
            {"prices",
             {{"resident", w.prices.resident.value},
              {"school", w.prices.school.value},
              {"other", w.prices.other.value}}},
            {"opens_at", rfc3339(row.opens.all)},
            {"residents_opens_at", time_or_null(row.opens.residents)},
            {"capacity", row.capacity}};
}

}  // namespace

http_response json_response(const request_context& c, std::string body, std::string etag) {
    http_response response;
    if (!etag.empty()) {
        const bool same = etag_matches(c.request.fields.if_none_match, etag);
        response.headers.emplace_back("ETag", std::move(etag));
        response.headers.emplace_back("Cache-Control", "private, no-cache");
        if (same) {
            response.status = 304;
            return response;
        }
    } else {
        response.headers.emplace_back("Cache-Control", "no-store");
    }
    response.content_type = "application/json";
    response.body = std::move(body);
    return response;
}

http_response get_season(const request_context& c) {
    const auto view = c.app.seen.season.load();
    if (!view->published) return c.refuse(problem_kind::not_ready);
    const season& s = *view->published;
    // Server time is in the body, so the content is new at each request; its version is not.
    const std::string etag = "\"s" + std::to_string(view->changed.value) + "\"";
    if (etag_matches(c.request.fields.if_none_match, etag)) return json_response(c, {}, etag);

    json::array camps;
    for (const camp& one : s.camps) camps.push_back(camp_object(one));
    json::array weeks;
    for (const camp_week& one : s.weeks) weeks.push_back(week_object(one, view->row(one.id)));
    const json::object body{
        {"version", s.version},
        {"sequence", view->changed.value},
        {"organiser", {{"name", s.by.name}, {"address", s.by.address}, {"email", s.by.email}}},
        {"name", object_of(s.name)},
        {"time_zone", s.time_zone},
        {"demo", c.app.settings.demo},
        {"full_weeks", name_of(s.full)},
        {"hold_seconds", s.hold_duration.count()},
        {"limits",
         {{"weeks_per_child", s.limits.weeks_per_child},
          {"holds_per_family", s.limits.holds_per_family}}},
        {"server_time", rfc3339(c.now)},
        {"camps", std::move(camps)},
        {"weeks", std::move(weeks)}};
    return json_response(c, json::serialize(body), etag);
}

http_response get_weeks(const request_context& c) {
    const auto view = c.app.seen.availability.load();
    return json_response(c,
                         "{\"sequence\":" + std::to_string(view->changed.value) +
                             ",\"weeks\":" + weeks_json(*view, {}) + "}",
                         "\"w" + std::to_string(view->changed.value) + "\"");
}

namespace {

http_response document(const std::string& text) {
    http_response response;
    response.content_type = "application/yaml";
    response.headers.emplace_back("Cache-Control", "no-cache");
    response.kept_bytes = text;
    return response;
}

}  // namespace

http_response get_openapi(const request_context& c) {
    return document(c.app.openapi);
}
http_response get_asyncapi(const request_context& c) {
    return document(c.app.asyncapi);
}

http_response get_healthz(const request_context& c) {
    return json_response(c, R"({"status":"alive"})");
}

http_response get_readyz(const request_context& c) {
    std::string_view status = "ready";
    if (c.app.draining.load()) {
        status = "draining";
    } else if (!c.app.journal_ready()) {
        status = "journal_unavailable";
    }
    auto response = json_response(c, "{\"status\":\"" + std::string{status} + "\"}");
    if (status != "ready") response.status = 503;
    return response;
}

}  // namespace campgate::server
