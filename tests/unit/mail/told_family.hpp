// A season, a family and its sale, for the tests of letters; and a letter as it is read.
#pragma once

#include "server/mail/in_words.hpp"
#include "server/mail/mail_templates.hpp"
#include "server/mail/sale_news.hpp"

#include <gtest/gtest.h>

#include <string>

namespace campgate::server::test {

using namespace std::chrono_literals;
using std::chrono::sys_days;

inline constexpr sys_days monday{std::chrono::year{2027} / 7 / 5};  // of ISO week 27
inline const instant noon{sys_days{std::chrono::year{2027} / 3 / 20} + 11h};

/// Weeks 1 (five days) and 2 (21 July is a holiday) of "Petits", in Dalhem.
inline std::shared_ptr<const season> told_season() {
    season s;
    s.version = 1;
    s.by = {"Commune de Dalhem", "4607 Dalhem", "plaines@dalhem.example", {}};
    camp petits;
    petits.id = {1};
    petits.code = "petits";
    petits.name = {"Petits", "Kleintjes", "", "Little ones"};
    petits.place = "École de Berneau";
    s.camps = {petits};
    const auto week = [](std::uint32_t id, iso_week iso, sys_days first,
                         std::initializer_list<int> days) {
        camp_week w;
        w.id = {id};
        w.camp = {1};
        w.iso = iso;
        for (const int day : days) w.days.push_back(first + std::chrono::days{day});
        return w;
    };
    s.weeks = {week(1, {202727}, monday, {0, 1, 2, 3, 4}),
               week(2, {202729}, monday + std::chrono::days{14}, {0, 1, 3, 4})};
    return std::make_shared<const season>(std::move(s));
}

inline parent_row anne() {
    parent_row p;
    p.id = {1};
    p.given_name = "Anne";
    p.family_name = "Lambert";
    p.email = "anne@parents.example";
    p.email_confirmed = true;
    return p;
}

/// Of Anne's family: Léa (8) and Tom (9).
inline sale_news news_of(mail_cause cause, record_body body, const parent_row& parent = anne()) {
    sale_news news;
    news.cause = cause;
    news.what = {{812}, noon, server_actor, std::move(body)};
    news.parent = parent;
    news.children = {{{8}, "Léa"}, {{9}, "Tom"}};
    news.published = told_season();
    news.now = noon;
    news.public_url = "https://camps.example";
    news.event_uid = [](hold_id hold) { return "uid-" + std::to_string(hold.value); };
    return news;
}

inline order_line line_of(hold_id hold, child_id child, week_id week, cents list,
                          std::vector<reduction> reductions = {}) {
    order_line line;
    line.state = line_state::booked;
    line.hold = hold;
    line.child = child;
    line.week = week;
    line.list = line.amount = list;
    for (const reduction& each : reductions) line.amount.value -= each.amount.value;
    line.reductions = std::move(reductions);
    return line;
}

/// Léa's week at its price, Tom's two cheaper for every reason there is.
inline sale_record paid_sale() {
    sale_record sale;
    sale.event = sale_event::paid;
    sale.family = {1};
    order& o = sale.order.emplace();
    o.id = {700};
    o.family = {1};
    o.state = order_state::paid;
    o.lines = {line_of({320}, {8}, {1}, {9'000}),
               line_of({321}, {9}, {1}, {9'000}, {{reduction_kind::rank, 2, {900}}}),
               line_of({322}, {9}, {2}, {7'200},
                       {{reduction_kind::rank, 2, {720}},
                        {reduction_kind::weeks, 2, {500}},
                        {reduction_kind::child_cap, 14'000, {80}},
                        {reduction_kind::family_cap, 22'900, {1'000}}})};
    o.adjustment = {-100};
    o.total = {21'900};
    o.paid = {21'900};
    return sale;
}

inline std::string unbroken(std::string text) {
    for (std::size_t at = 0; (at = text.find("\xc2\xa0", at)) != std::string::npos;)
        text.replace(at, 2, " ");
    return text;
}

/// As the outbox writes it; unbreakable spaces become spaces.
inline written_mail read(const mail& m) {
    static const auto all = std::get<mail_templates>(mail_templates::load({}));
    template_values values = m.values;
    values.texts["organiser"] = "Commune de Dalhem";
    values.texts["organiser_address"] = "4607 Dalhem";
    values.texts["organiser_email"] = "plaines@dalhem.example";
    values.texts["public_url"] = "https://camps.example";
    put_into_words(values, m.in, *time_zone::find("Europe/Brussels"));
    written_mail made = all.write(m.kind, m.in, values);
    return {unbroken(made.subject), unbroken(made.text), unbroken(made.html)};
}

inline mail letter(const sale_news& news) {
    auto made = letter_for(news);
    if (const auto* why = std::get_if<not_owed>(&made))
        throw std::runtime_error(std::string{name_of(*why)});
    return std::get<mail>(std::move(made));
}

/// Why there is no letter, or "a letter".
inline std::string_view why_not(const sale_news& news) {
    const auto made = letter_for(news);
    const auto* why = std::get_if<not_owed>(&made);
    return why != nullptr ? name_of(*why) : "a letter";
}

}  // namespace campgate::server::test
