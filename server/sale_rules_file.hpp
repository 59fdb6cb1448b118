// How an organiser sells, as the tables [sales] and [reductions] of a season file say it
// (docs/formats.md), and what of it would punish a family. Pure; any thread.
#pragma once

#include "core/season.hpp"
#include "server/strict_toml.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace campgate {

// Limits of what a file may say; those of core/sale_rules.hpp and core/price_rules.hpp hold as
// well.
inline constexpr std::int64_t price_cents_max = 1'000'000;
inline constexpr std::int64_t cap_cents_max = 100'000'000;
inline constexpr std::int64_t refund_days_max = 365;
inline constexpr std::chrono::seconds payment_pin_max = std::chrono::hours{24};
/// R3: how long an order waits for a transfer when the file does not say.
inline constexpr std::chrono::seconds transfer_patience = std::chrono::days{10};

/// A duration as "90s", "45m", "36h" or "3d", of `min` to `max`; nothing when it is not there or
/// was told as a fault.
std::optional<std::chrono::seconds> read_duration(strict_table& table, std::string_view key,
                                                  std::chrono::seconds min,
                                                  std::chrono::seconds max);

/// Amounts of 0 to price_cents_max by class under `key`.
std::optional<class_prices> read_class_prices(strict_table& table, std::string_view key,
                                              presence need);

/// The rules of both tables; what they leave out is as usual.
sale_rules read_sale_rules(strict_table& file);

/// One sentence for each class of children whose families pay less for one week more by these
/// rules, with an example (B5); none where that was not found. Takes a second at most.
std::vector<std::string> price_warnings(const season& s);

}  // namespace campgate
