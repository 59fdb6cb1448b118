#include "server/folded_text.hpp"

#include <cstddef>

namespace campgate::server {

namespace {

// What stands for U+00C0 to U+017F; '-' where a letter stays as it is.
constexpr std::string_view latin =
    "aaaaaaaceeeeiiii"   // C0
    "-nooooo-ouuuuy--"   // D0
    "aaaaaaaceeeeiiii"   // E0
    "-nooooo-ouuuuy-y"   // F0
    "aaaaaaccccccccdd"   // 100
    "ddeeeeeeeeeegggg"   // 110
    "gggghhhhiiiiiiii"   // 120
    "iiiijjkk-lllllll"   // 130
    "lllnnnnnnnnnoooo"   // 140
    "oooorrrrrrssssss"   // 150
    "ssttttttuuuuuuuu"   // 160
    "uuuuwwyyyzzzzzzs";  // 170
constexpr unsigned latin_first = 0xc0;
static_assert(latin.size() == 0x180 - latin_first);

}  // namespace

std::string folded(std::string_view utf8) {
    std::string out;
    out.reserve(utf8.size());
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto byte = static_cast<unsigned char>(utf8[i]);
        if (byte < 0x80) {
            out += byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + ('a' - 'A'))
                                              : static_cast<char>(byte);
            continue;
        }
        // Two bytes hold U+0080 to U+07FF.
        if ((byte & 0xe0) == 0xc0 && i + 1 < utf8.size()) {
            const unsigned code =
                (byte & 0x1fU) << 6 | (static_cast<unsigned char>(utf8[i + 1]) & 0x3fU);
            const bool known = code >= latin_first && code < latin_first + latin.size() &&
                               latin[code - latin_first] != '-';
            if (known) {
                out += latin[code - latin_first];
                ++i;
                continue;
            }
        }
        out += static_cast<char>(byte);
    }
    return out;
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const auto end = text.find(' ');
        const std::string_view word = text.substr(0, end);
        if (!word.empty()) words.emplace_back(word);
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return words;
}

}  // namespace campgate::server
