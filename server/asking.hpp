// Asking the sequencer from an io thread for something that no parent asked: operators and
// start-up.
#pragma once

#include "server/application.hpp"

namespace campgate::server {

/// The answer, or nothing when there is none in time or no room. Uses the privileged places.
awaitable<std::optional<reply>> ask(application& app, io_lane& lane, command asked);

/// What came of publishing a season.
struct import_outcome {
    enum class kind : std::uint8_t { imported, unchanged, week_taken, no_answer } is{};
    week_id week;  ///< week_taken: published before, not in the file, and held
    std::uint32_t version{};
    std::size_t capacities = 0;  ///< weeks whose capacity followed the file
    std::size_t openings = 0;
};

/// Imports a draft: records that move the capacities and openings which the file changed, then the
/// season's. What operators set by hand stays, unless the file says something new of it. If the
/// process dies in between, importing the same file again finishes the work.
awaitable<import_outcome> import_season(application& app, io_lane& lane,
                                        std::shared_ptr<const season> draft);

}  // namespace campgate::server
