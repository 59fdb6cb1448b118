// A scheduler that runs a few threads one step at a time, through all orders of their steps. A step
// is one operation on something shared (steered_atomic, steered_mutex); between two steps a thread
// runs alone. Every order is a run of its own from the start: scenarios must be deterministic.
// Threads are fibers of one system thread; the code they run is the real one.
//
// Unbounded, orders that differ only in steps that do not touch the same thing are run once
// (dynamic partial order reduction, Flanagan and Godefroid 2005, with sleep sets). With a bound,
// every order with at most so many preemptions is run; a switch where the thread waits or has ended
// is free.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace campgate::interleaving {

/// What must not happen did. Thrown by scenarios and their checks, inside or outside of a thread.
class violation : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class scenario {
public:
    virtual ~scenario() = default;
    virtual std::size_t threads() const = 0;
    virtual void run(std::size_t thread) = 0;
    virtual std::string name_of(std::size_t thread) const = 0;
    /// The name of a shared thing, for the printed schedule.
    virtual std::string name_of(const void* object) const = 0;
    /// After every step, and when all threads have ended. Their own operations are no steps.
    virtual void check_step() {}
    virtual void check_end() {}
};

struct options {
    std::optional<unsigned> preemptions = std::nullopt;  ///< nothing: unbounded, with reduction
    unsigned spurious_failures = 0;                      ///< of compare_exchange_weak, in one run
    std::size_t steps_max = 500;                         ///< a run that is longer does not end
    std::uint64_t runs_max = 50'000'000;                 ///< gives up, `complete` is false
};

struct exploration {
    std::uint64_t runs = 0;
    std::uint64_t steps = 0;
    bool complete = false;
    std::optional<std::string> violated;  ///< what, followed by the schedule
};

exploration explore(const options& how, const std::function<std::unique_ptr<scenario>()>& make);

// ---- for the steered types
// -----------------------------------------------------------------------

/// Whether the code that runs is a thread of a scenario, and whether a schedule is being told.
inline bool steering = false;
inline bool telling = false;

/// Waits for its turn to do one step on `object`. Gives true where a weak exchange is to fail.
bool await_turn(const void* object, bool writes, bool may_fail = false);

/// Tells what the step was. Only while steering and telling.
void tell(const std::string& text);

/// A remark in the schedule, e.g. which operation begins. No step.
void remark(const std::string& text);

/// The thread goes on only when the condition holds. With a bound on preemptions only.
void await(std::function<bool()> condition);

}  // namespace campgate::interleaving
