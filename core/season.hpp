// A season as the organiser publishes it: camps, weeks, prices, openings, limits. An immutable
// value once built; what changes while it runs (capacity, openings, seats) is the engine's.
#pragma once

#include "core/ids.hpp"
#include "core/price_class.hpp"
#include "core/sale_rules.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace campgate {

/// A text in the four languages of the pages. French is always there; an empty one falls back to
/// it.
struct localized {
    std::string fr, nl, de, en;
    friend bool operator==(const localized&, const localized&) = default;
};

/// Ages in completed months on a week's first day: from <= age < below. "5 years" means until the
/// sixth birthday, so below is 72 (R8).
struct age_range {
    std::uint32_t from_months{};
    std::uint32_t below_months{};
    friend bool operator==(const age_range&, const age_range&) = default;
};

struct camp {
    camp_id id;
    std::string code;  ///< the organiser's own stable name, e.g. "petits"
    localized name;
    localized description;
    std::string theme;  ///< discovery, art, sport, nature, adventure
    std::string place;
    age_range ages;
    friend bool operator==(const camp&, const camp&) = default;
};

/// When a week can be booked. Residents may go first (R5).
struct opening {
    instant all;
    std::optional<instant> residents;
    friend bool operator==(const opening&, const opening&) = default;
};

/// A camp week: one camp in one ISO week, the bookable thing.
struct camp_week {
    week_id id;
    camp_id camp;
    iso_week iso;
    std::vector<std::chrono::sys_days> days;  ///< ascending, one to five; without public holidays
    class_prices prices;
    std::uint32_t capacity{};  ///< as published; the engine holds the capacity in force
    opening opens;             ///< as published; the engine holds the opening in force
    friend bool operator==(const camp_week&, const camp_week&) = default;

    std::chrono::sys_days first_day() const { return days.front(); }
};

enum class full_weeks : std::uint8_t { hidden = 1, greyed = 2 };

struct season_limits {
    std::uint32_t weeks_per_child = 7;
    std::uint32_t holds_per_family = 32;
    friend bool operator==(const season_limits&, const season_limits&) = default;
};

struct organiser {
    std::string name, address, email;
    std::vector<std::string> postcodes;  ///< whose inhabitants are residents
    friend bool operator==(const organiser&, const organiser&) = default;
};

/// A school that a child may go to. Children of a school of the season are charged as such (R8).
struct school_site {
    std::string code;  ///< the organiser's own stable name, e.g. "berneau"
    std::string name;
    bool of_season = true;
    friend bool operator==(const school_site&, const school_site&) = default;
};

struct season {
    std::uint32_t version{};  ///< given by the engine, from 1
    std::string code;         ///< e.g. "ete-2027"
    localized name;
    organiser by;
    std::string time_zone = "Europe/Brussels";
    full_weeks full = full_weeks::hidden;
    std::chrono::seconds hold_duration = std::chrono::days{3};  ///< S26
    std::uint32_t sheet_validity_months = 6;                    ///< S15
    season_limits limits;
    sale_rules sales;
    std::vector<camp> camps;       ///< ascending id
    std::vector<camp_week> weeks;  ///< ascending id
    std::vector<school_site> sites;
    std::vector<std::string> school_years;         ///< in their order, e.g. "P3"
    std::chrono::days residence_cutoff_before{7};  ///< of the first opening (R8)
    friend bool operator==(const season&, const season&) = default;

    const school_site* find_site(std::string_view wanted) const noexcept {
        const auto at = std::ranges::find(sites, wanted, &school_site::code);
        return at != sites.end() ? &*at : nullptr;
    }
    const camp* find(camp_id id) const noexcept { return find_in(camps, id); }
    const camp_week* find(week_id id) const noexcept { return find_in(weeks, id); }

private:
    template <class T, class Id>
    static const T* find_in(const std::vector<T>& items, Id id) noexcept {
        const auto at = std::ranges::lower_bound(items, id, {}, &T::id);
        return at != items.end() && at->id == id ? &*at : nullptr;
    }
};

inline constexpr std::uint32_t week_capacity_max = 100'000;
inline constexpr std::size_t season_weeks_max = 2'000;
inline constexpr std::size_t season_camps_max = 200;
inline constexpr std::size_t season_sites_max = 200;
inline constexpr std::size_t season_school_years_max = 40;
/// Week ids ever given by one organiser.
inline constexpr std::uint32_t week_ids_max = 8'192;
static_assert(season_weeks_max < week_ids_max);
inline constexpr std::chrono::seconds hold_duration_min{1};
inline constexpr std::chrono::seconds hold_duration_max = std::chrono::days{60};

}  // namespace campgate
