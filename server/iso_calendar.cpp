#include "server/iso_calendar.hpp"

#include <algorithm>
#include <cstdio>

namespace campgate {

using namespace std::chrono;

namespace {

// 4 January always lies in week 1.
sys_days first_monday(int iso_year) {
    const sys_days fourth = year{iso_year} / January / 4;
    return fourth - (weekday{fourth} - Monday);
}

// Easter Sunday, by the anonymous Gregorian computus.
sys_days easter(int y) {
    const int a = y % 19;
    const int b = y / 100;
    const int c = y % 100;
    const int d = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    const int e = (32 + 2 * (b % 4) + 2 * (c / 4) - d - c % 4) % 7;
    const int f = d + e - 7 * ((a + 11 * d + 22 * e) / 451) + 114;
    return year{y} / month{static_cast<unsigned>(f / 31)} / day{static_cast<unsigned>(f % 31 + 1)};
}

bool all_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

iso_week iso_week_of(sys_days day) {
    const sys_days monday = day - (weekday{day} - Monday);
    const int y = static_cast<int>(year_month_day{monday + days{3}}.year());
    const auto number = (monday - first_monday(y)).count() / 7 + 1;
    return iso_week{static_cast<std::uint32_t>(y) * 100 + static_cast<std::uint32_t>(number)};
}

sys_days monday_of(iso_week week) {
    const auto number = static_cast<int>(week.value % 100);
    return first_monday(static_cast<int>(week.value / 100)) + days{(number - 1) * 7};
}

std::uint32_t weeks_in_iso_year(int y) {
    return static_cast<std::uint32_t>((first_monday(y + 1) - first_monday(y)).count() / 7);
}

std::optional<iso_week> parse_iso_week(std::string_view text) {
    if (text.size() != 8 || text.substr(4, 2) != "-W") return std::nullopt;
    if (!all_digits(text.substr(0, 4)) || !all_digits(text.substr(6))) return std::nullopt;
    int y = 0;
    for (const char c : text.substr(0, 4)) y = y * 10 + (c - '0');
    const auto number = static_cast<std::uint32_t>((text[6] - '0') * 10 + (text[7] - '0'));
    if (y < calendar_year_min || y > calendar_year_max) return std::nullopt;
    if (number < 1 || number > weeks_in_iso_year(y)) return std::nullopt;
    return iso_week{static_cast<std::uint32_t>(y) * 100 + number};
}

std::string to_text(iso_week week) {
    char text[24];
    std::snprintf(text, sizeof text, "%04u-W%02u", week.value / 100, week.value % 100);
    return text;
}

std::string to_text(sys_days day) {
    const year_month_day date{day};
    char text[40];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return text;
}

std::vector<sys_days> public_holidays(int y) {
    const year of{y};
    const sys_days sunday = easter(y);
    std::vector<sys_days> holidays{
        of / January / 1,   sunday + days{1},   // Easter Monday
        of / May / 1,       sunday + days{39},  // Ascension
        sunday + days{50},                      // Whit Monday
        of / July / 21,     of / August / 15,   of / November / 1,
        of / November / 11, of / December / 25,
    };
    std::ranges::sort(holidays);
    return holidays;
}

bool is_public_holiday(sys_days day) {
    const auto holidays = public_holidays(static_cast<int>(year_month_day{day}.year()));
    return std::ranges::binary_search(holidays, day);
}

sys_days months_before(sys_days day, std::uint32_t count) {
    const year_month_day earlier = year_month_day{day} - months{count};
    if (earlier.ok()) return earlier;
    return earlier.year() / earlier.month() / last;
}

}  // namespace campgate
