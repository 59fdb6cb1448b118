#include "loadtest/rush_worker.hpp"

#include "loadtest/address.hpp"
#include "loadtest/gallery.hpp"
#include "loadtest/input_fault.hpp"
#include "loadtest/parent.hpp"
#include "loadtest/wall_clock.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <memory>
#include <optional>

namespace campgate::rush {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t sockets_opening_max = 128;
constexpr seconds sockets_patience{60};
// After the last click is due: all second thoughts, and a slow server's answers.
constexpr seconds day_ends_after{60};
// For the last frames to arrive.
constexpr milliseconds afterglow{1500};

// The server's clock less ours, from the fetch with the shortest way.
struct opened_season {
    season_facts season;
    std::int64_t offset{};
};

opened_season look_at_season(asio::io_context& io, const target& to) {
    opened_season best;
    auto shortest = std::chrono::steady_clock::duration::max();
    for (int i = 0; i < 5; ++i) {
        const moment before = now();
        season_facts season = read_season(fetch(io, to, "/api/v1/season"));
        const auto took = now() - before;
        if (took >= shortest) continue;
        shortest = took;
        best.offset = season.server_time - unix_micros(before + took / 2);
        best.season = std::move(season);
    }
    return best;
}

// On our clock.
std::int64_t earliest_opening(const opened_season& look) {
    std::int64_t earliest = std::numeric_limits<std::int64_t>::max();
    for (const season_week& week : look.season.weeks)
        earliest = std::min(earliest, week.residents_opens_at.value_or(week.opens_at));
    return earliest - look.offset;
}

void run_for(asio::io_context& io, milliseconds time, const std::function<bool()>& until) {
    io.restart();
    const moment deadline = now() + time;
    while (now() < deadline && !until())
        io.run_one_until(std::min(deadline, now() + milliseconds{50}));
}

class worker {
public:
    worker(const rush_options& options, const worker_share& share, board& shared)
        : options_(options),
          share_(share),
          shared_(shared),
          to_(resolve_url(io_, options.url)) {}

    tally run();

private:
    void let_in(stage& on);
    void open_calendars();
    void wait_for_opening(stage& on);
    void look_again(stage& on);
    moment moment_of(std::int64_t unix) const {
        return now() + std::chrono::microseconds{unix - unix_micros(now())};
    }
    std::size_t part(std::size_t whole) const {
        return whole / share_.of + (share_.number < whole % share_.of ? 1 : 0);
    }

