// The parser's handler and the readers. Boost.JSON keeps the last of duplicate members, so the
// handler keeps the names of the objects that are open and compares them when one ends.
#include "server/json_reader.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

namespace campgate::server {

namespace json = boost::json;

namespace {

void append_token(std::string& pointer, std::string_view token) {
    pointer += '/';
    for (const char c : token) {
        if (c == '~')
            pointer += "~0";
        else if (c == '/')
            pointer += "~1";
        else
            pointer += c;
    }
}

/// Builds the value and finds the first duplicate member.
class strict_handler {
public:
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();
    using error = boost::system::error_code;

    explicit strict_handler(json::storage_ptr memory) { values_.reset(std::move(memory)); }

    json::value release() { return values_.release(); }
    const std::optional<std::string>& duplicate() const noexcept { return duplicate_; }

    bool on_document_begin(error&) { return true; }
    bool on_document_end(error&) { return true; }
    bool on_object_begin(error&) {
        count_value();
        levels_.push_back({true, names_.size(), 0});
        return true;
    }
    bool on_object_end(std::size_t size, error&) {
        find_duplicate();
        names_.resize(levels_.back().first_name);
        levels_.pop_back();
        values_.push_object(size);
        return true;
    }
    bool on_array_begin(error&) {
        count_value();
        levels_.push_back({false, names_.size(), 0});
        return true;
    }
    bool on_array_end(std::size_t size, error&) {
        levels_.pop_back();
        values_.push_array(size);
        return true;
    }
    bool on_key_part(json::string_view part, std::size_t, error&) {
        values_.push_chars(part);
        name_.append(part.data(), part.size());
        return true;
    }
    bool on_key(json::string_view part, std::size_t, error&) {
        values_.push_key(part);
        name_.append(part.data(), part.size());
        names_.push_back(std::move(name_));
        name_.clear();
        return true;
    }
    bool on_string_part(json::string_view part, std::size_t, error&) {
        values_.push_chars(part);
        return true;
    }
    bool on_string(json::string_view part, std::size_t, error&) {
        count_value();
        values_.push_string(part);
        return true;
    }
    bool on_number_part(json::string_view, error&) { return true; }
    bool on_int64(std::int64_t number, json::string_view, error&) {
        count_value();
        values_.push_int64(number);
        return true;
    }
    bool on_uint64(std::uint64_t number, json::string_view, error&) {
        count_value();
        values_.push_uint64(number);
        return true;
    }
    bool on_double(double number, json::string_view, error&) {
        count_value();
        values_.push_double(number);
        return true;
    }
    bool on_bool(bool truth, error&) {
        count_value();
        values_.push_bool(truth);
        return true;
    }
    bool on_null(error&) {
        count_value();
        values_.push_null();
        return true;
    }
    bool on_comment_part(json::string_view, error&) { return true; }
    bool on_comment(json::string_view, error&) { return true; }

private:
    struct level {
        bool is_object;
        std::size_t first_name;  // of this object, in names_
        std::size_t values;      // begun so far
    };

    void count_value() {
        if (!levels_.empty()) ++levels_.back().values;
    }

    void find_duplicate() {
        const std::size_t first = levels_.back().first_name;
        if (duplicate_ || names_.size() - first < 2) return;
        std::vector<std::size_t> order(names_.size() - first);
        std::iota(order.begin(), order.end(), first);
        std::ranges::stable_sort(order, {},
                                 [this](std::size_t i) -> const std::string& { return names_[i]; });
        std::size_t earliest = names_.size();
        for (std::size_t i = 1; i < order.size(); ++i) {
            if (names_[order[i - 1]] == names_[order[i]]) earliest = std::min(earliest, order[i]);
        }
        if (earliest == names_.size()) return;
        std::string pointer = path_to_open_object();
        append_token(pointer, names_[earliest]);
        duplicate_ = std::move(pointer);
    }

    std::string path_to_open_object() const {
        std::string pointer;
        for (std::size_t i = 0; i + 1 < levels_.size(); ++i) {
            if (levels_[i].is_object)
                append_token(pointer, names_[levels_[i + 1].first_name - 1]);
            else
                append_token(pointer, std::to_string(levels_[i].values - 1));
        }
        return pointer;
    }

