// Why an item of a request was refused: one list for the API, the journal and the pages (DOMAIN,
// "Reasons of a refusal"). The numbers are stored in the journal and never change their meaning.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace campgate {

enum class reason : std::uint8_t {
    sold_out = 1,
    busy = 2,
    not_open = 3,
    residents_only = 4,
    age = 5,
    sheet_missing = 6,
    sheet_expired = 7,
    overlapping = 8,
    limit = 9,
    no_invoiceable_parent = 10,
    not_tried = 11,
};

inline constexpr std::array all_reasons{
    reason::sold_out,      reason::busy,
    reason::not_open,      reason::residents_only,
    reason::age,           reason::sheet_missing,
    reason::sheet_expired, reason::overlapping,
    reason::limit,         reason::no_invoiceable_parent,
    reason::not_tried,
};

/// The reason's name in the API, e.g. "sold_out".
constexpr std::string_view name_of(reason r) noexcept {
    switch (r) {
        case reason::sold_out: return "sold_out";
        case reason::busy: return "busy";
        case reason::not_open: return "not_open";
        case reason::residents_only: return "residents_only";
        case reason::age: return "age";
        case reason::sheet_missing: return "sheet_missing";
        case reason::sheet_expired: return "sheet_expired";
        case reason::overlapping: return "overlapping";
        case reason::limit: return "limit";
        case reason::no_invoiceable_parent: return "no_invoiceable_parent";
        case reason::not_tried: return "not_tried";
    }
    return {};
}

/// The reason of a stored number, or nothing for a number this version does not know.
constexpr std::optional<reason> reason_of(std::uint8_t number) noexcept {
    for (const reason r : all_reasons) {
        if (static_cast<std::uint8_t>(r) == number) return r;
    }
    return std::nullopt;
}

}  // namespace campgate
