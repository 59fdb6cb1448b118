#include "server/mail/letters.hpp"

#include "server/mail/sale_letters.hpp"

#include <algorithm>
#include <array>

namespace campgate::server {

namespace {

constexpr std::array<std::string_view, 4> family_codes{"not_registered", "no_profile",
                                                       "email_missing", "email_unconfirmed"};
constexpr std::array<std::string_view, 8> child_codes{
    "sheet_missing",
    "sheet_expired",
    "sheet_lapses_before_opening",
    "sheet_lapses_before_camp",
    "no_invoiceable_parent",
    "no_niss",
    "no_school",
    "no_camp_for_age",
};

// The words stand in the template: here is only which of them.
template <std::size_t N>
std::vector<template_values> switches(const std::vector<missing_thing>& missing,
                                      const std::array<std::string_view, N>& known) {
    std::vector<template_values> items;
    for (const missing_thing& thing : missing) {
        if (std::ranges::find(known, thing.code) == known.end()) continue;
        template_values& item = items.emplace_back();
        for (const std::string_view code : known) item.say(std::string{code}, code == thing.code);
        if (thing.at) item.moments["at"] = *thing.at;
    }
    return items;
}

template <std::size_t N>
std::vector<missing_thing> one_of_each(const std::array<std::string_view, N>& codes, instant at) {
    std::vector<missing_thing> all;
    for (const std::string_view code : codes) all.push_back({std::string{code}, at});
    return all;
}

}  // namespace

mail to_parent(const addressee& to, mail_kind kind) {
    mail m;
    m.kind = kind;
    m.in = to.in;
    m.to.name = to.given_name.empty() ? to.family_name : to.given_name + " " + to.family_name;
    m.to.address = to.email;
    m.family = to.family;
    m.values.texts["given_name"] = to.given_name;
    m.values.texts["family_name"] = to.family_name;
    return m;
}

mail email_confirmation(const addressee& to, std::string link) {
    mail m = to_parent(to, mail_kind::email_confirmation);
    m.values.texts["link"] = std::move(link);
    return m;
}

mail readiness_reminder(const addressee& to, std::string cause,
                        const std::vector<missing_thing>& family,
                        const std::vector<missing_of_child>& children,
                        std::optional<instant> opening, std::string portal_link) {
    mail m = to_parent(to, mail_kind::readiness_reminder);
    m.cause = std::move(cause);
    m.not_after = opening;
    m.values.texts["portal_link"] = std::move(portal_link);
    if (opening) m.values.moments["opens_at"] = *opening;
    auto& of_family = m.values.lists["family"];
    if (auto missing = switches(family, family_codes); !missing.empty())
        of_family.emplace_back().lists["missing"] = std::move(missing);
    auto& of_children = m.values.lists["children"];
    for (const missing_of_child& child : children) {
        auto missing = switches(child.missing, child_codes);
        if (missing.empty()) continue;
        template_values& item = of_children.emplace_back();
        item.texts["child"] = child.given_name;
        item.lists["missing"] = std::move(missing);
    }
    return m;
}

template_values example_values(mail_kind kind) {
    const addressee anne{family_id{1}, "Anne", "Lambert", "anne@dalhem.example", language::fr};
    const instant opening{std::chrono::sys_days{std::chrono::year{2027} / 3 / 20} +
                          std::chrono::hours{8}};
    switch (kind) {
        case mail_kind::email_confirmation:
            return email_confirmation(anne, "https://camps.example/#/confirm/token").values;
        case mail_kind::readiness_reminder:
            return readiness_reminder(anne, {}, one_of_each(family_codes, opening),
                                      {{"Léa", one_of_each(child_codes, opening)}}, opening,
                                      "https://camps.example/#/")
                .values;
        case mail_kind::hold_reminder:
        case mail_kind::holds_ended:
        case mail_kind::recap:
        case mail_kind::booking_cancelled:
        case mail_kind::refund: return example_of_sale(kind, anne);
    }
    return {};
}

}  // namespace campgate::server
