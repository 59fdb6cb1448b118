// Counters, gauges and histograms that many threads write at once without meeting: each thread has
// its own cell in its own cache line, reading adds them up. Thread safety: any thread.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace campgate::server {

/// Threads beyond this share cells; the sums stay right.
inline constexpr std::size_t meter_shards = 16;

/// The cell of the calling thread, 0 to meter_shards − 1.
std::size_t meter_shard() noexcept;

/// A sum of numbers added, which may be negative.
class meter_sum {
public:
    void add(std::int64_t number) noexcept {
        cells_[meter_shard()].value.fetch_add(number, std::memory_order_relaxed);
    }
    std::int64_t value() const noexcept;

private:
    struct alignas(64) cell {
        std::atomic<std::int64_t> value{};
    };
    std::array<cell, meter_shards> cells_{};
};

/// Only grows.
class counter {
public:
    void add(std::uint64_t count = 1) noexcept { sum_.add(static_cast<std::int64_t>(count)); }
    std::uint64_t value() const noexcept { return static_cast<std::uint64_t>(sum_.value()); }

private:
    meter_sum sum_;
};

/// Goes up and down; many threads may do so.
class gauge {
public:
    void add(std::int64_t change) noexcept { sum_.add(change); }
    std::int64_t value() const noexcept { return sum_.value(); }

private:
    meter_sum sum_;
};

/// A value that is set, by one thread or by any with the same right to it.
class level_gauge {
public:
    void set(std::int64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
    std::int64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::int64_t> value_{};
};

/// How often values fell into fixed ranges. Values are whole: nanoseconds or a count.
class histogram {
public:
    static constexpr std::size_t bounds_max = 24;

    /// Upper bounds, ascending, each counted in; one more range takes the rest.
    explicit histogram(std::span<const std::uint64_t> bounds);
    histogram(const histogram&) = delete;
    histogram& operator=(const histogram&) = delete;

    void observe(std::uint64_t value) noexcept;
    void observe(std::chrono::nanoseconds duration) noexcept {
        observe(static_cast<std::uint64_t>(duration.count() < 0 ? 0 : duration.count()));
    }

    struct reading {
        std::vector<std::uint64_t> cumulative;  ///< one a bound, and the last for all
        std::uint64_t sum{};
    };
    reading read() const;
    std::span<const std::uint64_t> bounds() const noexcept { return {bounds_.data(), size_}; }

private:
    struct alignas(64) shard {
        std::array<std::atomic<std::uint64_t>, bounds_max + 1> counts{};
        std::atomic<std::uint64_t> sum{};
    };
    std::array<std::uint64_t, bounds_max> bounds_{};  // constant after construction
    std::size_t size_{};                              // constant after construction
    std::array<shard, meter_shards> shards_{};        // any thread
};

}  // namespace campgate::server
