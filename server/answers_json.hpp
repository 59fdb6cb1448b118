// Questions and answers as JSON: in requests and answers, and sealed in the database. What is
// written here is read again by the same function. Thread safety: any thread; no state.
#pragma once

#include "core/questionnaire.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace campgate::server {

/// The body of GET /sheet/questions.
boost::json::object to_json(const questionnaire& asked);

/// {"blood_group":"a_pos","tetanus":true,"medicines":[{"name":"…"}]}
boost::json::object to_json(const answers& given);

/// Values that no question could accept stay in as such, for check_answers to refuse. `asked` says
/// what an empty array is meant to be.
answers answers_of(const boost::json::object& given, const questionnaire& asked);

/// Of a text that to_json made; none when it is not one.
answers answers_of(std::string_view text, const questionnaire& asked);

/// {"fr":"…","nl":"…",…}, languages left out in the file with the French text.
boost::json::object to_json(const localized& text);

}  // namespace campgate::server
