// Reads the JSON of a request strictly: every fault is named, with an RFC 6901 pointer to it.
// Order of faults: the text as a whole (invalid_json), then duplicate members anywhere, then,
// object by object, unknown, missing and invalid members. The first one found is kept. Throws
// nothing but std::bad_alloc. Thread safety: a document and its readers belong to one thread at a
// time.
#pragma once

#include "server/problem.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace campgate::server {

/// JSON nests at most this deep in a request.
inline constexpr std::size_t json_depth_max = 8;
/// Beyond this JavaScript clients cannot tell neighbours apart (RFC 8259 §6).
inline constexpr std::uint64_t json_integer_max = (std::uint64_t{1} << 53) - 1;

struct json_fault {
    problem_kind kind{};  ///< invalid_json, invalid_, unknown_, missing_ or duplicate_member
    std::string pointer;  ///< RFC 6901; "" is the whole document
    problem_detail detail{problem_detail::usual};
    std::optional<std::uint64_t> minimum{};  ///< what the limits were, where there are any
    std::optional<std::uint64_t> maximum{};
};

problem to_problem(const json_fault& fault);

/// A range both ends of which are allowed: of an integer, a string's bytes or an array's items.
struct json_range {
    std::uint64_t least{0};
    std::uint64_t most{json_integer_max};
};

/// Where a reader stands: a chain to the root, made into a pointer only when there is a fault.
struct json_place {
    const json_place* up{};
    std::string_view member{};
    std::size_t index{};
    bool is_item{};

    std::string pointer() const;
};

class array_reader;

/// Keeps the first fault.
class json_faults {
public:
    void add(problem_kind kind, problem_detail detail, const json_place& where,
             std::optional<json_range> range = std::nullopt);
    void add(json_fault fault);
    const std::optional<json_fault>& first() const noexcept { return first_; }

private:
    std::optional<json_fault> first_;
};

/// The members of one object. Members outside `known` are faults at once. A read that fails answers
/// an empty value (0, "", false, nothing) and notes the fault; so a schema reads straight through
/// and looks once, at the end. Must not outlive the document nor the place it was made from.
class object_reader {
public:
    object_reader(const boost::json::value& value, const json_place& place, json_faults& faults,
                  std::initializer_list<std::string_view> known);

    std::uint64_t integer(std::string_view member, json_range range);
    std::optional<std::uint64_t> optional_integer(std::string_view member, json_range range);
    /// Length in bytes of UTF-8; control characters are refused.
    std::string_view string(std::string_view member, json_range length);
    /// As string, but with line breaks.
    std::string_view text(std::string_view member, json_range length);
    std::optional<std::string_view> optional_string(std::string_view member, json_range length);
    /// A member that has to be there, as a text or as null.
    std::optional<std::string_view> nullable_string(std::string_view member, json_range length);
    /// One that may also be left out.
    std::optional<std::string_view> optional_nullable_string(std::string_view member,
                                                             json_range length);
    bool boolean(std::string_view member);
    std::optional<bool> optional_boolean(std::string_view member);
    /// The index in `choices` of a string member; 0 after a fault.
    std::size_t choice(std::string_view member, std::span<const std::string_view> choices);
    array_reader array(std::string_view member, json_range size);

private:
    const boost::json::value* find(std::string_view member, bool required);
    std::uint64_t read_integer(const boost::json::value& value, std::string_view member,
                               json_range range);
    std::string_view read_string(const boost::json::value& value, std::string_view member,
                                 json_range length, bool line_breaks = false);
    void fault(problem_kind kind, problem_detail detail, std::string_view member,
               std::optional<json_range> range = std::nullopt);

    const boost::json::object* object_{};  // null when the value is none
    const json_place& place_;
    json_faults& faults_;
};

/// The items of one array; empty after a fault.
class array_reader {
public:
    array_reader(const boost::json::array* items, json_place place) noexcept
        : items_(items),
          place_(place) {}

    std::size_t size() const noexcept;
    const boost::json::value& item(std::size_t index) const;
    /// Of an item. Valid as long as this reader.
    json_place place(std::size_t index) const noexcept { return {&place_, {}, index, true}; }

private:
    const boost::json::array* items_;
    json_place place_;
};

/// A parsed text. Keeps small documents in its own memory.
class json_document {
public:
    explicit json_document(std::string_view text);
    json_document(const json_document&) = delete;
    json_document& operator=(const json_document&) = delete;

    const boost::json::value& root() const noexcept { return root_; }
    const json_place& place() const noexcept { return place_; }
    /// Already holds a fault when the text was none; the root is null then.
    json_faults& faults() noexcept { return faults_; }

private:
    static constexpr std::size_t own_memory_bytes = 4096;

    unsigned char memory_[own_memory_bytes];
    boost::json::monotonic_resource resource_;
    json_place place_{};
    json_faults faults_;
    boost::json::value root_;
};

}  // namespace campgate::server
