// The letters that Campgate writes, each as a mail ready for the outbox: what they say stands in
// data/mails, what they are given stands here. Thread safety: any thread.
#pragma once

#include "core/season.hpp"
#include "server/mail/mail.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace campgate::server {

/// To whom, in which language, for which family.
struct addressee {
    family_id family;
    std::string given_name;
    std::string family_name;
    std::string email;
    language in{language::fr};
    bool confirmed = true;  ///< the address is known to be theirs (S7)
};

/// A mail of this kind to them, with their names in it and nothing else.
mail to_parent(const addressee& to, mail_kind kind);

/// "Is this address yours?" (S7). `link` leads to the page that confirms it.
mail email_confirmation(const addressee& to, std::string link);

/// Something that is missing before the opening. `code` as in GET /api/v1/readiness.
struct missing_thing {
    std::string code;
    std::optional<instant> at{};  ///< when a sheet lapses
};

struct missing_of_child {
    std::string given_name;
    std::vector<missing_thing> missing;
};

/// "Something is missing before the opening" (B9). Not sent once the opening has passed. A second
/// one of the same `cause` is not made.
mail readiness_reminder(const addressee& to, std::string cause,
                        const std::vector<missing_thing>& family,
                        const std::vector<missing_of_child>& children,
                        std::optional<instant> opening, std::string portal_link);

/// Values with every name a template of this kind may use: its schema, and a sample for previews.
template_values example_values(mail_kind kind);

}  // namespace campgate::server
