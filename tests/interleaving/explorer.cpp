#include "tests/interleaving/explorer.hpp"

#include <ucontext.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <utility>

namespace campgate::interleaving {

namespace {

constexpr std::size_t threads_max = 4;
constexpr std::size_t stack_size = 256 * 1024;
constexpr std::size_t at_end = threads_max;
constexpr std::size_t nobody = threads_max + 1;

// What a thread will do next.
struct operation {
    const void* object = nullptr;
    bool writes = false;
    bool may_fail = false;
};

bool dependent(const operation& a, const operation& b) {
    return a.object == b.object && (a.writes || b.writes);
}

struct fiber {
    ucontext_t context{};
    std::unique_ptr<char[]> stack{new char[stack_size]};
    bool ended = true;
    operation next;
    bool fails = false;               // the step to come fails for no reason
    std::function<bool()> waits_for;  // nothing: does not wait
};

// A state of the run before a step: what was tried from it.
struct node {
    std::size_t chosen = 0;
    bool fails = false;   // the chosen step fails for no reason
    unsigned todo = 0;    // threads to try (bits)
    unsigned done = 0;    // tried, or asleep from the start
    unsigned asleep = 0;  // at the start
    std::array<operation, threads_max> next{};
};

using clock_vector = std::array<std::size_t, threads_max>;

class machine {
public:
    machine(const options& how, const std::function<std::unique_ptr<scenario>()>& make)
        : how_(how),
          make_(make) {}

    exploration explore();

    bool await_turn(const void* object, bool writes, bool may_fail);
    void await(std::function<bool()> condition);
    void tell(const std::string& text);
    void remark(const std::string& text);
    void print() const { std::fputs(schedule_.c_str(), stderr); }

private:
    enum class ending { complete, asleep, violated };

    ending run_once(bool printing);
    bool next_schedule();
    void begin();
    void prepare(std::size_t thread);
    void check_end();
    void resume(std::size_t thread);
    void drain();
    std::size_t pick(const node& n, std::size_t last) const;
    void add_races(std::size_t depth);
    bool can_run(std::size_t t) const {
        return !fibers_[t].ended && (!fibers_[t].waits_for || fibers_[t].waits_for());
    }
    std::string who(std::size_t t) const {
        return t == at_end ? "afterwards" : scenario_->name_of(t);
    }
    static void enter();

    const options how_;
    const std::function<std::unique_ptr<scenario>()>& make_;
    std::unique_ptr<scenario> scenario_;
    std::size_t threads_ = 0;
    std::array<fiber, threads_max + 1> fibers_;  // the last one checks the end
    ucontext_t home_{};
    std::size_t current_ = nobody;
    std::exception_ptr thrown_;

    std::vector<node> nodes_;            // the schedule, kept from run to run
    std::vector<operation> operations_;  // of this run, by step
    std::vector<std::size_t> who_;       // did that step
    std::vector<clock_vector> clocks_;   // of that step
    std::array<clock_vector, threads_max> clock_of_{};

