// Answers as JSON and back, and what a page of a family's data does with what people typed.
#include "server/answers_json.hpp"

#include "server/answer_fault_text.hpp"
#include "server/family_export.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <gtest/gtest.h>

namespace campgate::server {
namespace {

using std::chrono::sys_days;
using std::chrono::year;

question made(std::string id, question_kind kind) {
    question q;
    q.id = std::move(id);
    q.kind = kind;
    q.label.fr = q.id;
    q.length_max = 100;
    return q;
}

questionnaire asked() {
    question medicines = made("medicines", question_kind::list);
    medicines.fields = {made("name", question_kind::text)};
    question allergies = made("allergies", question_kind::choices);
    allergies.choices = {{"nuts", {"Noix", "", "", ""}}};
    return {3, {{"health", {"Santé", "", "", ""}, {std::move(allergies), std::move(medicines)}}}};
}

answers read(std::string_view text) {
    return answers_of(text, asked());
}

TEST(answers_json, what_is_written_is_read_again) {
    for (const char* text : {
             R"({})",
             R"({"nap":true,"weight":-3,"remarks":"a\nb \"é\""})",
             R"({"allergies":["nuts","bees"]})",
             R"({"allergies":[],"medicines":[]})",
             R"({"medicines":[{"name":"Ventolin","often":false},{}]})",
             R"({"gone":["a"],"also_gone":[{"b":"c"}]})",
         })
        EXPECT_EQ(boost::json::serialize(to_json(read(text))), text);
}

TEST(answers_json, values_of_no_kind_are_kept_as_such) {
    for (const char* text : {R"({"a":null})", R"({"a":1.5})", R"({"a":{}})", R"({"a":[1]})",
                             R"({"a":["b",1]})", R"({"a":18446744073709551615})", R"({"a":[[]]})",
                             R"({"medicines":["name"]})", R"({"medicines":[{"name":"x"},3]})"}) {
        const answers given = read(text);
        ASSERT_EQ(given.all.size(), 1U) << text;
        EXPECT_TRUE(std::holds_alternative<std::monostate>(given.all[0].value)) << text;
    }
    const answers nested = read(R"({"medicines":[{"name":[{"deep":[[]]}]}]})");
    const auto& items = std::get<std::vector<answers>>(nested.all[0].value);
    EXPECT_TRUE(std::holds_alternative<std::monostate>(items[0].all[0].value));
}

TEST(answers_json, what_is_no_object_is_no_answer) {
    for (const char* text : {"", "[]", "null", "{", "3"}) EXPECT_TRUE(read(text).all.empty());
}

TEST(answers_json, questions_say_what_applies_to_their_kind_only) {
    const auto questions = to_json(asked());
    EXPECT_EQ(questions.at("version").to_number<int>(), 3);
    const auto& section = questions.at("sections").at(0);
    EXPECT_EQ(section.at("title").at("de").as_string(), "Santé");
    const auto& allergies = section.at("questions").at(0).as_object();
    EXPECT_EQ(allergies.at("choices").at(0).at("label").at("nl").as_string(), "Noix");
    for (const char* member : {"help", "when", "length_max", "minimum", "fields"})
        EXPECT_FALSE(allergies.contains(member)) << member;
    EXPECT_EQ(section.at("questions").at(1).at("fields").at(0).at("length_max").to_number<int>(),
              100);
}

TEST(answer_fault_text, says_the_limits_in_the_language_asked) {
    const answer_fault number{"/w", answer_fault_code::invalid, question_kind::number, 5, 150};
    EXPECT_EQ(text_of(number, language::fr), "Un nombre entier de 5 à 150.");
    const answer_fault rows{"/m", answer_fault_code::too_long, question_kind::list, 0, 8};
    EXPECT_EQ(text_of(rows, language::de), "Höchstens 8 Zeilen.");
    const answer_fault consent{"/c", answer_fault_code::missing, question_kind::consent, 0, 0};
    EXPECT_EQ(text_of(consent, language::en),
              "Without this authorisation the sheet cannot be validated.");
    const answer_fault gone{"/x", answer_fault_code::unknown, std::nullopt, 0, 0};
    EXPECT_FALSE(text_of(gone, language::nl).empty());
}

family_export someone() {
    auto file = std::make_shared<family_row>();
    file->id = family_id{4};
    parent_row parent;
    parent.id = actor_id{4};
    parent.given_name = "<b>Anne</b>";
    parent.family_name = "O'Brien & \"Co\"";
    file->parents.push_back(parent);
    child_row child;
    child.id = child_id{32};
    child.given_name = "Léa";
    child.birth_date = year{2019} / 5 / 2;
    file->children.push_back(child);
    family_export all;
    all.file = std::move(file);
    all.asked = asked();
    stored_sheet sheet;
    sheet.version = 2;
    sheet.validated = R"({"allergies":["nuts"],"gone":"<i>","medicines":[{"name":"<u>"}]})";
    sheet.validated_at = sys_days{year{2027} / 3 / 1};
    all.sheets.emplace_back(child.id, std::move(sheet));
    return all;
}

TEST(family_export, everything_typed_is_escaped_and_nothing_is_left_out) {
    const std::string page = export_page(someone(), language::nl);
    for (const char* expected :
         {"<html lang=\"nl\">", "&lt;b&gt;Anne&lt;/b&gt; O&#39;Brien &amp; &quot;Co&quot;",
          "<dt>allergies</dt><dd>Noix</dd>", "gone</dt><dd>&lt;i&gt;</dd>", "name: &lt;u&gt;",
          "2027-03-01T00:00:00Z"})
        EXPECT_NE(page.find(expected), std::string::npos) << expected << "\n" << page;
    for (const char* never : {"<b>", "<i>", "<u>", "<script", "style="})
        EXPECT_EQ(page.find(never), std::string::npos) << never;
    const auto object = export_object(someone());
    EXPECT_EQ(object.at("children").at(0).at("sheet").at("answers").at("gone").as_string(), "<i>");
}

}  // namespace
}  // namespace campgate::server
