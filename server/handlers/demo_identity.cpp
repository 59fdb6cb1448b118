// The demo's identity provider over HTTP: what our own login asks, and one page for people, with a
// click for each person that one can be. The page is plain HTML without a script; it says loudly
// that nothing here is real.
#include "server/demo_page.hpp"
#include "server/demo_provider.hpp"
#include "server/handlers/handlers.hpp"
#include "server/html_text.hpp"
#include "server/oidc/web_address.hpp"
#include "server/query_string.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>

namespace campgate::server {

namespace json = boost::json;

namespace {

constexpr std::uint64_t families_shown = 10;
constexpr std::string_view billed_family{"f11"};

constexpr texts banner_text{"DÉMO : personnes inventées, aucun mot de passe, rien n'est vrai",
                            "DEMO: verzonnen personen, geen wachtwoord, niets is echt",
                            "DEMO: erfundene Personen, kein Passwort, nichts ist echt",
                            "DEMO: invented people, no password, nothing is real"};
constexpr texts title_text{"Qui voulez-vous être ?", "Wie wilt u zijn?", "Wer möchten Sie sein?",
                           "Who would you like to be?"};
constexpr texts lead_text{
    "Ici, un vrai service vous demanderait votre carte eID ou itsme. Dans la démo, un clic suffit.",
    "Hier zou een echte dienst uw eID-kaart of itsme vragen. In de demo volstaat één klik.",
    "Hier würde ein echter Dienst Ihre eID-Karte oder itsme verlangen. In der Demo genügt ein "
    "Klick.",
    "Here a real service would ask for your eID card or itsme. In the demo a click will do."};
constexpr texts first_text{"Première visite", "Eerste bezoek", "Erster Besuch", "First visit"};
constexpr texts billed_text{
    "Connu de la commune, jamais venu ici", "Bij de gemeente bekend, hier nooit geweest",
    "Der Gemeinde bekannt, noch nie hier gewesen", "Known to the commune, never been here"};
constexpr texts new_text{
    "Nouveau parent, inconnu de la commune", "Nieuwe ouder, onbekend bij de gemeente",
    "Neuer Elternteil, der Gemeinde unbekannt", "New parent, unknown to the commune"};
constexpr texts families_text{"Familles inscrites", "Ingeschreven gezinnen",
                              "Eingetragene Familien", "Registered families"};
constexpr texts staff_title_text{"Commune", "Gemeente", "Gemeinde", "The commune"};
constexpr texts staff_text{"Membre du personnel", "Personeelslid", "Mitglied des Personals",
                           "Member of staff"};
constexpr texts cancel_text{"Annuler", "Annuleren", "Abbrechen", "Cancel"};
constexpr texts broken_text{
    "Cette demande de connexion n'est pas complète.", "Deze aanmeldingsaanvraag is niet volledig.",
    "Diese Anmeldeanfrage ist nicht vollständig.", "This request to log in is not complete."};

http_response json_answer(std::string body, int status = 200) {
    http_response response;
    response.status = status;
    response.content_type = "application/json";
    response.headers.emplace_back("Cache-Control", "no-store");
    response.body = std::move(body);
    return response;
}

http_response token_error(std::string_view name) {
    return json_answer(json::serialize(json::object{{"error", name}}), 400);
}

http_response page(std::string body, language asked, int status = 200) {
    return demo_page(title_text, banner_text, std::move(body), asked, status);
}

http_response see_other(std::string location) {
    http_response response;
    response.status = 303;
    response.headers.emplace_back("Location", std::move(location));
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

// Only back to ourselves: http, loopback, our callback.
bool is_own_callback(std::string_view uri) {
    constexpr std::string_view callback{"/login/callback"};
    return uri.starts_with("http://") && uri.ends_with(callback) && is_safe_url(uri) &&
           uri.find('/', std::string_view{"http://"}.size()) == uri.size() - callback.size();
}

// A request to log in, as the browser brings it.
struct authorization {
    std::string redirect_uri, state, nonce, challenge, locales, who;
};

std::optional<authorization> read_authorization(const request_context& c) {
    const auto query = query_string::parse_foreign(
        c.request.query, {"response_type", "client_id", "redirect_uri", "state", "nonce",
                          "code_challenge", "code_challenge_method", "ui_locales", "who"});
    if (!query) return std::nullopt;
    const auto value = [&](std::string_view name) {
        return std::string{query->find(name).value_or("")};
    };
    authorization read{value("redirect_uri"),   value("state"),      value("nonce"),
                       value("code_challenge"), value("ui_locales"), value("who")};
    const bool whole =
        value("response_type") == "code" && value("client_id") == demo_provider::client_id &&
        value("code_challenge_method") == "S256" && !read.challenge.empty() &&
        !read.state.empty() && !read.nonce.empty() && is_own_callback(read.redirect_uri);
    return whole ? std::optional{std::move(read)} : std::nullopt;
}

language language_of(const request_context& c, std::string_view locales) {
    const auto found = std::ranges::find(all_languages, locales, code_of);
    return found != all_languages.end() ? *found : c.asked;
}

std::string link_to(const authorization& to, std::string_view who, std::string_view name,
                    std::string_view what) {
    const std::string url =
        with_parameters("/demo/identity/choose", {{"who", who},
                                                  {"response_type", "code"},
                                                  {"client_id", demo_provider::client_id},
                                                  {"redirect_uri", to.redirect_uri},
                                                  {"state", to.state},
                                                  {"nonce", to.nonce},
                                                  {"code_challenge", to.challenge},
                                                  {"code_challenge_method", "S256"}});
    std::string made{"<li><a class=\"who\" href=\""};
    made.append(html_escaped(url)).append("\"><b>").append(html_escaped(name)).append("</b>");
    if (!what.empty()) made.append("<span>").append(html_escaped(what)).append("</span>");
    return made += "</a></li>";
}

std::string children_of(const application& app, std::uint64_t family) {
    std::string names;
    const auto file = app.families.find(family_id{family});
    if (!file) return names;
    for (const child_row& child : file->children) {
        if (!names.empty()) names += ", ";
        names += child.given_name;
    }
    return names;
}

std::string full_name_of(const demo_provider::person& who) {
    return who.given_name + ' ' + who.family_name;
}

}  // namespace

http_response get_identity_configuration(const request_context& c) {
    if (!c.app.login->demo) return c.refuse(problem_kind::not_found);
    return json_answer(c.app.login->demo->configuration());
}

http_response get_identity_keys(const request_context& c) {
    if (!c.app.login->demo) return c.refuse(problem_kind::not_found);
    return json_answer(c.app.login->demo->keys());
}

http_response get_identity_authorize(const request_context& c) {
    if (!c.app.login->demo) return c.refuse(problem_kind::not_found);
    const demo_provider& provider = *c.app.login->demo;
    const auto to = read_authorization(c);
    if (!to)
        return page("<h1>" + std::string{text_in(broken_text, c.asked)} + "</h1>", c.asked, 400);
    const language asked = language_of(c, to->locales);
    const auto heading = [asked](const texts& text) {
        return "<h2>" + std::string{text_in(text, asked)} + "</h2><ul>";
    };
    const auto link = [&](std::string_view id, std::string_view what) {
        const auto who = provider.find(id);
        return who ? link_to(*to, id, full_name_of(*who), what) : std::string{};
    };
    std::string body = "<h1>" + std::string{text_in(title_text, asked)} + "</h1><p>" +
                       std::string{text_in(lead_text, asked)} + "</p>";
    body += heading(first_text) + link(billed_family, text_in(billed_text, asked)) +
            link("new", text_in(new_text, asked)) + "</ul>" + heading(families_text);
    for (std::uint64_t n = 1; n <= families_shown; ++n)
        body += link("f" + std::to_string(n), children_of(c.app, n));
    body += "</ul>" + heading(staff_title_text) + link("staff", text_in(staff_text, asked));
    const std::string cancel = with_parameters(
        to->redirect_uri,
        {{"error", "access_denied"}, {"state", to->state}, {"iss", provider.issuer()}});
    body += "</ul><a class=\"back\" href=\"" + html_escaped(cancel) + "\">" +
            std::string{text_in(cancel_text, asked)} + "</a>";
    return page(std::move(body), asked);
}

http_response get_identity_choose(const request_context& c) {
    if (!c.app.login->demo) return c.refuse(problem_kind::not_found);
    demo_provider& provider = *c.app.login->demo;
    const auto to = read_authorization(c);
    if (!to || !provider.find(to->who))
        return page("<h1>" + std::string{text_in(broken_text, c.asked)} + "</h1>", c.asked, 400);
    const std::string code =
        provider.give({to->who, to->redirect_uri, to->nonce, to->challenge}, c.now);
    return see_other(with_parameters(
        to->redirect_uri, {{"code", code}, {"state", to->state}, {"iss", provider.issuer()}}));
}

http_response post_identity_token(const request_context& c) {
    if (!c.app.login->demo) return c.refuse(problem_kind::not_found);
    if (c.request.fields.content_type != "application/x-www-form-urlencoded")
        return c.refuse(problem_kind::unsupported_media_type);
    const auto form = query_string::parse_foreign(
        c.request.body,
        {"grant_type", "client_id", "client_secret", "code", "redirect_uri", "code_verifier"});
    if (!form || form->find("grant_type") != "authorization_code")
        return token_error("invalid_request");
    if (form->find("client_id") != demo_provider::client_id) return token_error("invalid_client");
    const auto value = [&](std::string_view name) { return form->find(name).value_or(""); };
    const auto made =
        c.app.login->demo->redeem(value("code"), value("client_secret"), value("redirect_uri"),
                                  value("code_verifier"), c.now);
    if (!made) return token_error("invalid_grant");
    return json_answer(json::serialize(
        json::object{{"access_token", made->access_token},
                     {"token_type", "Bearer"},
                     {"expires_in", std::chrono::seconds{demo_provider::access_lifetime}.count()},
                     {"id_token", made->id_token}}));
}

http_response get_identity_userinfo(const request_context& c) {
    if (!c.app.login->demo) return c.refuse(problem_kind::not_found);
    constexpr std::string_view bearer{"Bearer "};
    std::string_view field = c.request.fields.authorization;
    if (!field.starts_with(bearer)) return c.refuse(problem_kind::login_required);
    field.remove_prefix(bearer.size());
    auto claims = c.app.login->demo->userinfo(field, c.now);
    if (!claims) return c.refuse(problem_kind::login_required);
    return json_answer(*std::move(claims));
}

// Nothing is remembered of a browser here, so there is nothing to end.
http_response get_identity_logout(const request_context& c) {
    if (!c.app.login->demo) return c.refuse(problem_kind::not_found);
    const auto query = query_string::parse_foreign(c.request.query, {"post_logout_redirect_uri"});
    const auto to = query ? query->find("post_logout_redirect_uri") : std::nullopt;
    const bool ours = to && to->starts_with("http://") && is_safe_url(*to);
    return see_other(ours ? std::string{*to} : "/");
}

}  // namespace campgate::server
