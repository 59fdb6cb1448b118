#include "loadtest/descriptors.hpp"

#include "loadtest/input_fault.hpp"

#include <sys/resource.h>

#include <string>

namespace campgate::rush {

namespace {

constexpr std::uint64_t others = 64;  // files, pipes, timers

std::uint64_t raised_limit() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    return limit.rlim_cur;
}

}  // namespace

void need_descriptors(std::uint64_t people, std::uint64_t each, std::uint32_t workers,
                      bool may_have_workers) {
    const std::uint64_t limit = raised_limit();
    const std::uint64_t wanted = (people + workers - 1) / workers * each + others;
    if (wanted <= limit) return;
    const std::uint64_t room = limit > others + each ? (limit - others) / each : 1;
    throw input_fault(
        "this needs " + std::to_string(wanted) + " descriptors in a process that may have " +
        std::to_string(limit) +
        (may_have_workers ? "; use --workers " + std::to_string((people + room - 1) / room) : ""));
}

}  // namespace campgate::rush
