// The questions file (R11): one wrong line after another, each told by line, key and reason; and
// the sheet that comes with the program, with everything the reference asks.
#include "server/questionnaire_file.hpp"

#include "server/embedded_texts.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace campgate {
namespace {

using std::chrono::sys_days;
using std::chrono::year;

// Numbered by hand, because the cases below name the lines.
const std::vector<std::string> good_lines{
    /*  1 */ R"(format = 1)",
    /*  2 */ R"([[section]])",
    /*  3 */ R"(id = "health")",
    /*  4 */ R"(title.fr = "Santé")",
    /*  5 */ R"([[section.question]])",
    /*  6 */ R"(id = "tetanus")",
    /*  7 */ R"(kind = "yes_no")",
    /*  8 */ R"(mandatory = true)",
    /*  9 */ R"(label = { fr = "Tétanos", nl = "Tetanus" })",
    /* 10 */ R"([[section.question]])",
    /* 11 */ R"(id = "tetanus_date")",
    /* 12 */ R"(kind = "date")",
    /* 13 */ R"(past = true)",
    /* 14 */ R"(when = { question = "tetanus", is = true })",
    /* 15 */ R"(label.fr = "Quand")",
    /* 16 */ R"([[section.question]])",
    /* 17 */ R"(id = "swims")",
    /* 18 */ R"(kind = "choice")",
    /* 19 */ R"(label.fr = "Nage")",
    /* 20 */ R"(choices = [)",
    /* 21 */ R"(  { id = "no", label.fr = "Non" },)",
    /* 22 */ R"(  { id = "yes", label.fr = "Oui" },)",
    /* 23 */ R"(])",
    /* 24 */ R"([[section]])",
    /* 25 */ R"(id = "care")",
    /* 26 */ R"(title.fr = "Soins")",
    /* 27 */ R"([[section.question]])",
    /* 28 */ R"(id = "weight")",
    /* 29 */ R"(kind = "number")",
    /* 30 */ R"(label.fr = "Poids")",
    /* 31 */ R"(minimum = 5)",
    /* 32 */ R"(maximum = 150)",
    /* 33 */ R"([[section.question]])",
    /* 34 */ R"(id = "medicines")",
    /* 35 */ R"(kind = "list")",
    /* 36 */ R"(items_max = 3)",
    /* 37 */ R"(when = { question = "swims", is = "no" })",
    /* 38 */ R"(label.fr = "Médicaments")",
    /* 39 */ R"([[section.question.field]])",
    /* 40 */ R"(id = "name")",
    /* 41 */ R"(kind = "text")",
    /* 42 */ R"(length_max = 50)",
    /* 43 */ R"(label.fr = "Nom")",
    /* 44 */ R"(help.fr = "Comme sur la boîte")",
    /* 45 */ R"([[section.question.field]])",
    /* 46 */ R"(id = "dose")",
    /* 47 */ R"(kind = "text")",
    /* 48 */ R"(label.fr = "Dose")",
};

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + '\n';
    return text;
}

questionnaire good() {
    auto parsed = parse_questionnaire(joined(good_lines), "questions.toml");
    const auto* faults = std::get_if<std::vector<file_fault>>(&parsed);
    EXPECT_EQ(faults, nullptr) << to_text(faults->front());
    return faults == nullptr ? std::get<questionnaire>(std::move(parsed)) : questionnaire{};
}

TEST(questionnaire_file, R11_a_file_is_read_whole) {
    const questionnaire asked = good();
    ASSERT_EQ(asked.sections.size(), 2U);
    EXPECT_EQ(asked.sections[0].title.fr, "Santé");
    const question* tetanus = asked.find("tetanus");
    ASSERT_NE(tetanus, nullptr);
    EXPECT_TRUE(tetanus->mandatory);
    EXPECT_EQ(tetanus->label.nl, "Tetanus");
    const question* date = asked.find("tetanus_date");
    EXPECT_TRUE(date->past);
    EXPECT_EQ(date->when, (question_condition{"tetanus", true}));
    EXPECT_EQ(asked.find("swims")->choices[1].id, "yes");
    EXPECT_EQ(asked.find("weight")->maximum, 150);
    const question* medicines = asked.find("medicines");
    EXPECT_EQ(medicines->when, (question_condition{"swims", std::string{"no"}}));
    EXPECT_EQ(medicines->items_max, 3U);
    ASSERT_EQ(medicines->fields.size(), 2U);
    EXPECT_EQ(medicines->fields[0].length_max, 50U);
    EXPECT_EQ(medicines->fields[0].help.fr, "Comme sur la boîte");
    EXPECT_EQ(medicines->fields[1].length_max, static_cast<std::uint32_t>(text_length_usual));
}

