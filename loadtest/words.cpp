#include "loadtest/words.hpp"

#include <cmath>
#include <cstdio>

namespace campgate::rush {

words number_words(double value, int decimals) {
    char digits[64];
    std::snprintf(digits, sizeof digits, "%.*f", decimals, value);
    const std::string_view text{digits};
    const std::size_t point = std::min(text.find('.'), text.size());
    std::string whole;
    for (std::size_t i = 0; i < point; ++i) {
        whole += text[i];
        const std::size_t left = point - 1 - i;
        if (left > 0 && left % 3 == 0 && text[i] != '-') whole += "\u202f";
    }
    if (point == text.size()) return whole;
    const std::string fraction{text.substr(point + 1)};
    return {whole + "," + fraction, whole + "." + fraction};
}

words duration_words(double micros) {
    const auto with = [](double value, const char* unit) {
        const bool tenths = std::abs(value * 10 - std::round(value * 10)) < 1e-6;
        const int decimals = value >= 10 || value == std::floor(value) ? 0
                             : value >= 1 || tenths                    ? 1
                                                                       : 2;
        return number_words(value, decimals) + words{std::string{"\u00a0"} + unit};
    };
    return micros < 999'500 ? with(micros / 1e3, "ms") : with(micros / 1e6, "s");
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default: out += c;
        }
    }
    return out;
}

}  // namespace campgate::rush
