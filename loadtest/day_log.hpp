// A recorded day: who clicked when, for what; NDJSON, a click a line, in the order they happened:
//   {"at":microseconds from the opening,"family":F,"mode":"each","items":[[week,child],…]}
#pragma once

#include "loadtest/scenario.hpp"

#include <cstdint>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace campgate::rush {

class day_log {
public:
    /// Throws input_fault when it cannot be written.
    explicit day_log(const std::string& path);
    void write(std::uint64_t family, const planned_click& click);

private:
    std::ofstream out_;
};

/// Each family's clicks in order. Throws input_fault, naming file and line.
std::map<std::uint64_t, std::vector<planned_click>> read_day(const std::string& path);

}  // namespace campgate::rush
