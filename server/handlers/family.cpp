// What a logged-in parent reads: children with their eligibility, and the basket.
#include "core/eligibility.hpp"
#include "server/handlers/handlers.hpp"
#include "server/time_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace campgate::server {

namespace json = boost::json;

namespace {

std::string_view name_of(price_class c) {
    switch (c) {
        case price_class::resident: return "resident";
        case price_class::school: return "school";
        case price_class::other: return "other";
    }
    return {};
}

struct sheet_state {
    std::string_view name;
    std::optional<instant> valid_until;
};

sheet_state sheet_of(const child_facts& child, const season& s, instant now) {
    if (!child.sheet_validated_at) return {"missing", std::nullopt};
    const instant until = sheet_valid_until(*child.sheet_validated_at, s.sheet_validity_months);
    return {now < until ? "valid" : "expired", until};
}

// As the sequencer would say now: facts first, then what the family already holds.
std::optional<reason> reason_now(const season_view& view, const camp_week& week,
                                 const child_facts& child, const std::vector<family_hold>& holds,
                                 instant now) {
    const season& s = *view.published;
    if (const auto why = ineligibility(s, week, view.row(week.id).opens, child, now)) return why;
    held_before others{child.id, week.iso};
    for (const family_hold& hold : holds) others.add(hold.child, view.row(hold.week).iso);
    return others.objection(s.limits);
}

std::vector<family_hold> holds_of(const application& app, family_id family) {
    const auto view = app.seen.families.find(family);
    return view ? view->holds : std::vector<family_hold>{};
}

}  // namespace

http_response get_me(const request_context& c) {
    const auto file = c.app.families.find(c.login->family);
    const auto facts = c.app.seen.facts.find(c.login->family);
    const auto view = c.app.seen.season.load();
    if (!file || !facts || !view->published) return c.refuse(problem_kind::not_ready);
    const auto holds = holds_of(c.app, c.login->family);

    json::array children;
    for (const child_row& named : file->children) {
        const child_facts* child = facts->find(named.id);
        if (child == nullptr) continue;
        json::array weeks;
        for (const camp_week& week : view->published->weeks) {
            const auto why = reason_now(*view, week, *child, holds, c.now);
            weeks.push_back(json::object{
                {"week", week.id.value},
                {"reason", why ? json::value(campgate::name_of(*why)) : json::value()}});
        }
        const sheet_state sheet = sheet_of(*child, *view->published, c.now);
        children.push_back(json::object{
            {"id", child->id.value},
            {"name", named.given_name},
            {"birth_date", rfc3339(instant{child->birth_date}).substr(0, 10)},
            {"class", name_of(child->charged_as)},
            {"sheet", sheet.name},
            {"sheet_valid_until",
             sheet.valid_until ? json::value(rfc3339(*sheet.valid_until)) : json::value()},
            {"invoiceable", child->has_invoiceable_parent},
            {"weeks", std::move(weeks)}});
    }
    const json::object body{
        {"family", c.login->family.value},
        {"parent",
         {{"id", file->parents.front().id.value}, {"name", full_name(file->parents.front())}}},
        {"csrf", c.login->csrf},
        {"children", std::move(children)}};
    return json_response(c, json::serialize(body));
}

http_response get_basket(const request_context& c) {
    const auto seen = c.app.seen.families.find(c.login->family);
    const auto facts = c.app.seen.facts.find(c.login->family);
    const auto season = c.app.seen.season.load();
    const sequence at = seen ? seen->changed : sequence{};
    json::array holds;
    std::optional<instant> earliest;
    for (const family_hold& hold : seen ? seen->holds : std::vector<family_hold>{}) {
        const camp_week* week = season->find(hold.week);
        const child_facts* child = facts ? facts->find(hold.child) : nullptr;
        if (!earliest || hold.deadline < *earliest) earliest = hold.deadline;
        const cents price =
            week != nullptr && child != nullptr ? week->prices.of(child->charged_as) : cents{};
        holds.push_back(json::object{{"hold", c.app.tokens->token_of(hold.hold, c.login->family)},
                                     {"week", hold.week.value},
                                     {"child", hold.child.value},
                                     {"seat", hold.seat.value},
                                     {"deadline", rfc3339(hold.deadline)},
                                     {"price", price.value}});
    }
    const json::object body{
        {"sequence", at.value},
        {"earliest_deadline", earliest ? json::value(rfc3339(*earliest)) : json::value()},
        {"holds", std::move(holds)}};
    // Prices follow the season and the class, so its version is part of the content's.
    return json_response(c, json::serialize(body),
                         "\"b" + std::to_string(c.login->family.value) + "-" +
                             std::to_string(at.value) + "-" +
                             std::to_string(season->changed.value) + "\"");
}

}  // namespace campgate::server
