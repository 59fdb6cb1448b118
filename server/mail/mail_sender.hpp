// Sends what the outbox holds: one mail after the other, on a thread of its own. A mail is claimed,
// handed to the mail server, and marked; between the last two lies the only moment in which it can
// go out twice, always under the same Message-ID. What this process knows to be sent it never sends
// again, even while the database does not answer. Thread safety: start and stop once; wake any.
#pragma once

#include "persistence/mail_store.hpp"
#include "server/mail/mail_delivery.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

namespace campgate::server {

struct sending_rules {
    std::chrono::microseconds retry;      ///< after the first failure; then twice that, and so on
    std::chrono::microseconds retry_max;  ///< and at most this
    std::uint32_t attempts_max{};         ///< then it has failed
    std::chrono::microseconds lease;      ///< of a claim: longer than any attempt can last
    std::chrono::microseconds retention;  ///< of mails that were sent or failed
};

/// When to try again after the n-th attempt (from 1): doubled each time, give or take a quarter by
/// `random` (any uniform number), so that the mails of an outage do not come back all at once.
std::chrono::microseconds back_off(const sending_rules& rules, std::uint32_t attempt,
                                   std::uint32_t random) noexcept;

/// What the sender tells; called on its thread.
struct sending_observer {
    std::function<void()> sent;
    std::function<void(mail_failure why, bool for_good)> not_sent;
    std::function<void(const mail_counts&)> counted;
    std::function<void(std::string_view event)> trouble;  ///< with the database
};

class mail_sender {
public:
    mail_sender(mail_store& store, mail_delivery& delivery, sending_rules rules,
                std::function<instant()> now, std::function<std::uint32_t()> random,
                sending_observer observer);
    ~mail_sender() { stop(); }

    void start();
    /// Ends after the mail under way; one that takes longer than a few seconds is given up, and
    /// sent again by whoever comes next.
    void stop();
    /// There may be a new mail.
    void wake();

    /// One mail, without the thread: false when nothing was due. Throws database_error.
    bool round();

private:
    void work();
    void settle(const claimed_mail& m, delivery_outcome outcome);
    void remember_sent();
    void keep_house();
    void idle(std::chrono::milliseconds at_most);

    mail_store& store_;
    mail_delivery& delivery_;
    const sending_rules rules_;
    const std::function<instant()> now_;
    const std::function<std::uint32_t()> random_;
    const sending_observer observer_;
    std::vector<mail_id> sent_unmarked_;  // sender's thread
    std::uint32_t outages_{0};            // in a row; sender's thread
    instant paused_until_{};              // sender's thread
    instant next_house_keeping_{};        // sender's thread
    std::mutex mutex_;
    std::condition_variable changed_;
    bool woken_ = false;     // under mutex_
    bool stopping_ = false;  // under mutex_
    bool ended_ = false;     // under mutex_
    std::thread thread_;
};

}  // namespace campgate::server
