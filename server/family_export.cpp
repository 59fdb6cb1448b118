#include "server/family_export.hpp"

#include "persistence/pg_text.hpp"
#include "server/answers_json.hpp"
#include "server/document_check.hpp"
#include "server/family_json.hpp"
#include "server/html_text.hpp"
#include "server/time_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <sodium.h>
#include <algorithm>

namespace campgate::server {

namespace json = boost::json;

namespace {

json::value optional_day(const std::optional<std::chrono::sys_days>& day) {
    return day ? json::value(day_text(*day)) : json::value();
}
json::value optional_niss(const std::optional<campgate::niss>& number) {
    return number ? json::value(number->digits()) : json::value();
}

std::string week_text(const family_export& all, week_id id, language in) {
    const camp_week* week = all.camps ? all.camps->find(id) : nullptr;
    const camp* of = week != nullptr ? all.camps->find(week->camp) : nullptr;
    if (of == nullptr) return std::to_string(id.value);
    const std::array<std::string_view, 4> names{of->name.fr, of->name.nl, of->name.de, of->name.en};
    const std::string_view own = names[static_cast<std::size_t>(in)];
    return std::string{own.empty() ? names[0] : own} + ", " + day_text(week->first_day());
}

std::string base64_of(const std::string& bytes) {
    std::string text(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), 0);
    sodium_bin2base64(text.data(), text.size(),
                      reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                      sodium_base64_VARIANT_ORIGINAL);
    text.pop_back();  // its end mark
    return text;
}

// As it was kept: nothing is left out for not being asked any more.
json::value kept_answers(const std::optional<std::string>& text) {
    if (!text) return nullptr;
    boost::system::error_code bad;
    json::value parsed = json::parse(*text, bad);
    return bad ? json::value() : parsed;
}

json::object parent_object(const parent_row& p) {
    json::value address;
    if (p.address) {
        const postal_address& a = *p.address;
        address =
            json::object{{"street", a.street},     {"number", a.number}, {"box", a.box},
                         {"postcode", a.postcode}, {"city", a.city},     {"country", a.country}};
    }
    return {{"id", p.id.value},
            {"given_name", p.given_name},
            {"family_name", p.family_name},
            {"niss", optional_niss(p.niss)},
            {"birth_date", optional_day(p.birth_date)},
            {"address", std::move(address)},
            {"phone", p.phone},
            {"email", p.email},
            {"email_confirmed", p.email_confirmed},
            {"language", p.language},
            {"registered_at", time_or_null(p.registered_at)}};
}

const stored_sheet* sheet_of(const family_export& all, child_id child) {
    const auto at = std::ranges::find(all.sheets, child, &std::pair<child_id, stored_sheet>::first);
    return at != all.sheets.end() ? &at->second : nullptr;
}

json::object child_object(const family_export& all, const child_row& c) {
    json::object out{{"id", c.id.value},
                     {"given_name", c.given_name},
                     {"family_name", c.family_name},
                     {"birth_date", day_text(c.birth_date)},
                     {"niss", optional_niss(c.niss)},
                     {"site", c.site},
                     {"school_year", c.school_year},
                     {"has_invoiceable_parent", c.invoiceable_parent.has_value()},
                     {"sheet", nullptr}};
    if (const stored_sheet* sheet = sheet_of(all, c.id)) {
        out["sheet"] = json::object{{"validated_at", time_or_null(sheet->validated_at)},
                                    {"answers", kept_answers(sheet->validated)},
                                    {"draft_saved_at", time_or_null(sheet->draft_at)},
                                    {"draft", kept_answers(sheet->draft)}};
    }
    return out;
}

// ---- the page

enum class word : std::uint8_t {
    title,
    about,
    made,
    parent,
    child,
    name,
    niss,
    birth,
    address,
    phone,
    email,
    language,
    site,
    year,
    sheet,
    validated,
    draft,
    holds,
    none,
    until,
    looked,
    yes,
    no,
    former,
    requests,
    answer,
    documents,
};

constexpr texts text_of(word w) {
    switch (w) {
        case word::title: return {"Vos données", "Uw gegevens", "Ihre Daten", "Your data"};
        case word::about:
            return {"Tout ce que nous conservons au sujet de votre famille.",
                    "Alles wat wij over uw gezin bewaren.",
                    "Alles, was wir über Ihre Familie aufbewahren.",
                    "Everything that we keep about your family."};
        case word::made: return {"Établi le", "Opgemaakt op", "Erstellt am", "Made at"};
        case word::parent: return {"Parent", "Ouder", "Elternteil", "Parent"};
        case word::child: return {"Enfant", "Kind", "Kind", "Child"};
        case word::name: return {"Nom", "Naam", "Name", "Name"};
        case word::niss:
            return {"Numéro de registre national", "Rijksregisternummer", "Nationalregisternummer",
                    "National register number"};
        case word::birth: return {"Né(e) le", "Geboren op", "Geboren am", "Born on"};
        case word::address: return {"Adresse", "Adres", "Anschrift", "Address"};
        case word::phone: return {"Téléphone", "Telefoon", "Telefon", "Phone"};
        case word::email: return {"E-mail", "E-mail", "E-Mail", "E-mail"};
        case word::language: return {"Langue", "Taal", "Sprache", "Language"};
        case word::site: return {"École", "School", "Schule", "School"};
        case word::year: return {"Année scolaire", "Schooljaar", "Schuljahr", "School year"};
        case word::sheet:
            return {"Fiche santé", "Gezondheidsfiche", "Gesundheitsblatt", "Health sheet"};
        case word::validated: return {"Validée le", "Bevestigd op", "Bestätigt am", "Validated at"};
        case word::draft: return {"Brouillon", "Klad", "Entwurf", "Draft"};
        case word::holds:
            return {"Places réservées", "Vastgehouden plaatsen", "Reservierte Plätze",
                    "Seats held"};
        case word::none: return {"Rien", "Niets", "Nichts", "Nothing"};
        case word::until: return {"jusqu'au", "tot", "bis", "until"};
        case word::looked:
            return {"Qui a consulté ou modifié votre dossier", "Wie uw dossier bekeek of wijzigde",
                    "Wer Ihre Akte eingesehen oder geändert hat",
                    "Who looked at your file or changed it"};
        case word::yes: return {"Oui", "Ja", "Ja", "Yes"};
        case word::no: return {"Non", "Nee", "Nein", "No"};
        case word::former:
            return {"Réponses à d'anciennes questions", "Antwoorden op vroegere vragen",
                    "Antworten auf frühere Fragen", "Answers to former questions"};
        case word::requests: return {"Demandes", "Aanvragen", "Anträge", "Requests"};
        case word::answer: return {"Réponse", "Antwoord", "Antwort", "Answer"};
        case word::documents: return {"Documents", "Documenten", "Dokumente", "Documents"};
    }
    return {};
}

std::string_view local(const localized& text, language in) {
    const std::array<std::string_view, 4> all{text.fr, text.nl, text.de, text.en};
    const std::string_view own = all[static_cast<std::size_t>(in)];
    return own.empty() ? all[0] : own;
}

class page {
public:
    page(const family_export& all, language in) : all_(all), in_(in) {}

