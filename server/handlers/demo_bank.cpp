// The pages of the demo's bank: one for a payment, with a button for each way that it can go. No
// login: who has the address may pay, as with any provider's.
#include "server/payment/demo_bank.hpp"

#include "server/demo_page.hpp"
#include "server/handlers/handlers.hpp"
#include "server/html_text.hpp"
#include "server/mail/in_words.hpp"
#include "server/on_worker.hpp"
#include "server/payment/payment_service.hpp"
#include "server/query_string.hpp"

#include <algorithm>
#include <array>

namespace campgate::server {

namespace {

constexpr texts title_text{"Banque de démonstration", "Demobank", "Demo-Bank", "Demo bank"};
constexpr texts banner_text{"DÉMO : fausse banque, aucun argent ne bouge, rien n'est vrai",
                            "DEMO: namaakbank, er beweegt geen geld, niets is echt",
                            "DEMO: falsche Bank, kein Geld bewegt sich, nichts ist echt",
                            "DEMO: not a bank, no money moves, nothing is real"};
constexpr texts unknown_text{"Ce paiement n'existe pas.", "Deze betaling bestaat niet.",
                             "Diese Zahlung gibt es nicht.", "There is no such payment."};
constexpr texts paid_text{"Ce paiement est fait.", "Deze betaling is gebeurd.",
                          "Diese Zahlung ist erfolgt.", "This payment is made."};
constexpr texts refused_text{"Ce paiement a été refusé.", "Deze betaling werd geweigerd.",
                             "Diese Zahlung wurde abgelehnt.", "This payment was refused."};
constexpr texts back_text{"Revenir aux inscriptions", "Terug naar de inschrijvingen",
                          "Zurück zu den Anmeldungen", "Back to the registrations"};

struct offered_choice {
    demo_bank::choice which;
    std::string_view name;
    texts label;
};

constexpr std::array choices{
    offered_choice{demo_bank::choice::pay, "pay", {"Payer", "Betalen", "Bezahlen", "Pay"}},
    offered_choice{demo_bank::choice::refuse,
                   "refuse",
                   {"Refuser le paiement", "De betaling weigeren", "Die Zahlung ablehnen",
                    "Refuse the payment"}},
    offered_choice{demo_bank::choice::wait,
                   "wait",
                   {"Revenir sans décider", "Terugkeren zonder te beslissen",
                    "Zurück, ohne zu entscheiden", "Go back without deciding"}},
    offered_choice{
        demo_bank::choice::pay_other_amount,
        "pay_other_amount",
        {"Payer 1 € de moins", "1 € minder betalen", "1 € weniger bezahlen", "Pay 1 € less"}},
    offered_choice{
        demo_bank::choice::pay_other_currency,
        "pay_other_currency",
        {"Payer en dollars", "In dollar betalen", "In Dollar bezahlen", "Pay in dollars"}}};

// Null outside the demo.
demo_bank* bank_of(const request_context& c) {
    return dynamic_cast<demo_bank*>(c.app.payments->provider());
}

http_response page(std::string body, language asked, int status = 200) {
    return demo_page(title_text, banner_text, std::move(body), asked, status, true);
}

std::string heading(const texts& text, language asked) {
    return "<h1>" + std::string{text_in(text, asked)} + "</h1>";
}

http_response unknown_page(const request_context& c) {
    return page(heading(unknown_text, c.asked), c.asked, 404);
}

std::string body_of(const bank_account_row& row, language asked) {
    std::string body = heading(title_text, asked) + "<p>" + html_escaped(row.description) +
                       "</p><p class=\"sum\">" + html_escaped(amount_in_words(row.amount, asked)) +
                       "</p>";
    if (row.state == bank_state::open) {
        body += "<form method=\"post\">";
        for (const offered_choice& each : choices) {
            body += "<button name=\"choose\" value=\"";
            body.append(each.name).append("\">").append(text_in(each.label, asked));
            body += "</button>";
        }
        return body += "</form>";
    }
    body += "<p>";
    body.append(text_in(row.state == bank_state::paid ? paid_text : refused_text, asked));
    body += "</p><a class=\"back\" href=\"" + html_escaped(row.return_url) + "\">";
    return body.append(text_in(back_text, asked)).append("</a>");
}

using found_row = std::optional<bank_account_row>;

}  // namespace

http_response get_demo_style(const request_context&) {
    http_response response;
    response.content_type = "text/css; charset=utf-8";
    response.headers.emplace_back("Cache-Control", "max-age=300");
    response.kept_bytes = demo_style;
    return response;
}

awaitable<http_response> get_demo_bank(const request_context& c) {
    demo_bank* const bank = bank_of(c);
    if (bank == nullptr) co_return c.refuse(problem_kind::not_found);
    std::function<found_row()> look = [bank, reference = std::string{c.path_arguments[0]}] {
        return bank->find(reference);
    };
    const auto row = co_await on_worker(c, "demo_bank_failed", std::move(look));
    if (!row) co_return c.refuse(problem_kind::not_ready);
    if (!*row) co_return unknown_page(c);
    const language asked = language_of_code((*row)->language);
    co_return page(body_of(**row, asked), asked);
}

awaitable<http_response> post_demo_bank(const request_context& c) {
    demo_bank* const bank = bank_of(c);
    if (bank == nullptr) co_return c.refuse(problem_kind::not_found);
    const auto form = query_string::parse(c.request.body, {"choose"});
    const auto name = form ? form->find("choose") : std::nullopt;
    const auto chosen = std::ranges::find(choices, name.value_or(""), &offered_choice::name);
    if (chosen == choices.end()) co_return c.refuse(parameter_problem("choose"));
    std::function<found_row()> choose = [bank, reference = std::string{c.path_arguments[0]},
                                         which = chosen->which] {
        return bank->choose(reference, which);
    };
    const auto row = co_await on_worker(c, "demo_bank_failed", std::move(choose));
    if (!row) co_return c.refuse(problem_kind::not_ready);
    if (!*row) co_return unknown_page(c);
    http_response response;
    response.status = 303;
    response.headers.emplace_back("Location", (*row)->return_url);
    response.headers.emplace_back("Cache-Control", "no-store");
    co_return response;
}

}  // namespace campgate::server
