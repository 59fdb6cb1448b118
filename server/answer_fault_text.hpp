// What is said at the field about an answer that cannot be taken, in the four languages.
// Thread safety: any thread; no state.
#pragma once

#include "core/questionnaire.hpp"
#include "server/language.hpp"

#include <string>

namespace campgate::server {

std::string text_of(const answer_fault& fault, language asked);

}  // namespace campgate::server
