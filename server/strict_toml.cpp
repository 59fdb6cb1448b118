#include "server/strict_toml.hpp"

#include <algorithm>
#include <tuple>

namespace campgate {

namespace {

std::string type_name(const toml::node& node) {
    switch (node.type()) {
        case toml::node_type::none: break;
        case toml::node_type::table: return "a table";
        case toml::node_type::array: return "an array";
        case toml::node_type::string: return "a text";
        case toml::node_type::integer: return "a whole number";
        case toml::node_type::floating_point: return "a number with decimals";
        case toml::node_type::boolean: return "true or false";
        case toml::node_type::date: return "a date";
        case toml::node_type::time: return "a time";
        case toml::node_type::date_time: return "a date with a time";
    }
    return "nothing";
}

std::string wrong_type(const char* wanted, const toml::node& node) {
    return std::string{"must be "} + wanted + ", found " + type_name(node);
}

std::string item_count(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " item" : " items");
}

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

// C0 and DEL, and C1 in UTF-8 (C2 80 … C2 9F).
bool has_control(std::string_view text, bool lines) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x20 && !(lines && c == '\n')) return true;
        if (c == 0x7f) return true;
        if (c == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0)
            return true;
    }
    return false;
}

// Faults quote the file, and end on a terminal: control characters do not, and not a whole text.
std::string printable(std::string text) {
    for (char& c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) c = '?';
    }
    if (text.size() <= fault_text_bytes_max) return text;
    std::size_t end = fault_text_bytes_max;
    while (end > 0 && is_continuation(text[end])) --end;
    return text.substr(0, end) + "…";
}

// Behind the string that opens at `from`, or the text's end.
std::size_t skip_string(std::string_view text, std::size_t from) {
    const char quote = text[from];
    const std::string triple(3, quote);
    const bool many = text.substr(from, 3) == triple;
    std::size_t i = from + (many ? 3 : 1);
    while (i < text.size()) {
        if (quote == '"' && text[i] == '\\') {
            i += 2;
        } else if (many && text.substr(i, 3) == triple) {
            return i + 3;
        } else if (!many && (text[i] == quote || text[i] == '\n')) {
            return i + 1;
        } else {
            ++i;
        }
    }
    return text.size();
}

// The line of the first key with more than toml_key_parts_max parts, or 0.
std::uint32_t line_of_too_deep_key(std::string_view text) {
    std::size_t dots = 0;
    std::size_t i = 0;
    while (i < text.size()) {
        switch (text[i]) {
            case '"':
            case '\'': i = skip_string(text, i); continue;
            case '#': i = std::min(text.find('\n', i), text.size()); continue;
            case '.': ++dots; break;
            case '\n':
            case '=':
            case ',':
            case '[':
            case ']':
            case '{':
            case '}': dots = 0; break;
            default: break;
        }
        if (dots >= toml_key_parts_max) {
            const auto before = std::ranges::count(text.substr(0, i), '\n');
            return static_cast<std::uint32_t>(before) + 1;
        }
        ++i;
    }
    return 0;
}

}  // namespace

void fault_list::add(toml::source_position at, std::string key, std::string message) {
    faults_.push_back(
        {file_, at.line, at.column, printable(std::move(key)), printable(std::move(message))});
}

std::vector<file_fault> fault_list::take() {
    auto faults = std::exchange(faults_, {});
    std::ranges::stable_sort(faults, {}, [](const file_fault& fault) {
        return std::tuple{fault.line, fault.column};
    });
    if (faults.size() <= file_faults_max) return faults;
    const std::size_t left_out = faults.size() - (file_faults_max - 1);
    faults.resize(file_faults_max);
    faults.back().key.clear();
    faults.back().message = "and " + std::to_string(left_out) + " more faults from here on";
    return faults;
}

