#include "server/questionnaire_file.hpp"

#include "server/strict_toml.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace campgate {

namespace {

constexpr std::int64_t format_max = 1'000;  // of any later program
constexpr std::size_t word_chars_max = 40;

// In the order of question_kind.
constexpr std::array<std::string_view, question_kinds> kind_names{
    "text", "long_text", "yes_no", "choice", "choices",
    "date", "number",    "phone",  "list",   "consent"};

bool is_id(std::string_view text) {
    return text.front() >= 'a' && text.front() <= 'z' && std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
           });
}

bool has_choices(question_kind kind) {
    return kind == question_kind::choice || kind == question_kind::choices;
}

bool has_length(question_kind kind) {
    return kind == question_kind::text || kind == question_kind::long_text;
}

class questionnaire_reader {
public:
    questionnaire_reader(const toml::table& file, fault_list& faults)
        : root_(file, "", faults),
          faults_(faults) {}

    questionnaire read() {
        const auto format = root_.number("format", {1, format_max}, presence::required);
        if (format && *format != questionnaire_file_format)
            root_.fault("format", "must be " + std::to_string(questionnaire_file_format) +
                                      ", which this program reads, found " +
                                      std::to_string(*format));
        for (auto& table : root_.tables("section", 1, sections_max, presence::required))
            read_section(table);
        root_.refuse_unknown_keys();
        return std::move(asked_);
    }

private:
    // What stands before a question on its level, for conditions and against doubles.
    using earlier_questions = std::vector<const question*>;

    void read_section(strict_table& table) {
        questionnaire_section made;
        made.id = read_id(table);
        if (!made.id.empty() && !section_ids_.insert(made.id).second)
            table.fault("id", made.id + " is the id of an earlier section");
        made.title =
            table.localized_text("title", {question_label_chars_max, true}, presence::required);
        auto tables = table.tables("question", 1, section_questions_max, presence::required);
        made.questions.reserve(tables.size());
        asked_.sections.push_back(std::move(made));
        for (auto& each : tables) {
            const earlier_questions earlier = all_before();
            question q = read_question(each, earlier, true);
            asked_.sections.back().questions.push_back(std::move(q));
        }
        table.refuse_unknown_keys();
    }

    earlier_questions all_before() const {
        earlier_questions all;
        for (const questionnaire_section& section : asked_.sections) {
            for (const question& q : section.questions) all.push_back(&q);
        }
        return all;
    }

    question read_question(strict_table& table, const earlier_questions& earlier, bool may_list) {
        question q;
        q.id = read_id(table);
        if (!q.id.empty() && find(earlier, q.id) != nullptr)
            table.fault("id", q.id + " is the id of an earlier question");
        const auto kind = read_kind(table, may_list);
        q.label =
            table.localized_text("label", {question_label_chars_max, true}, presence::required);
        q.help = table.localized_text("help", {question_help_chars_max, true}, presence::optional);
        q.mandatory = read_flag(table, "mandatory");
        read_condition(table, q, earlier);
        // What a kind does not have is an unknown key.
        if (kind) {
            q.kind = *kind;
            read_parts(table, q);
            table.refuse_unknown_keys();
        }
        return q;
    }

    void read_parts(strict_table& table, question& q) {
        if (q.kind == question_kind::date) q.past = read_flag(table, "past");
        if (q.kind == question_kind::phone) q.length_max = phone_chars_max;
        if (has_length(q.kind)) q.length_max = read_length(table, q.kind);
        if (q.kind == question_kind::number) read_range(table, q);
        if (has_choices(q.kind)) read_choices(table, q);
        if (q.kind == question_kind::list) read_fields(table, q);
    }

    std::optional<question_kind> read_kind(strict_table& table, bool may_list) {
        const auto text = table.text("kind", {word_chars_max}, presence::required);
        if (!text) return std::nullopt;
        const auto found = std::ranges::find(kind_names, *text);
        if (found == kind_names.end()) {
            std::string wanted;
            for (const std::string_view name : kind_names)
                wanted.append(wanted.empty() ? "" : ", ").append(name);
            table.fault("kind", "must be one of " + wanted + "; found " + *text);
            return std::nullopt;
        }
        const auto kind = static_cast<question_kind>(found - kind_names.begin());
        if (!may_list && (kind == question_kind::list || kind == question_kind::consent)) {
            table.fault("kind", "a field of a list cannot be a " + *text);
            return std::nullopt;
        }
        return kind;
    }

