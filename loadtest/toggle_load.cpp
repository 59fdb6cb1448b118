#include "loadtest/toggle_load.hpp"

#include "loadtest/address.hpp"
#include "loadtest/input_fault.hpp"
#include "loadtest/wall_clock.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <numeric>

namespace campgate::rush {

namespace {

double cpu_seconds() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

constexpr unsigned gone_after_seconds = 3;
constexpr std::size_t key_bytes = 36;
constexpr std::size_t token_bytes = 26;

}  // namespace

std::uint64_t toggle_result::answers() const {
    return held + released + refused +
           std::accumulate(other.begin(), other.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const auto& each) { return sum + each.second; });
}

struct toggle_load::toggler {
    toggler(asio::io_context& io, const target& to, visitor&& v)
        : client(io, to, source_address(to, v.number)),
          who(std::move(v)),
          pause(io) {}

    http_client client;
    visitor who;
    told_item item;
    std::string place;  // the whole request, but for its key
    std::size_t key_at{};
    std::string release;  // the whole request, but for the hold
    std::size_t hold_at{};
    std::string key;
    bool holding = false;
    told_seat seat;
    std::uint64_t placed_at{};
    moment since;  // when the request under way was due
    timer pause;
};

toggle_load::toggle_load(asio::io_context& io, const target& to, const rush_options& options,
                         const season_facts& season, told_log* told)
    : io_(io),
      to_(to),
      options_(options),
      told_(told),
      clock_(io),
      schedule_(io) {
    for (const season_week& week : season.weeks) users_[week.id] = 0;
}

toggle_load::~toggle_load() = default;

bool toggle_load::take(visitor&& v) {
    // The week with the fewest users so far, among those that a child can have.
    told_item best{};
    for (const child_facts& child : v.me.children) {
        for (const child_week& week : child.weeks) {
            if (!week.reason.empty()) continue;
            if (options_.week != 0 && week.week != options_.week) continue;
            if (best.week == 0 || users_[week.week] < users_[best.week])
                best = {week.week, child.id};
        }
    }
    if (best.week == 0) return false;
    ++users_[best.week];
    auto t = std::make_unique<toggler>(io_, to_, std::move(v));
    t->item = best;
    const std::string key(key_bytes, 'k');
    t->place = place_text(to_.host, t->who.who, key, false, {best});
    t->key_at = t->place.find(key);
    const std::string hold(token_bytes, 'h');
    t->release = release_text(to_.host, t->who.who, hold);
    t->hold_at = t->release.find(hold);
    togglers_.push_back(std::move(t));
    return true;
}

toggle_result toggle_load::run(const std::function<void(std::uint64_t)>& progress) {
    progress_ = &progress;
    io_.restart();
    const moment begin = now();
    if (options_.rate > 0) {
        interval_ = std::chrono::nanoseconds{static_cast<std::int64_t>(1e9 / options_.rate)};
        next_due_ = begin;
        for (auto& t : togglers_) free_.push_back(t.get());
        tick();
    } else {
        for (auto& t : togglers_) ask(*t, now());
    }
    second();
    timer warm{io_};
    double cpu_before = 0;
    moment measured_from;
    warm.expires_after(options_.warm_up);
    warm.async_wait([&](error_code) {
        measuring_ = true;
        measured_from = now();
        cpu_before = cpu_seconds();
    });
    timer end{io_};
    end.expires_after(options_.warm_up + options_.lasts);
    end.async_wait([&](error_code) {
        measuring_ = false;
        over_ = true;
        result_.cpu_seconds = cpu_seconds() - cpu_before;
        result_.seconds = static_cast<double>(micros(now() - measured_from)) / 1e6;
        clock_.cancel();
        schedule_.cancel();
    });
    // What was asked is answered, or given up after a while.
    timer last{io_};
    last.expires_after(options_.warm_up + options_.lasts + std::chrono::seconds{15});
    last.async_wait([&](error_code ec) {
        if (ec) return;
        for (auto& t : togglers_) t->client.drop();
    });
    while (!over_) io_.run_one();
    for (toggler* t : free_) idle(*t);
    const auto busy = [&] {
        return std::ranges::any_of(togglers_, [](const auto& t) { return t->client.busy(); });
    };
    while (busy()) io_.run_one();
    last.cancel();
    for (auto& t : togglers_) {
        t->pause.cancel();
        t->client.drop();
    }
    // Others on this io_context may have more to do.
    io_.restart();
    io_.poll();
    return std::move(result_);
}

