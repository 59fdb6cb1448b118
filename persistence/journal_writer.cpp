#include "persistence/journal_writer.hpp"

#include "core/ensure.hpp"
#include "core/faults.hpp"

#include <algorithm>
#include <string>
#include <thread>

namespace campgate {
namespace {

// The same SQLSTATE this many times for one batch: it will not get better.
constexpr int rejections_max = 3;
// Attempts of our own that were left behind may each raise the epoch once under us.
constexpr int fenced_max = 16;
constexpr std::chrono::milliseconds back_off_first{20};
constexpr std::chrono::milliseconds back_off_last{500};

// Ends the announcement of a batch under way whichever way the commit ends.
class announced {
public:
    announced(std::atomic<std::int64_t>& cell, std::int64_t since, std::int64_t none)
        : cell_(cell),
          none_(none) {
        cell_.store(since, std::memory_order_release);
    }
    ~announced() { cell_.store(none_, std::memory_order_release); }
    announced(const announced&) = delete;
    announced& operator=(const announced&) = delete;

private:
    std::atomic<std::int64_t>& cell_;
    const std::int64_t none_;
};

}  // namespace

journal_writer::journal_writer(journal_store& store, const clock_port& clock, pause_function pause,
                               const std::atomic<bool>& stop, const ownership& owned,
                               log_function log)
    : store_(store),
      clock_(clock),
      pause_(std::move(pause)),
      stop_(stop),
      log_(std::move(log)),
      owner_(owned.owner),
      last_batch_(owned.last_batch.value),
      epoch_(owned.epoch),
      // No lease before the first successful send.
      lease_from_((clock.boot() - boot_instant{lease_takeover}).count()) {
}

commit_outcome journal_writer::commit(const batch& b) {
    return commit_sent_at(b, clock_.boot());
}

commit_outcome journal_writer::renew(const batch& empty, bool& sent) {
    const boot_instant now = clock_.boot();
    sent = now.count() - lease_from_.load(std::memory_order_relaxed) >=
           boot_instant{lease_renewal}.count();
    if (!sent) return commit_outcome::committed;
    ensure(empty.records.empty(), "a renewal carries no records");
    ensure(empty.rows.empty(), "a renewal changes no rows");
    return commit_sent_at(empty, now);
}

commit_outcome journal_writer::commit_sent_at(const batch& b, boot_instant first_sent) {
    ensure(b.number.value == last_batch_ + 1, "batches are committed in order");
    const announced under_way(batch_since_, first_sent.count(), no_batch);

    std::string rejected_with;
    int rejections = 0;
    int fenced = 0;
    for (boot_instant sent_at = first_sent;; sent_at = clock_.boot()) {
        const send_result answer = store_.send({owner_, epoch()}, b);
        if (answer.verdict == send_verdict::committed) {
            last_batch_ = b.number.value;
            lease_from_.store(sent_at.count(), std::memory_order_release);
            return commit_outcome::committed;
        }
        if (answer.verdict == send_verdict::rejected && answer.sqlstate != sqlstate_fenced) {
            rejections = answer.sqlstate == rejected_with ? rejections + 1 : 1;
            rejected_with = answer.sqlstate;
            log("batch_rejected", answer.sqlstate + ' ' + answer.text);
            if (rejections == rejections_max) return commit_outcome::rejected;
            continue;
        }
        if (answer.verdict == send_verdict::rejected && ++fenced > fenced_max) {
            log("batch_rejected", "fenced off again and again although the row is ours");
            return commit_outcome::rejected;
        }
        if (answer.verdict == send_verdict::doubt) {
            doubts_.fetch_add(1, std::memory_order_relaxed);
            log("batch_in_doubt", answer.text);
            if (mutated(mutation::doubt_taken_as_committed)) {
                last_batch_ = b.number.value;
                return commit_outcome::committed;
            }
        }
        switch (resolve(b, first_sent)) {
            case resolution::committed:
                last_batch_ = b.number.value;
                return commit_outcome::committed;
            case resolution::send_again: break;
            case resolution::lost_ownership: return commit_outcome::lost_ownership;
            case resolution::went_back: return commit_outcome::went_back;
            case resolution::stopping: return commit_outcome::stopping;
        }
    }
}

journal_writer::resolution journal_writer::resolve(const batch& b, boot_instant first_sent) {
    std::chrono::milliseconds back_off = back_off_first;
    for (;;) {
        if (stop_.load(std::memory_order_acquire)) return resolution::stopping;
        if (clock_.boot() - first_sent >= boot_instant{batch_age_zombie}) {
            store_.terminate_zombies();
        }
        const boot_instant sent_at = clock_.boot();
        const bump_result answer = store_.bump_epoch(owner_);
        if (answer.verdict == bump_verdict::unreachable) {
            log("journal_unreachable", answer.text);
            pause_(back_off);
            back_off = std::min(back_off * 2, back_off_last);
            continue;
        }
        if (answer.verdict == bump_verdict::not_owner) {
            log("ownership_lost", "another process has taken over the journal");
            return resolution::lost_ownership;
        }
        bumps_.fetch_add(1, std::memory_order_relaxed);
        const bool went_on = answer.epoch > epoch() || mutated(mutation::doubt_resolved_by_read);
        epoch_.store(answer.epoch, std::memory_order_relaxed);
        if (!went_on) {
            log("journal_went_back", "the epoch is older than what was committed");
            return resolution::went_back;
        }
        if (answer.last_batch == b.number.value) {
            // The bump was a write to our own row as well: the lease counts from its sending.
            lease_from_.store(sent_at.count(), std::memory_order_release);
            return resolution::committed;
        }
        if (answer.last_batch == b.number.value - 1) return resolution::send_again;
        log("journal_went_back", "last batch " + std::to_string(answer.last_batch) + " where " +
                                     std::to_string(b.number.value) + " was in doubt");
        return resolution::went_back;
    }
}

boot_instant journal_writer::lease_until() const {
    return boot_instant{lease_from_.load(std::memory_order_acquire)} + boot_instant{lease_duration};
}

bool journal_writer::lease_holds() const {
    return clock_.boot() < lease_until() || mutated(mutation::lease_unchecked);
}

std::optional<boot_instant> journal_writer::batch_since() const {
    const std::int64_t since = batch_since_.load(std::memory_order_acquire);
    if (since == no_batch) return std::nullopt;
    return boot_instant{since};
}

journal_health journal_writer::health() const {
    journal_health h;
    h.lease = lease_holds();
    if (const auto since = batch_since()) {
        h.batch_age = std::max(clock_.boot() - *since, boot_instant{0});
    }
    h.ready = h.lease && h.batch_age < batch_age_ready;
    h.doubts = doubts_.load(std::memory_order_relaxed);
    h.epoch_bumps = bumps_.load(std::memory_order_relaxed);
    return h;
}

void journal_writer::log(std::string_view event, std::string_view text) const {
    if (log_) log_(event, text);
}

journal_writer::pause_function interruptible_pause(const std::atomic<bool>& stop) {
    return [&stop](std::chrono::nanoseconds wanted) {
        constexpr std::chrono::nanoseconds slice = std::chrono::milliseconds{10};
        for (; wanted.count() > 0 && !stop.load(std::memory_order_acquire); wanted -= slice) {
            std::this_thread::sleep_for(std::min(wanted, slice));
        }
    };
}

}  // namespace campgate
