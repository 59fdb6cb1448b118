// The walk, and the two syntaxes of its list.
#include "server/client_address.hpp"

#include "server/quality_list.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace campgate::server {

namespace {

/// One entry of a list: who it names, if that is an address, and how that one asked.
struct hop {
    std::optional<ip_address> address;
    bool https{};
};

/// The hops nearest to us; more would mean that somebody pads the list.
class hop_list {
public:
    static constexpr std::size_t hops_max = 32;

    bool push(const hop& next) noexcept {
        if (size_ == hops_max) return false;
        hops_[size_++] = next;
        return true;
    }
    std::size_t size() const noexcept { return size_; }
    const hop& from_right(std::size_t index) const noexcept { return hops_[size_ - 1 - index]; }

private:
    std::array<hop, hops_max> hops_{};
    std::size_t size_{};
};

/// An address that may have brackets and a port (RFC 7239 §6).
std::optional<ip_address> parse_node(std::string_view text) noexcept {
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        const std::string_view rest = text.substr(end + 1);
        if (!rest.empty() && !rest.starts_with(':')) return std::nullopt;
        const auto address = parse_ip_address(text.substr(1, end - 1));
        return address && text.substr(1, end - 1).find(':') != std::string_view::npos
                   ? address
                   : std::nullopt;
    }
    const auto colon = text.find(':');
    const bool one_colon = colon != std::string_view::npos && colon == text.rfind(':');
    return parse_ip_address(one_colon ? text.substr(0, colon) : text);
}

/// The right end of the list is ours, so it is read from there; what is left of it may be anything.
hop_list parse_x_forwarded_for(std::string_view field) noexcept {
    std::array<hop, hop_list::hops_max> from_right{};
    std::size_t count = 0;
    while (count < from_right.size()) {
        const auto comma = field.rfind(',');
        const std::string_view item =
            trimmed(comma == std::string_view::npos ? field : field.substr(comma + 1));
        if (!item.empty()) from_right[count++].address = parse_node(item);
        if (comma == std::string_view::npos) break;
        field = field.substr(0, comma);
    }
    hop_list list;
    while (count > 0) list.push(from_right[--count]);
    return list;
}

class forwarded_parser {
public:
    explicit forwarded_parser(std::string_view field) noexcept : rest_(field) {}

    /// Nothing when the field is not as RFC 7239 §4 says: quotes could then hide a comma.
    std::optional<hop_list> parse() noexcept {
        hop_list list;
        while (true) {
            skip_blanks();
            if (take(',')) continue;
            if (rest_.empty()) return list;
            hop next;
            if (!take_element(next) || !list.push(next)) return std::nullopt;
            skip_blanks();
            if (!rest_.empty() && !take(',')) return std::nullopt;
        }
    }

private:
    bool take_element(hop& into) noexcept {
        bool named = false;
        do {
            const auto equals = rest_.find('=');
            if (equals == std::string_view::npos) return false;
            const std::string_view name = rest_.substr(0, equals);
            if (name.empty() || name.find_first_of(" \t,;\"") != std::string_view::npos)
                return false;
            rest_.remove_prefix(equals + 1);
            const auto value = take_value();
            if (!value) return false;
            if (equal_ignoring_case(name, "for")) {
                if (named) return false;
                named = true;
                into.address = parse_node(*value);
            }
            if (equal_ignoring_case(name, "proto"))
                into.https = equal_ignoring_case(*value, "https");
        } while (take(';'));
        return true;
    }

    /// A token, also with the characters of an unquoted node that many proxies write, or a quoted
    /// string without its quotes; escapes stay in it, and so never are an address.
    std::optional<std::string_view> take_value() noexcept {
        if (take('"')) {
            for (std::size_t i = 0; i < rest_.size(); ++i) {
                if (rest_[i] == '\\')
                    ++i;
                else if (rest_[i] == '"') {
                    const std::string_view value = rest_.substr(0, i);
                    rest_.remove_prefix(i + 1);
                    return value;
                }
            }
            return std::nullopt;
        }
        const auto end = std::min(rest_.find_first_of(" \t,;\""), rest_.size());
        const std::string_view value = rest_.substr(0, end);
        rest_.remove_prefix(end);
        if (value.empty() || rest_.starts_with('"')) return std::nullopt;
        return value;
    }

    void skip_blanks() noexcept {
        while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t'))
            rest_.remove_prefix(1);
    }
    bool take(char expected) noexcept {
        if (!rest_.starts_with(expected)) return false;
        rest_.remove_prefix(1);
        return true;
    }

    std::string_view rest_;
};

client_origin walk(const client_origin& peer, const hop_list& list, const ip_networks& trusted) {
    client_origin found = peer;
    for (std::size_t i = 0; i < list.size() && contains(trusted, found.address); ++i) {
        const hop& next = list.from_right(i);
        if (!next.address) break;
        found = {*next.address, next.https, true};
    }
    return found;
}

/// The last value of the list, which is the one our peer wrote.
bool says_https(std::string_view x_forwarded_proto) noexcept {
    const auto comma = x_forwarded_proto.rfind(',');
    if (comma != std::string_view::npos) x_forwarded_proto.remove_prefix(comma + 1);
    return equal_ignoring_case(trimmed(x_forwarded_proto), "https");
}

}  // namespace

client_origin who_asks(const ip_address& peer, bool peer_is_tls, const forwarding_fields& fields,
                       const ip_networks& trusted) {
    const client_origin itself{peer, peer_is_tls, false};
    if (!contains(trusted, peer)) return itself;

    std::optional<client_origin> by_forwarded;
    if (!fields.forwarded.empty()) {
        const auto list = forwarded_parser{fields.forwarded}.parse();
        by_forwarded = list ? walk(itself, *list, trusted) : itself;
    }
    std::optional<client_origin> by_x;
    if (!fields.x_forwarded_for.empty()) {
        by_x = walk(itself, parse_x_forwarded_for(fields.x_forwarded_for), trusted);
        if (by_x->forwarded) by_x->https = says_https(fields.x_forwarded_proto);
    }

    if (by_forwarded && by_x) return by_forwarded->address == by_x->address ? *by_x : itself;
    if (by_forwarded) return *by_forwarded;
    if (by_x) return *by_x;
    return {peer, peer_is_tls || says_https(fields.x_forwarded_proto), false};
}

}  // namespace campgate::server