    json::value_stack values_;
    std::vector<level> levels_;
    std::vector<std::string> names_;  // of the open objects, outermost first
    std::string name_;                // read so far
    std::optional<std::string> duplicate_;
};

json::parse_options strict_options() {
    json::parse_options options;
    options.max_depth = json_depth_max;
    return options;
}

bool has_control_character(std::string_view text, bool line_breaks) noexcept {
    return std::ranges::any_of(text, [line_breaks](char c) {
        if (line_breaks && c == '\n') return false;
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    });
}

}  // namespace

json_document::json_document(std::string_view text)
    : resource_(memory_, sizeof memory_),
      root_(json::storage_ptr(&resource_)) {
    json::basic_parser<strict_handler> parser(strict_options(), json::storage_ptr(&resource_));
    boost::system::error_code failed;
    const std::size_t read = parser.write_some(false, text.data(), text.size(), failed);
    if (!failed && (read < text.size() || !parser.done())) failed = json::error::extra_data;
    if (failed) {
        faults_.add(problem_kind::invalid_json,
                    failed == json::error::too_deep ? problem_detail::text_too_deep
                                                    : problem_detail::text_not_json,
                    place_);
        return;
    }
    root_ = parser.handler().release();
    if (const auto& pointer = parser.handler().duplicate())
        faults_.add({problem_kind::duplicate_member, *pointer, problem_detail::usual, {}, {}});
}

problem to_problem(const json_fault& fault) {
    problem made{fault.kind, fault.detail, {}};
    if (fault.kind != problem_kind::invalid_json) made.members["pointer"] = fault.pointer;
    if (fault.minimum) made.members["minimum"] = *fault.minimum;
    if (fault.maximum) made.members["maximum"] = *fault.maximum;
    return made;
}

std::string json_place::pointer() const {
    if (up == nullptr) return {};
    std::string made = up->pointer();
    if (is_item)
        append_token(made, std::to_string(index));
    else
        append_token(made, member);
    return made;
}

void json_faults::add(problem_kind kind, problem_detail detail, const json_place& where,
                      std::optional<json_range> range) {
    if (first_) return;
    json_fault made{kind, where.pointer(), detail, {}, {}};
    if (range) {
        made.minimum = range->least;
        made.maximum = range->most;
    }
    first_ = std::move(made);
}

void json_faults::add(json_fault fault) {
    if (!first_) first_ = std::move(fault);
}

object_reader::object_reader(const json::value& value, const json_place& place, json_faults& faults,
                             std::initializer_list<std::string_view> known)
    : object_(value.if_object()),
      place_(place),
      faults_(faults) {
    if (object_ == nullptr) {
        faults_.add(problem_kind::invalid_member, problem_detail::expected_object, place_);
        return;
    }
    for (const auto& member : *object_) {
        const std::string_view name{member.key().data(), member.key().size()};
        if (std::ranges::find(known, name) == known.end())
            fault(problem_kind::unknown_member, problem_detail::usual, name);
    }
}

void object_reader::fault(problem_kind kind, problem_detail detail, std::string_view member,
                          std::optional<json_range> range) {
    faults_.add(kind, detail, json_place{&place_, member, 0, false}, range);
}

const json::value* object_reader::find(std::string_view member, bool required) {
    if (object_ == nullptr) return nullptr;
    const json::value* found = object_->if_contains({member.data(), member.size()});
    if (found == nullptr && required)
        fault(problem_kind::missing_member, problem_detail::usual, member);
    return found;
}

std::uint64_t object_reader::read_integer(const json::value& value, std::string_view member,
                                          json_range range) {
    const std::int64_t* as_signed = value.if_int64();
    const std::uint64_t* as_unsigned = value.if_uint64();
    if (as_signed == nullptr && as_unsigned == nullptr) {
        fault(problem_kind::invalid_member, problem_detail::expected_integer, member, range);
        return 0;
    }
    const bool negative = as_signed != nullptr && *as_signed < 0;
    const std::uint64_t number =
        as_signed != nullptr ? static_cast<std::uint64_t>(*as_signed) : *as_unsigned;
    if (negative || number < range.least || number > range.most) {
        fault(problem_kind::invalid_member, problem_detail::integer_out_of_range, member, range);
        return 0;
    }
    return number;
}

std::string_view object_reader::read_string(const json::value& value, std::string_view member,
                                            json_range length, bool line_breaks) {
    const json::string* text = value.if_string();
    if (text == nullptr) {
        fault(problem_kind::invalid_member, problem_detail::expected_string, member);
        return {};
    }
    const std::string_view read{text->data(), text->size()};
    if (read.size() < length.least || read.size() > length.most) {
        fault(problem_kind::invalid_member, problem_detail::string_length, member, length);
        return {};
    }
    if (has_control_character(read, line_breaks)) {
        fault(problem_kind::invalid_member, problem_detail::string_characters, member);
        return {};
    }
    return read;
}

std::uint64_t object_reader::integer(std::string_view member, json_range range) {
    const json::value* value = find(member, true);
    return value == nullptr ? 0 : read_integer(*value, member, range);
}

std::optional<std::uint64_t> object_reader::optional_integer(std::string_view member,
                                                             json_range range) {
    const json::value* value = find(member, false);
    if (value == nullptr) return std::nullopt;
    return read_integer(*value, member, range);
}

std::string_view object_reader::text(std::string_view member, json_range length) {
    const json::value* value = find(member, true);
    return value == nullptr ? std::string_view{} : read_string(*value, member, length, true);
}

std::string_view object_reader::string(std::string_view member, json_range length) {
    const json::value* value = find(member, true);
    return value == nullptr ? std::string_view{} : read_string(*value, member, length);
}

std::optional<std::string_view> object_reader::optional_string(std::string_view member,
                                                               json_range length) {
    const json::value* value = find(member, false);
    if (value == nullptr) return std::nullopt;
    return read_string(*value, member, length);
}

std::optional<std::string_view> object_reader::nullable_string(std::string_view member,
                                                               json_range length) {
    const json::value* value = find(member, true);
    if (value == nullptr || value->is_null()) return std::nullopt;
    return read_string(*value, member, length);
}

std::optional<std::string_view> object_reader::optional_nullable_string(std::string_view member,
                                                                        json_range length) {
    const json::value* value = find(member, false);
    if (value == nullptr || value->is_null()) return std::nullopt;
    return read_string(*value, member, length);
}

bool object_reader::boolean(std::string_view member) {
    const json::value* value = find(member, true);
    if (value == nullptr) return false;
    if (const bool* truth = value->if_bool()) return *truth;
    fault(problem_kind::invalid_member, problem_detail::expected_boolean, member);
    return false;
}

std::optional<bool> object_reader::optional_boolean(std::string_view member) {
    if (find(member, false) == nullptr) return std::nullopt;
    return boolean(member);
}

std::size_t object_reader::choice(std::string_view member,
                                  std::span<const std::string_view> choices) {
    const json::value* value = find(member, true);
    if (value == nullptr) return 0;
    const json::string* text = value->if_string();
    if (text == nullptr) {
        fault(problem_kind::invalid_member, problem_detail::expected_string, member);
        return 0;
    }
    const auto found = std::ranges::find(choices, std::string_view{text->data(), text->size()});
    if (found == choices.end()) {
        fault(problem_kind::invalid_member, problem_detail::not_in_list, member);
        return 0;
    }
    return static_cast<std::size_t>(found - choices.begin());
}

array_reader object_reader::array(std::string_view member, json_range size) {
    const json_place place{&place_, member, 0, false};
    const json::value* value = find(member, true);
    if (value == nullptr) return {nullptr, place};
    const json::array* items = value->if_array();
    if (items == nullptr) {
        fault(problem_kind::invalid_member, problem_detail::expected_array, member);
        return {nullptr, place};
    }
    if (items->size() < size.least || items->size() > size.most) {
        fault(problem_kind::invalid_member, problem_detail::array_length, member, size);
        return {nullptr, place};
    }
    return {items, place};
}

std::size_t array_reader::size() const noexcept {
    return items_ == nullptr ? 0 : items_->size();
}

const json::value& array_reader::item(std::size_t index) const {
    return (*items_)[index];
}

}  // namespace campgate::server
