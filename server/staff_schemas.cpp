#include "server/staff_schemas.hpp"

#include "core/season.hpp"

#include <array>

namespace campgate::server {

namespace {

constexpr json_range capacity_range{1, week_capacity_max};
constexpr std::array<std::string_view, 3> refund_states{"due", "done", "failed"};

}  // namespace

result<bool, json_fault> read_clock_request(std::string_view body) {
    json_document document{body};
    json_faults& faults = document.faults();
    if (faults.first()) return *faults.first();
    object_reader object{document.root(), document.place(), faults, {"stopped"}};
    const bool stopped = object.boolean("stopped");
    if (faults.first()) return *faults.first();
    return stopped;
}

result<refund_state, json_fault> read_refund_request(std::string_view body) {
    json_document document{body};
    json_faults& faults = document.faults();
    if (faults.first()) return *faults.first();
    object_reader object{document.root(), document.place(), faults, {"state"}};
    const std::size_t state = object.choice("state", refund_states);
    if (faults.first()) return *faults.first();
    return static_cast<refund_state>(state + 1);
}

result<std::uint32_t, json_fault> read_capacity_request(std::string_view body) {
    json_document document{body};
    json_faults& faults = document.faults();
    if (faults.first()) return *faults.first();
    object_reader object{document.root(), document.place(), faults, {"capacity"}};
    const auto capacity = static_cast<std::uint32_t>(object.integer("capacity", capacity_range));
    if (faults.first()) return *faults.first();
    return result<std::uint32_t, json_fault>{boost::system::in_place_value, capacity};
}

}  // namespace campgate::server
