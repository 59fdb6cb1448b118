// The lines at the head of a mail (RFC 5322, RFC 2047): whatever a person is called, a line stays
// ASCII, short, and one line. Thread safety: any thread.
#pragma once

#include "core/ids.hpp"
#include "server/mail/mail.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace campgate::server {

/// May mail be sent to it? ASCII, one @, no quotes, comments or literals: what RFC 5321 lets pass
/// beyond that is a slip of the pen more often than an address. At most 254 characters.
bool is_mail_address(std::string_view text) noexcept;

/// "Dalhem <plaines@dalhem.example>" or the address alone; nothing when there is no valid address.
std::optional<mailbox> parse_mailbox(std::string_view text);

/// The text without control characters and with U+FFFD for what is no UTF-8. With `lines`, line
/// feeds stay.
std::string cleaned(std::string_view text, bool lines = false);

/// A header's text: as it is where it is short plain ASCII, else in encoded words of at most 75
/// characters, a line each. `used`: characters that stand before it in the first line.
std::string header_text(std::string_view text, std::size_t used);

/// "Subject: …", folded, without the last line end.
std::string text_header(std::string_view name, std::string_view text);
/// "To: name <address>", folded.
std::string mailbox_header(std::string_view name, const mailbox& who);
/// "Tue, 24 Nov 2026 09:01:51 +0000"
std::string date_text(instant at);

}  // namespace campgate::server
