#include "server/mail/in_words.hpp"

#include <array>
#include <cstdlib>

namespace campgate::server {

namespace {

using names_of_days = std::array<std::string_view, 7>;  // from Sunday, as weekday::c_encoding
using names_of_months = std::array<std::string_view, 12>;

constexpr std::array<names_of_days, all_languages.size()> days{{
    {"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"},
    {"zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"},
    {"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"},
    {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
}};
constexpr std::array<names_of_months, all_languages.size()> months{{
    {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
     "octobre", "novembre", "décembre"},
    {"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september",
     "oktober", "november", "december"},
    {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
     "November", "Dezember"},
    {"January", "February", "March", "April", "May", "June", "July", "August", "September",
     "October", "November", "December"},
}};

constexpr std::string_view unbreakable = "\xc2\xa0";

std::string two_digits(std::int64_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

}  // namespace

std::string day_in_words(local_seconds at, language in) {
    const auto whole = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date{whole};
    const auto which = static_cast<std::size_t>(in);
    const unsigned day = static_cast<unsigned>(date.day());
    std::string text{days[which][std::chrono::weekday{whole}.c_encoding()]};
    text += in == language::de ? ", " : " ";
    text += std::to_string(day);
    if (in == language::fr && day == 1) text += "er";
    if (in == language::de) text += '.';
    text += ' ';
    text += months[which][static_cast<unsigned>(date.month()) - 1];
    text += ' ';
    text += std::to_string(static_cast<int>(date.year()));
    return text;
}

std::string moment_in_words(local_seconds at, language in) {
    const auto time = at - std::chrono::floor<std::chrono::days>(at);
    const std::int64_t hour = std::chrono::floor<std::chrono::hours>(time).count();
    const std::string minute =
        two_digits(std::chrono::floor<std::chrono::minutes>(time).count() - hour * 60);
    const std::string space{unbreakable};
    std::string text = day_in_words(at, in);
    switch (in) {
        case language::fr:
            return text + " à" + space + std::to_string(hour) + space + "h" + space + minute;
        case language::nl:
            return text + " om" + space + std::to_string(hour) + "." + minute + space + "uur";
        case language::de:
            return text + " um" + space + std::to_string(hour) + "." + minute + space + "Uhr";
        case language::en: return text + " at" + space + std::to_string(hour) + ":" + minute;
    }
    return text;
}

std::string amount_in_words(cents amount, language in) {
    const bool english = in == language::en;
    const bool dutch = in == language::nl;
    const std::string euros = std::to_string(std::abs(amount.value / 100));
    std::string grouped;
    for (std::size_t i = 0; i < euros.size(); ++i) {
        if (i > 0 && (euros.size() - i) % 3 == 0)
            grouped += english ? "," : in == language::fr ? std::string{unbreakable} : ".";
        grouped += euros[i];
    }
    grouped += english ? '.' : ',';
    grouped += two_digits(std::abs(amount.value % 100));
    const std::string sign = amount.value < 0 ? "-" : "";
    if (english) return sign + "€" + grouped;
    if (dutch) return "€" + std::string{unbreakable} + sign + grouped;
    return sign + grouped + std::string{unbreakable} + "€";
}

std::string ordinal_in_words(std::uint64_t number, language in, bool feminine) {
    const std::string digits = std::to_string(number);
    switch (in) {
        case language::fr: return digits + (number != 1 ? "e" : feminine ? "re" : "er");
        case language::nl: return digits + "e";
        case language::de: return digits + ".";
        case language::en: break;
    }
    const bool teen = number % 100 / 10 == 1;
    if (!teen && number % 10 == 1) return digits + "st";
    if (!teen && number % 10 == 2) return digits + "nd";
    if (!teen && number % 10 == 3) return digits + "rd";
    return digits + "th";
}

void put_into_words(template_values& values, language in, const time_zone& zone) {
    for (const auto& [name, at] : values.moments) {
        const local_seconds local = zone.to_local(at);
        values.texts[name] = moment_in_words(local, in);
        values.texts[name + "_day"] = day_in_words(local, in);
    }
    for (auto& [name, items] : values.lists) {
        for (template_values& item : items) put_into_words(item, in, zone);
    }
}

}  // namespace campgate::server
