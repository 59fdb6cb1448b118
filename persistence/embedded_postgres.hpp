// A private PostgreSQL in a data directory (DESIGN §4, embedded default): found, prepared, started,
// adopted again after our own sudden end, stopped. One process per directory, by a lock that the
// kernel releases with it. Owner: one thread.
//
// In the directory: `lock`, `postgres/` (the cluster), `postgres.log`, `socket/` (0700; elsewhere
// when its path would be too long). As root only PostgreSQL drops to an unprivileged user.
#pragma once

#include <sys/types.h>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace campgate {

/// Start-up failed; the text is one sentence that says what to do.
class startup_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct embedded_options {
    std::filesystem::path data;  ///< made if it is not there
    bool fresh = false;          ///< begin with an empty database
    /// Said before something that takes a while, for a person who waits.
    std::function<void(std::string_view)> progress;
};

/// Where the data is when nothing is said: /var/lib/campgate as root, else in XDG_DATA_HOME.
std::filesystem::path default_data_directory();

/// The connection string of the PostgreSQL that runs in a data directory, for tools that look
/// beside a running server; nothing when none runs.
std::optional<std::string> running_embedded_database(const std::filesystem::path& data);

class embedded_postgres {
public:
    /// Locks the directory and gets its PostgreSQL to answer. Throws startup_error.
    explicit embedded_postgres(embedded_options options);
    /// Stops it.
    ~embedded_postgres();
    embedded_postgres(const embedded_postgres&) = delete;
    embedded_postgres& operator=(const embedded_postgres&) = delete;

    /// For pg_connection; the same for the object's life.
    const std::string& url() const noexcept;
    /// It was running already: a predecessor of ours ended without stopping it.
    bool adopted() const noexcept;
    pid_t pid() const noexcept;  ///< 0 when stopped
    bool running() noexcept;

    /// Starts it again after stop() or after its own sudden end; does nothing while it runs.
    void start();
    /// Ends its sessions, writes everything and stops. Does nothing when it is stopped.
    void stop() noexcept;

private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace campgate
