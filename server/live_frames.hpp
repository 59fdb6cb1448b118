// The messages of the live feed (docs/asyncapi.yaml) as JSON. Pure. Thread safety: any thread.
#pragma once

#include "core/views.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace campgate::server {

/// One message, made once and written to any number of sockets.
struct live_message {
    std::string_view type;  ///< snapshot, weeks, season, family, time
    sequence at;            ///< 0 for time
    std::string json;
    std::string frame;  ///< the same as an unmasked text frame (RFC 6455 §5.2)
};
using live_message_ptr = std::shared_ptr<const live_message>;

live_message_ptr snapshot_message(const availability_view& view, instant server_time);
/// The weeks that changed after `since`; an empty list when none did.
live_message_ptr weeks_message(const availability_view& view, sequence since);
live_message_ptr season_message(sequence at, std::uint32_t version);
live_message_ptr family_message(sequence at);
live_message_ptr time_message(instant server_time);

/// `[[id,available],…]` of the weeks that changed after `since`.
std::string weeks_json(const availability_view& view, sequence since);

}  // namespace campgate::server
