// --closed and --steady: from the login to the line of figures.
#include "loadtest/address.hpp"
#include "loadtest/descriptors.hpp"
#include "loadtest/gallery.hpp"
#include "loadtest/input_fault.hpp"
#include "loadtest/judge.hpp"
#include "loadtest/runs.hpp"
#include "loadtest/toggle_load.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>

namespace campgate::rush {

namespace {

told_season told_of(const season_facts& season) {
    told_season told{
        season.sequence, season.weeks_per_child, season.holds_per_family, season.hold_seconds, {}};
    for (const season_week& w : season.weeks) told.weeks.push_back({w.id, w.iso_week, w.capacity});
    return told;
}

boost::json::object json_of(const rush_options& options, const toggle_result& r,
                            std::size_t connections) {
    boost::json::object other;
    for (const auto& [name, count] : r.other) other[name] = count;
    return {{"mode", options.rate > 0 ? "steady" : "closed"},
            {"connections", connections},
            {"rate_asked", options.rate},
            {"week", options.week},
            {"seconds", r.seconds},
            {"held", r.held},
            {"released", r.released},
            {"refused", r.refused},
            {"other", std::move(other)},
            {"per_second", static_cast<double>(r.answers()) / r.seconds},
            {"changes_per_second", static_cast<double>(r.held + r.released) / r.seconds},
            {"latency_us",
             {{"p50", r.latency.at_percentile(50)},
              {"p90", r.latency.at_percentile(90)},
              {"p99", r.latency.at_percentile(99)},
              {"p99_9", r.latency.at_percentile(99.9)},
              {"max", r.latency.max()}}},
            {"own_cpu_us_per_request", r.cpu_seconds * 1e6 / static_cast<double>(r.answers())}};
}

double ms(const hdr_histogram& h, double percentile) {
    return static_cast<double>(h.at_percentile(percentile)) / 1e3;
}

void print(const toggle_result& r, std::size_t connections) {
    std::printf(
        "%.0f requests/s: %.0f holds/s, %.0f releases/s, %.0f refusals/s",
        static_cast<double>(r.answers()) / r.seconds, static_cast<double>(r.held) / r.seconds,
        static_cast<double>(r.released) / r.seconds, static_cast<double>(r.refused) / r.seconds);
    for (const auto& [name, count] : r.other)
        std::printf(", %s %llu", name.c_str(), static_cast<unsigned long long>(count));
    std::printf(
        "\nlatency p50 %.2f ms, p90 %.2f, p99 %.2f, p99.9 %.2f, max %.2f; %zu connections, %.1f s, "
        "own processor %.1f us a request\n",
        ms(r.latency, 50), ms(r.latency, 90), ms(r.latency, 99), ms(r.latency, 99.9),
        static_cast<double>(r.latency.max()) / 1e3, connections, r.seconds,
        r.cpu_seconds * 1e6 / static_cast<double>(r.answers()));
}

}  // namespace

int run_toggle(const rush_options& options) {
    need_descriptors(std::uint64_t{options.connections} + options.watchers, 1, 1, false);
    asio::io_context io{1};
    const target to = resolve_url(io, options.url);
    const season_facts season = read_season(fetch(io, to, "/api/v1/season"));
    std::optional<told_log> told;
    if (!options.told.empty()) {
        told.emplace(options.told);
        told->write(told_of(season));
    }
    toggle_load load{io, to, options, season, told ? &*told : nullptr};
    entrance way_in{io, to, {read_cookies(options.cookies), {}, options.families_from}, 0, 1};
    const std::size_t in =
        way_in.run(options.connections, [&](visitor&& v) { return load.take(std::move(v)); });
    if (in == 0)
        throw input_fault("no family has a child that could have a place now; has it opened?");
    if (in < options.connections)
        std::fprintf(stderr, "campgate-rush: %zu connections only, no more families fit\n", in);

    calendar_book book{season, told ? &*told : nullptr};
    watch_floor floor{io, to, book, nullptr, nullptr};
    gallery audience{floor, options.watchers, 1'000'000};
    if (audience.fill(std::chrono::seconds{60}) < options.watchers)
        throw input_fault("only " + std::to_string(audience.open()) + " of " +
                          std::to_string(options.watchers) + " watchers got a calendar");

    std::uint64_t before = 0;
    const toggle_result result = load.run([&](std::uint64_t answers) {
        if (!options.quiet)
            std::fprintf(stderr, "\r%llu requests/s   ",
                         static_cast<unsigned long long>(answers - before));
        before = answers;
    });
    if (!options.quiet) std::fputs("\r", stderr);
    print(result, in);
    // The last frames are still on their way.
    const moment listened = now() + std::chrono::milliseconds{options.watchers > 0 ? 500 : 0};
    while (now() < listened) io.run_one_until(listened);
    tally watched;
    watched.see(book);
    watched.acknowledgements = result.acknowledgements;
    const hdr_histogram delay = watched.answer_to_last_calendar();
    if (options.watchers > 0)
        std::printf(
            "answer to the last of %u calendars p50 %.1f ms, p99 %.1f, p99.9 %.1f, max %.1f; %llu "
            "frames\n",
            options.watchers, ms(delay, 50), ms(delay, 99), ms(delay, 99.9), ms(delay, 100),
            static_cast<unsigned long long>(floor.frames));
    if (!options.json.empty()) {
        std::ofstream out(options.json);
        boost::json::object summary = json_of(options, result, in);
        summary["watchers"] = options.watchers;
        summary["answer_to_last_calendar_us"] =
            boost::json::object{{"p50", delay.at_percentile(50)}, {"p99", delay.at_percentile(99)}};
        out << boost::json::serialize(summary) << '\n';
        if (!out) throw input_fault(options.json + ": cannot be written");
    }
    if (!told) return 0;
    told->write(read_weeks(fetch(io, to, "/api/v1/weeks")));
    told.reset();
    if (!options.after.empty() && std::system(options.after.c_str()) != 0)
        throw input_fault("--after: the command failed: " + options.after);
    const findings found = judge_files(options.told, options.journal);
    std::fputs(verdict_text(found).c_str(), stdout);
    return found.broken() == 0 ? 0 : 1;
}

}  // namespace campgate::rush
