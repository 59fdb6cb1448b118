#include "loadtest/rush_options.hpp"

#include "loadtest/input_fault.hpp"

#include <charconv>
#include <functional>
#include <string_view>

namespace campgate::rush {

namespace {

struct option {
    std::string_view name;
    std::string_view value;  // its placeholder; empty for a switch
    std::string_view help;
    std::function<void(rush_options&, const std::string&)> set;
};

[[noreturn]] void wrong(std::string_view name, const std::string& text, std::string_view wanted) {
    throw input_fault(std::string{name} + ": must be " + std::string{wanted} + ", found '" + text +
                      "'");
}

template <class Number>
auto number(std::string_view name, Number rush_options::*place, std::uint64_t least,
            std::uint64_t most) {
    return [=](rush_options& o, const std::string& text) {
        std::uint64_t value{};
        const char* end = text.data() + text.size();
        const auto read = std::from_chars(text.data(), end, value);
        if (read.ec != std::errc{} || read.ptr != end || value < least || value > most)
            wrong(name, text, std::to_string(least) + " to " + std::to_string(most));
        o.*place = static_cast<Number>(value);
    };
}

auto text(std::string rush_options::*place) {
    return [=](rush_options& o, const std::string& value) { o.*place = value; };
}

auto duration(std::string_view name, std::chrono::microseconds rush_options::*place) {
    return [=](rush_options& o, const std::string& text) {
        double value{};
        const char* end = text.data() + text.size();
        const auto read = std::from_chars(text.data(), end, value);
        const std::string_view unit{read.ptr, static_cast<std::size_t>(end - read.ptr)};
        const double micros = unit == "ms" ? 1e3 : unit == "s" ? 1e6 : unit == "m" ? 6e7 : 0;
        if (read.ec != std::errc{} || micros == 0 || value < 0 || value > 86'400)
            wrong(name, text, "a duration like 500ms, 2s or 10m");
        o.*place = std::chrono::microseconds{static_cast<std::int64_t>(value * micros)};
    };
}

auto mode(rush_mode which, std::function<void(rush_options&, const std::string&)> then) {
    return [=](rush_options& o, const std::string& text) {
        if (o.mode != rush_mode::rush && o.mode != which)
            throw input_fault("choose one of --closed, --steady, --watch-only and --replay");
        o.mode = which;
        then(o, text);
    };
}

const std::vector<option>& options() {
    using o = rush_options;
    constexpr std::uint64_t million = 1'000'000;
    static const std::vector<option> all{
        {"--url", "URL", "the server (http://127.0.0.1:8080)", text(&o::url)},
        {"--parents", "N", "parents of the opening day (1000)",
         number("--parents", &o::parents, 1, million)},
        {"--spread", "TIME", "from the first click to the last (1s)",
         duration("--spread", &o::spread)},
        {"--patience", "TIME", "to wait for the opening at most (10m)",
         duration("--patience", &o::patience)},
        {"--closed", "C", "C connections as fast as they go, hold and release in turn",
         mode(rush_mode::closed, number("--closed", &o::connections, 1, 20'000))},
        {"--steady", "N", "N requests a second, hold and release in turn",
         mode(rush_mode::steady,
              [](rush_options& to, const std::string& value) {
                  double rate{};
                  const char* end = value.data() + value.size();
                  const auto read = std::from_chars(value.data(), end, rate);
                  if (read.ec != std::errc{} || read.ptr != end || !(rate > 0) || rate > 1e7)
                      wrong("--steady", value, "requests a second");
                  to.rate = rate;
              })},
        {"--connections", "C", "connections of --steady (64)",
         number("--connections", &o::connections, 1, 20'000)},
        {"--week", "W", "the one week that --closed and --steady want; else all alike",
         number("--week", &o::week, 1, million)},
        {"--watch-only", "N", "N sockets that only watch the calendar",
         mode(rush_mode::watch, number("--watch-only", &o::watchers, 1, million))},
        {"--watchers", "N", "sockets that watch beside --closed and --steady (0)",
         number("--watchers", &o::watchers, 0, million)},
        {"--warm-up", "TIME", "not counted, of --closed and --steady (1s)",
         duration("--warm-up", &o::warm_up)},
        {"--lasts", "TIME", "of --closed, --steady and --watch-only (10s)",
         duration("--lasts", &o::lasts)},
        {"--families-from", "F", "the first demo family that takes part (1)",
         number("--families-from", &o::families_from, 1, 1'000'000'000)},
        {"--cookies", "FILE", "a login cookie a line, instead of the demo login",
         text(&o::cookies)},
        {"--workers", "W", "processes, where one has too few descriptors (1)",
         number("--workers", &o::workers, 1, 64)},
        {"--seed", "N", "of everything drawn (1)",
         number("--seed", &o::seed, 0, ~std::uint64_t{0})},
        {"--record", "FILE", "write when which parent wished what", text(&o::record)},
        {"--replay", "FILE", "live a recorded day again",
         mode(rush_mode::replay, text(&o::replay))},
        {"--told", "FILE", "write everything clients were told", text(&o::told)},
        {"--journal", "FILE", "judge by this export of the journal", text(&o::journal)},
        {"--after", "COMMAND", "run before judging: campgate journal export …", text(&o::after)},
        {"--pid", "PID", "of the server, to watch its processor and memory",
         number("--pid", &o::pid, 1, 1ULL << 31)},
        {"--json", "FILE", "write the summary as JSON", text(&o::json)},
        {"--report", "FILE", "write the report as one HTML page", text(&o::report)},
        {"--quiet", "", "no progress line", [](o& to, const std::string&) { to.quiet = true; }},
        {"--help", "", "print this", [](o& to, const std::string&) { to.help = true; }},
        {"--version", "", "print the version",
         [](o& to, const std::string&) { to.version = true; }},
    };
    return all;
}

}  // namespace

rush_options parse_options(const std::vector<std::string>& arguments) {
    rush_options made;
    std::size_t i = 0;
    if (!arguments.empty() && arguments[0] == "judge") {
        made.mode = rush_mode::judge;
        ++i;
    }
    for (; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        const std::size_t equals = argument.find('=');
        const std::string name = argument.substr(0, equals);
        const option* found = nullptr;
        for (const option& each : options()) {
            if (each.name == name) found = &each;
        }
        if (found == nullptr)
            throw input_fault(argument + ": is no option; try campgate-rush --help");
        if (found->value.empty()) {
            found->set(made, {});
        } else if (equals != std::string::npos) {
            found->set(made, argument.substr(equals + 1));
        } else if (i + 1 < arguments.size()) {
            found->set(made, arguments[++i]);
        } else {
            throw input_fault(name + ": needs a value");
        }
    }
    if (made.mode == rush_mode::judge && made.told.empty() && !made.help)
        throw input_fault("judge: needs --told FILE, and --journal FILE where there is one");
    return made;
}

std::string help_text() {
    std::string out =
        "campgate-rush: an opening day over the network, and its judge\n"
        "usage: campgate-rush --url URL --parents N [OPTION...]\n"
        "       campgate-rush --url URL --closed C | --steady N | --watch-only N | --replay FILE\n"
        "       campgate-rush judge --told FILE [--journal FILE]\n\n";
    for (const option& each : options()) {
        std::string head = "  " + std::string{each.name};
        if (!each.value.empty()) head += ' ' + std::string{each.value};
        head.resize(std::max<std::size_t>(head.size() + 2, 24), ' ');
        out += head + std::string{each.help} + '\n';
    }
    return out +
           "\nEnds with 0; with 1 when the judge found something wrong; with 2 when it could not "
           "begin.\n";
}

}  // namespace campgate::rush
