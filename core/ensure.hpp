// Assertions of the core. They stay on in release: a broken invariant ends the process loudly,
// because going on could sell a seat twice. Thread safety: any thread.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <source_location>

namespace campgate {

/// Ends the process with a message on stderr. Never returns.
[[noreturn]] inline void broken_invariant(
    const char* what, std::source_location where = std::source_location::current()) noexcept {
    std::fprintf(stderr, "campgate: broken invariant: %s (%s:%u)\n", what, where.file_name(),
                 static_cast<unsigned>(where.line()));
    std::abort();
}

/// Asserts what must be. Two facts are two calls.
inline void ensure(bool holds, const char* what,
                   std::source_location where = std::source_location::current()) noexcept {
    if (!holds) [[unlikely]]
        broken_invariant(what, where);
}

}  // namespace campgate
