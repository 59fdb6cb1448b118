// Reads NDJSON strictly: each line an object, each fault named by file, line and member.
// Thread safety: one thread.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/parser.hpp>

#include <cstdint>
#include <istream>
#include <string>
#include <string_view>

namespace campgate::rush {

class json_lines {
public:
    /// `name` is the file's, for what is said about it. `in` must outlive this.
    json_lines(std::istream& in, std::string name);

    /// The next line's object, or null at the end. Valid until the next call. Throws input_fault.
    const boost::json::object* next();

    std::uint64_t line() const { return line_; }

    // Members of the current line; a missing or mistyped one throws input_fault.
    std::uint64_t number(std::string_view member) const;
    std::int64_t signed_number(std::string_view member) const;
    std::uint64_t number_or(std::string_view member, std::uint64_t absent) const;
    std::string_view text(std::string_view member) const;
    const boost::json::array& list(std::string_view member) const;
    /// A number inside one of the line's lists.
    std::uint64_t number_in(const boost::json::value& item) const;
    std::string_view text_in(const boost::json::value& item) const;
    const boost::json::object& object_in(const boost::json::value& item) const;
    const boost::json::array& list_in(const boost::json::value& item, std::size_t size) const;

    [[noreturn]] void fail(std::string_view what) const;

private:
    const boost::json::value& member(const boost::json::object& of, std::string_view name) const;

    std::istream& in_;
    std::string name_;
    std::string text_;
    boost::json::value parsed_;
    std::uint64_t line_ = 0;
};

}  // namespace campgate::rush
