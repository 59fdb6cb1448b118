// The journal's database as one value in memory: the writer row, the journal, the state tables, and
// commit_batch with its fence and counted rows. Around it what networks and databases do: replies
// that are lost, sessions that commit after they were given up, standbys, outages, older states.
// One thread.
#pragma once

#include "persistence/journal_store.hpp"

#include "core/engine.hpp"
#include "core/ports.hpp"
#include "core/stored_state.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace campgate::simulation {

/// Kinds of faults, for a mask.
enum fault : unsigned {
    request_lost = 1 << 0,   // the batch never arrives
    reply_lost = 1 << 1,     // it committed, the answer does not arrive
    late_commit = 1 << 2,    // the session is given up; it commits later, or tries to
    slow = 1 << 3,           // it answers, seconds later
    outage = 1 << 4,         // nothing is reachable for a while
    read_only = 1 << 5,      // a standby answers
    bump_lost = 1 << 6,      // the epoch was raised, the answer does not arrive
    older_state = 1 << 7,    // the database comes back as it was before
    other_owner = 1 << 8,    // a second process takes over while the first lives
    crash = 1 << 9,          // the process ends between two steps
    crash_inside = 1 << 10,  // the process ends inside of a round
    clock_jump = 1 << 11,    // the wall clock is elsewhere
    answer_lost = 1 << 12,   // a parent went away
    no_faults = 0,
    all_faults = (1 << 13) - 1,
};

/// The process ends here.
struct process_killed {};

/// What must not happen did.
class violation : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class random_source {
public:
    explicit random_source(std::uint64_t seed) : state_(mix64(seed)) {}
    std::uint64_t next() { return mix64(state_ += 0x9e3779b97f4a7c15ULL); }
    std::uint64_t below(std::uint64_t n) { return next() % n; }
    bool one_in(std::uint64_t n) { return below(n) == 0; }

private:
    std::uint64_t state_;
};

class virtual_clock final : public clock_port {
public:
    instant now() const override { return wall; }
    boot_instant boot() const override { return since_boot; }
    instant wall{};
    boot_instant since_boot{std::chrono::hours{1}};
};

class simulated_database {
public:
    struct journal_row {
        std::uint64_t batch;
        encoded_record record;
    };
    struct tables {
        std::map<week_id, week_row> weeks;
        std::map<std::pair<week_id, seat_number>, seat_row> seats;
        std::map<std::pair<actor_id, bits128>, key_row> keys;
        std::map<std::pair<sale_row_kind, std::uint64_t>, sale_row> sales;
        std::array<cents, accounts> balances{};  // what the entries of money add up to
        std::optional<season_row> season;
        std::uint64_t epoch = 0, last_batch = 0, last_sequence = 0, digest = 0;
        owner_id owner;
        std::size_t journal_size = 0;
    };

    /// The function commit_batch: all or nothing.
    send_result commit_batch(const fence& by, const batch& b, boot_instant at);
    /// What recovery loads; the keys' records come with them.
    stored_state load() const;
    /// As dump gives it.
    stored_state dump() const;
    void take_ownership(owner_id owner, boot_instant at);
    /// As it was at the snapshot; what came later is gone.
    void restore(const tables& snapshot);

    tables now;
    std::vector<journal_row> journal;  // sequence n at n - 1
    boot_instant seen{};
    /// Called with every record that is committed, and after each batch.
    std::function<void(const encoded_record&)> on_record;
    std::function<void()> on_batch;
};

}  // namespace campgate::simulation
