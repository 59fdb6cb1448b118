// Answers against questions: a wrong one after the other, each told by pointer and code;
// follow-ups, lists, consents; what a draft may be that a complete sheet may not; what outlives new
// questions.
#include "core/questionnaire.hpp"

#include <gtest/gtest.h>

namespace campgate {
namespace {

using std::chrono::sys_days;
using std::chrono::year;
using enum answer_fault_code;

constexpr sys_days today = year{2027} / 3 / 20;

question made(std::string id, question_kind kind) {
    question q;
    q.id = std::move(id);
    q.kind = kind;
    q.label.fr = q.id;
    q.length_max = kind == question_kind::long_text ? 40 : 10;
    if (kind == question_kind::phone) q.length_max = phone_chars_max;
    if (kind == question_kind::date || kind == question_kind::choice) q.length_max = 0;
    q.minimum = 5;
    q.maximum = 120;
    q.items_max = 2;
    return q;
}

question mandatory(question q) {
    q.mandatory = true;
    return q;
}

question when(question q, std::string of, std::variant<bool, std::string> is) {
    q.when = question_condition{std::move(of), std::move(is)};
    return q;
}

questionnaire the_questions() {
    using enum question_kind;
    question blood = mandatory(made("blood", choice));
    blood.choices = {{"a", {}}, {"o", {}}};
    question vaccinated = made("vaccinated", date);
    vaccinated.past = true;
    question allergies = made("allergies", choices);
    allergies.choices = {{"nuts", {}}, {"bees", {}}, {"other", {}}};
    question medicines = made("medicines", list);
    medicines.fields = {mandatory(made("name", text)), made("often", yes_no),
                        when(mandatory(made("times", text)), "often", true)};
    return {1,
            {{"health",
              {},
              {std::move(blood), mandatory(made("tetanus", yes_no)),
               when(mandatory(std::move(vaccinated)), "tetanus", true), std::move(allergies),
               when(mandatory(made("which", text)), "allergies", std::string{"other"}),
               when(made("reaction", long_text), "which", std::string{"x"})}},
             {"care", {}, {made("weight", number), made("doctor", phone), std::move(medicines)}},
             {"consents",
              {},
              {mandatory(made("urgent", consent)), made("photos", consent),
               when(mandatory(made("where", text)), "photos", true)}}}};
}

using texts = std::vector<std::string>;
using items = std::vector<answers>;

answers enough() {
    return {{{"blood", "a"}, {"tetanus", false}, {"urgent", true}}};
}

answers with(answers base, std::string id, answer_value value) {
    std::erase_if(base.all, [&](const named_answer& a) { return a.id == id; });
    base.all.push_back({std::move(id), std::move(value)});
    return base;
}

answers without(answers base, std::string_view id) {
    std::erase_if(base.all, [&](const named_answer& a) { return a.id == id; });
    return base;
}

std::string faults_of(const answers& given, check_as how) {
    std::string out;
    for (const answer_fault& f : check_answers(the_questions(), given, how, today).faults) {
        if (!out.empty()) out += ' ';
        out += f.pointer + '=' + std::string{name_of(f.code)};
    }
    return out;
}

struct answer_case {
    const char* what;
    answers given;
    const char* draft;
    const char* complete;
};

TEST(questionnaire, S14_each_answer_is_checked_by_kind_limits_and_duty) {
    const std::string long_name(11, 'a');
    const answer_case cases[] = {
        {"what must be there is enough", enough(), "", ""},
        {"nothing yet", {}, "", "/blood=missing /tetanus=missing /urgent=missing"},
        {"a blank is no answer", with(enough(), "blood", "  "), "", "/blood=missing"},
        {"a choice that there is not", with(enough(), "blood", "z"), "/blood=invalid",
         "/blood=invalid"},
        {"a choice is no number", with(enough(), "blood", 1), "/blood=invalid", "/blood=invalid"},
        {"a follow-up is asked", with(enough(), "tetanus", true), "", "/vaccinated=missing"},
        {"a day", with(with(enough(), "tetanus", true), "vaccinated", "2023-04-01"), "", ""},
        {"no such day", with(with(enough(), "tetanus", true), "vaccinated", "2023-02-29"),
         "/vaccinated=invalid", "/vaccinated=invalid"},
        {"today", with(with(enough(), "tetanus", true), "vaccinated", "2027-03-20"), "", ""},
        {"after today", with(with(enough(), "tetanus", true), "vaccinated", "2027-03-21"),
         "/vaccinated=invalid", "/vaccinated=invalid"},
        {"none of them", with(enough(), "allergies", texts{}), "", ""},
        {"some", with(enough(), "allergies", texts{"nuts", "bees"}), "", ""},
        {"one twice", with(enough(), "allergies", texts{"nuts", "nuts"}), "/allergies/1=invalid",
         "/allergies/1=invalid"},
        {"one that there is not", with(enough(), "allergies", texts{"nuts", "cats"}),
         "/allergies/1=invalid", "/allergies/1=invalid"},
        {"one with a follow-up", with(enough(), "allergies", texts{"other"}), "", "/which=missing"},
        {"a text too long", with(with(enough(), "allergies", texts{"other"}), "which", long_name),
         "/which=too_long", "/which=too_long"},
        {"characters, not bytes",
         with(with(enough(), "allergies", texts{"other"}), "which", "éééééééééé"), "", ""},
        {"a line has no second", with(with(enough(), "allergies", texts{"other"}), "which", "a\nb"),
         "/which=invalid", "/which=invalid"},
        {"no control characters",
         with(with(enough(), "allergies", texts{"other"}), "which", "a\x7f"), "/which=invalid",
         "/which=invalid"},
        {"lines may",
         with(with(with(enough(), "allergies", texts{"other"}), "which", "x"), "reaction", "a\nb"),
         "", ""},
        {"the least", with(enough(), "weight", 5), "", ""},
        {"the most", with(enough(), "weight", 120), "", ""},
        {"less than the least", with(enough(), "weight", 4), "/weight=invalid", "/weight=invalid"},
        {"more than the most", with(enough(), "weight", 121), "/weight=invalid", "/weight=invalid"},
        {"a number is no text", with(enough(), "weight", "20"), "/weight=invalid",
         "/weight=invalid"},
        {"a phone", with(enough(), "doctor", "+32 (0)4 379.12/34"), "", ""},
        {"a plus in the middle", with(enough(), "doctor", "0032+43791234"), "/doctor=invalid",
         "/doctor=invalid"},
        {"too few digits", with(enough(), "doctor", "1234567"), "/doctor=invalid",
         "/doctor=invalid"},
        {"no phone", with(enough(), "doctor", "ask at home 04379"), "/doctor=invalid",
         "/doctor=invalid"},
        {"an item", with(enough(), "medicines", items{{{{"name", "Ventolin"}}}}), "", ""},
        {"an item without its name", with(enough(), "medicines", items{{{{"often", false}}}}), "",
         "/medicines/0/name=missing"},
        {"an item with a follow-up",
         with(enough(), "medicines", items{{{{"name", "A"}}}, {{{"name", "B"}, {"often", true}}}}),
         "", "/medicines/1/times=missing"},
        {"an item with what there is not",
         with(enough(), "medicines", items{{{{"name", "A"}, {"a/b~", true}}}}),
         "/medicines/0/a~1b~0=unknown", "/medicines/0/a~1b~0=unknown"},
        {"too many items",
         with(enough(), "medicines",
              items{{{{"name", "A"}}}, {{{"name", "B"}}}, {{{"name", "C"}}}}),
         "/medicines=too_long", "/medicines=too_long"},
        {"blank items are no items",
         with(enough(), "medicines", items{{}, {{{"name", " "}}}, {{{"name", "C"}}}}),
         "/medicines=too_long", ""},
        {"items are no texts", with(enough(), "medicines", texts{"A"}), "/medicines=invalid",
         "/medicines=invalid"},
        {"a mandatory consent withheld", with(enough(), "urgent", false), "", "/urgent=missing"},
        {"an optional consent withheld", with(enough(), "photos", false), "", ""},
        {"an optional consent given", with(enough(), "photos", true), "", "/where=missing"},
        {"a value of no kind", with(enough(), "photos", std::monostate{}), "/photos=invalid",
         "/photos=invalid"},
        {"what nobody asked", with(enough(), "age", 5), "/age=unknown", "/age=unknown"},
        {"two at once", with(without(enough(), "urgent"), "weight", 1), "/weight=invalid",
         "/weight=invalid /urgent=missing"},
    };
    for (const answer_case& c : cases) {
        EXPECT_EQ(faults_of(c.given, check_as::draft), c.draft) << c.what;
        EXPECT_EQ(faults_of(c.given, check_as::complete), c.complete) << c.what;
    }
}

TEST(questionnaire, a_complete_sheet_drops_what_is_not_asked_and_what_hangs_on_it) {
    answers given = with(enough(), "vaccinated", "2023-04-01");  // but tetanus is no
    given = with(given, "which", "x");                           // but no allergy is "other"
    given = with(given, "reaction", "red spots");                // asked when `which` is "x"
    const auto complete = check_answers(the_questions(), given, check_as::complete, today);
    EXPECT_TRUE(complete.faults.empty());
    EXPECT_EQ(complete.kept, enough());
    const auto draft = check_answers(the_questions(), given, check_as::draft, today);
    EXPECT_EQ(draft.kept.all.size(), given.all.size());
}

TEST(questionnaire, a_draft_keeps_blanks_and_empty_rows) {
    const answers given = with({}, "medicines", items{{}, {{{"name", " "}}}});
    EXPECT_EQ(check_answers(the_questions(), given, check_as::draft, today).kept, given);
    const auto complete =
        check_answers(the_questions(), with(enough(), "medicines", items{{}, {{{"name", " "}}}}),
                      check_as::complete, today);
    EXPECT_EQ(complete.kept, enough());
}

TEST(questionnaire, answers_are_kept_in_the_order_of_the_questions) {
    const answers given{{{"urgent", true}, {"tetanus", false}, {"blood", "a"}}};
    EXPECT_EQ(check_answers(the_questions(), given, check_as::complete, today).kept, enough());
}

TEST(questionnaire, faults_carry_the_limit) {
    const auto number =
        check_answers(the_questions(), with({}, "weight", 121), check_as::draft, today).faults;
    const answer_fault out_of_range{"/weight", invalid, question_kind::number, 5, 120};
    EXPECT_EQ(number, std::vector{out_of_range});
    const auto length = check_answers(the_questions(), with({}, "reaction", std::string(41, 'a')),
                                      check_as::draft, today)
                            .faults;
    EXPECT_EQ(length,
              (std::vector{answer_fault{"/reaction", too_long, question_kind::long_text, 0, 40}}));
}

TEST(questionnaire, R11_answers_outlive_a_change_of_the_questions_only_where_they_still_fit) {
    questionnaire changed = the_questions();
    changed.sections[0].questions[0].choices = {{"o", {}}};                          // "a" has gone
    changed.sections[0].questions.erase(changed.sections[0].questions.begin() + 3);  // allergies
    answers before = with(enough(), "allergies", texts{"nuts"});
    before = with(before, "weight", 30);
    const answers left{{{"tetanus", false}, {"weight", 30}, {"urgent", true}}};
    EXPECT_EQ(still_sound(changed, before, today), left);
}

TEST(questionnaire, faults_are_bounded) {
    answers given;
    for (int i = 0; i < 1'000; ++i) given.all.push_back({"q" + std::to_string(i), true});
    const auto faults = check_answers(the_questions(), given, check_as::draft, today).faults;
    EXPECT_EQ(faults.size(), answer_faults_max);
}

TEST(questionnaire, days_are_days_that_there_are) {
    const std::pair<const char*, bool> cases[] = {
        {"2027-05-02", true},   {"2024-02-29", true},  {"2023-02-29", false}, {"1900-01-01", true},
        {"1899-12-31", false},  {"2200-01-01", false}, {"2027-13-01", false}, {"2027-00-10", false},
        {"2027-05-00", false},  {"2027-5-02", false},  {"2027/05/02", false}, {"", false},
        {"2027-05-02T", false}, {"+027-05-02", false}, {"2027-+5-02", false},
    };
    for (const auto& [text, is_day] : cases)
        EXPECT_EQ(answered_day(text).has_value(), is_day) << text;
}

}  // namespace
}  // namespace campgate
