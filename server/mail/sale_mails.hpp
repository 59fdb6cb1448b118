// Writes the mails that the journal's records owe, on a thread of its own: takes what is owed,
// writes the letter into the outbox and settles the debt, all in one transaction that commits only
// while this process owns the database. So a mail exists exactly when its record does, whenever a
// process ends and however many write. What cannot be written waits, later and later, and holds up
// no other. Thread safety: start and stop once; wake any thread.
#pragma once

#include "core/views.hpp"
#include "persistence/mail_cause_store.hpp"
#include "persistence/sealing.hpp"
#include "persistence/worker_database.hpp"
#include "server/mail/mail_outbox.hpp"
#include "server/mail/sale_news.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace campgate::server {

/// Where the letters' facts are from, and where they go; all of them outlive the writer.
struct sale_mail_sources {
    worker_database& database;
    const master_key& key;
    const mail_outbox& outbox;
    std::function<instant()> now;
    std::function<std::shared_ptr<const season>()> published;
    std::function<std::shared_ptr<const family_view>(family_id)> holding;
};

/// What the writer tells; called on its thread.
struct sale_mail_observer {
    std::function<void()> written;
    std::function<void()> set_aside;  ///< nobody knows an address
    std::function<void(not_owed why)> dropped;
    std::function<void(std::string_view cause)> unwritten;  ///< it cannot be; it is tried again
    std::function<void(const owed_mails&)> counted;
    std::function<void(std::string_view event)> trouble;  ///< with the database
};

class sale_mails {
public:
    sale_mails(sale_mail_sources from, sale_mail_observer observer);
    ~sale_mails() { stop(); }

    void start();
    /// Ends after the letter under way.
    void stop();
    /// There may be something owed.
    void wake();

    /// One of what is owed, without the thread: false when there is nothing to be done now. Throws
    /// database_error.
    bool round();

private:
    enum class ending : std::uint8_t { none, written, known, set_aside, dropped };
    /// One that could not be written, and when to try again.
    struct stuck {
        owed_mail owed;
        std::uint32_t attempts{};
        instant due;
    };

    void work();
    ending write_one(worker_transaction& work);
    ending write(worker_transaction& work, const owed_mail& owed);
    std::optional<sale_news> news_of(worker_transaction& work, const owed_mail& owed) const;
    void give_up_for_now(instant now);
    void count();
    void idle();

    const sale_mail_sources from_;
    const sale_mail_observer observer_;
    std::vector<stuck> stuck_;          // writer's thread
    std::optional<owed_mail> taken_{};  // writer's thread; under way
    not_owed why_dropped_{};            // writer's thread
    instant next_count_{};              // writer's thread
    std::mutex mutex_;
    std::condition_variable changed_;
    bool woken_ = false;     // under mutex_
    bool stopping_ = false;  // under mutex_
    std::thread thread_;
};

}  // namespace campgate::server
