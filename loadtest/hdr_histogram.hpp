// A histogram of whole numbers with three significant digits at every size (as Gil Tene's
// HdrHistogram lays it out): 2048 steps for the first bucket, 1024 for each doubling. Recording is
// an increment. Here: microseconds up to an hour; larger values count as an hour.
// Thread safety: one thread.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace campgate::rush {

class hdr_histogram {
public:
    static constexpr std::uint64_t value_max = 3'600'000'000;

    void record(std::uint64_t value, std::uint64_t times = 1) {
        value = std::min(value, value_max);
        counts_[index_of(value)] += times;
        total_ += times;
        min_ = std::min(min_, value);
        max_ = std::max(max_, value);
    }

    void add(const hdr_histogram& other);

    std::uint64_t total() const { return total_; }
    std::uint64_t min() const { return total_ == 0 ? 0 : min_; }
    std::uint64_t max() const { return max_; }
    double mean() const;

    /// The largest value that three digits cannot tell from the one at this percentile (0 to 100).
    std::uint64_t at_percentile(double percentile) const;

    /// Pairs of index and count of what is not zero, to send over a pipe; and back.
    std::vector<std::pair<std::uint32_t, std::uint64_t>> sparse() const;
    void add_sparse(std::uint32_t index, std::uint64_t count);

private:
    static constexpr int half_magnitude = 10;
    static constexpr std::uint64_t half = 1ULL << half_magnitude;
    static constexpr std::uint64_t mask = 2 * half - 1;

    static int bucket_of(std::uint64_t value) {
        return 64 - std::countl_zero(value | mask) - (half_magnitude + 1);
    }
    static std::size_t index_of(std::uint64_t value) {
        const int bucket = bucket_of(value);
        const std::uint64_t step = value >> bucket;
        return ((static_cast<std::size_t>(bucket) + 1) << half_magnitude) + step - half;
    }
    static std::uint64_t lowest_at(std::size_t index);
    static std::uint64_t highest_at(std::size_t index);
    static constexpr std::size_t size = 23 * half;  // of value_max and all below

    std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>(size);
    std::uint64_t total_ = 0;
    std::uint64_t min_ = value_max;
    std::uint64_t max_ = 0;
};

}  // namespace campgate::rush
