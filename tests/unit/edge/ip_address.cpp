// Addresses and networks as values.
#include "server/ip_address.hpp"

#include <gtest/gtest.h>

#include <string>

namespace campgate::server {
namespace {

ip_address ip(std::string_view text) {
    const auto address = parse_ip_address(text);
    EXPECT_TRUE(address) << text;
    return address.value_or(ip_address{});
}

TEST(ip_address, is_one_value_whatever_its_form) {
    EXPECT_EQ(ip("192.0.2.7"), ip("::ffff:192.0.2.7"));
    EXPECT_EQ(ip("2001:db8::7"), ip("2001:DB8:0:0::7"));
    EXPECT_EQ(to_text(ip("::ffff:192.0.2.7")), "192.0.2.7");
    EXPECT_EQ(to_text(ip("2001:DB8:0:0::7")), "2001:db8::7");
    EXPECT_TRUE(ip("127.8.9.1").is_loopback());
    EXPECT_TRUE(ip("::1").is_loopback());
    EXPECT_TRUE(ip("::ffff:127.0.0.1").is_loopback());
    for (const std::string_view text : {"::", "0.0.0.0", "::2", "128.0.0.1", "fe80::1"})
        EXPECT_FALSE(ip(text).is_loopback()) << text;
}

TEST(ip_address, is_no_other_text) {
    for (const std::string& text :
         {std::string{}, std::string{"1"}, std::string{"1.2.3"}, std::string{"1.2.3.256"},
          std::string{"1.2.3.4:80"}, std::string{"[::1]"}, std::string{"::1%lo"},
          std::string{" 1.2.3.4"}, std::string{"1.2.3.4\0", 8}, std::string{"localhost"},
          std::string{"0x7f.1"}, std::string{"01.2.3.4"}, std::string{":::"},
          std::string(100, '1')})
        EXPECT_FALSE(parse_ip_address(text)) << text;
}

TEST(ip_network, contains_what_shares_its_prefix) {
    const auto in = [](std::string_view network, std::string_view address) {
        return parse_ip_network(network)->contains(ip(address));
    };
    EXPECT_TRUE(in("10.0.0.0/8", "10.255.0.1"));
    EXPECT_FALSE(in("10.0.0.0/8", "11.0.0.1"));
    EXPECT_TRUE(in("10.0.0.128/25", "10.0.0.200"));
    EXPECT_FALSE(in("10.0.0.128/25", "10.0.0.100"));
    EXPECT_TRUE(in("192.0.2.7", "192.0.2.7"));
    EXPECT_TRUE(in("192.0.2.7/32", "::ffff:192.0.2.7"));
    EXPECT_FALSE(in("192.0.2.7", "192.0.2.8"));
    EXPECT_TRUE(in("0.0.0.0/0", "203.0.113.9"));
    EXPECT_FALSE(in("0.0.0.0/0", "2001:db8::1"));
    EXPECT_TRUE(in("2001:db8::/32", "2001:db8:1::1"));
    EXPECT_FALSE(in("2001:db8::/33", "2001:db8:8000::1"));
    EXPECT_TRUE(in("::/0", "203.0.113.9"));
    EXPECT_TRUE(in("::ffff:10.0.0.0/104", "10.1.2.3"));
}

TEST(ip_network, is_no_other_text) {
    for (const std::string_view text :
         {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/-1", "10.0.0.1/8",
          "10.0.0.0/8/8", "2001:db8::/129", "2001:db8::1/64", "all", "10.*", "::ffff:10.0.0.1/104"})
        EXPECT_FALSE(parse_ip_network(text)) << text;
}

TEST(limit_group, is_an_ipv4_address_or_an_ipv6_64) {
    EXPECT_NE(limit_group(ip("192.0.2.7")), limit_group(ip("192.0.2.8")));
    EXPECT_EQ(limit_group(ip("192.0.2.7")), limit_group(ip("::ffff:192.0.2.7")));
    EXPECT_EQ(limit_group(ip("2001:db8:1:2::1")), limit_group(ip("2001:db8:1:2:ffff::9")));
    EXPECT_NE(limit_group(ip("2001:db8:1:2::1")), limit_group(ip("2001:db8:1:3::1")));
}

}  // namespace
}  // namespace campgate::server
