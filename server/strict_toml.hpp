// Strict reading of a TOML file a person wrote: every fault at once, each with its place and key.
// A strict_table hands out the keys its user asks for; whatever else stands there is a fault.
// A reader gives nothing where it has told a fault, so its user goes on and finds the others.
// One thread; the parsed file outlives its readers.
#pragma once

#include "core/season.hpp"
#include "server/file_fault.hpp"

#include <toml++/toml.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace campgate {

inline constexpr std::size_t file_faults_max = 50;
/// A fault's key and message each; longer ones are cut.
inline constexpr std::size_t fault_text_bytes_max = 300;
/// Deeper keys than anybody writes; the parser's recursion would follow them to the stack's end.
inline constexpr std::size_t toml_key_parts_max = 32;

/// The faults of one file.
class fault_list {
public:
    explicit fault_list(std::string_view file) : file_(file) {}

    void add(toml::source_position at, std::string key, std::string message);
    void add(const toml::node& at, std::string key, std::string message) {
        add(at.source().begin, std::move(key), std::move(message));
    }
    bool empty() const { return faults_.empty(); }

    /// By line, at most file_faults_max; the last then counts those left out.
    std::vector<file_fault> take();

private:
    std::string file_;
    std::vector<file_fault> faults_;
};

/// Parses TOML 1.0 of at most `bytes_max`; nothing and one fault when it is none.
std::optional<toml::table> parse_toml(std::string_view text, std::size_t bytes_max,
                                      fault_list& faults);

enum class presence { required, optional };

/// What a text may be. Characters are code points; control characters are never allowed, but for
/// line feeds with `lines`.
struct text_rule {
    std::size_t chars_max;
    bool lines = false;
};

/// What a whole number may be, and what it counts ("cents", "months").
struct number_rule {
    std::int64_t min;
    std::int64_t max;
    const char* unit = "";
};

// Values, each told as a fault under `key` when it is not what the rule wants.
std::optional<std::string> read_text(const toml::node& node, const std::string& key, text_rule rule,
                                     fault_list& faults);
std::optional<std::int64_t> read_number(const toml::node& node, const std::string& key,
                                        number_rule rule, fault_list& faults);
std::optional<std::chrono::sys_days> read_day(const toml::node& node, const std::string& key,
                                              fault_list& faults);
/// A local date and time of whole minutes.
std::optional<std::chrono::local_seconds> read_minute(const toml::node& node,
                                                      const std::string& key, fault_list& faults);

class strict_table {
public:
    /// `key` is the table's own path, empty for the file's root.
    strict_table(const toml::table& table, std::string key, fault_list& faults)
        : table_(table),
          key_(std::move(key)),
          faults_(faults) {}

    /// Where this key's faults are told: camp[2].code
    std::string path(std::string_view key) const;

    /// The node of a key, or null; a missing required one is a fault.
    const toml::node* find(std::string_view key, presence need);

    std::optional<std::string> text(std::string_view key, text_rule rule, presence need);
    std::optional<std::int64_t> number(std::string_view key, number_rule rule, presence need);
    std::optional<bool> boolean(std::string_view key, presence need);
    std::optional<strict_table> table(std::string_view key, presence need);
    /// A table with fr, which it must have, nl, de and en; empty where it is none.
    localized localized_text(std::string_view key, text_rule rule, presence need);
    /// Null, or an array of `min` to `max` items.
    const toml::array* array(std::string_view key, std::size_t min, std::size_t max, presence need);
    /// The tables of an array, with the path camp[2]; items of other types are faults.
    std::vector<strict_table> tables(std::string_view key, std::size_t min, std::size_t max,
                                     presence need);

    /// A fault at a key that was found, else at the table.
    void fault(std::string_view key, std::string message);

    /// To be called last: every key that was not asked for is a fault.
    void refuse_unknown_keys();

private:
    const toml::table& table_;
    std::string key_;
    fault_list& faults_;
    std::vector<std::string> asked_;
};

}  // namespace campgate
