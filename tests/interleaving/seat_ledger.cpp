// The real seat ledger through every sequentially consistent interleaving of a few threads, against
// what a ledger must be: no seat with two owners, no claim refused while enough seats were free all
// the time, counts and names that add up at the end, and every operation ends.
#include "core/seat_ledger.hpp"

#include "tests/interleaving/broken_ledger.hpp"
#include "tests/interleaving/explorer.hpp"
#include "tests/interleaving/steered.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <iostream>
#include <list>
#include <memory>
#include <set>

namespace campgate::interleaving {
namespace {

// ---- programs
// ------------------------------------------------------------------------------------

enum class verb {
    claim,      // n seats of `week`
    prefer,     // seat n of `week`, else any
    last,       // the highest free seat of `week`; the sequencer only
    undo,       // the newest claim this thread has
    commit,     // the newest claim this thread has; the sequencer only
    give_back,  // the oldest seat that is taken; the sequencer only
    grow,       // by n seats; the sequencer only
    claim_all,  // one of each of weeks 0 and 1; undone in reverse when one is missing
};

struct step {
    verb does;
    std::uint32_t n = 1;
    std::size_t week = 0;
};

using program = std::vector<step>;

std::string text_of(const step& s) {
    const std::string of_week = s.week == 0 ? "" : " of the other week";
    switch (s.does) {
        case verb::claim: return "claim " + std::to_string(s.n) + of_week;
        case verb::prefer: return "claim seat " + std::to_string(s.n) + " or any" + of_week;
        case verb::last: return "claim the last" + of_week;
        case verb::undo: return "undo";
        case verb::commit: return "commit";
        case verb::give_back: return "give back" + of_week;
        case verb::grow: return "grow by " + std::to_string(s.n) + of_week;
        case verb::claim_all: return "claim one of each week";
    }
    return {};
}

std::string text_of(const program& p) {
    std::string text;
    for (const step& s : p) text += (text.empty() ? "" : "; ") + text_of(s);
    return text;
}

struct start {
    std::uint32_t seats = 1;
    std::uint32_t taken = 0;  // of them, at the start
    std::size_t weeks = 1;
};

// ---- the scenario
// --------------------------------------------------------------------------------

template <class Ledger>
class ledger_scenario final : public scenario {
public:
    ledger_scenario(const start& from, const std::vector<program>& programs)
        : from_(from),
          programs_(programs),
          weeks_(from.weeks),
          claims_(programs.size()) {
        for (week& w : weeks_) {
            w.ledger.open(from.seats);
            w.opened = from.seats;
            for (std::uint32_t n = 1; n <= from.taken; ++n) {
                w.ledger.take_at_start({n});
                w.owned.insert({n});
                w.taken.push_back({n});
                ++w.out;
            }
        }
    }

    std::size_t threads() const override { return programs_.size(); }
    std::string name_of(std::size_t thread) const override {
        return thread == 0 ? "first" : thread == 1 ? "second" : "third";
    }
    std::string name_of(const void* object) const override {
        for (std::size_t i = 0; i < weeks_.size(); ++i) {
            const auto at =
                static_cast<const char*>(object) - reinterpret_cast<const char*>(&weeks_[i].ledger);
            if (at < 0 || at >= static_cast<std::ptrdiff_t>(sizeof(Ledger))) continue;
            const std::string of = i == 0 ? "" : " of the other week";
            return (at < 8    ? "the word"
                    : at < 64 ? "the total"
                              : "bits " + std::to_string((at - 64) / 8)) +
                   of;
        }
        return "?";
    }

    void run(std::size_t me) override {
        for (const step& s : programs_[me]) {
            if (telling) remark(text_of(s));
            perform(me, s);
        }
    }

    void check_step() override {
        for (week& w : weeks_) {
            const auto counts = w.ledger.now();
            if (counts.free > w.opening || counts.pending > w.opening ||
                counts.free + counts.pending > w.opening)
                throw violation("more free and pending than there are seats");
        }
    }

