// Where a family lives as the prices see it (R8): residence is fixed some days before the season's
// first opening; who moves later counts as before, unless the staff confirm it. And the class of a
// child that follows. Pure. Thread safety: any thread.
#pragma once

#include "core/season.hpp"
#include "core/views.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace campgate {

/// The postcode of a family's invoiceable parent and what it was before. Empty: none yet.
struct residence {
    std::string postcode;
    instant since;           ///< when `postcode` was given
    std::string before;      ///< what counted when it was given
    bool confirmed = false;  ///< by the staff, or by their own list
    friend bool operator==(const residence&, const residence&) = default;
};

/// When residence is fixed: so many days before the first minute at which any week of the season
/// opens to anybody. Nothing without a season.
std::optional<instant> residence_cutoff(const season_view& view);

/// The postcode that counts at a cutoff: the one given until then, or confirmed; else the one
/// before.
std::string_view counted_postcode(const residence& home, std::optional<instant> cutoff);

/// The family gives another postcode. The one that counted goes on counting when the cutoff is
/// past.
residence moved(const residence& home, std::string postcode, instant now,
                std::optional<instant> cutoff);

/// Resident by postcode, else of a school of the season, else other (R8).
price_class class_of(const season& s, std::string_view postcode, std::string_view site);

}  // namespace campgate
