#include "server/mail/calendar_file.hpp"

#include "server/mail/mail_header.hpp"

#include <libical/ical.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>

namespace campgate::server {

namespace {

constexpr texts file_names{"semaines.ics", "weken.ics", "wochen.ics", "weeks.ics"};

struct component_free {
    void operator()(icalcomponent* c) const noexcept { icalcomponent_free(c); }
};
using component = std::unique_ptr<icalcomponent, component_free>;

icaltimetype date_of(std::chrono::sys_days day) {
    const std::chrono::year_month_day date{day};
    icaltimetype t = icaltime_null_date();
    t.year = static_cast<int>(date.year());
    t.month = static_cast<int>(static_cast<unsigned>(date.month()));
    t.day = static_cast<int>(static_cast<unsigned>(date.day()));
    return t;
}

icaltimetype moment_of(instant at) {
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(at - day)};
    icaltimetype t = date_of(day);
    t.is_date = 0;
    t.hour = static_cast<int>(time.hours().count());
    t.minute = static_cast<int>(time.minutes().count());
    t.second = static_cast<int>(time.seconds().count());
    t.zone = icaltimezone_get_utc_timezone();
    return t;
}

void add(icalcomponent* to, icalproperty* property) {
    if (property == nullptr) throw std::bad_alloc{};
    icalcomponent_add_property(to, property);
}

// A parameter's value has no way to write a quote (RFC 5545 §3.2).
std::string common_name(const mailbox& by) {
    std::string name = cleaned(by.name);
    std::ranges::replace(name, '"', '\'');
    return name;
}

void add_organiser(icalcomponent* to, const mailbox& by) {
    if (!is_mail_address(by.address)) return;
    icalproperty* organiser = icalproperty_new_organizer(("mailto:" + by.address).c_str());
    if (organiser == nullptr) throw std::bad_alloc{};
    if (const std::string name = common_name(by); !name.empty())
        icalproperty_add_parameter(organiser, icalparameter_new_cn(name.c_str()));
    add(to, organiser);
}

// Days in a row are one long day; with a day off between them they are a day that comes again,
// but not then.
void add_days(icalcomponent* to, const std::vector<std::chrono::sys_days>& days) {
    const auto first = days.front();
    const auto last = days.back();
    const bool in_a_row = (last - first).count() + 1 == static_cast<std::int64_t>(days.size());
    add(to, icalproperty_new_dtstart(date_of(first)));
    const auto end = (in_a_row ? last : first) + std::chrono::days{1};
    add(to, icalproperty_new_dtend(date_of(end)));
    if (in_a_row) return;
    icalrecurrencetype daily;
    icalrecurrencetype_clear(&daily);
    daily.freq = ICAL_DAILY_RECURRENCE;
    daily.until = date_of(last);
    add(to, icalproperty_new_rrule(daily));
    for (auto day = first; day < last; day += std::chrono::days{1}) {
        if (!std::ranges::binary_search(days, day)) add(to, icalproperty_new_exdate(date_of(day)));
    }
}

component event_of(const calendar_event& event, calendar_method method, const mailbox& by,
                   instant made) {
    component one{icalcomponent_new(ICAL_VEVENT_COMPONENT)};
    if (!one) throw std::bad_alloc{};
    icalcomponent* to = one.get();
    const bool cancelled = method == calendar_method::cancel;
    add(to, icalproperty_new_uid(event.uid.c_str()));
    add(to, icalproperty_new_dtstamp(moment_of(made)));
    add(to, icalproperty_new_sequence(cancelled ? 1 : 0));
    add(to, icalproperty_new_status(cancelled ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED));
    add(to, icalproperty_new_summary(cleaned(event.summary).c_str()));
    if (!event.place.empty()) add(to, icalproperty_new_location(cleaned(event.place).c_str()));
    add_organiser(to, by);
    add_days(to, event.days);
    add(to, icalproperty_new_class(ICAL_CLASS_PRIVATE));
    add(to, icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT));
    return one;
}

}  // namespace

std::string calendar_text(calendar_method method, const std::vector<calendar_event>& events,
                          const mailbox& by, instant made) {
    component whole{icalcomponent_new(ICAL_VCALENDAR_COMPONENT)};
    if (!whole) throw std::bad_alloc{};
    add(whole.get(), icalproperty_new_version("2.0"));
    add(whole.get(), icalproperty_new_prodid("-//Campgate//Campgate//FR"));
    add(whole.get(),
        icalproperty_new_method(method == calendar_method::cancel ? ICAL_METHOD_CANCEL
                                                                  : ICAL_METHOD_PUBLISH));
    for (const calendar_event& event : events)
        icalcomponent_add_component(whole.get(), event_of(event, method, by, made).release());
    const std::unique_ptr<char, decltype(&std::free)> text{
        icalcomponent_as_ical_string_r(whole.get()), &std::free};
    if (!text) throw std::bad_alloc{};
    return text.get();
}

mail_attachment calendar_file(calendar_method method, const std::vector<calendar_event>& events,
                              const mailbox& by, instant made, language in) {
    const bool cancelled = method == calendar_method::cancel;
    return {
        std::string{text_in(file_names, in)},
        std::string{"text/calendar; charset=utf-8; method="} + (cancelled ? "CANCEL" : "PUBLISH"),
        calendar_text(method, events, by, made)};
}

}  // namespace campgate::server
