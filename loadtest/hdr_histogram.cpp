#include "loadtest/hdr_histogram.hpp"

#include <cmath>

namespace campgate::rush {

void hdr_histogram::add(const hdr_histogram& other) {
    for (std::size_t i = 0; i < size; ++i) counts_[i] += other.counts_[i];
    total_ += other.total_;
    min_ = std::min(min_, other.min_);
    max_ = std::max(max_, other.max_);
}

std::uint64_t hdr_histogram::lowest_at(std::size_t index) {
    std::size_t bucket = index >> half_magnitude;
    std::uint64_t step = (index & (half - 1)) + half;
    if (bucket == 0) {
        step -= half;
    } else {
        --bucket;
    }
    return step << bucket;
}

std::uint64_t hdr_histogram::highest_at(std::size_t index) {
    const std::uint64_t lowest = lowest_at(index);
    return lowest + (1ULL << bucket_of(lowest)) - 1;
}

double hdr_histogram::mean() const {
    if (total_ == 0) return 0;
    double sum = 0;
    for (std::size_t i = 0; i < size; ++i) {
        if (counts_[i] == 0) continue;
        const std::uint64_t lowest = lowest_at(i);
        // The middle of what this step stands for.
        const auto middle = static_cast<double>(lowest + ((1ULL << bucket_of(lowest)) >> 1));
        sum += middle * static_cast<double>(counts_[i]);
    }
    return sum / static_cast<double>(total_);
}

std::uint64_t hdr_histogram::at_percentile(double percentile) const {
    if (total_ == 0) return 0;
    const double wanted = std::min(percentile, 100.0) / 100.0 * static_cast<double>(total_);
    // Rounded up, unless it is above a whole number by no more than the product's own error.
    const double error = std::nextafter(wanted, wanted + 1) - wanted;
    const auto rank =
        std::max<std::uint64_t>(static_cast<std::uint64_t>(std::ceil(wanted - error)), 1);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < size; ++i) {
        seen += counts_[i];
        if (seen >= rank) return percentile <= 0 ? lowest_at(i) : highest_at(i);
    }
    return max_;
}

std::vector<std::pair<std::uint32_t, std::uint64_t>> hdr_histogram::sparse() const {
    std::vector<std::pair<std::uint32_t, std::uint64_t>> out;
    for (std::size_t i = 0; i < size; ++i) {
        if (counts_[i] != 0) out.emplace_back(static_cast<std::uint32_t>(i), counts_[i]);
    }
    return out;
}

void hdr_histogram::add_sparse(std::uint32_t index, std::uint64_t count) {
    if (index >= size || count == 0) return;
    counts_[index] += count;
    total_ += count;
    min_ = std::min(min_, lowest_at(index));
    max_ = std::max(max_, std::min(highest_at(index), value_max));
}

}  // namespace campgate::rush
