// The choice among the four languages.
#include "server/language.hpp"

#include "server/quality_list.hpp"

#include <optional>

namespace campgate::server {

std::string_view code_of(language asked) noexcept {
    switch (asked) {
        case language::fr: return "fr";
        case language::nl: return "nl";
        case language::de: return "de";
        case language::en: return "en";
    }
    return "fr";
}

language language_of_code(std::string_view code) noexcept {
    for (const language each : all_languages) {
        if (code_of(each) == code) return each;
    }
    return language::fr;
}

namespace {

std::optional<language> language_of(std::string_view range) noexcept {
    const std::string_view primary = range.substr(0, range.find('-'));
    for (const language each : all_languages) {
        if (equal_ignoring_case(primary, code_of(each))) return each;
    }
    if (range == "*") return language::fr;
    return std::nullopt;
}

}  // namespace

language choose_language(std::string_view accept_language) noexcept {
    language best = language::fr;
    int best_weight = 0;
    for (const quality_item& item : quality_list{accept_language}) {
        const auto asked = language_of(item.token);
        if (!asked || item.weight <= best_weight) continue;
        best = *asked;
        best_weight = item.weight;
    }
    return best;
}

}  // namespace campgate::server
