// How a mail leaves the house: a port, so that the sender's rules are the same with a mail server,
// without one (demo) and in tests.
#pragma once

#include "persistence/mail_store.hpp"
#include "server/mail/mail_outbox.hpp"

#include <string>

namespace campgate::server {

struct outgoing_mail {
    std::string message_id;
    instant made;
    mail_content content;
};

/// How an attempt ended. Only `none` means that the mail server has taken the mail.
struct delivery_outcome {
    mail_failure why{mail_failure::none};
    bool for_good{};       ///< asking again would get the same answer
    bool servers_fault{};  ///< other mails would fare no better now
};

class mail_delivery {
public:
    virtual ~mail_delivery() = default;
    /// Blocks until it is known, or given up. Never throws for what the network does.
    virtual delivery_outcome deliver(const outgoing_mail& m) = 0;
    /// Any thread: a delivery under way should end soon, undecided if need be.
    virtual void hurry() noexcept {}
};

/// The demo's: the mail stays in the database, where the demo's page shows it.
class keep_in_database final : public mail_delivery {
public:
    delivery_outcome deliver(const outgoing_mail&) override { return {}; }
};

}  // namespace campgate::server
