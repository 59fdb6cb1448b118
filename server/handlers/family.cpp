// What a logged-in parent reads: the family's file, the children with their
// eligibility, the basket. A child of another family that the parent is
// attached to is there too, with the holds that it has in its own family's
// basket (R10).
#include "core/eligibility.hpp"
#include "server/handlers/family_asking.hpp"
#include "server/order_json.hpp"
#include "server/time_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>

namespace campgate::server {

namespace json = boost::json;

namespace {

// As the sequencer would say now: facts first, then what the family already
// holds.
std::optional<reason> reason_now(const season_view& view, const camp_week& week,
                                 const child_facts& child, const std::vector<family_hold>& holds,
                                 instant now) {
    const season& s = *view.published;
    if (const auto why = ineligibility(s, week, view.row(week.id).opens, child, now)) return why;
    held_before others{child.id, week.iso};
    for (const family_hold& hold : holds) others.add(hold.child, view.row(hold.week).iso);
    return others.objection(s.limits);
}

json::object child_object(const request_context& c, const season_view& view, family_id family,
                          const child_facts& child, const std::string& name) {
    const auto seen = c.app.seen.families.find(family);
    const std::vector<family_hold> holds = seen ? seen->holds : std::vector<family_hold>{};
    json::array weeks;
    for (const camp_week& week : view.published->weeks) {
        const auto why = reason_now(view, week, child, holds, c.now);
        weeks.push_back(
            json::object{{"week", week.id.value},
                         {"reason", why ? json::value(campgate::name_of(*why)) : json::value()}});
    }
    const sheet_state sheet = sheet_state_of(child.sheet_validated_at, view.published.get(), c.now);
    return {{"id", child.id.value},
            {"name", name},
            {"birth_date", day_text(child.birth_date)},
            {"class", name_of(child.charged_as)},
            {"sheet", sheet.name},
            {"sheet_valid_until", time_or_null(sheet.valid_until)},
            {"invoiceable", child.has_invoiceable_parent},
            {"weeks", std::move(weeks)}};
}

void add_child(json::array& to, const request_context& c, const season_view& view,
               const family_file& file, child_id child) {
    const auto row = std::ranges::find(file.children, child, &child_row::id);
    const auto facts = c.app.seen.facts.find(file.id);
    const child_facts* known = facts ? facts->find(child) : nullptr;
    if (known == nullptr || row == file.children.end()) return;
    to.push_back(child_object(c, view, file.id, *known, row->given_name));
}

// What waits in the basket of one family, of one child of it or of all: not what is in an order.
void add_holds(json::array& to, std::optional<instant>& earliest, const request_context& c,
               const season_view& season, family_id family, std::optional<child_id> only) {
    const auto seen = c.app.seen.families.find(family);
    const auto facts = c.app.seen.facts.find(family);
    if (!seen) return;
    for (const family_hold& hold : seen->holds) {
        if (hold.booked || hold.order != order_id{}) continue;
        if (only && hold.child != *only) continue;
        const camp_week* week = season.find(hold.week);
        const child_facts* child = facts ? facts->find(hold.child) : nullptr;
        if (!earliest || hold.deadline < *earliest) earliest = hold.deadline;
        const cents price =
            week != nullptr && child != nullptr ? week->prices.of(child->charged_as) : cents{};
        to.push_back(json::object{{"hold", c.app.tokens->token_of(hold.hold, family)},
                                  {"week", hold.week.value},
                                  {"child", hold.child.value},
                                  {"seat", hold.seat.value},
                                  {"deadline", rfc3339(hold.deadline)},
                                  {"price", price.value}});
    }
}

// What is not in the basket any more, because it is ordered or booked.
void add_taken(json::array& to, const request_context& c, family_id family,
               std::optional<child_id> only) {
    const auto seen = c.app.seen.families.find(family);
    if (!seen) return;
    for (const family_hold& hold : seen->holds) {
        if (hold.order == order_id{} || (only && hold.child != *only)) continue;
        const order* const of = find_order(seen->sales, hold.order);
        to.push_back(
            json::object{{"week", hold.week.value},
                         {"child", hold.child.value},
                         {"order", hold.order.value},
                         {"booked", hold.booked},
                         {"ends_at", time_or_null(of == nullptr ? std::nullopt : of->ends())}});
    }
}

sequence changed_at(const application& app, family_id family) {
    const auto seen = app.seen.families.find(family);
    return seen ? seen->changed : sequence{};
}

}  // namespace

http_response get_family(const request_context& c) {
    return file_response(c, c.login->family);
}

http_response get_me(const request_context& c) {
    const auto file = c.app.families.find(c.login->family);
    const auto view = c.app.seen.season.load();
    if (!file || !view->published) return c.refuse(problem_kind::not_ready);

    json::array children;
    for (const child_row& child : file->children) add_child(children, c, *view, *file, child.id);
    for (const attached_child& attached : file->attached) {
        if (const auto other = c.app.families.find(attached.family))
            add_child(children, c, *view, *other, attached.child);
    }
    const json::object body{
        {"family", c.login->family.value},
        {"parent",
         {{"id", file->parents.front().id.value}, {"name", full_name(file->parents.front())}}},
        {"registered", file->parents.front().registered_at.has_value()},
        {"staff", c.login->staff},
        {"csrf", c.login->csrf},
        {"children", std::move(children)}};
    return json_response(c, json::serialize(body));
}

http_response get_basket(const request_context& c) {
    const auto file = c.app.families.find(c.login->family);
    const auto season = c.app.seen.season.load();
    sequence at = changed_at(c.app, c.login->family);
    std::string versions = std::to_string(file ? file->version : 0);
    json::array holds;
    json::array taken;
    std::optional<instant> earliest;
    add_holds(holds, earliest, c, *season, c.login->family, std::nullopt);
    add_taken(taken, c, c.login->family, std::nullopt);
    for (const attached_child& attached : file ? file->attached : std::vector<attached_child>{}) {
        add_holds(holds, earliest, c, *season, attached.family, attached.child);
        add_taken(taken, c, attached.family, attached.child);
        at = std::max(at, changed_at(c.app, attached.family));
        const auto other = c.app.families.find(attached.family);
        versions += '.' + std::to_string(other ? other->version : 0);
    }
    const json::object body{{"sequence", at.value},
                            {"earliest_deadline", time_or_null(earliest)},
                            {"holds", std::move(holds)},
                            {"taken", std::move(taken)}};
    // Prices follow the season and the class, so their versions are part of the
    // content's.
    return json_response(c, json::serialize(body),
                         "\"b" + std::to_string(c.login->family.value) + "-" +
                             std::to_string(at.value) + "-" +
                             std::to_string(season->changed.value) + "-" + versions + "\"");
}

}  // namespace campgate::server
