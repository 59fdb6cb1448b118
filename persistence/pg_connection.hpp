// One connection to PostgreSQL. It never reconnects by itself: a session that vanished takes its
// locks and settings with it, and whoever held them must notice. libpqxx stays behind `impl`
// (persistence/pqxx_compat.hpp). Thread safety: one thread at a time.
#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace campgate {

/// What an error says about the statement it ended (DESIGN §4, in doubt).
enum class error_verdict {
    rejected,  ///< the database decided: nothing of the statement happened
    doubt,     ///< anything else: it may have happened
};

/// `rejected` for our own CF0xx and for the classes 22, 23 and 42; all others, none included,
/// doubt.
error_verdict verdict_of(std::string_view sqlstate) noexcept;

/// A statement or a connection failed. `sqlstate` is empty when the database did not give one.
class database_error : public std::runtime_error {
public:
    explicit database_error(const std::string& text, std::string state = {})
        : std::runtime_error(text),
          sqlstate_(std::move(state)) {}
    const std::string& sqlstate() const noexcept { return sqlstate_; }

private:
    std::string sqlstate_;
};

struct pg_options {
    std::string application_name = "campgate";
    bool read_write = false;  ///< among several hosts only one that takes writes will do
    std::chrono::seconds connect_timeout{5};
    std::vector<std::pair<std::string, std::string>> settings;  ///< of the session: name, value
};

/// The key=value form of a URL or conninfo string with the options added; what the string itself
/// says of TCP keepalives and time-outs stands. Throws database_error if it cannot be understood.
std::string conninfo_of(const std::string& url, const pg_options& options);

class pg_connection {
public:
    /// Opens it now, or throws database_error.
    explicit pg_connection(const std::string& url, const pg_options& options = {});
    ~pg_connection();
    pg_connection(pg_connection&&) noexcept;
    pg_connection& operator=(pg_connection&&) noexcept;

    int backend_pid() const noexcept;
    int server_version() const noexcept;  ///< e.g. 150004

    struct impl;
    impl& raw() noexcept { return *impl_; }

private:
    std::unique_ptr<impl> impl_;
};

}  // namespace campgate
