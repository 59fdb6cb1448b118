// Local time, which exists only at the edges (DESIGN §3, Time): a wall clock's reading in a zone of
// the tz database, to an instant and back. Values are small and immutable; any thread.
#pragma once

#include "core/ids.hpp"

#include <chrono>
#include <optional>
#include <string_view>
#include <variant>

namespace date {
class time_zone;
}

namespace campgate {

using local_seconds = std::chrono::local_seconds;

/// Why a wall clock's reading names no one instant.
enum class local_time_problem {
    nonexistent,  ///< skipped when the clocks went forward
    ambiguous,    ///< read twice when they went back
};

class time_zone {
public:
    /// The zone of that name ("Europe/Brussels"), or nothing. Throws std::runtime_error when the
    /// machine has no tz database at all.
    static std::optional<time_zone> find(std::string_view name);

    std::variant<instant, local_time_problem> to_instant(local_seconds local) const;

    /// As to_instant, but a skipped reading becomes the minute the clocks went forward, and of two
    /// instants the first is taken. For dates that a machine moved.
    instant to_nearest_instant(local_seconds local) const;

    /// What the wall clock shows; parts of a second are cut.
    local_seconds to_local(instant at) const;

private:
    explicit time_zone(const date::time_zone* zone) : zone_(zone) {}

    const date::time_zone* zone_;  // owned by the tz database, for ever
};

}  // namespace campgate
