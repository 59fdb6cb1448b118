// One number of many, for the digest of the state tables. Not for secrets. Pure; any thread.
#pragma once

#include "core/ids.hpp"

#include <initializer_list>

namespace campgate {

/// The order of the parts counts. The first one tells the things apart that have a digest: 1 a
/// seat, 2 a week, 3 a key, 4 an order, 5 a payment, 6 a refund, 7 a reminder.
inline std::uint64_t digest_of_parts(std::initializer_list<std::uint64_t> parts) {
    std::uint64_t h = 0;
    for (const std::uint64_t part : parts) h = mix64(h ^ part);
    return h;
}

}  // namespace campgate
