// In place of core/threads.hpp where the whole core is driven step by step.
#pragma once

#include "tests/interleaving/steered.hpp"

#include <atomic>
#include <mutex>

namespace campgate {

struct std_atomics {
    template <class T>
    using atomic = std::atomic<T>;
};

namespace threads {

using atomics = interleaving::steered_atomics;
using mutex = interleaving::steered_mutex;
using condition = interleaving::steered_condition;

}  // namespace threads

}  // namespace campgate
