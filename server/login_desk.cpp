#include "server/login_desk.hpp"

#include "server/demo_provider.hpp"
#include "server/log.hpp"
#include "server/oidc/web_address.hpp"

#include <boost/asio/post.hpp>

namespace campgate::server {

namespace {
constexpr std::chrono::hours beyond_lifetime{48};
}

login_service::login_service(const std::array<unsigned char, 32>& secret) : attempts(secret) {
}

login_service::~login_service() = default;

std::unique_ptr<login_service> make_login_service(application& app,
                                                  const std::array<unsigned char, 32>& secret,
                                                  std::string own_url) {
    const config& set = app.settings;
    auto made = std::make_unique<login_service>(secret);
    made->public_url = set.public_url.empty() ? own_url : set.public_url;
    relying_party_options options;
    if (!set.oidc_issuer.empty()) {
        options = {.issuer = set.oidc_issuer,
                   .client_id = set.oidc_client_id,
                   .client_secret = set.oidc_client_secret,
                   .scopes = set.oidc_scopes,
                   .acr_values = set.oidc_acr_values,
                   .algorithms = set.oidc_algorithms,
                   .niss_claim = set.oidc_niss_claim,
                   .given_name_claim = set.oidc_given_name_claim,
                   .family_name_claim = set.oidc_family_name_claim,
                   .staff_claim = set.oidc_staff_claim,
                   .staff_value = set.oidc_staff_value};
    } else if (set.demo) {
        made->demo = std::make_shared<demo_provider>(own_url, random_text(), app.families);
        options = made->demo->client();
    } else {
        return made;
    }
    made->provider = std::make_unique<relying_party>(
        std::move(options), make_web_client({}, app.draining), std::chrono::steady_clock::now,
        [](std::string_view event, std::string_view what) {
            log_event(log_level::warning, event, {{"what", what}});
        });
    return made;
}

std::string_view login_cookie_name(const config& settings, bool secure) noexcept {
    return settings.demo && !secure ? "campgate_demo" : "__Host-campgate";
}

std::string protected_cookie(std::string_view name, std::string_view value,
                             std::chrono::seconds lifetime) {
    std::string out{name};
    out.append("=").append(value).append("; Path=/; HttpOnly; SameSite=Lax; Max-Age=");
    out += std::to_string(lifetime.count());
    if (name.starts_with("__Host-")) out += "; Secure";
    return out;
}

std::string own_address(const request_context& c) {
    const std::string_view host = c.request.fields.host;
    if (c.app.settings.demo && c.app.settings.public_url.empty() && is_loopback_host(host))
        return (c.request.secure ? "https://" : "http://") + std::string{host};
    return c.app.login->public_url;
}

std::string login_cookie(const request_context& c, std::string_view id) {
    const auto lifetime = c.app.settings.login_lifetime + beyond_lifetime;
    return protected_cookie(login_cookie_name(c.app.settings, c.request.secure), id,
                            std::chrono::duration_cast<std::chrono::seconds>(lifetime));
}

std::string no_login_cookie(const request_context& c) {
    return protected_cookie(login_cookie_name(c.app.settings, c.request.secure), "",
                            std::chrono::seconds{0});
}

void store_login(application& app, const login_session& made, const login_session* former) {
    app.login_store->insert(made);
    if (former != nullptr) app.login_store->remove(*former);
}

void admit_login(application& app, const new_login& made,
                 const std::shared_ptr<const login_session>& former) {
    app.logins.add(made.session);
    if (former) end_login(app, former);
}

void end_login(application& app, const std::shared_ptr<const login_session>& login) {
    app.logins.remove(*login);
    for (const auto& lane : app.lanes)
        asio::post(lane->io, [lane = lane.get(), login] { lane->feed.end_login(*login); });
}

}  // namespace campgate::server
