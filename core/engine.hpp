// The rules of an opening day as plain sequential code: decide(command, now) gives a record or a
// refusal and changes nothing; apply(record) is the only thing that changes state, and is total.
// Owner: the sequencer thread alone. No clock, no I/O, no lock. The state is always the fold of the
// records applied (I5); it never exceeds a capacity (I2), asserted at every record.
#pragma once

#include "core/batch.hpp"
#include "core/beside.hpp"
#include "core/command.hpp"
#include "core/ids.hpp"
#include "core/order.hpp"
#include "core/order_book.hpp"
#include "core/record.hpp"
#include "core/stored_state.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace campgate {

/// What a key's request was answered, kept for key_lifetime.
struct key_answer {
    bits128 body;
    campgate::sequence sequence;
    instant at;
    family_id family;
    std::vector<placed_item> placed;
    std::vector<refused_item> refused;
};

inline constexpr std::chrono::days key_lifetime{7};

/// Where decide gets a seat for an item that came without a claim, or seats to retire. What it
/// hands out and the record does not use is for the caller to undo.
class seat_source {
public:
    virtual ~seat_source() = default;
    virtual std::optional<seat_number> claim(week_id week) = 0;
    /// That very seat if it is free, else any (B4).
    virtual std::optional<seat_number> claim_preferring(week_id week, seat_number) {
        return claim(week);
    }
    /// One to retire: the highest, where the source knows which that is.
    virtual std::optional<seat_number> claim_last(week_id week) { return claim(week); }
};

/// Why a step of a sale was not made.
enum class sale_refusal : std::uint8_t {
    not_found,            ///< no such thing in that family
    nothing_to_finalise,  ///< no hold outside an order
    in_order,             ///< a named hold is in an order already
    not_open,             ///< the order is not open any more
    payment_in_progress,  ///< the bank's page is open (B4)
    method_not_offered,
    nothing_to_review,
    not_booked,
    booked,     ///< a booking is not released but cancelled (S30)
    unchanged,  ///< it is so already
    contended,  ///< a seat is there but not to be had at this instant
};

enum class decision_kind : std::uint8_t {
    decided,       ///< `made` is the record; the caller applies it
    refused,       ///< nothing changes; `refused` says why, item by item
    replayed,      ///< the key was answered before: `answer`
    key_reused,    ///< the key was used with another body
    not_found,     ///< no such hold in that family, or no such week
    ended,         ///< the hold ended before
    unchanged,     ///< the state asked for is there already
    contended,     ///< seats are there but not to be had now: try again after the
                   ///< next commit
    sale_refused,  ///< `sale` says why
    sale_known,    ///< asked for before: `order`, `payment`
    invalid,       ///< an import that would take published weeks away (`week` names one), or
                   ///< that could not be kept (`week` is 0)
};

struct decision {
    decision_kind kind = decision_kind::refused;
    std::optional<record> made;
    std::vector<refused_item> refused;
    std::shared_ptr<const key_answer> answer;
    week_id week;
    sale_refusal sale{};
    order_id order;
    payment_id payment;
};

/// A family's orders with their payments and refunds, ascending ids.
struct family_sales {
    std::vector<campgate::order> orders;
    std::vector<campgate::payment> payments;
    std::vector<campgate::refund> refunds;
    friend bool operator==(const family_sales&, const family_sales&) = default;
};

/// One held or booked seat of a family.
struct family_hold {
    hold_id hold;
    week_id week;
    child_id child;
    seat_number seat;
    instant deadline;     ///< of the order's while it is in one; 0 for a booking
    order_id order{};     ///< 0 while it is in the basket
    bool booked = false;  ///< paid, or to be invoiced
    friend bool operator==(const family_hold&, const family_hold&) = default;
};

class engine {
public:
    engine();
    ~engine();
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;

    /// Rebuilds the state from the tables. Nothing on success, else what is wrong, in words for a
    /// log. Only on a new engine. Answers are read `meanwhile`, while the seats are filled.
    std::optional<std::string> restore(const stored_state& s, const beside& meanwhile = afterwards);

    /// Decides without changing anything. `last_try`: contended items become `busy` (mode each)
    /// instead of deferring the request; mode all stays contended.
    decision decide(const command& c, instant now, seat_source& seats, bool last_try) const;

    /// Applies the next record (its sequence is last_sequence() + 1) and appends its effects;
    /// before they go into a batch, make_net them.
    void apply(const record& r, row_effects* effects = nullptr);

    campgate::sequence last_sequence() const noexcept;
    std::uint64_t digest() const noexcept;  ///< commutative; of seats, weeks and keys

    /// The published season with the engine's ids, or null before the first import.
    std::shared_ptr<const season> current_season() const noexcept;
    std::span<const week_row> weeks() const noexcept;  ///< ascending id, ids 1 … n
    std::uint32_t taken(week_id week) const noexcept;
    std::uint32_t available(week_id week) const noexcept;  ///< capacity - taken
    const seat_row& seat(week_id week, seat_number seat) const;
    std::vector<family_hold> holds_of(family_id family) const;  ///< ascending hold
    family_sales sales_of(family_id family) const;
    const order_book& sales() const noexcept;
    std::shared_ptr<const key_answer> answer_of(actor_id actor, bits128 key) const;
    /// Every seat that is not free, and every key with its answer: for a start, which has a
    /// million.
    void each_seat(const std::function<void(week_id, seat_number, const seat_row&)>& look) const;
    void each_answer(const std::function<void(actor_id, bits128,
                                              std::shared_ptr<const key_answer>)>& look) const;
    std::size_t hold_count() const noexcept;
    std::size_t key_count() const noexcept;

    /// Holds whose deadline is not after `now`, the earliest first, at most `most`; O(found).
    std::vector<hold_id> due(instant now, std::size_t most) const;
    std::optional<instant> next_deadline() const;
    /// Orders that have ended, each with its family, the earliest first, at most `most`.
    std::vector<std::pair<order_id, family_id>> orders_due(instant now, std::size_t most) const;
    /// Families that something ends for by `until`, and that have not been told (R1). Looks only at
    /// what has come into reach since the last call that found nothing.
    std::vector<family_id> to_remind(instant now, instant until, std::size_t most);
    /// When the oldest key was stored, if any.
    std::optional<instant> oldest_key() const;

    /// The state as the tables should have it (tests, doctor); last_batch is left 0 and the keys'
    /// record bodies are left empty.
    stored_state dump() const;

private:
    std::optional<std::string> restore_sales(const stored_state& s);

    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace campgate
