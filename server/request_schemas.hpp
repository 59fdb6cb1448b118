// The bodies that requests carry, read strictly from their JSON. What is checked here is the shape;
// whether a week or child exists is the handler's question. Thread safety: any thread.
#pragma once

#include "core/ids.hpp"
#include "core/sale_rules.hpp"
#include "server/json_reader.hpp"
#include "server/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace campgate::server {

enum class hold_mode : std::uint8_t { all, each };

struct hold_item {
    week_id week;
    child_id child;
    friend constexpr auto operator<=>(const hold_item&, const hold_item&) = default;
};

/// {"mode":"all"|"each","items":[{"week":12,"child":7},…]}, 1 to 32 items, none twice.
struct holds_request {
    hold_mode mode{};
    std::vector<hold_item> items;
};

/// {"family":N}
struct demo_login_request {
    family_id family{};
};

/// {"holds":["…",…]?}: these, or everything in the basket.
struct finalise_request {
    std::vector<std::string> holds;
};

result<holds_request, json_fault> read_holds_request(std::string_view body);
result<demo_login_request, json_fault> read_demo_login_request(std::string_view body);
result<finalise_request, json_fault> read_finalise_request(std::string_view body);
/// {"method":"online"}
result<payment_method, json_fault> read_payment_request(std::string_view body);

}  // namespace campgate::server
