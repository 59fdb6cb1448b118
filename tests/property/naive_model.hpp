// An opening day in the plainest code: lists that are searched from end to end, no index, no seat
// numbers. What the engine decides must be what this says.
#pragma once

#include "core/engine.hpp"

#include <optional>
#include <string>
#include <vector>

namespace campgate {

class naive_model {
public:
    struct week {
        week_id id;
        camp_id camp;
        iso_week iso;
        std::uint32_t capacity{};
        opening opens;
        bool in_season = true;
    };
    struct hold {
        hold_id id;
        family_id family;
        child_id child;
        week_id week;
        instant deadline;
    };
    struct key {
        actor_id actor;
        bits128 key, body;
        instant at;
        sequence of;
    };

    /// What the command must come to; changes the model when something is decided. `made` is the
    /// engine's record, from which the model takes only what it cannot know: seats and hold ids.
    decision_kind run(const command& c, instant now, const record* made);

    /// The expected refusals of the last place command, in the order of the answer.
    const std::vector<refused_item>& refused() const { return refused_; }
    const std::vector<place_item>& placed() const { return placed_; }

    std::uint32_t taken(week_id id) const;
    std::uint32_t available(week_id id) const { return of(id).capacity - taken(id); }
    const week& of(week_id id) const { return weeks[id.value - 1]; }

    std::vector<week> weeks;
    std::vector<hold> holds;
    std::vector<key> keys;
    std::optional<season> published;

private:
    decision_kind place(const place_command& p, instant now, const record* made);
    std::optional<reason> why_not(const place_command& p, const place_item& item,
                                  instant now) const;

    std::vector<refused_item> refused_;
    std::vector<place_item> placed_;
};

}  // namespace campgate
