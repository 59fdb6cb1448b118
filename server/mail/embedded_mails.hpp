// The files of data/mails, which the program carries with it. Constant.
#pragma once

#include <span>
#include <string_view>

namespace campgate::server {

struct embedded_mail {
    std::string_view name;  ///< of the file, e.g. "email_confirmation.fr.txt"
    std::string_view text;
};

std::span<const embedded_mail> embedded_mails() noexcept;

}  // namespace campgate::server
