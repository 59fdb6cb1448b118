// The door through which every mail leaves: written now, in the transaction of its cause, and sent
// later by mail_sender. So a mail exists exactly when its cause does. Thread safety: any thread;
// the transaction is its caller's.
#pragma once

#include "persistence/mail_store.hpp"
#include "server/mail/mail.hpp"
#include "server/mail/mail_templates.hpp"
#include "server/time_zone.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace campgate::server {

/// Who writes, and where the pages are: what every mail's layout may name.
struct letterhead {
    std::string organiser;
    std::string address;
    std::string email;
    std::string public_url;  ///< without a slash at its end
    time_zone zone;          ///< in which moments are told
};

/// What is kept, sealed, until the mail is sent and its retention has passed.
struct mail_content {
    mailbox to;
    std::string subject;
    std::string text;
    std::string html;
    std::string in;  ///< the language's code
    std::vector<mail_attachment> attachments;
};
std::string sealed_form(const mail_content& content);
mail_content mail_content_of(std::string_view sealed_form);  ///< throws on what we never wrote

class mail_outbox {
public:
    /// `head` is asked at each mail. `domain`: of the Message-IDs.
    mail_outbox(mail_templates templates, secret_key key, std::string domain,
                std::function<letterhead()> head);

    /// Writes the mail into the caller's transaction; false when its cause has one already. Throws
    /// database_error as any statement does, and invalid_argument for an address that is none.
    bool put(worker_transaction& work, const mail& m, instant now) const;
    /// The same for a mail to nobody: it has failed from the start, and staff see that.
    bool set_aside(worker_transaction& work, const mail& m, instant now) const;

    const secret_key& key() const noexcept { return key_; }
    letterhead head() const { return head_(); }

private:
    new_mail written(const mail& m, instant now) const;

    const mail_templates templates_;
    const secret_key key_;
    const std::string domain_;
    const std::function<letterhead()> head_;
};

}  // namespace campgate::server