    static std::uint32_t read_length(strict_table& table, question_kind kind) {
        const bool lines = kind == question_kind::long_text;
        const auto length = table.number(
            "length_max", {1, lines ? long_text_length_max : text_length_max, "characters"},
            presence::optional);
        return static_cast<std::uint32_t>(
            length.value_or(lines ? long_text_length_usual : text_length_usual));
    }

    static void read_range(strict_table& table, question& q) {
        const number_rule rule{0, question_number_max};
        q.minimum = table.number("minimum", rule, presence::required).value_or(0);
        q.maximum = table.number("maximum", rule, presence::required).value_or(question_number_max);
        if (q.minimum > q.maximum)
            table.fault("maximum", "must be at least minimum, " + std::to_string(q.minimum));
    }

    void read_choices(strict_table& table, question& q) {
        for (auto& each : table.tables("choices", 2, question_choices_max, presence::required)) {
            question_choice made;
            made.id = read_id(each);
            if (!made.id.empty() &&
                std::ranges::find(q.choices, made.id, &question_choice::id) != q.choices.end())
                each.fault("id", made.id + " is the id of an earlier choice");
            made.label =
                each.localized_text("label", {question_label_chars_max, true}, presence::required);
            each.refuse_unknown_keys();
            q.choices.push_back(std::move(made));
        }
    }

    void read_fields(strict_table& table, question& q) {
        q.items_max = static_cast<std::uint32_t>(
            table.number("items_max", {1, question_items_max, "items"}, presence::optional)
                .value_or(question_items_usual));
        auto tables = table.tables("field", 1, question_fields_max, presence::required);
        q.fields.reserve(tables.size());
        for (auto& each : tables) {
            earlier_questions earlier;
            for (const question& field : q.fields) earlier.push_back(&field);
            question field = read_question(each, earlier, false);
            q.fields.push_back(std::move(field));
        }
    }

    void read_condition(strict_table& parent, question& q, const earlier_questions& earlier) {
        auto table = parent.table("when", presence::optional);
        if (!table) return;
        const auto id = table->text("question", {question_id_chars_max}, presence::required);
        const toml::node* is = table->find("is", presence::required);
        table->refuse_unknown_keys();
        if (!id || is == nullptr) return;
        const question* of = find(earlier, *id);
        if (of == nullptr) {
            table->fault("question", "must be an earlier question, found " + *id);
            return;
        }
        if (of->kind == question_kind::yes_no || of->kind == question_kind::consent) {
            const auto said = is->value_exact<bool>();
            if (!said) {
                table->fault("is", "must be true or false, as " + *id + " is a question to say so");
                return;
            }
            q.when = question_condition{*id, *said};
            return;
        }
        if (!has_choices(of->kind)) {
            table->fault("question",
                         "must be of kind yes_no, consent, choice or choices; " + *id + " is not");
            return;
        }
        const auto chosen = read_text(*is, table->path("is"), {question_id_chars_max}, faults_);
        if (!chosen) return;
        if (std::ranges::find(of->choices, *chosen, &question_choice::id) == of->choices.end()) {
            table->fault("is", "must be a choice of " + *id + ", found " + *chosen);
            return;
        }
        q.when = question_condition{*id, *chosen};
    }

    static const question* find(const earlier_questions& earlier, std::string_view id) {
        const auto at =
            std::ranges::find_if(earlier, [&](const question* q) { return q->id == id; });
        return at == earlier.end() ? nullptr : *at;
    }

    static std::string read_id(strict_table& table) {
        const auto text = table.text("id", {question_id_chars_max}, presence::required);
        if (!text) return "";
        if (is_id(*text)) return *text;
        table.fault("id",
                    "must begin with a small letter and have small letters, digits and _ only, "
                    "found " +
                        *text);
        return "";
    }

    static bool read_flag(strict_table& table, std::string_view key) {
        return table.boolean(key, presence::optional).value_or(false);
    }

    strict_table root_;
    fault_list& faults_;
    questionnaire asked_;
    std::set<std::string> section_ids_;
};

}  // namespace

std::variant<questionnaire, std::vector<file_fault>> parse_questionnaire(
    std::string_view toml_text, std::string_view file_name) {
    fault_list faults{file_name};
    const auto file = parse_toml(toml_text, questionnaire_file_bytes_max, faults);
    if (!file) return faults.take();
    questionnaire draft = questionnaire_reader{*file, faults}.read();
    if (!faults.empty()) return faults.take();
    return draft;
}

std::string_view name_of(question_kind kind) noexcept {
    return kind_names[static_cast<std::size_t>(kind)];
}

}  // namespace campgate
