// Direct SQL, as a good team would write it today, behind the shell of the floor: a pool of
// connections, each with prepared statements; a hold is one transaction that locks the week's row,
// looks whether a seat is left, counts it and inserts the hold; a release likewise. Durable, in a
// private PostgreSQL with the settings that Campgate's own has. With `one-statement` a hold is a
// single statement that does the same in one round trip.
#include "bench/bare_server.hpp"
#include "bench/bare_texts.hpp"
#include "persistence/embedded_postgres.hpp"

#include <boost/asio/post.hpp>

#include <libpq-fe.h>

#include <array>
#include <charconv>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace {

using namespace campgate;
using namespace campgate::bench;

constexpr std::uint32_t weeks = 40;
constexpr std::size_t hold_characters = 26;
constexpr const char* deadline = "1805778000000000";

constexpr const char* schema = R"sql(
DROP TABLE IF EXISTS hold, week;
CREATE TABLE week (
    id       integer PRIMARY KEY,
    capacity integer NOT NULL,
    taken    integer NOT NULL DEFAULT 0,
    CHECK (taken BETWEEN 0 AND capacity)
) WITH (fillfactor = 10);
INSERT INTO week (id, capacity) SELECT n, 1000 FROM generate_series(1, 40) AS n;
CREATE TABLE hold (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    week     integer NOT NULL REFERENCES week,
    child    bigint NOT NULL,
    key      uuid NOT NULL UNIQUE,
    deadline bigint NOT NULL,
    UNIQUE (child, week)
);
)sql";

struct statement {
    const char* name;
    const char* text;
};
constexpr std::array<statement, 7> statements{{
    {"look", "SELECT capacity - taken FROM week WHERE id = $1 FOR UPDATE"},
    {"count", "UPDATE week SET taken = taken + 1 WHERE id = $1"},
    {"insert",
     "INSERT INTO hold (week, child, key, deadline) VALUES ($1, $2, $3, $4) RETURNING id"},
    {"remove", "DELETE FROM hold WHERE id = $1 RETURNING week"},
    {"discount", "UPDATE week SET taken = taken - 1 WHERE id = $1"},
    {"place",
     "WITH counted AS (UPDATE week SET taken = taken + 1 WHERE id = $1 AND taken < capacity "
     "RETURNING id) INSERT INTO hold (week, child, key, deadline) "
     "SELECT id, $2, $3, $4 FROM counted RETURNING id"},
    {"release",
     "WITH gone AS (DELETE FROM hold WHERE id = $1 RETURNING week) "
     "UPDATE week SET taken = taken - 1 FROM gone WHERE id = gone.week RETURNING id"},
}};

// The rows of one answer, or nothing when the statement failed.
class answer_of {
public:
    explicit answer_of(PGresult* result) : result_(result) {}
    ~answer_of() { PQclear(result_); }
    answer_of(const answer_of&) = delete;
    answer_of& operator=(const answer_of&) = delete;

    bool good() const {
        const auto status = PQresultStatus(result_);
        return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    }
    std::optional<std::string> value() const {
        if (!good() || PQntuples(result_) != 1) return std::nullopt;
        return std::string{PQgetvalue(result_, 0, 0)};
    }

private:
    PGresult* result_;
};

class session {
public:
    explicit session(const std::string& url) : connection_(PQconnectdb(url.c_str())) {
        if (PQstatus(connection_) != CONNECTION_OK) {
            std::fprintf(stderr, "campgate-bench-sql: %s", PQerrorMessage(connection_));
            std::exit(1);
        }
        for (const statement& each : statements)
            answer_of{PQprepare(connection_, each.name, each.text, 0, nullptr)};
    }
    ~session() { PQfinish(connection_); }
    session(const session&) = delete;
    session& operator=(const session&) = delete;

    answer_of plain(const char* text) { return answer_of{PQexec(connection_, text)}; }

    template <class... Values>
    answer_of run(const char* name, const Values&... values) {
        const std::array<const char*, sizeof...(Values)> texts{values.c_str()...};
        return answer_of{PQexecPrepared(connection_, name, static_cast<int>(texts.size()),
                                        texts.data(), nullptr, nullptr, 0)};
    }

private:
    PGconn* connection_;
};

std::string digits_after(std::string_view text, std::string_view name) {
    const std::size_t at = text.find(name);
    if (at == std::string_view::npos) return "0";
    const std::string_view rest = text.substr(at + name.size());
    return std::string{rest.substr(0, rest.find_first_not_of("0123456789"))};
}

struct job {
    bool places{};
    std::string week, child, key;
    std::string hold;
    std::function<void(std::string)> done;
};

