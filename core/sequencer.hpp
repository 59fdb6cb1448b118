// The one writer: everything but the seats is decided here, one command after the other, committed
// a batch at a time, then published and answered (DESIGN §3). Owner: one thread calls round() again
// and again; nothing here starts threads, sleeps or reads a clock but through its ports.
//
// A round: expiries, deferred requests, then the queue, each decided and applied in memory → one
// batch → journal.commit → keys and families published → availability published → ledgers settled →
// answers out. Failure cases: the journal says that this process no longer owns the database, that
// the database went back, or that it refuses the batch: round() returns that, nothing was answered,
// the process ends. Deferred requests hold no claims; after deferral_max they are tried a last
// time.
#pragma once

#include "core/clock_guard.hpp"
#include "core/engine.hpp"
#include "core/intake_queue.hpp"
#include "core/ledger_table.hpp"
#include "core/ports.hpp"
#include "core/views.hpp"

#include <deque>
#include <unordered_set>

namespace campgate {

enum class reply_kind : std::uint8_t {
    placed,    ///< `answer`
    replayed,  ///< `answer`
    done,      ///< released, capacity or opening or season changed
    refused,   ///< `refused`
    key_reused,
    key_undecided,  ///< the same key is being decided
    not_found,
    ended,  ///< the hold ended before
    unchanged,
    contended,
    invalid,       ///< `week`
    sale_refused,  ///< `sale`
    sale_known,    ///< asked for before: `order`, `payment`
};

struct reply {
    std::uint64_t ticket{};
    reply_kind kind{};
    campgate::sequence at;  ///< what was said was true at this sequence
    std::shared_ptr<const key_answer> answer;
    std::vector<refused_item> refused;
    week_id week;
    sale_refusal sale{};
    order_id order{};      ///< of a step of a sale
    payment_id payment{};  ///< likewise
};

/// What a batch changed, for whoever pushes it to open calendars.
struct publication {
    campgate::sequence at;
    bool availability = false;
    bool season = false;
    std::vector<family_id> families;
};

/// Where answers and news go. Called by the sequencer thread, after the commit.
class delivery_port {
public:
    virtual ~delivery_port() = default;
    virtual void publish(const publication& news) = 0;
    virtual void deliver(std::uint32_t lane, std::vector<reply>&& replies) = 0;
};

struct sequencer_limits {
    std::size_t batch_records_max = 512;
    std::size_t batch_items_max = 2'048;
    std::chrono::milliseconds deferral_max{2'000};
    std::uint32_t lanes = 1;
};

/// Counted for the metrics; written by the sequencer thread, read by any.
struct sequencer_counts {
    std::atomic<std::uint64_t> batches{0}, records{0}, deferred{0}, expired{0}, renewals{0};
};

class sequencer {
public:
    sequencer(engine& rules, ledger_table& ledgers, views& seen, intake_queue& queue,
              journal_port& journal, clock_guard& time, const clock_port& clock,
              delivery_port& delivery, batch_number last_batch, sequencer_limits limits);
    sequencer(const sequencer&) = delete;
    sequencer& operator=(const sequencer&) = delete;

    /// Builds ledgers and views from the restored engine; once, before the first round. Keys are
    /// published `meanwhile`, while the families are.
    void start(const beside& meanwhile = afterwards);

    /// One round. `committed`: go on.
    commit_outcome round();

    /// How long the owner may wait before the next round, if nothing is pushed meanwhile.
    std::chrono::nanoseconds idle_time() const;

    /// Nothing is deferred and nothing was left over.
    bool idle() const { return deferred_.empty() && left_over_.empty(); }

    const sequencer_counts& counts() const { return counts_; }

private:
    struct deferred_command {
        queued_command queued;
        boot_instant since{};
    };
    struct pending_reply {
        std::uint32_t lane{};
        campgate::reply reply;
    };
    struct claim_at {
        week_id week;
        seat_number seat;
        friend auto operator<=>(const claim_at&, const claim_at&) = default;
    };
    class ledger_source;

    void handle(queued_command&& c, bool was_deferred, boot_instant since);
    void accept(const decision& d, const queued_command& c);
    void touch(const record& r);
    void undo_unused(const std::vector<claim_at>& claims, const record* made);
    void answer(const queued_command& c, const decision& d);
    void sweep();
    void sweep_sales(queued_command& own);
    commit_outcome commit_batch();
    void publish_batch();
    void publish_availability();
    void publish_season();
    std::uint32_t due_soon(week_id week) const;
    void settle();
    void deliver();
    bool full() const;

    engine& engine_;
    ledger_table& ledgers_;
    views& views_;
    intake_queue& queue_;
    journal_port& journal_;
    clock_guard& time_;
    const clock_port& clock_;
    delivery_port& delivery_;
    const sequencer_limits limits_;
    sequencer_counts counts_;

    batch_number last_batch_;
    instant now_{};  // of this round, never less than the last
    std::vector<record> records_;
    row_effects effects_;
    std::vector<family_id> touched_;
    std::size_t items_ = 0;
    std::vector<pending_reply> replies_;
    std::vector<queued_command> incoming_;
    std::deque<queued_command> left_over_;
    std::deque<deferred_command> deferred_;
    std::unordered_set<actor_key, actor_key_hash> deferred_keys_;
};

}  // namespace campgate
