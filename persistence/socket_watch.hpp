// Bounds the wait for a database that says nothing: libpq would wait for as long as the other end
// keeps the connection, whatever time-outs the server was given. For the sources of persistence/.
#pragma once

#include "persistence/pg_connection.hpp"
#include "persistence/pqxx_compat.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace campgate {

/// Shuts a socket down when nobody disarms it in time, from a thread of its own. It works on a
/// duplicate, so that it can never hit another socket that got the number.
class socket_watch {
public:
    socket_watch() : thread_([this](const std::stop_token& end) { run(end); }) {}

    class guard {
    public:
        guard(socket_watch& watch, int socket, std::chrono::milliseconds within) : watch_(watch) {
            const std::lock_guard lock(watch_.mutex_);
            watch_.socket_ = socket;
            watch_.deadline_ = std::chrono::steady_clock::now() + within;
            watch_.changed_.notify_one();
        }
        ~guard() {
            const std::lock_guard lock(watch_.mutex_);
            watch_.socket_ = -1;
        }
        guard(const guard&) = delete;
        guard& operator=(const guard&) = delete;

    private:
        socket_watch& watch_;
    };

private:
    void run(const std::stop_token& end) {
        std::unique_lock lock(mutex_);
        while (!end.stop_requested()) {
            if (socket_ < 0) {
                changed_.wait(lock, end, [this] { return socket_ >= 0; });
                continue;
            }
            // A guard that went and came again moved the deadline: look once more.
            if (std::chrono::steady_clock::now() < deadline_) {
                const auto until = deadline_;
                changed_.wait_until(lock, end, until, [] { return false; });
                continue;
            }
            ::shutdown(socket_, SHUT_RDWR);
            socket_ = -1;
        }
    }

    std::mutex mutex_;
    std::condition_variable_any changed_;
    int socket_ = -1;                                 // guarded by mutex_
    std::chrono::steady_clock::time_point deadline_;  // guarded by mutex_
    std::jthread thread_;                             // last: it uses the others
};

/// A connection whose calls end in time: with a database_error when the other end was silent.
/// Thread safety: one thread at a time.
class watched_connection {
public:
    watched_connection(const std::string& url, const pg_options& options)
        : connection_(url, options),
          socket_(::fcntl(connection_.raw().session.sock(), F_DUPFD_CLOEXEC, 0)) {}
    ~watched_connection() {
        if (socket_ >= 0) ::close(socket_);
    }
    watched_connection(const watched_connection&) = delete;
    watched_connection& operator=(const watched_connection&) = delete;

    template <class Work>
    void run(std::chrono::milliseconds within, Work work) {
        const socket_watch::guard watched(watch_, socket_, within);
        work(connection_);
    }

private:
    pg_connection connection_;
    const int socket_;  // the connection's own, once more
    socket_watch watch_;
};

}  // namespace campgate
