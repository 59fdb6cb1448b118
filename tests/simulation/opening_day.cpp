#include "tests/simulation/opening_day.hpp"

#include "core/faults.hpp"
#include "core/intake.hpp"
#include "core/record_codec.hpp"
#include "core/sequencer.hpp"
#include "persistence/journal_writer.hpp"
#include "tests/simulation/money_audit.hpp"
#include "tests/simulation/simulated_sales.hpp"
#include "tests/unit/core/small_world.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <deque>
#include <set>

namespace campgate::simulation {

namespace {

using namespace small_world;

constexpr std::uint64_t family_count = 5;
constexpr std::uint32_t week_count = 3;

// ---- parents
// -------------------------------------------------------------------------------------

// A request as a parent's browser knows it: one key, however often it is sent.
struct wish {
    std::uint64_t family{};
    std::uint64_t key{};
    place_mode mode{};
    std::vector<place_item> items;
    std::shared_ptr<const key_answer> won;  // as it was told
    std::optional<hold_id> releases;        // then it is a DELETE
};

// One sending of a wish.
struct attempt {
    std::size_t wish;
    std::size_t process;
    sequence known_before;
    instant asked;
    std::optional<place_command> claimed;  // between claim and push
    std::optional<sale_command> sale{};    // then it is a step of a sale
};

class day;

// ---- a process
// -----------------------------------------------------------------------------------

class process final : public delivery_port, public journal_store {
public:
    process(day& in, std::size_t number, const ownership& owned, const stored_state& tables);

    void publish(const publication&) override;
    void deliver(std::uint32_t lane, std::vector<reply>&& replies) override;
    send_result send(const fence& by, const batch& b) override;
    bump_result bump_epoch(owner_id owner) override;
    void terminate_zombies() override;

    bool may_answer() const { return writer.lease_holds(); }

    day& in_;
    const std::size_t number;
    engine rules;
    ledger_table ledgers;
    views seen;
    intake_queue queue{64, 8};
    clock_guard time;
    std::atomic<bool> stop{false};
    journal_writer writer;
    std::optional<sequencer> sequencing;
    std::map<std::uint64_t, attempt> asked;  // by ticket
    std::deque<attempt> claimed;             // not pushed yet
};

// ---- the day
// -------------------------------------------------------------------------------------

class day {
public:
    explicit day(const day_options& o) : options(o), random(o.seed) {
        clock.wall = open_now;
        database.on_record = [this](const encoded_record& r) { committed(r); };
        database.on_batch = [this] { after_batch(); };
        for (std::uint64_t f = 1; f <= family_count; ++f) {
            facts.push_back(facts_of(f, 2));
        }
        database.take_ownership({1, 0}, clock.boot());
        season& s = draft;
        s.hold_duration = std::chrono::seconds{1 + random.below(20)};
        s.limits = limits;
        if (options.money) {
            s.hold_duration = std::chrono::seconds{5 + random.below(100)};
            s.sales = random_sales(s.hold_duration);
        }
        plain_seats seats{shadow};
        const record made = *shadow.decide(import_of(s), clock.wall, seats, false).made;
        engine first;
        row_effects effects;
        first.apply(made, &effects);
        make_net(effects);
        const batch b{{1}, clock.wall, {1}, first.digest(), {encode(made)}, effects};
        if (database.commit_batch({{1, 0}, 1}, b, clock.boot()).verdict != send_verdict::committed)
            throw violation("the season cannot be committed");
        start_process();
    }

