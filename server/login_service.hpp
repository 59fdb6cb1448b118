// Everything a login needs besides the table of logins: the provider, the box for attempts, and
// threads of its own, which wait for the provider and for nothing else; a provider that is slow
// holds up logins alone. Members are constant after start. Thread safety: any thread.
#pragma once

#include "server/oidc/login_attempt.hpp"
#include "server/oidc/relying_party.hpp"
#include "server/worker_pool.hpp"

#include <memory>
#include <string>

namespace campgate::server {

class demo_provider;

struct login_service {
    /// A login waits about two round trips to the provider: at 200 ms that makes 80 a second.
    static constexpr std::size_t threads = 32;

    explicit login_service(const std::array<unsigned char, 32>& secret);
    ~login_service();

    login_attempt_box attempts;
    std::string public_url;                   ///< of browsers, without a slash at its end
    std::shared_ptr<demo_provider> demo;      ///< null: none of our own
    std::unique_ptr<relying_party> provider;  ///< null: nobody can log in
    worker_pool workers{threads};             ///< ends first: its jobs use the others
};

}  // namespace campgate::server
