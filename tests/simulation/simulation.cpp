// Many simulated opening days. Run by hand: simulation.opening_day --seeds 1000000, or one day told
// step by step: --seed K [--steps N] [--faults MASK]. A failing day prints how to run it,
// shortened.
#include "core/faults.hpp"
#include "tests/simulation/opening_day.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace campgate::simulation {
namespace {

struct campaign {
    std::uint64_t seeds = 0, records = 0, answers = 0, restarts = 0, take_overs = 0, doubts = 0,
                  alarms = 0;
    std::optional<day_options> failing;
    std::string violated;
    double seconds = 0;
};

campaign run(std::uint64_t first, std::uint64_t seeds, unsigned faults = all_faults) {
    campaign c;
    const auto start = std::chrono::steady_clock::now();
    for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
        const day_report r = live({.seed = seed, .faults = faults});
        ++c.seeds;
        c.records += r.records;
        c.answers += r.answers;
        c.restarts += r.restarts;
        c.take_overs += r.take_overs;
        c.doubts += r.doubts;
        c.alarms += r.alarms;
        if (r.violated) {
            c.failing = shortened({.seed = seed, .faults = faults});
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
    if (c.failing) {
        std::printf("    %s: --seed %llu --steps %u --faults %u\n", c.violated.c_str(),
                    static_cast<unsigned long long>(c.failing->seed), c.failing->steps,
                    c.failing->faults);
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

TEST(opening_day, is_the_same_for_the_same_seed) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        const day_report one = live({.seed = seed}), other = live({.seed = seed});
        EXPECT_EQ(one.records, other.records);
        EXPECT_EQ(one.answers, other.answers);
        EXPECT_EQ(one.doubts, other.doubts);
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
    }
    if (told) {
        one.telling = true;
        const day_report r = live(one);
        std::printf("%s\n", r.violated ? r.violated->c_str() : "holds");
        return r.violated ? EXIT_FAILURE : EXIT_SUCCESS;
    }
    if (seeds > 0) {
        const campaign c = run(1, seeds, one.faults);
        print(c);
        return c.failing ? EXIT_FAILURE : EXIT_SUCCESS;
    }
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
