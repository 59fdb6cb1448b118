// A batch: the records decided in one round, and their net effect on the state tables, committed
// together in one statement (DESIGN §4). Built by the sequencer, read by the journal.
#pragma once

#include "core/ids.hpp"
#include "core/record.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace campgate {

/// A record as the journal keeps it; `body` is record_codec's bytes.
struct encoded_record {
    campgate::sequence sequence;
    record_kind kind{};
    instant at;
    actor_id actor;
    std::string body;
    friend bool operator==(const encoded_record&, const encoded_record&) = default;
};

enum class seat_state : std::uint8_t { free = 0, held = 1, retired = 2, booked = 3 };

/// One seat's row. A free or retired seat has no hold, child, family, deadline, sequence or order
/// (all zero); a booked one has no deadline; a held one has an order once it is finalised.
struct seat_row {
    seat_state state = seat_state::free;
    hold_id hold;
    child_id child;
    family_id family;
    instant deadline{};
    campgate::sequence sequence;  ///< of the record that placed the hold or last changed it
    order_id order{};
    friend bool operator==(const seat_row&, const seat_row&) = default;
};

/// One week's row.
struct week_row {
    week_id id;
    iso_week iso;
    std::uint32_t capacity{};  ///< seats that are not retired
    std::uint32_t total{};     ///< seats ever made, numbered 1 … total
    opening opens;
    friend bool operator==(const week_row&, const week_row&) = default;
};

/// One idempotency key's row; the answer is in the record of that sequence.
struct key_row {
    actor_id actor;
    bits128 key;
    bits128 body;
    campgate::sequence sequence;
    instant at;
    friend bool operator==(const key_row&, const key_row&) = default;
};

struct season_row {
    std::uint32_t version{};
    campgate::sequence sequence;
    std::string body;  ///< record_codec's bytes of the season
    friend bool operator==(const season_row&, const season_row&) = default;
};

struct seat_change {
    week_id week;
    seat_number seat;
    seat_row before;
    seat_row after;  ///< differs from before
    friend bool operator==(const seat_change&, const seat_change&) = default;
};

struct week_change {
    std::uint32_t total_before{};  ///< 0: the week is new; seats total_before + 1
                                   ///< … after.total are made
    week_row after;
    friend bool operator==(const week_change&, const week_change&) = default;
};

/// What of a sale a row keeps; stored: never renumber.
enum class sale_row_kind : std::uint8_t { order = 1, payment = 2, refund = 3, reminder = 4 };

/// An order, payment or refund as sale_codec's bytes; or up to when a family was reminded, as its
/// microseconds (id is the family's then).
struct sale_row {
    sale_row_kind kind{};
    std::uint64_t id{};
    family_id family;
    std::uint8_t state{};
    campgate::sequence changed;
    std::string body;
    friend bool operator==(const sale_row&, const sale_row&) = default;
};

struct sale_change {
    campgate::sequence before;  ///< of the record that had changed it last; 0: the row is new
    sale_row after;
    friend bool operator==(const sale_change&, const sale_change&) = default;
};

struct money_row {
    campgate::sequence sequence;
    money_entry entry;
    friend bool operator==(const money_row&, const money_row&) = default;
};

/// Why a family gets a mail. Stored: never renumber.
enum class mail_cause : std::uint8_t {
    reminder = 1,     ///< R1
    holds_ended = 2,  ///< R2
    order_ended = 3,  ///< R2
    booked = 4,       ///< S29
    refund_due = 5,   ///< B4, S30
    booking_cancelled = 6,
};

struct owed_mail {
    campgate::sequence sequence;
    family_id family;
    mail_cause cause{};
    friend bool operator==(const owed_mail&, const owed_mail&) = default;
};

/// The effects of records on the state tables. engine::apply appends; make_net leaves the state
/// before a batch against the state after it, which is what a batch carries. A seat made in this
/// batch is made free; its entry (if any) starts from there.
struct row_effects {
    std::vector<season_row> seasons;
    std::vector<week_change> weeks;
    std::vector<seat_change> seats;
    std::vector<key_row> keys;             ///< new ones
    std::optional<instant> forget_before;  ///< keys older than this go …
    std::uint64_t forgotten = 0;           ///< … and there are exactly so many
    std::vector<sale_change> sales;
    std::vector<money_row> money;  ///< zero-sum for each record
    std::vector<owed_mail> mails;
    bool empty() const noexcept {
        return seasons.empty() && weeks.empty() && seats.empty() && keys.empty() &&
               !forget_before && sales.empty() && money.empty() && mails.empty();
    }
    friend bool operator==(const row_effects&, const row_effects&) = default;
};

/// Turns the effects of records one after the other into their net effect: one entry a seat and a
/// week, from the first `before` to the last `after`, none where these are equal; seats in
/// ascending order. One entry an order, payment, refund and reminder likewise.
void make_net(row_effects& effects);

struct batch {
    batch_number number;
    instant at;
    campgate::sequence last;  ///< of the last record, or the one before when there is none
    std::uint64_t digest{};   ///< of the state after the batch
    std::vector<encoded_record> records;
    row_effects rows;
};

}  // namespace campgate
