// The bodies of what the staff ask of orders, refunds and weeks, read strictly. Thread safety: any
// thread.
#pragma once

#include "core/order.hpp"
#include "server/json_reader.hpp"
#include "server/result.hpp"

#include <cstdint>
#include <string_view>

namespace campgate::server {

result<bool, json_fault> read_clock_request(std::string_view body);  ///< {"stopped":true}
/// {"state":"done"|"failed"|"due"}
result<refund_state, json_fault> read_refund_request(std::string_view body);
result<std::uint32_t, json_fault> read_capacity_request(
    std::string_view body);  ///< {"capacity":60}

}  // namespace campgate::server
