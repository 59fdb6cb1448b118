#include "loadtest/parent.hpp"

#include "loadtest/wall_clock.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace campgate::rush {

namespace {

using std::chrono::milliseconds;

constexpr int attempts_max = 12;
constexpr milliseconds double_click_after{80};

}  // namespace

parent::parent(stage& on, visitor&& who, parent_plan plan)
    : stage_(on),
      who_(std::move(who)),
      plan_(std::move(plan)),
      socket_(on.floor, who_.number, who_.who.cookie),
      client_(on.io, on.to, source_address(on.to, who_.number)),
      alarm_(on.io) {
}

parent::~parent() = default;

void parent::at(moment when, void (parent::*what)()) {
    alarm_.expires_at(when);
    alarm_.async_wait([this, what](error_code ec) {
        if (!ec && !finished_) (this->*what)();
    });
}

void parent::after(milliseconds pause, void (parent::*what)()) {
    at(now() + pause, what);
}

milliseconds parent::between(int least, int most) {
    const auto range = static_cast<std::uint64_t>(most - least + 1);
    return milliseconds{least + static_cast<int>(stage_.draw() % range)};
}

void parent::arm() {
    if (started_ || finished_) return;
    const moment due = stage_.opening + std::chrono::microseconds{plan_.clicks.front().at};
    if (plan_.reloads_before && due - now() > milliseconds{1500})
        return at(due - between(300, 1400), &parent::reload_before);
    at(due, &parent::click);
}

void parent::reload_before() {
    plan_.reloads_before = false;
    read("/api/v1/season", &parent::arm);
}

// ---- the click
// -----------------------------------------------------------------------------------

void parent::click() {
    started_ = true;
    const planned_click& planned = plan_.clicks[clicks_++];
    begin(planned, stage_.opening + std::chrono::microseconds{planned.at});
}

void parent::begin(planned_click click, moment due) {
    asked_ = std::make_shared<request>(request{new_key(), click.all, click.items, due, {}, false});
    attempts_ = 0;
    ++stage_.shared.clicked;
    ++stage_.counted.counts["clicks"];
    stage_.counted.counts["items"] += click.items.size();
    ++stage_.counted.slice(unix_micros(due)).due;
    click.at = micros(due - stage_.opening);
    if (stage_.recorder != nullptr) stage_.recorder->write(who_.me.family, click);
    send();
}

void parent::send() {
    asked_->sent = now();
    const request_ptr of = asked_;
    stage_.counted.lateness.record(
        static_cast<std::uint64_t>(std::max<std::int64_t>(micros(of->sent - of->due), 0)));
    const std::string text = place_text(stage_.to.host, who_.who, of->key, of->all, of->items);
    client_.ask(text, [this, of](const http_answer& a) { answered(a, of, false); });
    if (attempts_++ != 0 || (!plan_.double_click && !plan_.lost_connection)) return;
    if (!side_) side_ = std::make_unique<timer>(stage_.io);
    if (std::exchange(plan_.lost_connection, false)) {
        side_->expires_after(between(2, 25));
        side_->async_wait([this](error_code ec) {
            if (!ec) lose();
        });
    } else if (std::exchange(plan_.double_click, false)) {
        side_->expires_after(double_click_after);
        side_->async_wait([this, text, of](error_code ec) {
            if (ec || finished_) return;
            ++stage_.counted.counts["double_clicks"];
            second_ = std::make_unique<http_client>(stage_.io, stage_.to,
                                                    source_address(stage_.to, who_.number));
            second_->ask(text, [this, of](const http_answer& a) { answered(a, of, true); });
        });
    }
}

// The same key again: counted from when it is asked, for the pause was not the server's.
void parent::send_again() {
    asked_->due = now();
    send();
}

void parent::lose() {
    if (!client_.busy()) return;
    client_.drop(true);
    ++stage_.counted.counts["connections_lost"];
    if (stage_.told != nullptr) tell_place(*asked_, {}, {}, now());
    after(between(150, 500), &parent::send_again);
}

