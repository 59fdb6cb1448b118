// The bucket is the "virtual scheduling" form of the generic cell rate algorithm (ITU-T I.371): one
// number an address, no timers, no refilling.
#include "server/rate_limit.hpp"

#include "core/ids.hpp"

#include <sodium.h>

#include <algorithm>
#include <bit>
#include <utility>

namespace campgate::server {

rate_limiter::rate_limiter(rate allowed, std::size_t entries_max)
    : interval_(std::max<std::int64_t>(1, allowed.period.count() / std::max(1U, allowed.count))),
      tolerance_(interval_ * (std::max(1U, allowed.burst) - 1)),
      seed_(std::uint64_t{randombytes_random()} << 32 | randombytes_random()),
      sets_(std::bit_ceil(std::max<std::size_t>(1, (entries_max + ways - 1) / ways))),
      table_(std::make_unique<set[]>(sets_)) {
}

rate_limiter::set& rate_limiter::set_of(std::uint64_t group) const noexcept {
    // Seeded, so that nobody can choose addresses that share a set.
    return table_[mix64(mix64(group ^ seed_) + seed_) & (sets_ - 1)];
}

std::chrono::nanoseconds rate_limiter::take(const ip_address& address,
                                            steady_instant now) noexcept {
    return take(limit_group(address), now);
}

std::chrono::nanoseconds rate_limiter::take(std::uint64_t group, steady_instant now) noexcept {
    const std::int64_t at =
        std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch()).count();
    set& mine = set_of(group);
    const std::scoped_lock held{mine.lock};

    auto found = std::ranges::find_if(mine.entries, [group](const entry& each) {
        return each.full_at != 0 && each.group == group;
    });
    if (found == mine.entries.end()) {
        found = std::ranges::min_element(mine.entries, {}, &entry::full_at);
        if (found->full_at > at) ++mine.evictions;
        *found = {group, at};
    }
    const std::int64_t full_at = std::max(found->full_at, at);
    if (full_at - at > tolerance_) return std::chrono::nanoseconds{full_at - at - tolerance_};
    found->full_at = full_at + interval_;
    return std::chrono::nanoseconds::zero();
}

std::uint64_t rate_limiter::evictions() const noexcept {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < sets_; ++i) {
        const std::scoped_lock held{table_[i].lock};
        sum += table_[i].evictions;
    }
    return sum;
}

concurrency_limiter::concurrency_limiter(std::uint32_t per_address, std::uint32_t total)
    : per_address_(per_address),
      total_(total) {
}

concurrency_limiter::verdict concurrency_limiter::take(const ip_address& address, place& into) {
    const std::uint64_t group = limit_group(address);
    {
        const std::scoped_lock held{lock_};
        if (taken_ >= total_) return verdict::too_many;
        std::uint32_t& count = counts_[group];
        if (count >= per_address_) return verdict::too_many_of_address;
        ++count;
        ++taken_;
    }
    // Outside the lock: `into` may hold a place that is given back now.
    into = place{this, group};
    return verdict::taken;
}

std::uint32_t concurrency_limiter::taken() const {
    const std::scoped_lock held{lock_};
    return taken_;
}

concurrency_limiter::place::place(place&& other) noexcept
    : owner_(std::exchange(other.owner_, nullptr)),
      group_(other.group_) {
}

concurrency_limiter::place& concurrency_limiter::place::operator=(place&& other) noexcept {
    if (this == &other) return *this;
    give_back();
    owner_ = std::exchange(other.owner_, nullptr);
    group_ = other.group_;
    return *this;
}

void concurrency_limiter::place::give_back() noexcept {
    if (owner_ == nullptr) return;
    const std::scoped_lock held{owner_->lock_};
    const auto found = owner_->counts_.find(group_);
    if (--found->second == 0) owner_->counts_.erase(found);
    --owner_->taken_;
    owner_ = nullptr;
}

address_limits::address_limits(const config& settings)
    : requests({settings.requests_per_second, std::chrono::seconds{1}, settings.requests_burst},
               settings.rate_entries_max),
      logins({settings.login_per_minute, std::chrono::minutes{1}, settings.login_per_minute},
             settings.rate_entries_max),
      callbacks({settings.login_per_minute, std::chrono::minutes{1}, settings.login_per_minute},
                settings.rate_entries_max),
      webhooks(
          {settings.webhooks_per_minute, std::chrono::minutes{1}, settings.webhooks_per_minute},
          settings.rate_entries_max),
      connections(settings.connections_per_address, settings.connections_max),
      sockets(settings.sockets_per_address, settings.connections_max) {
}

}  // namespace campgate::server
