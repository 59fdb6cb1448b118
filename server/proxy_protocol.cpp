// After the HAProxy project's "The PROXY protocol, versions 1 & 2", §2.
#include "server/proxy_protocol.hpp"

#include "server/query_string.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace campgate::server {

namespace {

using bytes_view = std::span<const std::byte>;
using state = proxy_header::state;

constexpr std::string_view v1_start = "PROXY ";
constexpr std::size_t v1_size_max = 107;  // with its CRLF

constexpr std::string_view v2_signature{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::size_t v2_fixed_size = 16;
constexpr std::size_t v4_addresses_size = 12;
constexpr std::size_t v6_addresses_size = 36;
constexpr unsigned tlv_ssl = 0x20;
constexpr unsigned ssl_client_flag = 0x01;

constexpr proxy_header malformed{};
constexpr proxy_header need_more{state::need_more, 0, {}, 0, false};

unsigned at(bytes_view bytes, std::size_t index) {
    return std::to_integer<unsigned>(bytes[index]);
}

unsigned read_u16(bytes_view bytes, std::size_t index) {
    return at(bytes, index) << 8 | at(bytes, index + 1);
}

bool starts_like(bytes_view bytes, std::string_view expected) {
    const std::size_t count = std::min(bytes.size(), expected.size());
    for (std::size_t i = 0; i < count; ++i) {
        if (at(bytes, i) != static_cast<unsigned char>(expected[i])) return false;
    }
    return true;
}

/// Takes what is before the next space, and the space.
std::string_view take_word(std::string_view& line) {
    const auto space = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, space);
    line.remove_prefix(std::min(space + 1, line.size()));
    return word;
}

/// "TCP4 192.0.2.1 192.0.2.9 56324 443", or "UNKNOWN" and anything.
proxy_header read_v1_line(std::string_view line, std::size_t size) {
    const std::string_view family = take_word(line);
    proxy_header made{state::complete, size, {}, 0, false};
    if (family == "UNKNOWN") return made;
    if (family != "TCP4" && family != "TCP6") return malformed;

    const std::string_view source_text = take_word(line);
    const std::string_view destination_text = take_word(line);
    const auto source = parse_ip_address(source_text);
    const auto destination = parse_ip_address(destination_text);
    const bool as_v6 = family == "TCP6";
    const auto fits = [as_v6](std::string_view text) {
        return (text.find(':') != std::string_view::npos) == as_v6;
    };
    if (!source || !destination || !fits(source_text) || !fits(destination_text)) return malformed;

    const auto source_port = parse_unsigned(take_word(line), 0, 65'535);
    if (!source_port || !parse_unsigned(line, 0, 65'535)) return malformed;
    made.source = source;
    made.source_port = static_cast<std::uint16_t>(*source_port);
    return made;
}

proxy_header read_v1(bytes_view bytes) {
    std::array<char, v1_size_max> text{};
    const std::size_t count = std::min(bytes.size(), v1_size_max);
    for (std::size_t i = 0; i < count; ++i) text[i] = static_cast<char>(at(bytes, i));
    const std::string_view seen{text.data(), count};
    const auto end = seen.find('\r');
    if (end == std::string_view::npos || end + 1 == count)
        return count < v1_size_max ? need_more : malformed;
    if (seen[end + 1] != '\n') return malformed;
    return read_v1_line(seen.substr(v1_start.size(), end - v1_start.size()), end + 2);
}

/// The TLVs must fill their space exactly. Only that of TLS is of interest.
bool read_tlvs(bytes_view tlvs, proxy_header& into) {
    while (!tlvs.empty()) {
        if (tlvs.size() < 3) return false;
        const unsigned type = at(tlvs, 0);
        const std::size_t length = read_u16(tlvs, 1);
        if (tlvs.size() - 3 < length) return false;
        if (type == tlv_ssl) {
            if (length < 5) return false;
            into.https = (at(tlvs, 3) & ssl_client_flag) != 0;
        }
        tlvs = tlvs.subspan(3 + length);
    }
    return true;
}

/// The addresses of a proxied connection; `body` is what the header's length covers.
bool read_v2_body(unsigned family, bytes_view body, proxy_header& into) {
    constexpr unsigned inet = 1;
    constexpr unsigned inet6 = 2;
    if (family != inet && family != inet6) return true;
    const std::size_t size = family == inet ? v4_addresses_size : v6_addresses_size;
    if (body.size() < size) return false;
    if (family == inet) {
        std::array<std::uint8_t, 4> v4{};
        for (std::size_t i = 0; i < v4.size(); ++i) v4[i] = static_cast<std::uint8_t>(at(body, i));
        into.source = ip_address::from_v4(v4);
    } else {
        std::array<std::uint8_t, 16> v6{};
        for (std::size_t i = 0; i < v6.size(); ++i) v6[i] = static_cast<std::uint8_t>(at(body, i));
        into.source = ip_address::from_v6(v6);
    }
    into.source_port = static_cast<std::uint16_t>(read_u16(body, size - 4));
    return read_tlvs(body.subspan(size), into);
}

proxy_header read_v2(bytes_view bytes) {
    if (bytes.size() <= v2_signature.size()) return need_more;
    const unsigned version_and_command = at(bytes, 12);
    const bool local = version_and_command == 0x20;
    if (!local && version_and_command != 0x21) return malformed;

    if (bytes.size() < 14) return need_more;
    const unsigned family = at(bytes, 13) >> 4;
    const unsigned transport = at(bytes, 13) & 0x0fU;
    // Unspecified, or a stream: datagrams do not arrive on this listener.
    if (family > 3 || transport > 2) return malformed;
    if (!local && family != 0 && transport != 1) return malformed;

    if (bytes.size() < v2_fixed_size) return need_more;
    const std::size_t length = read_u16(bytes, 14);
    if (v2_fixed_size + length > proxy_header_max) return malformed;
    if (bytes.size() < v2_fixed_size + length) return need_more;

    proxy_header made{state::complete, v2_fixed_size + length, {}, 0, false};
    if (local) return made;
    return read_v2_body(family, bytes.subspan(v2_fixed_size, length), made) ? made : malformed;
}

}  // namespace

proxy_header read_proxy_header(std::span<const std::byte> bytes) noexcept {
    if (bytes.empty()) return need_more;
    if (starts_like(bytes, v2_signature)) return read_v2(bytes);
    if (!starts_like(bytes, v1_start)) return malformed;
    return bytes.size() < v1_start.size() ? need_more : read_v1(bytes);
}

}  // namespace campgate::server
