// Steady moments as microseconds since 1970: the difference of the two clocks is read once, so that
// all instants of a run (and of its workers, which inherit it) are on one time line.
#pragma once

#include "loadtest/net.hpp"

namespace campgate::rush {

inline std::int64_t unix_micros(moment at) {
    static const std::int64_t offset = std::chrono::duration_cast<std::chrono::microseconds>(
                                           std::chrono::system_clock::now().time_since_epoch())
                                           .count() -
                                       micros(now().time_since_epoch());
    return micros(at.time_since_epoch()) + offset;
}

}  // namespace campgate::rush
