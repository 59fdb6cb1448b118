// What threads share is built from these, so that the interleaving tests can put their own in
// place, whose every operation is a step of their scheduler.
#pragma once

#ifdef CAMPGATE_THREADS_HEADER
#include CAMPGATE_THREADS_HEADER
#else

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace campgate {

/// The atomics of production.
struct std_atomics {
    template <class T>
    using atomic = std::atomic<T>;
};

namespace threads {

using atomics = std_atomics;
using mutex = std::mutex;
using condition = std::condition_variable;

}  // namespace threads

}  // namespace campgate

#endif
