// What parents, staff, the bank's hints and the server's own worker do about orders on a simulated
// day: each looks at what one process has published, which may be old, and asks that process for a
// step. What a worker learnt at the bank may be pushed much later, in another order, or never. One
// thread.
#pragma once

#include "tests/simulation/simulated_bank.hpp"

#include "core/command.hpp"
#include "core/views.hpp"

#include <functional>
#include <vector>

namespace campgate::simulation {

class simulated_sales {
public:
    simulated_sales(random_source& random, std::uint64_t families)
        : bank(random),
          random_(random),
          families_(families) {}

    /// False: the process takes nothing in now.
    using push_function = std::function<bool(sale_command)>;

    /// Somebody does something, by what process number `process` has published.
    void act(std::size_t process, const views& seen, const push_function& push);
    /// The process is gone, and with it what its workers had learnt and not pushed.
    void forget(std::size_t process);
    /// Everything that is known at the bank and not yet here is pushed, refunds go out; how many
    /// steps were asked for. None: the books are up to date.
    std::size_t reconcile(const views& seen, const push_function& push);

    simulated_bank bank;
    std::uint64_t pushed = 0;

private:
    struct in_flight {
        std::size_t process;
        sale_command what;
    };

    void finalise(const family_view& f, family_id id, const push_function& push);
    void want_payment(const family_view& f, family_id id, const push_function& push);
    void by_staff(const family_view& f, family_id id, const push_function& push);
    void learn(std::size_t process, const family_view& f, const payment& p);
    /// What a worker finds out about a payment, and what follows from it (server/payment).
    std::optional<sale_command> looked_at(const family_view& f, const payment& p);
    void push_something(std::size_t process, const push_function& push);
    std::optional<sale_command> refund_of(const family_view& f, family_id id, const refund& r);
    bool tell(const push_function& push, sale_command c);

    random_source& random_;
    const std::uint64_t families_;
    std::vector<in_flight> learnt_;
};

}  // namespace campgate::simulation
