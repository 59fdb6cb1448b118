// campgate-rush: ends with 0, with 1 when the judge found something wrong, with 2 for bad input.
#include "loadtest/address.hpp"
#include "loadtest/input_fault.hpp"
#include "loadtest/judge.hpp"
#include "loadtest/runs.hpp"
#include "loadtest/rush_options.hpp"

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace {

using namespace campgate::rush;

int judge(const rush_options& options) {
    const findings found = judge_files(options.told, options.journal);
    std::fputs(verdict_text(found).c_str(), stdout);
    return found.broken() == 0 ? 0 : 1;
}

int run(const rush_options& options) {
    if (options.help) {
        std::fputs(help_text().c_str(), stdout);
        return 0;
    }
    if (options.version) {
        std::puts("campgate-rush " CAMPGATE_VERSION);
        return 0;
    }
    switch (options.mode) {
        case rush_mode::judge: return judge(options);
        case rush_mode::closed:
        case rush_mode::steady: return run_toggle(options);
        case rush_mode::rush:
        case rush_mode::replay:
        case rush_mode::watch: return run_rush(options);
    }
    return 2;
}

}  // namespace

int main(int count, char** arguments) {
    try {
        return run(parse_options({arguments + 1, arguments + count}));
    } catch (const input_fault& fault) {
        std::fprintf(stderr, "campgate-rush: %s\n", fault.what());
    } catch (const api_fault& fault) {
        std::fprintf(stderr, "campgate-rush: %s\n", fault.what());
    }
    return 2;
}
