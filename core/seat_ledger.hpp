// One camp week's seats, where all families meet. A 64-bit word {free, pending} grants claims; a
// bitmap names the seats (DESIGN §3). Thread safety: claims and undos from any thread; commit,
// give_back and open from the sequencer only. Lock-free, not wait-free.
//
// A seat is in one of four states, told by its bit and by who remembers it:
//   available   bit clear, counted in free
//   pending     bit set, counted in pending: claimed, its record not committed yet
//   taken       bit set, counted nowhere: held or retired, known to the engine
//   unknown     bit set, number above total(): not made yet
//
// The count is reserved before a bit is looked for, so that the search always ends with one: at
// every instant the clear bits are at least as many as free plus the searches under way.
// [!] The word never refuses: a failed claim says "not now", never "sold out". Only a published
// view or the engine says that.
//
// Memory order: every operation is seq_cst. On x86-64 each is a locked instruction either way.
#pragma once

#include "core/ensure.hpp"
#include "core/ids.hpp"
#include "core/season.hpp"
#include "core/threads.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <span>

namespace campgate {

template <class Atomics>
class basic_seat_ledger {
public:
    /// The counts at one instant.
    struct counts {
        std::uint32_t free{};
        std::uint32_t pending{};
        friend bool operator==(const counts&, const counts&) = default;
    };

    basic_seat_ledger() {
        for (auto& bits : bits_) bits.store(~std::uint64_t{0});
    }
    basic_seat_ledger(const basic_seat_ledger&) = delete;
    basic_seat_ledger& operator=(const basic_seat_ledger&) = delete;

    /// Claims out.size() seats, all or none. False: not that many are free at this instant.
    bool claim(std::span<seat_number> out) {
        if (!reserve(static_cast<std::uint32_t>(out.size()))) return false;
        for (seat_number& seat : out) seat = take_any_bit();
        return true;
    }

    std::optional<seat_number> claim_one() {
        seat_number seat;
        if (!claim({&seat, 1})) return std::nullopt;
        return seat;
    }

    /// Claims the free seat of the highest number, as seen in one look from the top.
    std::optional<seat_number> claim_last() {
        if (!reserve(1)) return std::nullopt;
        return take_last_bit();
    }

    /// Claims this very seat if it is free, else any.
    std::optional<seat_number> claim_preferring(seat_number wanted) {
        if (!reserve(1)) return std::nullopt;
        if (wanted.value >= 1 && wanted.value <= total_.load() && take_bit(index_of(wanted)))
            return wanted;
        return take_any_bit();
    }

    /// Gives claimed seats up that no record took.
    void undo(std::span<const seat_number> seats) {
        if (seats.empty()) return;
        for (const seat_number seat : seats) clear_bit(seat);
        const auto n = static_cast<std::uint32_t>(seats.size());
        std::uint64_t now = word_.load();
        for (;;) {
            const counts c = unpack(now);
            ensure(c.pending >= n, "undo of seats that are not pending");
            if (word_.compare_exchange_weak(now, pack({c.free + n, c.pending - n}))) return;
        }
    }

    /// n claimed seats are in a committed record: they are taken.
    void commit(std::uint32_t n) {
        std::uint64_t now = word_.load();
        for (;;) {
            const counts c = unpack(now);
            ensure(c.pending >= n, "commit of seats that are not pending");
            if (word_.compare_exchange_weak(now, pack({c.free, c.pending - n}))) return;
        }
    }

    /// Taken seats are free again. Only after the commit of the record that says so: a crash before
    /// it must not sell them twice.
    void give_back(std::span<const seat_number> seats) {
        if (seats.empty()) return;
        for (const seat_number seat : seats) clear_bit(seat);
        credit(static_cast<std::uint32_t>(seats.size()));
    }

