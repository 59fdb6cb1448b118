// What is asked of the sequencer. Commands are plain values; claims are seats of the ledger that an
// io thread took beforehand and that the sequencer now owns (DESIGN §3).
#pragma once

#include "core/family_facts.hpp"
#include "core/ids.hpp"
#include "core/record.hpp"
#include "core/season.hpp"

#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace campgate {

inline constexpr seat_number no_seat{0};

struct place_item {
    week_id week;
    child_id child;
    seat_number claim = no_seat;  ///< pending in the ledger, or no_seat
    friend bool operator==(const place_item&, const place_item&) = default;
};

struct place_command {
    actor_id actor;
    family_id family;
    bits128 key;
    bits128 body;
    place_mode mode{};
    std::vector<place_item> items;              ///< 1 … request_items_max, in the client's order
    std::shared_ptr<const family_facts> facts;  ///< the sequencer replaces it by the newest
};

struct release_command {
    actor_id actor;
    family_id family;
    hold_id hold;
};

struct expire_command {
    std::vector<hold_id> due;  ///< at most expire_items_max; those that ended
                               ///< meanwhile are left out
};

struct set_capacity_command {
    week_id week;
    std::uint32_t capacity{};
};

struct set_opening_command {
    std::vector<week_id> weeks;  ///< empty: every week
    instant all;
    std::optional<instant> residents = std::nullopt;  ///< nothing: as it is, if still earlier
};

struct import_season_command {
    std::shared_ptr<const season> draft;  ///< ids and version are ignored: the engine gives them
};

struct forget_command {
    instant before;
};

using command = std::variant<place_command, release_command, expire_command, set_capacity_command,
                             set_opening_command, import_season_command, forget_command>;

}  // namespace campgate