void parent::answered(const http_answer& a, const request_ptr& of, bool second) {
    const moment received = now();
    const moment due = second ? of->sent + double_click_after : of->due;
    tally& count = stage_.counted;
    ++stage_.shared.answered;
    count.clicks.record(
        static_cast<std::uint64_t>(std::max<std::int64_t>(micros(received - due), 0)));

    const bool nothing = a.status == 409 && read_problem(a.body) == "nothing_placed";
    const bool decision = a.status == 201 || nothing;
    hold_answer answer;
    if (decision) answer = read_holds(a.body);
    if (stage_.told != nullptr) tell_place(*of, a, answer, received);

    const bool repeated = decision && std::exchange(of->answered, of->answered || decision);
    outcome what = outcome::turned_away;
    if (a.status == 0) what = outcome::lost;
    if (nothing) what = outcome::refused;
    if (a.status == 201) what = answer.refused.empty() ? outcome::placed : outcome::partly;
    if (repeated) what = outcome::repeated;
    ++count.slice(unix_micros(received)).answers[static_cast<std::size_t>(what)];
    ++count.counts["answers"];
    ++count.counts[std::string{"answers_"} +
                   std::string{outcome_names[static_cast<std::size_t>(what)]}];
    if (!decision) {
        const std::string name = a.status == 0 ? "no_answer" : read_problem(a.body);
        ++count.counts["problem_" + (name.empty() ? std::to_string(a.status) : name)];
    } else if (!repeated) {
        for (const told_refusal& r : answer.refused) ++count.reasons[r.reason];
        count.counts["seats_held"] += answer.placed.size();
        stage_.shared.seats += answer.placed.size();
        if (a.status == 201)
            count.acknowledgements.push_back({answer.sequence, unix_micros(received)});
    }
    // The second click's answer is looked at, and no more; the day goes on with the first's.
    if (second || finished_) return;
    if (!decision) {
        const bool again = a.status == 0 || a.status == 429 || a.status == 503 || a.status == 409;
        if (again && attempts_ < attempts_max) return come_back(a.retry_after);
        ++count.counts["gave_up"];
        return next();
    }
    had_.insert(had_.end(), of->items.begin(), of->items.end());
    for (const placed_seat& placed : answer.placed)
        holds_.push_back({placed.seat, placed.hold, answer.sequence});
    refused(answer);
    next();
}

void parent::come_back(int seconds) {
    ++stage_.counted.counts["asked_again"];
    after(milliseconds{std::min(seconds, 10) * 1000} + between(50, 400), &parent::send_again);
}

void parent::refused(const hold_answer& answer) {
    wanted_again_.clear();
    for (const told_refusal& r : answer.refused) {
        if (r.reason == "sold_out" || r.reason == "busy" || r.reason == "not_tried" ||
            r.reason == "not_open")
            wanted_again_.push_back({r.week, r.child});
    }
    const bool early = std::ranges::any_of(
        answer.refused, [](const told_refusal& r) { return r.reason == "not_open"; });
    if (early) ++stage_.counted.counts["too_early"];
}

// ---- afterwards
// ----------------------------------------------------------------------------------

void parent::next() {
    // A recorded day goes on as it went.
    if (clicks_ < plan_.clicks.size())
        return at(
            std::max(now(), stage_.opening + std::chrono::microseconds{plan_.clicks[clicks_].at}),
            &parent::click);
    if (!wanted_again_.empty() && (plan_.second_choices-- > 0 || now() < stage_.opening))
        return after(between(400, 2500), &parent::choose_again);
    if (std::exchange(plan_.reloads_after, false))
        return after(between(100, 900), &parent::look_around);
    after(between(50, 300), &parent::look_at_basket);
}

