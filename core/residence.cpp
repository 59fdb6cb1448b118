#include "core/residence.hpp"

namespace campgate {

std::optional<instant> residence_cutoff(const season_view& view) {
    if (!view.published) return std::nullopt;
    std::optional<instant> first;
    for (const camp_week& week : view.published->weeks) {
        const opening& opens = view.row(week.id).opens;
        const instant at = opens.residents ? std::min(*opens.residents, opens.all) : opens.all;
        if (!first || at < *first) first = at;
    }
    if (!first) return std::nullopt;
    return *first - view.published->residence_cutoff_before;
}

std::string_view counted_postcode(const residence& home, std::optional<instant> cutoff) {
    const bool in_time = !cutoff || home.since <= *cutoff;
    return in_time || home.confirmed ? home.postcode : home.before;
}

residence moved(const residence& home, std::string postcode, instant now,
                std::optional<instant> cutoff) {
    if (postcode == home.postcode) return home;
    return {std::move(postcode), now, std::string{counted_postcode(home, cutoff)}, false};
}

price_class class_of(const season& s, std::string_view postcode, std::string_view site) {
    if (std::ranges::find(s.by.postcodes, postcode) != s.by.postcodes.end())
        return price_class::resident;
    const school_site* school = s.find_site(site);
    return school != nullptr && school->of_season ? price_class::school : price_class::other;
}

}  // namespace campgate
