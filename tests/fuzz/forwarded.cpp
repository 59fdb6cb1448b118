// Who asks, by what proxies say. Lines of an input: the peer's address, Forwarded, X-Forwarded-For,
// X-Forwarded-Proto, a network. Nobody is believed who is not trusted.
#include "server/client_address.hpp"

#include "tests/fuzz/fuzz_target.hpp"

#include <string>

using namespace campgate;
using namespace campgate::server;

namespace {

void check_origin(const ip_address& peer, const forwarding_fields& fields,
                  const ip_networks& trusted) {
    for (const bool tls : {false, true}) {
        const client_origin found = who_asks(peer, tls, fields, trusted);
        ensure(parse_ip_address(to_text(found.address)) == found.address,
               "an address has one text");
        if (!found.forwarded) ensure(found.address == peer, "the peer itself");
        if (!contains(trusted, peer)) {
            ensure(!found.forwarded, "a stranger is not believed");
            ensure(found.https == tls, "nor is what it says of TLS");
        }
        // Words in front of the list are the client's own invention and change nothing.
        if (fields.forwarded.empty() && found.forwarded && !contains(trusted, found.address)) {
            const std::string longer = "203.0.113.77, " + std::string{fields.x_forwarded_for};
            const client_origin same =
                who_asks(peer, tls, {fields.forwarded, longer, fields.x_forwarded_proto}, trusted);
            ensure(same.address == found.address, "a longer list names the same");
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto [peer_text, forwarded, addresses, protocols, network] =
        fuzz::lines_of<5>(fuzz::text_of(data, size));
    if (const auto read = parse_ip_network(network)) {
        ensure(read->prefix <= 128, "a prefix of 128 bits at most");
        ensure(read->contains(read->address), "a network contains its first address");
    }
    const auto peer = parse_ip_address(peer_text);
    if (peer) (void)limit_group(*peer);
    const forwarding_fields fields{forwarded, addresses, protocols};
    const ip_networks trusted{*parse_ip_network("127.0.0.0/8"), *parse_ip_network("10.0.0.0/8"),
                              *parse_ip_network("2001:db8::/32")};
    check_origin(peer.value_or(ip_address::from_v4({127, 0, 0, 1})), fields, trusted);
    check_origin(ip_address::from_v4({192, 0, 2, 1}), fields, trusted);
    check_origin(ip_address::from_v4({127, 0, 0, 1}), fields, trusted);
    return 0;
}