std::optional<toml::table> parse_toml(std::string_view text, std::size_t bytes_max,
                                      fault_list& faults) {
    if (text.size() > bytes_max) {
        faults.add(toml::source_position{0, 0}, "",
                   "the file has more than " + std::to_string(bytes_max) + " bytes");
        return std::nullopt;
    }
    if (const auto line = line_of_too_deep_key(text); line != 0) {
        faults.add(toml::source_position{line, 1}, "",
                   "a key of more than " + std::to_string(toml_key_parts_max) + " parts");
        return std::nullopt;
    }
    try {
        return toml::parse(text);
    } catch (const toml::parse_error& error) {
        faults.add(error.source().begin, "", "not TOML 1.0: " + std::string{error.description()});
        return std::nullopt;
    }
}

std::optional<std::string> read_text(const toml::node& node, const std::string& key, text_rule rule,
                                     fault_list& faults) {
    const auto* value = node.as_string();
    if (value == nullptr) {
        faults.add(node, key, wrong_type("a text in quotes", node));
        return std::nullopt;
    }
    const std::string& text = value->get();
    const auto chars = static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return !is_continuation(c); }));
    if (chars == 0 || text.find_first_not_of(" \t\n") == std::string::npos) {
        faults.add(node, key, "must not be empty");
        return std::nullopt;
    }
    if (chars > rule.chars_max) {
        faults.add(node, key,
                   "must have at most " + std::to_string(rule.chars_max) + " characters, found " +
                       std::to_string(chars));
        return std::nullopt;
    }
    if (has_control(text, rule.lines)) {
        faults.add(node, key, "must not have control characters");
        return std::nullopt;
    }
    if (text.front() == ' ' || text.back() == ' ') {
        faults.add(node, key, "must not begin or end with a space");
        return std::nullopt;
    }
    return text;
}

std::optional<std::int64_t> read_number(const toml::node& node, const std::string& key,
                                        number_rule rule, fault_list& faults) {
    const auto* value = node.as_integer();
    if (value == nullptr) {
        faults.add(node, key, wrong_type("a whole number", node));
        return std::nullopt;
    }
    if (value->get() >= rule.min && value->get() <= rule.max) return value->get();
    std::string unit = rule.unit;
    if (!unit.empty()) unit.insert(0, 1, ' ');
    faults.add(node, key,
               "must be " + std::to_string(rule.min) + " to " + std::to_string(rule.max) + unit +
                   ", found " + std::to_string(value->get()));
    return std::nullopt;
}

std::optional<std::chrono::sys_days> read_day(const toml::node& node, const std::string& key,
                                              fault_list& faults) {
    const auto* value = node.as_date();
    if (value == nullptr) {
        faults.add(node, key, wrong_type("a date as 2027-07-05", node));
        return std::nullopt;
    }
    const toml::date& date = value->get();
    return std::chrono::sys_days{std::chrono::year{date.year} / date.month / date.day};
}

std::optional<std::chrono::local_seconds> read_minute(const toml::node& node,
                                                      const std::string& key, fault_list& faults) {
    constexpr const char* wanted = "a local date and time as 2027-03-20T09:00:00";
    const auto* value = node.as_date_time();
    if (value == nullptr) {
        faults.add(node, key, wrong_type(wanted, node));
        return std::nullopt;
    }
    const toml::date_time& moment = value->get();
    if (moment.offset) {
        faults.add(node, key, std::string{"must be "} + wanted + ", without Z or an offset");
        return std::nullopt;
    }
    if (moment.time.second != 0 || moment.time.nanosecond != 0) {
        faults.add(node, key, "must be a whole minute");
        return std::nullopt;
    }
    const std::chrono::local_days day{std::chrono::year{moment.date.year} / moment.date.month /
                                      moment.date.day};
    return day + std::chrono::hours{moment.time.hour} + std::chrono::minutes{moment.time.minute};
}

std::string strict_table::path(std::string_view key) const {
    std::string whole = key_;
    if (!whole.empty()) whole += '.';
    return whole.append(key);
}

