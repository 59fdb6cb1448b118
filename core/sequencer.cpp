#include "core/sequencer.hpp"

#include "core/faults.hpp"
#include "core/record_codec.hpp"

#include <algorithm>
#include <map>

namespace campgate {

namespace {

// Keys are forgotten in whole strides, so that the journal is not filled with forgetting.
constexpr std::chrono::hours forget_stride{1};
constexpr std::chrono::milliseconds retry_after{1};    // deferred requests
constexpr std::chrono::milliseconds sweep_after{100};  // expiries, lease

std::size_t items_of(const record& r) {
    if (const auto* p = std::get_if<place_record>(&r.body)) return p->placed.size();
    if (const auto* p = std::get_if<expire_record>(&r.body)) return p->ended.size();
    if (const auto* p = std::get_if<sale_record>(&r.body)) return p->seats.size() + 1;
    return 1;
}

// Takes all but the first seat out of a mode-all decision, as a request of its own for the next
// batch (siblings_in_two_batches).
std::optional<place_command> second_half(decision& d, const command& c) {
    auto* made = std::get_if<place_record>(&d.made->body);
    if (made == nullptr || made->mode != place_mode::all || made->placed.size() < 2) return {};
    place_command rest = std::get<place_command>(c);
    rest.key.high ^= 1;
    rest.mode = place_mode::each;
    rest.items.clear();
    for (std::size_t i = 1; i < made->placed.size(); ++i) {
        const placed_item& item = made->placed[i];
        rest.items.push_back({item.week, item.child, item.seat});
    }
    made->placed.resize(1);
    return rest;
}

}  // namespace

// Claims for the engine from the ledgers, and remembers which.
class sequencer::ledger_source final : public seat_source {
public:
    explicit ledger_source(const ledger_table& ledgers) : ledgers_(ledgers) {}
    std::optional<seat_number> claim(week_id week) override {
        return claimed(week, &seat_ledger::claim_one);
    }
    std::optional<seat_number> claim_preferring(week_id week, seat_number seat) override {
        seat_ledger* ledger = ledgers_.find(week);
        if (ledger == nullptr) return std::nullopt;
        return noted(week, ledger->claim_preferring(seat));
    }
    std::optional<seat_number> claim_last(week_id week) override {
        return claimed(week, &seat_ledger::claim_last);
    }
    std::vector<claim_at> claims;

private:
    std::optional<seat_number> claimed(week_id week,
                                       std::optional<seat_number> (seat_ledger::*how)()) {
        // A week made in this batch has no ledger before its commit.
        seat_ledger* ledger = ledgers_.find(week);
        if (ledger == nullptr) return std::nullopt;
        return noted(week, (ledger->*how)());
    }
    std::optional<seat_number> noted(week_id week, std::optional<seat_number> seat) {
        if (seat) claims.push_back({week, *seat});
        return seat;
    }

