// An engine whose batches go through the real function, as the sequencer would send them: decide,
// apply, collect, commit. Fixture of the tests against PostgreSQL.
#pragma once

#include "core/ports.hpp"
#include "core/record_codec.hpp"
#include "persistence/pg_journal_store.hpp"
#include "persistence/recovery.hpp"
#include "tests/integration/persistence/test_database.hpp"
#include "tests/unit/core/small_world.hpp"

#include <random>
#include <string>

namespace campgate::test {

class real_clock final : public clock_port {
public:
    instant now() const override {
        return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    }
    boot_instant boot() const override {
        return std::chrono::steady_clock::now().time_since_epoch();
    }
};

class test_journal {
public:
    explicit test_journal(std::string url_)
        : url(std::move(url_)),
          owned(own(url)),
          store(url),
          number(owned.last_batch.value) {}

    /// Decides and, when there is a record, applies it into the batch under way.
    decision run(const command& c) {
        decision d = world.run(c, now, &pending.rows);
        if (d.kind == decision_kind::decided) pending.records.push_back(encode(*d.made));
        return d;
    }

    /// The batch under way, whole; the next one begins.
    batch close() {
        batch b = std::move(pending);
        pending = {};
        batch_start = now;
        make_net(b.rows);
        b.number = {++number};
        b.at = now;
        b.last = world.rules.last_sequence();
        b.digest = world.rules.digest();
        return b;
    }

    send_result send(const batch& b) { return store.send({owned.owner, owned.epoch}, b); }
    send_result commit() { return send(close()); }

    std::string url;
    ownership owned;
    pg_journal_store store;
    small_world::world world;
    batch pending;
    std::uint64_t number;
    instant now = small_world::open_now;
    instant batch_start = now;
};

/// What the engine says the tables hold, comparable with load_state.
inline stored_state state_of(const test_journal& j) {
    stored_state s = j.world.rules.dump();
    s.last_batch = {j.number};
    return s;
}

/// What the tables hold, without the records of the keys, which dump() does not give.
inline stored_state loaded_from(const std::string& url) {
    pg_connection connection(url);
    stored_state s = load_state(connection);
    for (stored_key& k : s.keys) k.record_body.clear();
    return s;
}

inline std::vector<std::string> tail_differences(const std::string& url) {
    pg_connection connection(url);
    return compare_tail(connection, load_state(connection));
}

/// A stream of commands as an opening day has them, and rarer ones, from a seed.
class random_commands {
public:
    explicit random_commands(std::uint64_t seed) : random_(seed) {}

    std::uint64_t below(std::uint64_t n) { return random_() % n; }

    /// Runs one command; time goes on by up to three hours.
    void step(test_journal& j) {
        j.now += std::chrono::seconds{below(3 * 3600)};
        const std::uint64_t families = 12;
        switch (below(20)) {
            case 0: import(j); return;
            case 1:
            case 2:
                j.run(set_capacity_command{week(j), static_cast<std::uint32_t>(1 + below(8))});
                return;
            case 3: open(j); return;
            case 4:
                // As the sequencer does it: ever later, and always before the batch under way.
                forgotten_ = std::max(forgotten_, j.batch_start - std::chrono::hours{below(60)});
                j.run(forget_command{forgotten_});
                return;
            case 5:
            case 6: {
                const std::vector<hold_id> due = j.world.rules.due(j.now, expire_items_max);
                if (!due.empty()) j.run(expire_command{due});
                return;
            }
            case 7:
            case 8:
            case 9:
            case 10:
            case 11: {
                const family_id family{1 + below(families)};
                const auto holds = j.world.rules.holds_of(family);
                if (holds.empty()) return;
                j.run(release_command{{family.value}, family, holds[below(holds.size())].hold});
                return;
            }
            default: place(j, 1 + below(families)); return;
        }
    }

private:
    week_id week(const test_journal& j) {
        const auto weeks = j.world.rules.weeks();
        return {static_cast<std::uint32_t>(1 + below(std::max<std::size_t>(weeks.size(), 1)))};
    }
    void place(test_journal& j, std::uint64_t family) {
        if (j.world.rules.weeks().empty()) return;
        std::vector<place_item> items;
        std::set<std::pair<std::uint64_t, std::uint32_t>> asked;
        for (std::uint64_t n = 1 + below(5); n > 0; --n) {
            const week_id w = week(j);
            const child_id child = small_world::child_of(family, 1 + below(4));
            const iso_week iso = j.world.rules.weeks()[w.value - 1].iso;
            if (asked.insert({child.value, iso.value}).second) items.push_back({w, child, no_seat});
        }
        // Few keys: some are used again, also after they were forgotten.
        j.run(small_world::place_of(family, below(40),
                                    below(2) == 0 ? place_mode::all : place_mode::each, items));
    }
    void open(test_journal& j) {
        std::vector<week_id> weeks;
        for (std::uint64_t n = below(3); n > 0; --n) weeks.push_back(week(j));
        std::ranges::sort(weeks);
        weeks.erase(std::ranges::unique(weeks).begin(), weeks.end());
        j.run(set_opening_command{weeks, small_world::open_now + std::chrono::seconds{below(9)}});
    }
    void import(test_journal& j) {
        camps_ = std::min<std::size_t>(camps_ + below(2), 4);
        std::vector<std::vector<std::uint32_t>> capacities(camps_);
        for (auto& weeks : capacities) weeks = {2, 1, 5};
        season draft = small_world::draft_of_camps(capacities);
        draft.name.nl = "Zomer " + std::to_string(below(5)) + " \"'\\";
        if (below(3) == 0)
            draft.weeks[0].opens.residents = small_world::opening_time - std::chrono::hours{2};
        j.run(small_world::import_of(std::move(draft)));
    }

    std::mt19937_64 random_;
    instant forgotten_{};
    std::size_t camps_ = 1;
};

}  // namespace campgate::test
