// Connections for workers: made when needed, kept for the next, dropped when they break. A change
// is one short transaction that ends with a look at the writer's row under a lock: it commits only
// while this process owns the database (DESIGN §4). Everything throws database_error; an error
// before the commit was sent means that nothing happened. Thread safety: any thread.
#pragma once

#include "persistence/journal_store.hpp"
#include "persistence/pg_connection.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace pqxx {
class transaction_base;
}

namespace campgate {

/// An open transaction, for the stores of persistence/. Lives as long as the call that gave it.
class worker_transaction {
public:
    explicit worker_transaction(pqxx::transaction_base& raw) : raw_(raw) {}
    worker_transaction(const worker_transaction&) = delete;
    worker_transaction& operator=(const worker_transaction&) = delete;
    pqxx::transaction_base& raw() noexcept { return raw_; }

private:
    pqxx::transaction_base& raw_;
};

/// This process is not the owner (any more): the transaction was rolled back.
class not_owner_error : public database_error {
public:
    not_owner_error() : database_error("this process no longer owns the database") {}
};

class watched_connection;

class worker_database {
public:
    /// Statements of a change, and its pauses, are bounded by this; the whole of it, when the
    /// database says nothing at all, by this and `silence_max`.
    static constexpr std::chrono::milliseconds change_timeout{1'000};
    static constexpr std::chrono::milliseconds long_timeout{60'000};
    static constexpr std::chrono::milliseconds silence_max{3'000};

    /// `fence` says who owns the database now; asked at the end of each change.
    worker_database(std::string url, std::function<fence()> owner);
    ~worker_database();

    /// Runs `work` and commits; rolls back when it gives false or throws. A connection that turns
    /// out dead before the commit is replaced once, so `work` may run twice. False: rolled back.
    bool change(const std::function<bool(worker_transaction&)>& work,
                std::chrono::milliseconds statement_timeout = change_timeout);

    /// Runs `work` in a read-only snapshot.
    void read(const std::function<void(worker_transaction&)>& work);

private:
    /// How far an attempt got: past the point of no return its error is not followed by another.
    struct attempt {
        bool commit_sent = false;
    };
    void with_connection(std::chrono::milliseconds statement_timeout,
                         const std::function<void(pg_connection&, attempt&)>& work);
    bool try_change(pg_connection& connection, attempt& now,
                    const std::function<bool(worker_transaction&)>& work,
                    std::chrono::milliseconds statement_timeout);
    std::unique_ptr<watched_connection> take();
    void give_back(std::unique_ptr<watched_connection> connection);

    const std::string url_;
    const std::function<fence()> owner_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<watched_connection>> idle_;  // under mutex_
};

}  // namespace campgate
