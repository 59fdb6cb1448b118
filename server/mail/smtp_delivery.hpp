// A mail server over SMTP, by libcurl: its MIME parts, STARTTLS, authentication, time-outs. Belongs
// to the sender's thread; `hurry` may come from any.
#pragma once

#include "server/mail/mail_delivery.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace campgate::server {

enum class mail_tls : std::uint8_t {
    required,    ///< STARTTLS with a certificate that is vouched for, or nothing is sent
    if_offered,  ///< STARTTLS where it is offered, whoever it is: better than nothing
    implicit,    ///< TLS from the first byte (port 465), as strict as `required`
    never,       ///< only to a mail server on this machine
};
std::optional<mail_tls> mail_tls_of(std::string_view text) noexcept;
std::uint16_t default_port(mail_tls tls) noexcept;

struct smtp_settings {
    std::string server;  ///< a name or an address
    std::uint16_t port{};
    mail_tls tls{};
    std::string ca_file;  ///< empty: the machine's own
    std::string user;     ///< empty: no authentication
    std::string password;
    mailbox from;
    std::string greeting;  ///< the name we say in EHLO
    std::chrono::milliseconds timeout{};
};

class smtp_delivery final : public mail_delivery {
public:
    explicit smtp_delivery(smtp_settings settings);
    ~smtp_delivery() override;
    delivery_outcome deliver(const outgoing_mail& m) override;
    void hurry() noexcept override { hurried_.store(true); }

private:
    struct session;
    const smtp_settings settings_;
    std::atomic<bool> hurried_{false};
    std::unique_ptr<session> session_;  // keeps a connection for the next mail
};

}  // namespace campgate::server
