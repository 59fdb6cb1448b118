// A sequencer with everything it needs around it, simulated: a clock that stands still until it is
// moved, a journal that keeps its batches, a delivery that keeps the answers. One thread.
#pragma once

#include "core/intake.hpp"
#include "core/record_codec.hpp"
#include "core/sequencer.hpp"
#include "tests/unit/core/small_world.hpp"

#include <concepts>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace campgate::small_world {

class manual_clock final : public clock_port {
public:
    instant now() const override { return wall; }
    boot_instant boot() const override { return since_boot; }
    /// Both clocks go on.
    void advance(std::chrono::microseconds by) {
        wall += by;
        since_boot += by;
    }
    instant wall = open_now;
    boot_instant since_boot{std::chrono::hours{1}};
};

/// Commits everything, unless told otherwise; counts renewals a second apart.
class kept_journal final : public journal_port {
public:
    explicit kept_journal(const clock_port& clock) : clock_(clock) {}
    commit_outcome commit(const batch& b) override {
        if (at_commit) at_commit(b);
        if (next != commit_outcome::committed) return next;
        batches.push_back(b);
        return next;
    }
    commit_outcome renew(const batch& empty, bool& sent) override {
        sent = clock_.boot() - last_renewal >= std::chrono::seconds{1};
        if (!sent) return commit_outcome::committed;
        last_renewal = clock_.boot();
        return commit(empty);
    }
    bool lease_holds() const override { return true; }

    commit_outcome next = commit_outcome::committed;
    std::function<void(const batch&)> at_commit;
    std::vector<batch> batches;
    boot_instant last_renewal{};

private:
    const clock_port& clock_;
};

class kept_replies final : public delivery_port {
public:
    void publish(const publication& news) override {
        if (at_publish) at_publish(news);
        published.push_back(news);
    }
    void deliver(std::uint32_t lane, std::vector<reply>&& replies) override {
        ++deliveries;
        for (reply& r : replies) {
            const bool fresh = answers.emplace(r.ticket, std::pair{lane, std::move(r)}).second;
            ensure(fresh, "a request answered twice");
        }
    }
    std::function<void(const publication&)> at_publish;
    std::vector<publication> published;
    std::map<std::uint64_t, std::pair<std::uint32_t, reply>> answers;
    int deliveries = 0;
};

class rig {
public:
    explicit rig(const std::vector<std::uint32_t>& capacities, sequencer_limits limits = {})
        : rig(draft_of(capacities), limits) {}
    template <std::same_as<season> Season>
    explicit rig(Season draft, sequencer_limits limits = {}) : limits_(limits) {
        plain_seats seats{rules};
        rules.apply(*rules.decide(import_of(std::move(draft)), open_now, seats, false).made);
        start();
    }
    /// Restored from tables.
    template <std::same_as<stored_state> State>
    explicit rig(const State& stored, sequencer_limits limits = {},
                 const beside& meanwhile = afterwards)
        : limits_(limits) {
        ensure(!rules.restore(stored, meanwhile), "the state is not restored");
        start(meanwhile);
    }

    void know(std::uint64_t family, std::uint64_t children = 9) {
        seen.facts.put({family}, facts_of(family, children));
    }

    /// Pushes a command; its ticket.
    std::uint64_t push(command c, std::uint32_t lane = 0, intake_class who = intake_class::parent) {
        ensure(queue.try_reserve(who), "the queue of a test is full");
        const std::uint64_t own = ++ticket;
        queue.push({std::move(c), {lane, own}, clock.boot()});
        return own;
    }
    /// Pushes a request without claims.
    std::uint64_t ask(std::uint64_t family, std::uint64_t key, place_mode mode,
                      std::vector<place_item> items) {
        know(family);
        return push(place_of(family, key, mode, std::move(items)));
    }
    /// A request as an io thread takes it in, pushed when it is for the sequencer.
    intake_result take(std::uint64_t family, std::uint64_t key, place_mode mode,
                       std::vector<place_item> items) {
        know(family);
        return take_in({{family}, {family}, {0, key}, {1, key}, mode, std::move(items)}, seen,
                       ledgers, time.now());
    }
    std::uint64_t take_and_push(std::uint64_t family, std::uint64_t key, place_mode mode,
                                std::vector<place_item> items) {
        auto taken = take(family, key, mode, std::move(items));
        ensure(std::holds_alternative<place_command>(taken), "not for the sequencer");
        return push(std::get<place_command>(std::move(taken)));
    }

    commit_outcome round() { return writer->round(); }
    bool answered(std::uint64_t t) const { return delivery.answers.contains(t); }
    const reply& answer(std::uint64_t t) const {
        ensure(answered(t), "no answer yet");
        return delivery.answers.at(t).second;
    }
    std::vector<reason> reasons(std::uint64_t t) const {
        std::vector<reason> whys;
        for (const auto& r : answer(t).refused) whys.push_back(r.why);
        return whys;
    }
    std::uint32_t shown(week_id week) const {
        return seen.availability.load()->find(week)->available;
    }
    seat_ledger::counts counted(week_id week) const { return ledgers.at(week).now(); }

    engine rules;
    ledger_table ledgers;
    views seen;
    intake_queue queue{1000, 10};
    manual_clock clock;
    clock_guard time{clock};
    kept_journal journal{clock};
    kept_replies delivery;
    std::uint64_t ticket = 0;
    std::optional<sequencer> writer;

private:
    void start(const beside& meanwhile = afterwards) {
        limits_.lanes = 2;
        writer.emplace(rules, ledgers, seen, queue, journal, time, clock, delivery, batch_number{0},
                       limits_);
        writer->start(meanwhile);
    }
    sequencer_limits limits_;
};

}  // namespace campgate::small_world
