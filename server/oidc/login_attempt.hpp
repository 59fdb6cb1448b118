// What a browser carries from /login to the provider and back: sealed in a cookie, so that the
// server keeps nothing for those who never come back. A browser may have a few attempts under way,
// one a tab. Thread safety: any thread.
#pragma once

#include "core/ids.hpp"
#include "server/language.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace campgate::server {

inline constexpr std::chrono::minutes login_attempt_lifetime{10};
inline constexpr std::size_t login_attempts_max = 3;

struct login_attempt {
    std::string state;         ///< the provider gives it back: whose attempt it is
    std::string nonce;         ///< in the ID token: which attempt it is
    std::string verifier;      ///< of PKCE (RFC 7636): who began is who ends
    std::string return_to;     ///< a path of our own
    std::string redirect_uri;  ///< as it was told to the provider
    instant begun;

    /// With fresh random values.
    static login_attempt begin(std::string return_to, std::string redirect_uri, instant now);

    /// S256 (RFC 7636 §4.2).
    std::string challenge() const;

    friend bool operator==(const login_attempt&, const login_attempt&) = default;
};

class login_attempt_box {
public:
    /// `secret` is the installation's; a key of our own is derived from it.
    explicit login_attempt_box(const std::array<unsigned char, 32>& secret);

    /// A cookie's value with the newest `login_attempts_max`.
    std::string seal(std::vector<login_attempt> attempts) const;

    /// Those that are not over; none when the text is not ours.
    std::vector<login_attempt> open(std::string_view text, instant now) const;

private:
    std::array<unsigned char, 32> key_{};
};

/// Takes the attempt with this state out, compared in constant time.
std::optional<login_attempt> take_attempt(std::vector<login_attempt>& attempts,
                                          std::string_view state);

/// 43 characters of base64url: 256 random bits.
std::string random_text();

}  // namespace campgate::server
