// What each index, constraint and column costs where PostgreSQL is the limit: the same batches of
// holds and releases, sent to a scratch database as it is, and with one thing less at a time. A
// negative cost is noise.
#include "bench/journal_scene.hpp"
#include "persistence/embedded_postgres.hpp"

#include <libpq-fe.h>

#include <charconv>
#include <cstdio>
#include <string_view>
#include <vector>

namespace {

using namespace campgate;
using namespace campgate::bench;

constexpr std::uint32_t capacity = 1'000;
constexpr std::size_t holds_of_a_batch = 128;

struct variant {
    const char* name;
    const char* change;     // to the tables
    const char* from = "";  // a piece of commit_batch …
    const char* to = "";    // … and what stands there instead
};

constexpr variant variants[]{
    {"as it is", ""},
    {"without seat_child: a child once in an ISO week", "DROP INDEX seat_child"},
    {"without seat_hold: a hold on one seat", "DROP INDEX seat_hold"},
    {"without the checks of a seat",
     "ALTER TABLE seat DROP CONSTRAINT seat_state, DROP CONSTRAINT seat_whole, "
     "DROP CONSTRAINT seat_seat_check"},
    {"without the seats' foreign key", "ALTER TABLE seat DROP CONSTRAINT seat_week"},
    {"without request_key_at: forgetting by time", "DROP INDEX request_key_at"},
    {"without request_key's primary key",
     "ALTER TABLE request_key DROP CONSTRAINT request_key_pkey"},
    {"without the journal's primary key", "ALTER TABLE journal DROP CONSTRAINT journal_pkey"},
    {"without request_key.body_hash", "ALTER TABLE request_key ALTER body_hash DROP NOT NULL",
     "key, body_hash, sequence, at)\n        SELECT a, k, b, q, t",
     "key, sequence, at)\n        SELECT a, k, q, t"},
    {"without journal.actor", "ALTER TABLE journal ALTER actor DROP NOT NULL",
     "kind, at, actor, body)\n        SELECT p_last - cardinality(j_kind) + o, p_batch, k, a, c,",
     "kind, at, body)\n        SELECT p_last - cardinality(j_kind) + o, p_batch, k, a,"},
    {"without waiting for the disk", "ALTER DATABASE campgate SET synchronous_commit = off"},
    {"as it is, again", ""},
};

// The first value of the last statement, if it has one.
std::string run(const std::string& url, const std::string& sql) {
    PGconn* const connection = PQconnectdb(url.c_str());
    PGresult* const result = PQexec(connection, sql.c_str());
    const auto status = PQresultStatus(result);
    const std::string complaint = PQerrorMessage(connection);
    const std::string value = PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "";
    PQclear(result);
    PQfinish(connection);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        throw std::runtime_error(complaint);
    return value;
}

void change(const std::string& url, const variant& which) {
    if (*which.change != '\0') run(url, which.change);
    const std::string_view piece = which.from;
    if (piece.empty()) return;
    std::string function = run(url, "SELECT pg_get_functiondef('commit_batch'::regproc)");
    const std::size_t at = function.find(piece);
    if (at == std::string::npos)
        throw std::runtime_error(std::string{"commit_batch has changed: "} + which.name);
    run(url, function.replace(at, piece.size(), which.to));
}

// Microseconds a record. Each batch takes seats and gives back those of the batch before.
double measure(const std::string& url, const variant& which, std::size_t batches) {
    run(url,
        "DROP SCHEMA public CASCADE; CREATE SCHEMA public; "
        "ALTER DATABASE campgate RESET ALL");
    journal_scene scene{url, capacity};
    change(url, which);
    std::vector<std::pair<std::uint64_t, hold_id>> held;
    std::uint64_t n = 0;
    const std::size_t warm_up = batches / 4;
    auto started = std::chrono::steady_clock::now();
    for (std::size_t b = 0; b < warm_up + batches; ++b) {
        if (b == warm_up) started = std::chrono::steady_clock::now();
        const instant now = opened + std::chrono::milliseconds{10 * b};
        const auto before = std::exchange(held, {});
        for (std::size_t i = 0; i < holds_of_a_batch; ++i) {
            ++n;
            const std::uint64_t place = n % (2 * holds_of_a_batch);
            const week_id week{static_cast<std::uint32_t>(place % week_count + 1)};
            const seat_number seat{static_cast<std::uint32_t>(place / week_count + 1)};
            const std::uint64_t family = n % 4'000 + 1;
            scene.accept(place_of(family, n, week, seat), now);
            held.emplace_back(family, make_hold_id(scene.rules.last_sequence(), 0));
        }
        for (const auto& [family, hold] : before)
            scene.accept(release_command{actor_id{family}, family_id{family}, hold}, now);
        scene.send(now);
    }
    const std::chrono::duration<double, std::micro> took =
        std::chrono::steady_clock::now() - started;
    return took.count() / static_cast<double>(2 * holds_of_a_batch * batches);
}

}  // namespace

int main(int count, char** arguments) {
    const std::vector<std::string_view> words{arguments + 1, arguments + count};
    std::size_t batches = 0;
    if (words.size() == 2)
        std::from_chars(words[1].data(), words[1].data() + words[1].size(), batches);
    if (batches < 1) {
        std::fputs("usage: campgate-bench-journal DATA-FOLDER BATCHES\n", stderr);
        return 2;
    }
    try {
        embedded_postgres database{{std::filesystem::path{words[0]}, true, nullptr}};
        std::printf("{\"records_of_a_batch\":%zu,\"us_per_record\":{", 2 * holds_of_a_batch);
        double all = 0;
        for (const variant& which : variants) {
            const double took = measure(database.url(), which, batches);
            if (&which == variants) all = took;
            std::printf("%s\n\"%s\":%.2f", &which == variants ? "" : ",", which.name, took);
            std::fprintf(stderr, "%6.1f us a record, %+5.1f  %s\n", took, took - all, which.name);
        }
        std::puts("\n}}");
    } catch (const std::exception& fault) {
        std::fprintf(stderr, "campgate-bench-journal: %s\n", fault.what());
        return 1;
    }
    return 0;
}
