// A season of forty open weeks, families of one child, and the engine that knows them: what the
// benchmarks of rules and journal play with. Header only; one thread.
#pragma once

#include "core/engine.hpp"
#include "core/ensure.hpp"

#include <memory>
#include <optional>

namespace campgate::bench {

inline constexpr std::uint32_t week_count = 40;
inline constexpr instant opened{std::chrono::sys_days{std::chrono::year{2027} / 3 / 1}};

/// Every item brings its claim, so nothing is asked of it.
class no_seats final : public seat_source {
public:
    std::optional<seat_number> claim(week_id) override { return std::nullopt; }
};

inline std::shared_ptr<const season> season_of(std::uint32_t capacity) {
    season s;
    s.code = "bench";
    s.limits = {1'000'000, 1'000'000};
    s.camps.push_back({camp_id{1}, "all", {}, {}, "discovery", "", {0, 2'400}});
    for (std::uint32_t n = 1; n <= week_count; ++n) {
        camp_week week;
        week.camp = camp_id{1};
        week.iso = iso_week{202'700 + n};
        week.days.push_back(std::chrono::sys_days{std::chrono::year{2027} / 7 / 5});
        week.capacity = capacity;
        week.opens.all = opened;
        s.weeks.push_back(week);
    }
    return std::make_shared<const season>(std::move(s));
}

inline record import_of(const engine& rules, std::uint32_t capacity) {
    no_seats none;
    const decision d =
        rules.decide(import_season_command{season_of(capacity)}, opened, none, false);
    ensure(d.made.has_value(), "the season of a benchmark is sound");
    return *d.made;
}

inline std::unique_ptr<engine> engine_of(std::uint32_t capacity) {
    auto made = std::make_unique<engine>();
    made->apply(import_of(*made, capacity));
    return made;
}

inline std::shared_ptr<const family_facts> family_of(std::uint64_t n, instant validated) {
    family_facts facts;
    facts.id = family_id{n};
    facts.parents.push_back(actor_id{n});
    facts.children.push_back({child_id{n}, std::chrono::sys_days{std::chrono::year{2019} / 5 / 2},
                              price_class::resident, validated, true});
    return std::make_shared<const family_facts>(std::move(facts));
}

/// Keys are spread as random ones are. The health sheet was validated a moment ago.
inline place_command place_of(std::uint64_t family, std::uint64_t key, week_id week,
                              seat_number seat, instant now = opened) {
    return {actor_id{family},          family_id{family},
            {mix64(key), mix64(~key)}, {key, 1},
            place_mode::each,          {{week, child_id{family}, seat}},
            family_of(family, now)};
}

}  // namespace campgate::bench
