// Who is really asking, with every known way to lie about it.
#include "server/client_address.hpp"

#include <gtest/gtest.h>

#include <string>

namespace campgate::server {
namespace {

struct origin_case {
    std::string_view what;
    std::string_view peer;
    forwarding_fields fields;
    std::string_view address;
    bool https{};
};

// 10.0.0.0/8 and 2001:db8:f::/48 are ours.
const origin_case cases[] = {
    {"nobody forwards", "203.0.113.1", {}, "203.0.113.1"},
    {"a trusted peer itself", "10.0.0.1", {}, "10.0.0.1"},
    {"an untrusted peer lies",
     "203.0.113.1",
     {"for=192.0.2.1;proto=https", "192.0.2.2", "https"},
     "203.0.113.1"},
    {"an untrusted peer names a trusted address",
     "203.0.113.1",
     {"", "10.0.0.1", ""},
     "203.0.113.1"},

    {"x: one hop", "10.0.0.1", {"", "192.0.2.1", "https"}, "192.0.2.1", true},
    {"x: plain", "10.0.0.1", {"", "192.0.2.1", "http"}, "192.0.2.1"},
    {"x: no proto", "10.0.0.1", {"", "192.0.2.1", ""}, "192.0.2.1"},
    {"x: the client's own entry is to the left",
     "10.0.0.1",
     {"", "1.1.1.1, 192.0.2.1", ""},
     "192.0.2.1"},
    {"x: the client pretends to be a proxy",
     "10.0.0.1",
     {"", "1.1.1.1, 10.0.0.9, 192.0.2.1", ""},
     "192.0.2.1"},
    {"x: two proxies", "10.0.0.1", {"", "1.1.1.1, 192.0.2.1, 10.0.0.2", ""}, "192.0.2.1"},
    {"x: all ours", "10.0.0.1", {"", "10.0.0.3, 10.0.0.2", ""}, "10.0.0.3"},
    {"x: garbage from the proxy", "10.0.0.1", {"", "192.0.2.1, unknown", "https"}, "10.0.0.1"},
    {"x: garbage from the client", "10.0.0.1", {"", "\"x\\, 192.0.2.1", ""}, "192.0.2.1"},
    {"x: garbage behind one proxy", "10.0.0.1", {"", "192.0.2.1, ???, 10.0.0.2", ""}, "10.0.0.2"},
    {"x: with a port", "10.0.0.1", {"", "192.0.2.1:4711", ""}, "192.0.2.1"},
    {"x: ipv6", "10.0.0.1", {"", "2001:db8::1", ""}, "2001:db8::1"},
    {"x: ipv6 in brackets", "10.0.0.1", {"", "[2001:db8::1]:4711", ""}, "2001:db8::1"},
    {"x: broken brackets", "10.0.0.1", {"", "[2001:db8::1", ""}, "10.0.0.1"},
    {"x: ipv4 in brackets", "10.0.0.1", {"", "[192.0.2.1]", ""}, "10.0.0.1"},
    {"x: a name", "10.0.0.1", {"", "localhost", ""}, "10.0.0.1"},
    {"x: empty entries", "10.0.0.1", {"", " , 192.0.2.1 ,, ", ""}, "192.0.2.1"},
    {"x: mapped trusted peer", "::ffff:10.0.0.1", {"", "192.0.2.1", ""}, "192.0.2.1"},
    {"x: mapped client", "10.0.0.1", {"", "::ffff:192.0.2.1", ""}, "192.0.2.1"},
    {"x: ipv6 proxy", "2001:db8:f::1", {"", "192.0.2.1", ""}, "192.0.2.1"},
    {"x: proto is the last one", "10.0.0.1", {"", "192.0.2.1", "https, http"}, "192.0.2.1"},
    {"x: proto of the last hop", "10.0.0.1", {"", "192.0.2.1", "http,HTTPS"}, "192.0.2.1", true},
    {"x: proto alone", "10.0.0.1", {"", "", "https"}, "10.0.0.1", true},

    {"f: one hop",
     "10.0.0.1",
     {"for=192.0.2.1;proto=https;by=10.0.0.1", "", ""},
     "192.0.2.1",
     true},
    {"f: any case, quoted",
     "10.0.0.1",
     {"Proto=HTTPS;FOR=\"192.0.2.1:80\"", "", ""},
     "192.0.2.1",
     true},
    {"f: ipv6", "10.0.0.1", {"for=\"[2001:db8::1]:4711\"", "", ""}, "2001:db8::1"},
    {"f: ipv6 without quotes", "10.0.0.1", {"for=[2001:db8::1]", "", ""}, "2001:db8::1"},
    {"f: the client's own entry",
     "10.0.0.1",
     {"for=1.1.1.1;proto=https, for=192.0.2.1", "", ""},
     "192.0.2.1"},
    {"f: two proxies",
     "10.0.0.1",
     {"for=1.1.1.1, for=192.0.2.1;proto=https,for=10.0.0.2;proto=http", "", ""},
     "192.0.2.1",
     true},
    {"f: hidden client", "10.0.0.1", {"for=192.0.2.1, for=_hidden", "", ""}, "10.0.0.1"},
    {"f: unknown client", "10.0.0.1", {"for=unknown;proto=https", "", ""}, "10.0.0.1"},
    {"f: an entry without for", "10.0.0.1", {"for=192.0.2.1, proto=https", "", ""}, "10.0.0.1"},
    {"f: a quoted comma hides nothing",
     "10.0.0.1",
     {"for=\"1.1.1.1, for=2.2.2.2\"", "", ""},
     "10.0.0.1"},
    {"f: an open quote swallows the proxy's entry",
     "10.0.0.1",
     {"for=\"1.1.1.1, for=192.0.2.1", "", ""},
     "10.0.0.1"},
    {"f: an escape is no address", "10.0.0.1", {"for=\"192.0.2\\.1\"", "", ""}, "10.0.0.1"},
    {"f: for twice", "10.0.0.1", {"for=1.1.1.1;for=192.0.2.1", "", ""}, "10.0.0.1"},
    {"f: malformed", "10.0.0.1", {"for 192.0.2.1", "", ""}, "10.0.0.1"},
    {"f: no value", "10.0.0.1", {"for=", "", ""}, "10.0.0.1"},
    {"f: text behind a quote", "10.0.0.1", {"for=\"192.0.2.1\"x", "", ""}, "10.0.0.1"},
    {"f: trailing semicolon", "10.0.0.1", {"for=192.0.2.1;", "", ""}, "10.0.0.1"},

    {"both agree", "10.0.0.1", {"for=192.0.2.1", "192.0.2.1", "https"}, "192.0.2.1", true},
    {"the client adds forwarded behind a proxy that writes x",
     "10.0.0.1",
     {"for=1.1.1.1", "192.0.2.1", "https"},
     "10.0.0.1"},
    {"the client adds x behind a proxy that writes forwarded",
     "10.0.0.1",
     {"for=192.0.2.1", "1.1.1.1", ""},
     "10.0.0.1"},
    {"the client adds a broken forwarded", "10.0.0.1", {"\"", "192.0.2.1", ""}, "10.0.0.1"},
};

ip_networks ours() {
    return {*parse_ip_network("10.0.0.0/8"), *parse_ip_network("2001:db8:f::/48")};
}

TEST(client_address, is_what_a_trusted_chain_vouches_for) {
    const ip_networks trusted = ours();
    for (const origin_case& each : cases) {
        const auto found = who_asks(*parse_ip_address(each.peer), false, each.fields, trusted);
        EXPECT_EQ(to_text(found.address), each.address) << each.what;
        EXPECT_EQ(found.https, each.https) << each.what;
    }
}

TEST(client_address, without_trusted_proxies_is_always_the_peer) {
    for (const origin_case& each : cases) {
        const ip_address peer = *parse_ip_address(each.peer);
        const auto found = who_asks(peer, true, each.fields, {});
        EXPECT_EQ(found.address, peer) << each.what;
        EXPECT_TRUE(found.https);
        EXPECT_FALSE(found.forwarded);
    }
}

TEST(client_address, padding_cannot_push_the_proxy_s_entry_away) {
    std::string padding;
    for (int i = 0; i < 2000; ++i) padding += "10.0.0.9, ";
    const auto by_x =
        who_asks(*parse_ip_address("10.0.0.1"), false, {"", padding + "192.0.2.1", ""}, ours());
    EXPECT_EQ(to_text(by_x.address), "192.0.2.1");
    std::string elements;
    for (int i = 0; i < 2000; ++i) elements += "for=10.0.0.9, ";
    const std::string forwarded = elements + "for=192.0.2.1";
    const auto by_forwarded =
        who_asks(*parse_ip_address("10.0.0.1"), false, {forwarded, "", ""}, ours());
    EXPECT_EQ(to_text(by_forwarded.address), "10.0.0.1");
}

}  // namespace
}  // namespace campgate::server