    /// Makes the seats total() + 1 … new_total, free ones. Only after the commit that made them.
    void open(std::uint32_t new_total) {
        const std::uint32_t old_total = total_.load();
        ensure(new_total >= old_total, "a week never has fewer seats than were made");
        ensure(new_total <= week_capacity_max, "a week has too many seats");
        total_.store(new_total);
        for (std::uint32_t n = old_total + 1; n <= new_total; ++n) clear_bit(seat_number{n});
        if (new_total > old_total) credit(new_total - old_total);
    }

    /// Marks a free seat taken without a claim: only while nobody else uses the ledger (recovery).
    void take_at_start(seat_number seat) {
        ensure(reserve(1), "a seat taken at start is not free");
        ensure(take_bit(index_of(seat)), "a seat taken twice at start");
        commit(1);
    }

    counts now() const { return unpack(word_.load()); }
    std::uint32_t total() const { return total_.load(); }

private:
    using word = typename Atomics::template atomic<std::uint64_t>;
    static constexpr std::uint32_t words_max = (week_capacity_max + 63) / 64;

    static constexpr counts unpack(std::uint64_t w) {
        return {static_cast<std::uint32_t>(w), static_cast<std::uint32_t>(w >> 32)};
    }
    static constexpr std::uint64_t pack(counts c) {
        return std::uint64_t{c.free} | (std::uint64_t{c.pending} << 32);
    }
    static constexpr std::uint32_t index_of(seat_number seat) { return seat.value - 1; }

    bool reserve(std::uint32_t n) {
        std::uint64_t now = word_.load();
        for (;;) {
            const counts c = unpack(now);
            if (c.free < n) return false;
            if (word_.compare_exchange_weak(now, pack({c.free - n, c.pending + n}))) return true;
        }
    }

    void credit(std::uint32_t n) {
        std::uint64_t now = word_.load();
        for (;;) {
            const counts c = unpack(now);
            ensure(c.free + n <= total_.load(), "more seats given back than were made");
            if (word_.compare_exchange_weak(now, pack({c.free + n, c.pending}))) return;
        }
    }

    bool take_bit(std::uint32_t index) {
        const std::uint64_t mask = std::uint64_t{1} << (index % 64);
        return (bits_[index / 64].fetch_or(mask) & mask) == 0;
    }

    void clear_bit(seat_number seat) {
        ensure(seat.value >= 1 && seat.value <= total_.load(),
               "a seat that this week does not have");
        const std::uint64_t mask = std::uint64_t{1} << (index_of(seat) % 64);
        const std::uint64_t before = bits_[index_of(seat) / 64].fetch_and(~mask);
        ensure((before & mask) != 0, "a free seat given back");
    }

    // Called with one seat reserved. A pass can miss a bit that moved behind it, so passes repeat;
    // each failed one means that another thread's operation completed.
    seat_number take_any_bit() {
        for (;;) {
            const std::uint32_t words = (total_.load() + 63) / 64;
            for (std::uint32_t w = 0; w < words; ++w) {
                std::uint64_t seen = bits_[w].load();
                while (seen != ~std::uint64_t{0}) {
                    const auto bit = static_cast<std::uint32_t>(std::countr_one(seen));
                    if (take_bit(w * 64 + bit)) return seat_number{w * 64 + bit + 1};
                    seen = bits_[w].load();
                }
            }
        }
    }

    // The same from the other end.
    seat_number take_last_bit() {
        for (;;) {
            for (std::uint32_t w = (total_.load() + 63) / 64; w-- > 0;) {
                std::uint64_t seen = bits_[w].load();
                while (seen != ~std::uint64_t{0}) {
                    const auto bit = 63 - static_cast<std::uint32_t>(std::countl_one(seen));
                    if (take_bit(w * 64 + bit)) return seat_number{w * 64 + bit + 1};
                    seen = bits_[w].load();
                }
            }
        }
    }

    alignas(64) word word_{0};
    typename Atomics::template atomic<std::uint32_t> total_{0};
    alignas(64) std::array<word, words_max> bits_;
};

using seat_ledger = basic_seat_ledger<threads::atomics>;

}  // namespace campgate
