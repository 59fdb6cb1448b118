// What follows from what a provider says: the step of the sale that it asks for, if any. The one
// place that decides it, for webhooks, the poller, returning browsers, and the simulation. Pure.
// Thread safety: any thread.
#pragma once

#include "core/command.hpp"
#include "server/payment/payment_provider.hpp"

#include <optional>

namespace campgate::server {

/// Nothing when it is known already, or says nothing new.
std::optional<sale_command> step_after(const payment& known, const provider_payment& said);

/// The checkout of a wanted payment is there.
sale_command step_after(const payment& known, const checkout& made);

/// The provider was asked to give money back; nothing while it is pending.
std::optional<sale_command> step_after(const refund& known, refund_outcome outcome);

/// A wanted payment that nobody will ever be sent to: its order is not open any more.
sale_command give_up(const payment& known);

/// A reference as the journal keeps it: letters, digits, '-' and '_', at most 64.
bool is_reference(std::string_view text) noexcept;

}  // namespace campgate::server