    const ledger_table& ledgers_;
};

sequencer::sequencer(engine& rules, ledger_table& ledgers, views& seen, intake_queue& queue,
                     journal_port& journal, clock_guard& time, const clock_port& clock,
                     delivery_port& delivery, batch_number last_batch, sequencer_limits limits)
    : engine_(rules),
      ledgers_(ledgers),
      views_(seen),
      queue_(queue),
      journal_(journal),
      time_(time),
      clock_(clock),
      delivery_(delivery),
      limits_(limits),
      last_batch_(last_batch) {
}

void sequencer::start(const beside& meanwhile) {
    for (const week_row& row : engine_.weeks()) ledgers_.add(row.id).open(row.total);
    std::vector<family_id> families;
    families.reserve(engine_.hold_count());
    engine_.each_seat([&](week_id week, seat_number seat, const seat_row& row) {
        ledgers_.at(week).take_at_start(seat);
        if (row.state != seat_state::retired) families.push_back(row.family);
    });
    engine_.sales().each_order([&](const order& o) { families.push_back(o.family); });
    engine_.sales().each_reminded(
        [&](family_id family, const auto&...) { families.push_back(family); });
    std::ranges::sort(families);
    families.erase(std::ranges::unique(families).begin(), families.end());
    views_.families.reserve(families.size());
    views_.keys.reserve(engine_.key_count());
    // Neither view looks at the other, and the engine is only read.
    const work_end keys_published = meanwhile([this] {
        engine_.each_answer(
            [this](actor_id actor, bits128 key, std::shared_ptr<const key_answer> answer) {
                views_.keys.put({actor, key}, std::move(answer));
            });
    });
    for (const family_id family : families) {
        views_.families.put(family, std::make_shared<const family_view>(family_view{
                                        engine_.last_sequence(), engine_.holds_of(family),
                                        engine_.sales_of(family)}));
    }
    keys_published();
    publish_season();
    publish_availability();
}

commit_outcome sequencer::round() {
    const bool paused = time_.check();
    now_ = std::max(now_, time_.now());
    records_.clear();
    effects_ = {};
    touched_.clear();
    items_ = 0;

    if (!paused) sweep();
    std::deque<deferred_command> retry;
    retry.swap(deferred_);
    while (!retry.empty() && !full()) {
        deferred_command d = std::move(retry.front());
        retry.pop_front();
        if (const auto* p = std::get_if<place_command>(&d.queued.command))
            deferred_keys_.erase({p->actor, p->key});
        handle(std::move(d.queued), true, d.since);
    }
    // Those that found no room stay first.
    while (!retry.empty()) {
        deferred_.push_back(std::move(retry.front()));
        retry.pop_front();
    }
    incoming_.clear();
    queue_.take(incoming_);
    if (!incoming_.empty()) crash_point("sequencer_taken");
    for (queued_command& c : incoming_) left_over_.push_back(std::move(c));
    while (!left_over_.empty() && !full()) {
        queued_command c = std::move(left_over_.front());
        left_over_.pop_front();
        handle(std::move(c), false, {});
    }

    if (mutated(mutation::answer_before_commit)) deliver();
    if (mutated(mutation::seat_returned_before_commit)) settle();
    const commit_outcome outcome = commit_batch();
    if (outcome != commit_outcome::committed) return outcome;
    if (!records_.empty()) {
        crash_point("sequencer_committed");
        publish_batch();
        if (!mutated(mutation::seat_returned_before_commit)) settle();
        crash_point("ledgers_settled");
    }
    deliver();
    if (!records_.empty()) crash_point("answers_delivered");
    return commit_outcome::committed;
}

std::chrono::nanoseconds sequencer::idle_time() const {
    if (!left_over_.empty()) return std::chrono::nanoseconds{0};
    if (!deferred_.empty()) return retry_after;
    return sweep_after;
}

bool sequencer::full() const {
    return records_.size() >= limits_.batch_records_max || items_ >= limits_.batch_items_max;
}

// ---- deciding
// --------------------------------------------------------------------------------------

void sequencer::sweep() {
    queued_command own;
    own.to.lane = no_lane;
    while (records_.size() < limits_.batch_records_max / 2 &&
           items_ < limits_.batch_items_max / 2) {
        auto due = engine_.due(now_, expire_items_max);
        if (due.empty()) break;
        counts_.expired += due.size();
        own.command = expire_command{std::move(due)};
        ledger_source none{ledgers_};
        accept(engine_.decide(own.command, now_, none, false), own);
    }
    sweep_sales(own);
    const auto oldest = engine_.oldest_key();
    if (oldest && *oldest + key_lifetime + forget_stride < now_) {
        own.command = forget_command{now_ - key_lifetime};
        ledger_source none{ledgers_};
        accept(engine_.decide(own.command, now_, none, false), own);
    }
}

// Orders that nobody paid, and families whose time is nearly over (S26, R1).
void sequencer::sweep_sales(queued_command& own) {
    const auto season = engine_.current_season();
    if (!season) return;
    ledger_source none{ledgers_};
    const auto room = [&] {
        return records_.size() < limits_.batch_records_max / 2 &&
               items_ < limits_.batch_items_max / 2;
    };
    for (const auto& [order, family] : engine_.orders_due(now_, expire_items_max)) {
        if (!room()) return;
        own.command = sale_command{server_actor, family, sale_command::expire{order}, nullptr};
        accept(engine_.decide(own.command, now_, none, false), own);
        ++counts_.expired;
    }
    // Who has less time from the start is not told that a day is left.
    if (season->hold_duration <= season->sales.remind_before) return;
    const instant until = now_ + season->sales.remind_before;
    for (const family_id family : engine_.to_remind(now_, until, expire_items_max)) {
        if (!room()) return;
        own.command = sale_command{server_actor, family, sale_command::remind{until}, nullptr};
        accept(engine_.decide(own.command, now_, none, false), own);
    }
}

void sequencer::handle(queued_command&& c, bool was_deferred, boot_instant since) {
    std::vector<claim_at> claims;
    if (auto* p = std::get_if<place_command>(&c.command)) {
        for (const place_item& item : p->items) {
            if (item.claim != no_seat) claims.push_back({item.week, item.claim});
        }
        // The newest facts decide, whatever the io thread looked at.
        p->facts = views_.facts.find(p->family);
        if (deferred_keys_.contains({p->actor, p->key})) {
            undo_unused(claims, nullptr);
            replies_.push_back({c.to.lane,
                                {c.to.ticket,
                                 reply_kind::key_undecided,
                                 engine_.last_sequence(),
                                 nullptr,
                                 {},
                                 {}}});
            return;
        }
    }
    if (auto* sale = std::get_if<sale_command>(&c.command))
        sale->facts = views_.facts.find(sale->family);
    const boot_instant boot = clock_.boot();
    const bool last_try = was_deferred && boot - since >= limits_.deferral_max;
    ledger_source source{ledgers_};
    decision d = engine_.decide(c.command, now_, source, last_try);
    claims.insert(claims.end(), source.claims.begin(), source.claims.end());
    undo_unused(claims, d.kind == decision_kind::decided ? &*d.made : nullptr);

    if (d.kind == decision_kind::contended && !last_try) {
        if (auto* p = std::get_if<place_command>(&c.command)) {
            for (place_item& item : p->items) item.claim = no_seat;
            deferred_keys_.insert({p->actor, p->key});
        }
        if (!was_deferred) ++counts_.deferred;
        deferred_.push_back({std::move(c), was_deferred ? since : boot});
        return;
    }
    if (d.kind == decision_kind::decided) {
        if (mutated(mutation::siblings_in_two_batches)) {
            if (auto rest = second_half(d, c.command)) {
                accept(d, {c.command, {no_lane, 0}, c.queued});
                deferred_.push_back({{std::move(*rest), c.to, c.queued}, boot});
                return;
            }
        }
        return accept(d, c);
    }
    answer(c, d);
}

void sequencer::accept(const decision& d, const queued_command& c) {
    if (d.kind != decision_kind::decided) return;
    crash_point("sequencer_decided");
    touch(*d.made);
    engine_.apply(*d.made, &effects_);
    crash_point("sequencer_applied");
    items_ += items_of(*d.made);
    records_.push_back(*d.made);
    answer(c, d);
}

// Remembers whose views the record changes; before it is applied, while ended holds are still
// there.
void sequencer::touch(const record& r) {
    const auto of_seat = [&](const ended_hold& e) {
        touched_.push_back(engine_.seat(e.week, e.seat).family);
    };
    if (const auto* place = std::get_if<place_record>(&r.body)) {
        touched_.push_back(place->family);
    } else if (const auto* release = std::get_if<release_record>(&r.body)) {
        of_seat(release->ended);
    } else if (const auto* expire = std::get_if<expire_record>(&r.body)) {
        std::ranges::for_each(expire->ended, of_seat);
    } else if (const auto* sale = std::get_if<sale_record>(&r.body)) {
        touched_.push_back(sale->family);
    }
}

// Claims that no record took go back at once: nothing was ever said of them.
void sequencer::undo_unused(const std::vector<claim_at>& claims, const record* made) {
    if (claims.empty()) return;
    if (mutated(mutation::claims_not_undone)) return;
    std::vector<claim_at> used;  // a shrinking week claims up to a hundred thousand
    if (made != nullptr) {
        if (const auto* p = std::get_if<place_record>(&made->body)) {
            for (const placed_item& item : p->placed) used.push_back({item.week, item.seat});
        } else if (const auto* c = std::get_if<capacity_record>(&made->body)) {
            for (const seat_number seat : c->retired) used.push_back({c->week, seat});
        } else if (const auto* sale = std::get_if<sale_record>(&made->body)) {
            for (const seat_effect& e : sale->seats) {
                if (e.event == seat_event::retake) used.push_back({e.week, e.seat});
            }
        }
    }
    std::ranges::sort(used);
    for (const claim_at& claim : claims) {
        if (std::ranges::binary_search(used, claim)) continue;
        ledgers_.at(claim.week).undo({&claim.seat, 1});
    }
}

void sequencer::answer(const queued_command& c, const decision& d) {
    if (c.to.lane == no_lane) return;
    reply r;
    r.ticket = c.to.ticket;
    r.at = engine_.last_sequence();
    r.week = d.week;
    r.sale = d.sale;
    r.order = d.order;
    r.payment = d.payment;
    switch (d.kind) {
        case decision_kind::decided:
            r.at = d.made->sequence;
            r.kind = reply_kind::done;
            if (const auto* sale = std::get_if<sale_record>(&d.made->body)) {
                if (sale->order) r.order = sale->order->id;
                if (sale->payment) {
                    r.payment = sale->payment->id;
                    r.order = sale->payment->of;
                }
            }
            if (const auto* p = std::get_if<place_record>(&d.made->body)) {
                r.kind = reply_kind::placed;
                r.answer = engine_.answer_of(d.made->actor, p->key);
                if (mutated(mutation::siblings_in_two_batches)) {
                    if (auto first =
                            engine_.answer_of(d.made->actor, {p->key.high ^ 1, p->key.low})) {
                        key_answer whole = *first;
                        whole.placed.insert(whole.placed.end(), p->placed.begin(), p->placed.end());
                        r.answer = std::make_shared<const key_answer>(std::move(whole));
                    }
                }
            }
            break;
        case decision_kind::refused:
            r.kind = reply_kind::refused;
            r.refused = d.refused;
            break;
        case decision_kind::replayed:
            r.kind = reply_kind::replayed;
            r.answer = d.answer;
            break;
        case decision_kind::key_reused: r.kind = reply_kind::key_reused; break;
        case decision_kind::not_found: r.kind = reply_kind::not_found; break;
        case decision_kind::ended: r.kind = reply_kind::ended; break;
        case decision_kind::unchanged: r.kind = reply_kind::unchanged; break;
        case decision_kind::contended: r.kind = reply_kind::contended; break;
        case decision_kind::sale_refused: r.kind = reply_kind::sale_refused; break;
        case decision_kind::sale_known: r.kind = reply_kind::sale_known; break;
        case decision_kind::invalid: r.kind = reply_kind::invalid; break;
    }
    replies_.push_back({c.to.lane, std::move(r)});
}

// ---- committing
// ------------------------------------------------------------------------------------

commit_outcome sequencer::commit_batch() {
    batch b;
    b.number = {last_batch_.value + 1};
    b.at = now_;
    b.last = engine_.last_sequence();
    b.digest = engine_.digest();
    if (records_.empty()) {
        bool sent = false;
        const commit_outcome outcome = journal_.renew(b, sent);
        if (outcome == commit_outcome::committed && sent) {
            last_batch_ = b.number;
            ++counts_.renewals;
        }
        return outcome;
    }
    b.records.reserve(records_.size());
    for (const record& r : records_) b.records.push_back(encode(r));
    make_net(effects_);
    b.rows = std::move(effects_);
    crash_point("journal_unsent");
    const commit_outcome outcome = journal_.commit(b);
    crash_point("journal_sent");
    if (outcome != commit_outcome::committed) return outcome;
    last_batch_ = b.number;
    ++counts_.batches;
    counts_.records += records_.size();
    return outcome;
}

// ---- publishing
// ------------------------------------------------------------------------------------

void sequencer::publish_batch() {
    publication news;
    news.at = engine_.last_sequence();
    if (mutated(mutation::availability_before_keys)) publish_availability();
    std::vector<family_id> families = std::move(touched_);
    for (const record& r : records_) {
        if (const auto* p = std::get_if<place_record>(&r.body)) {
            views_.keys.put({r.actor, p->key}, engine_.answer_of(r.actor, p->key));
        } else if (const auto* f = std::get_if<forget_record>(&r.body)) {
            views_.keys.erase_if([&](const key_answer& a) { return a.at < f->before; });
        } else if (r.kind() == record_kind::season || r.kind() == record_kind::opening ||
                   r.kind() == record_kind::capacity) {
            news.season = true;
        }
    }
    std::ranges::sort(families);
    families.erase(std::ranges::unique(families).begin(), families.end());
    for (const family_id family : families) {
        views_.families.put(
            family, std::make_shared<const family_view>(
                        family_view{news.at, engine_.holds_of(family), engine_.sales_of(family)}));
    }
    crash_point("keys_published");
    const auto changed_before = views_.availability.load()->changed;
    if (news.season) publish_season();
    crash_point("season_published");
    publish_availability();
    crash_point("availability_published");
    news.availability = views_.availability.load()->changed != changed_before;
    news.families = std::move(families);
    delivery_.publish(news);
}

// What a calendar would show if a clock, not a record, ended a hold (expiry_by_clock).
std::uint32_t sequencer::due_soon(week_id week) const {
    const instant soon = now_ + std::chrono::seconds{1};
    ledger_source none{ledgers_};
    const expire_command due{engine_.due(soon, expire_items_max)};
    const decision d = engine_.decide(due, soon, none, false);
    if (!d.made) return 0;
    return static_cast<std::uint32_t>(
        std::ranges::count(std::get<expire_record>(d.made->body).ended, week, &ended_hold::week));
}

void sequencer::publish_season() {
    season_view view;
    view.changed = engine_.last_sequence();
    view.published = engine_.current_season();
    view.rows.assign(engine_.weeks().begin(), engine_.weeks().end());
    views_.season.store(std::make_shared<const season_view>(std::move(view)));
}

void sequencer::publish_availability() {
    const auto before = views_.availability.load();
    availability_view view;
    view.at = engine_.last_sequence();
    view.changed = before->changed;
    if (const auto season = engine_.current_season()) {
        view.weeks.reserve(season->weeks.size());
        for (const camp_week& week : season->weeks) {
            week_availability now{week.id, engine_.available(week.id), view.at};
            if (mutated(mutation::expiry_by_clock)) now.available += due_soon(week.id);
            const week_availability* old = before->find(week.id);
            if (old != nullptr && old->available == now.available) now.changed = old->changed;
            if (now.changed > view.changed) view.changed = now.changed;
            view.weeks.push_back(now);
        }
    }
    if (view.weeks.size() != before->weeks.size()) view.changed = view.at;
    views_.availability.store(std::make_shared<const availability_view>(std::move(view)));
}

// Seats go back only after the commit: a crash before it must not sell them twice.
void sequencer::settle() {
    for (const record& r : records_) {
        if (const auto* place = std::get_if<place_record>(&r.body)) {
            for (const placed_item& item : place->placed) ledgers_.at(item.week).commit(1);
        } else if (const auto* release = std::get_if<release_record>(&r.body)) {
            ledgers_.at(release->ended.week).give_back({&release->ended.seat, 1});
        } else if (const auto* expire = std::get_if<expire_record>(&r.body)) {
            for (const ended_hold& e : expire->ended) ledgers_.at(e.week).give_back({&e.seat, 1});
        } else if (const auto* sale = std::get_if<sale_record>(&r.body)) {
            for (const seat_effect& e : sale->seats) {
                if (e.event == seat_event::end) ledgers_.at(e.week).give_back({&e.seat, 1});
                if (e.event == seat_event::retake) ledgers_.at(e.week).commit(1);
            }
        } else if (const auto* capacity = std::get_if<capacity_record>(&r.body)) {
            seat_ledger& ledger = ledgers_.at(capacity->week);
            ledger.commit(static_cast<std::uint32_t>(capacity->retired.size()));
            ledger.give_back(capacity->restored);
            ledger.open(capacity->total);
        } else if (const auto* imported = std::get_if<season_record>(&r.body)) {
            // With the seats that this record made; what grew a week later in the batch follows.
            for (const camp_week& week : imported->published->weeks) {
                if (ledgers_.find(week.id) == nullptr) ledgers_.add(week.id).open(week.capacity);
            }
        }
    }
}

void sequencer::deliver() {
    if (replies_.empty()) return;
    std::vector<std::vector<reply>> lanes(limits_.lanes);
    for (pending_reply& p : replies_) {
        ensure(p.lane < lanes.size(), "an answer for a thread that is not there");
        lanes[p.lane].push_back(std::move(p.reply));
    }
    queue_.give_up(replies_.size());
    replies_.clear();
    for (std::uint32_t lane = 0; lane < lanes.size(); ++lane) {
        if (!lanes[lane].empty()) delivery_.deliver(lane, std::move(lanes[lane]));
    }
}

}  // namespace campgate
