#include "loadtest/json_lines.hpp"

#include "loadtest/input_fault.hpp"

#include <boost/json/parse.hpp>

namespace campgate::rush {

namespace json = boost::json;

json_lines::json_lines(std::istream& in, std::string name) : in_(in), name_(std::move(name)) {
}

const json::object* json_lines::next() {
    do {
        if (!std::getline(in_, text_)) return nullptr;
        ++line_;
    } while (text_.empty());
    boost::system::error_code ec;
    parsed_ = json::parse(text_, ec);
    if (ec || !parsed_.is_object()) fail("is not a JSON object");
    return &parsed_.get_object();
}

std::uint64_t json_lines::number(std::string_view name) const {
    return number_in(member(parsed_.get_object(), name));
}

std::int64_t json_lines::signed_number(std::string_view name) const {
    const json::value& found = member(parsed_.get_object(), name);
    if (!found.is_int64()) fail("has something else where a whole number should be");
    return found.get_int64();
}

std::uint64_t json_lines::number_or(std::string_view name, std::uint64_t absent) const {
    const json::value* found = parsed_.get_object().if_contains(name);
    return found == nullptr || found->is_null() ? absent : number_in(*found);
}

std::string_view json_lines::text(std::string_view name) const {
    return text_in(member(parsed_.get_object(), name));
}

const json::array& json_lines::list(std::string_view name) const {
    const json::value& found = member(parsed_.get_object(), name);
    if (!found.is_array()) fail("has a member that should be a list: " + std::string{name});
    return found.get_array();
}

std::uint64_t json_lines::number_in(const json::value& item) const {
    if (item.is_uint64()) return item.get_uint64();
    if (item.is_int64() && item.get_int64() >= 0)
        return static_cast<std::uint64_t>(item.get_int64());
    fail("has something else where a whole number should be");
}

std::string_view json_lines::text_in(const json::value& item) const {
    if (!item.is_string()) fail("has something else where a text should be");
    return {item.get_string().data(), item.get_string().size()};
}

const json::object& json_lines::object_in(const json::value& item) const {
    if (!item.is_object()) fail("has something else where an object should be");
    return item.get_object();
}

const json::array& json_lines::list_in(const json::value& item, std::size_t size) const {
    if (!item.is_array() || item.get_array().size() != size)
        fail("has something else where a list of " + std::to_string(size) + " should be");
    return item.get_array();
}

const json::value& json_lines::member(const json::object& of, std::string_view name) const {
    const json::value* found = of.if_contains(name);
    if (found == nullptr) fail("lacks the member " + std::string{name});
    return *found;
}

void json_lines::fail(std::string_view what) const {
    throw input_fault(name_ + ": line " + std::to_string(line_) + " " + std::string{what});
}

}  // namespace campgate::rush
