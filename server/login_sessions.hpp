// Who is logged in: opaque ids, of which only a hash is kept, here and in the database. The table
// here answers every request; the database only has to bring it back after a restart. Thread
// safety: any thread.
#pragma once

#include "core/ids.hpp"
#include "core/views.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace campgate::server {

using session_hash = std::array<unsigned char, 32>;

struct login_session {
    session_hash id_hash{};
    actor_id actor;
    family_id family;
    std::string csrf;  ///< 32 hex digits
    instant created;
    instant expires;
    bool staff = false;  ///< may do what the staff does, besides being a parent
};

/// What a browser keeps, and what we keep of it.
struct new_login {
    std::string id;  ///< 32 hex digits: the cookie's value, never stored
    std::shared_ptr<const login_session> session;
};

class login_sessions {
public:
    /// Makes a session that is not known yet: store it, then add it.
    static new_login make(actor_id actor, family_id family, instant now,
                          std::chrono::microseconds lifetime);

    void add(std::shared_ptr<const login_session> session);
    void remove(const login_session& session);
    /// Of a cookie's value; nothing when it is unknown or over.
    std::shared_ptr<const login_session> find(std::string_view id, instant now) const;
    std::size_t size() const { return table_.size(); }

private:
    static session_hash hash_of(std::string_view id);
    static bits128 key_of(const session_hash& hash);

    struct key_hash {
        std::size_t operator()(const bits128& k) const noexcept { return mix64(k.high ^ k.low); }
    };
    published_map<bits128, login_session, key_hash> table_;
};

/// Constant-time comparison of a CSRF token.
bool same_token(std::string_view a, std::string_view b) noexcept;

}  // namespace campgate::server
