// The state tables as loaded at start, in the order of their keys: what an engine is restored from.
#pragma once

#include "core/batch.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace campgate {

struct stored_seat {
    week_id week;
    seat_number seat;
    seat_row row;  ///< held or retired; free seats are not listed
    friend bool operator==(const stored_seat&, const stored_seat&) = default;
};

/// A key and the body of the record that it made: the answer is in it.
struct stored_key {
    key_row row;
    std::string record_body;
    friend bool operator==(const stored_key&, const stored_key&) = default;
};

struct stored_state {
    batch_number last_batch;
    sequence last_sequence;
    std::uint64_t digest{};
    std::optional<season_row> season;  ///< the newest version; none before the first import
    std::vector<week_row> weeks;
    std::vector<stored_seat> seats;
    std::vector<stored_key> keys;
    std::vector<sale_row> sales;  ///< by kind and id
    std::vector<cents> balances;  ///< of the accounts in their order; empty: all zero
    friend bool operator==(const stored_state&, const stored_state&) = default;
};

}  // namespace campgate
