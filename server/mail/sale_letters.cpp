#include "server/mail/sale_letters.hpp"

#include "server/mail/in_words.hpp"

#include <algorithm>
#include <cstdlib>

namespace campgate::server {

namespace {

std::string day_text(std::chrono::sys_days day, language in) {
    return day_in_words(std::chrono::local_days{day.time_since_epoch()}, in);
}

// Weekdays between the first and the last on which there is no camp.
std::vector<std::chrono::sys_days> days_off(const std::vector<std::chrono::sys_days>& days) {
    std::vector<std::chrono::sys_days> off;
    if (days.empty()) return off;
    for (auto day = days.front(); day < days.back(); day += std::chrono::days{1}) {
        if (std::chrono::weekday{day}.iso_encoding() <= 5 && !std::ranges::binary_search(days, day))
            off.push_back(day);
    }
    return off;
}

template_values values_of(const told_week& week, language in) {
    template_values values;
    values.texts["child"] = week.child;
    values.texts["camp"] = week.camp;
    values.texts["first_day"] = week.days.empty() ? "" : day_text(week.days.front(), in);
    values.texts["last_day"] = week.days.size() < 2 ? "" : day_text(week.days.back(), in);
    auto& off = values.lists["days_off"];
    for (const auto day : days_off(week.days)) off.emplace_back().texts["day"] = day_text(day, in);
    return values;
}

// A list there always is, empty for an address that may be a stranger's.
std::vector<template_values>& tell_weeks(mail& m, const addressee& to,
                                         const std::vector<told_week>& weeks) {
    auto& list = m.values.lists["weeks"];
    m.values.say("unconfirmed", !to.confirmed);
    if (!to.confirmed) return list;
    for (const told_week& week : weeks) list.push_back(values_of(week, to.in));
    return list;
}

template_values values_of(const reduction& why, language in) {
    template_values values;
    for (const char* name : {"rank", "week", "child_cap", "family_cap"}) values.texts[name] = "";
    const auto cap = [&] { return amount_in_words({static_cast<std::int64_t>(why.number)}, in); };
    switch (why.kind) {
        case reduction_kind::rank: values.texts["rank"] = ordinal_in_words(why.number, in); break;
        case reduction_kind::weeks:
            values.texts["week"] = ordinal_in_words(why.number, in, true);
            break;
        case reduction_kind::child_cap: values.texts["child_cap"] = cap(); break;
        case reduction_kind::family_cap: values.texts["family_cap"] = cap(); break;
    }
    values.texts["off"] = amount_in_words(why.amount, in);
    return values;
}

template_values values_of(const told_price& priced, language in) {
    template_values values = values_of(priced.week, in);
    values.texts["place"] = priced.week.place;
    values.texts["list"] = amount_in_words(priced.list, in);
    values.texts["amount"] = amount_in_words(priced.amount, in);
    values.say("reduced", !priced.reductions.empty());
    auto& reductions = values.lists["reductions"];
    for (const reduction& why : priced.reductions) reductions.push_back(values_of(why, in));
    return values;
}

// "" for nothing: a section of the text is then left out.
std::string amount_or_none(cents amount, language in) {
    return amount.value > 0 ? amount_in_words(amount, in) : "";
}

void attach(mail& m, const addressee& to, std::optional<mail_attachment> calendar) {
    const bool attached = calendar && to.confirmed;
    m.values.say("calendar", attached);
    if (attached) m.attachments.push_back(*std::move(calendar));
}

template_values values_of(const refund& back, language in) {
    template_values values;
    values.texts["amount"] = amount_in_words(back.amount, in);
    values.say("no_seat_left", back.why == refund_reason::no_seat_left);
    values.say("overpaid", back.why == refund_reason::overpaid);
    values.say("price_fell", back.why == refund_reason::price_fell);
    values.say("cancelled", back.why == refund_reason::cancelled);
    values.say("by_staff", back.why == refund_reason::by_staff);
    return values;
}

}  // namespace

mail hold_reminder(const addressee& to, const std::vector<told_week>& weeks,
                   std::optional<order_id> of, std::string link) {
    mail m = to_parent(to, mail_kind::hold_reminder);
    const instant first = std::ranges::min(weeks, {}, &told_week::until).until.value();
    m.not_after = first;
    m.values.moments["deadline"] = first;
    m.values.say("in_order", of.has_value());
    m.values.texts["link"] = std::move(link);
    auto& list = tell_weeks(m, to, weeks);
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (weeks[i].until != first) list[i].moments["until"] = *weeks[i].until;
    }
    return m;
}

