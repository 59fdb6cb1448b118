// Every kind of mail in every language: the texts that the program carries, and those that the
// organiser put in their place. Read at start, all faults told at once. Thread safety: constant.
#pragma once

#include "server/file_fault.hpp"
#include "server/language.hpp"
#include "server/mail/mail.hpp"
#include "server/mail/mail_template.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace campgate::server {

struct written_mail {
    std::string subject;  ///< one line
    std::string text;
    std::string html;
};

class mail_templates {
public:
    /// The program's own texts, with the files of `directory` (empty: none) in their place. A file
    /// whose name is none of ours is a fault: it would be a slip that nobody notices.
    static std::variant<mail_templates, std::vector<file_fault>> load(
        const std::filesystem::path& directory);

    written_mail write(mail_kind kind, language in, const template_values& values) const;

private:
    struct one {
        mail_template subject;
        mail_template text;
        mail_template html;
    };
    struct layout {
        mail_template text;
        mail_template html;
    };
    std::map<std::pair<mail_kind, language>, one> mails_;
    std::map<language, layout> layouts_;
};

}  // namespace campgate::server
