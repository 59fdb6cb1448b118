// What a mail is made of before it is written: whom it goes to, which kind, and the values of its
// template. The values hold names: they are never logged. Thread safety: values only.
#pragma once

#include "core/ids.hpp"
#include "server/language.hpp"
#include "server/mail/mail_template.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace campgate::server {

enum class mail_kind : std::uint8_t {
    email_confirmation,
    readiness_reminder,
    hold_reminder,
    holds_ended,
    recap,
    booking_cancelled,
    refund,
};
inline constexpr std::array all_mail_kinds{mail_kind::email_confirmation,
                                           mail_kind::readiness_reminder,
                                           mail_kind::hold_reminder,
                                           mail_kind::holds_ended,
                                           mail_kind::recap,
                                           mail_kind::booking_cancelled,
                                           mail_kind::refund};

/// As in file names and tables, e.g. "email_confirmation".
std::string_view name_of(mail_kind kind) noexcept;

/// A mailbox. `name` may be anything a person is called; `address` has passed is_mail_address.
struct mailbox {
    std::string name;
    std::string address;
};

struct mail_attachment {
    std::string name;  ///< of the file, e.g. "semaine-27.ics"
    std::string type;  ///< its media type, e.g. "text/calendar; charset=utf-8; method=PUBLISH"
    std::string bytes;
};

struct mail {
    mail_kind kind{};
    language in{};
    mailbox to;
    std::optional<family_id> family{};   ///< whose erasure takes the mail along
    std::string cause{};                 ///< a second mail of the same cause is not made; "": none
    std::optional<instant> not_after{};  ///< later it would only confuse: it then fails
    template_values values{};
    std::vector<mail_attachment> attachments{};
};

}  // namespace campgate::server
