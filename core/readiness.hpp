// What a family still misses for the opening day (B9), said early enough to put it right. Pure.
// Thread safety: any thread.
#pragma once

#include "core/ids.hpp"
#include "core/views.hpp"

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

namespace campgate {

enum class family_gap : std::uint8_t {
    not_registered,     ///< S9
    no_profile,         ///< S7: address and phone
    email_missing,      ///< a warning, never a lock
    email_unconfirmed,  ///< likewise
};

enum class child_gap : std::uint8_t {
    sheet_missing,                ///< S15
    sheet_expired,                ///< S15
    sheet_lapses_before_opening,  ///< valid today, and not any more when it is needed
    sheet_lapses_before_camp,     ///< places can be held, but the sheet is stale when they begin
    no_invoiceable_parent,        ///< R9
    no_niss,                      ///< S12: no tax certificate
    no_school,                    ///< R8: not charged as a child of its school
    no_camp_for_age,              ///< nothing that anybody could put right
};

std::string_view name_of(family_gap gap) noexcept;
std::string_view name_of(child_gap gap) noexcept;

template <class Code>
struct missing_for {
    Code code{};
    bool blocking = false;        ///< without it this day does not succeed
    std::optional<instant> at{};  ///< when a sheet lapses
    friend bool operator==(const missing_for&, const missing_for&) = default;
};

struct child_preparation {
    child_id child;
    std::chrono::sys_days birth_date;
    std::optional<instant> sheet_validated_at;
    bool has_invoiceable_parent = false;
    bool has_niss = false;
    bool has_school = false;
};

struct family_preparation {
    bool registered = false;
    bool has_profile = false;
    bool has_email = false;
    bool email_confirmed = false;
    std::vector<child_preparation> children;
};

struct child_readiness {
    child_id child;
    std::vector<missing_for<child_gap>> missing;
    bool ready() const;  ///< nothing that blocks
};

struct readiness {
    std::optional<instant> opens_at;  ///< the next opening that is still ahead
    std::vector<missing_for<family_gap>> family;
    std::vector<child_readiness> children;
    bool ready() const;
};

/// Without a season nothing is known of openings, ages and weeks: then only what is missing now.
readiness readiness_of(const family_preparation& family, const season_view& view, instant now);

}  // namespace campgate
