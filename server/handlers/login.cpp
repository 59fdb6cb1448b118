// From "log in" to the provider and back, and out again. The browser carries its attempt in a
// sealed cookie; what asks the provider runs on the login's own workers, so that no io thread ever
// waits for it. Every way that leads to nothing ends at one page that says so, which starts nothing
// by itself.
#include "core/niss.hpp"
#include "server/handlers/handlers.hpp"
#include "server/http_fields.hpp"
#include "server/log.hpp"
#include "server/login_desk.hpp"
#include "server/oidc/web_address.hpp"
#include "server/on_worker.hpp"
#include "server/query_string.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace campgate::server {

namespace json = boost::json;

namespace {

constexpr std::string_view callback_path{"/login/callback"};

std::string_view attempt_cookie_name(const request_context& c) {
    return c.app.settings.demo && !c.request.secure ? "campgate_demo_attempt"
                                                    : "__Host-campgate-attempt";
}

std::vector<login_attempt> attempts_of(const request_context& c) {
    const auto sealed = find_cookie(c.request.fields.cookie, attempt_cookie_name(c));
    return sealed ? c.app.login->attempts.open(*sealed, c.now) : std::vector<login_attempt>{};
}

void keep_attempts(const request_context& c, http_response& response,
                   std::vector<login_attempt> attempts) {
    const bool none = attempts.empty();
    response.headers.emplace_back(
        "Set-Cookie", protected_cookie(attempt_cookie_name(c),
                                       none ? "" : c.app.login->attempts.seal(std::move(attempts)),
                                       none ? std::chrono::seconds{0} : login_attempt_lifetime));
}

http_response see_other(std::string location) {
    http_response response;
    response.status = 303;
    response.headers.emplace_back("Location", std::move(location));
    response.headers.emplace_back("Cache-Control", "no-store");
    response.headers.emplace_back("Referrer-Policy", "no-referrer");
    return response;
}

http_response came_to_nothing(const request_context& c, login_error why) {
    c.app.counters.logins[static_cast<std::size_t>(why) + 1].add();
    return see_other("/#/login?error=" + std::string{name_of(why)});
}

// The page's own language, or the browser's.
language language_for(const query_string& query, const request_context& c) {
    const auto stated = query.find("lang");
    const auto found = std::ranges::find(all_languages, stated.value_or(""), code_of);
    return found != all_languages.end() ? *found : c.asked;
}

struct provider_answer {
    std::string code, state, issuer, error;
};

std::optional<provider_answer> read_answer(std::string_view text) {
    const auto query = query_string::parse_foreign(text, {"code", "state", "iss", "error"});
    if (!query) return std::nullopt;
    const auto value = [&](std::string_view name) {
        return std::string{query->find(name).value_or("")};
    };
    return provider_answer{value("code"), value("state"), value("iss"), value("error")};
}

login_error error_of(std::string_view said) {
    if (said == "access_denied") return login_error::cancelled;
    const bool theirs = said == "server_error" || said == "temporarily_unavailable";
    return theirs ? login_error::provider : login_error::refused;
}

using outcome = result<new_login, login_error>;

// On a worker: the identity behind the code, its family, its login.
outcome log_in(application& app, const std::string& code, const login_attempt& attempt,
               const std::shared_ptr<const login_session>& former, instant now,
               std::chrono::steady_clock::time_point give_up) {
    const auto late = [&] {
        return app.draining.load() || std::chrono::steady_clock::now() >= give_up;
    };
    if (late()) return login_error::provider;
    const auto who = app.login->provider->redeem(code, attempt, now);
    if (!who) return who.error();
    const auto number = niss::parse(who->niss);
    if (!number) {
        log_event(log_level::warning, "login_refused", {{"what", "niss"}});
        return login_error::identity;
    }
    // Nobody waits any more: a login now would be nobody's.
    if (late()) return login_error::provider;
    const identified found =
        app.files->identify({*number, who->given_name, who->family_name, std::nullopt});
    new_login made = login_sessions::make({.actor = found.actor,
                                           .family = found.family,
                                           .staff = found.staff || who->staff,
                                           .by_provider = true},
                                          now, app.settings.login_lifetime);
    store_login(app, *made.session, former.get());
    return made;
}

}  // namespace

