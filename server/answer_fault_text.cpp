#include "server/answer_fault_text.hpp"

#include <string_view>

namespace campgate::server {

namespace {

constexpr texts missing{"Cette réponse est nécessaire.", "Dit antwoord is nodig.",
                        "Diese Antwort ist nötig.", "This answer is needed."};
constexpr texts consent_needed{"Sans cette autorisation, la fiche ne peut pas être validée.",
                               "Zonder deze toestemming kan de fiche niet bevestigd worden.",
                               "Ohne diese Einwilligung kann das Blatt nicht bestätigt werden.",
                               "Without this authorisation the sheet cannot be validated."};
constexpr texts unknown{"Cette question n'est plus posée. Rechargez la page.",
                        "Deze vraag wordt niet meer gesteld. Laad de pagina opnieuw.",
                        "Diese Frage wird nicht mehr gestellt. Laden Sie die Seite neu.",
                        "This question is no longer asked. Reload the page."};
constexpr texts too_many{"Au plus %2 lignes.", "Hoogstens %2 regels.", "Höchstens %2 Zeilen.",
                         "At most %2 rows."};
constexpr texts too_long{"Au plus %2 caractères.", "Hoogstens %2 tekens.", "Höchstens %2 Zeichen.",
                         "At most %2 characters."};
constexpr texts date{
    "Une date qui existe, et qui n'est pas encore à venir là où la question porte "
    "sur le passé.",
    "Een datum die bestaat, en die niet in de toekomst ligt waar de vraag over "
    "het verleden gaat.",
    "Ein Datum, das es gibt und das nicht in der Zukunft liegt, wo nach "
    "Vergangenem gefragt ist.",
    "A date that exists, and not in the future where the question is about the "
    "past."};
constexpr texts number{"Un nombre entier de %1 à %2.", "Een geheel getal van %1 tot %2.",
                       "Eine ganze Zahl von %1 bis %2.", "A whole number from %1 to %2."};
constexpr texts phone{"Un numéro de téléphone, par exemple +32 470 12 34 56.",
                      "Een telefoonnummer, bijvoorbeeld +32 470 12 34 56.",
                      "Eine Telefonnummer, zum Beispiel +32 470 12 34 56.",
                      "A phone number, for example +32 470 12 34 56."};
constexpr texts choice{
    "Choisissez une des réponses proposées.", "Kies een van de voorgestelde antwoorden.",
    "Wählen Sie eine der vorgeschlagenen Antworten.", "Choose one of the answers offered."};
constexpr texts invalid{"Cette réponse n'est pas acceptée.", "Dit antwoord wordt niet aanvaard.",
                        "Diese Antwort wird nicht angenommen.", "This answer is not accepted."};

const texts& invalid_text(const answer_fault& fault) {
    if (!fault.kind) return invalid;
    switch (*fault.kind) {
        case question_kind::date: return date;
        case question_kind::number: return number;
        case question_kind::phone: return phone;
        case question_kind::choice:
        case question_kind::choices: return choice;
        case question_kind::text:
        case question_kind::long_text:
        case question_kind::yes_no:
        case question_kind::list:
        case question_kind::consent: break;
    }
    return invalid;
}

const texts& usual_text(const answer_fault& fault) {
    switch (fault.code) {
        case answer_fault_code::missing:
            return fault.kind == question_kind::consent ? consent_needed : missing;
        case answer_fault_code::invalid: return invalid_text(fault);
        case answer_fault_code::too_long:
            return fault.kind == question_kind::list ? too_many : too_long;
        case answer_fault_code::unknown: break;
    }
    return unknown;
}

void replace(std::string& text, std::string_view mark, std::int64_t value) {
    const auto at = text.find(mark);
    if (at != std::string::npos) text.replace(at, mark.size(), std::to_string(value));
}

}  // namespace

std::string text_of(const answer_fault& fault, language asked) {
    std::string text{text_in(usual_text(fault), asked)};
    replace(text, "%1", fault.minimum);
    replace(text, "%2", fault.maximum);
    return text;
}

}  // namespace campgate::server