    std::string schedule_;
    exploration found_;
};

machine* running = nullptr;

void machine::enter() {
    machine& m = *running;
    const std::size_t me = m.current_;
    try {
        if (me == at_end) {
            m.scenario_->check_end();
        } else {
            m.scenario_->run(me);
        }
    } catch (...) {
        if (!m.thrown_) m.thrown_ = std::current_exception();
    }
    m.fibers_[me].ended = true;
    swapcontext(&m.fibers_[me].context, &m.home_);
}

void machine::resume(std::size_t thread) {
    current_ = thread;
    steering = true;
    swapcontext(&home_, &fibers_[thread].context);
    steering = false;
    current_ = nobody;
}

bool machine::await_turn(const void* object, bool writes, bool may_fail) {
    fiber& f = fibers_[current_];
    f.next = {object, writes, may_fail};
    f.fails = false;
    swapcontext(&f.context, &home_);
    return f.fails;
}

void machine::await(std::function<bool()> condition) {
    fiber& f = fibers_[current_];
    f.next = {};
    f.waits_for = std::move(condition);
    swapcontext(&f.context, &home_);
    f.waits_for = nullptr;
}

void machine::tell(const std::string& text) {
    const fiber& f = fibers_[current_];
    schedule_ +=
        "  " + who(current_) + ": " + scenario_->name_of(f.next.object) + ' ' + text + '\n';
}

void machine::remark(const std::string& text) {
    if (telling) schedule_ += "  " + who(current_) + ": -- " + text + '\n';
}

// Every thread runs up to its first step.
void machine::begin() {
    scenario_ = make_();
    threads_ = scenario_->threads();
    thrown_ = nullptr;
    operations_.clear();
    who_.clear();
    clocks_.clear();
    clock_of_ = {};
    schedule_.clear();
    for (std::size_t t = 0; t < threads_; ++t) prepare(t);
    for (std::size_t t = 0; t < threads_; ++t) resume(t);
}

void machine::prepare(std::size_t thread) {
    fiber& f = fibers_[thread];
    f.ended = false;
    f.waits_for = nullptr;
    getcontext(&f.context);
    f.context.uc_stack.ss_sp = f.stack.get();
    f.context.uc_stack.ss_size = stack_size;
    f.context.uc_link = nullptr;
    makecontext(&f.context, &machine::enter, 0);
}

// Alone, but bounded: a search for a bit that is not there must not hang.
void machine::check_end() {
    prepare(at_end);
    for (std::size_t steps = 0; !fibers_[at_end].ended; ++steps) {
        if (steps > 10'000) throw violation("stuck: what follows the run does not end");
        resume(at_end);
        if (thrown_) std::rethrow_exception(thrown_);
    }
}

// Lets the threads of an abandoned run come to an end, so that they free what they own.
void machine::drain() {
    for (std::size_t steps = 0; steps < 10'000; ++steps) {
        bool any = false;
        for (std::size_t t = 0; t < threads_; ++t) {
            if (!can_run(t)) continue;
            any = true;
            resume(t);
        }
        if (!any) break;
    }
}

// The thread to try first in a new state: go on with the same, else the lowest.
std::size_t machine::pick(const node& n, std::size_t last) const {
    if (last != nobody && can_run(last) && (n.asleep >> last & 1) == 0) return last;
    for (std::size_t t = 0; t < threads_; ++t) {
        if (can_run(t) && (n.asleep >> t & 1) == 0) return t;
    }
    return nobody;
}

// For every thread's next operation: the last step that it races with must be tried the other way
// round, which is done by letting the thread go first there.
void machine::add_races(std::size_t depth) {
    for (std::size_t t = 0; t < threads_; ++t) {
        if (fibers_[t].ended) continue;
        for (std::size_t i = depth; i-- > 0;) {
            if (who_[i] == t || !dependent(operations_[i], fibers_[t].next)) continue;
            if (clock_of_[t][who_[i]] >= i + 1) continue;  // it comes before for other reasons
            nodes_[i].todo |= 1u << t;
            break;
        }
    }
}

machine::ending machine::run_once(bool printing) {
    telling = printing;
    begin();
    const bool bounded = how_.preemptions.has_value();
    std::size_t last = nobody;
    unsigned preemptions = 0;
    try {
        for (std::size_t depth = 0;; ++depth) {
            if (thrown_) std::rethrow_exception(thrown_);
            scenario_->check_step();
            bool all_ended = true, any = false;
            for (std::size_t t = 0; t < threads_; ++t) {
                all_ended = all_ended && fibers_[t].ended;
                any = any || can_run(t);
            }
            if (all_ended) break;
            if (!any) throw violation("stuck: every thread waits");
            if (depth >= how_.steps_max)
                throw violation("stuck: no end after " + std::to_string(depth) + " steps");

            const bool fresh = depth == nodes_.size();
            if (fresh) {
                node n;
                for (std::size_t t = 0; t < threads_; ++t) n.next[t] = fibers_[t].next;
                if (!bounded && depth > 0) {
                    // Asleep stays who was asleep, or was tried, unless the step concerns it.
                    const node& parent = nodes_[depth - 1];
                    for (std::size_t t = 0; t < threads_; ++t) {
                        if (((parent.asleep | parent.done) >> t & 1) == 0 || t == parent.chosen)
                            continue;
                        if (!dependent(parent.next[t], parent.next[parent.chosen]))
                            n.asleep |= 1u << t;
                    }
                }
                n.done = n.asleep;
                n.chosen = pick(n, last);
                if (n.chosen == nobody) {
                    drain();
                    return ending::asleep;
                }
                n.todo = 1u << n.chosen;
                if (bounded) {
                    const bool last_goes_on = last != nobody && can_run(last);
                    for (std::size_t t = 0; t < threads_; ++t) {
                        const unsigned cost = last_goes_on && t != last ? 1u : 0u;
                        if (can_run(t) && preemptions + cost <= *how_.preemptions)
                            n.todo |= 1u << t;
                    }
                }
                nodes_.push_back(n);
            }
            if (!bounded) add_races(depth);

            node& n = nodes_[depth];
            const std::size_t t = n.chosen;
            if (last != nobody && t != last && can_run(last)) ++preemptions;
            operations_.push_back(fibers_[t].next);
            who_.push_back(t);
            clock_vector c = clock_of_[t];
            if (!bounded) {
                for (std::size_t i = 0; i < depth; ++i) {
                    if (!dependent(operations_[i], operations_[depth])) continue;
                    for (std::size_t k = 0; k < threads_; ++k) c[k] = std::max(c[k], clocks_[i][k]);
                }
            }
            c[t] = depth + 1;
            clock_of_[t] = c;
            clocks_.push_back(c);
            fibers_[t].fails = n.fails;
            ++found_.steps;
            resume(t);
            last = t;
        }
        check_end();
    } catch (const violation& v) {
        if (printing) found_.violated = std::string(v.what()) + "\n" + schedule_;
        drain();
        return ending::violated;
    }
    return ending::complete;
}

// Prepares the next schedule to try; false when all were.
bool machine::next_schedule() {
    unsigned failures = 0;
    for (const node& n : nodes_) failures += n.fails ? 1u : 0u;
    while (!nodes_.empty()) {
        node& n = nodes_.back();
        if (n.fails) {
            --failures;
        } else if (n.next[n.chosen].may_fail && failures < how_.spurious_failures) {
            n.fails = true;
            return true;
        }
        n.fails = false;
        n.done |= 1u << n.chosen;
        const unsigned left = n.todo & ~n.done;
        if (left != 0) {
            n.chosen = static_cast<std::size_t>(__builtin_ctz(left));
            return true;
        }
        nodes_.pop_back();
    }
    return false;
}

exploration machine::explore() {
    running = this;
    do {
        const ending e = run_once(false);
        if (e != ending::asleep) ++found_.runs;
        if (e == ending::violated) {
            run_once(true);  // the same schedule once more, now told
            break;
        }
        if (found_.runs >= how_.runs_max) {
            running = nullptr;
            return found_;
        }
    } while (next_schedule());
    found_.complete = !found_.violated;
    running = nullptr;
    return found_;
}

// A broken invariant of the core ends the process: the schedule that led there is told first.
void tell_the_schedule(int) {
    if (running != nullptr) running->print();
    std::signal(SIGABRT, SIG_DFL);
    std::abort();
}

}  // namespace

exploration explore(const options& how, const std::function<std::unique_ptr<scenario>()>& make) {
    std::signal(SIGABRT, tell_the_schedule);
    return machine{how, make}.explore();
}

bool await_turn(const void* object, bool writes, bool may_fail) {
    return running->await_turn(object, writes, may_fail);
}
void tell(const std::string& text) {
    running->tell(text);
}
void remark(const std::string& text) {
    if (steering) running->remark(text);
}
void await(std::function<bool()> condition) {
    if (steering) running->await(std::move(condition));
}

}  // namespace campgate::interleaving
