// The four languages of the pages and of the problems' texts, and the choice among them.
// Thread safety: any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace campgate::server {

enum class language : std::uint8_t { fr, nl, de, en };

inline constexpr std::array all_languages{language::fr, language::nl, language::de, language::en};

/// One text in every language, in the order of `language`.
using texts = std::array<std::string_view, all_languages.size()>;

constexpr std::string_view text_in(const texts& all, language asked) noexcept {
    return all[static_cast<std::size_t>(asked)];
}

/// The BCP 47 code, e.g. "fr": for Content-Language.
std::string_view code_of(language asked) noexcept;

/// Of such a code, French of any other text.
language language_of_code(std::string_view code) noexcept;

/// The best language for an Accept-Language field (RFC 9110 §12.5.4), French if none fits or the
/// field is absent (empty) or malformed. "nl-BE" counts as "nl"; q=0 rules a language out.
language choose_language(std::string_view accept_language) noexcept;

}  // namespace campgate::server
