#include "loadtest/report.hpp"

#include "loadtest/report_style.hpp"
#include "loadtest/svg_plot.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <functional>

namespace campgate::rush {

namespace {

using point_list = std::vector<std::pair<double, double>>;

constexpr double slice_seconds = static_cast<double>(slice_micros) / 1e6;
constexpr int bars_max = 150;

// ---- the time line
// -----------------------------------------------------------------------------------

// What happened from when to when, in whole bars of some slices.
struct time_line {
    std::int64_t first{};  // slice
    std::int64_t bars{};
    std::int64_t slices{1};  // a bar

    double begin() const { return static_cast<double>(first) * slice_seconds; }
    double bar() const { return static_cast<double>(slices) * slice_seconds; }
    double end() const { return begin() + static_cast<double>(bars) * bar(); }
};

time_line time_line_of(const tally& t) {
    std::int64_t first = 0;
    std::int64_t last = 20;
    for (const auto& [number, slice] : t.slices) {
        const bool answers = std::ranges::any_of(slice.answers, [](auto n) { return n > 0; });
        if (slice.due == 0 && !answers) continue;
        first = std::min(first, number);
        last = std::max(last, number + 1);
    }
    first -= 4;
    time_line line{first, 0, std::max<std::int64_t>(1, (last - first + bars_max - 1) / bars_max)};
    line.bars = (last - first + line.slices - 1) / line.slices;
    return line;
}

std::vector<time_slice> bars_of(const tally& t, const time_line& line) {
    std::vector<time_slice> bars(static_cast<std::size_t>(line.bars));
    for (const auto& [number, slice] : t.slices) {
        const std::int64_t at = (number - line.first) / line.slices;
        if (number < line.first || at >= line.bars) continue;
        time_slice& into = bars[static_cast<std::size_t>(at)];
        into.due += slice.due;
        for (std::size_t i = 0; i < outcomes; ++i) into.answers[i] += slice.answers[i];
    }
    return bars;
}

std::vector<tick> time_ticks(const time_line& line) {
    std::vector<tick> out;
    const auto steps = round_steps(line.begin(), line.end(), 9);
    const bool whole =
        std::ranges::all_of(steps, [](double at) { return std::abs(at - std::round(at)) < 1e-9; });
    for (const double at : steps) out.push_back({at, number_words(at, whole ? 0 : 1)});
    return out;
}

const words seconds_unit{"secondes depuis l’ouverture", "seconds since the opening"};

words outcome_words(std::size_t which) {
    switch (static_cast<outcome>(which)) {
        case outcome::placed: return {"tout obtenu", "all held"};
        case outcome::partly: return {"obtenu en partie", "some held"};
        case outcome::refused: return {"refusé, avec la raison", "refused, with the reason"};
        case outcome::repeated: return {"second clic, même réponse", "second click, same answer"};
        case outcome::turned_away: return {"prié de revenir", "asked to come back"};
        case outcome::lost: return {"sans réponse", "no answer"};
    }
    return {""};
}

// ---- pieces of the page
// ------------------------------------------------------------------------------

std::string section(const words& title, const words& how_to_read, const std::string& content) {
    return "<section><h2>" + title.html() + "</h2><p class=\"soft\">" + how_to_read.html() +
           "</p><div class=\"plot\">" + content + "</div></section>";
}

std::string legend(const std::vector<std::pair<std::string, words>>& entries) {
    std::string out = "<ul class=\"legend\">";
    for (const auto& [style, text] : entries)
        out += "<li><i class=\"" + style + "\"></i>" + text.html() + "</li>";
    return out + "</ul>";
}

std::string card(const words& figure, const words& what) {
    return "<div><b>" + figure.html() + "</b><span>" + what.html() + "</span></div>";
}

double whole(std::uint64_t n) {
    return static_cast<double>(n);
}

// ---- the figures
// -------------------------------------------------------------------------------------

std::string answers_figure(const tally& t, const time_line& line) {
    const auto bars = bars_of(t, line);
    double most = 1;
    for (const time_slice& bar : bars) {
        double sum = 0;
        for (const std::uint64_t n : bar.answers) sum += whole(n);
        most = std::max({most, sum, whole(bar.due)});
    }
    svg_plot plot({line.begin(), line.end()}, {0, most * 1.05},
                  {"Clics et réponses au fil du temps", "Clicks and answers over time"}, 300);
    std::vector<tick> ticks;
    for (const double at : round_steps(0, most, 5)) ticks.push_back({at, number_words(at)});
    const words each = duration_words(line.bar() * 1e6);
    plot.y_ticks(ticks, words{"par ", "every "} + each);
    point_list due;
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const double from = line.begin() + static_cast<double>(i) * line.bar();
        double height = 0;
        for (std::size_t o = 0; o < outcomes; ++o) {
            const double next = height + whole(bars[i].answers[o]);
            plot.bar(from, from + line.bar() * 0.92, height, next,
                     std::string{outcome_names[o]}.c_str());
            height = next;
        }
        due.emplace_back(from, whole(bars[i].due));
    }
    due.emplace_back(line.end(), 0);
    plot.step_line(due, "due");
    plot.x_ticks(time_ticks(line), seconds_unit);
    plot.upright(0, {"ouverture", "opening"});
    std::vector<std::pair<std::string, words>> entries{{"due", {"clics (trait)", "clicks (line)"}}};
    for (std::size_t o = 0; o < outcomes; ++o) {
        std::uint64_t sum = 0;
        for (const time_slice& bar : bars) sum += bar.answers[o];
        if (sum > 0)
            entries.emplace_back(outcome_names[o],
                                 outcome_words(o) + words{" : ", ": "} + number_words(whole(sum)));
    }
    return legend(entries) + plot.finish();
}

struct curve {
    const hdr_histogram* values;
    const char* style;
    words name;
};

// Percentiles on the axis of HdrHistogram: each nine takes as much room.
std::string percentile_figure(const words& title, const std::vector<curve>& curves) {
    double most = 10'000;
    double least = 1'000;
    for (const curve& c : curves) {
        if (c.values->total() == 0) continue;
        most = std::max(most, static_cast<double>(c.values->at_percentile(99.9)) * 1.2);
        least = std::min(least, std::max(100.0, whole(c.values->at_percentile(20))));
    }
    least = std::pow(10, std::floor(std::log10(least)));
    svg_plot plot({0, 3}, {least, most, true}, title, 300);
    std::vector<tick> ticks;
    for (double decade = least; decade <= most; decade *= 10) {
        for (const double factor : {1.0, 2.0, 5.0}) {
            if (decade * factor <= most && decade * factor >= least)
                ticks.push_back({decade * factor, duration_words(decade * factor)});
        }
    }
    plot.y_ticks(ticks, {"délai", "delay"});
    plot.x_ticks({{0, words{"0 %"}},
                  {std::log10(2), words{"50 %"}},
                  {std::log10(4), words{"75 %"}},
                  {1, words{"90 %"}},
                  {std::log10(20), words{"95 %"}},
                  {2, words{"99 %"}},
                  {3, {"99,9 %", "99.9 %"}}},
                 {"part des demandes servies dans ce délai", "share served within this delay"});
    std::vector<std::pair<std::string, words>> entries;
    for (const curve& c : curves) {
        if (c.values->total() == 0) continue;
        point_list points;
        for (int i = 0; i <= 150; ++i) {
            const double nines = i * 0.02;
            const double percentile = 100 * (1 - std::pow(10, -nines));
            points.emplace_back(
                nines, std::max(least, static_cast<double>(c.values->at_percentile(percentile))));
        }
        plot.line(points, c.style);
        plot.note(points.back().second, duration_words(points.back().second), c.style);
        entries.emplace_back(c.style,
                             c.name + words{" : ", ": "} + number_words(whole(c.values->total())));
    }
    return legend(entries) + plot.finish();
}

// A row a week, free seats as depth of colour, and when the last one went.
std::string calendar_figure(const day_result& day, const time_line& line) {
    constexpr double width = 900;
    constexpr double left = 118;
    constexpr double right = 150;
    constexpr double row = 17;
    const double bar = (width - left - right) / static_cast<double>(line.bars);
    const auto& weeks = day.season.weeks;
    const double height = row * static_cast<double>(weeks.size()) + 40;
    const auto text = [](double value) {
        char digits[32];
        std::snprintf(digits, sizeof digits, "%.1f", value);
        return std::string{digits};
    };
    std::string out = "<svg viewBox=\"0 0 900 " + text(height) +
                      "\" role=\"img\"><title>Places libres par semaine / Places left by "
                      "week</title>";
    for (std::size_t w = 0; w < weeks.size(); ++w) {
        const double y = row * static_cast<double>(w) + 4;
        out += "<text class=\"week\" x=\"" + text(left - 8) + "\" y=\"" + text(y + 11.5) +
               "\" text-anchor=\"end\">" + escaped(weeks[w].label) + "</text>";
        double gone_at = -1;
        std::uint32_t last = weeks[w].capacity;
        auto page = day.counted.calendar.begin();
        int shade = -1;
        std::int64_t since = 0;
        const auto draw = [&](std::int64_t until) {
            if (shade < 0 || until <= since) return;
            const double x = left + bar * static_cast<double>(since);
            out += "<rect x=\"" + text(x) + "\" y=\"" + text(y) + "\" width=\"" +
                   text(bar * static_cast<double>(until - since)) + "\" height=\"" + text(row - 3) +
                   "\" class=\"" + (shade == 0 ? "full" : "free") +
                   (shade == 0 ? "\"" : "\" opacity=\"" + text(0.25 + 0.075 * shade) + "\"") + "/>";
        };
        for (std::int64_t b = 0; b < line.bars; ++b) {
            const std::int64_t end = line.first + (b + 1) * line.slices;
            for (; page != day.counted.calendar.end() && page->first < end; ++page) {
                if (w >= page->second.size()) continue;
                const std::uint32_t now = page->second[w];
                if (now == 0 && last != 0)
                    gone_at = whole(0) + static_cast<double>(page->first) * slice_seconds;
                last = now;
            }
            const double share = whole(last) / std::max(1.0, whole(weeks[w].capacity));
            const int wanted =
                last == 0 ? 0 : std::clamp(static_cast<int>(std::ceil(share * 10)), 1, 10);
            if (wanted == shade) continue;
            draw(b);
            shade = wanted;
            since = b;
        }
        draw(line.bars);
        const words end =
            last == 0
                ? (gone_at < 0 ? words{"complet", "full"}
                               : words{"complet après ", "full after "} +
                                     number_words(std::max(gone_at, 0.0), 1) + words{"\u00a0s"})
                : words{"reste ", ""} + number_words(whole(last)) + words{"", " left"};
        out += "<text x=\"" + text(width - right + 8) + "\" y=\"" + text(y + 11.5) + "\">" +
               end.svg() + "</text>";
    }
    const double base = row * static_cast<double>(weeks.size()) + 6;
    for (const tick& t : time_ticks(line)) {
        const double x =
            left + (t.at - line.begin()) / (line.end() - line.begin()) * (width - left - right);
        out += "<text class=\"tick\" x=\"" + text(x) + "\" y=\"" + text(base + 14) +
               "\" text-anchor=\"middle\">" + t.label.svg() + "</text>";
    }
    out += "<text class=\"unit\" x=\"" + text((left + width - right) / 2) + "\" y=\"" +
           text(base + 31) + "\" text-anchor=\"middle\">" + seconds_unit.svg() + "</text>";
    return out + "</svg>";
}

std::string server_figure(const day_result& day, const time_line& line, bool memory) {
    const auto value = [&](const server_sample& s, bool database) {
        if (memory) return whole(database ? s.database_bytes : s.server_bytes) / 1048576.0;
        return std::max(0.0, database ? s.database_cpu : s.server_cpu);
    };
    point_list server;
    point_list database;
    double most = memory ? 16 : 1;
    for (const server_sample& s : day.server) {
        const double at = static_cast<double>(s.at - day.counted.opened) / 1e6;
        if (at < line.begin() || at > line.end()) continue;
        server.emplace_back(at, value(s, false));
        database.emplace_back(at, value(s, true));
        most = std::max({most, server.back().second, database.back().second});
    }
    if (server.empty()) return {};
    svg_plot plot({line.begin(), line.end()}, {0, most * 1.1},
                  memory ? words{"Mémoire du serveur", "Memory of the server"}
                         : words{"Processeurs du serveur", "Processors of the server"},
                  190);
    std::vector<tick> ticks;
    for (const double at : round_steps(0, most, 4))
        ticks.push_back({at, number_words(at, !memory && most < 4 ? 1 : 0)});
    plot.y_ticks(ticks, memory ? words{"Mio", "MiB"} : words{"processeurs", "processors"});
    plot.line(server, "first");
    plot.line(database, "second");
    plot.note(server.back().second, words{"Campgate"}, "first");
    if (std::abs(server.back().second - database.back().second) > most * 0.1)
        plot.note(database.back().second, words{"PostgreSQL"}, "second");
    plot.x_ticks(time_ticks(line), seconds_unit);
    plot.upright(0, {"ouverture", "opening"});
    return plot.finish();
}

// ---- tables
// ------------------------------------------------------------------------------------------

std::string delays_table(const day_result& day) {
    std::string out =
        "<div class=\"scroll\"><table><tr><th></th><th class=\"n\">n</th><th class=\"n\">50 %</th>"
        "<th class=\"n\">90 %</th><th class=\"n\">99 %</th><th class=\"n\">" +
        words{"99,9 %", "99.9 %"}.html() + "</th><th class=\"n\">max</th></tr>";
    const auto row = [&](const words& name, const hdr_histogram& h) {
        if (h.total() == 0) return;
        out += "<tr><td>" + name.html() + "</td><td class=\"n\">" +
               number_words(whole(h.total())).html() + "</td>";
        for (const double percentile : {50.0, 90.0, 99.0, 99.9})
            out += "<td class=\"n\">" + duration_words(whole(h.at_percentile(percentile))).html() +
                   "</td>";
        out += "<td class=\"n\">" + duration_words(whole(h.max())).html() + "</td></tr>";
    };
    row({"du clic dû à la réponse", "from the due click to the answer"}, day.counted.clicks);
    row({"dont retard de ce programme", "of which this program’s own lateness"},
        day.counted.lateness);
    row({"du rechargement à la page", "from reload to page"}, day.counted.reads);
    row({"de l’abandon à la réponse", "from release to answer"}, day.counted.releases);
    row({"de la réponse au dernier calendrier", "from the answer to the last calendar"},
        day.last_calendar);
    return out + "</table></div>";
}

words reason_words(const std::string& reason) {
    if (reason == "sold_out") return {"complet", "sold out"};
    if (reason == "busy") return {"trop demandé, à redemander", "busy, ask again"};
    if (reason == "not_open") return {"pas encore ouvert", "not open yet"};
    if (reason == "residents_only") return {"réservé aux habitants", "residents only"};
    if (reason == "overlapping")
        return {"l’enfant a déjà cette semaine", "the child has that week"};
    if (reason == "limit") return {"limite atteinte", "limit reached"};
    if (reason == "not_tried") return {"non tenté (tout ou rien)", "not tried (all or nothing)"};
    return {escaped(reason)};
}

std::string counts_table(const day_result& day) {
    std::string out = "<div class=\"scroll\"><table>";
    const auto row = [&](const words& name, std::uint64_t count) {
        if (count != 0)
            out += "<tr><td>" + name.html() + "</td><td class=\"n\">" +
                   number_words(whole(count)).html() + "</td></tr>";
    };
    row({"clics", "clicks"}, day.count("clicks"));
    row({"places demandées", "places asked for"}, day.count("items"));
    row({"places obtenues", "places held"}, day.count("seats_held"));
    row({"places rendues", "places released"}, day.count("released"));
    row({"doubles clics", "double clicks"}, day.count("double_clicks"));
    row({"connexions coupées", "connections lost"}, day.count("connections_lost"));
    row({"seconds choix", "second choices"}, day.count("second_choices"));
    row({"pages rechargées", "pages reloaded"}, day.count("reads"));
    row({"priés de revenir, et revenus", "asked to come back, and came"}, day.count("asked_again"));
    row({"ont renoncé", "gave up"}, day.count("gave_up"));
    row({"calendriers ouverts", "calendars open"}, day.count("sockets"));
    row({"messages en direct reçus", "live messages received"}, day.count("frames"));
    for (const auto& [reason, count] : day.counted.reasons)
        row(words{"refus : ", "refused: "} + reason_words(reason), count);
    for (const auto& [name, count] : day.counted.counts) {
        if (name.starts_with("problem_"))
            row(words{"problème : ", "problem: "} + words{escaped(name.substr(8))}, count);
    }
    return out + "</table></div>";
}

std::string verdict(const day_result& day) {
    if (!day.judged) return {};
    const bool good = day.judged->broken() == 0;
    std::uint64_t looked_at = 0;
    std::string rules = "<div class=\"scroll\"><table>";
    for (const auto& [rule, of] : day.judged->rules()) {
        looked_at += of.checked;
        rules += "<tr><td>" + escaped(rule) + "</td><td class=\"n\">" +
                 number_words(whole(of.checked)).html() + "</td><td>" +
                 (of.broken == 0 ? std::string{"✓"} : number_words(whole(of.broken)).html() + " ✗");
        for (const std::string& evidence : of.evidence)
            rules += "<pre>" + escaped(evidence) + "</pre>";
        rules += "</td></tr>";
    }
    rules += "</table></div>";
    const words title = good ? words{"Tout ce qui a été dit aux parents était vrai",
                                     "Everything parents were told was true"}
                             : number_words(whole(day.judged->broken())) +
                                   words{" réponses fausses", " false answers"};
    const words by = day.by_journal ? words{" vérifications contre le journal du serveur : aucune "
                                            "place vendue deux fois, aucune réponse perdue.",
                                            " checks against the server’s journal: no seat sold "
                                            "twice, no answer lost."}
                                    : words{" vérifications des réponses entre elles, sans le "
                                            "journal du serveur.",
                                            " checks of the answers among themselves, without the "
                                            "server’s journal."};
    const words wrong_by{" vérifications ; les preuves sont ci-dessous.",
                         " checks; the evidence is below."};
    return std::string{"<section class=\"verdict"} + (good ? "" : " wrong") + "\"><h2>" +
           title.html() + "</h2><p>" +
           (number_words(whole(looked_at)) + (good ? by : wrong_by)).html() + "</p><details" +
           (good ? "" : " open") + "><summary>" + words{"Toutes les règles", "All rules"}.html() +
           "</summary>" + rules + "</details></section>";
}

std::string cards(const day_result& day) {
    std::uint32_t places = 0;
    for (const season_week& week : day.season.weeks) places += week.capacity;
    std::string out = "<div class=\"cards\">";
    if (day.options.mode != rush_mode::watch) {
        out += card(number_words(whole(day.count("parents"))),
                    words{"parents, pour ", "parents, for "} + number_words(places) +
                        words{" places", " places"});
        const words given_back = day.count("released") == 0
                                     ? words{""}
                                     : words{", dont ", ", of which "} +
                                           number_words(whole(day.count("released"))) +
                                           words{" rendues", " released"};
        out += card(number_words(whole(day.count("seats_held"))),
                    words{"places obtenues", "places held"} + given_back);
        out += card(duration_words(whole(day.counted.clicks.at_percentile(50))),
                    {"pour répondre à un clic sur deux", "to answer half of the clicks"});
        out += card(duration_words(whole(day.counted.clicks.at_percentile(99))),
                    {"pour répondre à 99 clics sur 100", "to answer 99 clicks in 100"});
    }
    out += card(number_words(whole(day.count("sockets"))),
                {"calendriers ouverts en direct", "live calendars open"});
    if (day.last_calendar.total() > 0)
        out += card(duration_words(whole(day.last_calendar.at_percentile(99))),
                    {"de la réponse au dernier calendrier (99 %)",
                     "from the answer to the last calendar (99 %)"});
    return out + "</div>";
}

std::string date_of(std::int64_t unix_micros) {
    const std::time_t seconds = unix_micros / 1'000'000;
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char text[64];
    std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &utc);
    return text;
}

}  // namespace

