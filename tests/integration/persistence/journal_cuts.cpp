// The journal's call over a TCP connection that is cut: at every byte of its request, at every byte
// of its reply, while it connects, and half-open with the rest arriving late. After each cut the
// writer has resolved the doubt by itself, the batch is in the journal exactly once, whole, and the
// state tables are what the engine folds. A client that takes doubt for success shows that these
// tests can fail.
#include "persistence/doctor.hpp"
#include "persistence/journal_writer.hpp"
#include "persistence/pqxx_compat.hpp"
#include "tests/fault/fault_proxy.hpp"
#include "tests/integration/persistence/test_journal.hpp"

#include <gtest/gtest.h>
#include <iostream>
#include <optional>
#include <thread>

namespace campgate::test {
namespace {

using namespace small_world;
using namespace std::chrono_literals;

/// Takes doubt for success, as the wrong behaviour doubt_taken_as_committed of core/faults.hpp
/// does.
class believing_store final : public journal_store {
public:
    explicit believing_store(journal_store& real) : real_(real) {}
    send_result send(const fence& by, const batch& b) override {
        send_result r = real_.send(by, b);
        if (r.verdict == send_verdict::doubt) r.verdict = send_verdict::committed;
        return r;
    }
    bump_result bump_epoch(owner_id owner) override { return real_.bump_epoch(owner); }
    void terminate_zombies() override { real_.terminate_zombies(); }

private:
    journal_store& real_;
};

// The socket of the tests' PostgreSQL: "host='…' port=5432 …", with or without quotes.
std::string socket_of(const std::string& url) {
    const std::size_t from = url.find("host=") + 5;
    std::string folder = url.substr(from, url.find(" port=") - from);
    std::erase(folder, '\'');
    return folder + "/.s.PGSQL.5432";
}

std::string through(const fault_proxy& proxy, const std::string& url) {
    return "host=127.0.0.1 port=" + std::to_string(proxy.port()) +
           " user=campgate sslmode=disable " + url.substr(url.rfind("dbname="));
}

class journal_cuts : public testing::Test {
protected:
    void SetUp() override {
        begin_session();
        j.run(import_of(draft_of({5, 5})));
        ASSERT_EQ(writer->commit(j.close()), commit_outcome::committed);
        ASSERT_EQ(restored(), "");
    }

    // A session that has not connected yet, and a writer that goes on where the last one was.
    void begin_session() {
        const std::uint64_t epoch = writer ? writer->epoch() : j.owned.epoch;
        writer.reset();
        store.emplace(through(proxy, j.url), pg_journal_options{150ms, 2s});
        believing.emplace(*store);
        journal_store& used = believes ? static_cast<journal_store&>(*believing) : *store;
        writer.emplace(used, clock, interruptible_pause(stop), stop,
                       ownership{j.owned.owner, epoch, {j.number}});
    }

    void place(std::uint64_t family, std::vector<place_item> items) {
        const place_command asked = place_of(family, ++key, place_mode::all, std::move(items));
        EXPECT_EQ(j.run(asked).kind, decision_kind::decided);
    }
    void release_all(std::uint64_t family) {
        const auto holds = j.world.rules.holds_of({family});
        for (const auto& held : std::vector(holds.begin(), holds.end())) {
            j.run(release_command{{family}, {family}, held.hold});
        }
    }

    // Two children of a family are placed together, another family gives its seat back: two
    // records, a key, seats taken and seats given back.
    batch exchange() {
        place(1, {{{1}, child_of(1, 1), no_seat}, {{2}, child_of(1, 2), no_seat}});
        release_all(2);
        return j.close();
    }
    // Undoes it without a cut, which prepares the session's statements. What is wrong, or "".
    std::string restored() {
        release_all(1);
        place(2, {{{1}, child_of(2, 1), no_seat}});
        const batch b = j.close();
        if (writer->commit(b) != commit_outcome::committed) return "it does not go on";
        return faults(b.records.size());
    }

    // What is wrong after the last batch, which had so many records; "" when nothing is.
    std::string faults(std::size_t records) {
        stored_state loaded = load_state(direct);
        for (stored_key& k : loaded.keys) k.record_body.clear();
        if (loaded != state_of(j)) return "the tables are not what the engine folds";
        pqxx::nontransaction work(direct.raw().session);
        const pqxx::result found =
            work.exec("SELECT count(*), max(sequence), count(*) FILTER (WHERE batch = " +
                      std::to_string(j.number) + ") FROM journal");
        const auto last = j.world.rules.last_sequence().value;
        if (found[0][0].as<std::uint64_t>() != last || found[0][1].as<std::uint64_t>() != last) {
            return "the journal has not each record once";
        }
        if (found[0][2].as<std::size_t>() != records) return "the batch is not there whole";
        return {};
    }

    // Commits a batch with these cuts ahead. How many of them happened; what is wrong is added to
    // `wrong`.
    std::uint64_t commit_through(const std::vector<cut>& cuts) {
        const std::uint64_t before = proxy.counts().cuts;
        const batch b = exchange();
        for (const cut& each : cuts) proxy.plan(each);
        const commit_outcome outcome = writer->commit(b);
        const std::uint64_t happened = proxy.counts().cuts - before;
        proxy.pass();  // what was held arrives now, late
        std::string fault = "the writer gave up";
        if (outcome == commit_outcome::committed) {
            fault = quiet() ? faults(b.records.size()) : "a connection is left";
        }
        if (fault.empty()) fault = restored();
        if (!fault.empty()) {
            wrong.push_back(fault + ", cut at byte " + std::to_string(cuts.back().after));
        }
        return happened;
    }
    // Only the writer's connection is left: what was held has been read to its end.
    bool quiet() {
        for (int i = 0; i < 5000 && proxy.counts().open > 1; ++i) std::this_thread::sleep_for(1ms);
        return proxy.counts().open <= 1;
    }