mail holds_ended(const addressee& to, const std::vector<told_week>& weeks,
                 std::optional<order_id> of, instant at, std::string link) {
    mail m = to_parent(to, mail_kind::holds_ended);
    m.values.texts["order"] = of ? std::to_string(of->value) : "";
    m.values.moments["ended"] = at;
    m.values.texts["link"] = std::move(link);
    tell_weeks(m, to, weeks);
    return m;
}

mail recap(const addressee& to, const told_order& of, std::optional<mail_attachment> calendar,
           std::string link) {
    mail m = to_parent(to, mail_kind::recap);
    auto& told = m.values.texts;
    told["order"] = std::to_string(of.id.value);
    told["total"] = amount_in_words(of.total, to.in);
    told["paid"] = amount_in_words(of.paid, to.in);
    told["less"] = amount_or_none({-of.adjustment.value}, to.in);
    told["more"] = amount_or_none(of.adjustment, to.in);
    const cents due{of.total.value - of.paid.value};
    told["due"] = amount_or_none(due, to.in);
    told["link"] = std::move(link);
    m.values.say("to_invoice", due.value > 0);
    tell_weeks(m, to, {});
    if (to.confirmed) {
        auto& list = m.values.lists["weeks"];
        for (const told_price& priced : of.weeks) list.push_back(values_of(priced, to.in));
    }
    attach(m, to, std::move(calendar));
    return m;
}

mail booking_cancelled(const addressee& to, const told_week& week, cents back,
                       std::optional<mail_attachment> calendar, std::string link) {
    mail m = to_parent(to, mail_kind::booking_cancelled);
    m.values.texts["refund"] = amount_or_none(back, to.in);
    m.values.texts["link"] = std::move(link);
    tell_weeks(m, to, {week});
    attach(m, to, std::move(calendar));
    return m;
}

mail refund_letter(const addressee& to, order_id of, const std::vector<refund>& refunds,
                   const std::vector<told_week>& lost, std::string link) {
    mail m = to_parent(to, mail_kind::refund);
    cents total;
    bool by_hand = false;
    bool to_means = false;
    auto& list = m.values.lists["refunds"];
    for (const refund& back : refunds) {
        total.value += back.amount.value;
        (back.of == payment_id{} ? by_hand : to_means) = true;
        list.push_back(values_of(back, to.in));
    }
    m.values.texts["order"] = std::to_string(of.value);
    m.values.texts["total"] = amount_in_words(total, to.in);
    m.values.say("by_hand", by_hand);
    m.values.say("to_means", to_means);
    m.values.say("any_lost", !lost.empty());
    m.values.texts["link"] = std::move(link);
    tell_weeks(m, to, lost);
    return m;
}

template_values example_of_sale(mail_kind kind, const addressee& to) {
    using std::chrono::days;
    const std::chrono::sys_days monday{std::chrono::year{2027} / 7 / 19};
    const instant until = monday + std::chrono::hours{9};
    const order_id of{812};
    const std::string link = "https://camps.example/#basket";
    const told_week week{
        "Léa", "Petits", "Dalhem", {monday, monday + days{1}, monday + days{3}}, until};
    switch (kind) {
        case mail_kind::hold_reminder: {
            told_week later = week;
            later.until = until + days{1};
            template_values values = hold_reminder(to, {later, week}, of, link).values;
            return values;
        }
        case mail_kind::holds_ended: return holds_ended(to, {week}, of, until, link).values;
        case mail_kind::recap: {
            const told_price priced{week, {9'000}, {{reduction_kind::rank, 2, {900}}}, {8'100}};
            return recap(to, {of, {priced}, {-100}, {8'000}, {8'000}}, std::nullopt, link).values;
        }
        case mail_kind::booking_cancelled:
            return booking_cancelled(to, week, {8'100}, std::nullopt, link).values;
        case mail_kind::refund: {
            const refund back{
                {1},   {},     {820}, of, to.family, refund_state::due, refund_reason::no_seat_left,
                until, {8'100}};
            return refund_letter(to, of, {back}, {week}, link).values;
        }
        case mail_kind::email_confirmation:
        case mail_kind::readiness_reminder: break;
    }
    return {};
}

}  // namespace campgate::server
