// The questions file: TOML that an organiser writes (docs/formats.md) to the health sheet's
// questions, or every fault of it (R11). Pure; any thread. A draft has version 0: whoever keeps it
// gives it one.
#pragma once

#include "core/questionnaire.hpp"
#include "server/file_fault.hpp"

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

namespace campgate {

inline constexpr std::int64_t questionnaire_file_format = 1;
inline constexpr std::size_t questionnaire_file_bytes_max = 256 * 1024;

// Limits of what a file may ask. Together they bound the answers of a sheet.
inline constexpr std::size_t question_id_chars_max = 40;
inline constexpr std::size_t question_label_chars_max = 400;
inline constexpr std::size_t question_help_chars_max = 1'000;
inline constexpr std::size_t sections_max = 20;
inline constexpr std::size_t section_questions_max = 60;
inline constexpr std::size_t question_choices_max = 60;
inline constexpr std::size_t question_fields_max = 20;
inline constexpr std::int64_t question_items_max = 20;
inline constexpr std::int64_t text_length_max = 500;
inline constexpr std::int64_t long_text_length_max = 4'000;
inline constexpr std::int64_t text_length_usual = 120;
inline constexpr std::int64_t long_text_length_usual = 1'000;
inline constexpr std::int64_t question_items_usual = 10;
inline constexpr std::int64_t question_number_max = 1'000'000;

/// The questions of a file, in its order; or its faults by line. `file_name` is for the faults.
std::variant<questionnaire, std::vector<file_fault>> parse_questionnaire(
    std::string_view toml_text, std::string_view file_name);

/// "yes_no" and so on, as files and answers of the server name them.
std::string_view name_of(question_kind kind) noexcept;

}  // namespace campgate
