// What a run of campgate-rush is asked for. Values only; read-only after parsing.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace campgate::rush {

enum class rush_mode { rush, closed, steady, watch, replay, judge };

struct rush_options {
    rush_mode mode = rush_mode::rush;

    std::string url = "http://127.0.0.1:8080";
    std::uint64_t families_from = 1;  ///< the first demo family that takes part
    std::string cookies;              ///< file with a cookie a line, instead of the demo login
    std::uint64_t seed = 1;           ///< of everything drawn
    std::uint32_t workers = 1;
    std::chrono::microseconds patience = std::chrono::minutes{10};  ///< to wait for the opening
    std::int64_t pid = 0;  ///< of the server, to watch its processor and memory

    // The opening day.
    std::uint32_t parents = 1000;
    std::chrono::microseconds spread = std::chrono::seconds{1};  ///< of the clicks
    std::string record;
    std::string replay;

    // As fast as it goes, or so many a second.
    std::uint32_t connections = 64;
    double rate = 0;             ///< requests a second; 0: as fast as they go
    std::uint32_t week = 0;      ///< the one hot week; 0: all weeks alike
    std::uint32_t watchers = 0;  ///< sockets that only listen
    std::chrono::microseconds warm_up = std::chrono::seconds{1};
    std::chrono::microseconds lasts = std::chrono::seconds{10};

    // What comes out.
    std::string told;     ///< file for what clients were told
    std::string journal;  ///< export to judge by
    std::string after;    ///< command to run before judging, for the export
    std::string json;
    std::string report;
    bool quiet = false;

    bool help = false;
    bool version = false;
};

/// Throws input_fault.
rush_options parse_options(const std::vector<std::string>& arguments);

std::string help_text();

}  // namespace campgate::rush
