// Family files: families, parents, children with the facts that gate a hold. Names are personal
// data: they are read here and shown to the family and the staff, never logged. Called by workers
// and at start; every function throws database_error. Thread safety: that of the connection.
#pragma once

#include "core/ids.hpp"
#include "core/season.hpp"
#include "persistence/pg_connection.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace campgate {

struct parent_row {
    actor_id id;
    std::string given_name;
    std::string family_name;
    friend bool operator==(const parent_row&, const parent_row&) = default;
};

struct child_row {
    child_id id;
    std::string given_name;
    std::chrono::sys_days birth_date;
    price_class charged_as = price_class::other;
    std::optional<instant> sheet_validated_at;   ///< last validation of the health sheet (S15)
    std::optional<actor_id> invoiceable_parent;  ///< R9
    friend bool operator==(const child_row&, const child_row&) = default;
};

struct family_row {
    family_id id;
    std::string postcode;
    std::uint64_t version = 1;
    std::vector<parent_row> parents;  ///< ascending id
    std::vector<child_row> children;  ///< ascending id
    friend bool operator==(const family_row&, const family_row&) = default;
};

/// Writes the families whole, in one transaction; those that are there already are replaced.
void write_families(pg_connection& connection, std::span<const family_row> families);

/// Every family, ascending id.
std::vector<family_row> load_families(pg_connection& connection);

std::uint64_t count_families(pg_connection& connection);

}  // namespace campgate
