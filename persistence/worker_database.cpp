#include "persistence/worker_database.hpp"

#include "persistence/pg_text.hpp"
#include "persistence/pqxx_compat.hpp"
#include "persistence/socket_watch.hpp"

namespace campgate {

namespace {

constexpr std::size_t idle_connections_max = 4;
constexpr int attempts_max = 3;

// Rolled back by the database to let another transaction pass: asking again is all it takes.
bool is_to_be_repeated(const database_error& e) {
    return e.sqlstate() == "40001" || e.sqlstate() == "40P01";
}

pg_options options_of_workers() {
    pg_options options;
    options.application_name = "campgate workers";
    options.read_write = true;
    options.settings = {
        {"statement_timeout", std::to_string(worker_database::change_timeout.count())},
        {"idle_in_transaction_session_timeout",
         std::to_string(worker_database::change_timeout.count())},
        {"synchronous_commit", "on"}};
    return options;
}

void set_timeouts(pqxx::transaction_base& work, std::chrono::milliseconds most) {
    const std::string value = std::to_string(most.count());
    work.exec("SET LOCAL statement_timeout = " + value);
    work.exec("SET LOCAL idle_in_transaction_session_timeout = " + value);
}

// Fails in a transaction that an error has ended already, so that a commit is one.
bool owner_holds(pqxx::transaction_base& work, const fence& by) {
    return !work.exec_params(
                    "SELECT 1 FROM writer WHERE owner = $1::uuid AND epoch = $2 AND NOT signed_off "
                    "FOR KEY SHARE",
                    uuid_text(by.owner), std::to_string(by.epoch))
                .empty();
}

}  // namespace

worker_database::worker_database(std::string url, std::function<fence()> owner)
    : url_(std::move(url)),
      owner_(std::move(owner)) {
}

worker_database::~worker_database() = default;

bool worker_database::change(const std::function<bool(worker_transaction&)>& work,
                             std::chrono::milliseconds statement_timeout) {
    bool done = false;
    with_connection(statement_timeout, [&](pg_connection& connection, attempt& now) {
        done = try_change(connection, now, work, statement_timeout);
    });
    return done;
}

void worker_database::read(const std::function<void(worker_transaction&)>& work) {
    with_connection(long_timeout, [&](pg_connection& connection, attempt&) {
        pqxx::work transaction(connection.raw().session);
        transaction.exec("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
        set_timeouts(transaction, long_timeout);
        worker_transaction given{transaction};
        work(given);
    });
}

bool worker_database::try_change(pg_connection& connection, attempt& now,
                                 const std::function<bool(worker_transaction&)>& work,
                                 std::chrono::milliseconds statement_timeout) {
    pqxx::work transaction(connection.raw().session);
    if (statement_timeout != change_timeout) set_timeouts(transaction, statement_timeout);
    worker_transaction given{transaction};
    if (!work(given)) return false;
    // The epoch rises while the owner stays when a doubt is resolved: look again then.
    fence by = owner_();
    while (!owner_holds(transaction, by)) {
        const fence newer = owner_();
        if (newer == by) throw not_owner_error();
        by = newer;
    }
    now.commit_sent = true;
    transaction.commit();
    return true;
}

void worker_database::with_connection(std::chrono::milliseconds statement_timeout,
                                      const std::function<void(pg_connection&, attempt&)>& work) {
    for (int tried = 1;; ++tried) {
        std::unique_ptr<watched_connection> connection = take();
        const bool reused = connection != nullptr;
        if (!reused) connection = std::make_unique<watched_connection>(url_, options_of_workers());
        attempt now;
        try {
            as_database_error([&] {
                connection->run(statement_timeout + silence_max,
                                [&](pg_connection& open) { work(open, now); });
            });
            give_back(std::move(connection));
            return;
        } catch (const not_owner_error&) {
            give_back(std::move(connection));
            throw;
        } catch (const database_error& e) {
            const bool again = is_to_be_repeated(e);
            if (again || verdict_of(e.sqlstate()) == error_verdict::rejected)
                give_back(std::move(connection));
            if (tried == attempts_max || now.commit_sent) throw;
            if (!again && (!reused || verdict_of(e.sqlstate()) == error_verdict::rejected)) throw;
        }
    }
}

std::unique_ptr<watched_connection> worker_database::take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return nullptr;
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
}

void worker_database::give_back(std::unique_ptr<watched_connection> connection) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < idle_connections_max) idle_.push_back(std::move(connection));
}

}  // namespace campgate
