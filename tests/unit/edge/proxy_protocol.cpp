// PROXY headers: whole, cut anywhere, malformed, and random bytes.
#include "server/proxy_protocol.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>

namespace campgate::server {
namespace {

using state = proxy_header::state;
using namespace std::string_literals;

/// Reads from memory that ends where the text ends, for the address sanitizer.
proxy_header read(const std::string& text) {
    const auto exact = std::make_unique<std::byte[]>(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) exact[i] = static_cast<std::byte>(text[i]);
    return read_proxy_header({exact.get(), text.size()});
}

const std::string signature = "\r\n\r\n\0\r\nQUIT\n"s;
const std::string v4_addresses = "\xc0\x00\x02\x07\x0a\x00\x00\x01\x12\x34\x01\xbb"s;
const std::string v6_addresses = "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x07"s +
                                 std::string(16, '\0') + "\x12\x34\x01\xbb"s;

std::string v2(unsigned char command, unsigned char family, const std::string& body) {
    std::string made = signature;
    made += static_cast<char>(command);
    made += static_cast<char>(family);
    made += static_cast<char>(body.size() >> 8);
    made += static_cast<char>(body.size() & 0xff);
    return made + body;
}

std::string tlv(unsigned char type, const std::string& value) {
    std::string made(1, static_cast<char>(type));
    made += static_cast<char>(value.size() >> 8);
    made += static_cast<char>(value.size() & 0xff);
    return made + value;
}

struct header_case {
    std::string bytes;
    std::string address;  // "" : none
    bool https{};
};

std::vector<header_case> good_headers() {
    return {
        {"PROXY TCP4 192.0.2.7 10.0.0.1 4660 443\r\n", "192.0.2.7"},
        {"PROXY TCP6 2001:db8::7 ::1 4660 443\r\n", "2001:db8::7"},
        {"PROXY UNKNOWN\r\n", ""},
        {"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n", ""},
        {v2(0x21, 0x11, v4_addresses), "192.0.2.7"},
        {v2(0x21, 0x21, v6_addresses), "2001:db8::7"},
        {v2(0x21, 0x11, v4_addresses + tlv(0x01, "h2") + tlv(0x04, "")), "192.0.2.7"},
        {v2(0x21, 0x11, v4_addresses + tlv(0x20, "\x01\0\0\0\0"s + tlv(0x21, "TLSv1.3"))),
         "192.0.2.7", true},
        {v2(0x21, 0x11, v4_addresses + tlv(0x20, "\0\0\0\0\0"s)), "192.0.2.7"},
        {v2(0x21, 0x11, v4_addresses + tlv(0x04, std::string(1000 - 12 - 3, 'x'))), "192.0.2.7"},
        {v2(0x20, 0x00, ""), ""},
        {v2(0x20, 0x11, v4_addresses), ""},
        {v2(0x21, 0x00, ""), ""},
        {v2(0x21, 0x00, "anything"), ""},
        {v2(0x21, 0x31, std::string(216, '\0')), ""},
    };
}

TEST(proxy_protocol, a_whole_header_is_read_and_what_follows_left_alone) {
    for (const header_case& each : good_headers()) {
        for (const std::string& after : {""s, "GET / HTTP/1.1\r\n"s, "PROXY "s, each.bytes}) {
            const proxy_header header = read(each.bytes + after);
            ASSERT_EQ(header.status, state::complete) << each.bytes;
            EXPECT_EQ(header.size, each.bytes.size());
            EXPECT_EQ(header.source ? to_text(*header.source) : "", each.address);
            EXPECT_EQ(header.source_port, header.source ? 4660 : 0);
            EXPECT_EQ(header.https, each.https);
        }
    }
}

TEST(proxy_protocol, every_beginning_of_a_header_asks_for_more) {
    for (const header_case& each : good_headers()) {
        for (std::size_t size = 0; size < each.bytes.size(); ++size) {
            const proxy_header header = read(each.bytes.substr(0, size));
            EXPECT_EQ(header.status, state::need_more) << each.bytes << ' ' << size;
            EXPECT_EQ(header.size, 0u);
        }
    }
}

TEST(proxy_protocol, malformed_headers_are_refused) {
    std::string wrong_signature = v2(0x21, 0x11, v4_addresses);
    wrong_signature[11] = '\r';
    const std::string bad[] = {
        "GET / HTTP/1.1\r\n",
        "\x16\x03\x01",
        "proxy TCP4 1.1.1.1 2.2.2.2 1 2\r\n",
        "PROXY\r\n",
        "PROXY \r\n",
        "PROXY TCP4\r\n",
        "PROXY TCP5 1.1.1.1 2.2.2.2 1 2\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 2 3\r\n",
        "PROXY TCP4 1.1.1.1  2.2.2.2 1 2\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 2 \r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 65536\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 01 2\r\n",
        "PROXY TCP4 ::1 ::2 1 2\r\n",
        "PROXY TCP6 1.1.1.1 2.2.2.2 1 2\r\n",
        "PROXY TCP4 1.1.1.256 2.2.2.2 1 2\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\rx",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\n\r\n",
        "PROXY UNKNOWN" + std::string(200, ' '),
        "PROXY UNKNOWN" + std::string(200, ' ') + "\r\n",
        wrong_signature,
        v2(0x11, 0x11, v4_addresses),
        v2(0x22, 0x11, v4_addresses),
        v2(0x2f, 0x11, v4_addresses),
        v2(0x21, 0x41, v4_addresses),
        v2(0x21, 0x13, v4_addresses),
        v2(0x21, 0x12, v4_addresses),
        v2(0x21, 0x10, v4_addresses),
        v2(0x21, 0x11, ""),
        v2(0x21, 0x11, v4_addresses.substr(1)),
        v2(0x21, 0x21, v4_addresses),
        v2(0x21, 0x11, v4_addresses + "x"),
        v2(0x21, 0x11, v4_addresses + "\x01\x00"s),
        v2(0x21, 0x11, v4_addresses + "\x01\x00\x05h2"s),
        v2(0x21, 0x11, v4_addresses + tlv(0x20, "\x01\0\0\0"s)),
        v2(0x21, 0x11, v4_addresses + std::string(1013, '\0')),
        signature + "\x21\x11\xff\xff"s,
    };
    for (const std::string& each : bad) EXPECT_EQ(read(each).status, state::malformed) << each;
}

TEST(proxy_protocol, random_and_mutated_bytes_are_read_within_their_limits) {
    std::mt19937 random{20270705};
    const auto headers = good_headers();
    for (int round = 0; round < 50'000; ++round) {
        std::string bytes = headers[random() % headers.size()].bytes;
        for (auto changes = random() % 4; changes > 0 && !bytes.empty(); --changes)
            bytes[random() % bytes.size()] = static_cast<char>(random());
        if (random() % 3 == 0) bytes.resize(random() % (bytes.size() + 1));
        const proxy_header header = read(bytes);
        if (header.status == state::complete) {
            ASSERT_GT(header.size, 0u);
            ASSERT_LE(header.size, bytes.size());
        } else {
            ASSERT_EQ(header.size, 0u);
        }
        if (header.status == state::need_more) {
            ASSERT_LT(bytes.size(), proxy_header_max);
        }
    }
}

}  // namespace
}  // namespace campgate::server
