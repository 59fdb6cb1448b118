// One worker of a rush, a process of its own: lets its share of the parents in, opens their
// calendars, waits for the opening, and lets the day happen.
#pragma once

#include "loadtest/board.hpp"
#include "loadtest/rush_options.hpp"
#include "loadtest/tally.hpp"

#include <cstdint>
#include <string>

namespace campgate::rush {

struct worker_share {
    std::uint32_t number{};  // of `of`, from 0
    std::uint32_t of{1};
    std::string told;  // files for its part, may be empty
    std::string record;
};

/// Runs to the end of the day. Throws input_fault or api_fault.
tally run_worker(const rush_options& options, const worker_share& share, board& shared);

}  // namespace campgate::rush
