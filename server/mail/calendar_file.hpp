// Camp weeks as a calendar file (RFC 5545) that a parent opens in whatever calendar they have: one
// event a week, all day, on the days with camp only. An event keeps its `uid`, so that a later file
// can take it away again (RFC 5546 METHOD:CANCEL). Thread safety: any thread.
#pragma once

#include "core/ids.hpp"
#include "server/mail/mail.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace campgate::server {

struct calendar_event {
    std::string uid;      ///< the same for the same booking, for ever; tells nothing
    std::string summary;  ///< "Léa – Petits"
    std::string place;    ///< or empty
    std::vector<std::chrono::sys_days> days;  ///< ascending, at least one
};

enum class calendar_method : std::uint8_t {
    publish,
    cancel,  ///< of exactly one event
};

/// `by`: whom the events are of. `made`: now.
std::string calendar_text(calendar_method method, const std::vector<calendar_event>& events,
                          const mailbox& by, instant made);

/// The same as a file "weeks.ics", by the name it has in the language.
mail_attachment calendar_file(calendar_method method, const std::vector<calendar_event>& events,
                              const mailbox& by, instant made, language in);

}  // namespace campgate::server