    void check_end() override {
        for (week& w : weeks_) {
            std::uint32_t pending = 0;
            for (const auto& of_thread : claims_) {
                for (const claim& c : of_thread) {
                    if (c.week == static_cast<std::size_t>(&w - weeks_.data()))
                        pending += static_cast<std::uint32_t>(c.seats.size());
                }
            }
            const auto counts = w.ledger.now();
            if (counts.pending != pending) throw violation("pending is wrong at the end");
            if (counts.free + w.owned.size() != w.opened)
                throw violation("free is wrong at the end");
            for (std::uint32_t n = counts.free; n > 0; --n) {
                const auto seat = w.ledger.claim_one();
                if (!seat) throw violation("a free seat cannot be claimed at the end");
                own(w, *seat);
            }
            if (w.ledger.claim_one()) throw violation("one seat too many at the end");
        }
    }

private:
    struct week {
        Ledger ledger;
        std::uint32_t opened = 0;     // seats whose opening has ended
        std::uint32_t opening = 128;  // an upper bound of those that may exist
        std::set<seat_number> owned;
        std::vector<seat_number> taken;
        // Seats that somebody has, is about to get, or is still giving up.
        std::uint32_t out = 0;
    };
    struct claim {
        std::size_t week;
        std::vector<seat_number> seats;
    };
    // A claim under way: how many seats were free of everybody else, at the least, since it began.
    struct attempt {
        std::size_t week;
        std::uint32_t n;
        std::uint32_t least;
    };

    void own(week& w, seat_number seat) {
        if (seat.value < 1 || seat.value > w.opening) throw violation("a seat that does not exist");
        if (!w.owned.insert(seat).second)
            throw violation("seat " + std::to_string(seat.value) + " has two owners");
    }

    void change_out(week& w, std::uint32_t more, std::uint32_t less) {
        w.out = w.out + more - less;
        const auto index = static_cast<std::size_t>(&w - weeks_.data());
        for (attempt& a : attempts_) {
            if (a.week != index) continue;
            const std::uint32_t others = w.out - a.n;
            a.least = std::min(a.least, w.opened > others ? w.opened - others : 0);
        }
    }

    template <class Claim>
    bool attempted(std::size_t week_index, std::uint32_t n, Claim how) {
        week& w = weeks_[week_index];
        attempts_.push_back({week_index, n, 0xffffffff});
        const auto me = std::prev(attempts_.end());
        change_out(w, n, 0);
        const bool got = how();
        const bool owed = me->least >= n;
        attempts_.erase(me);
        if (!got) {
            change_out(w, 0, n);
            if (owed)
                throw violation("a claim was refused although enough seats were free all the time");
        }
        return got;
    }

    bool claim_seats(std::size_t me, std::size_t week_index, std::uint32_t n,
                     std::optional<seat_number> wanted, bool last = false) {
        week& w = weeks_[week_index];
        std::vector<seat_number> seats(n);
        const bool got = attempted(week_index, n, [&] {
            if (!wanted && !last) return w.ledger.claim(seats);
            const auto seat = last ? w.ledger.claim_last() : w.ledger.claim_preferring(*wanted);
            if (seat) seats[0] = *seat;
            return seat.has_value();
        });
        if (telling) remark(got ? "got seat " + std::to_string(seats[0].value) : "got none");
        if (!got) return false;
        for (const auto seat : seats) own(w, seat);
        claims_[me].push_back({week_index, seats});
        return true;
    }

    void undo_newest(std::size_t me) {
        if (claims_[me].empty()) return;
        const claim c = claims_[me].back();
        claims_[me].pop_back();
        week& w = weeks_[c.week];
        for (const auto seat : c.seats) w.owned.erase(seat);
        w.ledger.undo(c.seats);
        change_out(w, 0, static_cast<std::uint32_t>(c.seats.size()));
    }

