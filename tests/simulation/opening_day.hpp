// One simulated opening day: real engine, sequencer, intake, queue, ledgers, views and journal
// writer over a simulated database and a virtual clock, one thread, one seed. After every step what
// parents were told is checked against the journal (DESIGN §6, I1 to I5, and strict order). On days
// with money every record's orders, payments, seats and accounts are checked as well.
#pragma once

#include "tests/simulation/simulated_database.hpp"

#include "core/order.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace campgate::simulation {

struct day_options {
    std::uint64_t seed = 1;
    unsigned steps = 300;
    unsigned faults = all_faults;
    bool telling = false;  ///< prints what happens
    bool money = false;    ///< families order, pay, and are paid back (S22 to S30, B4, B5)
};

struct day_report {
    std::optional<std::string> violated;
    std::uint64_t records = 0, answers = 0, restarts = 0, take_overs = 0, doubts = 0, alarms = 0;
    std::uint64_t sale_records = 0, bank_acts = 0, hints = 0, settled_days = 0;
    std::map<sale_event, std::uint64_t> sale_events;
};

day_report live(const day_options& options);

/// The same failure with fewer steps and fewer kinds of faults.
day_options shortened(day_options failing);

}  // namespace campgate::simulation