    std::string write() {
        out_ = "<!doctype html>\n<html lang=\"" + std::string{code_of(in_)} +
               "\">\n<head><meta charset=\"utf-8\"><title>" + say(word::title) +
               "</title></head>\n<body>\n<h1>" + say(word::title) + "</h1>\n<p>" +
               say(word::about) + ' ' + say(word::made) + ' ' + rfc3339(all_.at) + ".</p>\n";
        for (const parent_row& p : all_.file->parents) write(p);
        for (const child_row& c : all_.file->children) write(c);
        write_holds();
        write_requests();
        write_documents();
        write_looked_at();
        return std::move(out_) + "</body>\n</html>\n";
    }

private:
    std::string say(word w) const { return html_escaped(text_in(text_of(w), in_)); }

    void heading(word w, std::string_view what) {
        out_ += "<h2>" + say(w) + (what.empty() ? "" : ": ") + html_escaped(what) + "</h2>\n";
    }
    void open_list() { out_ += "<dl>\n"; }
    void close_list() { out_ += "</dl>\n"; }
    void entry(std::string_view escaped_term, std::string_view text) {
        if (text.empty()) return;
        out_.append("<dt>").append(escaped_term).append("</dt><dd>");
        out_ += html_escaped(text) + "</dd>\n";
    }
    void entry(word w, std::string_view text) { entry(say(w), text); }

