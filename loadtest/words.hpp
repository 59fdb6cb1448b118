// A text in the report's two languages, both in the page: its style shows one of them. For HTML
// and, as tspans, for SVG. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace campgate::rush {

struct words {
    std::string fr;
    std::string en;

    words(std::string both) : fr(both), en(std::move(both)) {}
    words(std::string french, std::string english)
        : fr(std::move(french)),
          en(std::move(english)) {}

    std::string html() const {
        if (fr == en) return fr;
        return "<span class=\"fr\" lang=\"fr\">" + fr + "</span><span class=\"en\" lang=\"en\">" +
               en + "</span>";
    }
    std::string svg() const {
        if (fr == en) return fr;
        return "<tspan class=\"fr\">" + fr + "</tspan><tspan class=\"en\">" + en + "</tspan>";
    }
    friend words operator+(const words& a, const words& b) { return {a.fr + b.fr, a.en + b.en}; }
};

/// 12 345 with thin spaces; 1,5 or 1.5.
words number_words(double value, int decimals = 0);
/// Of microseconds: 0.35 ms, 12 ms, 2.5 s.
words duration_words(double micros);
std::string escaped(std::string_view text);

}  // namespace campgate::rush