std::string report_html(const day_result& day) {
    const tally& t = day.counted;
    const time_line line = time_line_of(t);
    std::string out =
        "<!doctype html><html lang=\"fr\"><head><meta charset=\"utf-8\"><meta "
        "name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>"
        "Campgate: " +
        escaped(day.season.name_fr) + "</title><style>";
    out += report_style;
    out +=
        "</style></head><body>"
        "<input class=\"language\" type=\"radio\" name=\"language\" id=\"fr\" checked "
        "aria-label=\"Français\"><input class=\"language\" type=\"radio\" name=\"language\" "
        "id=\"en\" aria-label=\"English\"><nav><label for=\"fr\">Français</label><label "
        "for=\"en\">English</label></nav><main>";
    out += "<p class=\"soft\">" + escaped(day.season.organiser) + "</p><h1>" +
           words{"Répétition du jour d’ouverture", "Rehearsal of the opening day"}.html() +
           "</h1><p class=\"soft\">" +
           words{escaped(day.season.name_fr), escaped(day.season.name_en)}.html() + " · " +
           date_of(t.opened) + "</p>";
    out += verdict(day);
    out += cards(day);
    if (!t.slices.empty())
        out += section({"Clics et réponses", "Clicks and answers"},
                       {"Le trait : quand les parents ont cliqué. Les barres : quand et comment le "
                        "serveur a répondu.",
                        "The line: when parents clicked. The bars: when and how the server "
                        "answered."},
                       answers_figure(t, line));
    if (!t.calendar.empty())
        out += section(
            {"Les places, semaine par semaine", "The places, week by week"},
            {"Une ligne par semaine de camp. Plus c’est foncé, plus il reste de places ; gris : "
             "complet.",
             "A row for each camp week. The deeper the colour, the more places are left; grey: "
             "full."},
            calendar_figure(day, line));
    if (t.clicks.total() > 0)
        out += section(
            {"Combien de temps on a attendu", "How long people waited"},
            {"Compté depuis l’instant où le clic était dû, et non depuis celui où il a "
             "pu partir. À gauche la moitié la plus rapide, à droite le millième le plus "
             "lent.",
             "Counted from when the click was due, not from when it could be sent. On "
             "the left the faster half, on the right the slowest thousandth."},
            percentile_figure({"Délais de réponse", "Delays of answers"},
                              {{&t.clicks, "first", {"clic → réponse", "click → answer"}},
                               {&t.reads, "second", {"rechargement → page", "reload → page"}}}));
    if (day.last_calendar.total() > 0)
        out += section(
            {"Quand tout le monde l’a vu", "When everybody had seen it"},
            {"De la réponse donnée à un parent jusqu’au dernier calendrier ouvert qui la montre.",
             "From the answer to one parent until the last open calendar shows it."},
            percentile_figure({"De la réponse au dernier calendrier", "Answer to last calendar"},
                              {{&day.last_calendar,
                                "third",
                                {"réponse → dernier calendrier", "answer → last calendar"}}}));
    const std::string processors = server_figure(day, line, false);
    if (!processors.empty())
        out +=
            section({"Le serveur", "The server"},
                    {"Processeurs occupés et mémoire propre, du serveur et de sa base de données.",
                     "Processors in use and memory of its own, of the server and its database."},
                    processors + server_figure(day, line, true));
    out += section({"Les chiffres", "The figures"}, {"Pour l’ingénieur.", "For the engineer."},
                   delays_table(day) + "<br>" + counts_table(day));
    out += "<section><details><summary>" + words{"Résumé en JSON", "Summary as JSON"}.html() +
           "</summary><pre>" + escaped(boost::json::serialize(summary_json(day))) +
           "</pre></details></section></main></body></html>\n";
    return out;
}

}  // namespace campgate::rush
