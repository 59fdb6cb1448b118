// Everything that is kept about a family, put together for it: as JSON to take elsewhere, as a page
// to read and print. Pure; whoever calls has looked everything up. Thread safety: any thread.
#pragma once

#include "core/engine.hpp"
#include "core/questionnaire.hpp"
#include "core/season.hpp"
#include "persistence/document_store.hpp"
#include "persistence/family_store.hpp"
#include "persistence/health_sheet_store.hpp"
#include "persistence/staff_store.hpp"
#include "server/language.hpp"

#include <boost/json/object.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace campgate::server {

struct family_export {
    instant at;
    std::shared_ptr<const family_row> file;
    std::vector<std::pair<child_id, stored_sheet>> sheets;  ///< of the family's own children
    std::vector<stored_document> documents;                 ///< supporting ones, oldest first
    std::vector<family_hold> holds;
    std::shared_ptr<const season> camps;  ///< null before the first import
    std::vector<audit_row> looked_at;     ///< newest first
    questionnaire asked;
};

/// Answers to questions that are no longer asked are in it, too.
boost::json::object export_object(const family_export& all);

/// A page without scripts or styles; everything that anybody typed is escaped.
std::string export_page(const family_export& all, language in);

}  // namespace campgate::server
