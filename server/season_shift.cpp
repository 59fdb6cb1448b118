#include "server/season_shift.hpp"

#include "core/ensure.hpp"
#include "server/iso_calendar.hpp"
#include "server/time_zone.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace campgate {

using namespace std::chrono;

namespace {

int year_of(iso_week week) {
    return static_cast<int>(week.value / 100);
}

// The Monday of the same ISO week some years later; week 53 becomes 52 where there is none.
sys_days monday_in(int year, iso_week week) {
    const std::uint32_t number = std::min(week.value % 100, weeks_in_iso_year(year));
    return monday_of(iso_week{static_cast<std::uint32_t>(year) * 100 + number});
}

iso_week first_of(const season& s) {
    return std::ranges::min(s.weeks, {}, &camp_week::iso).iso;
}

sys_days last_first_day(const season& s) {
    return std::ranges::max(s.weeks, {}, [](const camp_week& w) { return w.first_day(); })
        .first_day();
}

// How far the whole season moves: its weeks keep their distances.
days distance(const season& s, instant now) {
    const iso_week first = first_of(s);
    const sys_days last = last_first_day(s);
    days moved{0};
    for (int y = year_of(first) + 1; instant{last + moved} <= now && y < calendar_year_max; ++y)
        moved = monday_in(y, first) - monday_of(first);
    return moved;
}

// The weekdays the camp is there, without regard to holidays: 0 is Monday.
std::array<bool, 7> weekdays_of(const camp_week& week) {
    std::array<bool, 7> there{};
    const sys_days monday = monday_of(week.iso);
    for (unsigned i = 0; i < 5; ++i) {
        const sys_days day = monday + days{i};
        there[i] = std::ranges::find(week.days, day) != week.days.end() || is_public_holiday(day);
    }
    return there;
}

cents price_part(cents price, std::size_t days_now, std::size_t days_before) {
    const auto now = static_cast<std::int64_t>(days_now);
    const auto before = static_cast<std::int64_t>(days_before);
    return cents{(2 * price.value * now + before) / (2 * before)};
}

void move_week(camp_week& week, days by) {
    const auto there = weekdays_of(week);
    const sys_days monday = monday_of(week.iso) + by;
    const std::size_t before = week.days.size();
    week.iso = iso_week_of(monday);
    week.days.clear();
    for (unsigned i = 0; i < there.size(); ++i) {
        const sys_days day = monday + days{i};
        if (there[i] && !is_public_holiday(day)) week.days.push_back(day);
    }
    const auto part = [&](cents price) { return price_part(price, week.days.size(), before); };
    week.prices = {part(week.prices.resident), part(week.prices.school), part(week.prices.other)};
}

instant move_minute(instant at, days by, const time_zone& zone) {
    return zone.to_nearest_instant(zone.to_local(at) + by);
}

void move_opening(opening& opens, days by, const time_zone& zone) {
    opens.all = move_minute(opens.all, by, zone);
    if (opens.residents) opens.residents = move_minute(*opens.residents, by, zone);
}

void replace_all(std::string& text, const std::string& old, const std::string& by) {
    for (auto at = text.find(old); at != std::string::npos; at = text.find(old, at + by.size()))
        text.replace(at, old.size(), by);
}

time_zone zone_of(const season& s) {
    const auto zone = time_zone::find(s.time_zone);
    ensure(zone.has_value(), "a season's time zone is known");
    return *zone;
}

}  // namespace

season shift_season(season from, instant now) {
    if (from.weeks.empty()) return from;
    const days by = distance(from, now);
    if (by == days{0}) return from;

    const time_zone zone = zone_of(from);
    const int year_before = year_of(first_of(from));
    for (camp_week& week : from.weeks) {
        move_week(week, by);
        move_opening(week.opens, by, zone);
    }
    const std::string old_year = std::to_string(year_before);
    std::erase_if(from.weeks, [](const camp_week& week) { return week.days.empty(); });
    if (from.weeks.empty()) return from;
    const std::string new_year = std::to_string(year_of(first_of(from)));
    for (std::string* text :
         {&from.code, &from.name.fr, &from.name.nl, &from.name.de, &from.name.en})
        replace_all(*text, old_year, new_year);
    return from;
}

season open_at(season of, instant at) {
    for (camp_week& week : of.weeks) week.opens = {at, std::nullopt};
    return of;
}

season open_already(season of, instant now) {
    constexpr days span{52 * 7};
    const time_zone zone = zone_of(of);
    for (camp_week& week : of.weeks) {
        const instant published = week.opens.all;
        for (days back = span; week.opens.all > now; back += span)
            week.opens.all = move_minute(published, -back, zone);
        // A past opening for everybody leaves nothing for residents to be first in.
        if (week.opens.all != published) week.opens.residents.reset();
    }
    return of;
}

season demo_season(season published, instant now, std::optional<seconds> opens_in) {
    season moved = shift_season(std::move(published), now);
    if (!opens_in) return open_already(std::move(moved), now);
    return open_at(std::move(moved), now + *opens_in);
}

}  // namespace campgate
