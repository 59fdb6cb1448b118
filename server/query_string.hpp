// The query of a request target, read strictly: percent encoding, no parameter twice, valid UTF-8.
// Thread safety: any thread for const use.
#pragma once

#include "server/result.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace campgate::server {

/// A decimal integer without sign, leading zeros or anything around it, within [least, most].
std::optional<std::uint64_t> parse_unsigned(std::string_view text, std::uint64_t least,
                                            std::uint64_t most) noexcept;

/// Valid UTF-8 (RFC 3629)?
bool is_utf8(std::string_view text) noexcept;

/// Percent-decoded; nothing for a broken escape, a control character or invalid UTF-8.
std::optional<std::string> percent_decoded(std::string_view text);

/// Which parameter is wrong: "" when the query has no such thing as a name there.
struct query_fault {
    std::string parameter;
};

class query_string {
public:
    static constexpr std::size_t parameters_max = 16;

    /// `text` is what follows the '?'. Parameters outside `known`, repeated ones, and ones without
    /// '=' are faults.
    static result<query_string, query_fault> parse(std::string_view text,
                                                   std::initializer_list<std::string_view> known);

    /// The same for what others send us: parameters outside `known`, whatever they hold, are left
    /// out.
    static result<query_string, query_fault> parse_foreign(
        std::string_view text, std::initializer_list<std::string_view> known);

    std::optional<std::string_view> find(std::string_view name) const noexcept;

private:
    static result<query_string, query_fault> read(std::string_view text,
                                                  std::initializer_list<std::string_view> known,
                                                  bool others_allowed);

    struct parameter {
        std::string name;
        std::string value;
    };
    std::vector<parameter> parameters_;
};

}  // namespace campgate::server
