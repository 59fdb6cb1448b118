// The header of the PROXY protocol, versions 1 and 2, which a trusted proxy sends before anything
// else. A pure function of the bytes so far. Thread safety: any thread.
#pragma once

#include "server/ip_address.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace campgate::server {

/// Longer headers are malformed: 16 bytes, addresses, and the few TLVs that proxies send.
inline constexpr std::size_t proxy_header_max = 16 + 1024;

struct proxy_header {
    enum class state : std::uint8_t {
        need_more,  ///< a beginning: read on, up to proxy_header_max bytes in all
        complete,   ///< `size` bytes were the header, what follows is the client's
        malformed,  ///< close the connection without an answer
    };

    state status{state::malformed};
    std::size_t size{};
    std::optional<ip_address> source{};  ///< nothing: the proxy itself asks (health checks)
    std::uint16_t source_port{};
    bool https{};  ///< the client spoke TLS to the proxy (PP2_TYPE_SSL)
};

proxy_header read_proxy_header(std::span<const std::byte> bytes) noexcept;

}  // namespace campgate::server
