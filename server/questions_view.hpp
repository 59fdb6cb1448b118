// The questions of the health sheet in force, as handlers and pages need them. Replaced whole by an
// import. Thread safety: any thread.
#pragma once

#include "core/questionnaire.hpp"
#include "persistence/worker_database.hpp"
#include "server/file_fault.hpp"

#include <string>
#include <variant>
#include <vector>

namespace campgate::server {

struct questions_view {
    questionnaire asked;
    std::string body;  ///< the answer of GET /sheet/questions
    std::string etag;  ///< with its quotes
};

questions_view questions_view_of(questionnaire asked);

/// Keeps the questions of a file as the newest version, unless it is the same as the one in force.
/// Its faults when it is none. Throws database_error. On a worker.
std::variant<questions_view, std::vector<file_fault>> import_questions(worker_database& database,
                                                                       const std::string& text,
                                                                       const std::string& file_name,
                                                                       instant now);

/// Those in force; before any import those that come with the program. At start.
questions_view load_questions(worker_database& database);

}  // namespace campgate::server
