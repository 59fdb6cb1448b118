// What workers and the process that started them tell each other while it runs: a page of shared
// memory with counters for the progress line, and the word to go.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

namespace campgate::rush {

struct board {
    std::atomic<std::uint64_t> inside{0};    // logged in
    std::atomic<std::uint64_t> watching{0};  // have a calendar
    std::atomic<std::uint64_t> clicked{0};
    std::atomic<std::uint64_t> answered{0};
    std::atomic<std::uint64_t> seats{0};  // held
    std::atomic<std::uint64_t> finished{0};
    std::atomic<std::uint64_t> ready{0};  // workers
    std::atomic<std::int64_t> opens{0};   // microseconds since 1970 on our clock
    std::atomic<std::int64_t> go{0};      // the same, once all are ready
    std::atomic<bool> failed{false};
    std::array<char, 480> failure{};  // written before failed is set

    void fail(std::string_view why) {
        if (failed.load()) return;
        why.copy(failure.data(), failure.size() - 1);
        failed.store(true);
    }

    /// In memory that forked processes share; lives as long as the last of them.
    static board& make_shared();
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

}  // namespace campgate::rush
