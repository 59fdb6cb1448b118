// One week's seats under several real threads: at no moment more taken than there are, and at the
// end everything adds up. Run under ThreadSanitizer as well.
#include "core/seat_ledger.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

namespace campgate {
namespace {

struct plan {
    std::uint32_t seats = 1;
    std::uint32_t grown_to = 1;  // in the course of it
    unsigned threads = 2;
    std::uint32_t seed = 0;
    int operations = 2'000;  // a thread
    std::uint32_t most = 1;  // seats a claim
};

plan random_plan() {
    plan p;
    p.seats = *rc::gen::element(1u, 2u, 3u, 7u, 63u, 64u, 65u, 130u);
    p.grown_to = p.seats + *rc::gen::element(0u, 0u, 1u, 64u);
    p.threads = *rc::gen::element(2u, 3u, 4u);
    p.seed = *rc::gen::arbitrary<std::uint32_t>();
    p.most = *rc::gen::element(1u, 2u, 3u);
    return p;
}

// Who has a seat, told by the threads themselves: 0 nobody.
class owners {
public:
    explicit owners(std::uint32_t seats) : of_(seats + 1) {}
    bool take(seat_number seat, int who) { return of_.at(seat.value).exchange(who) == 0; }
    bool drop(seat_number seat, int who) { return of_.at(seat.value).exchange(0) == who; }
    bool drop_any(seat_number seat) { return of_.at(seat.value).exchange(0) != 0; }

private:
    std::vector<std::atomic<int>> of_;
};

// A thread claims, then undoes or hands over; the "sequencer" (the last thread) commits what was
// handed over, gives some of it back, and grows the week half-way.
void rush(const plan& p, bool (*preferring)(std::mt19937&)) {
    seat_ledger ledger;
    ledger.open(p.seats);
    owners had_by{p.grown_to};
    std::mutex mutex;
    std::vector<seat_number> handed_over;  // under mutex
    std::atomic<bool> wrong{false};
    std::atomic<unsigned> claiming{p.threads};

    const auto io_thread = [&](int me) {
        std::mt19937 random{p.seed + static_cast<std::uint32_t>(me)};
        for (int i = 0; i < p.operations; ++i) {
            std::vector<seat_number> seats(1 + random() % p.most);
            if (seats.size() == 1 && preferring(random)) {
                const auto seat = ledger.claim_preferring(
                    {static_cast<std::uint32_t>(random() % (p.grown_to + 2))});
                if (!seat) continue;
                seats[0] = *seat;
            } else if (!ledger.claim(seats)) {
                continue;
            }
            for (const seat_number seat : seats) {
                if (seat.value < 1 || seat.value > p.grown_to || !had_by.take(seat, me))
                    wrong = true;
            }
            const auto counts = ledger.now();
            if (counts.free + counts.pending > p.grown_to) wrong = true;
            if (random() % 2 == 0) {
                for (const seat_number seat : seats) {
                    if (!had_by.drop(seat, me)) wrong = true;
                }
                ledger.undo(seats);
            } else {
                const std::lock_guard lock{mutex};
                handed_over.insert(handed_over.end(), seats.begin(), seats.end());
            }
        }
        --claiming;
    };

    std::vector<seat_number> taken;
    const auto sequencer_thread = [&] {
        std::mt19937 random{p.seed};
        bool grown = false;
        for (bool last = false; !last;) {
            last = claiming == 0;
            std::vector<seat_number> batch;
            {
                const std::lock_guard lock{mutex};
                batch.swap(handed_over);
            }
            ledger.commit(static_cast<std::uint32_t>(batch.size()));
            taken.insert(taken.end(), batch.begin(), batch.end());
            if (!grown && taken.size() * 2 >= p.seats) {
                ledger.open(p.grown_to);
                grown = true;
            }
            std::vector<seat_number> returned;
            while (!taken.empty() && random() % 4 != 0) {
                std::swap(taken[random() % taken.size()], taken.back());
                returned.push_back(taken.back());
                taken.pop_back();
            }
            for (const seat_number seat : returned) {
                if (!had_by.drop_any(seat)) wrong = true;
            }
            ledger.give_back(returned);
            std::this_thread::yield();
        }
        if (!grown) ledger.open(p.grown_to);
    };

    {
        std::vector<std::jthread> threads;
        for (unsigned t = 1; t <= p.threads; ++t)
            threads.emplace_back(io_thread, static_cast<int>(t));
        threads.emplace_back(sequencer_thread);
    }
    RC_ASSERT(!wrong);
    const auto counts = ledger.now();
    RC_ASSERT(counts.pending == 0u);
    RC_ASSERT(counts.free == p.grown_to - taken.size());
    // The names agree with the count: exactly the seats that nobody has can be claimed.
    std::vector<bool> seen(p.grown_to + 1);
    for (const seat_number seat : taken) {
        RC_ASSERT(!seen[seat.value]);
        seen[seat.value] = true;
    }
    while (const auto seat = ledger.claim_one()) {
        RC_ASSERT(!seen[seat->value]);
        seen[seat->value] = true;
    }
    for (std::uint32_t n = 1; n <= p.grown_to; ++n) RC_ASSERT(seen[n]);
}

RC_GTEST_PROP(seat_ledger, no_seat_has_two_owners_and_the_counts_add_up, ()) {
    rush(random_plan(), [](std::mt19937&) { return false; });
}

RC_GTEST_PROP(seat_ledger, no_seat_has_two_owners_when_seats_are_preferred, ()) {
    rush(random_plan(), [](std::mt19937& random) { return random() % 2 == 0; });
}

// As many seats as threads, and no thread holds more than one: every claim must succeed. A scan of
// the bitmap alone fails here.
RC_GTEST_PROP(seat_ledger, a_claim_fails_only_when_seats_are_missing, ()) {
    const unsigned threads = *rc::gen::element(2u, 3u, 4u);
    const std::uint32_t seats = threads + *rc::gen::element(0u, 62u, 70u);
    seat_ledger ledger;
    ledger.open(seats);
    // All but as many as there are threads are gone for good.
    std::vector<seat_number> gone(seats - threads);
    RC_ASSERT(ledger.claim(gone));
    ledger.commit(static_cast<std::uint32_t>(gone.size()));
    std::atomic<bool> failed{false};
    {
        std::vector<std::jthread> running;
        for (unsigned t = 0; t < threads; ++t) {
            running.emplace_back([&] {
                for (int i = 0; i < 5'000; ++i) {
                    const auto seat = ledger.claim_one();
                    if (!seat) {
                        failed = true;
                        return;
                    }
                    ledger.undo({&*seat, 1});
                }
            });
        }
    }
    RC_ASSERT(!failed);
    RC_ASSERT((ledger.now() == seat_ledger::counts{threads, 0}));
}

}  // namespace
}  // namespace campgate
