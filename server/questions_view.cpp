#include "server/questions_view.hpp"

#include "core/ensure.hpp"
#include "persistence/health_sheet_store.hpp"
#include "server/answers_json.hpp"
#include "server/embedded_texts.hpp"
#include "server/questionnaire_file.hpp"

#include <boost/json/serialize.hpp>

namespace campgate::server {

questions_view questions_view_of(questionnaire asked) {
    questions_view view;
    view.body = boost::json::serialize(to_json(asked));
    view.etag = "\"q" + std::to_string(asked.version) + '"';
    view.asked = std::move(asked);
    return view;
}

std::variant<questions_view, std::vector<file_fault>> import_questions(worker_database& database,
                                                                       const std::string& text,
                                                                       const std::string& file_name,
                                                                       instant now) {
    auto parsed = parse_questionnaire(text, file_name);
    if (auto* faults = std::get_if<std::vector<file_fault>>(&parsed)) return std::move(*faults);
    auto& asked = std::get<questionnaire>(parsed);
    database.change([&](worker_transaction& work) {
        asked.version = keep_questions(work, text, now);
        return true;
    });
    return questions_view_of(std::move(asked));
}

questions_view load_questions(worker_database& database) {
    std::optional<stored_questions> stored;
    database.read([&](worker_transaction& work) { stored = campgate::load_questions(work); });
    auto parsed = parse_questionnaire(stored ? std::string_view{stored->text} : questions_text,
                                      "health-sheet.toml");
    ensure(std::holds_alternative<questionnaire>(parsed), "kept questions are sound");
    auto& asked = std::get<questionnaire>(parsed);
    asked.version = stored ? stored->version : 0;
    return questions_view_of(std::move(asked));
}

}  // namespace campgate::server
