// A small season and small families for tests of the core: weeks of camps whose ids, ISO weeks and
// openings follow from their number, families whose children can have all of them. Plain values.
#pragma once

#include "core/command.hpp"
#include "core/engine.hpp"

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace campgate::small_world {

using namespace std::chrono_literals;

/// The opening of every week, and a time at which everything can be booked.
inline constexpr instant opening_time =
    std::chrono::sys_days{std::chrono::year{2027} / 3 / 1} + std::chrono::hours{8};
inline constexpr instant open_now = opening_time + std::chrono::hours{1};

inline constexpr std::chrono::sys_days first_monday{std::chrono::year{2027} / 7 / 5};

/// `capacities` has one list a camp: the capacities of its ISO weeks from 202727 on. In a draft a
/// week names its camp by its place, from 1.
inline season draft_of_camps(const std::vector<std::vector<std::uint32_t>>& capacities) {
    season s;
    s.code = "ete-2027";
    s.name = {"Été 2027", "Zomer 2027", "Sommer 2027", "Summer 2027"};
    s.by = {"Commune", "Rue 1", "camps@example.org", {"4607"}};
    std::uint32_t camp_place = 0;
    for (const auto& weeks : capacities) {
        ++camp_place;
        camp c;
        c.id = {camp_place};
        c.code = "camp-" + std::to_string(camp_place);
        c.name.fr = "Camp " + std::to_string(camp_place);
        c.theme = "nature";
        c.place = "École";
        c.ages = {30, 144};
        s.camps.push_back(c);
        std::uint32_t n = 0;
        for (const std::uint32_t capacity : weeks) {
            camp_week w;
            w.camp = {camp_place};
            w.iso = {202727 + n};
            for (int day = 0; day < 5; ++day) {
                w.days.push_back(first_monday + std::chrono::days{7 * static_cast<int>(n) + day});
            }
            w.prices = {{6500}, {7500}, {9500}};
            w.capacity = capacity;
            w.opens.all = opening_time;
            s.weeks.push_back(w);
            ++n;
        }
    }
    return s;
}

/// One camp with weeks of those capacities: week ids 1 … n, each in its own ISO week.
inline season draft_of(const std::vector<std::uint32_t>& capacities) {
    return draft_of_camps({capacities});
}

inline import_season_command import_of(season draft) {
    return {std::make_shared<const season>(std::move(draft))};
}

inline constexpr child_id child_of(std::uint64_t family, std::uint64_t n) {
    return {family * 100 + n};
}

/// A family whose children (n of them, child_of(family, 1) …) may have everything.
inline family_facts family_of(std::uint64_t family, std::uint64_t children) {
    family_facts f{{family}, 1, {{family}}, {}};
    for (std::uint64_t n = 1; n <= children; ++n) {
        f.children.push_back({child_of(family, n), std::chrono::year{2019} / 5 / 2,
                              price_class::resident, opening_time - std::chrono::days{10}, true});
    }
    return f;
}

inline std::shared_ptr<const family_facts> facts_of(std::uint64_t family, std::uint64_t children) {
    return std::make_shared<const family_facts>(family_of(family, children));
}

/// A request of family `family` (and actor of the same number) under key `key`.
inline place_command place_of(std::uint64_t family, std::uint64_t key, place_mode mode,
                              std::vector<place_item> items) {
    return {{family}, {family}, {0, key}, {1, key}, mode, std::move(items), facts_of(family, 9)};
}

/// Hands the lowest free seat out that it has not handed out yet, as long as there is one.
class plain_seats final : public seat_source {
public:
    explicit plain_seats(const engine& e) : engine_(e) {}
    std::optional<seat_number> claim(week_id week) override {
        if (contended) return std::nullopt;
        const std::uint32_t total = engine_.weeks()[week.value - 1].total;
        for (std::uint32_t n = 1; n <= total; ++n) {
            if (engine_.seat(week, {n}).state != seat_state::free) continue;
            if (given.insert({week, {n}}).second) return seat_number{n};
        }
        return std::nullopt;
    }
    std::optional<seat_number> claim_last(week_id week) override {
        if (contended) return std::nullopt;
        for (std::uint32_t n = engine_.weeks()[week.value - 1].total; n > 0; --n) {
            if (engine_.seat(week, {n}).state != seat_state::free) continue;
            if (given.insert({week, {n}}).second) return seat_number{n};
        }
        return std::nullopt;
    }
    bool contended = false;  ///< gives nothing, whatever is free
    std::set<std::pair<week_id, seat_number>> given;

private:
    const engine& engine_;
};

/// An engine with the calls that a test repeats.
class world {
public:
    world() = default;
    explicit world(const std::vector<std::uint32_t>& capacities) {
        run(import_of(draft_of(capacities)));
    }

    decision decide(const command& c, instant now = open_now, bool last_try = false) const {
        plain_seats seats{rules};
        return rules.decide(c, now, seats, last_try);
    }
    /// Decides and, when there is a record, applies it.
    decision run(const command& c, instant now = open_now, row_effects* effects = nullptr) {
        decision d = decide(c, now);
        if (d.kind == decision_kind::decided) {
            rules.apply(*d.made, effects);
            journal.push_back(*d.made);
        }
        return d;
    }
    decision place(std::uint64_t family, std::uint64_t key, place_mode mode,
                   std::vector<place_item> items, instant now = open_now) {
        return run(place_of(family, key, mode, std::move(items)), now);
    }

    engine rules;
    std::vector<record> journal;
};

inline const place_record& placed_by(const decision& d) {
    return std::get<place_record>(d.made->body);
}

}  // namespace campgate::small_world
