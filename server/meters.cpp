// Relaxed atomics are enough: a sum read while others add is one of those it could have been.
#include "server/meters.hpp"

#include "core/ensure.hpp"

#include <algorithm>

namespace campgate::server {

std::size_t meter_shard() noexcept {
    static std::atomic<std::size_t> next{};
    thread_local const std::size_t mine =
        next.fetch_add(1, std::memory_order_relaxed) % meter_shards;
    return mine;
}

std::int64_t meter_sum::value() const noexcept {
    std::int64_t sum = 0;
    for (const cell& each : cells_) sum += each.value.load(std::memory_order_relaxed);
    return sum;
}

histogram::histogram(std::span<const std::uint64_t> bounds) : size_(bounds.size()) {
    ensure(bounds.size() <= bounds_max, "a histogram has too many bounds");
    ensure(std::ranges::is_sorted(bounds), "a histogram's bounds ascend");
    std::ranges::copy(bounds, bounds_.begin());
}

void histogram::observe(std::uint64_t value) noexcept {
    shard& mine = shards_[meter_shard()];
    const auto range = std::ranges::lower_bound(bounds(), value) - bounds().begin();
    mine.counts[static_cast<std::size_t>(range)].fetch_add(1, std::memory_order_relaxed);
    mine.sum.fetch_add(value, std::memory_order_relaxed);
}

histogram::reading histogram::read() const {
    reading made{std::vector<std::uint64_t>(size_ + 1), 0};
    for (const shard& each : shards_) {
        for (std::size_t i = 0; i <= size_; ++i)
            made.cumulative[i] += each.counts[i].load(std::memory_order_relaxed);
        made.sum += each.sum.load(std::memory_order_relaxed);
    }
    for (std::size_t i = 1; i <= size_; ++i) made.cumulative[i] += made.cumulative[i - 1];
    return made;
}

}  // namespace campgate::server
