// The health sheet as the organiser asks it (R11) and the answers to it, checked (S14). Pure
// values; nothing here knows how questions are written down or how answers are kept. Rules of the
// answers:
// - An answer that is absent, blank or an empty list is no answer. "No" is one.
// - A question with a condition is asked only when an earlier answer is as the condition says; that
//   earlier question must itself be asked. A complete sheet drops answers to questions that are not
//   asked, so that nothing stays on record that the parent no longer sees; a draft keeps them.
// - A mandatory consent is given or the sheet is incomplete.
// Thread safety: any thread.
#pragma once

#include "core/season.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace campgate {

enum class question_kind : std::uint8_t {
    text,       ///< one line
    long_text,  ///< lines
    yes_no,
    choice,   ///< one of `choices`
    choices,  ///< any of `choices`
    date,     ///< "2027-05-02"
    number,   ///< a whole number
    phone,
    list,     ///< items, each with the answers to `fields`
    consent,  ///< an authorisation, given or not
};
inline constexpr std::size_t question_kinds = static_cast<std::size_t>(question_kind::consent) + 1;

struct question_choice {
    std::string id;
    localized label;
    friend bool operator==(const question_choice&, const question_choice&) = default;
};

/// Holds when the question was answered so: yes_no and consent by true or false, choice by an id,
/// choices by an id among those chosen.
struct question_condition {
    std::string question;
    std::variant<bool, std::string> is;
    friend bool operator==(const question_condition&, const question_condition&) = default;
};

struct question {
    std::string id;  ///< of lower-case letters, digits and '_'; unique in its questionnaire or list
    question_kind kind{};
    localized label;
    localized help;  ///< empty: none
    bool mandatory = false;
    bool past = false;                       ///< date: not after today
    std::optional<question_condition> when;  ///< on an earlier question of the same level
    std::vector<question_choice> choices;    ///< choice, choices
    std::uint32_t length_max{};              ///< text, long_text, phone: characters
    std::int64_t minimum{}, maximum{};       ///< number
    std::uint32_t items_max{};               ///< list
    std::vector<question> fields;            ///< list; never lists themselves
    friend bool operator==(const question&, const question&) = default;
};

struct questionnaire_section {
    std::string id;
    localized title;
    std::vector<question> questions;
    friend bool operator==(const questionnaire_section&, const questionnaire_section&) = default;
};

struct questionnaire {
    std::uint32_t version{};  ///< from 1, given by whoever keeps it; 0 for a draft
    std::vector<questionnaire_section> sections;
    friend bool operator==(const questionnaire&, const questionnaire&) = default;

    const question* find(std::string_view id) const noexcept;
};

struct named_answer;

/// The answers to some questions, each named once, in any order.
struct answers {
    std::vector<named_answer> all;

    const named_answer* find(std::string_view id) const noexcept;
};

/// By kind: yes_no and consent; number; text, long_text, date, phone and choice; choices; list. The
/// last alternative stands for a value of no kind, which no question accepts.
using answer_value = std::variant<bool, std::int64_t, std::string, std::vector<std::string>,
                                  std::vector<answers>, std::monostate>;

struct named_answer {
    std::string id;
    answer_value value;
    friend bool operator==(const named_answer&, const named_answer&);
};

bool operator==(const answers& a, const answers& b);

enum class answer_fault_code : std::uint8_t { missing, invalid, too_long, unknown };

std::string_view name_of(answer_fault_code code) noexcept;

struct answer_fault {
    std::string pointer;  ///< RFC 6901, from the answers: "/medicines/0/name"
    answer_fault_code code{};
    std::optional<question_kind> kind;  ///< of the question, where there is one
    std::int64_t minimum{}, maximum{};  ///< a number's range, a text's or list's length
    friend bool operator==(const answer_fault&, const answer_fault&) = default;
};

enum class check_as : std::uint8_t {
    draft,     ///< types and limits alone
    complete,  ///< also what is mandatory; drops what is not asked
};

struct checked_answers {
    answers kept;                      ///< in the order of the questions; only sound without faults
    std::vector<answer_fault> faults;  ///< in the order of the questions, unknown ones last
};

inline constexpr std::size_t answer_faults_max = 200;
inline constexpr std::uint32_t phone_chars_max = 30;

checked_answers check_answers(const questionnaire& asked, const answers& given, check_as how,
                              std::chrono::sys_days today);

/// What of earlier answers can be shown under these questions: those that this questionnaire asks
/// and still accepts. Others stay where they are kept, unseen, until the sheet is validated anew.
answers still_sound(const questionnaire& asked, const answers& before, std::chrono::sys_days today);

/// "2027-05-02" as a day that there is, from 1900 to 2199.
std::optional<std::chrono::sys_days> answered_day(std::string_view text) noexcept;

}  // namespace campgate
