#include "server/demo_families.hpp"

#include "core/ensure.hpp"
#include "server/demo_names.hpp"
#include "server/iso_calendar.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace campgate {

using namespace std::chrono;

namespace {

enum class sheet { valid, expired, missing };

// SplitMix64. The standard's distributions differ between libraries; these draws do not.
class dice {
public:
    dice(std::uint64_t seed, std::uint64_t n) : state_(mix64(seed) ^ mix64(n * 2 + 1)) {}

    /// 0 to below - 1; the bias is below / 2^64.
    std::uint64_t below(std::uint64_t limit) {
        const std::uint64_t drawn = mix64(state_);
        state_ += 0x9e3779b97f4a7c15ULL;
        return drawn % limit;
    }
    bool chance(unsigned per_hundred) { return below(100) < per_hundred; }

    template <class T>
    const T& one_of(std::span<const T> choices) {
        return choices[static_cast<std::size_t>(below(choices.size()))];
    }

    /// An index, each as likely as its weight.
    std::size_t weighted(std::span<const unsigned> weights) {
        std::uint64_t sum = 0;
        for (const unsigned weight : weights) sum += weight;
        std::uint64_t left = below(sum);
        std::size_t index = 0;
        while (left >= weights[index]) left -= weights[index++];
        return index;
    }

private:
    std::uint64_t state_;
};

struct fixed_child {
    std::string_view name;
    std::uint32_t age_months;
    int days_older;  // than those months; -1 is a day younger
    sheet state = sheet::valid;
    bool invoiceable = true;
};

struct fixed_family {
    std::string_view family_name, given_name, postcode;
    price_class charged_as;
    std::array<fixed_child, demo_children_max> children;  // unused ones have no name
};

// The table of the header. Postcodes of residents are those of Dalhem; see postcode_of.
constexpr std::array<fixed_family, 10> fixed_families{{
    {"Lambert",
     "Anne",
     "4607",
     price_class::resident,
     {{{"Léa", 98, 3}, {"Hugo", 56, 9}, {"Emma", 125, 17}}}},
    {"Delvaux",
     "Benoît",
     "4606",
     price_class::resident,
     {{{"Louis", 111, 5}, {"Zoé", 73, 12, sheet::expired}}}},
    {"Peeters", "Sofie", "4600", price_class::other, {{{"Lotte", 84, 20}, {"Seppe", 136, 2}}}},
    {"Yılmaz", "Emre", "4670", price_class::school, {{{"Defne", 93, 8}}}},
    {"Schmitz",
     "Petra",
     "4608",
     price_class::resident,
     {{{"Finn", 102, 14, sheet::missing}, {"Mia", 62, 6}}}},
    {"Renard",
     "Camille",
     "4607",
     price_class::resident,
     {{{"Jules", 79, 11, sheet::valid, false}}}},
    {"El Amrani", "Karim", "4606", price_class::resident, {{{"Inès", 18, 4}, {"Yassin", 198, 21}}}},
    {"Nguyễn",
     "Minh",
     "4608",
     price_class::resident,
     {{{"An", 63, 15}, {"Linh", 63, 15}, {"Bảo", 120, 7}}}},
    {"Van den Berghe",
     "Katrien",
     "4607",
     price_class::resident,
     {{{"Noor", 37, 10}, {"Wout", 74, 1}, {"Fien", 111, 18}, {"Lars", 148, 13}}}},
    {"Servais",
     "Dominique",
     "4607",
     price_class::resident,
     {{{"Alice", 72, 0}, {"Arthur", 108, -1}}}},
}};

// Around Dalhem, and some from farther away.
constexpr std::array<std::string_view, 20> outside_postcodes{
    "4600", "4600", "4601", "4602", "4670", "4670", "4671", "4672", "4680", "4681",
    "4683", "4684", "4690", "3790", "3798", "4880", "4650", "4651", "4040", "4000"};

// Weights of the age of a family's youngest, from 1 year; siblings are older.
constexpr std::array<unsigned, 16> youngest_weights{4, 7, 12, 13, 13, 12, 11, 9,
                                                    7, 5, 4,  3,  2,  1,  1,  1};
constexpr std::array<unsigned, demo_children_max> children_weights{32, 44, 18, 6};
constexpr std::uint32_t age_years_min = 1;
constexpr std::uint32_t age_years_max = 16;

std::optional<instant> sheet_date(sheet state, sys_days birth, const demo_reference& ref,
                                  dice& draw) {
    // Months of at most 31 and at least 28 days, and three weeks of margin: a demo that runs for
    // days keeps its states.
    const auto validity = static_cast<std::uint64_t>(ref.sheet_validity_months);
    const std::uint64_t fresh_days = validity * 28 > 28 ? validity * 28 - 21 : 1;
    const auto moment = seconds{static_cast<std::int64_t>(draw.below(86'400))};
    std::uint64_t days_ago = 0;
    switch (state) {
        case sheet::valid: days_ago = draw.below(fresh_days); break;
        case sheet::expired: days_ago = validity * 31 + 3 + draw.below(400); break;
        case sheet::missing: return std::nullopt;
    }
    const instant at = ref.now - days{static_cast<int>(days_ago)} - moment;
    if (at < instant{birth}) return std::nullopt;
    return at;
}

// The fixed families live in Dalhem where that is the season's, else at its first postcode.
std::string postcode_of(const fixed_family& fixed, const demo_reference& ref) {
    std::string stated{fixed.postcode};
    if (fixed.charged_as != price_class::resident) return stated;
    const bool known =
        std::ranges::find(ref.resident_postcodes, stated) != ref.resident_postcodes.end();
    return known ? stated : ref.resident_postcodes.front();
}

demo_family make_fixed(family_id n, const fixed_family& fixed, const demo_reference& ref,
                       dice& draw) {
    demo_family family{n,
                       actor_id{n.value},
                       std::string{fixed.given_name},
                       std::string{fixed.family_name},
                       postcode_of(fixed, ref),
                       {},
                       {},
                       {},
                       "",
                       "",
                       "",
                       "",
                       ""};
    for (std::size_t i = 0; i < demo_children_max && !fixed.children[i].name.empty(); ++i) {
        const fixed_child& child = fixed.children[i];
        const sys_days birth =
            months_before(ref.season_first_day, child.age_months) - days{child.days_older};
        family.children.push_back({demo_child_id(n, i), std::string{child.name}, birth,
                                   fixed.charged_as, sheet_date(child.state, birth, ref, draw),
                                   child.invoiceable, std::nullopt, "", ""});
    }
    return family;
}

const demo_origin& draw_origin(dice& draw) {
    const auto origins = demo_origins();
    std::uint64_t left = draw.below(100);
    std::size_t index = 0;
    while (left >= origins[index].per_hundred) left -= origins[index++].per_hundred;
    return origins[index];
}

sheet draw_sheet(dice& draw) {
    const std::uint64_t percent = draw.below(100);
    if (percent < 80) return sheet::valid;
    return percent < 90 ? sheet::expired : sheet::missing;
}

std::string draw_child_name(const demo_origin& origin, const demo_family& family, dice& draw) {
    const auto taken = [&](std::string_view name) {
        return std::ranges::any_of(
            family.children, [&](const demo_child& child) { return child.given_name == name; });
    };
    std::string_view name;
    do {
        // Many families from elsewhere choose names of here.
        const demo_origin& of = draw.chance(35) ? demo_origins().front() : origin;
        name = draw.one_of(of.children);
    } while (taken(name));
    return std::string{name};
}

demo_family make_drawn(family_id n, const demo_reference& ref, dice& draw) {
    const demo_origin& origin = draw_origin(draw);
    demo_family family{n,
                       actor_id{n.value},
                       std::string{draw.one_of(origin.parents)},
                       std::string{draw.one_of(origin.family_names)},
                       "",
                       {},
                       {},
                       {},
                       "",
                       "",
                       "",
                       "",
                       ""};
    const bool resident = draw.chance(60);
    family.postcode =
        resident ? draw.one_of(std::span<const std::string>{ref.resident_postcodes})
                 : std::string{draw.one_of(std::span<const std::string_view>{outside_postcodes})};
    const bool at_school_here = draw.chance(50);

    const std::size_t count = draw.weighted(children_weights) + 1;
    auto age_years = static_cast<std::uint32_t>(draw.weighted(youngest_weights)) + age_years_min;
    auto days_older = static_cast<int>(draw.below(364));
    for (std::size_t i = 0; i < count; ++i) {
        const sys_days birth =
            months_before(ref.season_first_day, age_years * 12) - days{days_older};
        const bool schooled = draw.chance(10) ? !at_school_here : at_school_here;
        const price_class charged_as = resident   ? price_class::resident
                                       : schooled ? price_class::school
                                                  : price_class::other;
        const sheet state = draw_sheet(draw);
        std::string name = draw_child_name(origin, family, draw);
        family.children.push_back({demo_child_id(n, i), std::move(name), birth, charged_as,
                                   sheet_date(state, birth, ref, draw), !draw.chance(4),
                                   std::nullopt, "", ""});
        if (draw.chance(3)) continue;  // a twin follows
        age_years += 2 + static_cast<std::uint32_t>(draw.below(3));
        days_older = static_cast<int>(draw.below(364));
        if (age_years > age_years_max) break;
    }
    return family;
}

// ---- what the family's own page shows; drawn apart, so that names and ages stay as they are

// Every number once: parents by day and serial from 1 to 29, drawn children as bis numbers and
// others by their family's number with serials to serials_drawn, fixed ones with those above.
constexpr std::uint64_t parent_birth_days = 7'000;
constexpr sys_days parent_first_birth{year{1975} / 1 / 1};
constexpr unsigned serials_drawn = 990;
static_assert(demo_families_max / parent_birth_days < 30);

niss niss_on(sys_days born, unsigned month_more, unsigned serial) {
    const year_month_day day{born};
    return niss::make(static_cast<unsigned>(static_cast<int>(day.year())),
                      static_cast<unsigned>(day.month()) + month_more,
                      static_cast<unsigned>(day.day()), serial);
}

niss niss_of_drawn(family_id n, std::size_t index, sys_days born) {
    const std::uint64_t number = n.value * demo_children_max + index;
    const auto serial = static_cast<unsigned>(number % serials_drawn) + 1;
    // A step without a common divisor spreads neighbours over the year, and over three kinds.
    const std::uint64_t place = number / serials_drawn * 151 % (3 * 365);
    const sys_days day =
        sys_days{year_month_day{born}.year() / 1 / 1} + days{static_cast<int>(place % 365)};
    return niss_on(day, static_cast<unsigned>(place / 365) * 20, serial);
}
static_assert((demo_families_max + 1) * demo_children_max / serials_drawn < 3 * 365);

std::string site_of(price_class charged_as, const demo_reference& ref, dice& draw) {
    const bool here = charged_as == price_class::school ||
                      (charged_as == price_class::resident && draw.chance(80));
    std::vector<std::string_view> choices;
    for (const school_site& site : ref.sites) {
        if (site.of_season == here) choices.push_back(site.code);
    }
    if (choices.empty()) return "";
    return std::string{draw.one_of(std::span<const std::string_view>{choices})};
}

// The year that ends with the summer: the first of nursery school begins in the year of the third
// birthday.
std::string school_year_of(sys_days born, const demo_reference& ref) {
    const int began = static_cast<int>(year_month_day{ref.season_first_day}.year()) - 1;
    const int place = began - static_cast<int>(year_month_day{born}.year()) - 3;
    if (place < 0 || place >= static_cast<int>(ref.school_years.size())) return "";
    return ref.school_years[static_cast<std::size_t>(place)];
}

void fill_in(demo_family& family, const demo_reference& ref) {
    static constexpr std::array<std::string_view, 8> streets{
        "Rue de la Berwinne", "Rue du Village", "Chemin des Vergers", "Rue de l'Église",
        "Voie des Prés",      "Rue du Moulin",  "Place du Tilleul",   "Rue des Écoles"};
    dice draw{ref.seed, family.id.value + demo_families_max};
    const bool fixed = family.id.value <= fixed_families.size();
    const std::uint64_t n = family.id.value;
    family.birth_date =
        n == 1 ? sys_days{year{1985} / 7 / 30}
               : parent_first_birth + days{static_cast<int>(n * 1'201 % parent_birth_days)};
    family.niss = niss_on(family.birth_date, 0,
                          n == 1 ? 33 : static_cast<unsigned>(n / parent_birth_days) + 1);
    family.street = draw.one_of(std::span<const std::string_view>{streets});
    family.house_number = std::to_string(1 + draw.below(140));
    family.city = "Dalhem";
    family.phone = "+3247" + std::to_string(1'000'000 + draw.below(9'000'000));
    family.email = "parent" + std::to_string(n) + "@familles.example";
    family.registered = fixed || n % 40 != 11;
    for (std::size_t i = 0; i < family.children.size(); ++i) {
        demo_child& child = family.children[i];
        if (fixed) {
            child.niss = niss_on(child.birth_date, 0, serials_drawn + 1 + static_cast<unsigned>(i));
        } else if (!draw.chance(5)) {
            child.niss = niss_of_drawn(family.id, i, child.birth_date);
        }
        child.site = site_of(child.charged_as, ref, draw);
        child.school_year = school_year_of(child.birth_date, ref);
    }
}

}  // namespace

demo_reference demo_reference_of(const season& s, instant now) {
    ensure(!s.weeks.empty(), "a season has weeks");
    demo_reference reference;
    reference.season_first_day = std::ranges::min(s.weeks, {}, &camp_week::first_day).first_day();
    reference.now = now;
    reference.sheet_validity_months = s.sheet_validity_months;
    reference.resident_postcodes = s.by.postcodes;
    reference.sites = s.sites;
    reference.school_years = s.school_years;
    return reference;
}

demo_family make_demo_family(family_id n, const demo_reference& reference) {
    ensure(n.value >= 1, "families are counted from 1");
    ensure(n.value <= demo_families_max, "a demo has at most demo_families_max families");
    ensure(!reference.resident_postcodes.empty(), "somebody resides");
    dice draw{reference.seed, n.value};
    demo_family family = n.value <= fixed_families.size()
                             ? make_fixed(n, fixed_families[n.value - 1], reference, draw)
                             : make_drawn(n, reference, draw);
    fill_in(family, reference);
    return family;
}

std::vector<demo_family> make_demo_families(std::uint64_t count, const demo_reference& reference) {
    ensure(count <= demo_families_max, "a demo has at most demo_families_max families");
    std::vector<demo_family> families;
    families.reserve(count);
    for (std::uint64_t n = 1; n <= count; ++n)
        families.push_back(make_demo_family(family_id{n}, reference));
    return families;
}

family_facts facts_of(const demo_family& family, std::uint64_t version) {
    family_facts facts{family.id, version, {family.parent}, {}};
    for (const demo_child& child : family.children)
        facts.children.push_back({child.id, child.birth_date, child.charged_as,
                                  child.sheet_validated_at, child.has_invoiceable_parent});
    return facts;
}

}  // namespace campgate
