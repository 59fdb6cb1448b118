// The families of the demo: made from their number alone, so that page 700 of them needs no other,
// and the same on every machine. No I/O, no clock, no library's random numbers; any thread.
// All people are invented.
//
// The first ten are fixed, for tests and for showing. Ages are years.months on the season's first
// day; sheets are valid at `now` and parents invoiceable unless said. Tests may rely on this table.
//
//   n  family, parent           postcode, class  children by index: name age
//   1  Lambert, Anne            4607 resident    Léa 8.2, Hugo 4.8, Emma 10.5
//   2  Delvaux, Benoît          4606 resident    Louis 9.3, Zoé 6.1 (sheet expired)
//   3  Peeters, Sofie           4600 other       Lotte 7.0, Seppe 11.4
//   4  Yılmaz, Emre             4670 school      Defne 7.9
//   5  Schmitz, Petra           4608 resident    Finn 8.6 (sheet missing), Mia 5.2
//   6  Renard, Camille          4607 resident    Jules 6.7 (no invoiceable parent)
//   7  El Amrani, Karim         4606 resident    Inès 1.6 (too young), Yassin 16.6 (too old)
//   8  Nguyễn, Minh             4608 resident    An 5.3, Linh 5.3 (twins), Bảo 10.0
//   9  Van den Berghe, Katrien  4607 resident    Noor 3.1, Wout 6.2, Fien 9.3, Lars 12.4
//  10  Servais, Dominique       4607 resident    Alice 6.0 that very day, Arthur 9 the day after
//
// The first ten are registered, with a confirmed e-mail and a national number for everybody (parent
// 1: 85.07.30-033.28). Family 11, and one in forty, are known from the commune's bills alone.
#pragma once

#include "core/family_facts.hpp"
#include "core/ids.hpp"
#include "core/niss.hpp"
#include "core/season.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace campgate {

inline constexpr std::uint64_t demo_families_max = 200'000;
inline constexpr std::size_t demo_children_max = 4;
/// Leaves room for children that are added later.
inline constexpr std::uint64_t demo_child_ids_per_family = 8;
static_assert(demo_children_max <= demo_child_ids_per_family);

struct demo_child {
    child_id id;
    std::string given_name;
    std::chrono::sys_days birth_date;
    price_class charged_as = price_class::other;
    std::optional<instant> sheet_validated_at;
    bool has_invoiceable_parent = true;
    std::optional<campgate::niss> niss;  ///< valid, of nobody; one in twenty has given none
    std::string site;                    ///< follows from the class, or empty
    std::string school_year;
    friend bool operator==(const demo_child&, const demo_child&) = default;
};

struct demo_family {
    family_id id;
    actor_id parent;  ///< the same number as the family
    std::string given_name;
    std::string family_name;
    std::string postcode;
    std::vector<demo_child> children;  ///< one to demo_children_max, ascending id
    std::optional<campgate::niss> niss;
    std::chrono::sys_days birth_date;
    std::string street, house_number, city, phone, email;
    bool registered = true;  ///< one in forty was billed before and has never been here
    friend bool operator==(const demo_family&, const demo_family&) = default;
};

/// What ages, classes and sheets refer to. Another `now` moves the sheets alone.
struct demo_reference {
    std::chrono::sys_days season_first_day;
    instant now;
    std::uint32_t sheet_validity_months = 6;
    std::vector<std::string> resident_postcodes;  ///< must not be empty
    std::vector<school_site> sites{};
    std::vector<std::string> school_years{};  ///< from the first of nursery school on
    std::uint64_t seed = 2027;
};

/// That of a season with at least one week.
demo_reference demo_reference_of(const season& s, instant now);

/// Family n's child at an index from 0.
constexpr child_id demo_child_id(family_id family, std::size_t index) {
    return child_id{family.value * demo_child_ids_per_family + index};
}

/// Family n, from 1. Of a thousand: about 600 reside, half of the others go to its schools; of the
/// children about 80 % have a valid sheet, 10 % an expired one, 10 % none; 4 % have no invoiceable
/// parent; most are 3 to 12 years old, all 1 to 16.
demo_family make_demo_family(family_id n, const demo_reference& reference);

/// Families 1 to count.
std::vector<demo_family> make_demo_families(std::uint64_t count, const demo_reference& reference);

/// What the rules need to know of it.
family_facts facts_of(const demo_family& family, std::uint64_t version);

}  // namespace campgate