    const rush_options& options_;
    const worker_share& share_;
    board& shared_;
    asio::io_context io_{1};
    const target to_;
    opened_season look_;
    std::vector<std::unique_ptr<parent>> parents_;
    std::size_t watching_ = 0;
    bool season_moved_ = false;
};

tally worker::run() {
    look_ = look_at_season(io_, to_);
    std::optional<told_log> told;
    if (!share_.told.empty()) told.emplace(share_.told);
    std::optional<day_log> recorder;
    if (!share_.record.empty()) recorder.emplace(share_.record);
    const scenario day{look_.season, options_.seed};
    calendar_book book{look_.season, told ? &*told : nullptr};
    watch_floor floor{io_, to_, book, [this] { season_moved_ = true; },
                      [this](bool open) {
                          open ? ++watching_ : --watching_;
                          open ? ++shared_.watching : --shared_.watching;
                      }};
    tally counted;
    stage on{io_,
             to_,
             day,
             floor,
             book,
             counted,
             shared_,
             told ? &*told : nullptr,
             recorder ? &*recorder : nullptr,
             dice{options_.seed * 1000 + share_.number},
             {}};

    std::optional<gallery> audience;
    if (options_.mode == rush_mode::watch) {
        audience.emplace(floor, part(options_.watchers), share_.number * 1'000'000ULL);
        const auto on_open = floor.on_open;
        const std::size_t open = audience->fill(sockets_patience);
        shared_.watching += open;
        if (open == 0) throw input_fault("no socket could be opened; is the server full?");
    } else {
        let_in(on);
        open_calendars();
    }
    wait_for_opening(on);
    counted.opened = unix_micros(on.opening);
    if (options_.mode == rush_mode::watch) {
        const std::uint64_t frames = floor.frames;
        run_for(io_, std::chrono::duration_cast<milliseconds>(options_.lasts),
                [] { return false; });
        counted.counts["frames_while_watching"] = floor.frames - frames;
    } else {
        for (auto& each : parents_) each->arm();
        const auto all = [&] {
            if (season_moved_) look_again(on);
            return std::ranges::all_of(parents_, [](const auto& p) { return p->finished(); });
        };
        run_for(io_,
                std::chrono::duration_cast<milliseconds>(on.opening - now() + options_.spread) +
                    day_ends_after,
                all);
        for (auto& each : parents_) each->stop();
        run_for(io_, afterglow, [] { return false; });
    }
    counted.see(book);
    counted.counts["frames"] = floor.frames;
    counted.counts["frame_bytes"] = floor.bytes;
    counted.counts["family_messages"] = floor.family_messages;
    counted.counts["sockets_reconnected"] = floor.reconnects;
    counted.counts["sockets_refused"] = floor.refused;
    counted.counts["sockets"] = audience ? audience->open() : watching_;
    counted.counts["parents"] = parents_.size();
    floor.on_open = nullptr;
    for (auto& each : parents_) each->leave();
    if (audience) audience->close();
    io_.restart();
    io_.poll();
    return counted;
}

void worker::let_in(stage& on) {
    std::map<std::uint64_t, std::vector<planned_click>> recorded;
    guest_list guests{read_cookies(options_.cookies), {}, options_.families_from};
    std::size_t wanted = options_.parents;
    if (options_.mode == rush_mode::replay) {
        recorded = read_day(options_.replay);
        for (const auto& [family, clicks] : recorded) guests.families.push_back(family);
        wanted = recorded.size();
    }
    entrance way_in{io_, to_, guests, share_.number, share_.of};
    const auto spread = options_.spread.count();
    const std::size_t in = way_in.run(part(wanted), [&](visitor&& v) {
        // Each family has its own dice: its plan does not depend on who came before it.
        dice draw{options_.seed ^ (v.me.family * 0x9e3779b97f4a7c15ULL)};
        std::optional<parent_plan> plan;
        if (recorded.empty()) {
            plan = on.day.plan(v.me, spread, draw);
        } else {
            plan.emplace();
            plan->clicks = recorded.at(v.me.family);
        }
        if (!plan) return false;
        ++shared_.inside;
        parents_.push_back(std::make_unique<parent>(on, std::move(v), std::move(*plan)));
        return true;
    });
    if (in == 0) throw input_fault("no family has a child that could have a place");
}

void worker::open_calendars() {
    std::size_t started = 0;
    run_for(io_, std::chrono::duration_cast<milliseconds>(sockets_patience), [&] {
        while (started < parents_.size() && started < watching_ + sockets_opening_max)
            parents_[started++]->watch();
        return watching_ == parents_.size();
    });
    if (watching_ == 0) throw input_fault("no socket could be opened; is the server full?");
}

void worker::wait_for_opening(stage& on) {
    const std::int64_t opens = earliest_opening(look_);
    shared_.opens = opens;
    ++shared_.ready;
    const bool ahead = opens > unix_micros(now()) && options_.mode != rush_mode::watch;
    if (ahead && opens - unix_micros(now()) > options_.patience.count())
        throw input_fault("it opens in " +
                          std::to_string((opens - unix_micros(now())) / 1'000'000) +
                          " s, later than --patience allows");
    // Already open: everybody starts when all workers are ready.
    run_for(io_, milliseconds{24 * 3'600'000}, [&] { return shared_.go != 0 || shared_.failed; });
    on.opening = moment_of(ahead ? opens : shared_.go.load());
}

// An opening moved: who has not clicked yet sets the alarm anew.
void worker::look_again(stage& on) {
    season_moved_ = false;
    look_ = look_at_season(io_, to_);
    const std::int64_t opens = earliest_opening(look_);
    if (opens < unix_micros(now())) return;
    shared_.opens = opens;
    on.opening = moment_of(opens);
    on.counted.opened = opens;
    for (auto& each : parents_) each->arm();
}

}  // namespace

tally run_worker(const rush_options& options, const worker_share& share, board& shared) {
    return worker{options, share, shared}.run();
}

}  // namespace campgate::rush
