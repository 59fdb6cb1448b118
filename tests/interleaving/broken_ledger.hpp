// The ledger written once more, with one thing wrong: controls that show what the explorer finds.
// With defect::none it must pass as the real one does.
#pragma once

#include "core/seat_ledger.hpp"
#include "tests/interleaving/explorer.hpp"

namespace campgate::interleaving {

enum class defect {
    none,
    bitmap_decides,     // no count is reserved: a scan of the bitmap says whether there is a seat
    undo_counts_first,  // undo: the count before the bits
    give_back_counts_first,  // give_back: the count before the bit
    open_counts_first,       // open: the count before the bits
    reserve_in_two_steps,    // a load and a store instead of an exchange
    commit_in_two_steps,
    bit_in_two_steps,  // a load and a store instead of fetch_or
    claim_gives_up,    // the first pass that misses every bit fails the claim
    last_gives_up,     // the same from the top
    undo_forgets_pending,
};

template <class Atomics, defect D>
class broken_ledger {
public:
    using counts = basic_seat_ledger<std_atomics>::counts;

    broken_ledger() {
        for (auto& b : bits_) b.store(~std::uint64_t{0});
    }

    bool claim(std::span<seat_number> out) {
        if constexpr (D == defect::bitmap_decides) {
            for (std::size_t n = 0; n < out.size(); ++n) {
                const auto seat = scan();
                if (!seat) {
                    undo(out.first(n));
                    return false;
                }
                move(0, 1, 1, 0);
                out[n] = *seat;
            }
            return true;
        }
        if (!reserve(static_cast<std::uint32_t>(out.size()))) return false;
        for (std::size_t n = 0; n < out.size(); ++n) {
            for (;;) {
                if (const auto seat = scan()) {
                    out[n] = *seat;
                    break;
                }
                if constexpr (D == defect::claim_gives_up) {
                    for (std::size_t k = 0; k < n; ++k) clear(out[k]);
                    move(static_cast<std::uint32_t>(out.size()), 0, 0,
                         static_cast<std::uint32_t>(out.size()));
                    return false;
                }
            }
        }
        return true;
    }
    std::optional<seat_number> claim_one() {
        seat_number seat;
        if (!claim({&seat, 1})) return std::nullopt;
        return seat;
    }
    std::optional<seat_number> claim_preferring(seat_number wanted) {
        if constexpr (D == defect::bitmap_decides) {
            const std::uint64_t mask = std::uint64_t{1} << ((wanted.value - 1) % 64);
            if ((bits_[(wanted.value - 1) / 64].fetch_or(mask) & mask) == 0) {
                move(0, 1, 1, 0);
                return wanted;
            }
        }
        if constexpr (D == defect::claim_gives_up || D == defect::last_gives_up) {
            if (!reserve(1)) return std::nullopt;
            const std::uint64_t mask = std::uint64_t{1} << ((wanted.value - 1) % 64);
            if ((bits_[(wanted.value - 1) / 64].fetch_or(mask) & mask) == 0) return wanted;
            return scan();
        }
        return claim_one();
    }
    std::optional<seat_number> claim_last() {
        if (!reserve(1)) return std::nullopt;
        for (;;) {
            if (const auto seat = scan_down()) return seat;
            if constexpr (D == defect::last_gives_up) {
                move(1, 0, 0, 1);
                return std::nullopt;
            }
        }
    }
    void undo(std::span<const seat_number> seats) {
        const auto n = static_cast<std::uint32_t>(seats.size());
        if constexpr (D == defect::undo_counts_first) move(n, 0, 0, n);
        for (const auto seat : seats) clear(seat);
        if constexpr (D == defect::undo_forgets_pending) {
            move(n, 0, 0, 0);
        } else if constexpr (D != defect::undo_counts_first) {
            move(n, 0, 0, n);
        }
    }
    void commit(std::uint32_t n) {
        if constexpr (D == defect::commit_in_two_steps) {
            const counts c = unpack(word_.load());
            word_.store(pack({c.free, c.pending - n}));
        } else {
            move(0, 0, 0, n);
        }
    }
    void give_back(std::span<const seat_number> seats) {
        const auto n = static_cast<std::uint32_t>(seats.size());
        if constexpr (D == defect::give_back_counts_first) move(n, 0, 0, 0);
        for (const auto seat : seats) clear(seat);
        if constexpr (D != defect::give_back_counts_first) move(n, 0, 0, 0);
    }
    void open(std::uint32_t new_total) {
        const std::uint32_t old_total = total_.load();
        total_.store(new_total);
        if constexpr (D == defect::open_counts_first) move(new_total - old_total, 0, 0, 0);
        for (std::uint32_t n = old_total + 1; n <= new_total; ++n) clear({n});
        if constexpr (D != defect::open_counts_first) {
            if (new_total > old_total) move(new_total - old_total, 0, 0, 0);
        }
    }
    void take_at_start(seat_number seat) {
        move(0, 1, 0, 0);
        bits_[(seat.value - 1) / 64].fetch_or(std::uint64_t{1} << ((seat.value - 1) % 64));
    }
    counts now() const {
        const counts c = unpack(word_.load());
        if constexpr (D == defect::bitmap_decides)
            return {c.free < bias ? 0 : c.free - bias, c.pending};
        return c;
    }
    std::uint32_t total() const { return total_.load(); }

private:
    // Where the bitmap decides, the count follows it and may be below zero for a moment.
    static constexpr std::uint32_t bias = 1'000;

