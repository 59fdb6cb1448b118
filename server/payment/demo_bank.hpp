// The demo's bank: a payment provider behind the port that a real one will use, with books in the
// database and pages of its own. No money moves, so it is never made outside the demo, which
// listens on loopback only. After its own commit it calls the webhook over HTTP like any provider,
// some times if need be; what a sudden end cuts off is not called again, as with a real one's
// outage. Thread safety: any thread; everything but `tell` on workers, and it throws
// provider_error.
#pragma once

#include "persistence/demo_bank_store.hpp"
#include "server/oidc/web_client.hpp"
#include "server/payment/payment_provider.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

namespace campgate::server {

class demo_bank final : public payment_provider {
public:
    static constexpr std::string_view path{"/demo/bank/"};

    /// What somebody can do on its page.
    enum class choice : std::uint8_t { pay, refuse, wait, pay_other_amount, pay_other_currency };

    explicit demo_bank(worker_database& books);
    ~demo_bank() override;

    std::string_view name() const noexcept override { return "demo"; }
    checkout create(const new_checkout& wanted) override;
    provider_payment fetch(std::string_view reference) override;
    refund_outcome refund(std::string_view reference, refund_id refund, cents amount) override;

    /// Nothing for an unknown reference.
    std::optional<bank_account_row> find(std::string_view reference);
    /// What is decided stays decided. Tells whoever asked for the payment, later.
    std::optional<bank_account_row> choose(std::string_view reference, choice made);

    /// Calls no more webhooks; once.
    void stop();

private:
    struct call {
        web_request request;
        int attempt = 0;
        std::chrono::steady_clock::time_point due;
    };
    void tell(const bank_account_row& row);
    void work();

    worker_database& books_;
    std::atomic<bool> ended_{false};
    const std::unique_ptr<web_client> client_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<call> calls_;  // under mutex_
    bool stopping_ = false;   // under mutex_
    std::thread courier_;
};

}  // namespace campgate::server
