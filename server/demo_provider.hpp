// The demo's own identity provider: an OpenID Connect provider in the same process, which our own
// login asks over HTTP like any other. It lets anybody be anybody, so it is never made outside the
// demo, which listens on loopback only. Answers at once, on io threads: the workers that wait for
// it hold up nothing that it needs. Thread safety: any thread.
#pragma once

#include "core/niss.hpp"
#include "server/family_directory.hpp"
#include "server/oidc/relying_party.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace campgate::server {

class demo_provider {
public:
    static constexpr std::string_view path{"/demo/identity"};
    static constexpr std::string_view client_id{"campgate-demo"};
    static constexpr std::chrono::seconds code_lifetime{60};
    static constexpr std::chrono::minutes access_lifetime{5};

    /// Somebody one can be with a click.
    struct person {
        std::string id;  ///< "f1", "new", "staff"
        niss number;
        std::string given_name;
        std::string family_name;
        bool staff = false;
    };

    /// What a code stands for, until it is redeemed.
    struct grant {
        std::string person;
        std::string redirect_uri;
        std::string nonce;
        std::string challenge;  ///< S256 (RFC 7636)
    };

    struct tokens {
        std::string id_token;
        std::string access_token;
    };

    /// `base` is where we listen, without a slash at its end.
    demo_provider(std::string_view base, std::string client_secret,
                  const family_directory& families);
    ~demo_provider();

    const std::string& issuer() const noexcept { return issuer_; }
    /// How our own login has to be set up for it.
    relying_party_options client() const;

    std::string configuration() const;  ///< JSON
    std::string keys() const;           ///< JSON

    /// "f" and the number of a family, "new", or "staff"; nothing for anybody else.
    std::optional<person> find(std::string_view id) const;
    /// A code, for one use.
    std::string give(grant to, instant now);
    /// Nothing for a code that is unknown, used, over, or of another.
    std::optional<tokens> redeem(std::string_view code, std::string_view secret,
                                 std::string_view redirect_uri, std::string_view verifier,
                                 instant now);
    /// The claims (JSON) of an access token's owner.
    std::optional<std::string> userinfo(std::string_view access_token, instant now) const;

private:
    struct signing_key;
    template <class T>
    struct expiring {
        T value;
        instant until;
    };

    std::string signed_token(const grant& of, instant now) const;
    void forget_old(instant now);  // under mutex_

    const std::string issuer_;
    const std::string client_secret_;
    const family_directory& families_;
    const std::unique_ptr<const signing_key> key_;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, expiring<grant>> codes_;         // under mutex_
    std::unordered_map<std::string, expiring<std::string>> access_;  // person; under mutex_
    std::size_t given_ = 0;                                          // under mutex_
};

}  // namespace campgate::server