    // The last of the cuts at byte 0, `step`, 2 `step` … until the call is over before it, or
    // something is wrong. How many times it happened.
    std::uint64_t sweep(std::vector<cut> cuts, std::uint64_t step, bool new_session = false) {
        for (std::uint64_t times = 0;; ++times, cuts.back().after += step) {
            if (new_session) begin_session();
            const std::uint64_t happened = commit_through(cuts);
            if (happened < cuts.size() || !wrong.empty()) {
                std::cout << "  " << times << " cuts, one each " << step << " bytes\n";
                return times;
            }
        }
    }

    void expect_nothing_wrong() {
        EXPECT_EQ(wrong, std::vector<std::string>{});
        const doctor_report report = run_doctor(direct);
        EXPECT_TRUE(report.healthy()) << report.text();
    }

    test_journal j{new_database()};
    pg_connection direct{j.url};
    fault_proxy proxy{socket_of(j.url)};
    real_clock clock;
    std::atomic<bool> stop{false};
    bool believes = false;  ///< the store takes doubt for success
    std::optional<pg_journal_store> store;
    std::optional<believing_store> believing;
    std::optional<journal_writer> writer;
    std::uint64_t key = 0;
    std::vector<std::string> wrong;
};

constexpr const char* call = "commit_batch";

// A batch that is smaller than this would show less than it seems to.
constexpr std::uint64_t request_bytes_least = 500;
constexpr std::uint64_t reply_bytes_least = 40;

TEST_F(journal_cuts, the_call_is_cut_at_every_byte_of_its_request) {
    EXPECT_GT(sweep({{way::request, 0, cut_ends::both, false, call}}, 1), request_bytes_least);
    expect_nothing_wrong();
}

TEST_F(journal_cuts, the_call_is_cut_at_every_byte_of_its_reply) {
    EXPECT_GT(sweep({{way::reply, 0, cut_ends::both, false, call}}, 1), reply_bytes_least);
    expect_nothing_wrong();
}

TEST_F(journal_cuts, the_connection_is_reset) {
    EXPECT_GT(sweep({{way::request, 0, cut_ends::both, true, call}}, 17), request_bytes_least / 17);
    EXPECT_GT(sweep({{way::reply, 0, cut_ends::both, true, call}}, 1), reply_bytes_least);
    expect_nothing_wrong();
}

// From the first byte of its connecting on, its statements' preparing included.
TEST_F(journal_cuts, a_new_session_is_cut) {
    EXPECT_GT(sweep({{way::request, 0, cut_ends::both, false, {}}}, 23, true), 50u);
    EXPECT_GT(sweep({{way::reply, 0, cut_ends::both, false, {}}}, 11, true), 30u);
    expect_nothing_wrong();
}

// The writer waits for nobody for longer than it must; what was held arrives when the doubt has
// long been resolved.
TEST_F(journal_cuts, the_call_is_half_open_and_its_rest_comes_late) {
    EXPECT_GT(sweep({{way::request, 0, cut_ends::neither, false, call}}, 61),
              request_bytes_least / 61);
    EXPECT_GT(sweep({{way::reply, 0, cut_ends::neither, false, call}}, 11), reply_bytes_least / 11);
    expect_nothing_wrong();
}

TEST_F(journal_cuts, only_one_end_hears_of_the_cut) {
    EXPECT_GT(sweep({{way::request, 0, cut_ends::client, false, call}}, 61),
              request_bytes_least / 61);
    EXPECT_GT(sweep({{way::reply, 0, cut_ends::client, false, call}}, 11), reply_bytes_least / 11);
    EXPECT_GT(sweep({{way::request, 0, cut_ends::upstream, false, call}}, 127),
              request_bytes_least / 127);
    EXPECT_GT(sweep({{way::reply, 0, cut_ends::upstream, false, call}}, 23),
              reply_bytes_least / 23);
    expect_nothing_wrong();
}

// Committed, unheard, and then the session that would have resolved it is cut too.
TEST_F(journal_cuts, the_resolving_of_a_doubt_is_cut) {
    const cut unheard = cut::committed_unheard();
    EXPECT_GT(sweep({unheard, {way::request, 0, cut_ends::both, false, {}}}, 29), 25u);
    EXPECT_GT(sweep({unheard, {way::reply, 0, cut_ends::both, false, {}}}, 13), 20u);
    expect_nothing_wrong();
}

TEST_F(journal_cuts, a_slow_and_late_network_is_only_slow) {
    proxy.delay(20ms);
    commit_through({});
    proxy.slow(100'000);
    commit_through({});
    expect_nothing_wrong();
    EXPECT_EQ(writer->health().doubts, 0u);
}

TEST_F(journal_cuts, control_a_client_that_takes_doubt_for_success_is_noticed) {
    believes = true;
    begin_session();
    EXPECT_EQ(commit_through({}), 0u);
    EXPECT_EQ(wrong, std::vector<std::string>{});
    EXPECT_LT(sweep({{way::request, 0, cut_ends::both, false, call}}, 1), 2u);
    EXPECT_EQ(wrong.size(), 1u);
}

}  // namespace
}  // namespace campgate::test
