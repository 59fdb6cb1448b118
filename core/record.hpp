// What was decided: the records of the journal. A record is absolute: it carries the resulting
// state, deadline and numbers, so that applying one needs no decision (DESIGN §3). No personal
// data.
#pragma once

#include "core/ids.hpp"
#include "core/order.hpp"
#include "core/reason.hpp"
#include "core/season.hpp"

#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

namespace campgate {

/// all: everything or nothing. each: every item on its own.
enum class place_mode : std::uint8_t { all = 1, each = 2 };

struct placed_item {
    hold_id hold;
    week_id week;
    child_id child;
    seat_number seat;
    instant deadline;
    friend bool operator==(const placed_item&, const placed_item&) = default;
};

struct refused_item {
    week_id week;
    child_id child;
    reason why{};
    friend bool operator==(const refused_item&, const refused_item&) = default;
};

/// A request placed at least one hold. One request is one record: a crash never separates siblings.
struct place_record {
    family_id family;
    bits128 key;
    bits128 body;  ///< hash of the request's body
    place_mode mode{};
    std::uint32_t season_version{};
    std::uint64_t facts_version{};
    std::vector<placed_item> placed;    ///< at least one
    std::vector<refused_item> refused;  ///< kept so that the same key answers the same bytes
    friend bool operator==(const place_record&, const place_record&) = default;
};

/// A hold that ends, with the seat it gives back.
struct ended_hold {
    hold_id hold;
    week_id week;
    seat_number seat;
    friend bool operator==(const ended_hold&, const ended_hold&) = default;
};

/// A family gave a hold back.
struct release_record {
    ended_hold ended;
    friend bool operator==(const release_record&, const release_record&) = default;
};

/// Holds whose deadline has passed end, whichever families they are of.
struct expire_record {
    std::vector<ended_hold> ended;  ///< one to expire_items_max
    friend bool operator==(const expire_record&, const expire_record&) = default;
};

/// A week's capacity changed. Seats total_before + 1 … total are new; the retired ones go out of
/// sale, the restored ones come back.
struct capacity_record {
    week_id week;
    std::uint32_t capacity{};
    std::uint32_t total{};
    std::vector<seat_number> retired;
    std::vector<seat_number> restored;
    friend bool operator==(const capacity_record&, const capacity_record&) = default;
};

struct week_opening {
    week_id week;
    opening opens;
    friend bool operator==(const week_opening&, const week_opening&) = default;
};

/// Openings moved; the others stay as they are.
struct opening_record {
    std::vector<week_opening> weeks;
    friend bool operator==(const opening_record&, const opening_record&) = default;
};

/// A season was published or published anew. New weeks start with the capacity and opening given in
/// it; those of known weeks are moved by records of their own.
struct season_record {
    std::shared_ptr<const season> published;
    friend bool operator==(const season_record& a, const season_record& b) {
        return *a.published == *b.published;
    }
};

/// Idempotency keys of records older than `before` are forgotten.
struct forget_record {
    instant before;
    friend bool operator==(const forget_record&, const forget_record&) = default;
};

inline constexpr std::size_t expire_items_max = 64;

using record_body = std::variant<place_record, release_record, expire_record, capacity_record,
                                 opening_record, season_record, forget_record, sale_record>;

/// Stored in the journal: never renumber.
enum class record_kind : std::uint8_t {
    place = 1,
    release = 2,
    expire = 3,
    capacity = 4,
    opening = 5,
    season = 6,
    forget = 7,
    sale = 8,
};

struct record {
    campgate::sequence sequence;
    instant at;
    actor_id actor;
    record_body body;
    friend bool operator==(const record&, const record&) = default;

    record_kind kind() const noexcept { return static_cast<record_kind>(body.index() + 1); }
};

}  // namespace campgate