struct wrong_line {
    std::size_t line;  // replaced by:
    const char* text;
    std::size_t told_at;
    const char* key;
    const char* says;
};

TEST(questionnaire_file, R11_every_fault_is_told_by_line_and_key) {
    const wrong_line cases[] = {
        {1, "format = 2", 1, "format", "must be 1"},
        {1, "", 1, "format", "missing"},
        {3, "id = \"Health\"", 3, "section[1].id", "small letter"},
        {3, "id = \"1st\"", 3, "section[1].id", "small letter"},
        {4, "title.nl = \"Gezondheid\"", 4, "section[1].title.fr", "missing"},
        {4, "title.fr = \"Santé\"\ncolour = 1", 5, "section[1].colour", ""},
        {7, "kind = \"maybe\"", 7, "section[1].question[1].kind", "must be one of text, "},
        {8, "mandatory = \"yes\"", 8, "section[1].question[1].mandatory", "true or false"},
        {8, "past = true", 8, "section[1].question[1].past", ""},
        {8, "length_max = 5", 8, "section[1].question[1].length_max", ""},
        {11, "id = \"tetanus\"", 11, "section[1].question[2].id", "earlier question"},
        {14, "when = { question = \"swims\", is = true }", 14,
         "section[1].question[2].when.question", "earlier question"},
        {14, "when = { question = \"tetanus_date\", is = true }", 14,
         "section[1].question[2].when.question", "earlier question"},
        {14, "when = { question = \"tetanus\", is = \"yes\" }", 14,
         "section[1].question[2].when.is", "true or false"},
        {14, "when = { question = \"tetanus\" }", 14, "section[1].question[2].when.is", "missing"},
        {14, "when = { question = \"tetanus\", is = true, not = 1 }", 14,
         "section[1].question[2].when.not", ""},
        {22, "", 20, "section[1].question[3].choices", "at least 2"},
        {22, "  { id = \"no\", label.fr = \"Oui\" },", 22, "section[1].question[3].choices[2].id",
         "earlier choice"},
        {25, "id = \"health\"", 25, "section[2].id", "earlier section"},
        {28, "id = \"tetanus\"", 28, "section[2].question[1].id", "earlier question"},
        {31, "minimum = 151", 32, "section[2].question[1].maximum", "at least minimum"},
        {31, "minimum = -1", 31, "section[2].question[1].minimum", ""},
        {32, "", 27, "section[2].question[1].maximum", "missing"},
        {36, "items_max = 21", 36, "section[2].question[2].items_max", ""},
        {37, "when = { question = \"swims\", is = \"maybe\" }", 37,
         "section[2].question[2].when.is", "a choice of swims"},
        {37, "when = { question = \"weight\", is = 5 }", 37, "section[2].question[2].when.question",
         "must be of kind"},
        {41, "kind = \"consent\"", 41, "section[2].question[2].field[1].kind",
         "cannot be a consent"},
        {41, "kind = \"list\"", 41, "section[2].question[2].field[1].kind", "cannot be a list"},
        {42, "length_max = 501", 42, "section[2].question[2].field[1].length_max", ""},
        {46, "id = \"name\"", 46, "section[2].question[2].field[2].id", "earlier question"},
    };
    for (const wrong_line& c : cases) {
        auto lines = good_lines;
        lines[c.line - 1] = c.text;
        const auto parsed = parse_questionnaire(joined(lines), "questions.toml");
        const auto* faults = std::get_if<std::vector<file_fault>>(&parsed);
        ASSERT_NE(faults, nullptr) << c.line << ": " << c.text;
        const auto told = std::ranges::find(*faults, c.key, &file_fault::key);
        ASSERT_NE(told, faults->end()) << c.text << "\n" << to_text(faults->front());
        EXPECT_EQ(told->line, c.told_at) << c.text;
        EXPECT_NE(told->message.find(c.says), std::string::npos) << told->message;
    }
}

TEST(questionnaire_file, faults_come_together) {
    auto lines = good_lines;
    lines[6] = "kind = \"maybe\"";
    lines[30] = "minimum = true";
    const auto parsed = parse_questionnaire(joined(lines), "questions.toml");
    const auto* faults = std::get_if<std::vector<file_fault>>(&parsed);
    ASSERT_NE(faults, nullptr);
    EXPECT_GE(faults->size(), 2U);
}

