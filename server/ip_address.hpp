// Network addresses and networks as plain values. IPv4 is kept as IPv4-mapped IPv6, so that one
// peer has one form whatever socket it came through. Thread safety: any thread.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace campgate::server {

struct ip_address {
    std::array<std::uint8_t, 16> bytes{};  ///< network order; ::ffff:a.b.c.d is IPv4

    static ip_address from_v4(std::array<std::uint8_t, 4> v4) noexcept;
    static ip_address from_v6(std::array<std::uint8_t, 16> v6) noexcept { return {v6}; }

    bool is_v4() const noexcept;
    bool is_loopback() const noexcept;  ///< 127.0.0.0/8 or ::1
    friend auto operator<=>(const ip_address&, const ip_address&) = default;
};

/// "192.0.2.7" or "2001:db8::7", without port, brackets or zone.
std::optional<ip_address> parse_ip_address(std::string_view text) noexcept;
std::string to_text(const ip_address& address);

/// Who shares limits: an IPv4 address, or a /64 of IPv6, which is one customer's. Distinct groups
/// have distinct numbers, but for never routed IPv6.
std::uint64_t limit_group(const ip_address& address) noexcept;

/// An address and how many of its first bits count.
struct ip_network {
    ip_address address;
    unsigned prefix{128};  ///< of the mapped form: 96 + n for IPv4

    bool contains(const ip_address& other) const noexcept;
};

/// "10.0.0.0/8", "2001:db8::/32", or one address. Bits behind the prefix must be zero.
std::optional<ip_network> parse_ip_network(std::string_view text) noexcept;

using ip_networks = std::vector<ip_network>;

bool contains(const ip_networks& networks, const ip_address& address) noexcept;

}  // namespace campgate::server
