// Dates and amounts as a letter writes them, in each language. The server's own, because a mail has
// no browser to do it. Thread safety: any thread.
#pragma once

#include "core/ids.hpp"
#include "server/language.hpp"
#include "server/mail/mail_template.hpp"
#include "server/time_zone.hpp"

#include <string>

namespace campgate::server {

/// "samedi 20 mars 2027"
std::string day_in_words(local_seconds at, language in);
/// "samedi 20 mars 2027 à 9 h 00"; parts of a minute are cut.
std::string moment_in_words(local_seconds at, language in);
/// "1 234,50 €" with unbreakable spaces.
std::string amount_in_words(cents amount, language in);

/// "2e", "2.", "2nd"; `feminine` matters in French: "1re semaine".
std::string ordinal_in_words(std::uint64_t number, language in, bool feminine = false);

/// Each moment becomes two texts: its name with day and time, and its name and "_day".
void put_into_words(template_values& values, language in, const time_zone& zone);

}  // namespace campgate::server
