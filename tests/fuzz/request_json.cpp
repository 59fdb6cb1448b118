// The strict JSON reader with every schema of a request: what it takes is JSON to another reader
// too, with the same numbers; what it refuses it can explain.
#include "server/request_schemas.hpp"

#include "tests/fuzz/fuzz_target.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <set>

using namespace campgate;
using namespace campgate::server;
namespace json = boost::json;

namespace {

// A lenient reader's opinion, or nothing when even that finds no JSON.
std::optional<json::value> lenient(std::string_view body) {
    boost::system::error_code ec;
    json::value read = json::parse({body.data(), body.size()}, ec);
    if (ec) return std::nullopt;
    return read;
}

// Colons outside of strings: as many as members, also of one name.
std::size_t members_of(std::string_view body) {
    std::size_t count = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < body.size(); ++i) {
        if (body[i] == '"') in_string = !in_string;
        if (in_string && body[i] == '\\') ++i;
        if (!in_string && body[i] == ':') ++count;
    }
    return count;
}

void check_fault(const json_fault& fault) {
    ensure(fault.pointer.empty() || fault.pointer.front() == '/', "an RFC 6901 pointer");
    ensure(status_of(fault.kind) == 400, "a bad request");
    ensure(!fault.minimum || !fault.maximum || *fault.minimum <= *fault.maximum, "a range");
    for (const language asked : all_languages) {
        const std::string body = render(to_problem(fault), asked, "/api/v1/holds");
        ensure(lenient(body).has_value(), "a problem is JSON");
    }
}

void check_holds(std::string_view body) {
    const auto read = read_holds_request(body);
    if (!read) return check_fault(read.error());
    const auto other = lenient(body);
    ensure(other && other->is_object(), "JSON to others");
    const json::object& object = other->get_object();
    ensure(object.size() == 2, "no member but ours");
    ensure(object.at("mode") == (read->mode == hold_mode::all ? "all" : "each"), "the mode");
    const json::array& items = object.at("items").as_array();
    ensure(items.size() == read->items.size() && !items.empty(), "its items");
    ensure(items.size() <= request_items_max, "within the limit");
    ensure(members_of(body) == 2 + 2 * items.size(), "no member twice");
    std::set<hold_item> seen;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const hold_item& item = read->items[i];
        ensure(seen.insert(item).second, "none twice");
        ensure(item.week.value >= 1, "weeks count from 1");
        const json::object& stated = items[i].as_object();
        ensure(stated.size() == 2, "no member but ours in an item");
        ensure(stated.at("week").to_number<std::uint64_t>() == item.week.value, "the week");
        ensure(stated.at("child").to_number<std::uint64_t>() == item.child.value, "the child");
    }
    const std::string again = json::serialize(*other);
    const auto reread = read_holds_request(again);
    ensure(reread.has_value(), "taken again");
    ensure(reread->items == read->items, "the same items again");
}

void check_login(std::string_view body) {
    const auto read = read_demo_login_request(body);
    if (!read) return check_fault(read.error());
    const auto other = lenient(body);
    ensure(other && other->is_object(), "JSON to others");
    ensure(other->get_object().size() == 1, "no member but ours");
    ensure(members_of(body) == 1, "nor ours twice");
    ensure(other->at("family").to_number<std::uint64_t>() == read->family.value, "the family");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view body = fuzz::text_of(data, size);
    check_holds(body);
    check_login(body);
    return 0;
}
