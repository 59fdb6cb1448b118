// Parsing and printing are the C library's; text is bounded before it is copied.
#include "server/ip_address.hpp"

#include "server/query_string.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace campgate::server {

namespace {

constexpr std::array<std::uint8_t, 12> v4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned v4_prefix_bits = 96;

}  // namespace

ip_address ip_address::from_v4(std::array<std::uint8_t, 4> v4) noexcept {
    ip_address made;
    std::ranges::copy(v4_prefix, made.bytes.begin());
    std::ranges::copy(v4, made.bytes.begin() + v4_prefix.size());
    return made;
}

bool ip_address::is_v4() const noexcept {
    return std::equal(v4_prefix.begin(), v4_prefix.end(), bytes.begin());
}

bool ip_address::is_loopback() const noexcept {
    if (is_v4()) return bytes[12] == 127;
    return bytes[15] == 1 &&
           std::all_of(bytes.begin(), bytes.end() - 1, [](std::uint8_t byte) { return byte == 0; });
}

std::optional<ip_address> parse_ip_address(std::string_view text) noexcept {
    std::array<char, INET6_ADDRSTRLEN> copy{};
    if (text.empty() || text.size() >= copy.size()) return std::nullopt;
    if (text.find('\0') != std::string_view::npos) return std::nullopt;
    std::ranges::copy(text, copy.begin());
    std::array<std::uint8_t, 4> v4{};
    if (inet_pton(AF_INET, copy.data(), v4.data()) == 1) return ip_address::from_v4(v4);
    std::array<std::uint8_t, 16> v6{};
    if (inet_pton(AF_INET6, copy.data(), v6.data()) == 1) return ip_address::from_v6(v6);
    return std::nullopt;
}

std::string to_text(const ip_address& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const char* made =
        address.is_v4()
            ? inet_ntop(AF_INET, &address.bytes[v4_prefix.size()], text.data(), text.size())
            : inet_ntop(AF_INET6, address.bytes.data(), text.data(), text.size());
    return made == nullptr ? std::string{} : std::string{made};
}

std::uint64_t limit_group(const ip_address& address) noexcept {
    const std::size_t first = address.is_v4() ? v4_prefix.size() : 0;
    const std::size_t count = address.is_v4() ? 4 : 8;
    std::uint64_t group = 0;
    for (std::size_t i = first; i < first + count; ++i) group = group << 8 | address.bytes[i];
    return group;
}

bool ip_network::contains(const ip_address& other) const noexcept {
    const std::size_t whole = prefix / 8;
    if (std::memcmp(address.bytes.data(), other.bytes.data(), whole) != 0) return false;
    const unsigned rest = prefix % 8;
    if (rest == 0) return true;
    const unsigned differing = static_cast<unsigned>(address.bytes[whole] ^ other.bytes[whole]);
    return differing >> (8 - rest) == 0;
}

std::optional<ip_network> parse_ip_network(std::string_view text) noexcept {
    const auto slash = text.find('/');
    const std::string_view written = text.substr(0, slash);
    const auto address = parse_ip_address(written);
    if (!address) return std::nullopt;
    if (slash == std::string_view::npos) return ip_network{*address, 128};

    // ::ffff:10.0.0.0/104 is written as IPv6 and counted as such.
    const bool as_v4 = written.find(':') == std::string_view::npos;
    const auto bits = parse_unsigned(text.substr(slash + 1), 0, as_v4 ? 32 : 128);
    if (!bits) return std::nullopt;
    const ip_network network{*address, static_cast<unsigned>(*bits) + (as_v4 ? v4_prefix_bits : 0)};
    for (unsigned bit = network.prefix; bit < 128; ++bit) {
        if ((address->bytes[bit / 8] >> (7 - bit % 8) & 1) != 0) return std::nullopt;
    }
    return network;
}

bool contains(const ip_networks& networks, const ip_address& address) noexcept {
    return std::ranges::any_of(
        networks, [&](const ip_network& network) { return network.contains(address); });
}

}  // namespace campgate::server
