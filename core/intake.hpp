// What an io thread does with a request for holds before the sequencer sees it: answer what is
// answered already, claim seats, and refuse whole requests that one published view refuses (DESIGN
// §3). Thread safety: any thread; it only reads views and claims from ledgers.
#pragma once

#include "core/command.hpp"
#include "core/engine.hpp"
#include "core/ledger_table.hpp"
#include "core/views.hpp"

#include <variant>

namespace campgate {

struct place_request {
    actor_id actor;
    family_id family;
    bits128 key;
    bits128 body;
    place_mode mode{};
    std::vector<place_item> items;  ///< known weeks and own children, no claims
};

/// The key was answered before; the same answer again.
struct intake_replay {
    std::shared_ptr<const key_answer> answer;
};
/// The key was used with another body.
struct intake_key_reused {};
/// Nothing can be placed; true at that sequence.
struct intake_refusal {
    sequence at;
    std::vector<refused_item> refused;
};

/// A command carries the claims it won; whoever gets it must push it or undo_claims.
using intake_result = std::variant<place_command, intake_replay, intake_key_reused, intake_refusal>;

intake_result take_in(const place_request& request, const views& seen, const ledger_table& ledgers,
                      instant now);

/// Gives the claims of a command back, in descending week order.
void undo_claims(place_command& asked, const ledger_table& ledgers);

}  // namespace campgate
