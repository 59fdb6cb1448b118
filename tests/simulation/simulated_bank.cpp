#include "tests/simulation/simulated_bank.hpp"

#include <algorithm>

namespace campgate::simulation {

using server::provider_state;

server::checkout simulated_bank::create(const server::new_checkout& wanted) {
    const std::string reference = "bank-" + std::to_string(wanted.payment.value);
    entries_.try_emplace(reference, entry{wanted.payment, wanted.amount, {}, {}});
    return {reference, "https://bank.example/" + reference};
}

server::provider_payment simulated_bank::fetch(std::string_view reference) {
    return of(reference).truth;
}

// Now and then it takes its time, or does not work at first; what is done stays done.
server::refund_outcome simulated_bank::refund(std::string_view reference, refund_id id,
                                              cents amount) {
    entry& e = of(reference);
    const auto known = e.refunded.find(id);
    if (known != e.refunded.end()) {
        if (known->second != amount) throw violation("a refund is asked for with two amounts");
        return server::refund_outcome::done;
    }
    if (random_.one_in(6)) return server::refund_outcome::pending;
    if (random_.one_in(6)) return server::refund_outcome::refused;
    e.refunded.emplace(id, amount);
    e.truth.refunded.value += amount.value;
    return server::refund_outcome::done;
}

simulated_bank::entry& simulated_bank::of(std::string_view reference) {
    const auto found = entries_.find(reference);
    if (found == entries_.end()) throw violation("money: a payment without a page at the bank");
    return found->second;
}

void simulated_bank::somebody_acts(const is_known& sent_to) {
    std::vector<std::pair<const std::string, entry>*> pages;
    for (auto& page : entries_) {
        const provider_state state = page.second.truth.state;
        // After a refusal the money comes all the same, now and then.
        const bool open =
            state == provider_state::open || (state == provider_state::failed && random_.one_in(8));
        if (open && sent_to(page.first)) pages.push_back(&page);
    }
    if (pages.empty()) return;
    auto& [reference, e] = *pages[random_.below(pages.size())];
    const std::uint64_t what = random_.below(10);
    const bool again = e.truth.state == provider_state::failed;
    ++acts;
    e.truth.state = again || what < 6 || what >= 8 ? provider_state::paid : provider_state::failed;
    if (e.truth.state == provider_state::paid) {
        e.truth.received = e.asked;
        if (what == 8) e.truth.right_currency = false;
        if (what == 9)
            e.truth.received.value = 1 + static_cast<std::int64_t>(random_.below(20'000));
    }
    // None, one, or the same one again.
    for (std::uint64_t n = random_.below(4); n > 0; --n) hints_.push_back(reference);
}

std::optional<std::string> simulated_bank::next_hint() {
    if (random_.one_in(12)) return "bank-" + std::to_string(1'000'000 + random_.below(9));
    if (hints_.empty()) return std::nullopt;
    const auto at = hints_.begin() + static_cast<std::ptrdiff_t>(random_.below(hints_.size()));
    std::string reference = *at;
    if (!random_.one_in(5)) hints_.erase(at);
    ++hints_given;
    return reference;
}

}  // namespace campgate::simulation