    void write(const parent_row& p) {
        heading(word::parent, p.given_name + ' ' + p.family_name);
        open_list();
        if (p.niss) entry(word::niss, p.niss->digits());
        if (p.birth_date) entry(word::birth, day_text(*p.birth_date));
        if (p.address) {
            const postal_address& a = *p.address;
            entry(word::address, a.street + ' ' + a.number + (a.box.empty() ? "" : " / ") + a.box +
                                     ", " + a.postcode + ' ' + a.city + ' ' + a.country);
        }
        entry(word::phone, p.phone);
        entry(word::email, p.email);
        entry(word::language, p.language);
        close_list();
    }

    void write(const child_row& c) {
        heading(word::child, c.given_name + ' ' + c.family_name);
        open_list();
        if (c.niss) entry(word::niss, c.niss->digits());
        entry(word::birth, day_text(c.birth_date));
        entry(word::site, c.site);
        entry(word::year, c.school_year);
        close_list();
        const stored_sheet* sheet = sheet_of(all_, c.id);
        if (sheet == nullptr) return;
        if (sheet->validated) {
            out_ += "<h3>" + say(word::sheet) + ". " + say(word::validated) + ' ' +
                    (sheet->validated_at ? rfc3339(*sheet->validated_at) : "") + "</h3>\n";
            write_answers(*sheet->validated);
        }
        if (sheet->draft) {
            out_ += "<h3>" + say(word::sheet) + ": " + say(word::draft) + "</h3>\n";
            write_answers(*sheet->draft);
        }
    }

    void write_answers(const std::string& text) {
        const answers given = answers_of(text, all_.asked);
        open_list();
        for (const questionnaire_section& section : all_.asked.sections) {
            for (const question& q : section.questions) {
                if (const named_answer* answer = given.find(q.id))
                    entry(html_escaped(local(q.label, in_)), text_of_value(q, answer->value));
            }
        }
        for (const named_answer& answer : given.all) {
            if (all_.asked.find(answer.id) == nullptr)
                entry(say(word::former) + ": " + html_escaped(answer.id),
                      text_of_value({}, answer.value));
        }
        close_list();
    }

    std::string chosen(const question& q, const std::string& id) const {
        const auto at = std::ranges::find(q.choices, id, &question_choice::id);
        return at == q.choices.end() ? id : std::string{local(at->label, in_)};
    }

    std::string text_of_value(const question& q, const answer_value& value) const {
        if (const auto* said = std::get_if<bool>(&value))
            return std::string{text_in(text_of(*said ? word::yes : word::no), in_)};
        if (const auto* n = std::get_if<std::int64_t>(&value)) return std::to_string(*n);
        if (const auto* text = std::get_if<std::string>(&value)) return chosen(q, *text);
        std::string out;
        if (const auto* many = std::get_if<std::vector<std::string>>(&value)) {
            for (const std::string& id : *many) out += (out.empty() ? "" : ", ") + chosen(q, id);
        }
        if (const auto* items = std::get_if<std::vector<answers>>(&value)) {
            for (const answers& item : *items)
                out += (out.empty() ? "" : "; ") + item_text(q, item);
        }
        return out;
    }

    std::string item_text(const question& q, const answers& item) const {
        std::string out;
        for (const named_answer& answer : item.all) {
            const auto field = std::ranges::find(q.fields, answer.id, &question::id);
            const question of = field == q.fields.end() ? question{} : *field;
            const std::string_view name =
                field == q.fields.end() ? std::string_view{answer.id} : local(of.label, in_);
            out += (out.empty() ? "" : ", ") + std::string{name} + ": " +
                   text_of_value(of, answer.value);
        }
        return out;
    }

