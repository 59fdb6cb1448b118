#include "core/questionnaire.hpp"

#include <algorithm>
#include <charconv>
#include <span>

namespace campgate {

namespace {

constexpr std::size_t phone_digits_min = 8;
constexpr std::size_t phone_digits_max = 15;  // E.164
constexpr int year_min = 1900;
constexpr int year_max = 2199;

// RFC 6901 §3.
std::string escaped(std::string_view member) {
    std::string out;
    for (const char c : member) {
        if (c == '~') {
            out += "~0";
        } else if (c == '/') {
            out += "~1";
        } else {
            out += c;
        }
    }
    return out;
}

std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(
        std::ranges::count_if(utf8, [](char c) { return (c & 0xC0) != 0x80; }));
}

bool is_blank(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c == ' ' || c == '\n'; });
}

bool is_printable(std::string_view text, bool lines) {
    return std::ranges::all_of(text, [lines](char c) {
        return static_cast<unsigned char>(c) >= 0x20 ? c != 0x7f : lines && c == '\n';
    });
}

bool is_phone(std::string_view text) {
    const bool plain = std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') ||
               std::string_view{" +/.-()"}.find(c) != std::string_view::npos;
    });
    const auto digits = static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return c >= '0' && c <= '9'; }));
    const bool plus_leads = text.find('+', 1) == std::string_view::npos;
    return plain && plus_leads && digits >= phone_digits_min && digits <= phone_digits_max;
}

bool is_choice(const question& q, std::string_view id) {
    return std::ranges::find(q.choices, id, &question_choice::id) != q.choices.end();
}

bool is_blank(const answers& item);

// Absent, blank and empty are the same: unanswered.
bool says_nothing(const answer_value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return is_blank(*text);
    if (const auto* chosen = std::get_if<std::vector<std::string>>(&value)) return chosen->empty();
    if (const auto* items = std::get_if<std::vector<answers>>(&value))
        return std::ranges::all_of(*items, [](const answers& item) { return is_blank(item); });
    return false;
}

bool is_blank(const answers& item) {
    return std::ranges::all_of(
        item.all, [](const named_answer& answer) { return says_nothing(answer.value); });
}

bool holds(const std::optional<question_condition>& when, const answers& earlier) {
    if (!when) return true;
    const named_answer* answer = earlier.find(when->question);
    if (answer == nullptr) return false;
    if (const auto* wanted = std::get_if<bool>(&when->is)) {
        const auto* said = std::get_if<bool>(&answer->value);
        return said != nullptr && *said == *wanted;
    }
    const auto& wanted = std::get<std::string>(when->is);
    if (const auto* one = std::get_if<std::string>(&answer->value)) return *one == wanted;
    const auto* many = std::get_if<std::vector<std::string>>(&answer->value);
    return many != nullptr && std::ranges::find(*many, wanted) != many->end();
}

class checker {
public:
    checker(check_as how, std::chrono::sys_days today) : how_(how), today_(today) {}

    void ask(const question& q, const answers& given, answers& kept, const std::string& where) {
        const std::string pointer = where + '/' + q.id;
        const named_answer* answer = given.find(q.id);
        if (complete() && !holds(q.when, kept)) return;
        if (answer == nullptr || (complete() && says_nothing(answer->value))) {
            if (complete() && q.mandatory) fault(pointer, answer_fault_code::missing, q);
            return;
        }
        if (!is_of_kind(q, answer->value)) return fault(pointer, answer_fault_code::invalid, q);
        if (const auto* items = std::get_if<std::vector<answers>>(&answer->value)) {
            kept.all.push_back({q.id, list(q, *items, pointer)});
            return;
        }
        // In a draft one finds again what one typed, be it blank.
        if (!says_nothing(answer->value) && !is_sound(q, answer->value, pointer)) return;
        if (complete() && q.mandatory && q.kind == question_kind::consent &&
            !std::get<bool>(answer->value))
            return fault(pointer, answer_fault_code::missing, q);
        kept.all.push_back(*answer);
    }

    void unknown(const std::string& pointer) {
        add({pointer, answer_fault_code::unknown, std::nullopt, 0, 0});
    }

    std::vector<answer_fault> take() { return std::move(faults_); }

private:
    bool complete() const { return how_ == check_as::complete; }

    static bool is_of_kind(const question& q, const answer_value& value) {
        switch (q.kind) {
            case question_kind::yes_no:
            case question_kind::consent: return std::holds_alternative<bool>(value);
            case question_kind::number: return std::holds_alternative<std::int64_t>(value);
            case question_kind::text:
            case question_kind::long_text:
            case question_kind::date:
            case question_kind::phone:
            case question_kind::choice: return std::holds_alternative<std::string>(value);
            case question_kind::choices:
                return std::holds_alternative<std::vector<std::string>>(value);
            case question_kind::list: return std::holds_alternative<std::vector<answers>>(value);
        }
        return false;
    }