    static counts unpack(std::uint64_t w) {
        return {static_cast<std::uint32_t>(w), static_cast<std::uint32_t>(w >> 32)};
    }
    static std::uint64_t pack(counts c) {
        return std::uint64_t{c.free} | (std::uint64_t{c.pending} << 32);
    }

    void move(std::uint32_t free_more, std::uint32_t free_less, std::uint32_t pending_more,
              std::uint32_t pending_less) {
        std::uint64_t now = word_.load();
        for (;;) {
            const counts c = unpack(now);
            if (c.pending < pending_less || c.free + free_more < free_less)
                throw violation("the counts fall below zero");
            if (word_.compare_exchange_weak(now, pack({c.free + free_more - free_less,
                                                       c.pending + pending_more - pending_less})))
                return;
        }
    }
    bool reserve(std::uint32_t n) {
        std::uint64_t now = word_.load();
        for (;;) {
            const counts c = unpack(now);
            if (c.free < n) return false;
            if constexpr (D == defect::reserve_in_two_steps) {
                word_.store(pack({c.free - n, c.pending + n}));
                return true;
            }
            if (word_.compare_exchange_weak(now, pack({c.free - n, c.pending + n}))) return true;
        }
    }
    // One pass over the two words that tests use.
    std::optional<seat_number> scan() {
        const std::uint32_t words = (total_.load() + 63) / 64;
        for (std::uint32_t w = 0; w < words; ++w) {
            std::uint64_t seen = bits_[w].load();
            while (seen != ~std::uint64_t{0}) {
                const auto bit = static_cast<std::uint32_t>(std::countr_one(seen));
                const std::uint64_t mask = std::uint64_t{1} << bit;
                if constexpr (D == defect::bit_in_two_steps) {
                    bits_[w].store(seen | mask);
                    return seat_number{w * 64 + bit + 1};
                }
                if ((bits_[w].fetch_or(mask) & mask) == 0) return seat_number{w * 64 + bit + 1};
                seen = bits_[w].load();
            }
        }
        return std::nullopt;
    }
    std::optional<seat_number> scan_down() {
        for (std::uint32_t w = (total_.load() + 63) / 64; w-- > 0;) {
            std::uint64_t seen = bits_[w].load();
            while (seen != ~std::uint64_t{0}) {
                const auto bit = 63 - static_cast<std::uint32_t>(std::countl_one(seen));
                const std::uint64_t mask = std::uint64_t{1} << bit;
                if ((bits_[w].fetch_or(mask) & mask) == 0) return seat_number{w * 64 + bit + 1};
                seen = bits_[w].load();
            }
        }
        return std::nullopt;
    }
    void clear(seat_number seat) {
        const std::uint32_t index = seat.value - 1;
        bits_[index / 64].fetch_and(~(std::uint64_t{1} << (index % 64)));
    }

    alignas(64) typename Atomics::template atomic<std::uint64_t> word_{
        D == defect::bitmap_decides ? bias : 0};
    typename Atomics::template atomic<std::uint32_t> total_{0};
    alignas(64) std::array<typename Atomics::template atomic<std::uint64_t>, 2> bits_;
};

}  // namespace campgate::interleaving
