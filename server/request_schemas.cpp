// One function a body; the readers keep the first fault.
#include "server/request_schemas.hpp"

#include "core/order.hpp"
#include "server/order_json.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace campgate::server {

namespace {

constexpr json_range week_range{1, std::numeric_limits<std::uint32_t>::max()};
constexpr json_range id_range{1, json_integer_max};

hold_item read_hold_item(const boost::json::value& value, const json_place& place,
                         json_faults& faults) {
    object_reader object{value, place, faults, {"week", "child"}};
    const auto week = static_cast<std::uint32_t>(object.integer("week", week_range));
    return {week_id{week}, child_id{object.integer("child", id_range)}};
}

}  // namespace

result<holds_request, json_fault> read_holds_request(std::string_view body) {
    // In the order of hold_mode.
    static constexpr std::array<std::string_view, 2> modes{"all", "each"};

    json_document document{body};
    json_faults& faults = document.faults();
    if (faults.first()) return *faults.first();

    object_reader object{document.root(), document.place(), faults, {"mode", "items"}};
    holds_request request;
    request.mode = static_cast<hold_mode>(object.choice("mode", modes));
    const array_reader items = object.array("items", {1, request_items_max});
    request.items.reserve(items.size());
    for (std::size_t i = 0; i < items.size() && !faults.first(); ++i) {
        const hold_item item = read_hold_item(items.item(i), items.place(i), faults);
        if (std::ranges::find(request.items, item) != request.items.end())
            faults.add(problem_kind::invalid_member, problem_detail::repeated_item, items.place(i));
        request.items.push_back(item);
    }
    if (faults.first()) return *faults.first();
    return request;
}

result<demo_login_request, json_fault> read_demo_login_request(std::string_view body) {
    json_document document{body};
    json_faults& faults = document.faults();
    if (faults.first()) return *faults.first();

    object_reader object{document.root(), document.place(), faults, {"family"}};
    const demo_login_request request{family_id{object.integer("family", id_range)}};
    if (faults.first()) return *faults.first();
    return request;
}

result<finalise_request, json_fault> read_finalise_request(std::string_view body) {
    constexpr std::size_t token_length_max = 64;
    json_document document{body};
    json_faults& faults = document.faults();
    if (faults.first()) return *faults.first();

    object_reader object{document.root(), document.place(), faults, {"holds"}};
    finalise_request request;
    const boost::json::object* members = document.root().if_object();
    if (members != nullptr && members->contains("holds")) {
        const array_reader holds = object.array("holds", {1, holds_per_order_max});
        for (std::size_t i = 0; i < holds.size() && !faults.first(); ++i) {
            const boost::json::string* token = holds.item(i).if_string();
            if (token == nullptr) {
                faults.add(problem_kind::invalid_member, problem_detail::expected_string,
                           holds.place(i));
            } else if (token->empty() || token->size() > token_length_max) {
                faults.add(problem_kind::invalid_member, problem_detail::string_length,
                           holds.place(i), json_range{1, token_length_max});
            } else {
                request.holds.emplace_back(*token);
            }
        }
    }
    if (faults.first()) return *faults.first();
    return request;
}

result<payment_method, json_fault> read_payment_request(std::string_view body) {
    json_document document{body};
    json_faults& faults = document.faults();
    if (faults.first()) return *faults.first();

    object_reader object{document.root(), document.place(), faults, {"method"}};
    const payment_method method =
        all_payment_methods[object.choice("method", payment_method_names)];
    if (faults.first()) return *faults.first();
    return method;
}

}  // namespace campgate::server
