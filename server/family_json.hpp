// A family's file as the family's own pages and the staff read it. Holds names and national
// numbers: for answers only, never for a log. Thread safety: any thread.
#pragma once

#include "server/application.hpp"
#include "server/json_time.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace campgate::server {

/// The version of a file with its quotes: "f17-5". Edits name it in If-Match.
std::string family_etag(const family_file& file);

/// As GET /family answers it. Children of other families that the parent is attached to are among
/// the children, with the role of a second parent (R10).
boost::json::object family_object(const application& app, const family_file& file, instant now);

std::string_view name_of(price_class c) noexcept;
std::string_view name_of(request_kind kind) noexcept;
std::string_view name_of(request_state state) noexcept;

/// A child's health sheet now (S15).
struct sheet_state {
    std::string_view name;  ///< valid, expired, missing
    std::optional<instant> valid_until;
};
sheet_state sheet_state_of(const std::optional<instant>& validated_at, const season* s,
                           instant now);

}  // namespace campgate::server
