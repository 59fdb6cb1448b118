// All orders, payments and refunds, by family and by when they end: what the sale's rules look
// things up in. Values are replaced whole, by the fold of the journal alone. Owner: the sequencer
// thread.
#pragma once

#include "core/order.hpp"

#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace campgate {

class order_book {
public:
    const order* find(order_id id) const;
    const payment* find(payment_id id) const;
    const refund* find(refund_id id) const;

    /// Ascending ids.
    const std::vector<order_id>& orders_of(family_id family) const;
    const std::vector<payment_id>& payments_of(order_id id) const;
    const std::vector<refund_id>& refunds_of(family_id family) const;

    /// Orders that have ended by `now`, the earliest first, at most `most`.
    std::vector<order_id> due(instant now, std::size_t most) const;
    /// Open orders that end after `from` and not after `to`, the earliest first.
    std::vector<order_id> ending(instant from, instant to) const;
    /// Refunds that wait for somebody to carry them out.
    const std::set<refund_id>& refunds_due() const { return refunds_due_; }

    /// Up to when what ends for that family has been announced (R1).
    instant reminded(family_id family) const;
    /// The record that said so; 0: none.
    sequence reminded_at(family_id family) const;

    void put(order value);
    void put(payment value);
    void put(refund value);
    void put_reminded(family_id family, instant until, sequence changed);
    void add(const money_entry& entry);
    void set_balance(account a, cents amount);

    /// Of everything but the money's entries themselves; commutative.
    std::uint64_t digest() const { return digest_; }
    cents balance(account a) const { return balances_[static_cast<std::size_t>(a) - 1]; }

    template <class Each>
    void each_order(Each each) const {
        for (const auto& [id, value] : orders_) each(value);
    }
    template <class Each>
    void each_payment(Each each) const {
        for (const auto& [id, value] : payments_) each(value);
    }
    template <class Each>
    void each_refund(Each each) const {
        for (const auto& [id, value] : refunds_) each(value);
    }
    template <class Each>
    void each_reminded(Each each) const {
        for (const auto& [family, r] : reminded_) each(family, r.until, r.changed);
    }

private:
    struct reminder {
        instant until;
        sequence changed;
    };

    std::map<order_id, order> orders_;
    std::map<payment_id, payment> payments_;
    std::map<refund_id, refund> refunds_;
    std::map<family_id, std::vector<order_id>> by_family_;
    std::map<order_id, std::vector<payment_id>> by_order_;
    std::map<family_id, std::vector<refund_id>> refunds_by_family_;
    std::map<family_id, reminder> reminded_;
    std::set<std::pair<instant, order_id>> ends_;
    std::set<refund_id> refunds_due_;
    std::array<cents, accounts> balances_{};
    std::uint64_t digest_ = 0;
};

}  // namespace campgate