    std::vector<answers> list(const question& q, const std::vector<answers>& items,
                              const std::string& pointer) {
        std::vector<answers> kept;
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (complete() && is_blank(items[i])) continue;
            const std::string where = pointer + '/' + std::to_string(i);
            answers& item = kept.emplace_back();
            for (const question& field : q.fields) ask(field, items[i], item, where);
            for (const named_answer& answer : items[i].all) {
                if (std::ranges::find(q.fields, answer.id, &question::id) == q.fields.end())
                    unknown(where + '/' + escaped(answer.id));
            }
        }
        if (kept.size() > q.items_max)
            add({pointer, answer_fault_code::too_long, q.kind, 0, q.items_max});
        return kept;
    }

    bool is_sound(const question& q, const answer_value& value, const std::string& pointer) {
        if (const auto* text = std::get_if<std::string>(&value)) return is_text(q, *text, pointer);
        if (const auto* chosen = std::get_if<std::vector<std::string>>(&value))
            return are_choices(q, *chosen, pointer);
        const auto* number = std::get_if<std::int64_t>(&value);
        if (number == nullptr || (*number >= q.minimum && *number <= q.maximum)) return true;
        fault(pointer, answer_fault_code::invalid, q);
        return false;
    }

    bool are_choices(const question& q, const std::vector<std::string>& chosen,
                     const std::string& pointer) {
        bool sound = true;
        for (std::size_t i = 0; i < chosen.size(); ++i) {
            const auto before = chosen.begin() + static_cast<std::ptrdiff_t>(i);
            const bool twice = std::find(chosen.begin(), before, chosen[i]) != before;
            if (is_choice(q, chosen[i]) && !twice) continue;
            fault(pointer + '/' + std::to_string(i), answer_fault_code::invalid, q);
            sound = false;
        }
        return sound;
    }

    bool is_text(const question& q, const std::string& text, const std::string& pointer) {
        if (q.length_max != 0 && characters(text) > q.length_max) {
            add({pointer, answer_fault_code::too_long, q.kind, 0, q.length_max});
            return false;
        }
        bool sound = is_printable(text, q.kind == question_kind::long_text);
        if (q.kind == question_kind::phone) sound = is_phone(text);
        if (q.kind == question_kind::choice) sound = is_choice(q, text);
        if (q.kind == question_kind::date) {
            const auto day = answered_day(text);
            sound = day && !(q.past && *day > today_);
        }
        if (!sound) fault(pointer, answer_fault_code::invalid, q);
        return sound;
    }

    void fault(std::string pointer, answer_fault_code code, const question& q) {
        add({std::move(pointer), code, q.kind, q.minimum, q.maximum});
    }
    void add(answer_fault fault) {
        if (faults_.size() < answer_faults_max) faults_.push_back(std::move(fault));
    }

    check_as how_;
    std::chrono::sys_days today_;
    std::vector<answer_fault> faults_;
};

}  // namespace

const question* questionnaire::find(std::string_view id) const noexcept {
    for (const questionnaire_section& section : sections) {
        const auto at = std::ranges::find(section.questions, id, &question::id);
        if (at != section.questions.end()) return &*at;
    }
    return nullptr;
}

const named_answer* answers::find(std::string_view id) const noexcept {
    const auto at = std::ranges::find(all, id, &named_answer::id);
    return at == all.end() ? nullptr : &*at;
}

bool operator==(const named_answer& a, const named_answer& b) {
    return a.id == b.id && a.value == b.value;
}

bool operator==(const answers& a, const answers& b) {
    return a.all == b.all;
}

std::string_view name_of(answer_fault_code code) noexcept {
    switch (code) {
        case answer_fault_code::missing: return "missing";
        case answer_fault_code::invalid: return "invalid";
        case answer_fault_code::too_long: return "too_long";
        case answer_fault_code::unknown: return "unknown";
    }
    return {};
}

checked_answers check_answers(const questionnaire& asked, const answers& given, check_as how,
                              std::chrono::sys_days today) {
    checker check{how, today};
    checked_answers result;
    for (const questionnaire_section& section : asked.sections) {
        for (const question& q : section.questions) check.ask(q, given, result.kept, "");
    }
    for (const named_answer& answer : given.all) {
        if (asked.find(answer.id) == nullptr) check.unknown('/' + escaped(answer.id));
    }
    result.faults = check.take();
    return result;
}

answers still_sound(const questionnaire& asked, const answers& before,
                    std::chrono::sys_days today) {
    answers sound;
    for (const questionnaire_section& section : asked.sections) {
        for (const question& q : section.questions) {
            const named_answer* answer = before.find(q.id);
            if (answer == nullptr) continue;
            checker check{check_as::draft, today};
            answers kept;
            check.ask(q, before, kept, "");
            if (check.take().empty()) sound.all.push_back(*answer);
        }
    }
    return sound;
}

std::optional<std::chrono::sys_days> answered_day(std::string_view text) noexcept {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto number = [&](std::size_t from, std::size_t count) {
        int value = -1;
        const char* end = text.data() + from + count;
        const auto [stop, error] = std::from_chars(text.data() + from, end, value);
        return error == std::errc{} && stop == end ? value : -1;
    };
    const int year = number(0, 4), month = number(5, 2), day = number(8, 2);
    if (year < year_min || year > year_max || month < 1 || day < 1) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days{date};
}

}  // namespace campgate
