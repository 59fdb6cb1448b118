// The opening day, a replay of one, or an audience: starts the workers, shows how it goes, adds up,
// has it judged, and writes it down.
#include "loadtest/address.hpp"
#include "loadtest/board.hpp"
#include "loadtest/day_log.hpp"
#include "loadtest/day_result.hpp"
#include "loadtest/descriptors.hpp"
#include "loadtest/entrance.hpp"
#include "loadtest/input_fault.hpp"
#include "loadtest/judge.hpp"
#include "loadtest/report.hpp"
#include "loadtest/runs.hpp"
#include "loadtest/rush_worker.hpp"
#include "loadtest/wall_clock.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

namespace campgate::rush {

namespace {

using std::chrono::milliseconds;

// A directory that goes with its contents.
class scratch {
public:
    scratch() {
        std::string name =
            (std::filesystem::temp_directory_path() / "campgate-rush-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr)
            throw input_fault(name + ": cannot be made in the folder for temporary files");
        path_ = name;
    }
    ~scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    scratch(const scratch&) = delete;
    scratch& operator=(const scratch&) = delete;

    std::string file(const std::string& name, std::uint32_t number) const {
        return (path_ / (name + std::to_string(number))).string();
    }

private:
    std::filesystem::path path_;
};

int be_worker(const rush_options& options, const worker_share& share, board& shared,
              const std::string& out) {
    // Nobody is left behind when the first process is killed.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    try {
        const tally counted = run_worker(options, share, shared);
        std::ofstream(out) << boost::json::serialize(counted.to_json());
        return 0;
    } catch (const std::exception& fault) {
        shared.fail(fault.what());
        return 2;
    }
}

void show_progress(const board& shared, const rush_options& options) {
    std::ostringstream line;
    const std::int64_t left = (shared.opens - unix_micros(now())) / 1'000'000;
    if (shared.ready < options.workers) {
        line << shared.inside << " parents in, " << shared.watching << " calendars";
    } else if (shared.clicked == 0 && left > 0) {
        line << "opens in " << left << " s, " << shared.watching << " calendars";
    } else {
        line << shared.clicked << " clicks, " << shared.answered << " answers, " << shared.seats
             << " seats, " << shared.finished << " of " << shared.inside << " parents done";
    }
    std::fprintf(stderr, "\r%-78s", line.str().c_str());
}

// Waits for the workers, watching the server and telling how it goes.
void watch_workers(std::vector<pid_t> workers, board& shared, const rush_options& options,
                   server_probe& probe) {
    std::size_t alive = workers.size();
    for (unsigned round = 0; alive > 0; ++round) {
        std::this_thread::sleep_for(milliseconds{100});
        for (pid_t& pid : workers) {
            int status = 0;
            if (pid == 0 || waitpid(pid, &status, WNOHANG) != pid) continue;
            pid = 0;
            --alive;
            if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
                shared.fail("a worker ended before its time");
        }
        if (shared.failed) {
            for (const pid_t pid : workers) {
                if (pid != 0) kill(pid, SIGKILL);
            }
            for (const pid_t pid : workers) {
                if (pid != 0) waitpid(pid, nullptr, 0);
            }
            throw input_fault(shared.failure.data());
        }
        // A breath, so that everybody is in place.
        if (shared.go == 0 && shared.ready == options.workers)
            shared.go = unix_micros(now()) + 500'000;
        if (round % 2 == 0) probe.sample();
        if (!options.quiet && round % 5 == 0) show_progress(shared, options);
    }
    if (!options.quiet) std::fprintf(stderr, "\r%-78s\r", "");
}

void append_file(const std::string& from, std::ofstream& to) {
    std::ifstream in(from, std::ios::binary);
    if (in.peek() != std::ifstream::traits_type::eof()) to << in.rdbuf();
}

void write_told_season(const std::string& path, const season_facts& season,
                       const told_calendar& at_the_end) {
    told_log log{path};
    told_season told{
        season.sequence, season.weeks_per_child, season.holds_per_family, season.hold_seconds, {}};
    for (const season_week& w : season.weeks) told.weeks.push_back({w.id, w.iso_week, w.capacity});
    log.write(told);
    log.write(at_the_end);
}

void write_file(const std::string& path, const std::string& text) {
    if (path.empty()) return;
    std::ofstream out(path, std::ios::binary);
    out << text;
    out.close();
    if (!out) throw input_fault(path + ": cannot be written");
}

// Without --told the log is kept only as long as the judge needs it.
void have_judged(day_result& day, const scratch& temporary, const season_facts& season,
                 const told_calendar& at_the_end) {
    const rush_options& options = day.options;
    const std::string told = options.told.empty() ? temporary.file("all", 0) : options.told;
    write_told_season(told, season, at_the_end);
    std::ofstream all(told, std::ios::app | std::ios::binary);
    for (std::uint32_t i = 0; i < options.workers; ++i) append_file(temporary.file("told", i), all);
    all.close();
    if (!all) throw input_fault(told + ": cannot be written");
    if (!options.after.empty() && std::system(options.after.c_str()) != 0)
        throw input_fault("--after: the command failed: " + options.after);
    day.judged = judge_files(told, options.journal);
    day.by_journal = !options.journal.empty();
}

}  // namespace

int run_rush(const rush_options& options) {
    // Each parent has a socket for the calendar and a connection for the click.
    if (options.mode == rush_mode::watch)
        need_descriptors(options.watchers, 1, options.workers, true);
    else
        need_descriptors(options.parents, 2, options.workers, true);
    // Bad files are told before anybody logs in.
    if (options.mode == rush_mode::replay) read_day(options.replay);
    day_result day;
    day.options = options;
    asio::io_context io{1};
    const target to = resolve_url(io, options.url);
    day.season = read_season(fetch(io, to, "/api/v1/season"));
    server_probe probe{options.pid};
    const scratch temporary;
    board& shared = board::make_shared();
    unix_micros(now());  // one time line for all workers

    std::vector<pid_t> workers;
    for (std::uint32_t i = 0; i < options.workers; ++i) {
        const worker_share share{i, options.workers, temporary.file("told", i),
                                 options.record.empty() ? "" : temporary.file("record", i)};
        std::fflush(nullptr);
        const pid_t pid = fork();
        if (pid < 0) throw input_fault("a worker could not be started");
        if (pid == 0) _exit(be_worker(options, share, shared, temporary.file("tally", i)));
        workers.push_back(pid);
    }
    watch_workers(std::move(workers), shared, options, probe);
    rusage used{};
    getrusage(RUSAGE_CHILDREN, &used);
    day.worker_cpu_seconds =
        static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
        static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;

    for (std::uint32_t i = 0; i < options.workers; ++i) {
        std::ifstream in(temporary.file("tally", i));
        const std::string text{std::istreambuf_iterator<char>{in}, {}};
        day.counted.add(tally::from_json(boost::json::parse(text).as_object()));
    }
    day.last_calendar = day.counted.answer_to_last_calendar();
    day.server = probe.samples();
    if (!options.record.empty()) {
        std::ofstream all(options.record, std::ios::binary);
        for (std::uint32_t i = 0; i < options.workers; ++i)
            append_file(temporary.file("record", i), all);
        if (!all) throw input_fault(options.record + ": cannot be written");
    }
    const told_calendar at_the_end = read_weeks(fetch(io, to, "/api/v1/weeks"));
    have_judged(day, temporary, day.season, at_the_end);

    std::fputs(summary_text(day).c_str(), stdout);
    write_file(options.json, boost::json::serialize(summary_json(day)) + '\n');
    write_file(options.report, report_html(day));
    if (!options.report.empty()) std::printf("report: %s\n", options.report.c_str());
    return day.judged->broken() == 0 ? 0 : 1;
}

}  // namespace campgate::rush
