#include "server/answers_json.hpp"

#include "server/questionnaire_file.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

namespace campgate::server {

namespace json = boost::json;

namespace {

json::array choices_of(const question& q) {
    json::array out;
    for (const question_choice& choice : q.choices)
        out.push_back(json::object{{"id", choice.id}, {"label", to_json(choice.label)}});
    return out;
}

json::object to_json(const question& q) {
    json::object out{{"id", q.id},
                     {"kind", name_of(q.kind)},
                     {"label", server::to_json(q.label)},
                     {"mandatory", q.mandatory}};
    if (!q.help.fr.empty()) out["help"] = server::to_json(q.help);
    if (q.when) {
        json::object when{{"question", q.when->question}};
        if (const auto* said = std::get_if<bool>(&q.when->is)) {
            when["is"] = *said;
        } else {
            when["is"] = std::get<std::string>(q.when->is);
        }
        out["when"] = std::move(when);
    }
    switch (q.kind) {
        case question_kind::choice:
        case question_kind::choices: out["choices"] = choices_of(q); break;
        case question_kind::text:
        case question_kind::long_text:
        case question_kind::phone: out["length_max"] = q.length_max; break;
        case question_kind::number:
            out["minimum"] = q.minimum;
            out["maximum"] = q.maximum;
            break;
        case question_kind::date: out["past"] = q.past; break;
        case question_kind::list: {
            json::array fields;
            for (const question& field : q.fields) fields.push_back(to_json(field));
            out["items_max"] = q.items_max;
            out["fields"] = std::move(fields);
            break;
        }
        case question_kind::yes_no:
        case question_kind::consent: break;
    }
    return out;
}

struct written_value {
    json::value operator()(bool said) const { return said; }
    json::value operator()(std::int64_t number) const { return number; }
    json::value operator()(const std::string& text) const { return json::string{text}; }
    json::value operator()(const std::vector<std::string>& chosen) const {
        json::array out;
        for (const std::string& id : chosen) out.emplace_back(id);
        return out;
    }
    json::value operator()(const std::vector<answers>& items) const {
        json::array out;
        for (const answers& item : items) out.emplace_back(server::to_json(item));
        return out;
    }
    json::value operator()(std::monostate) const { return nullptr; }
};

// An array of texts, or a value that no question takes.
answer_value chosen_of(const json::array& array) {
    std::vector<std::string> chosen;
    for (const json::value& each : array) {
        if (!each.is_string()) return std::monostate{};
        chosen.emplace_back(each.get_string());
    }
    return chosen;
}

answer_value field_of(const json::value& value) {
    if (const bool* said = value.if_bool()) return *said;
    if (const std::int64_t* number = value.if_int64()) return *number;
    if (const json::string* text = value.if_string()) return std::string{*text};
    if (const json::array* array = value.if_array()) return chosen_of(*array);
    return std::monostate{};
}

answer_value items_of(const json::array& array) {
    std::vector<answers> items;
    for (const json::value& item : array) {
        if (!item.is_object()) return std::monostate{};
        answers& read = items.emplace_back();
        for (const auto& [id, value] : item.get_object())
            read.all.push_back({std::string{id}, field_of(value)});
    }
    return items;
}

answer_value value_of(const json::value& value, const question* q) {
    const json::array* array = value.if_array();
    if (array == nullptr) return field_of(value);
    const bool list = q != nullptr ? q->kind == question_kind::list
                                   : !array->empty() && array->front().is_object();
    return list ? items_of(*array) : chosen_of(*array);
}

}  // namespace

json::object to_json(const localized& text) {
    const auto or_french = [&](const std::string& own) { return own.empty() ? text.fr : own; };
    return {{"fr", text.fr},
            {"nl", or_french(text.nl)},
            {"de", or_french(text.de)},
            {"en", or_french(text.en)}};
}

json::object to_json(const questionnaire& asked) {
    json::array sections;
    for (const questionnaire_section& section : asked.sections) {
        json::array questions;
        for (const question& q : section.questions) questions.push_back(to_json(q));
        sections.push_back(json::object{{"id", section.id},
                                        {"title", to_json(section.title)},
                                        {"questions", std::move(questions)}});
    }
    return {{"version", asked.version}, {"sections", std::move(sections)}};
}

json::object to_json(const answers& given) {
    json::object out;
    for (const named_answer& answer : given.all)
        out[answer.id] = std::visit(written_value{}, answer.value);
    return out;
}

answers answers_of(const json::object& given, const questionnaire& asked) {
    answers read;
    for (const auto& [id, value] : given)
        read.all.push_back({std::string{id}, value_of(value, asked.find(id))});
    return read;
}

answers answers_of(std::string_view text, const questionnaire& asked) {
    boost::system::error_code bad;
    const json::value parsed = json::parse(text, bad);
    if (bad || !parsed.is_object()) return {};
    return answers_of(parsed.get_object(), asked);
}

}  // namespace campgate::server
