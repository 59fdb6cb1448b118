// The secret of this installation: 32 random bytes, made at the first start and kept in the
// database. It keys the ids that leave the server (DESIGN §3, hold ids).
#pragma once

#include "persistence/pg_connection.hpp"

#include <array>

namespace campgate {

using instance_key = std::array<unsigned char, 32>;

/// The key; made and stored if there is none yet. Throws database_error.
instance_key load_instance_key(pg_connection& connection);

}  // namespace campgate
