// Who is really asking. Forwarding fields are believed only from trusted peers, and only as far as
// each hop vouches for the one before it. Thread safety: any thread.
#pragma once

#include "server/ip_address.hpp"

#include <string_view>

namespace campgate::server {

/// As received; several lines of one field are joined by ", " in their order.
struct forwarding_fields {
    std::string_view forwarded;  ///< RFC 7239
    std::string_view x_forwarded_for;
    std::string_view x_forwarded_proto;
};

struct client_origin {
    ip_address address;
    bool https{};      ///< did the client itself speak TLS, to us or to the proxy?
    bool forwarded{};  ///< the address came from a forwarding field
};

/// From the peer leftwards through the list, as long as the one who vouches is trusted; an unknown,
/// hidden or malformed hop ends the walk at the proxy that named it. When both Forwarded and
/// X-Forwarded-For are there and differ, one of them is the client's own invention, passed on by a
/// proxy that knows only the other: then neither is believed, and the peer itself answers for it.
client_origin who_asks(const ip_address& peer, bool peer_is_tls, const forwarding_fields& fields,
                       const ip_networks& trusted);

}  // namespace campgate::server
