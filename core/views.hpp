// What has been committed and published, for any thread to read: availability, the season, each
// family's holds, answered keys, and the facts that eligibility needs. Written by the sequencer
// thread (facts: by whoever keeps the family files), always replaced whole.
// [!] After a commit keys and families are published before availability, so whoever sees a seat
// gone can also see who got it (DESIGN §3).
#pragma once

#include "core/engine.hpp"
#include "core/family_facts.hpp"
#include "core/ids.hpp"
#include "core/season.hpp"
#include "core/threads.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace campgate {

/// An immutable value that is replaced whole. Thread safety: any thread.
template <class T>
class published {
public:
    std::shared_ptr<const T> load() const {
        const std::lock_guard lock{mutex_};
        return value_;
    }
    void store(std::shared_ptr<const T> value) {
        const std::lock_guard lock{mutex_};
        value_.swap(value);
    }

private:
    mutable threads::mutex mutex_;
    std::shared_ptr<const T> value_ = std::make_shared<const T>();
};

/// A map of immutable values in shards, each under its own lock. Thread safety: any thread.
template <class Key, class T, class Hash = std::hash<Key>>
class published_map {
public:
    std::shared_ptr<const T> find(const Key& key) const {
        const shard& s = shard_of(key);
        const std::lock_guard lock{s.mutex};
        const auto found = s.map.find(key);
        return found == s.map.end() ? nullptr : found->second;
    }
    void put(const Key& key, std::shared_ptr<const T> value) {
        shard& s = shard_of(key);
        const std::lock_guard lock{s.mutex};
        s.map.insert_or_assign(key, std::move(value));
    }
    void erase(const Key& key) {
        shard& s = shard_of(key);
        const std::lock_guard lock{s.mutex};
        s.map.erase(key);
    }
    template <class Condition>
    void erase_if(Condition condition) {
        for (shard& s : shards_) {
            const std::lock_guard lock{s.mutex};
            std::erase_if(s.map, [&](const auto& entry) { return condition(*entry.second); });
        }
    }
    /// Room for so many, spread evenly.
    void reserve(std::size_t count) {
        for (shard& s : shards_) {
            const std::lock_guard lock{s.mutex};
            s.map.reserve(count / shard_count + count / (8 * shard_count));
        }
    }
    std::size_t size() const {
        std::size_t n = 0;
        for (const shard& s : shards_) {
            const std::lock_guard lock{s.mutex};
            n += s.map.size();
        }
        return n;
    }

private:
    struct shard {
        mutable threads::mutex mutex;
        std::unordered_map<Key, std::shared_ptr<const T>, Hash> map;
    };
    static constexpr std::size_t shard_count = 64;
    std::size_t index_of(const Key& key) const { return (Hash{}(key) >> 20) % shard_count; }
    shard& shard_of(const Key& key) { return shards_[index_of(key)]; }
    const shard& shard_of(const Key& key) const { return shards_[index_of(key)]; }

    std::array<shard, shard_count> shards_;
};

struct week_availability {
    week_id week;
    std::uint32_t available{};
    campgate::sequence changed;  ///< when `available` was last another
};

/// One view of all weeks of the season, at one sequence.
struct availability_view {
    campgate::sequence at;                 ///< everything up to here is in it
    campgate::sequence changed;            ///< the newest of the weeks' `changed`: the
                                           ///< version of the content
    std::vector<week_availability> weeks;  ///< ascending week

    const week_availability* find(week_id week) const noexcept {
        const auto at_week = std::ranges::lower_bound(weeks, week, {}, &week_availability::week);
        return at_week != weeks.end() && at_week->week == week ? &*at_week : nullptr;
    }
};

/// The season with the capacity and openings in force.
struct season_view {
    campgate::sequence changed;
    std::shared_ptr<const season> published;  ///< null before the first import
    std::vector<week_row> rows;               ///< week n at n - 1

    /// A week of the season, or null.
    const camp_week* find(week_id week) const noexcept {
        return published ? published->find(week) : nullptr;
    }
    const week_row& row(week_id week) const noexcept { return rows[week.value - 1]; }
};

struct family_view {
    campgate::sequence changed;
    std::vector<family_hold> holds;  ///< ascending hold; bookings among them
    family_sales sales{};
};

/// A key is a parent's own: two parents never meet on one.
struct actor_key {
    actor_id actor;
    bits128 key;
    friend bool operator==(const actor_key&, const actor_key&) = default;
};

struct actor_key_hash {
    std::size_t operator()(const actor_key& k) const noexcept {
        return mix64(k.actor.value ^ mix64(k.key.high ^ mix64(k.key.low)));
    }
};

struct views {
    published<availability_view> availability;
    published<season_view> season;
    published_map<family_id, family_view> families;  ///< families that hold or held something
    published_map<actor_key, key_answer, actor_key_hash> keys;
    published_map<family_id, family_facts> facts;
};

}  // namespace campgate
