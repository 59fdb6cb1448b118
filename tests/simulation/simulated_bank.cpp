#include "tests/simulation/simulated_bank.hpp"

#include <algorithm>

namespace campgate::simulation {

std::string simulated_bank::create(const payment& of) {
    const std::string reference = "bank-" + std::to_string(of.id.value);
    entries_.try_emplace(reference, entry{of.id, of.family, of.amount, state::open, {}, true, {}});
    return reference;
}

const simulated_bank::entry* simulated_bank::find(const std::string& reference) const {
    const auto found = entries_.find(reference);
    return found == entries_.end() ? nullptr : &found->second;
}

void simulated_bank::refund(const std::string& reference, refund_id id, cents amount) {
    const auto [at, fresh] = entries_.at(reference).refunded.try_emplace(id, amount);
    if (!fresh && at->second != amount) throw violation("a refund is asked for with two amounts");
}

void simulated_bank::somebody_acts(random_source& random) {
    std::vector<std::pair<const std::string, entry>*> pages;
    for (auto& page : entries_) {
        // After a refusal the money comes all the same, now and then.
        if (page.second.is == state::open || (page.second.is == state::failed && random.one_in(8)))
            pages.push_back(&page);
    }
    if (pages.empty()) return;
    auto& [reference, e] = *pages[random.below(pages.size())];
    const std::uint64_t what = random.below(10);
    ++acts;
    if (what < 6 || e.is == state::failed) {
        e.is = state::paid;
        e.received = e.asked;
    } else if (what < 8) {
        e.is = state::failed;
    } else {
        e.is = state::paid;
        e.right_currency = what == 9;
        e.received = e.asked;
        if (what == 9) e.received.value = 1 + static_cast<std::int64_t>(random.below(20'000));
    }
    // None, one, or the same one again.
    for (std::uint64_t n = random.below(4); n > 0; --n) hints_.push_back(reference);
}

std::optional<std::string> simulated_bank::next_hint(random_source& random) {
    if (random.one_in(12)) return "bank-" + std::to_string(1'000'000 + random.below(9));  // forged
    if (hints_.empty()) return std::nullopt;
    const auto at = hints_.begin() + static_cast<std::ptrdiff_t>(random.below(hints_.size()));
    std::string reference = *at;
    if (!random.one_in(5)) hints_.erase(at);
    ++hints_given;
    return reference;
}

}  // namespace campgate::simulation
