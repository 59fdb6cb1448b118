// The demo's freedom with a season's dates. A demo must be playable whenever it is started: a
// season that has passed moves on by whole years, and its opening is put where it can be used.
// Pure but for the tz database; any thread. Camps, capacities, ids and versions stay as they are.
#pragma once

#include "core/season.hpp"

#include <chrono>
#include <optional>

namespace campgate {

/// The season moved by the fewest whole years after which its last week begins after `now`; the
/// same season when that is none. ISO week numbers are kept, so Monday stays Monday; openings keep
/// their weekday and their minute on the wall clock. Public holidays of the new year are left out
/// of the weeks, those of the old one come back, and a week's price follows its number of days (to
/// the nearest cent). A week left without a day goes. The year in the season's code and name moves
/// too.
season shift_season(season from, instant now);

/// The season with every week opening for everybody at `at`; residents no longer go first.
season open_at(season of, instant at);

/// The season with every opening that is not yet past moved back by whole spans of 52 weeks until
/// it is. The same all year, so that importing it again changes nothing.
season open_already(season of, instant now);

/// What the demo imports: the season shifted, opening `opens_in` after now, or open already.
season demo_season(season published, instant now, std::optional<std::chrono::seconds> opens_in);

}  // namespace campgate