    void perform(std::size_t me, const step& s) {
        week& w = weeks_[s.week];
        switch (s.does) {
            case verb::claim: claim_seats(me, s.week, s.n, std::nullopt); return;
            case verb::prefer: claim_seats(me, s.week, 1, seat_number{s.n}); return;
            case verb::last: claim_seats(me, s.week, 1, std::nullopt, true); return;
            case verb::undo: undo_newest(me); return;
            case verb::commit: {
                if (claims_[me].empty()) return;
                const claim c = claims_[me].back();
                claims_[me].pop_back();
                week& of = weeks_[c.week];
                of.ledger.commit(static_cast<std::uint32_t>(c.seats.size()));
                of.taken.insert(of.taken.end(), c.seats.begin(), c.seats.end());
                return;
            }
            case verb::give_back: {
                if (w.taken.empty()) return;
                const seat_number seat = w.taken.front();
                w.taken.erase(w.taken.begin());
                w.owned.erase(seat);
                w.ledger.give_back({&seat, 1});
                change_out(w, 0, 1);
                return;
            }
            case verb::grow:
                w.ledger.open(w.opened + s.n);
                w.opened += s.n;
                change_out(w, 0, 0);
                return;
            case verb::claim_all:
                if (!claim_seats(me, 0, 1, std::nullopt)) return;
                if (!claim_seats(me, 1, 1, std::nullopt)) undo_newest(me);
                return;
        }
    }