TEST(questionnaire_file, what_is_no_toml_or_too_much_is_one_fault) {
    for (const std::string& text :
         {std::string{"[[section"}, std::string(questionnaire_file_bytes_max + 1, '#')}) {
        const auto parsed = parse_questionnaire(text, "questions.toml");
        ASSERT_TRUE(std::holds_alternative<std::vector<file_fault>>(parsed));
        EXPECT_EQ(std::get<std::vector<file_fault>>(parsed).size(), 1U);
    }
}

questionnaire the_sheet() {
    auto parsed = parse_questionnaire(server::questions_text, "health-sheet.toml");
    const auto* faults = std::get_if<std::vector<file_fault>>(&parsed);
    EXPECT_EQ(faults, nullptr) << to_text(faults->front());
    return faults == nullptr ? std::get<questionnaire>(std::move(parsed)) : questionnaire{};
}

TEST(health_sheet, S4_S5_it_asks_what_the_reference_asks) {
    const questionnaire sheet = the_sheet();
    for (const char* id : {"blood_group",
                           "weight",
                           "tetanus",
                           "tetanus_first_date",
                           "tetanus_date",
                           "operation_text",
                           "swims",
                           "cycles",
                           "glasses",
                           "hearing_aid",
                           "nap",
                           "comforter",
                           "disability",
                           "disability_text",
                           "avoid_text",
                           "diet_text",
                           "arnica",
                           "allergies",
                           "allergy_other",
                           "allergy_consequences",
                           "allergy_treatment",
                           "illnesses",
                           "medicines",
                           "goes_home_alone",
                           "medical_data",
                           "remarks",
                           "urgent_care",
                           "health_fund",
                           "doctor_name",
                           "doctor_phone",
                           "doctor_address",
                           "contacts"})
        EXPECT_NE(sheet.find(id), nullptr) << id;
    for (const char* id : {"blood_group", "tetanus", "doctor_name", "doctor_phone", "urgent_care"})
        EXPECT_TRUE(sheet.find(id)->mandatory) << id;
    const auto consent = [](const question& q) { return q.kind == question_kind::consent; };
    std::size_t mandatory = 0, optional = 0;
    for (const questionnaire_section& section : sheet.sections) {
        for (const question& q : section.questions) {
            if (consent(q)) ++(q.mandatory ? mandatory : optional);
        }
    }
    EXPECT_GE(mandatory, 1U);
    EXPECT_GE(optional, 1U);
    EXPECT_EQ(sheet.find("contacts")->items_max, 2U);
}

void expect_four(const localized& text, const std::string& where) {
    for (const std::string& each : {text.fr, text.nl, text.de, text.en})
        EXPECT_FALSE(each.empty()) << where << ": " << text.fr;
}

TEST(health_sheet, it_speaks_four_languages) {
    for (const questionnaire_section& section : the_sheet().sections) {
        expect_four(section.title, section.id);
        for (const question& q : section.questions) {
            expect_four(q.label, q.id);
            if (!q.help.fr.empty()) expect_four(q.help, q.id);
            for (const question& field : q.fields) expect_four(field.label, q.id);
            for (const question_choice& choice : q.choices) {
                if (q.id != "blood_group" || choice.id == "unknown")
                    expect_four(choice.label, q.id);
            }
        }
    }
}

TEST(health_sheet, S14_a_plain_sheet_can_be_completed) {
    const answers given{{{"blood_group", "a_pos"},
                         {"tetanus", true},
                         {"tetanus_date", "2023-04-01"},
                         {"operation", false},
                         {"disability", "none"},
                         {"allergic", false},
                         {"diet", false},
                         {"takes_medicines", false},
                         {"swims", "little"},
                         {"avoid", false},
                         {"doctor_name", "Dr Martin"},
                         {"doctor_phone", "+32 4 379 00 00"},
                         {"goes_home_alone", false},
                         {"contacts", std::vector<answers>{{{{"name", "Jeanne Lambert"},
                                                             {"relation", "grand-mère"},
                                                             {"phone", "0470 00 00 00"}}}}},
                         {"urgent_care", true},
                         {"data_use", true},
                         {"accurate", true}}};
    const auto checked = check_answers(the_sheet(), given, check_as::complete, year{2027} / 3 / 20);
    for (const answer_fault& fault : checked.faults)
        ADD_FAILURE() << fault.pointer << ' ' << name_of(fault.code);
    EXPECT_EQ(checked.kept.all.size(), given.all.size());
}

}  // namespace
}  // namespace campgate
