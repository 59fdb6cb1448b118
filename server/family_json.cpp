#include "server/family_json.hpp"

#include "core/eligibility.hpp"
#include "core/residence.hpp"
#include "server/cancellations.hpp"
#include "server/time_text.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace campgate::server {

namespace json = boost::json;

namespace {

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value() : json::value(text);
}

json::value niss_or_null(const std::optional<niss>& number) {
    return number ? json::value(number->text()) : json::value();
}

json::value address_object(const std::optional<postal_address>& address) {
    if (!address) return {};
    return json::object{{"street", address->street},
                        {"number", address->number},
                        {"box", text_or_null(address->box)},
                        {"postcode", address->postcode},
                        {"city", address->city},
                        {"country", address->country}};
}

json::object parent_object(const parent_row& parent) {
    return {{"id", parent.id.value},
            {"given_name", parent.given_name},
            {"family_name", parent.family_name},
            {"niss", niss_or_null(parent.niss)},
            {"birth_date",
             parent.birth_date ? json::value(day_text(*parent.birth_date)) : json::value()},
            {"registered", parent.registered_at.has_value()},
            {"address", address_object(parent.address)},
            {"phone", text_or_null(parent.phone)},
            {"email", text_or_null(parent.email)},
            {"email_confirmed", parent.email_confirmed},
            {"language", parent.language}};
}

// From when on a move counts no more by itself: nothing while it still does.
json::object residence_object(const family_file& file, const season_view& view, instant now) {
    const auto cutoff = residence_cutoff(view);
    const std::string_view counted = counted_postcode(file.home, cutoff);
    const bool resident =
        view.published && class_of(*view.published, counted, "") == price_class::resident;
    const bool fixed = cutoff && now >= *cutoff;
    return {{"resident", resident},
            {"fixed_at", fixed ? json::value(rfc3339(*cutoff)) : json::value()},
            {"confirmed", file.home.confirmed}};
}

std::size_t holds_of(const application& app, family_id family, child_id child) {
    const auto view = app.seen.families.find(family);
    if (!view) return 0;
    return static_cast<std::size_t>(std::ranges::count(view->holds, child, &family_hold::child));
}

json::object child_object(const application& app, family_id family, const child_row& child,
                          std::string_view role, const season* s, instant now) {
    const auto facts = app.seen.facts.find(family);
    const child_facts* known = facts ? facts->find(child.id) : nullptr;
    const sheet_state sheet = sheet_state_of(child.sheet_validated_at, s, now);
    return {{"id", child.id.value},
            {"given_name", child.given_name},
            {"family_name", child.family_name},
            {"birth_date", day_text(child.birth_date)},
            {"niss", niss_or_null(child.niss)},
            {"site", text_or_null(child.site)},
            {"school_year", text_or_null(child.school_year)},
            {"class", name_of(known != nullptr ? known->charged_as : price_class::other)},
            {"role", role},
            {"has_invoiceable_parent", child.invoiceable_parent.has_value()},
            {"sheet", sheet.name},
            {"sheet_valid_until", time_or_null(sheet.valid_until)},
            {"sheet_draft", child.sheet_draft_at.has_value()},
            {"holds", holds_of(app, family, child.id)}};
}

json::array children_of(const application& app, const family_file& file, const season* s,
                        instant now) {
    json::array children;
    for (const child_row& child : file.children)
        children.push_back(child_object(app, file.id, child, "invoiceable", s, now));
    for (const attached_child& attached : file.attached) {
        const auto other = app.families.find(attached.family);
        if (!other) continue;
        const auto child = std::ranges::find(other->children, attached.child, &child_row::id);
        if (child == other->children.end()) continue;
        children.push_back(child_object(app, other->id, *child, "second", s, now));
    }
    return children;
}

// An attach of one's own never tells whether there is such a child, until it is accepted.
json::object request_object(const request_row& request, const json::value& from, bool mine) {
    const bool told = request.child && (request.kind != request_kind::attach || !mine ||
                                        request.state == request_state::accepted);
    return {{"id", request.id.value},
            {"kind", name_of(request.kind)},
            {"child", told ? json::value(request.child->value) : json::value()},
            {"from", from},
            {"mine", mine},
            {"state", name_of(request.state)},
            {"answer", text_or_null(request.answer)},
            {"made_at", rfc3339(request.made_at)}};
}

// The booking that a request is about; its family is the child's.
std::optional<booking_line> booking_of(const application& app, const family_file& file,
                                       const request_row& request) {
    const auto attached = std::ranges::find(file.attached, *request.child, &attached_child::child);
    const family_id holder = attached != file.attached.end() ? attached->family : file.id;
    return find_booking(app, holder, *request.hold);
}

json::object own_request_object(const application& app, const family_file& file,
                                const request_row& request) {
    if (request.kind != request_kind::cancellation)
        return request_object(request, json::value(), true);
    const auto booking = booking_of(app, file, request);
    request_row shown = request;
    shown.state = state_of(request, booking);
    json::object made = request_object(shown, json::value(), true);
    made["week"] = booking ? json::value(booking->line->week.value) : json::value();
    return made;
}

json::array requests_of(const application& app, const family_file& file) {
    json::array requests;
    for (const request_row& request : file.requests)
        requests.push_back(own_request_object(app, file, request));
    for (const request_row& request : file.asked_of) {
        if (request.kind != request_kind::attach) continue;  // for the staff to decide
        const auto other = app.families.find(request.family);
        if (!other) continue;
        requests.push_back(
            request_object(request, json::value(full_name(other->parents.front())), false));
    }
    return requests;
}

}  // namespace

std::string family_etag(const family_file& file) {
    return "\"f" + std::to_string(file.id.value) + '-' + std::to_string(file.version) + '"';
}

json::object family_object(const application& app, const family_file& file, instant now) {
    const auto view = app.seen.season.load();
    const season* s = view->published.get();
    json::array sites;
    json::array years;
    if (s != nullptr) {
        for (const school_site& site : s->sites)
            sites.push_back(json::object{
                {"id", site.code}, {"name", site.name}, {"of_season", site.of_season}});
        for (const std::string& year : s->school_years) years.emplace_back(year);
    }
    return {{"version", file.version},
            {"parent", parent_object(file.parents.front())},
            {"residence", residence_object(file, *view, now)},
            {"children", children_of(app, file, s, now)},
            {"requests", requests_of(app, file)},
            {"sites", std::move(sites)},
            {"school_years", std::move(years)}};
}

std::string_view name_of(price_class c) noexcept {
    switch (c) {
        case price_class::resident: return "resident";
        case price_class::school: return "school";
        case price_class::other: return "other";
    }
    return {};
}

std::string_view name_of(request_kind kind) noexcept {
    switch (kind) {
        case request_kind::attach: return "attach";
        case request_kind::change_invoiceable: return "change_invoiceable";
        case request_kind::residence: return "residence";
        case request_kind::cancellation: return "cancellation";
    }
    return {};
}

std::string_view name_of(request_state state) noexcept {
    switch (state) {
        case request_state::pending: return "pending";
        case request_state::accepted: return "accepted";
        case request_state::refused: return "refused";
    }
    return {};
}

sheet_state sheet_state_of(const std::optional<instant>& validated_at, const season* s,
                           instant now) {
    if (!validated_at) return {"missing", std::nullopt};
    const std::uint32_t months =
        s != nullptr ? s->sheet_validity_months : season{}.sheet_validity_months;
    const instant until = sheet_valid_until(*validated_at, months);
    return {now < until ? "valid" : "expired", until};
}

}  // namespace campgate::server
