// The identifiers of an opening day: distinct types with no way back by accident (DESIGN §1). All
// are plain values. Ids are opaque: nothing personal can be read from one.
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace campgate {

/// A value of type T that does not mix with other values of type T.
template <class T, class Tag>
struct strong {
    using value_type = T;
    T value{};
    friend constexpr auto operator<=>(const strong&, const strong&) = default;
};

using camp_id = strong<std::uint32_t, struct camp_tag>;
using week_id = strong<std::uint32_t, struct week_tag>;      ///< a camp week; from 1
using seat_number = strong<std::uint32_t, struct seat_tag>;  ///< a place of a week; from 1
using family_id = strong<std::uint64_t, struct family_tag>;  ///< from 1
using child_id = strong<std::uint64_t, struct child_tag>;    ///< from 1
using actor_id = strong<std::uint64_t,
                        struct actor_tag>;                     ///< a parent; 0 is the server itself
using hold_id = strong<std::uint64_t, struct hold_tag>;        ///< never reused; see make_hold_id
using sequence = strong<std::uint64_t, struct sequence_tag>;   ///< of a journal record; from 1
using batch_number = strong<std::uint64_t, struct batch_tag>;  ///< of a committed batch; from 1
using cents = strong<std::int64_t, struct cents_tag>;
/// An ISO week of a year as year * 100 + week, e.g. 202727.
using iso_week = strong<std::uint32_t, struct iso_week_tag>;

/// UTC, microseconds; local time exists only at the edges (DESIGN §3, Time).
using instant = std::chrono::sys_time<std::chrono::microseconds>;

/// What the server itself does (sweeps, operator's commands) is done by this actor.
inline constexpr actor_id server_actor{0};

/// One request names at most this many items, and becomes one record.
inline constexpr std::size_t request_items_max = 32;

/// Hold ids are numbered by their record and their place in it: unique for ever, in order. They
/// never leave the server bare: the edge adds a keyed tag that makes them unguessable.
constexpr hold_id make_hold_id(sequence record, std::size_t item) noexcept {
    return hold_id{record.value * request_items_max + item};
}

/// A client's Idempotency-Key, or the hash of a request's body: 128 opaque bits.
struct bits128 {
    std::uint64_t high{};
    std::uint64_t low{};
    friend constexpr auto operator<=>(const bits128&, const bits128&) = default;
};

/// Mixes 64 bits well (the finaliser of SplitMix64); for hashing and digests, not for secrets.
constexpr std::uint64_t mix64(std::uint64_t x) noexcept {
    x += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

}  // namespace campgate

template <class T, class Tag>
struct std::hash<campgate::strong<T, Tag>> {
    std::size_t operator()(const campgate::strong<T, Tag>& id) const noexcept {
        return static_cast<std::size_t>(campgate::mix64(static_cast<std::uint64_t>(id.value)));
    }
};
