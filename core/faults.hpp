// Faults on purpose, in test builds alone (CAMPGATE_FAULTS): wrong behaviours, one at a time, to
// see which harness notices, and named points at which the process ends. In every other build this
// is nothing: the compiler removes it. Thread safety: any thread.
#pragma once

#include <array>
#include <string_view>

namespace campgate {

/// Each leaves one rule of DESIGN §3 or §4 out.
enum class mutation : unsigned char {
    none,
    answer_before_commit,
    seat_returned_before_commit,
    availability_before_keys,
    word_refuses,
    key_not_looked_up_again,
    key_forgotten_at_restart,
    expiry_by_clock,
    contended_says_sold_out,
    claims_not_undone,
    mode_all_keeps_what_it_got,
    overlap_unchecked,
    doubt_taken_as_committed,
    epoch_bump_without_owner,
    no_fence,
    lease_unchecked,
    row_counts_unchecked,
    doubt_resolved_by_read,
    siblings_in_two_batches,
};

inline constexpr std::array<std::string_view, 19> mutation_names{
    "none",
    "answer_before_commit",
    "seat_returned_before_commit",
    "availability_before_keys",
    "word_refuses",
    "key_not_looked_up_again",
    "key_forgotten_at_restart",
    "expiry_by_clock",
    "contended_says_sold_out",
    "claims_not_undone",
    "mode_all_keeps_what_it_got",
    "overlap_unchecked",
    "doubt_taken_as_committed",
    "epoch_bump_without_owner",
    "no_fence",
    "lease_unchecked",
    "row_counts_unchecked",
    "doubt_resolved_by_read",
    "siblings_in_two_batches",
};

/// Every step between a claim and its answer at which a process may die.
inline constexpr std::array<std::string_view, 14> crash_point_names{
    "intake_claimed",    "queue_pushed",     "sequencer_taken",        "sequencer_decided",
    "sequencer_applied", "journal_unsent",   "journal_sent",           "sequencer_committed",
    "keys_published",    "season_published", "availability_published", "ledgers_settled",
    "answers_delivered", "answer_unwritten",
};

#ifdef CAMPGATE_FAULTS
/// Is this the wrong behaviour that CAMPGATE_MUTANT or set_mutation names?
bool mutated(mutation m) noexcept;
void set_mutation(mutation m) noexcept;
/// Ends the process as by kill -9 when CAMPGATE_CRASH_AT=name:n names this point and this is its
/// n-th time.
void crash_point(std::string_view name) noexcept;
#else
constexpr bool mutated(mutation) noexcept {
    return false;
}
constexpr void crash_point(std::string_view) noexcept {
}
#endif

}  // namespace campgate