const toml::node* strict_table::find(std::string_view key, presence need) {
    if (std::ranges::find(asked_, key) == asked_.end()) asked_.emplace_back(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr && need == presence::required) faults_.add(table_, path(key), "missing");
    return node;
}

std::optional<std::string> strict_table::text(std::string_view key, text_rule rule, presence need) {
    const toml::node* node = find(key, need);
    if (node == nullptr) return std::nullopt;
    return read_text(*node, path(key), rule, faults_);
}

std::optional<std::int64_t> strict_table::number(std::string_view key, number_rule rule,
                                                 presence need) {
    const toml::node* node = find(key, need);
    if (node == nullptr) return std::nullopt;
    return read_number(*node, path(key), rule, faults_);
}

std::optional<bool> strict_table::boolean(std::string_view key, presence need) {
    const toml::node* node = find(key, need);
    if (node == nullptr) return std::nullopt;
    if (const auto* value = node->as_boolean()) return value->get();
    faults_.add(*node, path(key), wrong_type("true or false", *node));
    return std::nullopt;
}

std::optional<strict_table> strict_table::table(std::string_view key, presence need) {
    const toml::node* node = find(key, need);
    if (node == nullptr) return std::nullopt;
    if (const toml::table* inner = node->as_table()) {
        return strict_table{*inner, path(key), faults_};
    }
    faults_.add(*node, path(key), wrong_type("a table", *node));
    return std::nullopt;
}

localized strict_table::localized_text(std::string_view key, text_rule rule, presence need) {
    localized read;
    auto languages = table(key, need);
    if (!languages) return read;
    read.fr = languages->text("fr", rule, presence::required).value_or("");
    read.nl = languages->text("nl", rule, presence::optional).value_or("");
    read.de = languages->text("de", rule, presence::optional).value_or("");
    read.en = languages->text("en", rule, presence::optional).value_or("");
    languages->refuse_unknown_keys();
    return read;
}

const toml::array* strict_table::array(std::string_view key, std::size_t min, std::size_t max,
                                       presence need) {
    const toml::node* node = find(key, need);
    if (node == nullptr) return nullptr;
    const toml::array* items = node->as_array();
    if (items == nullptr) {
        faults_.add(*node, path(key), wrong_type("an array", *node));
        return nullptr;
    }
    if (items->size() < min) {
        faults_.add(*items, path(key), "must have at least " + item_count(min));
        return nullptr;
    }
    if (items->size() > max) {
        faults_.add(
            *items, path(key),
            "must have at most " + item_count(max) + ", found " + std::to_string(items->size()));
        return nullptr;
    }
    return items;
}

std::vector<strict_table> strict_table::tables(std::string_view key, std::size_t min,
                                               std::size_t max, presence need) {
    std::vector<strict_table> found;
    const toml::array* items = array(key, min, max, need);
    if (items == nullptr) return found;
    for (std::size_t i = 0; i < items->size(); ++i) {
        const std::string item = path(key) + '[' + std::to_string(i + 1) + ']';
        const toml::node& node = *items->get(i);
        if (const toml::table* inner = node.as_table()) {
            found.emplace_back(*inner, item, faults_);
        } else {
            faults_.add(node, item, wrong_type("a table", node));
        }
    }
    return found;
}

void strict_table::fault(std::string_view key, std::string message) {
    const toml::node* node = table_.get(key);
    faults_.add(node != nullptr ? *node : table_, path(key), std::move(message));
}

void strict_table::refuse_unknown_keys() {
    for (const auto& [key, node] : table_) {
        if (std::ranges::find(asked_, key.str()) != asked_.end()) continue;
        std::string known;
        for (const std::string& name : asked_) known += (known.empty() ? "" : ", ") + name;
        faults_.add(key.source().begin, path(key.str()), "unknown key (known here: " + known + ")");
    }
}

}  // namespace campgate
