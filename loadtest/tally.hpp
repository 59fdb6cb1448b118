// What a run counted, of one worker or of all. Values: written as JSON by a worker, read and added
// by the process that started it.
#pragma once

#include "loadtest/calendar_book.hpp"
#include "loadtest/hdr_histogram.hpp"

#include <boost/json/object.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace campgate::rush {

/// How a request for places was answered.
enum class outcome : std::uint8_t {
    placed,       ///< all of it
    partly,       ///< some of it
    refused,      ///< none of it, and why
    repeated,     ///< the same key again: the same answer again
    turned_away,  ///< 429 or 503: come back
    lost,         ///< no answer
};
inline constexpr std::size_t outcomes = 6;
inline constexpr std::array<std::string_view, outcomes> outcome_names{
    "placed", "partly", "refused", "repeated", "turned_away", "lost"};

/// The time line's step.
inline constexpr std::int64_t slice_micros = 50'000;

struct time_slice {
    std::uint64_t due{};  // clicks on the button
    std::array<std::uint64_t, outcomes> answers{};
    std::uint64_t reads{};  // reloads and baskets
    std::uint64_t releases{};
};

struct acknowledged {
    std::uint64_t sequence{};
    std::int64_t at{};  // microseconds since 1970
};

struct tally {
    std::int64_t opened{};  // the opening, microseconds since 1970 on our clock
    std::map<std::string, std::uint64_t> counts;
    std::map<std::string, std::uint64_t> reasons;  // of refused items
    hdr_histogram clicks;                          // from due to answered, microseconds
    hdr_histogram lateness;                        // from due to sent: our own fault
    hdr_histogram reads;
    hdr_histogram releases;
    std::map<std::int64_t, time_slice> slices;  // by number of slices since the opening
    std::vector<acknowledged> acknowledgements;
    std::map<std::uint64_t, frame_times> frames;
    std::map<std::int64_t, std::vector<std::uint32_t>> calendar;  // by slice, the last seen

    time_slice& slice(std::int64_t at);
    void see(const calendar_book& book);
    void add(const tally& other);

    /// From the answer that changed something to the last socket's frame with it.
    hdr_histogram answer_to_last_calendar() const;

    boost::json::object to_json() const;
    static tally from_json(const boost::json::object& from);
};

}  // namespace campgate::rush
