// Many simulated opening days. Run by hand: simulation.opening_day --seeds 1000000, or one day told
// step by step: --seed K [--steps N] [--faults MASK]; either with --money 1. A failing day prints
// how to run it, shortened.
#include "core/faults.hpp"
#include "core/sale_codec.hpp"
#include "tests/simulation/opening_day.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>

namespace campgate::simulation {
namespace {

struct campaign {
    std::uint64_t seeds = 0, records = 0, answers = 0, restarts = 0, take_overs = 0, doubts = 0,
                  alarms = 0, sale_records = 0, bank_acts = 0, hints = 0, settled_days = 0;
    std::map<sale_event, std::uint64_t> sale_events;
    std::optional<day_options> failing;
    std::string violated;
    double seconds = 0;
};

campaign run(std::uint64_t first, std::uint64_t seeds, unsigned faults = all_faults,
             bool money = false) {
    campaign c;
    const auto start = std::chrono::steady_clock::now();
    for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
        day_options options{.seed = seed, .faults = faults, .money = money};
        if (money) options.steps *= 2;
        const day_report r = live(options);
        ++c.seeds;
        c.records += r.records;
        c.answers += r.answers;
        c.restarts += r.restarts;
        c.take_overs += r.take_overs;
        c.doubts += r.doubts;
        c.alarms += r.alarms;
        c.sale_records += r.sale_records;
        c.bank_acts += r.bank_acts;
        c.hints += r.hints;
        c.settled_days += r.settled_days;
        for (const auto& [event, times] : r.sale_events) c.sale_events[event] += times;
        if (r.violated) {
            c.failing = shortened(options);
            c.violated = *live(*c.failing).violated;
            break;
        }
    }
    c.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return c;
}

void print(const campaign& c) {
    std::printf(
        "    %llu days in %.1f s (%.0f a second): %llu records, %llu answers, %llu restarts, "
        "%llu take-overs, %llu doubts, %llu alarms\n",
        static_cast<unsigned long long>(c.seeds), c.seconds,
        static_cast<double>(c.seeds) / c.seconds, static_cast<unsigned long long>(c.records),
        static_cast<unsigned long long>(c.answers), static_cast<unsigned long long>(c.restarts),
        static_cast<unsigned long long>(c.take_overs), static_cast<unsigned long long>(c.doubts),
        static_cast<unsigned long long>(c.alarms));
    if (c.sale_records > 0) {
        std::printf(
            "    money: %llu records of sales, %llu acts at the bank, %llu hints, %llu days "
            "settled to the end\n   ",
            static_cast<unsigned long long>(c.sale_records),
            static_cast<unsigned long long>(c.bank_acts), static_cast<unsigned long long>(c.hints),
            static_cast<unsigned long long>(c.settled_days));
        for (const auto& [event, times] : c.sale_events)
            std::printf(" %s %llu", name_of(event), static_cast<unsigned long long>(times));
        std::printf("\n");
    }
    if (c.failing) {
        std::printf("    %s: --seed %llu --steps %u --faults %u --money %d\n", c.violated.c_str(),
                    static_cast<unsigned long long>(c.failing->seed), c.failing->steps,
                    c.failing->faults, c.failing->money ? 1 : 0);
    }
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t ordinary_seeds = 500;
#else
constexpr std::uint64_t ordinary_seeds = 10'000;
#endif

TEST(opening_day, whatever_fails_what_was_told_stays_true) {
    const campaign c = run(1, ordinary_seeds);
    print(c);
    EXPECT_FALSE(c.failing) << c.violated;
    // The faults do happen.
    EXPECT_GT(c.restarts, ordinary_seeds);
    EXPECT_GT(c.doubts, ordinary_seeds);
    EXPECT_GT(c.take_overs, ordinary_seeds / 50);
    EXPECT_GT(c.alarms, ordinary_seeds / 200);
}

TEST(opening_day, B4_money_in_is_bookings_and_refunds_and_credits_whatever_fails) {
    const campaign c = run(1, ordinary_seeds / 4, all_faults, true);
    print(c);
    EXPECT_FALSE(c.failing) << c.violated;
    // Everything does happen.
    for (int event = 1; event <= static_cast<int>(sale_event_last); ++event) {
        const auto of = static_cast<sale_event>(event);
        EXPECT_GT(c.sale_events.count(of) != 0 ? c.sale_events.at(of) : 0, ordinary_seeds / 200)
            << name_of(of);
    }
    EXPECT_GT(c.settled_days, ordinary_seeds / 8);
}

TEST(opening_day, is_the_same_for_the_same_seed) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        const bool money = seed % 2 == 0;
        const day_report one = live({.seed = seed, .money = money});
        const day_report other = live({.seed = seed, .money = money});
        EXPECT_EQ(one.records, other.records);
        EXPECT_EQ(one.answers, other.answers);
        EXPECT_EQ(one.doubts, other.doubts);
        EXPECT_EQ(one.sale_events, other.sale_events);
    }
}

class opening_day_control : public testing::TestWithParam<mutation> {};
INSTANTIATE_TEST_SUITE_P(
    mutants, opening_day_control,
    testing::Values(mutation::answer_before_commit, mutation::seat_returned_before_commit,
                    mutation::word_refuses, mutation::key_forgotten_at_restart,
                    mutation::contended_says_sold_out, mutation::claims_not_undone,
                    mutation::mode_all_keeps_what_it_got, mutation::overlap_unchecked,
                    mutation::doubt_taken_as_committed, mutation::epoch_bump_without_owner,
                    mutation::no_fence, mutation::lease_unchecked,
                    mutation::siblings_in_two_batches),
    [](const auto& tested) {
        return std::string{mutation_names[static_cast<std::size_t>(tested.param)]};
    });

TEST_P(opening_day_control, is_noticed) {
    set_mutation(GetParam());
    const campaign c = run(1, ordinary_seeds);
    set_mutation(mutation::none);
    ASSERT_TRUE(c.failing) << "not noticed in " << c.seeds << " days";
    print(c);
}

}  // namespace
}  // namespace campgate::simulation

int main(int argc, char** argv) {
    using namespace campgate::simulation;
    day_options one;
    std::uint64_t seeds = 0;
    bool told = false;
    for (int i = 1; i + 1 < argc; ++i) {
        const auto value = [&](const char* name, std::uint64_t& into) {
            if (std::strcmp(argv[i], name) != 0) return false;
            into = std::strtoull(argv[i + 1], nullptr, 10);
            return true;
        };
        std::uint64_t n = 0;
        if (value("--seeds", seeds)) continue;
        if (value("--seed", one.seed)) told = true;
        if (value("--steps", n)) one.steps = static_cast<unsigned>(n);
        if (value("--faults", n)) one.faults = static_cast<unsigned>(n);
        if (value("--money", n)) one.money = n != 0;
    }
    if (told) {
        one.telling = true;
        const day_report r = live(one);
        std::printf("%s\n", r.violated ? r.violated->c_str() : "holds");
        return r.violated ? EXIT_FAILURE : EXIT_SUCCESS;
    }
    if (seeds > 0) {
        const campaign c = run(1, seeds, one.faults, one.money);
        print(c);
        return c.failing ? EXIT_FAILURE : EXIT_SUCCESS;
    }
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
