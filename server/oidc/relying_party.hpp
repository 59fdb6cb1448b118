// Our side of OpenID Connect: knows the provider, sends browsers there, and turns the code that
// they bring back into an identity. What waits for the provider (`discover`, `redeem`) is called on
// workers; the rest answers at once. Thread safety: any thread.
#pragma once

#include "core/ids.hpp"
#include "server/language.hpp"
#include "server/oidc/jose.hpp"
#include "server/oidc/login_attempt.hpp"
#include "server/oidc/provider_facts.hpp"
#include "server/oidc/web_client.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace campgate::server {

struct relying_party_options {
    std::string issuer;
    std::string client_id;
    std::string client_secret;  ///< empty: a public client
    std::vector<std::string> scopes;
    std::vector<std::string> acr_values;
    std::vector<std::string> algorithms;
    std::string niss_claim;
    std::string given_name_claim;
    std::string family_name_claim;
    std::string staff_claim;
    std::string staff_value;
};

/// How a login that began came to nothing; in the address of the page that says so.
enum class login_error : std::uint8_t { cancelled, provider, identity, expired, refused };
inline constexpr std::size_t login_errors = static_cast<std::size_t>(login_error::refused) + 1;
std::string_view name_of(login_error error) noexcept;

/// Who the provider says one is.
struct claimed_identity {
    std::string niss;  ///< eleven digits, not checked
    std::string given_name;
    std::string family_name;
    bool staff = false;
};

class relying_party {
public:
    using steady = std::chrono::steady_clock;
    using note = std::function<void(std::string_view event, std::string_view what)>;

    static constexpr std::chrono::minutes facts_lifetime{60};
    static constexpr std::chrono::minutes keys_lifetime{60};
    static constexpr std::chrono::seconds retry_pause{5};     ///< after a provider did not answer
    static constexpr std::chrono::seconds refetch_pause{30};  ///< between two for unknown keys

    /// `say` hears why something failed, without what anybody typed or is.
    relying_party(relying_party_options options, std::unique_ptr<web_client> client,
                  std::function<steady::time_point()> now, note say);

    /// What is known, without asking; null when it is not, or too old.
    std::shared_ptr<const provider_facts> known() const;
    /// The same, asked for if need be; null while the provider does not answer. Blocks.
    std::shared_ptr<const provider_facts> discover();

    /// Where to send the browser.
    std::string authorization_url(const provider_facts& facts, const login_attempt& attempt,
                                  language asked) const;

    /// Where a logout goes on, or "".
    std::string logout_url(std::string_view back_to) const;

    /// The identity behind a code. Blocks.
    result<claimed_identity, login_error> redeem(std::string_view code,
                                                 const login_attempt& attempt, instant now);

    const relying_party_options& options() const { return options_; }

private:
    struct keys_state {
        std::shared_ptr<const key_set> keys;
        steady::time_point fetched;
        steady::time_point failed;      // the last time that nothing came
        steady::time_point asked_anew;  // for an unknown key
    };

    login_error fail(login_error how, std::string_view event, std::string_view what) const;
    std::shared_ptr<const key_set> keys(const provider_facts& facts);
    std::shared_ptr<const key_set> newer_keys(const provider_facts& facts,
                                              const std::shared_ptr<const key_set>& than);
    std::shared_ptr<const key_set> fetch_keys(const provider_facts& facts);  // under keys_mutex_
    result<std::string, token_fault> payload_of(const provider_facts& facts,
                                                std::string_view token);
    result<boost::json::object, login_error> ask_token(const provider_facts& facts,
                                                       std::string_view code,
                                                       const login_attempt& attempt);
    result<boost::json::object, login_error> ask_userinfo(const provider_facts& facts,
                                                          std::string_view access_token,
                                                          std::string_view subject, instant now);
    result<claimed_identity, login_error> identity_of(const boost::json::object& claims) const;
    bool lacks_names(const boost::json::object& claims) const;

    const relying_party_options options_;
    const std::unique_ptr<web_client> client_;
    const std::function<steady::time_point()> now_;
    const note say_;

    mutable std::mutex facts_mutex_;                  // held for a pointer's copy
    std::shared_ptr<const provider_facts> facts_;     // under facts_mutex_
    steady::time_point facts_fetched_;                // under facts_mutex_
    std::mutex discovery_mutex_;                      // held while one asks
    std::optional<steady::time_point> undiscovered_;  // under discovery_mutex_
    std::mutex keys_mutex_;                           // held while one asks
    keys_state keys_;                                 // under keys_mutex_
};

}  // namespace campgate::server