std::string placed(const job& asked, const std::string& id) {
    const std::string hold = std::string(hold_characters - id.size(), '0') + id;
    return answer_text(201, placed_text(std::strtoull(id.c_str(), nullptr, 10), hold,
                                        static_cast<std::uint32_t>(std::stoul(asked.week)),
                                        std::strtoull(asked.child.c_str(), nullptr, 10), 1));
}

std::string refused(const job& asked) {
    return answer_text(409,
                       refused_text(1, static_cast<std::uint32_t>(std::stoul(asked.week)),
                                    std::strtoull(asked.child.c_str(), nullptr, 10)),
                       true);
}

std::string unavailable() {
    return answer_text(503, R"({"type":"urn:campgate:problem:not_ready"})", true);
}

std::string in_a_transaction(session& on, const job& asked) {
    if (!on.plain("BEGIN").good()) return unavailable();
    const std::string until = deadline;
    std::string answer;
    if (asked.places) {
        const auto left = on.run("look", asked.week).value();
        if (left && std::stoi(*left) > 0 && on.run("count", asked.week).good()) {
            const auto id = on.run("insert", asked.week, asked.child, asked.key, until).value();
            if (id) answer = placed(asked, *id);
        } else if (left) {
            on.plain("ROLLBACK");
            return refused(asked);
        }
    } else if (const auto week = on.run("remove", asked.hold).value()) {
        if (on.run("discount", *week).good()) answer = answer_text(204, {});
    }
    if (!answer.empty() && on.plain("COMMIT").good()) return answer;
    on.plain("ROLLBACK");
    return unavailable();
}

std::string in_one_statement(session& on, const job& asked) {
    const std::string until = deadline;
    if (asked.places) {
        const answer_of rows = on.run("place", asked.week, asked.child, asked.key, until);
        if (!rows.good()) return unavailable();
        const auto id = rows.value();
        return id ? placed(asked, *id) : refused(asked);
    }
    return on.run("release", asked.hold).value() ? answer_text(204, {}) : unavailable();
}

class pool final : public hold_desk {
public:
    pool(const std::string& url, std::size_t size, bool one_statement) {
        for (std::size_t i = 0; i < size; ++i) {
            threads_.emplace_back([this, url, one_statement](const std::stop_token& end) {
                session on{url};
                while (auto next = take(end))
                    next->done(one_statement ? in_one_statement(on, *next)
                                             : in_a_transaction(on, *next));
            });
        }
    }

    std::string_view at_once(const hold_request&) override { return {}; }

    awaitable<std::string> later(hold_request asked, executor on) override {
        server::waiter<std::string> answer{on};
        job made;
        made.places = asked.places;
        if (asked.places) {
            made.week = digits_after(asked.body, R"("week":)");
            made.child = digits_after(asked.body, R"("child":)");
            made.key = asked.key;
        } else {
            made.hold = asked.target.substr(holds_path.size() + 1);
        }
        made.done = [&answer, on](std::string text) {
            boost::asio::post(
                on, [&answer, text = std::move(text)]() mutable { answer.set(std::move(text)); });
        };
        {
            const std::lock_guard lock{mutex_};
            waiting_.push_back(std::move(made));
        }
        changed_.notify_one();
        auto text = co_await answer.wait_for(std::chrono::hours{1});
        co_return std::move(*text);
    }

private:
    std::optional<job> take(const std::stop_token& end) {
        std::unique_lock lock{mutex_};
        if (!changed_.wait(lock, end, [this] { return !waiting_.empty(); })) return std::nullopt;
        job next = std::move(waiting_.front());
        waiting_.pop_front();
        return next;
    }

    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<job> waiting_;            // under mutex_
    std::vector<std::jthread> threads_;  // last: they use the others
};

}  // namespace

int main(int count, char** arguments) {
    const std::vector<std::string_view> words{arguments + 1, arguments + count};
    std::size_t size = 0;
    if (words.size() >= 2)
        std::from_chars(words[1].data(), words[1].data() + words[1].size(), size);
    const bool one_statement = words.size() == 3 && words[2] == "one-statement";
    if (size < 1 || size > 32 || words.size() > 3 || (words.size() == 3 && !one_statement)) {
        std::fputs("usage: campgate-bench-sql DATA-FOLDER CONNECTIONS [one-statement]\n", stderr);
        return 2;
    }
    try {
        embedded_postgres database{{std::filesystem::path{words[0]}, true, nullptr}};
        if (!session{database.url()}.plain(schema).good()) {
            std::fputs("campgate-bench-sql: the tables could not be made\n", stderr);
            return 1;
        }
        pool desk{database.url(), size, one_statement};
        run_bare_server("campgate-bench-sql", weeks, desk);
    } catch (const startup_error& fault) {
        std::fprintf(stderr, "campgate-bench-sql: %s\n", fault.what());
        return 1;
    }
    return 0;
}
