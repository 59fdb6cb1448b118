// Who is logged in: opaque ids, of which only a hash is kept, here and in the database. The table
// here answers every request; the database only has to bring it back after a restart.
// A login ends when it was idle for too long or is too old, but never around an opening: whoever
// waits for it must still be there. Time is an argument. Thread safety: any thread.
#pragma once

#include "core/ids.hpp"
#include "core/season.hpp"
#include "core/views.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace campgate::server {

using session_hash = std::array<unsigned char, 32>;

/// No login ends between these times before and after an opening.
inline constexpr std::chrono::minutes login_kept_before_opening{30};
inline constexpr std::chrono::minutes login_kept_after_opening{60};

/// When somebody was last there, to the second: most requests only read it.
class last_seen {
public:
    last_seen() = default;
    explicit last_seen(instant at) noexcept : at_(at.time_since_epoch().count()) {}
    last_seen(const last_seen& other) noexcept : last_seen(other.at()) {}
    last_seen& operator=(const last_seen&) = delete;

    instant at() const noexcept {
        return instant{instant::duration{at_.load(std::memory_order_relaxed)}};
    }
    void touch(instant now) const noexcept {
        if (now - at() >= std::chrono::seconds{1})
            at_.store(now.time_since_epoch().count(), std::memory_order_relaxed);
    }

private:
    mutable std::atomic<instant::rep> at_{0};
};

/// What somebody may do once logged in.
struct login_grant {
    actor_id actor;
    family_id family;
    bool staff = false;
    bool by_provider = false;  ///< a logout goes on there
};

struct login_session {
    session_hash id_hash{};
    actor_id actor;
    family_id family;
    std::string csrf;  ///< 32 hex digits
    instant created;
    instant expires;           ///< at the latest, but for openings
    bool staff = false;        ///< may do what the staff does, besides being a parent
    bool by_provider = false;  ///< came through the provider, and leaves through it
    last_seen seen{};
    last_seen stored{};  ///< what the database has of it; the sweep's own
};

/// What a browser keeps, and what we keep of it.
struct new_login {
    std::string id;  ///< 32 hex digits: the cookie's value, never stored
    std::shared_ptr<const login_session> session;
};

/// A span of time in which no login ends.
struct kept_time {
    instant from;
    instant until;
    friend bool operator==(const kept_time&, const kept_time&) = default;
};

/// Around each opening, ascending, without overlaps.
std::vector<kept_time> kept_times_of(std::vector<instant> openings);

/// When a login ends that would end then: the same, or the end of the kept time it falls into.
instant end_of_login(instant end, std::span<const kept_time> kept) noexcept;

/// Every opening in force, of residents and of all.
std::vector<instant> openings_of(const season_view& view);

struct login_touch {
    session_hash id_hash{};
    instant seen;
};

/// What the database does not know yet.
struct login_sweep {
    std::vector<login_touch> touched;  ///< seen since the last sweep
    std::vector<session_hash> over;    ///< forgotten now
};

class login_sessions {
public:
    explicit login_sessions(std::chrono::microseconds idle) : idle_(idle) {}

    /// Makes a session that is not known yet: store it, then add it.
    static new_login make(const login_grant& grant, instant now,
                          std::chrono::microseconds lifetime);

    void add(std::shared_ptr<const login_session> session);
    void remove(const login_session& session);
    void remove_family(family_id family);

    /// Of a cookie's value, who is there now; nothing when it is unknown or over.
    std::shared_ptr<const login_session> find(std::string_view id, instant now) const;

    /// An open socket is there too. False: the login is over, or was ended.
    bool keep(const login_session& session, instant now) const;

    /// The openings around which none ends.
    void set_openings(std::vector<instant> openings);

    /// Forgets those that are over. What it gives is for the database. One caller at a time.
    login_sweep sweep(instant now);

    std::size_t size() const { return table_.size(); }

private:
    static session_hash hash_of(std::string_view id);
    static bits128 key_of(const session_hash& hash);
    bool lives(const login_session& session, instant now) const;

    struct key_hash {
        std::size_t operator()(const bits128& k) const noexcept { return mix64(k.high ^ k.low); }
    };
    const std::chrono::microseconds idle_;
    published<std::vector<kept_time>> kept_;
    published_map<bits128, login_session, key_hash> table_;
};

/// Constant-time comparison of a CSRF token.
bool same_token(std::string_view a, std::string_view b) noexcept;

}  // namespace campgate::server
