// How a start does two things at once without the core having threads: who starts it says how.
// Thread safety: what is done beside only reads what goes on being read meanwhile, and writes what
// nobody else touches until it has ended.
#pragma once

#include <functional>

namespace campgate {

/// Waits until the work has ended; to be called once.
using work_end = std::function<void()>;
/// Begins the work, or keeps it for its end.
using beside = std::function<work_end(std::function<void()> work)>;

/// Nothing at once: the work is done when its end is waited for.
inline work_end afterwards(std::function<void()> work) {
    return work;
}

}  // namespace campgate
