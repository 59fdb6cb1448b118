// A hold that a request names by its token. Thread safety: each call belongs to one io thread.
#pragma once

#include "server/handlers/handlers.hpp"

namespace campgate::server {

struct named_hold {
    hold_id hold;
    family_id family;  ///< whose basket or booking it is
};

/// A hold of one's own family, or of a child that the parent is attached to (R10). One that has
/// ended is known by its token alone.
std::optional<named_hold> hold_named(const request_context& c, std::string_view token);

}  // namespace campgate::server
