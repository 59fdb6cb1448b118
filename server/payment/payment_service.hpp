// Payments as the rest of the server knows them: the provider, threads of its own that wait for it
// and for nothing else, and the watch over what it has to be asked about. It keeps nothing: what is
// to be done follows from the published families, so it goes on after any sudden end. Refunds that
// are due go back by themselves. Thread safety: any thread but where a function says otherwise.
#pragma once

#include "core/sequencer.hpp"
#include "core/views.hpp"
#include "server/config.hpp"
#include "server/metrics.hpp"
#include "server/payment/payment_provider.hpp"
#include "server/payment/payment_watch.hpp"
#include "server/worker_pool.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace campgate::server {

class payment_service {
public:
    static constexpr std::size_t threads = 8;

    /// Asks the sequencer; `then` is called once there is an answer, or none in time.
    using push = std::function<void(sale_command, std::function<void()> then)>;

    /// `provider` null: nothing is paid online. `return_base` and `webhook_base`: where browsers
    /// and the provider find us, without a slash at the end.
    payment_service(const config& settings, std::unique_ptr<payment_provider> provider,
                    const views& seen, metrics& counters, std::function<instant()> now,
                    std::string return_base, std::string webhook_base, push ask);
    ~payment_service();

    /// What was there at a start; before `start`, like `ask_with`.
    void restore(const engine& rules);
    void start();
    /// Finishes what is under way at the provider; once.
    void stop();

    bool takes_online() const noexcept { return provider_ != nullptr; }
    payment_provider* provider() const noexcept { return provider_.get(); }
    /// The ways to pay that the season offers and this server can.
    std::vector<offered_method> methods(const sale_rules& rules) const;
    /// Something of these families has changed. On the sequencer's thread.
    void heard(const std::vector<family_id>& families);
    /// The provider says that there is news of a payment: it is asked, if we know that payment.
    void hint(std::string_view reference);

    /// Should a waiting browser's question be passed on? Not more often than every two seconds.
    bool ask_now(payment_id id);
    std::optional<std::string> page_of(payment_id id);

    /// Makes a wanted payment known, or finds that it was; on a worker, throws provider_error.
    checkout create(const payment& p, language asked, std::string_view return_base);
    /// What the provider says of it now; on a worker, throws provider_error.
    provider_payment fetch(const payment& p);
    /// For the handlers that wait for the provider.
    worker_pool& workers() noexcept { return *workers_; }

private:
    void work();
    void look_at_news();  // under mutex_
    void run(const payment_watch::due_task& task);
    void look_at_payment(const payment_watch::due_task& task);
    void look_at_refund(const payment_watch::due_task& task);
    void tell(const payment_watch::due_task& task, std::optional<sale_command> step);
    void done(const payment_watch::due_task& task);

    const std::unique_ptr<payment_provider> provider_;
    const views& seen_;
    metrics& counters_;
    const std::function<instant()> now_;
    const std::string return_base_;
    const std::string webhook_base_;
    const push ask_;
    std::mutex news_mutex_;
    std::vector<family_id> news_;  // under news_mutex_
    std::mutex mutex_;
    std::condition_variable changed_;
    payment_watch watch_;        // under mutex_
    std::size_t under_way_ = 0;  // under mutex_
    bool stopping_ = false;      // under mutex_
    std::unique_ptr<worker_pool> workers_;
    std::thread thread_;
};

}  // namespace campgate::server
