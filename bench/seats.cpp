// Claim and return of one seat: the ledger against what one would write first, a mutex around a set
// of seats, and against a bare counter, which names no seat. One week, and forty that threads
// choose among.
#include "core/seat_ledger.hpp"

#include <benchmark/benchmark.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

namespace campgate {
namespace {

constexpr std::uint32_t seats = 48;

class ledger_seats {
public:
    ledger_seats() { ledger_.open(seats); }
    bool claim_and_return() {
        const auto seat = ledger_.claim_one();
        if (!seat) return false;
        ledger_.commit(1);
        ledger_.give_back({&*seat, 1});
        return true;
    }

private:
    seat_ledger ledger_;
};

class mutex_seats {
public:
    mutex_seats() {
        for (std::uint32_t n = seats; n > 0; --n) free_.push_back({n});
    }
    bool claim_and_return() {
        seat_number seat;
        {
            const std::lock_guard lock{mutex_};
            if (free_.empty()) return false;
            seat = free_.back();
            free_.pop_back();
        }
        const std::lock_guard lock{mutex_};
        free_.push_back(seat);
        return true;
    }

private:
    std::mutex mutex_;
    std::vector<seat_number> free_;
};

class counted_seats {
public:
    bool claim_and_return() {
        std::uint32_t now = free_.load();
        do {
            if (now == 0) return false;
        } while (!free_.compare_exchange_weak(now, now - 1));
        free_.fetch_add(1);
        return true;
    }

private:
    alignas(64) std::atomic<std::uint32_t> free_{seats};
};

template <class Seats>
void claim_and_return(benchmark::State& state) {
    static std::vector<std::unique_ptr<Seats>> weeks;
    const auto count = static_cast<std::size_t>(state.range(0));
    if (state.thread_index() == 0) {
        weeks.clear();
        for (std::size_t i = 0; i < count; ++i) weeks.push_back(std::make_unique<Seats>());
    }
    std::size_t at = static_cast<std::size_t>(state.thread_index()) * 7;
    for (auto _ : state) benchmark::DoNotOptimize(weeks[++at % count]->claim_and_return());
    state.SetItemsProcessed(state.iterations());
}

void sizes(benchmark::internal::Benchmark* b) {
    b->ArgName("weeks")->Arg(1)->Arg(40)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();
}

BENCHMARK_TEMPLATE(claim_and_return, ledger_seats)->Apply(sizes);
BENCHMARK_TEMPLATE(claim_and_return, mutex_seats)->Apply(sizes);
BENCHMARK_TEMPLATE(claim_and_return, counted_seats)->Apply(sizes);

}  // namespace
}  // namespace campgate