    sale_rules random_sales(std::chrono::seconds hold_duration) {
        const auto some = [&](std::int64_t most) {
            return std::chrono::seconds{random.below(static_cast<std::uint64_t>(most) + 1)};
        };
        sale_rules rules;
        rules.clock = random.one_in(2) ? hold_clock::single : hold_clock::restart_on_finalise;
        rules.methods.clear();
        for (const payment_method m : all_payment_methods) rules.methods.push_back({m, some(30)});
        rules.payment_pin = some(15);
        rules.remind_before = some(hold_duration.count());
        price_rules& prices = rules.prices;
        if (random.one_in(2)) prices.by = rank_by::weeks;
        if (random.one_in(2)) prices.from = rank_from::lowest;
        if (random.one_in(2)) prices.ranks = {{0, {}}, {33, {}}, {50, {}}};
        if (random.one_in(2)) prices.weeks = {{0, {}}, {0, {{501}, {400}, {0}}}};
        if (random.one_in(4)) prices.child_cap = cents{8'003};
        if (random.one_in(4)) prices.family_cap = cents{13'000};
        return rules;
    }

    day_report live() {
        try {
            for (unsigned n = 0; n < options.steps && !over; ++n) step();
            if (!over) end();
        } catch (const violation& v) {
            report.violated = v.what();
        }
        report.sale_records = audit.steps;
        report.sale_events = audit.seen;
        report.bank_acts = sales.bank.acts;
        report.hints = sales.bank.hints_given;
        return report;
    }

    bool happens(fault f, std::uint64_t one_in) {
        const bool drawn = random.one_in(one_in);
        return drawn && !ending && (options.faults & f) != 0;
    }

    template <class... Parts>
    void say(const char* format, Parts... parts) {
        if (!options.telling) return;
        std::printf("%9.3f  ", static_cast<double>(clock.boot().count()) / 1e9 - 3600);
        std::printf(format, parts...);
        std::printf("\n");
    }

    void advance(std::chrono::nanoseconds by) {
        clock.since_boot += by;
        clock.wall += std::chrono::duration_cast<std::chrono::microseconds>(by);
        // Sessions that were given up go on by themselves.
        std::vector<late> due;
        std::erase_if(zombies, [&](const late& z) {
            if (z.at > clock.boot()) return false;
            due.push_back(z);
            return true;
        });
        for (const late& z : due) {
            const auto r = database.commit_batch(z.by, z.what, clock.boot());
            say("a session given up commits batch %llu: %s", u(z.what.number.value),
                r.verdict == send_verdict::committed ? "done" : r.sqlstate.c_str());
        }
    }

    static unsigned long long u(std::uint64_t n) { return n; }

    // ---- steps

    void step() {
        if (starter_waits && !ending) take_over();
        if (options.money && random.one_in(3)) return sale_step();
        const std::uint64_t what = random.below(100);
        if (what < 30) return click();
        if (what < 42) return push_claimed();
        if (what < 72) return round(pick_process());
        if (what < 80) return advance(std::chrono::milliseconds{1 + random.below(50)});
        if (what < 84) return advance(std::chrono::milliseconds{1 + random.below(2'500)});
        if (what < 88) return release();
        if (what < 90) return operate();
        if (what < 92) {
            if (!happens(clock_jump, 1)) return;
            clock.wall += std::chrono::seconds{static_cast<std::int64_t>(random.below(200)) - 100};
            say("the wall clock jumps");
            return;
        }
        if (what < 93) return process_of(current).time.accept();
        if (what < 96) {
            if (happens(crash, 6)) restart();
            return;
        }
        if (what < 98) {
            if (happens(other_owner, 1)) take_over();
            return;
        }
        if (what < 99) {
            if (!happens(outage, 1)) return;
            unreachable_until = clock.boot() + std::chrono::milliseconds{random.below(8'000)};
            say("the database is out of reach");
            starter_waits = happens(other_owner, 2);
            return;
        }
        if (random.one_in(4)) return a_week_passes();
        if (happens(older_state, 8)) go_back();
    }

    // Holds end, and keys are forgotten: what was wished before is not asked again.
    void a_week_passes() {
        say("eight days pass");
        advance(std::chrono::days{8});
        oldest_wish = wishes.size();
    }

    process& process_of(std::size_t number) { return *processes[number]; }

    std::size_t pick_process() {
        std::vector<std::size_t> alive;
        for (std::size_t i = 0; i < processes.size(); ++i) {
            if (processes[i]) alive.push_back(i);
        }
        return random.one_in(4) ? alive[random.below(alive.size())] : current;
    }

    void click() {
        std::size_t which = wishes.size();
        if (wishes.size() > oldest_wish && random.below(5) < 2) {
            // A double click, a retry, a second look.
            which = wishes.size() - 1;
            if (random.one_in(2)) which = oldest_wish + random.below(wishes.size() - oldest_wish);
            if (wishes[which].releases) which = wishes.size();
        }
        if (which == wishes.size()) {
            wish w;
            w.family = 1 + random.below(family_count);
            w.key = wishes.size() + 1;
            w.mode = random.one_in(2) ? place_mode::all : place_mode::each;
            std::set<std::pair<std::uint32_t, std::uint64_t>> chosen;
            const std::uint64_t n = 1 + random.below(3);
            for (std::uint64_t i = 0; i < n; ++i) {
                chosen.insert({1 + static_cast<std::uint32_t>(random.below(week_count)),
                               1 + random.below(2)});
            }
            for (const auto& [week, child] : chosen)
                w.items.push_back({{week}, child_of(w.family, child)});
            if (random.one_in(2)) std::ranges::reverse(w.items);
            wishes.push_back(std::move(w));
        }
        const std::size_t at = pick_process();
        process& p = process_of(at);
        if (!p.queue.try_reserve(intake_class::parent)) return;
        const wish& w = wishes[which];
        attempt a{which, at, newest_told, p.time.now(), std::nullopt};
        say("family %llu sends key %llu to process %zu", u(w.family), u(w.key), at);
        auto taken = take_in({{w.family}, {w.family}, {0, w.key}, {1, w.key}, w.mode, w.items},
                             p.seen, p.ledgers, a.asked);
        if (auto* asked = std::get_if<place_command>(&taken)) {
            a.claimed = std::move(*asked);
            if (random.one_in(2)) return p.claimed.push_back(std::move(a));
            return push(p, std::move(a));
        }
        p.queue.give_up(1);
        if (!p.may_answer() || happens(answer_lost, 8)) return;
        if (const auto* replay = std::get_if<intake_replay>(&taken))
            return told_placed(a, replay->answer, false);
        if (const auto* no = std::get_if<intake_refusal>(&taken))
            return told_refused(a, no->at, no->refused);
        throw violation("a key is called reused that was not");
    }

    void push(process& p, attempt a) {
        const std::uint64_t t = ++last_ticket;
        command c = std::move(*a.claimed);
        a.claimed.reset();
        p.asked.emplace(t, std::move(a));
        p.queue.push({std::move(c), {0, t}, clock.boot()});
    }

    void push_claimed() {
        process& p = process_of(pick_process());
        if (p.claimed.empty()) return;
        attempt a = std::move(p.claimed.front());
        p.claimed.pop_front();
        push(p, std::move(a));
    }

    void release() {
        // Any hold a parent was told of, also one that ended long ago.
        std::vector<std::pair<std::uint64_t, hold_id>> known;
        for (const wish& w : wishes) {
            if (!w.won) continue;
            for (const auto& item : w.won->placed) known.push_back({w.family, item.hold});
        }
        if (known.empty()) return;
        const auto [family, hold] = known[random.below(known.size())];
        wishes.push_back({family, 0, {}, {}, nullptr, hold});
        const std::size_t at = pick_process();
        process& p = process_of(at);
        if (!p.queue.try_reserve(intake_class::parent)) return;
        const std::uint64_t t = ++last_ticket;
        p.asked.emplace(t, attempt{wishes.size() - 1, at, newest_told, p.time.now(), std::nullopt});
        p.queue.push({release_command{{family}, {family}, hold}, {0, t}, clock.boot()});
        say("family %llu releases hold %llu", u(family), u(hold.value));
    }

    void sale_step() {
        const std::size_t at = pick_process();
        if (gone_back)
            return;  // the bank knows what the journal has lost: nobody goes on from there
        sales.act(at, process_of(at).seen,
                  [&](sale_command c) { return push_sale(process_of(at), std::move(c)); });
    }

    bool push_sale(process& p, sale_command c) {
        const auto who = c.actor == server_actor ? intake_class::privileged : intake_class::parent;
        if (!p.queue.try_reserve(who)) return false;
        const std::uint64_t t = ++last_ticket;
        attempt a{no_wish, p.number, newest_told, p.time.now(), std::nullopt, c};
        say("family %llu: step %zu of a sale to process %zu", u(c.family.value), c.what.index(),
            p.number);
        p.asked.emplace(t, std::move(a));
        p.queue.push({std::move(c), {0, t}, clock.boot()});
        return true;
    }

    void operate() {
        process& p = process_of(pick_process());
        if (!p.queue.try_reserve(intake_class::privileged)) return;
        const std::uint64_t t = ++last_ticket;
        p.asked.emplace(t, attempt{no_wish, p.number, newest_told, p.time.now(), std::nullopt});
        const week_id week{1 + static_cast<std::uint32_t>(random.below(week_count))};
        const auto capacity = 1 + static_cast<std::uint32_t>(random.below(4));
        const instant opens = p.time.now() + std::chrono::seconds{random.below(8)} - 4s;
        const std::uint64_t which = random.below(6);
        if (which == 0) draft.name.fr = "Été " + std::to_string(t);
        p.queue.push({which == 0   ? command{import_of(draft)}
                      : which <= 2 ? command{set_opening_command{{week}, opens}}
                                   : command{set_capacity_command{week, capacity}},
                      {0, t},
                      clock.boot()});
    }

    // ---- processes

    void start_process() {
        const owner_id owner{processes.size() + 2, 0};
        database.take_ownership(owner, clock.boot());
        check_tables();
        const ownership owned{owner, database.now.epoch, {database.now.last_batch}};
        current = processes.size();
        processes.push_back(nullptr);
        processes.back() = std::make_unique<process>(*this, current, owned, database.load());
    }

    void restart() {
        // Nobody can know then that the database is older than what was told.
        if (gone_back) return finish("the database went back and the process was killed");
        say("process %zu is killed and a new one starts", current);
        end_process(current);
        ++report.restarts;
        start_process();
    }

    void end_process(std::size_t number) {
        processes[number].reset();
        sales.forget(number);
    }

    // As a starter does: only once the owner has not been seen for three seconds.
    void take_over() {
        if (clock.boot() - database.seen < boot_instant{lease_takeover}) return;
        if (unreachable_until > clock.boot() || gone_back) return;
        say("another process takes over from %zu", current);
        ++report.take_overs;
        starter_waits = false;
        start_process();
    }

    // The database is as it was some batches ago. When somebody was told of what is lost, nothing
    // may be said any more.
    void go_back() {
        if (snapshots.empty()) return;
        const auto& snapshot = snapshots[random.below(snapshots.size())];
        if (snapshot.owner != database.now.owner || snapshot.last_batch >= database.now.last_batch)
            return;
        say("the database goes back from batch %llu to %llu", u(database.now.last_batch),
            u(snapshot.last_batch));
        database.restore(snapshot);
        zombies.clear();
        gone_back = true;
    }

    void round(std::size_t number) {
        if (!processes[number]) return;
        process& p = process_of(number);
        commit_outcome outcome = commit_outcome::committed;
        try {
            outcome = p.sequencing->round();
        } catch (const process_killed&) {
            say("process %zu is killed inside of a round", number);
            ++report.restarts;
            end_process(number);
            if (gone_back) return finish("the database went back");
            if (number == current) start_process();
            return;
        }
        if (outcome == commit_outcome::committed) {
            if (number == current && !gone_back &&
                p.rules.last_sequence() == shadow.last_sequence() &&
                p.rules.digest() != shadow.digest())
                throw violation("I5: memory differs from the journal folded");
            return;
        }
        say("process %zu ends: outcome %d", number, static_cast<int>(outcome));
        const bool owner = database.now.owner == owner_id{number + 2, 0};
        end_process(number);
        switch (outcome) {
            case commit_outcome::went_back:
                if (!gone_back) throw violation("an alarm although the database did not go back");
                ++report.alarms;
                return finish("the alarm was raised");
            case commit_outcome::lost_ownership:
                if (owner) throw violation("a process ends although it owns the journal");
                if (number == current) throw violation("the owner lost what nobody took");
                return;
            case commit_outcome::rejected:
                throw violation("the database refuses a batch: memory is wrong");
            case commit_outcome::stopping:
            case commit_outcome::committed: throw violation("a round ends without a reason");
        }
    }

    void finish(const char* why) {
        say("the day ends: %s", why);
        over = true;
    }

    // What the io threads do while the sequencer waits for the database.
    void meanwhile() {
        while (!ending && random.one_in(3)) random.one_in(2) ? click() : push_claimed();
    }

    // Debit before the journal, credit after it: before a batch is committed no seat that it frees
    // is in the ledger.
    void check_credit(const process& p, const batch& b) {
        if (p.number != current || gone_back ||
            shadow.last_sequence().value + b.records.size() != b.last.value)
            return;
        for (std::uint32_t n = 1; n <= week_count; ++n) {
            const auto counts = p.ledgers.at({n}).now();
            if (counts.free + counts.pending > shadow.available({n}))
                throw violation("a seat is back in the ledger before its record is committed");
        }
    }

    // ---- what is checked

    // The journal as committed, folded by a second engine.
    void committed(const encoded_record& e) {
        if (gone_back && e.sequence.value <= told_of.value)
            throw violation("written over what was told before the database went back");
        const auto r = decode(e);
        if (!r || encode(*r) != e) throw violation("a record that cannot be read");
        if (const auto* p = std::get_if<place_record>(&r->body)) {
            if (!applied_keys.insert({r->actor, p->key}).second)
                throw violation("I3: a key applied twice");
            for (const auto& item : p->placed) {
                if (!placed_holds.insert(item.hold).second) throw violation("a hold id used twice");
            }
        }
        const auto end_hold = [&](const ended_hold& h) {
            if (!placed_holds.contains(h.hold)) throw violation("I4: a hold ends that never was");
            if (!ended_holds.insert(h.hold).second) throw violation("I4: a hold ends twice");
        };
        if (const auto* x = std::get_if<release_record>(&r->body)) end_hold(x->ended);
        if (const auto* x = std::get_if<expire_record>(&r->body))
            std::ranges::for_each(x->ended, end_hold);
        if (const auto* x = std::get_if<sale_record>(&r->body)) {
            for (const seat_effect& seat : x->seats) {
                if (seat.event == seat_event::end) end_hold({seat.hold, seat.week, seat.seat});
                if (seat.event == seat_event::retake && !placed_holds.insert(seat.hold).second)
                    throw violation("a hold id used twice");
            }
        }
        if (!gone_back) audit.before(*r);
        if (!gone_back || e.sequence.value == shadow.last_sequence().value + 1) shadow.apply(*r);
        if (!gone_back) audit.after(*r);
        if (const auto* p = std::get_if<place_record>(&r->body)) {
            const auto holds = shadow.holds_of(p->family);
            if (holds.size() > limits.holds_per_family) throw violation("a family over its limit");
            for (const auto& h : holds) {
                if (std::ranges::count(holds, h.child, &family_hold::child) >
                    limits.weeks_per_child)
                    throw violation("a child over its limit");
            }
        }
        if (r->kind() == record_kind::forget) {
            applied_keys.clear();
            for (const stored_key& k : shadow.dump().keys)
                applied_keys.insert({k.row.actor, k.row.key});
        }
        note_availability();
        ++report.records;
    }

    void note_availability() {
        std::array<std::uint32_t, week_count> free{};
        for (std::uint32_t n = 1; n <= week_count; ++n) {
            if (shadow.taken({n}) > shadow.weeks()[n - 1].capacity)
                throw violation("I2: over capacity");
            free[n - 1] = shadow.available({n});
        }
        available_at[shadow.last_sequence()] = free;
    }

    void after_batch() {
        if (gone_back) return;
        if (shadow.digest() != database.now.digest)
            throw violation("I5: the digest is not that of the fold");
        if (random.one_in(16)) check_tables();
        if (random.one_in(6)) {
            if (snapshots.size() == 3) snapshots.erase(snapshots.begin());
            snapshots.push_back(database.now);
        }
    }

    void check_tables() {
        if (gone_back || shadow.last_sequence().value == 0) return;
        if (shadow.dump() != database.dump())
            throw violation("I5: the tables differ from the journal folded");
    }

    void tell(sequence at) {
        newest_told = std::max(newest_told, at);
        told_of = std::max(told_of, at);
        ++report.answers;
    }

    void told_placed(const attempt& a, std::shared_ptr<const key_answer> answer, bool fresh) {
        wish& w = wishes[a.wish];
        const sequence at = answer->sequence;
        say("family %llu is told: key %llu placed at %llu", u(w.family), u(w.key), u(at.value));
        if (at.value > database.journal.size()) {
            if (gone_back && !fresh) return;  // true, and told before
            throw violation("I1: an answer without a record");
        }
        const auto r = decode(database.journal[at.value - 1].record);
        const auto* p = std::get_if<place_record>(&r->body);
        if (p == nullptr || r->actor != actor_id{w.family} || p->key != bits128{0, w.key} ||
            p->placed != answer->placed || p->refused != answer->refused) {
            if (gone_back && !fresh) return;
            throw violation("I1: an answer that is not its record");
        }
        if (a.wish >= oldest_wish && w.won &&
            (w.won->placed != answer->placed || w.won->refused != answer->refused ||
             w.won->sequence != at))
            throw violation("I3: one key, two answers");
        for (const auto& item : p->placed) {
            if (std::ranges::none_of(w.items, [&](const place_item& i) {
                    return i.week == item.week && i.child == item.child;
                }))
                throw violation("I6: a hold that was not asked for");
        }
        if (fresh && at < a.known_before)
            throw violation("order: an answer before what was known when it was asked");
        for (const auto& no : p->refused) {
            if (no.why == reason::sold_out && available_at.at(at)[no.week.value - 1] != 0)
                throw violation("a seat was free where sold out was said");
        }
        w.won = std::move(answer);
        tell(at);
    }

    void told_refused(const attempt& a, sequence at, const std::vector<refused_item>& refused) {
        wish& w = wishes[a.wish];
        say("family %llu is told: key %llu refused at %llu", u(w.family), u(w.key), u(at.value));
        if (at < a.known_before)
            throw violation("order: a refusal older than what was known when it was asked");
        if (a.wish >= oldest_wish && w.won && w.won->sequence <= at)
            throw violation("the second click of the winner hears a refusal");
        const auto known = available_at.find(at);
        if (known == available_at.end()) throw violation("a refusal at a sequence that never was");
        for (std::size_t i = 0; i < refused.size(); ++i) {
            if (refused[i].why != reason::sold_out) continue;
            std::uint32_t own = 0;
            for (std::size_t k = 0; k < i; ++k) own += refused[k].week == refused[i].week ? 1 : 0;
            if (known->second[refused[i].week.value - 1] > own)
                throw violation("a seat was free where sold out was said");
        }
        // Said at the newest sequence it must be what the rules say of the journal as it is.
        const bool undecided =
            std::ranges::any_of(refused, [](const auto& r) { return r.why == reason::busy; });
        if (at == shadow.last_sequence() && !undecided && !gone_back) {
            place_command again{{w.family}, {w.family}, {0, w.key},         {1, w.key},
                                w.mode,     w.items,    facts[w.family - 1]};
            plain_seats seats{shadow};
            const decision d = shadow.decide(again, a.asked, seats, false);
            const bool time_matters =
                std::ranges::any_of(refused,
                                    [](const auto& r) { return r.why == reason::not_open; }) ||
                std::ranges::any_of(d.refused,
                                    [](const auto& r) { return r.why == reason::not_open; });
            if (!time_matters && d.kind == decision_kind::decided)
                throw violation("a refusal where a replay of the journal places");
        }
        tell(at);
    }

    void told_released(const attempt& a, const reply& r) {
        const wish& w = wishes[a.wish];
        say("family %llu is told: release %d at %llu", u(w.family), static_cast<int>(r.kind),
            u(r.at.value));
        if (r.at < a.known_before)
            throw violation("order: a release before what was known when it was asked");
        // Under the bank's page, or a booking (B4, S30).
        if (options.money && r.kind == reply_kind::sale_refused &&
            (r.sale == sale_refusal::payment_in_progress || r.sale == sale_refusal::booked))
            return;
        if (r.kind != reply_kind::done && r.kind != reply_kind::ended)
            throw violation("a release fails");
        if (!ended_holds.contains(*w.releases) && !gone_back)
            throw violation("I1: a release without a record");
        tell(r.at);
    }

    // A step of a sale that was said to be made is made, and what it names is there.
    void told_sale(const attempt& a, const reply& r) {
        say("family %llu is told: step %zu of a sale, %d at %llu", u(a.sale->family.value),
            a.sale->what.index(), static_cast<int>(r.kind), u(r.at.value));
        if (r.at < a.known_before)
            throw violation("order: a sale's answer before what was known when it was asked");
        switch (r.kind) {
            case reply_kind::done:
            case reply_kind::sale_known: break;
            case reply_kind::sale_refused:
            case reply_kind::unchanged:
            case reply_kind::not_found:
            case reply_kind::contended: return;
            default: throw violation("a step of a sale gets another kind of answer");
        }
        if (!gone_back && r.kind == reply_kind::done) {
            const auto made = decode(database.journal.at(r.at.value - 1).record);
            const auto* s = std::get_if<sale_record>(&made->body);
            if (s == nullptr || s->family != a.sale->family)
                throw violation("I1: a step of a sale without a record");
        }
        if (!gone_back && r.order != order_id{}) {
            const order* o = shadow.sales().find(r.order);
            if (o == nullptr || o->family != a.sale->family)
                throw violation("I1: a sale names an order that is not there");
        }
        tell(r.at);
    }

    // ---- the end of the day: no more faults, everything is answered, everything adds up

    void end() {
        ending = true;
        unreachable_until = read_only_until = {};
        for (std::size_t i = 0; i < processes.size(); ++i) {
            if (i != current) end_process(i);
        }
        advance(std::chrono::seconds{10});
        for (int rounds = 0; rounds < 4'000; ++rounds) {
            round(current);
            if (over) return;
            process& p = process_of(current);
            while (!p.claimed.empty()) {
                attempt a = std::move(p.claimed.front());
                p.claimed.pop_front();
                push(p, std::move(a));
            }
            if (p.asked.empty() && p.sequencing->idle() && !gone_back) break;
            advance(std::chrono::milliseconds{10});
        }
        if (gone_back) throw violation("the database went back and nobody noticed");
        process& p = process_of(current);
        if (!p.asked.empty()) throw violation("a request that is never answered");
        round(current);
        for (std::uint32_t n = 1; n <= week_count; ++n) {
            const auto counts = p.ledgers.at({n}).now();
            if (counts.pending != 0) throw violation("a claim that nobody has");
            if (counts.free != p.rules.available({n}))
                throw violation("the ledger and the rules differ");
            const auto view = p.seen.availability.load();
            if (view->find({n})->available != p.rules.available({n}))
                throw violation("the view and the rules differ");
        }
        check_tables();
        if (p.rules.dump() != shadow.dump())
            throw violation("I5: memory differs from the journal folded");
        // What was told is there, also for the next process.
        restart();
        check_answers();
        if (options.money) settle_everything();
    }

    void check_answers() {
        for (std::size_t i = oldest_wish; i < wishes.size(); ++i) {
            const wish& w = wishes[i];
            if (!w.won) continue;
            const auto again = process_of(current).seen.keys.find({{w.family}, {0, w.key}});
            if (again == nullptr || again->placed != w.won->placed ||
                again->refused != w.won->refused)
                throw violation("I1: an answered key is not answered again");
        }
    }

    void until_idle() {
        for (int rounds = 0; rounds < 400; ++rounds) {
            round(current);
            if (process_of(current).asked.empty() && process_of(current).sequencing->idle()) return;
            advance(std::chrono::milliseconds{10});
        }
        throw violation("a step of a sale that is never answered");
    }

    // Whatever the bank knows comes in, refunds go out, and what nobody paid ends: then the books
    // are the bank's, and once more so for the next process.
    void settle_everything() {
        const auto come_to_rest = [&] {
            for (int turns = 0; turns < 100; ++turns) {
                process& p = process_of(current);
                const std::size_t asked = sales.reconcile(
                    p.seen, [&](sale_command c) { return push_sale(p, std::move(c)); });
                until_idle();
                if (asked == 0) return;
            }
            throw violation("money: something is never settled");
        };
        come_to_rest();
        audit.compare(sales.bank);
        for (int turn = 0; turn < 3; ++turn) {
            advance(std::chrono::days{20});
            process_of(current).time.accept();
            // A round sweeps a part of what is due.
            for (sequence before{0}; before != shadow.last_sequence();) {
                before = shadow.last_sequence();
                until_idle();
            }
        }
        shadow.sales().each_order([&](const order& o) {
            if (o.state == order_state::open && !o.clock_stopped)
                throw violation("S26: an order that nobody paid does not end");
        });
        restart();
        until_idle();
        come_to_rest();
        audit.compare(sales.bank);
        check_tables();
        if (process_of(current).rules.dump() != shadow.dump())
            throw violation("I5: memory differs from the journal folded");
        ++report.settled_days;
    }

    struct late {
        boot_instant at;
        fence by;
        batch what;
    };
    static constexpr std::size_t no_wish = ~std::size_t{0};

    const day_options options;
    random_source random;
    virtual_clock clock;
    simulated_database database;
    std::vector<late> zombies;
    std::vector<simulated_database::tables> snapshots;
    boot_instant unreachable_until{}, read_only_until{};
    std::vector<std::shared_ptr<const family_facts>> facts;
    std::vector<std::unique_ptr<process>> processes;
    std::size_t current = 0;
    std::vector<wish> wishes;
    std::size_t oldest_wish = 0;  // those before were a week ago
    std::uint64_t last_ticket = 0;
    bool over = false, ending = false, gone_back = false;
    bool starter_waits = false;  // another process, for the owner to be silent
    day_report report;

    const season_limits limits{2, 3};
    season draft = draft_of({1, 2, 3});
    engine shadow;
    std::map<sequence, std::array<std::uint32_t, week_count>> available_at;
    std::set<std::pair<actor_id, bits128>> applied_keys;
    std::set<hold_id> placed_holds, ended_holds;
    money_audit audit{shadow};
    simulated_sales sales{random, family_count};
    sequence newest_told, told_of;
};

process::process(day& in, std::size_t n, const ownership& owned, const stored_state& tables)
    : in_(in),
      number(n),
      time(in.clock),
      writer(
          *this, in.clock,
          [this](std::chrono::nanoseconds wanted) {
              in_.advance(wanted);
              in_.meanwhile();
              // While this one waits, another may take over, or it is killed.
              if (in_.current == number && in_.happens(other_owner, 4)) in_.take_over();
              if (in_.happens(crash_inside, 40)) throw process_killed{};
          },
          stop, owned) {
    if (const auto wrong = rules.restore(tables)) throw violation("I5: not restored: " + *wrong);
    for (const auto& f : in.facts) seen.facts.put(f->id, f);
    sequencer_limits limits;
    limits.batch_records_max = 4;
    sequencing.emplace(rules, ledgers, seen, queue, writer, time, in.clock, *this, owned.last_batch,
                       limits);
    sequencing->start();
}

void process::publish(const publication&) {
    in_.meanwhile();
    if (in_.happens(crash_inside, 250)) throw process_killed{};
}

void process::deliver(std::uint32_t, std::vector<reply>&& replies) {
    for (const reply& r : replies) {
        const auto found = asked.find(r.ticket);
        if (found == asked.end()) throw violation("an answer that nobody asked for");
        const attempt a = std::move(found->second);
        asked.erase(found);
        if (in_.happens(crash_inside, 500)) throw process_killed{};
        const bool operated = a.wish == day::no_wish && !a.sale;
        if (operated || !may_answer() || in_.happens(answer_lost, 8)) continue;
        if (a.sale) {
            in_.told_sale(a, r);
            continue;
        }
        if (in_.wishes[a.wish].releases) {
            in_.told_released(a, r);
        } else if (r.answer) {
            in_.told_placed(a, r.answer, r.kind == reply_kind::placed);
        } else if (r.kind == reply_kind::refused) {
            in_.told_refused(a, r.at, r.refused);
        } else if (r.kind != reply_kind::contended && r.kind != reply_kind::key_undecided) {
            throw violation("a request for holds gets another kind of answer");
        }
    }
}

send_result process::send(const fence& by, const batch& b) {
    day& d = in_;
    d.meanwhile();
    d.check_credit(*this, b);
    const send_result doubt{send_verdict::doubt, {}, "simulated"};
    if (d.happens(crash_inside, 250)) throw process_killed{};
    const auto lost = [&](const char* how) {
        d.say("process %zu, batch %llu: %s", number, day::u(b.number.value), how);
        ++d.report.doubts;
        return doubt;
    };
    if (d.unreachable_until > d.clock.boot()) return lost("out of reach");
    if (d.read_only_until > d.clock.boot()) return lost("read-only");
    if (d.happens(request_lost, 25)) return lost("the request is lost");
    if (d.happens(read_only, 60)) {
        d.read_only_until = d.clock.boot() + std::chrono::milliseconds{d.random.below(3'000)};
        return lost("read-only");
    }
    if (d.happens(late_commit, 25)) {
        const auto after =
            std::chrono::milliseconds{d.random.below(d.random.one_in(2) ? 60 : 5'000)};
        d.zombies.push_back({d.clock.boot() + after, by, b});
        return lost("given up; it may commit later");
    }
    if (d.happens(slow, 25)) {
        d.say("process %zu, batch %llu is slow", number, day::u(b.number.value));
        d.advance(std::chrono::milliseconds{d.random.below(4'000)});
    }
    const bool reply_is_lost = d.happens(reply_lost, 20);
    const send_result answer = d.database.commit_batch(by, b, d.clock.boot());
    if (reply_is_lost) return lost("the reply is lost");
    d.say("process %zu, batch %llu with %zu records: %s", number, day::u(b.number.value),
          b.records.size(),
          answer.verdict == send_verdict::committed ? "committed" : answer.sqlstate.c_str());
    if (d.happens(crash_inside, 250)) throw process_killed{};
    return answer;
}

bump_result process::bump_epoch(owner_id owner) {
    day& d = in_;
    const bump_result unreachable{bump_verdict::unreachable, 0, 0, "simulated"};
    if (d.unreachable_until > d.clock.boot() || d.read_only_until > d.clock.boot())
        return unreachable;
    if (d.happens(request_lost, 8)) return unreachable;
    if (d.database.now.owner != owner && !mutated(mutation::epoch_bump_without_owner))
        return {bump_verdict::not_owner, 0, 0, {}};
    if (mutated(mutation::doubt_resolved_by_read))
        return {bump_verdict::bumped, d.database.now.epoch, d.database.now.last_batch, {}};
    if (mutated(mutation::epoch_bump_without_owner)) d.database.now.owner = owner;
    ++d.database.now.epoch;
    d.database.seen = d.clock.boot();
    if (d.happens(bump_lost, 8)) return unreachable;
    return {bump_verdict::bumped, d.database.now.epoch, d.database.now.last_batch, {}};
}

void process::terminate_zombies() {
    std::erase_if(in_.zombies, [](const auto&) { return true; });
}

}  // namespace

day_report live(const day_options& options) {
    return day{options}.live();
}

day_options shortened(day_options failing) {
    failing.telling = false;
    const auto violated = live(failing).violated;
    const auto fails = [&](const day_options& o) { return live(o).violated == violated; };
    for (unsigned f = 1; f < all_faults; f <<= 1) {
        day_options fewer = failing;
        fewer.faults &= ~f;
        if (fewer.faults != failing.faults && fails(fewer)) failing = fewer;
    }
    for (unsigned steps = 1; steps < failing.steps; ++steps) {
        day_options shorter = failing;
        shorter.steps = steps;
        if (fails(shorter)) return shorter;
    }
    return failing;
}

}  // namespace campgate::simulation
