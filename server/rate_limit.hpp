// How often one address may do something, in bounded memory. Shared by all io threads, because the
// kernel spreads one client's connections over them: a lock for each few entries, held for some
// nanoseconds. Thread safety: any thread. Time is an argument.
#pragma once

#include "server/config.hpp"
#include "server/ip_address.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace campgate::server {

using steady_instant = std::chrono::steady_clock::time_point;

/// `count` in each `period`, and `burst` at once after a rest.
struct rate {
    std::uint32_t count{1};
    std::chrono::nanoseconds period{std::chrono::seconds{1}};
    std::uint32_t burst{1};
};

/// A token bucket for each address (IPv6: each /64), kept as the one instant at which it is full
/// again. Memory is fixed from the start; where it does not suffice, the bucket that is nearest to
/// full goes, so that those who press hardest are not forgotten.
class rate_limiter {
public:
    /// `entries_max` is rounded up to whole sets.
    rate_limiter(rate allowed, std::size_t entries_max);

    /// Takes a token. Zero: allowed; otherwise how long until the next one.
    std::chrono::nanoseconds take(const ip_address& address, steady_instant now) noexcept;
    /// The same for anything else that has a number, e.g. an account.
    std::chrono::nanoseconds take(std::uint64_t group, steady_instant now) noexcept;

    /// Buckets that were forgotten before they were full.
    std::uint64_t evictions() const noexcept;

private:
    static constexpr std::size_t ways = 8;

    struct entry {
        std::uint64_t group{};
        std::int64_t full_at{};  // nanoseconds of the steady clock; 0: unused
    };
    struct alignas(64) set {
        std::mutex lock;
        std::array<entry, ways> entries{};
        std::uint64_t evictions{};
    };

    set& set_of(std::uint64_t group) const noexcept;

    std::int64_t interval_;   // constant after construction
    std::int64_t tolerance_;  // constant after construction
    std::uint64_t seed_;      // constant after construction
    std::size_t sets_;        // constant after construction
    std::unique_ptr<set[]> table_;
};

/// How many of something (connections, sockets) an address has at the same time. Remembers only
/// addresses that have some, so the total limit bounds its memory.
class concurrency_limiter {
public:
    explicit concurrency_limiter(std::uint32_t per_address, std::uint32_t total);

    enum class verdict : std::uint8_t { taken, too_many_of_address, too_many };

    /// Given back when it is destroyed; must not outlive the limiter.
    class place {
    public:
        place() = default;
        place(place&& other) noexcept;
        place& operator=(place&& other) noexcept;
        ~place() { give_back(); }
        explicit operator bool() const noexcept { return owner_ != nullptr; }

    private:
        friend class concurrency_limiter;
        place(concurrency_limiter* owner, std::uint64_t group) : owner_(owner), group_(group) {}
        void give_back() noexcept;

        concurrency_limiter* owner_{};
        std::uint64_t group_{};
    };

    /// `into` holds the place when the verdict is `taken`, else it is left as it was.
    verdict take(const ip_address& address, place& into);

    std::uint32_t taken() const;

private:
    const std::uint32_t per_address_;
    const std::uint32_t total_;
    mutable std::mutex lock_;
    std::uint32_t taken_{};                                    // under lock_
    std::unordered_map<std::uint64_t, std::uint32_t> counts_;  // under lock_
};

/// All limits that count by address, named as in the configuration.
struct address_limits {
    explicit address_limits(const config& settings);

    rate_limiter requests;            ///< requests_per_second, requests_burst
    rate_limiter logins;              ///< login_per_minute, those that begin
    rate_limiter callbacks;           ///< login_per_minute, those that come back
    rate_limiter webhooks;            ///< webhooks_per_minute
    concurrency_limiter connections;  ///< connections_per_address, connections_max
    concurrency_limiter sockets;      ///< sockets_per_address, connections_max
};

}  // namespace campgate::server
