// Calendar arithmetic is the standard library's; formats are RFC 3339 and RFC 9110.
#include "server/time_text.hpp"

#include <array>
#include <cstdio>
#include <limits>

namespace campgate::server {

namespace {

using namespace std::chrono;

struct calendar {
    year_month_day date;
    hh_mm_ss<microseconds> time;
};

calendar calendar_of(instant at) noexcept {
    const sys_days day = floor<days>(at);
    return {year_month_day{day}, hh_mm_ss<microseconds>{at - day}};
}

/// Reads decimal digits from the front; -1 when there are fewer than asked.
int take_digits(std::string_view& text, std::size_t count) noexcept {
    if (text.size() < count) return -1;
    int read = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (text[i] < '0' || text[i] > '9') return -1;
        read = read * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return read;
}

bool take(std::string_view& text, char expected) noexcept {
    if (text.empty() || text.front() != expected) return false;
    text.remove_prefix(1);
    return true;
}

bool take_letter(std::string_view& text, char upper) noexcept {
    return take(text, upper) || take(text, static_cast<char>(upper - 'A' + 'a'));
}

/// ".5" and longer, as microseconds; 0 when there is none, -1 when there is a point only.
std::int64_t take_fraction(std::string_view& text) noexcept {
    if (!take(text, '.')) return 0;
    std::int64_t fraction = 0;
    std::int64_t unit = 100'000;
    bool any = false;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        fraction += (text.front() - '0') * unit;
        unit /= 10;
        any = true;
        text.remove_prefix(1);
    }
    return any ? fraction : -1;
}

/// "Z" or "+02:00", which must be all that is left.
std::optional<minutes> take_offset(std::string_view text) noexcept {
    if (take_letter(text, 'Z')) return text.empty() ? std::optional{0min} : std::nullopt;
    const bool east = take(text, '+');
    if (!east && !take(text, '-')) return std::nullopt;
    const int h = take_digits(text, 2);
    if (!take(text, ':')) return std::nullopt;
    const int m = take_digits(text, 2);
    if (h < 0 || h > 23 || m < 0 || m > 59 || !text.empty()) return std::nullopt;
    const minutes offset = hours{h} + minutes{m};
    return east ? offset : -offset;
}

struct unit {
    std::string_view name;
    microseconds length;
};
constexpr std::array units{
    unit{"w", weeks{1}},   unit{"d", days{1}},    unit{"h", hours{1}},
    unit{"m", minutes{1}}, unit{"s", seconds{1}}, unit{"ms", milliseconds{1}},
};
constexpr microseconds duration_max = days{36'525};

}  // namespace

std::string rfc3339(instant at) {
    const calendar c = calendar_of(at);
    std::array<char, 48> text{};
    int length = std::snprintf(
        text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(c.date.year()),
        static_cast<unsigned>(c.date.month()), static_cast<unsigned>(c.date.day()),
        static_cast<int>(c.time.hours().count()), static_cast<int>(c.time.minutes().count()),
        static_cast<int>(c.time.seconds().count()));
    std::string made(text.data(), static_cast<std::size_t>(length));
    if (c.time.subseconds() != microseconds::zero()) {
        length = std::snprintf(text.data(), text.size(), ".%06d",
                               static_cast<int>(c.time.subseconds().count()));
        made.append(text.data(), static_cast<std::size_t>(length));
    }
    made += 'Z';
    return made;
}

std::string day_text(std::chrono::sys_days day) {
    return rfc3339(instant{day}).substr(0, 10);
}

std::chrono::sys_days today_of(instant now) {
    constexpr std::chrono::hours ahead_of_utc{2};
    return std::chrono::floor<std::chrono::days>(now + ahead_of_utc);
}

std::optional<instant> parse_rfc3339(std::string_view text) noexcept {
    const int y = take_digits(text, 4);
    if (!take(text, '-')) return std::nullopt;
    const int mon = take_digits(text, 2);
    if (!take(text, '-')) return std::nullopt;
    const int d = take_digits(text, 2);
    if (!take_letter(text, 'T')) return std::nullopt;
    const int h = take_digits(text, 2);
    if (!take(text, ':')) return std::nullopt;
    const int m = take_digits(text, 2);
    if (!take(text, ':')) return std::nullopt;
    const int s = take_digits(text, 2);
    const std::int64_t fraction = take_fraction(text);
    if (y < 1 || mon < 1 || d < 1 || h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59 ||
        fraction < 0)
        return std::nullopt;

    const year_month_day date{year{y}, month{static_cast<unsigned>(mon)},
                              day{static_cast<unsigned>(d)}};
    const auto offset = take_offset(text);
    if (!date.ok() || !offset) return std::nullopt;
    return sys_days{date} + hours{h} + minutes{m} + seconds{s} + microseconds{fraction} - *offset;
}

std::string http_date(instant at) {
    constexpr std::array day_names{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const calendar c = calendar_of(at);
    const weekday name{sys_days{c.date}};
    std::array<char, 48> text{};
    const int length = std::snprintf(
        text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
        day_names[name.c_encoding()], static_cast<unsigned>(c.date.day()),
        month_names[static_cast<unsigned>(c.date.month()) - 1], static_cast<int>(c.date.year()),
        static_cast<int>(c.time.hours().count()), static_cast<int>(c.time.minutes().count()),
        static_cast<int>(c.time.seconds().count()));
    return {text.data(), static_cast<std::size_t>(length)};
}

std::optional<microseconds> parse_duration(std::string_view text) noexcept {
    const auto digits = text.find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string_view::npos) return std::nullopt;
    for (const unit& each : units) {
        if (text.substr(digits) != each.name) continue;
        const std::int64_t most = duration_max / each.length;
        std::int64_t count = 0;
        for (const char c : text.substr(0, digits)) {
            count = count * 10 + (c - '0');
            if (count > most) return std::nullopt;
        }
        return count * each.length;
    }
    return std::nullopt;
}

std::string duration_text(microseconds duration) {
    if (duration == microseconds::zero()) return "0s";
    for (const unit& each : units) {
        if (duration % each.length == microseconds::zero())
            return std::to_string(duration / each.length).append(each.name);
    }
    return std::to_string(floor<milliseconds>(duration).count()) + "ms";
}

}  // namespace campgate::server
