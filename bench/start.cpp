// A start with many live holds. `fill` makes them in a data directory of its own PostgreSQL, as a
// server would have; `look` says how long each part of a start takes and what a hold costs in
// memory. How soon `campgate serve` is ready there is for the caller to see.
#include "bench/journal_scene.hpp"
#include "core/sequencer.hpp"
#include "persistence/embedded_postgres.hpp"
#include "persistence/recovery.hpp"

#include <unistd.h>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <future>
#include <string_view>
#include <vector>

namespace {

using namespace campgate;
using namespace campgate::bench;

constexpr std::size_t holds_of_a_batch = 512;  // as many as a server commits at once

double seconds_since(std::chrono::steady_clock::time_point then) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - then).count();
}

double resident_bytes() {
    std::ifstream file("/proc/self/statm");
    double pages = 0;
    file >> pages >> pages;
    return pages * static_cast<double>(sysconf(_SC_PAGESIZE));
}

// Far in the future, so that no start ends them; a second apart for every hundred.
void fill(const std::filesystem::path& data, std::uint64_t holds) {
    embedded_postgres database{{data, true, nullptr}};
    const auto capacity = static_cast<std::uint32_t>((holds + week_count - 1) / week_count);
    journal_scene scene{database.url(), capacity};
    constexpr instant far{std::chrono::sys_days{std::chrono::year{2100} / 1 / 1}};
    for (std::uint64_t n = 0; n < holds; ++n) {
        const week_id week{static_cast<std::uint32_t>(n % week_count + 1)};
        const seat_number seat{static_cast<std::uint32_t>(n / week_count + 1)};
        const instant now = far + std::chrono::milliseconds{10 * n};
        scene.accept(place_of(n + 1, n, week, seat, now), now);
        if (scene.rules.hold_count() % holds_of_a_batch == 0) scene.send(now);
    }
    scene.send(far + std::chrono::milliseconds{10 * holds});
}

// What of a sequencer's ports a start touches: nothing.
struct no_journal final : journal_port {
    commit_outcome commit(const batch&) override { return commit_outcome::stopping; }
    commit_outcome renew(const batch&, bool&) override { return commit_outcome::stopping; }
    bool lease_holds() const override { return false; }
};
struct no_clock final : clock_port {
    instant now() const override { return opened; }
    boot_instant boot() const override { return {}; }
};
struct no_delivery final : delivery_port {
    void publish(const publication&) override {}
    void deliver(std::uint32_t, std::vector<reply>&&) override {}
};

void look(const std::filesystem::path& data) {
    auto then = std::chrono::steady_clock::now();
    embedded_postgres database{{data, false, nullptr}};
    const double launched = seconds_since(then);
    pg_connection connection{database.url()};
    const double bytes_before = resident_bytes();
    engine rules;
    double loaded = 0;
    double compared = 0;
    double restored = 0;
    {
        then = std::chrono::steady_clock::now();
        stored_state state = load_state(connection);
        loaded = seconds_since(then);
        then = std::chrono::steady_clock::now();
        auto differences = std::async(std::launch::async, [&] {
            auto found = compare_tail(connection, state);
            compared = seconds_since(then);
            return found;
        });
        if (const auto wrong = rules.restore(state, on_a_thread)) throw std::runtime_error(*wrong);
        restored = seconds_since(then);
        if (!differences.get().empty())
            throw std::runtime_error("the journal and the tables differ");
    }
    ledger_table ledgers;
    views seen;
    intake_queue queue{2, 1};
    no_journal journal;
    no_clock clock;
    clock_guard time{clock};
    no_delivery delivery;
    sequencer first{rules, ledgers, seen, queue, journal, time, clock, delivery, {}, {}};
    then = std::chrono::steady_clock::now();
    first.start(on_a_thread);
    const double published = seconds_since(then);
    const double bytes = resident_bytes() - bytes_before;
    std::printf(
        "{\"holds\":%zu,\"postgresql_s\":%.2f,\"load_s\":%.2f,\"compare_s\":%.2f,"
        "\"restore_s\":%.2f,\"publish_s\":%.2f,\"bytes_per_hold\":%.0f}\n",
        rules.hold_count(), launched, loaded, compared, restored, published,
        bytes / static_cast<double>(rules.hold_count()));
}

}  // namespace

int main(int count, char** arguments) {
    const std::vector<std::string_view> words{arguments + 1, arguments + count};
    std::uint64_t holds = 0;
    if (words.size() == 3 && words[0] == "fill")
        std::from_chars(words[2].data(), words[2].data() + words[2].size(), holds);
    const bool looks = words.size() == 2 && words[0] == "look";
    if (!looks && (holds < 1 || holds > 4'000'000)) {
        std::fputs("usage: campgate-bench-start fill DATA-FOLDER HOLDS | look DATA-FOLDER\n",
                   stderr);
        return 2;
    }
    try {
        looks ? look(words[1]) : fill(words[1], holds);
    } catch (const std::exception& fault) {
        std::fprintf(stderr, "campgate-bench-start: %s\n", fault.what());
        return 1;
    }
    return 0;
}
