// Login sessions, so that a restart finds them. Called by workers; connects at the first call, and
// again at the next call after a failure. Every function throws database_error; repeating any of
// them is harmless. Thread safety: any thread, one call at a time.
#pragma once

#include "core/ids.hpp"
#include "persistence/pg_connection.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace campgate {

using login_session_hash = std::array<unsigned char, 32>;

struct login_session_row {
    login_session_hash id_hash{};
    actor_id actor;
    family_id family;
    std::string csrf;  ///< letters and digits
    instant created;
    instant seen;
    instant expires;
    bool staff = false;
    bool by_provider = false;
    friend bool operator==(const login_session_row&, const login_session_row&) = default;
};

struct login_seen {
    login_session_hash id_hash{};
    instant at;
};

class watched_connection;

class login_session_store {
public:
    explicit login_session_store(std::string url);
    ~login_session_store();

    void insert(const login_session_row& session);
    void remove(const login_session_hash& id_hash);
    /// When each was last seen, and those that are over, in one transaction.
    void sweep(std::span<const login_seen> seen, std::span<const login_session_hash> over);
    /// Those that expire after `oldest`; the others are deleted.
    std::vector<login_session_row> load(instant oldest);

private:
    void with_connection(const std::function<void(pg_connection&)>& work);

    const std::string url_;
    std::mutex mutex_;
    std::unique_ptr<watched_connection> connection_;  // guarded by mutex_
};

}  // namespace campgate
