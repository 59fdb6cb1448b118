// A national register number (NISS): eleven digits YYMMDD SSS CC whose last two check the others.
// The number identifies; neither age nor sex is ever read from it (DOMAIN, NISS). Personal data:
// never in a log, a URL or the journal. A plain value. Thread safety: any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace campgate {

class niss {
public:
    static constexpr std::size_t digits_count = 11;

    /// Bare digits, or as it is shown: 85.07.30-033.28; also with spaces in these places. Nothing
    /// unless the check digits fit (births from 2000 count with a 2 before them) and month and day
    /// can be those of a number: months plus 20 or 40 in bis numbers, 00 when unknown.
    static std::optional<niss> parse(std::string_view text);

    /// The number with these parts and the right check digits. Year of birth in full; month as it
    /// stands in the number; serial 1 to 998.
    static niss make(unsigned year, unsigned month, unsigned day, unsigned serial);

    std::string digits() const { return {digits_.begin(), digits_.end()}; }
    std::string text() const;  ///< 85.07.30-033.28
    friend bool operator==(const niss&, const niss&) = default;

private:
    explicit niss(const std::array<char, digits_count>& digits) : digits_(digits) {}
    std::array<char, digits_count> digits_;
};

/// 85.07.30-033.28 of eleven digits; any other text as it is.
std::string niss_text(std::string_view digits);

}  // namespace campgate