// What is still to be had as wished, as the calendar shows it; something else for the rest.
void parent::choose_again() {
    planned_click again;
    const auto available = [&](std::uint32_t week) {
        return stage_.book.available(socket_.page(), week);
    };
    for (const told_item& item : std::exchange(wanted_again_, {})) {
        const bool there = available(item.week) > 0;
        const auto child = std::ranges::find(who_.me.children, item.child, &child_facts::id);
        if (there || child == who_.me.children.end()) {
            if (there) again.items.push_back(item);
            continue;
        }
        std::vector<told_item> had = had_;
        had.insert(had.end(), again.items.begin(), again.items.end());
        if (const auto other = stage_.day.second_choice(*child, had, available, stage_.draw))
            again.items.push_back(*other);
    }
    if (again.items.empty()) return next();
    ++stage_.counted.counts["second_choices"];
    // Due now: thinking is the parent's, not the server's.
    begin(std::move(again), now());
}

void parent::look_around() {
    read("/api/v1/weeks", &parent::reload_me);
}

void parent::reload_me() {
    read("/api/v1/me", &parent::look_at_basket);
}

void parent::look_at_basket() {
    read("/api/v1/basket",
         plan_.releases && !holds_.empty() ? &parent::change_mind : &parent::finish);
}

void parent::change_mind() {
    plan_.releases = false;
    const hold given = holds_[stage_.draw() % holds_.size()];
    const moment sent = now();
    client_.ask(release_text(stage_.to.host, who_.who, given.token), [this, given,
                                                                      sent](const http_answer& a) {
        const moment received = now();
        stage_.counted.releases.record(static_cast<std::uint64_t>(micros(received - sent)));
        ++stage_.counted.slice(unix_micros(received)).releases;
        ++stage_.counted.counts[a.status == 204 ? "released" : "release_failed"];
        if (stage_.told != nullptr)
            stage_.told->write(told_release{unix_micros(sent), micros(received - sent),
                                            who_.me.family, given.seat, given.placed_at, a.status});
        if (!finished_) after(between(50, 300), &parent::look_at_basket);
    });
}

void parent::finish() {
    if (std::exchange(finished_, true)) return;
    ++stage_.shared.finished;
    // The browser closes its idle connection by and by; descriptors are dear here.
    asio::post(stage_.io, [this] {
        if (!second_ || !second_->busy()) client_.drop();
    });
}

void parent::stop() {
    alarm_.cancel();
    if (side_) side_->cancel();
    client_.drop();
    if (second_) second_->drop();
    if (!std::exchange(finished_, true)) ++stage_.counted.counts["gave_up"];
}

void parent::leave() {
    stop();
    socket_.close();
}

// ---- reading and telling
// -------------------------------------------------------------------------

void parent::read(std::string path, void (parent::*then)()) {
    const moment sent = now();
    client_.ask(get_text(stage_.to.host, path, who_.who.cookie),
                [this, path, sent, then](const http_answer& a) {
                    const moment received = now();
                    tally& count = stage_.counted;
                    count.reads.record(static_cast<std::uint64_t>(micros(received - sent)));
                    ++count.slice(unix_micros(received)).reads;
                    ++count.counts[a.status == 200 ? "reads" : "reads_failed"];
                    if (a.status == 200 && stage_.told != nullptr && path == "/api/v1/weeks")
                        stage_.told->write(read_weeks(a.body));
                    if (a.status == 200 && stage_.told != nullptr && path == "/api/v1/basket") {
                        const hold_answer basket = read_basket(a.body);
                        told_basket told{who_.me.family, basket.sequence, {}};
                        for (const placed_seat& placed : basket.placed)
                            told.holds.push_back(placed.seat);
                        stage_.told->write(told);
                    }
                    if (!finished_) (this->*then)();
                });
}

void parent::tell_place(const request& of, const http_answer& a, const hold_answer& answer,
                        moment received) {
    told_place p{unix_micros(of.sent),
                 micros(received - of.sent),
                 who_.me.family,
                 of.key,
                 of.all,
                 of.items,
                 a.status,
                 answer.sequence,
                 {},
                 answer.refused};
    for (const placed_seat& placed : answer.placed) p.placed.push_back(placed.seat);
    stage_.told->write(p);
}

}  // namespace campgate::rush
