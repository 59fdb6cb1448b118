// A whole day as it was: what the summary, the JSON and the report are made from.
#pragma once

#include "loadtest/api.hpp"
#include "loadtest/findings.hpp"
#include "loadtest/rush_options.hpp"
#include "loadtest/server_probe.hpp"
#include "loadtest/tally.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <vector>

namespace campgate::rush {

struct day_result {
    rush_options options;
    season_facts season;
    tally counted;
    hdr_histogram last_calendar;  // from an answer to the last socket, microseconds
    double worker_cpu_seconds{};  // from the opening's wait to the end
    std::vector<server_sample> server;
    std::optional<findings> judged;
    bool by_journal{};

    std::uint64_t count(const std::string& name) const {
        const auto found = counted.counts.find(name);
        return found == counted.counts.end() ? 0 : found->second;
    }
};

/// For the terminal.
std::string summary_text(const day_result& day);
boost::json::object summary_json(const day_result& day);

}  // namespace campgate::rush