http_response too_many_logins(const request_context& c) {
    http_response response = see_other("/#/login?error=busy");
    for (auto& header : c.refuse(problem_kind::too_many_requests).headers) {
        if (header.first == "Retry-After") response.headers.push_back(std::move(header));
    }
    return response;
}

awaitable<http_response> get_login(const request_context& c) {
    const auto query = query_string::parse(c.request.query, {"return_to", "lang"});
    if (!query) co_return c.refuse(parameter_problem(query.error().parameter));
    login_service& login = *c.app.login;
    if (!login.provider) co_return came_to_nothing(c, login_error::provider);

    auto facts = login.provider->known();
    if (!facts) {
        std::function<std::shared_ptr<const provider_facts>()> ask = [&login] {
            return login.provider->discover();
        };
        const auto asked = co_await on_worker_of(login.workers, c.lane, "login_failed",
                                                 std::move(ask), c.app.settings.request_deadline);
        if (asked) facts = *asked;
    }
    if (!facts) co_return came_to_nothing(c, login_error::provider);

    std::string return_to{query->find("return_to").value_or("/")};
    if (!is_own_path(return_to)) return_to = "/";
    auto attempts = attempts_of(c);
    attempts.push_back(login_attempt::begin(std::move(return_to),
                                            own_address(c) + std::string{callback_path}, c.now));
    http_response response = see_other(
        login.provider->authorization_url(*facts, attempts.back(), language_for(*query, c)));
    keep_attempts(c, response, std::move(attempts));
    co_return response;
}

awaitable<http_response> get_login_callback(const request_context& c) {
    login_service& login = *c.app.login;
    const auto answer = read_answer(c.request.query);
    if (!answer) co_return c.refuse(parameter_problem(""));
    if (!login.provider) co_return came_to_nothing(c, login_error::provider);
    auto attempts = attempts_of(c);
    const auto attempt = take_attempt(attempts, answer->state);
    if (!attempt) {
        // A page loaded again, most likely. Nothing here is believed.
        if (c.login) co_return see_other("/");
        co_return came_to_nothing(c, login_error::expired);
    }

    std::optional<login_error> failed;
    const auto facts = login.provider->known();
    const bool unnamed = answer->issuer.empty() && facts && facts->says_who_answers;
    if ((!answer->issuer.empty() && answer->issuer != login.provider->options().issuer) || unnamed)
        failed = login_error::refused;  // RFC 9207 §2.4
    else if (!answer->error.empty())
        failed = error_of(answer->error);
    else if (writes_refused(c.app))
        failed = login_error::provider;

    std::optional<new_login> made;
    if (!failed) {
        const auto patience = c.app.settings.request_deadline;
        std::function<outcome()> job = [&app = c.app, code = answer->code, attempt = *attempt,
                                        former = c.login, now = c.now,
                                        give_up = std::chrono::steady_clock::now() + patience] {
            return log_in(app, code, attempt, former, now, give_up);
        };
        const auto came =
            co_await on_worker_of(login.workers, c.lane, "login_failed", std::move(job), patience);
        if (!came)
            failed = login_error::provider;
        else if (!*came)
            failed = came->error();
        else
            made = **came;
    }
    http_response response = failed ? came_to_nothing(c, *failed) : see_other(attempt->return_to);
    keep_attempts(c, response, std::move(attempts));
    if (!made) co_return response;
    admit_login(c.app, *made, c.login);
    c.app.counters.logins[0].add();
    response.headers.emplace_back("Set-Cookie", login_cookie(c, made->id));
    co_return response;
}

awaitable<http_response> post_logout(const request_context& c) {
    const auto former = c.login;
    std::function<bool()> work = [&store = *c.app.login_store, former] {
        store.remove(*former);
        return true;
    };
    const auto removed = co_await on_worker(c, "login_store_failed", std::move(work));
    if (!removed) co_return c.refuse(problem_kind::not_ready);
    end_login(c.app, former);

    std::string next;
    if (former->by_provider && c.app.login->provider)
        next = c.app.login->provider->logout_url(own_address(c) + "/");
    http_response response;
    if (next.empty())
        response.status = 204;
    else
        response = json_response(c, json::serialize(json::object{{"continue_at", next}}));
    response.headers.emplace_back("Set-Cookie", no_login_cookie(c));
    co_return response;
}

}  // namespace campgate::server
