// The classes of children by what a week costs them, and one amount for each (R8).
#pragma once

#include "core/ids.hpp"

#include <cstdint>

namespace campgate {

/// The price class of a child (R8).
enum class price_class : std::uint8_t { resident = 1, school = 2, other = 3 };

struct class_prices {
    cents resident, school, other;
    friend bool operator==(const class_prices&, const class_prices&) = default;

    constexpr cents of(price_class c) const noexcept {
        switch (c) {
            case price_class::resident: return resident;
            case price_class::school: return school;
            case price_class::other: break;
        }
        return other;
    }
};

}  // namespace campgate
