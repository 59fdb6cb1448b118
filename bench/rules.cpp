// The sequential part of a hold: decide and apply, what is due among a million holds, and the bytes
// of a record.
#include "bench/bench_season.hpp"
#include "core/record_codec.hpp"

#include <benchmark/benchmark.h>

namespace campgate::bench {
namespace {

// A hold and its release, decided and applied with their effects: two records.
void decide_and_apply(benchmark::State& state) {
    const auto rules = engine_of(1'000);
    no_seats none;
    std::uint64_t n = 0;
    for (auto _ : state) {
        ++n;
        row_effects effects;
        const auto placed = rules->decide(place_of(n % 1'000 + 1, n, week_id{1}, seat_number{1}),
                                          opened, none, false);
        rules->apply(*placed.made, &effects);
        const hold_id hold = std::get<place_record>(placed.made->body).placed.front().hold;
        const auto released =
            rules->decide(release_command{actor_id{n % 1'000 + 1}, family_id{n % 1'000 + 1}, hold},
                          opened, none, false);
        rules->apply(*released.made, &effects);
        make_net(effects);
        benchmark::DoNotOptimize(effects);
    }
    state.SetItemsProcessed(2 * state.iterations());
    state.SetLabel("records");
}
BENCHMARK(decide_and_apply)->Iterations(100'000);

// Among a million holds, sixty-four that are due.
void due_among_a_million(benchmark::State& state) {
    const auto rules = engine_of(25'000);
    no_seats none;
    std::uint64_t n = 0;
    for (std::uint32_t seat = 1; seat <= 25'000; ++seat) {
        for (std::uint32_t week = 1; week <= week_count; ++week) {
            ++n;
            const instant now = opened + std::chrono::seconds{n / 64};
            const auto d =
                rules->decide(place_of(n, n, week_id{week}, seat_number{seat}), now, none, false);
            rules->apply(*d.made);
        }
    }
    const instant first = *rules->next_deadline();
    for (auto _ : state) benchmark::DoNotOptimize(rules->due(first, expire_items_max));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(due_among_a_million);

void record_to_bytes_and_back(benchmark::State& state) {
    place_record body;
    body.family = family_id{7};
    body.mode = place_mode::each;
    body.placed.push_back({hold_id{64}, week_id{8}, child_id{56}, seat_number{3}, opened});
    const record made{sequence{2}, opened, actor_id{7}, body};
    for (auto _ : state) {
        const encoded_record bytes = encode(made);
        benchmark::DoNotOptimize(decode(bytes));
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(record_to_bytes_and_back);

}  // namespace
}  // namespace campgate::bench
