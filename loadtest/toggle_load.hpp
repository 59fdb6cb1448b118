// Connections that hold a seat and release it in turn, so that seats never run out: as fast as they
// go (closed loop), or so many requests a second, each counted from when it was due (open loop).
// One family and one child a connection. Thread safety: one thread.
#pragma once

#include "loadtest/entrance.hpp"
#include "loadtest/hdr_histogram.hpp"
#include "loadtest/rush_options.hpp"
#include "loadtest/tally.hpp"
#include "loadtest/told.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace campgate::rush {

/// Of the time after the warm-up.
struct toggle_result {
    double seconds{};
    double cpu_seconds{};  // our own
    std::uint64_t held{};
    std::uint64_t released{};
    std::uint64_t refused{};                     // nothing placed
    std::map<std::string, std::uint64_t> other;  // problem names, "no_answer"
    hdr_histogram latency;                       // microseconds
    std::vector<acknowledged> acknowledgements;  // of holds, where somebody watches

    std::uint64_t answers() const;
};

class toggle_load {
public:
    toggle_load(asio::io_context& io, const target& to, const rush_options& options,
                const season_facts& season, told_log* told);
    ~toggle_load();

    /// Takes a visitor in, where one of its children can have a week that is wanted.
    bool take(visitor&& v);
    std::size_t size() const { return togglers_.size(); }

    /// Runs warm-up and measurement. `progress` is called once a second with the answers so far.
    /// Throws input_fault when the server has gone.
    toggle_result run(const std::function<void(std::uint64_t)>& progress);

private:
    struct toggler;
    void due(toggler& t, moment at);
    void ask(toggler& t, moment since);
    void answered(toggler& t, const http_answer& a);
    void placed(toggler& t, const http_answer& a);
    void tell_place(toggler& t, const http_answer& a, moment at);
    void idle(toggler& t);
    void pause(toggler& t, int seconds);
    void tick();
    void second();

    asio::io_context& io_;
    const target& to_;
    const rush_options& options_;
    told_log* told_;
    std::map<std::uint32_t, std::uint32_t> users_;  // of each week
    std::vector<std::unique_ptr<toggler>> togglers_;
    bool measuring_ = false;
    bool over_ = false;
    std::uint64_t ever_ = 0;         // answers, warm-up included
    std::uint64_t ever_before_ = 0;  // a second ago
    std::uint64_t unanswered_ = 0;   // requests since then that found nobody
    unsigned seconds_unanswered_ = 0;
    toggle_result result_;
    timer clock_;
    timer schedule_;
    const std::function<void(std::uint64_t)>* progress_ = nullptr;

    // Open loop: requests that are due, and connections that are free.
    moment next_due_{};
    std::chrono::nanoseconds interval_{};
    std::deque<moment> waiting_;
    std::vector<toggler*> free_;
};

}  // namespace campgate::rush
