#include "loadtest/day_result.hpp"

#include "loadtest/judge.hpp"

#include <cstdio>

namespace campgate::rush {

namespace json = boost::json;

namespace {

std::string line(const char* format, auto... values) {
    char text[256];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

double ms(const hdr_histogram& h, double percentile) {
    return static_cast<double>(h.at_percentile(percentile)) / 1e3;
}

std::string spread_text(const char* what, const hdr_histogram& h) {
    if (h.total() == 0) return {};
    return line("%-28s p50 %.1f ms, p90 %.1f, p99 %.1f, p99.9 %.1f, max %.1f (%llu)\n", what,
                ms(h, 50), ms(h, 90), ms(h, 99), ms(h, 99.9), static_cast<double>(h.max()) / 1e3,
                static_cast<unsigned long long>(h.total()));
}

json::object spread_json(const hdr_histogram& h) {
    return {{"count", h.total()},
            {"mean", h.mean()},
            {"p50", h.at_percentile(50)},
            {"p75", h.at_percentile(75)},
            {"p90", h.at_percentile(90)},
            {"p99", h.at_percentile(99)},
            {"p99_9", h.at_percentile(99.9)},
            {"max", h.max()}};
}

json::object object_of(const std::map<std::string, std::uint64_t>& counts) {
    json::object out;
    for (const auto& [name, count] : counts) out[name] = count;
    return out;
}

unsigned long long n(std::uint64_t value) {
    return value;
}

}  // namespace

std::string summary_text(const day_result& day) {
    const tally& t = day.counted;
    std::string out;
    if (day.options.mode == rush_mode::watch) {
        out +=
            line("%llu sockets watched, %llu frames in %.0f s, %llu bytes in all\n",
                 n(day.count("sockets")), n(day.count("frames_while_watching")),
                 static_cast<double>(day.options.lasts.count()) / 1e6, n(day.count("frame_bytes")));
    } else {
        out += line("%llu parents clicked %llu times for %llu places and hold %llu\n",
                    n(day.count("parents")), n(day.count("clicks")), n(day.count("items")),
                    n(day.count("seats_held")));
        out += "answers:";
        for (const std::string_view name : outcome_names)
            out += line(" %s %llu", std::string{name}.c_str(),
                        n(day.count("answers_" + std::string{name})));
        out += "\nreasons:";
        for (const auto& [name, count] : t.reasons) out += line(" %s %llu", name.c_str(), n(count));
        for (const auto& [name, count] : t.counts) {
            if (name.starts_with("problem_")) out += line(" | %s %llu", name.c_str() + 8, n(count));
        }
        out += line(
            "\nalso: %llu double clicks, %llu lost connections, %llu second choices, %llu reads, "
            "%llu released, %llu gave up\n",
            n(day.count("double_clicks")), n(day.count("connections_lost")),
            n(day.count("second_choices")), n(day.count("reads")), n(day.count("released")),
            n(day.count("gave_up")));
        out += spread_text("click to answer", t.clicks);
        out += spread_text("  of which our own lateness", t.lateness);
        out += spread_text("reload to answer", t.reads);
        out += spread_text("release to answer", t.releases);
    }
    out += spread_text("answer to the last calendar", day.last_calendar);
    if (!day.server.empty()) {
        double most = 0;
        double database = 0;
        std::uint64_t bytes = 0;
        for (const server_sample& s : day.server) {
            most = std::max(most, s.server_cpu);
            database = std::max(database, s.database_cpu);
            bytes = std::max(bytes, s.server_bytes);
        }
        out += line("server: at most %.2f processors and %.0f MiB, its database %.2f\n", most,
                    static_cast<double>(bytes) / 1048576.0, database);
    }
    if (!day.judged) return out + "not judged: give --told, and --journal\n";
    out += day.judged->broken() == 0
               ? line("judge%s: everything told was true\n",
                      day.by_journal ? ", by the journal" : ", without the journal")
               : line("judge: %llu FALSE\n", n(day.judged->broken()));
    return out + verdict_text(*day.judged);
}

json::object summary_json(const day_result& day) {
    json::object out{{"mode", day.options.mode == rush_mode::watch    ? "watch"
                              : day.options.mode == rush_mode::replay ? "replay"
                                                                      : "rush"},
                     {"url", day.options.url},
                     {"seed", day.options.seed},
                     {"workers", day.options.workers},
                     {"spread_us", day.options.spread.count()},
                     {"opened_us", day.counted.opened},
                     {"counts", object_of(day.counted.counts)},
                     {"reasons", object_of(day.counted.reasons)},
                     {"click_to_answer_us", spread_json(day.counted.clicks)},
                     {"own_lateness_us", spread_json(day.counted.lateness)},
                     {"reload_to_answer_us", spread_json(day.counted.reads)},
                     {"release_to_answer_us", spread_json(day.counted.releases)},
                     {"answer_to_last_calendar_us", spread_json(day.last_calendar)},
                     {"worker_cpu_seconds", day.worker_cpu_seconds}};
    json::array samples;
    for (const server_sample& s : day.server)
        samples.push_back(json::object{{"at_us", s.at - day.counted.opened},
                                       {"server_cpu", s.server_cpu},
                                       {"database_cpu", s.database_cpu},
                                       {"server_bytes", s.server_bytes},
                                       {"database_bytes", s.database_bytes}});
    out["server"] = std::move(samples);
    if (!day.judged) return out;
    json::object rules;
    for (const auto& [rule, of] : day.judged->rules())
        rules[rule] =
            json::object{{"checked", of.checked},
                         {"broken", of.broken},
                         {"evidence", json::array(of.evidence.begin(), of.evidence.end())}};
    out["judge"] = json::object{{"by_journal", day.by_journal},
                                {"broken", day.judged->broken()},
                                {"rules", std::move(rules)}};
    return out;
}

}  // namespace campgate::rush
