#include "core/faults.hpp"

#ifdef CAMPGATE_FAULTS

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace campgate {

namespace {

mutation named_by_environment() {
    const char* name = std::getenv("CAMPGATE_MUTANT");
    if (name == nullptr || *name == '\0') return mutation::none;
    const auto found = std::ranges::find(mutation_names, std::string_view{name});
    if (found == mutation_names.end()) {
        std::fprintf(stderr, "campgate: no mutant is called %s\n", name);
        std::abort();
    }
    return static_cast<mutation>(found - mutation_names.begin());
}

std::atomic<mutation>& chosen() {
    static std::atomic<mutation> value{named_by_environment()};
    return value;
}

struct crash_plan {
    std::string_view name;
    long at = 0;
};

crash_plan planned() {
    const char* text = std::getenv("CAMPGATE_CRASH_AT");
    if (text == nullptr) return {};
    const std::string_view plan{text};
    const std::size_t colon = plan.find(':');
    const std::string_view name = plan.substr(0, colon);
    const long at = colon == std::string_view::npos ? 1 : std::atol(text + colon + 1);
    if (std::ranges::find(crash_point_names, name) == crash_point_names.end() || at < 1) {
        std::fprintf(stderr, "campgate: no crash point is called %s\n", text);
        std::abort();
    }
    return {name, at};
}

}  // namespace

bool mutated(mutation m) noexcept {
    return chosen().load(std::memory_order_relaxed) == m;
}

void set_mutation(mutation m) noexcept {
    chosen().store(m);
}

void crash_point(std::string_view name) noexcept {
    static const crash_plan plan = planned();
    static std::atomic<long> passed{0};
    if (plan.at == 0 || name != plan.name) return;
    if (passed.fetch_add(1) + 1 == plan.at) raise(SIGKILL);
}

}  // namespace campgate

#endif