    void write_holds() {
        heading(word::holds, "");
        if (all_.holds.empty()) out_ += "<p>" + say(word::none) + "</p>\n";
        open_list();
        for (const family_hold& hold : all_.holds) {
            const auto child = std::ranges::find(all_.file->children, hold.child, &child_row::id);
            const std::string name = child == all_.file->children.end()
                                         ? std::to_string(hold.child.value)
                                         : child->given_name;
            entry(html_escaped(name), week_text(all_, hold.week, in_) + ", " +
                                          std::string{text_in(text_of(word::until), in_)} + ' ' +
                                          rfc3339(hold.deadline));
        }
        close_list();
    }

    void write_requests() {
        if (all_.file->requests.empty()) return;
        heading(word::requests, "");
        open_list();
        for (const request_row& r : all_.file->requests) {
            entry(html_escaped(name_of(r.kind)), rfc3339(r.made_at) + ", " +
                                                     std::string{name_of(r.state)} +
                                                     (r.note.empty() ? "" : ": ") + r.note);
            entry(word::answer, r.answer);
        }
        close_list();
    }

    void write_documents() {
        if (all_.documents.empty()) return;
        heading(word::documents, "");
        open_list();
        for (const stored_document& d : all_.documents)
            entry(html_escaped(uuid_text(d.id)), rfc3339(d.made_at) + ", " +
                                                     std::string{content_type_of(d.kind)} + ", " +
                                                     std::to_string(d.bytes.size()));
        close_list();
    }

    void write_looked_at() {
        heading(word::looked, "");
        open_list();
        for (const audit_row& row : all_.looked_at)
            entry(rfc3339(row.at), row.what + " (" + std::to_string(row.actor.value) + ")");
        close_list();
    }

    const family_export& all_;
    const language in_;
    std::string out_;
};

}  // namespace

json::object export_object(const family_export& all) {
    const family_row& file = *all.file;
    json::array parents, children, attached, holds, requests, documents, looked_at;
    for (const parent_row& p : file.parents) parents.push_back(parent_object(p));
    for (const child_row& c : file.children) children.push_back(child_object(all, c));
    for (const attached_child& a : file.attached) attached.emplace_back(a.child.value);
    for (const family_hold& hold : all.holds) {
        holds.push_back(json::object{{"week", hold.week.value},
                                     {"name", week_text(all, hold.week, language::fr)},
                                     {"child", hold.child.value},
                                     {"seat", hold.seat.value},
                                     {"deadline", rfc3339(hold.deadline)}});
    }
    for (const request_row& r : file.requests) {
        requests.push_back(
            json::object{{"kind", name_of(r.kind)},
                         {"child", r.child ? json::value(r.child->value) : json::value()},
                         {"note", r.note},
                         {"answer", r.answer},
                         {"state", name_of(r.state)},
                         {"made_at", rfc3339(r.made_at)}});
    }
    for (const stored_document& d : all.documents) {
        documents.push_back(
            json::object{{"id", uuid_text(d.id)},
                         {"type", content_type_of(d.kind)},
                         {"request", d.request ? json::value(d.request->value) : json::value()},
                         {"made_at", rfc3339(d.made_at)},
                         {"base64", base64_of(d.bytes)}});
    }
    for (const audit_row& row : all.looked_at) {
        looked_at.push_back(
            json::object{{"at", rfc3339(row.at)},
                         {"by", row.actor.value},
                         {"what", row.what},
                         {"child", row.child ? json::value(row.child->value) : json::value()}});
    }
    return {{"exported_at", rfc3339(all.at)},
            {"family", file.id.value},
            {"version", file.version},
            {"residence", json::object{{"postcode", file.home.postcode}}},
            {"parents", std::move(parents)},
            {"children", std::move(children)},
            {"attached_children", std::move(attached)},
            {"holds", std::move(holds)},
            {"requests", std::move(requests)},
            {"documents", std::move(documents)},
            {"audit", std::move(looked_at)}};
}

std::string export_page(const family_export& all, language in) {
    return page{all, in}.write();
}

}  // namespace campgate::server
