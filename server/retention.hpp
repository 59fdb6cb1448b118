// Forgets what has been kept long enough (docs/privacy.md): health sheets not validated for the
// configured months, families nobody logged in for and that hold nothing, audit rows, mails that
// were sent, supporting documents that nobody needs any more; ends attach requests that nobody
// answered. A few at a time, so that nothing else waits. Called on worker threads; throws
// database_error.
#pragma once

#include "server/application.hpp"

#include <cstdint>

namespace campgate::server {

struct retention_counts {
    std::uint64_t sheets{};
    std::uint64_t families{};
    std::uint64_t audit_rows{};
    std::uint64_t mails{};
    std::uint64_t documents{};
    std::uint64_t requests{};  ///< of attach, ended unanswered
    bool more = false;         ///< run again for the rest
};

/// What is due at `now`; with `dry`, counts only, and all of it.
retention_counts forget_old(application& app, instant now, bool dry);

}  // namespace campgate::server
