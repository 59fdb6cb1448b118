// What the rules need to know of a family: no names, nothing of a health sheet but its date.
// Immutable and versioned; replaced whole when the family file changes. Thread safety: any thread.
#pragma once

#include "core/ids.hpp"
#include "core/season.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

namespace campgate {

struct child_facts {
    child_id id;
    std::chrono::sys_days birth_date;
    price_class charged_as = price_class::other;
    std::optional<instant> sheet_validated_at;  ///< last validation of the health sheet (S15)
    bool has_invoiceable_parent = false;        ///< R9
};

struct family_facts {
    family_id id;
    std::uint64_t version{};
    std::vector<actor_id> parents;
    std::vector<child_facts> children;  ///< ascending id

    const child_facts* find(child_id child) const noexcept {
        const auto at = std::ranges::lower_bound(children, child, {}, &child_facts::id);
        return at != children.end() && at->id == child ? &*at : nullptr;
    }
};

}  // namespace campgate
