#include "core/order_book.hpp"

#include "core/digest.hpp"
#include "core/ensure.hpp"

namespace campgate {

namespace {

template <class Map, class Key>
auto* find_in(const Map& map, const Key& key) {
    const auto at = map.find(key);
    return at == map.end() ? nullptr : &at->second;
}

template <class Map, class Key>
const auto& list_in(const Map& map, const Key& key) {
    static const typename Map::mapped_type none;
    const auto* list = find_in(map, key);
    return list == nullptr ? none : *list;
}

std::uint64_t bits(cents c) {
    return static_cast<std::uint64_t>(c.value);
}

// What a record left is told by its sequence; the amounts are there because they are what matters.
std::uint64_t digest_of(const order& o) {
    return digest_of_parts({4, o.id.value, o.changed.value, static_cast<std::uint64_t>(o.state),
                            bits(o.total), bits(o.paid)});
}
std::uint64_t digest_of(const payment& p) {
    return digest_of_parts({5, p.id.value, p.changed.value, static_cast<std::uint64_t>(p.state),
                            bits(p.amount), bits(p.received)});
}
std::uint64_t digest_of(const refund& r) {
    return digest_of_parts(
        {6, r.id.value, r.changed.value, static_cast<std::uint64_t>(r.state), bits(r.amount)});
}
std::uint64_t digest_of(family_id family, instant reminded) {
    return digest_of_parts(
        {7, family.value, static_cast<std::uint64_t>(reminded.time_since_epoch().count())});
}

}  // namespace

const order* order_book::find(order_id id) const {
    return find_in(orders_, id);
}
const payment* order_book::find(payment_id id) const {
    return find_in(payments_, id);
}
const refund* order_book::find(refund_id id) const {
    return find_in(refunds_, id);
}

const std::vector<order_id>& order_book::orders_of(family_id family) const {
    return list_in(by_family_, family);
}
const std::vector<payment_id>& order_book::payments_of(order_id id) const {
    return list_in(by_order_, id);
}
const std::vector<refund_id>& order_book::refunds_of(family_id family) const {
    return list_in(refunds_by_family_, family);
}

std::vector<order_id> order_book::due(instant now, std::size_t most) const {
    std::vector<order_id> found;
    for (const auto& [end, id] : ends_) {
        if (end > now || found.size() == most) break;
        found.push_back(id);
    }
    return found;
}

std::vector<order_id> order_book::ending(instant from, instant to) const {
    std::vector<order_id> found;
    for (auto at = ends_.upper_bound({from, order_id{~std::uint64_t{0}}});
         at != ends_.end() && at->first <= to; ++at)
        found.push_back(at->second);
    return found;
}

instant order_book::reminded(family_id family) const {
    const auto* known = find_in(reminded_, family);
    return known == nullptr ? instant::min() : known->until;
}
sequence order_book::reminded_at(family_id family) const {
    const auto* known = find_in(reminded_, family);
    return known == nullptr ? sequence{} : known->changed;
}

void order_book::put(order value) {
    const auto [at, fresh] = orders_.try_emplace(value.id);
    if (fresh) {
        by_family_[value.family].push_back(value.id);
    } else {
        ensure(at->second.family == value.family, "an order of another family");
        digest_ -= digest_of(at->second);
        if (const auto end = at->second.ends()) ends_.erase({*end, value.id});
    }
    at->second = std::move(value);
    digest_ += digest_of(at->second);
    if (const auto end = at->second.ends()) ends_.insert({*end, at->second.id});
}

void order_book::put(payment value) {
    ensure(orders_.contains(value.of), "a payment of no order");
    const auto [at, fresh] = payments_.try_emplace(value.id);
    if (fresh)
        by_order_[value.of].push_back(value.id);
    else
        digest_ -= digest_of(at->second);
    at->second = std::move(value);
    digest_ += digest_of(at->second);
}

void order_book::put(refund value) {
    const auto [at, fresh] = refunds_.try_emplace(value.id);
    if (fresh)
        refunds_by_family_[value.family].push_back(value.id);
    else
        digest_ -= digest_of(at->second);
    at->second = value;
    digest_ += digest_of(at->second);
    if (at->second.state == refund_state::due)
        refunds_due_.insert(at->first);
    else
        refunds_due_.erase(at->first);
}

void order_book::put_reminded(family_id family, instant until, sequence changed) {
    const auto [at, fresh] = reminded_.try_emplace(family, reminder{until, changed});
    if (!fresh) digest_ -= digest_of(family, at->second.until);
    at->second = {until, changed};
    digest_ += digest_of(family, until);
}

void order_book::add(const money_entry& entry) {
    balances_[static_cast<std::size_t>(entry.account) - 1].value += entry.amount.value;
}

void order_book::set_balance(account a, cents amount) {
    balances_[static_cast<std::size_t>(a) - 1] = amount;
}

}  // namespace campgate
