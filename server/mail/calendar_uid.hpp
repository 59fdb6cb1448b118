// The name of a booking's event in calendars: the same for ever, so that its cancellation finds it,
// and computed by nobody who has not the key. Thread safety: any thread.
#pragma once

#include "core/ids.hpp"
#include "persistence/pg_text.hpp"
#include "persistence/sealing.hpp"

#include <cstring>
#include <string>

namespace campgate::server {

/// A UUID (RFC 7986 §5.3).
inline std::string calendar_uid(const master_key& key, hold_id booking) {
    const std::string hash = key.keyed_hash("calendar", "booking:" + std::to_string(booking.value));
    bits128 id;
    std::memcpy(&id.high, hash.data(), sizeof id.high);
    std::memcpy(&id.low, hash.data() + sizeof id.high, sizeof id.low);
    return uuid_text(id);
}

}  // namespace campgate::server