// Everything that has become due since the last look.
void toggle_load::tick() {
    if (over_) return;
    const moment at = now();
    while (next_due_ <= at) {
        if (free_.empty()) {
            waiting_.push_back(next_due_);
        } else {
            toggler* t = free_.back();
            free_.pop_back();
            ask(*t, next_due_);
        }
        next_due_ += interval_;
    }
    schedule_.expires_at(next_due_);
    schedule_.async_wait([this](error_code ec) {
        if (!ec) tick();
    });
}

void toggle_load::ask(toggler& t, moment since) {
    t.since = since;
    std::string& request = t.holding ? t.release : t.place;
    if (!t.holding) {
        t.key = new_key();
        t.place.replace(t.key_at, key_bytes, t.key);
    }
    t.client.ask(request, [this, &t](const http_answer& a) { answered(t, a); });
}

void toggle_load::answered(toggler& t, const http_answer& a) {
    const moment at = now();
    ++(a.status == 0 ? unanswered_ : ever_);
    if (measuring_) result_.latency.record(static_cast<std::uint64_t>(micros(at - t.since)));
    if (told_ != nullptr && !t.holding) tell_place(t, a, at);
    if (told_ != nullptr && t.holding)
        told_->write(told_release{unix_micros(t.since), micros(at - t.since), t.who.me.family,
                                  t.seat, t.placed_at, a.status});
    if (a.status == 201) {
        placed(t, a);
        if (measuring_) ++result_.held;
        if (measuring_ && options_.watchers > 0)
            result_.acknowledgements.push_back({read_sequence(a.body), unix_micros(at)});
    } else if (a.status == 204) {
        t.holding = false;
        if (measuring_) ++result_.released;
    } else if (a.status == 409 && read_problem(a.body) == "nothing_placed") {
        if (measuring_) ++result_.refused;
    } else {
        if (measuring_) ++result_.other[a.status == 0 ? "no_answer" : read_problem(a.body)];
        // A hold that is not there cannot be released again.
        if (a.status == 404) t.holding = false;
        return pause(t, a.retry_after);
    }
    idle(t);
}

void toggle_load::placed(toggler& t, const http_answer& a) {
    constexpr std::string_view name = R"("hold":")";
    const std::size_t at = a.body.find(name);
    if (at == std::string_view::npos || a.body.size() < at + name.size() + token_bytes)
        throw api_fault("an answer of POST /holds without a hold");
    t.release.replace(t.hold_at, token_bytes, a.body.substr(at + name.size(), token_bytes));
    t.holding = true;
}

void toggle_load::tell_place(toggler& t, const http_answer& a, moment at) {
    told_place p;
    p.sent = unix_micros(t.since);
    p.took = micros(at - t.since);
    p.family = t.who.me.family;
    p.key = t.key;
    p.items = {t.item};
    p.status = a.status;
    if (a.status == 201 || (a.status == 409 && read_problem(a.body) == "nothing_placed")) {
        hold_answer answer = read_holds(a.body);
        p.sequence = answer.sequence;
        for (const placed_seat& placed : answer.placed) p.placed.push_back(placed.seat);
        p.refused = std::move(answer.refused);
        if (!p.placed.empty()) {
            t.seat = p.placed.front();
            t.placed_at = p.sequence;
        }
    }
    told_->write(p);
}

void toggle_load::idle(toggler& t) {
    if (over_) {
        // Nothing is left behind, or the next run would find fewer seats.
        if (t.holding) ask(t, now());
        return;
    }
    if (options_.rate <= 0) return ask(t, now());
    if (waiting_.empty()) {
        free_.push_back(&t);
        return;
    }
    const moment since = waiting_.front();
    waiting_.pop_front();
    ask(t, since);
}

// After a refusal to serve, as the server asks; but not longer than a second.
void toggle_load::pause(toggler& t, int seconds) {
    t.pause.expires_after(std::chrono::milliseconds{std::clamp(seconds * 1000, 20, 1000)});
    t.pause.async_wait([this, &t](error_code ec) {
        if (!ec) idle(t);
    });
}

void toggle_load::second() {
    if (over_) return;
    (*progress_)(ever_);
    const bool gone = unanswered_ > 0 && ever_ == ever_before_;
    seconds_unanswered_ = gone ? seconds_unanswered_ + 1 : 0;
    if (seconds_unanswered_ == gone_after_seconds)
        throw input_fault("the server has gone: nobody answers at " + options_.url);
    ever_before_ = ever_;
    unanswered_ = 0;
    clock_.expires_after(std::chrono::seconds{1});
    clock_.async_wait([this](error_code ec) {
        if (!ec) second();
    });
}

}  // namespace campgate::rush
