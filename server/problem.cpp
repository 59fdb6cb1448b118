// The catalogue: names, statuses and texts, in French, Dutch, German and English.
#include "server/problem.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>

namespace campgate::server {

namespace {

struct kind_entry {
    problem_kind kind;
    std::string_view name;
    int status;
    int retry_seconds;  // 0: no Retry-After
    texts title;
    texts detail;
};

struct detail_entry {
    problem_detail detail;
    texts text;
};

struct reason_entry {
    reason why;
    texts text;
};

constexpr std::array kinds{
    kind_entry{problem_kind::invalid_json,
               "invalid_json",
               400,
               0,
               {"JSON invalide", "Ongeldige JSON", "Ungültiges JSON", "Invalid JSON"},
               {"Le corps de la requête n'est pas un texte JSON valide.",
                "De inhoud van het verzoek is geen geldige JSON-tekst.",
                "Der Inhalt der Anfrage ist kein gültiger JSON-Text.",
                "The body of the request is not a valid JSON text."}},
    kind_entry{
        problem_kind::invalid_member,
        "invalid_member",
        400,
        0,
        {"Valeur invalide", "Ongeldige waarde", "Ungültiger Wert", "Invalid value"},
        {"Une valeur de la requête n'est pas acceptée.",
         "Een waarde in het verzoek wordt niet aanvaard.",
         "Ein Wert der Anfrage wird nicht angenommen.", "A value in the request is not accepted."}},
    kind_entry{problem_kind::unknown_member,
               "unknown_member",
               400,
               0,
               {"Champ inconnu", "Onbekend veld", "Unbekanntes Feld", "Unknown member"},
               {"La requête contient un champ qui n'est pas prévu ici.",
                "Het verzoek bevat een veld dat hier niet voorzien is.",
                "Die Anfrage enthält ein Feld, das hier nicht vorgesehen ist.",
                "The request has a member that is not expected here."}},
    kind_entry{problem_kind::missing_member,
               "missing_member",
               400,
               0,
               {"Champ manquant", "Ontbrekend veld", "Fehlendes Feld", "Missing member"},
               {"Il manque un champ obligatoire dans la requête.",
                "In het verzoek ontbreekt een verplicht veld.",
                "In der Anfrage fehlt ein Pflichtfeld.", "The request lacks a required member."}},
    kind_entry{
        problem_kind::duplicate_member,
        "duplicate_member",
        400,
        0,
        {"Champ en double", "Dubbel veld", "Doppeltes Feld", "Duplicate member"},
        {"Un champ figure deux fois dans la requête.", "Een veld staat twee keer in het verzoek.",
         "Ein Feld steht zweimal in der Anfrage.", "The request has the same member twice."}},
    kind_entry{
        problem_kind::invalid_parameter,
        "invalid_parameter",
        400,
        0,
        {"Paramètre invalide", "Ongeldige parameter", "Ungültiger Parameter", "Invalid parameter"},
        {"Un paramètre de l'adresse est inconnu, répété ou incorrect.",
         "Een parameter in het adres is onbekend, herhaald of onjuist.",
         "Ein Parameter der Adresse ist unbekannt, doppelt oder falsch.",
         "A parameter of the address is unknown, repeated or wrong."}},
    kind_entry{
        problem_kind::missing_header,
        "missing_header",
        400,
        0,
        {"En-tête manquant", "Ontbrekende header", "Fehlender Header", "Missing header"},
        {"Il manque un en-tête obligatoire dans la requête.",
         "In het verzoek ontbreekt een verplichte header.",
         "In der Anfrage fehlt ein Pflicht-Header.", "The request lacks a required header."}},
    kind_entry{problem_kind::invalid_header,
               "invalid_header",
               400,
               0,
               {"En-tête invalide", "Ongeldige header", "Ungültiger Header", "Invalid header"},
               {"Un en-tête de la requête est répété ou incorrect.",
                "Een header van het verzoek is herhaald of onjuist.",
                "Ein Header der Anfrage ist doppelt oder falsch.",
                "A header of the request is repeated or wrong."}},
    kind_entry{
        problem_kind::malformed_request,
        "malformed_request",
        400,
        0,
        {"Requête mal formée", "Ongeldig verzoek", "Fehlerhafte Anfrage", "Malformed request"},
        {"Ceci n'est pas une requête HTTP que le serveur accepte.",
         "Dit is geen HTTP-verzoek dat de server aanvaardt.",
         "Dies ist keine HTTP-Anfrage, die der Server annimmt.",
         "This is not an HTTP request that the server accepts."}},
    kind_entry{
        problem_kind::login_required,
        "login_required",
        401,
        0,
        {"Connexion nécessaire", "Aanmelden nodig", "Anmeldung nötig", "Login required"},
        {"Connectez-vous d'abord, puis réessayez.", "Meld u eerst aan en probeer het dan opnieuw.",
         "Melden Sie sich zuerst an und versuchen Sie es dann erneut.",
         "Log in first, then try again."}},
    kind_entry{problem_kind::csrf_token,
               "csrf_token",
               403,
               0,
               {"Page périmée", "Verouderde pagina", "Veraltete Seite", "Stale page"},
               {"Le jeton de sécurité manque ou ne correspond plus. Rechargez la page.",
                "De beveiligingscode ontbreekt of klopt niet meer. Laad de pagina opnieuw.",
                "Das Sicherheitstoken fehlt oder passt nicht mehr. Laden Sie die Seite neu.",
                "The security token is missing or no longer fits. Reload the page."}},
    kind_entry{problem_kind::foreign_origin,
               "foreign_origin",
               403,
               0,
               {"Origine étrangère", "Vreemde herkomst", "Fremde Herkunft", "Foreign origin"},
               {"Cette requête vient d'un autre site et n'est pas acceptée.",
                "Dit verzoek komt van een andere site en wordt niet aanvaard.",
                "Diese Anfrage kommt von einer anderen Seite und wird nicht angenommen.",
                "This request comes from another site and is not accepted."}},
    kind_entry{problem_kind::staff_only,
               "staff_only",
               403,
               0,
               {"Réservé au personnel", "Alleen voor personeel", "Nur für Personal", "Staff only"},
               {"Cette page est réservée au personnel de l'organisateur.",
                "Deze pagina is alleen voor het personeel van de organisator.",
                "Diese Seite ist dem Personal des Veranstalters vorbehalten.",
                "This page is for the organiser's staff only."}},
    kind_entry{problem_kind::not_found,
               "not_found",
               404,
               0,
               {"Introuvable", "Niet gevonden", "Nicht gefunden", "Not found"},
               {"Il n'y a rien à cette adresse.", "Op dit adres is niets te vinden.",
                "Unter dieser Adresse gibt es nichts.", "There is nothing at this address."}},
    kind_entry{problem_kind::method_not_allowed,
               "method_not_allowed",
               405,
               0,
               {"Méthode non permise", "Methode niet toegestaan", "Methode nicht erlaubt",
                "Method not allowed"},
               {"Cette adresse existe, mais pas pour cette méthode.",
                "Dit adres bestaat, maar niet voor deze methode.",
                "Diese Adresse gibt es, aber nicht für diese Methode.",
                "This address exists, but not for this method."}},
    kind_entry{
        problem_kind::request_timeout,
        "request_timeout",
        408,
        0,
        {"Requête trop lente", "Verzoek te traag", "Anfrage zu langsam", "Request too slow"},
        {"La requête n'est pas arrivée à temps.", "Het verzoek is niet op tijd aangekomen.",
         "Die Anfrage ist nicht rechtzeitig angekommen.", "The request did not arrive in time."}},
    kind_entry{problem_kind::nothing_placed,
               "nothing_placed",
               409,
               0,
               {"Aucune place retenue", "Geen plaats vastgehouden", "Kein Platz reserviert",
                "Nothing was placed"},
               {"Aucune des places demandées n'a pu être retenue.",
                "Geen van de gevraagde plaatsen kon worden vastgehouden.",
                "Keiner der gewünschten Plätze konnte reserviert werden.",
                "None of the seats asked for could be held."}},
    kind_entry{
        problem_kind::key_undecided,
        "key_undecided",
        409,
        1,
        {"Demande en cours", "Verzoek in behandeling", "Anfrage in Bearbeitung", "Still undecided"},
        {"Cette demande est encore en cours. Réessayez avec la même clé.",
         "Dit verzoek is nog in behandeling. Probeer opnieuw met dezelfde sleutel.",
         "Diese Anfrage wird noch bearbeitet. Versuchen Sie es mit demselben Schlüssel erneut.",
         "This request is still being decided. Try again with the same key."}},
    kind_entry{
        problem_kind::child_known,
        "child_known",
        409,
        0,
        {"Enfant déjà connu", "Kind al bekend", "Kind bereits bekannt", "Child already known"},
        {"Un enfant avec ce numéro national est déjà inscrit. Demandez à y être rattaché "
         "comme second parent.",
         "Een kind met dit rijksregisternummer is al ingeschreven. Vraag om als tweede "
         "ouder gekoppeld te worden.",
         "Ein Kind mit dieser Nationalregisternummer ist bereits eingetragen. Bitten Sie "
         "darum, als zweiter Elternteil zugeordnet zu werden.",
         "A child with this national number is registered already. Ask to be attached to it "
         "as a second parent."}},
    kind_entry{problem_kind::child_has_holds,
               "child_has_holds",
               409,
               0,
               {"Places encore réservées", "Nog plaatsen vastgehouden", "Noch Plätze reserviert",
                "Seats still held"},
               {"Des places sont encore réservées pour cet enfant. Libérez-les d'abord.",
                "Voor dit kind zijn nog plaatsen vastgehouden. Geef ze eerst vrij.",
                "Für dieses Kind sind noch Plätze reserviert. Geben Sie sie zuerst frei.",
                "Seats are still held for this child. Release them first."}},
    kind_entry{problem_kind::decided_already,
               "decided_already",
               409,
               0,
               {"Déjà décidé", "Al beslist", "Bereits entschieden", "Decided already"},
               {"Quelqu'un a déjà décidé de cette demande.", "Iemand heeft hier al over beslist.",
                "Jemand hat darüber bereits entschieden.",
                "Somebody has decided on this request already."}},
    kind_entry{problem_kind::family_has_holds,
               "family_has_holds",
               409,
               0,
               {"Places encore réservées", "Nog plaatsen vastgehouden", "Noch Plätze reserviert",
                "Seats still held"},
               {"La famille tient encore des places. Libérez-les d'abord.",
                "Het gezin houdt nog plaatsen vast. Geef ze eerst vrij.",
                "Die Familie hält noch Plätze. Geben Sie sie zuerst frei.",
                "The family still holds seats. Release them first."}},
    kind_entry{problem_kind::payment_in_progress,
               "payment_in_progress",
               409,
               0,
               {"Paiement en cours", "Betaling bezig", "Zahlung läuft", "Payment in progress"},
               {"La page de paiement est ouverte : terminez ou annulez d'abord le paiement.",
                "De betaalpagina staat open: rond de betaling eerst af of annuleer ze.",
                "Die Zahlungsseite ist offen: Schließen Sie die Zahlung zuerst ab oder brechen "
                "Sie sie ab.",
                "The payment page is open: finish or cancel the payment first."}},
    kind_entry{problem_kind::already_booked,
               "already_booked",
               409,
               0,
               {"Déjà payé", "Al betaald", "Schon bezahlt", "Already booked"},
               {"Cette place est payée. Pour la rendre, demandez une désinscription.",
                "Deze plaats is betaald. Vraag een uitschrijving om ze terug te geven.",
                "Dieser Platz ist bezahlt. Um ihn zurückzugeben, beantragen Sie eine Abmeldung.",
                "This place is paid for. To give it back, ask for a cancellation."}},
    kind_entry{problem_kind::nothing_to_finalise,
               "nothing_to_finalise",
               409,
               0,
               {"Panier vide", "Lege mand", "Leerer Korb", "Nothing to finalise"},
               {"Le panier ne contient aucune inscription à finaliser.",
                "Er zit geen inschrijving in de mand om af te ronden.",
                "Im Korb liegt keine Anmeldung, die abzuschließen wäre.",
                "There is no registration in the basket to be finalised."}},
    kind_entry{problem_kind::in_order,
               "in_order",
               409,
               0,
               {"Déjà dans une commande", "Al in een bestelling", "Schon in einer Bestellung",
                "In an order already"},
               {"Une de ces inscriptions est déjà dans une commande : payez-la ou abandonnez-la.",
                "Een van deze inschrijvingen zit al in een bestelling: betaal ze of zie ervan af.",
                "Eine dieser Anmeldungen ist schon in einer Bestellung: bezahlen Sie sie oder "
                "geben Sie sie auf.",
                "One of these registrations is in an order already: pay it or abandon it."}},
    kind_entry{
        problem_kind::order_not_open,
        "order_not_open",
        409,
        0,
        {"Commande close", "Bestelling afgesloten", "Bestellung geschlossen", "Order not open"},
        {"Cette commande est payée, abandonnée ou expirée : elle ne change plus.",
         "Deze bestelling is betaald, opgegeven of vervallen: ze verandert niet meer.",
         "Diese Bestellung ist bezahlt, aufgegeben oder abgelaufen: sie ändert sich nicht "
         "mehr.",
         "This order is paid, abandoned or expired: it changes no more."}},
    kind_entry{problem_kind::method_not_offered,
               "method_not_offered",
               409,
               0,
               {"Moyen de paiement indisponible", "Betaalwijze niet beschikbaar",
                "Zahlungsart nicht verfügbar", "Way to pay not offered"},
               {"L'organisateur ne propose pas ce moyen de paiement.",
                "De organisator biedt deze betaalwijze niet aan.",
                "Der Veranstalter bietet diese Zahlungsart nicht an.",
                "The organiser does not offer this way to pay."}},
    kind_entry{problem_kind::not_booked,
               "not_booked",
               409,
               0,
               {"Pas d'inscription", "Geen inschrijving", "Keine Anmeldung", "Not booked"},
               {"Cette place n'est pas, ou plus, une inscription payée.",
                "Deze plaats is geen betaalde inschrijving, of niet meer.",
                "Dieser Platz ist keine bezahlte Anmeldung, oder nicht mehr.",
                "This place is not a paid booking, or is one no longer."}},
    kind_entry{
        problem_kind::nothing_to_review,
        "nothing_to_review",
        409,
        0,
        {"Rien à vérifier", "Niets na te kijken", "Nichts zu prüfen", "Nothing to review"},
        {"Ce paiement n'attend aucune vérification.", "Deze betaling wacht op geen controle.",
         "Diese Zahlung wartet auf keine Prüfung.", "This payment waits for no review."}},
    kind_entry{
        problem_kind::family_has_money,
        "family_has_money",
        409,
        0,
        {"Paiement ou remboursement en cours", "Betaling of terugbetaling bezig",
         "Zahlung oder Rückzahlung im Gange", "Payment or refund under way"},
        {"De l'argent est encore en route : un paiement, ou un remboursement qui vous est dû.",
         "Er is nog geld onderweg: een betaling, of een terugbetaling die u toekomt.",
         "Es ist noch Geld unterwegs: eine Zahlung, oder eine Rückzahlung, die Ihnen zusteht.",
         "Money is still on its way: a payment, or a refund that is owed to you."}},
    kind_entry{problem_kind::length_required,
               "length_required",
               411,
               0,
               {"Longueur nécessaire", "Lengte vereist", "Länge erforderlich", "Length required"},
               {"Le corps de la requête doit annoncer sa longueur (Content-Length).",
                "De inhoud van het verzoek moet zijn lengte vermelden (Content-Length).",
                "Der Inhalt der Anfrage muss seine Länge nennen (Content-Length).",
                "The body of the request must state its length (Content-Length)."}},
    kind_entry{
        problem_kind::precondition_failed,
        "precondition_failed",
        412,
        0,
        {"Modifié entre-temps", "Ondertussen gewijzigd", "Zwischenzeitlich geändert",
         "Changed meanwhile"},
        {"Quelqu'un d'autre a modifié ceci entre-temps. Regardez d'abord la dernière version.",
         "Iemand anders heeft dit ondertussen gewijzigd. Bekijk eerst de laatste versie.",
         "Jemand anders hat dies inzwischen geändert. Sehen Sie zuerst die neueste Fassung an.",
         "Somebody else has changed this meanwhile. Look at the latest version first."}},
    kind_entry{problem_kind::body_too_large,
               "body_too_large",
               413,
               0,
               {"Requête trop grande", "Verzoek te groot", "Anfrage zu groß", "Body too large"},
               {"Le corps de la requête est trop grand.", "De inhoud van het verzoek is te groot.",
                "Der Inhalt der Anfrage ist zu groß.", "The body of the request is too large."}},
    kind_entry{problem_kind::uri_too_long,
               "uri_too_long",
               414,
               0,
               {"Adresse trop longue", "Adres te lang", "Adresse zu lang", "Address too long"},
               {"L'adresse demandée est trop longue.", "Het gevraagde adres is te lang.",
                "Die angefragte Adresse ist zu lang.", "The address asked for is too long."}},
    kind_entry{problem_kind::unsupported_media_type,
               "unsupported_media_type",
               415,
               0,
               {"Type de contenu refusé", "Inhoudstype geweigerd", "Inhaltstyp abgelehnt",
                "Unsupported media type"},
               {"Le corps de la requête doit être de type application/json.",
                "De inhoud van het verzoek moet van het type application/json zijn.",
                "Der Inhalt der Anfrage muss vom Typ application/json sein.",
                "The body of the request must be application/json."}},
    kind_entry{
        problem_kind::expectation_failed,
        "expectation_failed",
        417,
        0,
        {"Attente refusée", "Verwachting geweigerd", "Erwartung abgelehnt", "Expectation failed"},
        {"Le serveur ne connaît pas cette attente (Expect).",
         "De server kent deze verwachting niet (Expect).",
         "Der Server kennt diese Erwartung nicht (Expect).",
         "The server does not know this expectation (Expect)."}},
    kind_entry{problem_kind::key_reused,
               "key_reused",
               422,
               0,
               {"Clé déjà utilisée", "Sleutel al gebruikt", "Schlüssel schon verwendet",
                "Key already used"},
               {"Cette clé appartient déjà à une autre demande.",
                "Deze sleutel hoort al bij een ander verzoek.",
                "Dieser Schlüssel gehört schon zu einer anderen Anfrage.",
                "This key already belongs to another request."}},
    kind_entry{problem_kind::sheet_incomplete,
               "sheet_incomplete",
               422,
               0,
               {"Fiche santé à compléter", "Gezondheidsfiche aan te vullen",
                "Gesundheitsblatt zu ergänzen", "Health sheet to be completed"},
               {"Des réponses de la fiche santé manquent ou ne sont pas acceptées.",
                "Antwoorden van de gezondheidsfiche ontbreken of worden niet aanvaard.",
                "Antworten des Gesundheitsblatts fehlen oder werden nicht angenommen.",
                "Answers of the health sheet are missing or not accepted."}},
    kind_entry{
        problem_kind::upgrade_required,
        "upgrade_required",
        426,
        0,
        {"WebSocket attendu", "WebSocket verwacht", "WebSocket erwartet", "Upgrade required"},
        {"Cette adresse s'ouvre par WebSocket, avec le sous-protocole campgate.live.v1.",
         "Dit adres opent u via WebSocket, met het subprotocol campgate.live.v1.",
         "Diese Adresse wird per WebSocket mit dem Unterprotokoll campgate.live.v1 geöffnet.",
         "This address is opened by WebSocket, with the subprotocol campgate.live.v1."}},
    kind_entry{problem_kind::precondition_required,
               "precondition_required",
               428,
               0,
               {"Version nécessaire", "Versie nodig", "Fassung erforderlich", "Version required"},
               {"Cette modification doit nommer la version qu'elle change (If-Match).",
                "Deze wijziging moet de versie noemen die ze verandert (If-Match).",
                "Diese Änderung muss die Fassung nennen, die sie ändert (If-Match).",
                "This change must name the version that it changes (If-Match)."}},
    kind_entry{problem_kind::too_many_requests,
               "too_many_requests",
               429,
               1,
               {"Trop de requêtes", "Te veel verzoeken", "Zu viele Anfragen", "Too many requests"},
               {"Trop de requêtes viennent de votre adresse. Patientez un instant.",
                "Er komen te veel verzoeken van uw adres. Wacht even.",
                "Von Ihrer Adresse kommen zu viele Anfragen. Warten Sie einen Moment.",
                "Too many requests come from your address. Wait a moment."}},
    kind_entry{problem_kind::header_too_large,
               "header_too_large",
               431,
               0,
               {"En-têtes trop grands", "Headers te groot", "Header zu groß", "Headers too large"},
               {"Les en-têtes de la requête sont trop grands.",
                "De headers van het verzoek zijn te groot.", "Die Header der Anfrage sind zu groß.",
                "The headers of the request are too large."}},
    kind_entry{problem_kind::internal_error,
               "internal_error",
               500,
               0,
               {"Erreur du serveur", "Serverfout", "Serverfehler", "Server error"},
               {"Une erreur s'est produite de notre côté.", "Er ging bij ons iets mis.",
                "Bei uns ist ein Fehler aufgetreten.", "Something went wrong on our side."}},
    kind_entry{problem_kind::not_ready,
               "not_ready",
               503,
               2,
               {"Pas encore prêt", "Nog niet klaar", "Noch nicht bereit", "Not ready"},
               {"Le serveur ne peut rien enregistrer pour l'instant. Réessayez dans un instant.",
                "De server kan nu even niets vastleggen. Probeer het zo meteen opnieuw.",
                "Der Server kann gerade nichts speichern. Versuchen Sie es gleich noch einmal.",
                "The server cannot record anything right now. Try again in a moment."}},
    kind_entry{problem_kind::overloaded,
               "overloaded",
               503,
               1,
               {"Beaucoup de monde", "Veel volk", "Großer Andrang", "Overloaded"},
               {"Beaucoup de parents demandent en même temps ; rien n'a été pris. Réessayez.",
                "Veel ouders vragen tegelijk; er is niets vastgelegd. Probeer opnieuw.",
                "Viele Eltern fragen gleichzeitig; nichts wurde vergeben. Versuchen Sie es erneut.",
                "Many parents are asking at once; nothing was taken. Try again."}},
    kind_entry{problem_kind::contended,
               "contended",
               503,
               1,
               {"Places disputées", "Plaatsen in beweging", "Umkämpfte Plätze", "Contended"},
               {"Ces places changent de main en ce moment. Réessayez tout de suite.",
                "Deze plaatsen wisselen nu van eigenaar. Probeer meteen opnieuw.",
                "Diese Plätze wechseln gerade den Besitzer. Versuchen Sie es gleich erneut.",
                "These seats are changing hands right now. Try again at once."}},
    kind_entry{
        problem_kind::outcome_unknown,
        "outcome_unknown",
        503,
        2,
        {"Résultat encore inconnu", "Uitkomst nog onbekend", "Ergebnis noch unbekannt",
         "Outcome unknown"},
        {"Votre demande est reçue, sa suite n'est pas encore connue. Réessayez avec la même clé.",
         "Uw verzoek is ontvangen, de uitkomst is nog niet bekend. Probeer opnieuw met dezelfde "
         "sleutel.",
         "Ihre Anfrage ist da, ihr Ergebnis noch nicht bekannt. Versuchen Sie es mit demselben "
         "Schlüssel erneut.",
         "Your request was received, its outcome is not known yet. Ask again with the same key."}},
    kind_entry{
        problem_kind::provider_unreachable,
        "provider_unreachable",
        503,
        2,
        {"Banque injoignable", "Bank onbereikbaar", "Bank nicht erreichbar", "Bank out of reach"},
        {"Le service de paiement ne répond pas. Rien n'est perdu : réessayez.",
         "De betaaldienst antwoordt niet. Er is niets verloren: probeer opnieuw.",
         "Der Zahlungsdienst antwortet nicht. Nichts ist verloren: versuchen Sie es erneut.",
         "The payment service does not answer. Nothing is lost: try again."}},
    kind_entry{problem_kind::draining,
               "draining",
               503,
               3,
               {"Redémarrage", "Herstart", "Neustart", "Restarting"},
               {"Le serveur redémarre. Réessayez dans quelques secondes.",
                "De server herstart. Probeer het over enkele seconden opnieuw.",
                "Der Server startet neu. Versuchen Sie es in einigen Sekunden erneut.",
                "The server is restarting. Try again in a few seconds."}},
};

constexpr std::array details{
    detail_entry{problem_detail::usual, {"", "", "", ""}},
    detail_entry{problem_detail::text_not_json,
                 {"Le corps de la requête n'est pas un texte JSON valide en UTF-8.",
                  "De inhoud van het verzoek is geen geldige JSON-tekst in UTF-8.",
                  "Der Inhalt der Anfrage ist kein gültiger JSON-Text in UTF-8.",
                  "The body of the request is not a valid JSON text in UTF-8."}},
    detail_entry{
        problem_detail::text_too_deep,
        {"Le texte JSON est imbriqué trop profondément.", "De JSON-tekst is te diep genest.",
         "Der JSON-Text ist zu tief verschachtelt.", "The JSON text nests too deeply."}},
    detail_entry{problem_detail::expected_object,
                 {"Un objet JSON est attendu ici.", "Hier wordt een JSON-object verwacht.",
                  "Hier wird ein JSON-Objekt erwartet.", "A JSON object is expected here."}},
    detail_entry{problem_detail::expected_array,
                 {"Une liste JSON est attendue ici.", "Hier wordt een JSON-lijst verwacht.",
                  "Hier wird eine JSON-Liste erwartet.", "A JSON array is expected here."}},
    detail_entry{problem_detail::expected_integer,
                 {"Un nombre entier, écrit sans décimales ni guillemets, est attendu ici.",
                  "Hier wordt een geheel getal verwacht, zonder decimalen of aanhalingstekens.",
                  "Hier wird eine ganze Zahl ohne Nachkommastellen und Anführungszeichen erwartet.",
                  "An integer, without decimals or quotes, is expected here."}},
    detail_entry{problem_detail::expected_string,
                 {"Un texte est attendu ici.", "Hier wordt een tekst verwacht.",
                  "Hier wird ein Text erwartet.", "A string is expected here."}},
    detail_entry{problem_detail::expected_boolean,
                 {"true ou false est attendu ici.", "Hier wordt true of false verwacht.",
                  "Hier wird true oder false erwartet.", "true or false is expected here."}},
    detail_entry{
        problem_detail::integer_out_of_range,
        {"Ce nombre est trop petit ou trop grand.", "Dit getal is te klein of te groot.",
         "Diese Zahl ist zu klein oder zu groß.", "This number is too small or too large."}},
    detail_entry{problem_detail::string_length,
                 {"Ce texte est trop court ou trop long.", "Deze tekst is te kort of te lang.",
                  "Dieser Text ist zu kurz oder zu lang.", "This text is too short or too long."}},
    detail_entry{
        problem_detail::string_characters,
        {"Ce texte contient des caractères de contrôle.", "Deze tekst bevat besturingstekens.",
         "Dieser Text enthält Steuerzeichen.", "This text has control characters."}},
    detail_entry{problem_detail::array_length,
                 {"Cette liste a trop ou trop peu d'éléments.",
                  "Deze lijst heeft te veel of te weinig elementen.",
                  "Diese Liste hat zu viele oder zu wenige Einträge.",
                  "This array has too many or too few items."}},
    detail_entry{problem_detail::not_in_list,
                 {"Cette valeur ne fait pas partie des choix possibles.",
                  "Deze waarde hoort niet bij de mogelijke keuzes.",
                  "Dieser Wert gehört nicht zu den möglichen.",
                  "This value is not one of the possible choices."}},
    detail_entry{problem_detail::repeated_item,
                 {"Cet élément figure déjà plus haut dans la liste.",
                  "Dit element staat al eerder in de lijst.",
                  "Dieser Eintrag steht schon weiter oben in der Liste.",
                  "This item is already in the list."}},
    detail_entry{
        problem_detail::unknown_week,
        {"Cette semaine n'existe pas dans la saison.", "Deze week bestaat niet in het seizoen.",
         "Diese Woche gibt es in der Saison nicht.", "There is no such week in the season."}},
    detail_entry{problem_detail::unknown_child,
                 {"Cet enfant n'existe pas.", "Dit kind bestaat niet.",
                  "Dieses Kind gibt es nicht.", "There is no such child."}},
    detail_entry{problem_detail::same_iso_week,
                 {"Un enfant est demandé deux fois pour la même semaine du calendrier.",
                  "Een kind wordt twee keer gevraagd voor dezelfde kalenderweek.",
                  "Ein Kind wird zweimal für dieselbe Kalenderwoche angefragt.",
                  "A child is asked for twice in the same calendar week."}},
    detail_entry{problem_detail::not_a_niss,
                 {"Ce numéro national n'existe pas : vérifiez ses onze chiffres.",
                  "Dit rijksregisternummer bestaat niet: controleer de elf cijfers.",
                  "Diese Nationalregisternummer gibt es nicht: prüfen Sie die elf Ziffern.",
                  "There is no such national number: check its eleven digits."}},
    detail_entry{problem_detail::not_a_day,
                 {"Cette date n'existe pas, ou n'est pas possible ici.",
                  "Deze datum bestaat niet, of is hier niet mogelijk.",
                  "Dieses Datum gibt es nicht, oder es ist hier nicht möglich.",
                  "There is no such date, or it is not possible here."}},
    detail_entry{problem_detail::not_a_phone,
                 {"Ce n'est pas un numéro de téléphone.", "Dit is geen telefoonnummer.",
                  "Das ist keine Telefonnummer.", "This is not a phone number."}},
    detail_entry{problem_detail::not_an_email,
                 {"Ce n'est pas une adresse e-mail.", "Dit is geen e-mailadres.",
                  "Das ist keine E-Mail-Adresse.", "This is not an e-mail address."}},
    detail_entry{problem_detail::not_a_postcode,
                 {"Ce n'est pas un code postal.", "Dit is geen postcode.",
                  "Das ist keine Postleitzahl.", "This is not a postcode."}},
    detail_entry{problem_detail::not_a_document,
                 {"Ce n'est pas un document PDF, JPEG ou PNG entier du type annoncé.",
                  "Dit is geen volledig PDF-, JPEG- of PNG-document van het vermelde type.",
                  "Dies ist kein vollständiges PDF-, JPEG- oder PNG-Dokument des genannten Typs.",
                  "This is not a whole PDF, JPEG or PNG document of the stated type."}},
};

constexpr std::array reasons{
    reason_entry{reason::sold_out,
                 {"Il ne reste plus assez de places dans cette semaine.",
                  "In deze week zijn er niet genoeg plaatsen meer.",
                  "In dieser Woche sind nicht mehr genug Plätze frei.",
                  "There are not enough seats left in this week."}},
    reason_entry{reason::busy,
                 {"La décision n'a pas pu tomber à temps. Demandez encore une fois.",
                  "Er kon niet op tijd beslist worden. Vraag het nog eens.",
                  "Es konnte nicht rechtzeitig entschieden werden. Fragen Sie noch einmal.",
                  "This could not be decided in time. Ask again."}},
    reason_entry{reason::not_open,
                 {"Les inscriptions de cette semaine ne sont pas encore ouvertes.",
                  "De inschrijvingen voor deze week zijn nog niet open.",
                  "Die Anmeldung für diese Woche ist noch nicht eröffnet.",
                  "Registration for this week has not opened yet."}},
    reason_entry{reason::residents_only,
                 {"Cette semaine n'est encore ouverte qu'aux habitants de la commune.",
                  "Deze week is nog alleen open voor inwoners van de gemeente.",
                  "Diese Woche ist noch den Einwohnern der Gemeinde vorbehalten.",
                  "This week is still open to residents of the commune only."}},
    reason_entry{reason::age,
                 {"L'âge de l'enfant ne convient pas à cette semaine.",
                  "De leeftijd van het kind past niet bij deze week.",
                  "Das Alter des Kindes passt nicht zu dieser Woche.",
                  "The child's age does not fit this week."}},
    reason_entry{reason::sheet_missing,
                 {"La fiche santé de l'enfant n'est pas encore remplie et validée.",
                  "De gezondheidsfiche van het kind is nog niet ingevuld en bevestigd.",
                  "Das Gesundheitsblatt des Kindes ist noch nicht ausgefüllt und bestätigt.",
                  "The child's health sheet is not filled in and validated yet."}},
    reason_entry{
        reason::sheet_expired,
        {"La fiche santé de l'enfant date de plus de six mois. Validez-la à nouveau.",
         "De gezondheidsfiche van het kind is ouder dan zes maanden. Bevestig ze opnieuw.",
         "Das Gesundheitsblatt des Kindes ist älter als sechs Monate. Bestätigen Sie es neu.",
         "The child's health sheet is older than six months. Validate it again."}},
    reason_entry{reason::overlapping,
                 {"L'enfant a déjà une place dans cette semaine du calendrier.",
                  "Het kind heeft al een plaats in deze kalenderweek.",
                  "Das Kind hat in dieser Kalenderwoche schon einen Platz.",
                  "The child already has a seat in this calendar week."}},
    reason_entry{
        reason::limit,
        {"Le nombre de semaines permis est atteint.", "Het toegestane aantal weken is bereikt.",
         "Die erlaubte Zahl der Wochen ist erreicht.",
         "The number of weeks allowed has been reached."}},
    reason_entry{reason::no_invoiceable_parent,
                 {"Aucun parent à qui facturer n'est connu pour cet enfant.",
                  "Voor dit kind is geen factureerbare ouder bekend.",
                  "Für dieses Kind ist kein Elternteil als Rechnungsempfänger bekannt.",
                  "No parent to be invoiced is known for this child."}},
    reason_entry{
        reason::not_tried,
        {"Cette place n'a pas été demandée, parce qu'une autre de la demande n'a pas pu l'être.",
         "Deze plaats werd niet geprobeerd, omdat een andere uit het verzoek niet lukte.",
         "Dieser Platz wurde nicht versucht, weil ein anderer der Anfrage nicht zu haben war.",
         "This seat was not tried, because another of the request could not be had."}},
};

/// The entry at index i must be the one of enumerator i (counted from `first`).
template <class Entries, class Member>
constexpr bool in_order(const Entries& entries, Member member, std::size_t first) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (static_cast<std::size_t>(entries[i].*member) != first + i) return false;
    }
    return true;
}
static_assert(kinds.size() == problem_kinds && in_order(kinds, &kind_entry::kind, 0));
static_assert(details.size() == problem_details && in_order(details, &detail_entry::detail, 0));
static_assert(reasons.size() == all_reasons.size() && in_order(reasons, &reason_entry::why, 1));

