// `campgate doctor`: is what is stored what was decided? The whole journal is folded through a new
// engine, checked record by record, and compared with the state tables row by row (I2, I4, I5).
// Reads one snapshot and changes nothing, so it may run beside a server.
#pragma once

#include "persistence/pg_connection.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace campgate {

struct doctor_finding {
    std::string check;  ///< a stable name: schema, journal, capacity, seats, keys, weeks, …
    bool good = false;
    std::string text;  ///< one line, without personal data
};

struct doctor_report {
    std::vector<doctor_finding> findings;
    std::uint64_t records = 0;
    std::uint64_t batches = 0;
    std::uint64_t holds = 0;
    std::uint64_t keys = 0;

    bool healthy() const noexcept;
    /// For a person: one line a finding.
    std::string text() const;
    /// For a machine: one JSON object.
    std::string json() const;
};

/// Throws database_error when the database cannot be read; what is wrong in it is in the report.
doctor_report run_doctor(pg_connection& connection);

}  // namespace campgate
