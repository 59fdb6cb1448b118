// What the handlers of family files have in common: reading a change's head,
// running it on a worker, answering with the file as it is afterwards. Thread
// safety: each call belongs to one io thread.
#pragma once

#include "persistence/request_store.hpp"
#include "server/family_json.hpp"
#include "server/handlers/handlers.hpp"
#include "server/http_fields.hpp"
#include "server/json_reader.hpp"
#include "server/on_worker.hpp"
#include "server/result.hpp"

#include <boost/json/serialize.hpp>

#include <functional>
#include <optional>

namespace campgate::server {

/// What came of a change, when it may be refused for a reason of its own.
struct file_change {
    change_result result;
    std::optional<problem_kind> refused;  ///< why the change itself declined
};

/// Why nothing is read of the request: no JSON, or no writes now.
std::optional<http_response> change_refused(const request_context& c);

/// The version of the asker's file that If-Match names; else the answer: 428,
/// or 412.
result<std::uint64_t, http_response> expected_version(const request_context& c,
                                                      const family_file& file);

/// GET /family's answer. Never 304: holds, classes and sheets change without
/// the file.
http_response file_response(const request_context& c, family_id family);

/// {"request":3} with 202.
http_response request_response(const request_context& c, request_id id);

/// Puts a request that the staff decide into the asker's file; the whole answer.
awaitable<http_response> ask_staff(const request_context& c, new_request asked);

/// Runs the change on a worker; the answer that ends it, or nothing when it has
/// happened.
awaitable<std::optional<http_response>> make_change(const request_context& c,
                                                    std::function<file_change()> work);

/// A child of the asker's own family, named by a path argument; null when there
/// is none.
const child_row* own_child(const family_file& file, std::string_view path_argument);

/// Families besides its own whose parents are attached to a child.
std::vector<family_id> attached_to(application& app, child_id child);

/// How many holds a child has, in its family's basket.
bool has_holds(const application& app, family_id family, child_id child);

/// 429 when this account looks up national numbers too often.
std::optional<http_response> lookup_refused(const request_context& c);

}  // namespace campgate::server
