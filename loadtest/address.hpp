// Where to connect, and from which addresses: a loopback server sees many addresses, as a real one
// would (127.0.0.0/8), because it limits what one address may do.
#pragma once

#include "loadtest/http_client.hpp"

#include <optional>
#include <string>

namespace campgate::rush {

/// Of http://host[:port][/]. Throws input_fault; a name is looked up.
target resolve_url(asio::io_context& io, const std::string& url);

/// The n-th client's own address, where the server is on loopback.
inline std::optional<asio::ip::address_v4> source_address(const target& to, std::uint64_t n) {
    if (!to.is_loopback() || !to.endpoint.address().is_v4()) return std::nullopt;
    // 127.1.0.0 to 127.250.255.255
    const auto number = static_cast<std::uint32_t>(n % (250ULL << 16));
    return asio::ip::address_v4{0x7f01'0000U + number};
}

}  // namespace campgate::rush
