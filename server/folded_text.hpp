// Texts as a search compares them: small letters without their accents. Thread
// safety: no state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace campgate::server {

/// Latin letters lose case and accents ("Éloïse" becomes "eloise"); all else
/// stays as it is.
std::string folded(std::string_view utf8);

/// Parted at spaces, without empty words.
std::vector<std::string> words_of(std::string_view text);

}  // namespace campgate::server