    const start from_;
    const std::vector<program>& programs_;
    std::vector<week> weeks_;
    std::vector<std::vector<claim>> claims_;
    std::list<attempt> attempts_;
};

using real_ledger = basic_seat_ledger<steered_atomics>;

template <class Ledger>
exploration explore_programs(const options& how, const start& from,
                             const std::vector<program>& programs) {
    return explore(how, [&] { return std::make_unique<ledger_scenario<Ledger>>(from, programs); });
}

std::string text_of(const start& from, const std::vector<program>& programs) {
    std::string text = std::to_string(from.weeks) + " week(s) of " + std::to_string(from.seats) +
                       " seats, " + std::to_string(from.taken) + " taken";
    for (const auto& p : programs) text += "\n    " + text_of(p);
    return text;
}

struct tally {
    std::uint64_t scenarios = 0, runs = 0, steps = 0;
};

void expect_holds(const options& how, const start& from, const std::vector<program>& programs,
                  tally& sum) {
    const exploration e = explore_programs<real_ledger>(how, from, programs);
    ASSERT_FALSE(e.violated) << text_of(from, programs) << "\n" << *e.violated;
    ASSERT_TRUE(e.complete) << text_of(from, programs) << "\n" << e.runs << " runs";
    ++sum.scenarios;
    sum.runs += e.runs;
    sum.steps += e.steps;
}

void report(const tally& sum) {
    std::cout << "    " << sum.scenarios << " scenarios, " << sum.runs << " interleavings, "
              << sum.steps << " steps\n";
}

// ---- all programs
// --------------------------------------------------------------------------------

// All programs of exactly `length` steps. Undo and commit only where there is a claim that they can
// be of, give_back only where there may be a taken seat.
void all_programs(const std::vector<step>& alphabet, std::size_t length, int claims, int taken,
                  program& so_far, std::vector<program>& out) {
    if (so_far.size() == length) {
        out.push_back(so_far);
        return;
    }
    for (const step& s : alphabet) {
        int claims_then = claims, taken_then = taken;
        switch (s.does) {
            case verb::claim:
            case verb::prefer:
            case verb::last:
            case verb::claim_all: ++claims_then; break;
            case verb::undo: --claims_then; break;
            case verb::commit:
                --claims_then;
                ++taken_then;
                break;
            case verb::give_back: --taken_then; break;
            case verb::grow: break;
        }
        if (claims_then < 0 || taken_then < 0) continue;
        so_far.push_back(s);
        all_programs(alphabet, length, claims_then, taken_then, so_far, out);
        so_far.pop_back();
    }
}

std::vector<program> all_programs(const std::vector<step>& alphabet, std::size_t longest,
                                  int taken) {
    std::vector<program> out;
    for (std::size_t length = 1; length <= longest; ++length) {
        program so_far;
        all_programs(alphabet, length, 0, taken, so_far, out);
    }
    return out;
}

const std::vector<step> io_steps{{verb::claim, 1}, {verb::undo}};
const std::vector<step> io_steps_wide{
    {verb::claim, 1}, {verb::claim, 2}, {verb::prefer, 2}, {verb::undo}};
const std::vector<step> sequencer_steps{
    {verb::claim, 1}, {verb::undo}, {verb::commit}, {verb::give_back}, {verb::grow, 1}};
// What a week that shrinks does.
const std::vector<step> shrinking_steps{
    {verb::last}, {verb::undo}, {verb::commit}, {verb::give_back}};

TEST(interleaving_ledger, two_threads_every_program_of_two_operations_every_order) {
    tally sum;
    for (const start& from : {start{1, 0}, start{2, 0}, start{2, 1}, start{3, 1}}) {
        for (const auto& sequencer :
             all_programs(sequencer_steps, 2, static_cast<int>(from.taken))) {
            for (const auto& io : all_programs(io_steps_wide, 2, 0)) {
                expect_holds({.spurious_failures = 1}, from, {sequencer, io}, sum);
                if (HasFatalFailure()) return;
            }
        }
    }
    report(sum);
}

TEST(interleaving_ledger, two_threads_one_of_them_shrinks_every_order) {
    tally sum;
    for (const start& from : {start{1, 0}, start{2, 0}, start{2, 1}, start{65, 63}}) {
        for (const auto& sequencer :
             all_programs(shrinking_steps, 2, static_cast<int>(from.taken))) {
            for (const auto& io : all_programs(io_steps_wide, 2, 0)) {
                expect_holds({.spurious_failures = 1}, from, {sequencer, io}, sum);
                if (HasFatalFailure()) return;
            }
        }
    }
    report(sum);
}

TEST(interleaving_ledger, two_threads_every_program_of_four_operations_up_to_two_preemptions) {
    tally sum;
    for (const start& from : {start{1, 0}, start{2, 1}}) {
        for (const auto& sequencer :
             all_programs(sequencer_steps, 4, static_cast<int>(from.taken))) {
            for (const auto& io : all_programs(io_steps, 4, 0)) {
                if (sequencer.size() + io.size() < 6) continue;
                expect_holds({.preemptions = 2}, from, {sequencer, io}, sum);
                if (HasFatalFailure()) return;
            }
        }
    }
    report(sum);
}

TEST(interleaving_ledger, three_threads_every_program_of_two_operations_up_to_two_preemptions) {
    tally sum;
    for (const start& from : {start{1, 0}, start{2, 1}}) {
        for (const auto& sequencer :
             all_programs(sequencer_steps, 2, static_cast<int>(from.taken))) {
            for (const auto& io : all_programs(io_steps, 2, 0)) {
                for (const auto& other : all_programs(io_steps, 2, 0)) {
                    expect_holds({.preemptions = 2}, from, {sequencer, io, other}, sum);
                    if (HasFatalFailure()) return;
                }
            }
        }
    }
    report(sum);
}

// The longest ones: a returned seat, two io threads and one that waits for it.
const std::vector<std::pair<start, std::vector<program>>> long_scenarios{
    {{65, 63},
     {{{verb::last}, {verb::last}, {verb::undo}, {verb::commit}},
      {{verb::prefer, 65}, {verb::undo}, {verb::claim}},
      {{verb::claim}, {verb::undo}}}},
    {{65, 64}, {{{verb::give_back}, {verb::prefer, 65}}, {{verb::claim}, {verb::undo}}}},
    {{1, 1},
     {{{verb::give_back}, {verb::claim}, {verb::commit}, {verb::give_back}},
      {{verb::claim}, {verb::undo}, {verb::claim}, {verb::undo}},
      {{verb::claim}, {verb::undo}}}},
    {{2, 1},
     {{{verb::claim}, {verb::commit}, {verb::give_back}, {verb::give_back}},
      {{verb::claim, 2}, {verb::undo}, {verb::claim}, {verb::undo}},
      {{verb::prefer, 2}, {verb::undo}, {verb::claim, 2}, {verb::undo}}}},
    {{1, 0},
     {{{verb::grow, 1}, {verb::claim}, {verb::commit}, {verb::grow, 1}},
      {{verb::claim}, {verb::undo}, {verb::claim, 2}, {verb::undo}},
      {{verb::claim}, {verb::claim}, {verb::undo}, {verb::undo}}}},
    {{64, 63},
     {{{verb::grow, 1}, {verb::give_back}},
      {{verb::claim, 2}, {verb::undo}},
      {{verb::claim}, {verb::undo}}}},
    {{1, 0, 2},
     {{{verb::claim, 1, 1}, {verb::commit}, {verb::give_back, 1, 1}, {verb::claim}},
      {{verb::claim_all}, {verb::undo}, {verb::undo}},
      {{verb::claim_all}, {verb::undo}, {verb::undo}}}},
};

TEST(interleaving_ledger, three_threads_of_four_operations_up_to_three_preemptions) {
    tally sum;
    for (const auto& [from, programs] : long_scenarios) {
        expect_holds({.preemptions = 3}, from, programs, sum);
        if (HasFatalFailure()) return;
    }
    report(sum);
}

TEST(interleaving_ledger, three_threads_every_order) {
    tally sum;
    const std::vector<std::pair<start, std::vector<program>>> scenarios{
        {{1, 0}, {{{verb::claim}}, {{verb::claim}}, {{verb::claim}}}},
        {{2, 0}, {{{verb::claim}}, {{verb::claim}}, {{verb::claim}}}},
        {{1, 1}, {{{verb::give_back}}, {{verb::claim}}, {{verb::claim}}}},
        {{1, 0}, {{{verb::grow, 1}}, {{verb::claim}}, {{verb::claim}}}},
        {{1, 0}, {{{verb::claim}, {verb::undo}}, {{verb::claim}}, {{verb::claim}}}},
    };
    for (const auto& [from, programs] : scenarios) {
        expect_holds({}, from, programs, sum);
        if (HasFatalFailure()) return;
    }
    report(sum);
}

TEST(interleaving_ledger, two_weeks_in_mode_all_every_order) {
    tally sum;
    const std::vector<step> all_steps{{verb::claim_all}, {verb::undo}};
    for (const start& from : {start{1, 0, 2}, start{2, 1, 2}}) {
        for (const auto& one : all_programs(all_steps, 2, 0)) {
            for (const auto& other :
                 all_programs({{verb::claim_all}, {verb::claim, 1, 1}, {verb::undo}}, 2, 0)) {
                expect_holds({}, from, {one, other}, sum);
                if (HasFatalFailure()) return;
            }
        }
    }
    report(sum);
}

// ---- controls
// ------------------------------------------------------------------------------------

template <defect D>
using broken = broken_ledger<steered_atomics, D>;

template <defect D>
std::optional<std::string> found_in_short_programs() {
    for (const options& how : {options{.preemptions = 2}, options{}}) {
        for (const start& from : {start{1, 0}, start{2, 0}, start{2, 1}, start{1, 1}}) {
            for (const auto& sequencer :
                 all_programs(sequencer_steps, 2, static_cast<int>(from.taken))) {
                for (const auto& io : all_programs(io_steps, 2, 0)) {
                    const auto e = explore_programs<broken<D>>(how, from, {sequencer, io});
                    if (e.violated) return text_of(from, {sequencer, io}) + "\n  " + *e.violated;
                }
            }
            if (!how.preemptions) continue;
            for (const auto& io : all_programs(io_steps, 2, 0)) {
                const auto e = explore_programs<broken<D>>(
                    how, from, {io, {{verb::claim}, {verb::undo}}, {{verb::claim}}});
                if (e.violated) return text_of(from, {io}) + " and two more\n  " + *e.violated;
            }
        }
    }
    return std::nullopt;
}

template <defect D>
void expect_found(const char* what) {
    const auto found = found_in_short_programs<D>();
    ASSERT_TRUE(found) << "the explorer misses: " << what;
    std::cout << "  " << what << ":\n    " << *found << "\n";
}

TEST(interleaving_control, the_ledger_written_again_without_a_defect_passes) {
    EXPECT_EQ(found_in_short_programs<defect::none>(), std::nullopt);
}

// Over two words: seat 1 comes free behind the scan before seat 65, not reached yet, is taken.
template <defect D>
void expect_found_over_two_words(const char* what) {
    const std::vector<program> two{{{verb::give_back}, {verb::prefer, 65}}, {{verb::claim}}};
    const auto e = explore_programs<broken<D>>({.preemptions = 2}, {65, 64}, two);
    ASSERT_TRUE(e.violated);
    EXPECT_NE(e.violated->find("enough seats were free all the time"), std::string::npos);
    std::cout << "  " << what << ":\n  " << *e.violated << "\n";
}

TEST(interleaving_control, a_bitmap_that_decides_is_found) {
    expect_found_over_two_words<defect::bitmap_decides>("a bitmap that decides");
}
TEST(interleaving_control, a_claim_that_gives_up_is_found) {
    expect_found_over_two_words<defect::claim_gives_up>("a claim that gives up");
}
// From the other end: seat 65 comes free behind the scan before seat 64, not reached yet, is taken.
TEST(interleaving_control, a_last_claim_that_gives_up_is_found) {
    const std::vector<program> two{{{verb::last}},
                                   {{verb::prefer, 65}, {verb::undo}, {verb::claim}}};
    const auto e =
        explore_programs<broken<defect::last_gives_up>>({.preemptions = 2}, {65, 63}, two);
    ASSERT_TRUE(e.violated);
    EXPECT_NE(e.violated->find("enough seats were free all the time"), std::string::npos);
    std::cout << "  a claim of the last that gives up:\n  " << *e.violated << "\n";
}
TEST(interleaving_control, undo_that_counts_first_is_found) {
    expect_found<defect::undo_counts_first>("undo: count before bits");
}
TEST(interleaving_control, give_back_that_counts_first_is_found) {
    expect_found<defect::give_back_counts_first>("give_back: count before bit");
}
TEST(interleaving_control, open_that_counts_first_is_found) {
    expect_found<defect::open_counts_first>("open: count before bits");
}
TEST(interleaving_control, a_reservation_in_two_steps_is_found) {
    expect_found<defect::reserve_in_two_steps>("reservation in two steps");
}
TEST(interleaving_control, a_commit_in_two_steps_is_found) {
    expect_found<defect::commit_in_two_steps>("commit in two steps");
}
TEST(interleaving_control, a_bit_taken_in_two_steps_is_found) {
    expect_found<defect::bit_in_two_steps>("bit in two steps");
}
TEST(interleaving_control, an_undo_that_forgets_pending_is_found) {
    expect_found<defect::undo_forgets_pending>("undo that forgets pending");
}

// The reduction leaves nothing out: the same defects are found with it alone, in two threads.
TEST(interleaving_control, reduction_finds_what_every_order_finds) {
    const std::vector<program> two{{{verb::claim}}, {{verb::claim}, {verb::undo}}};
    EXPECT_TRUE(explore_programs<broken<defect::reserve_in_two_steps>>({}, {1, 0}, two).violated);
    EXPECT_TRUE(explore_programs<broken<defect::bit_in_two_steps>>({}, {2, 0}, two).violated);
    const auto reduced = explore_programs<real_ledger>({}, {1, 0}, two);
    const auto every = explore_programs<real_ledger>({.preemptions = 100}, {1, 0}, two);
    EXPECT_TRUE(reduced.complete);
    EXPECT_TRUE(every.complete);
    EXPECT_LT(reduced.runs, every.runs);
    std::cout << "    " << every.runs << " orders, " << reduced.runs << " with reduction\n";
}

}  // namespace
}  // namespace campgate::interleaving
