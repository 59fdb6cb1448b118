// What must hold of orders, payments, refunds, seats and money at every record of a journal that is
// being folded, said without the rules that made the records: each account is explained by what
// there is, to the cent; every seat that is sold has its line and the other way round; no step is
// made twice. Throws violation. One thread.
#pragma once

#include "tests/simulation/simulated_bank.hpp"

#include "core/engine.hpp"

#include <map>
#include <set>

namespace campgate::simulation {

class money_audit {
public:
    explicit money_audit(const engine& folded) : folded_(folded) {}

    /// Before the record is applied: may it follow what there is?
    void before(const record& r);
    /// After it is applied: does everything add up?
    void after(const record& r) const;
    /// At the end of a day, when nothing is on its way any more: what the bank has is what the
    /// books say, payment by payment and in all.
    void compare(const simulated_bank& bank) const;

    std::uint64_t steps = 0;
    std::map<sale_event, std::uint64_t> seen;

private:
    void check_order(const sale_record& s, instant at);
    void check_payment(const payment& p) const;
    void check_refund(const refund& f) const;
    void check_reminder(const sale_record& s) const;
    void check_accounts() const;
    void check_family(family_id family) const;
    void check_paid(const order& o) const;

    const engine& folded_;
    std::set<order_id> expired_;
};

}  // namespace campgate::simulation