/// What came from the wire and is not plain text is not repeated.
bool is_plain(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

constexpr const kind_entry& entry(problem_kind kind) noexcept {
    return kinds[static_cast<std::size_t>(kind)];
}

}  // namespace

std::string_view name_of(problem_kind kind) noexcept {
    return entry(kind).name;
}

int status_of(problem_kind kind) noexcept {
    return entry(kind).status;
}

std::string_view title_of(problem_kind kind, language asked) noexcept {
    return text_in(entry(kind).title, asked);
}

std::string_view detail_of(problem_kind kind, problem_detail detail, language asked) noexcept {
    if (detail == problem_detail::usual) return text_in(entry(kind).detail, asked);
    return text_in(details[static_cast<std::size_t>(detail)].text, asked);
}

std::string_view text_of(reason why, language asked) noexcept {
    return text_in(reasons[static_cast<std::size_t>(why) - 1].text, asked);
}

std::optional<std::chrono::seconds> retry_after(problem_kind kind, std::uint32_t random) noexcept {
    const int base = entry(kind).retry_seconds;
    if (base == 0) return std::nullopt;
    // From base to three times base.
    const auto jitter = random % (2U * static_cast<std::uint32_t>(base) + 1U);
    return std::chrono::seconds{base + static_cast<int>(jitter)};
}

std::string render(const problem& refusal, language asked, std::string_view instance) {
    boost::json::object body;
    body.reserve(5 + refusal.members.size());
    body["type"] = std::string{"urn:campgate:problem:"}.append(name_of(refusal.kind));
    body["title"] = title_of(refusal.kind, asked);
    body["status"] = status_of(refusal.kind);
    body["detail"] = detail_of(refusal.kind, refusal.detail, asked);
    if (is_plain(instance)) body["instance"] = instance;
    for (const auto& member : refusal.members) body.emplace(member.key(), member.value());
    return boost::json::serialize(body);
}

problem problem_of(problem_kind kind) {
    return {kind, problem_detail::usual, {}};
}

problem parameter_problem(std::string_view parameter) {
    return {problem_kind::invalid_parameter, problem_detail::usual, {{"parameter", parameter}}};
}

problem header_problem(problem_kind kind, std::string_view header) {
    return {kind, problem_detail::usual, {{"header", header}}};
}

problem member_problem(problem_detail detail, std::string_view pointer) {
    return {problem_kind::invalid_member, detail, {{"pointer", pointer}}};
}

}  // namespace campgate::server
