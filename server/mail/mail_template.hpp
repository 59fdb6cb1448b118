// A text with named places that a person wrote: {{name}} is replaced, {{#name}}…{{/name}} is there
// for each item of a list, or once when a text is not empty, {{^name}}…{{/name}} when there is
// nothing. A name that the kind of mail has not is a fault with its place, told when it is read and
// never when a mail is made. Thread safety: constant after parsing.
#pragma once

#include "core/ids.hpp"
#include "server/file_fault.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace campgate::server {

/// What stands in the places. Inside a list's item its own names come before those around it.
struct template_values {
    std::map<std::string, std::string, std::less<>> texts;
    std::map<std::string, instant, std::less<>> moments;  ///< become texts, see put_into_words
    std::map<std::string, std::vector<template_values>, std::less<>> lists;

    /// Sets a text that is a switch only: {{#name}}.
    void say(const std::string& name, bool yes = true) { texts[name] = yes ? "1" : ""; }
};

/// How a value is written: as it is, or safe inside HTML's text and quoted attributes.
enum class template_escape : std::uint8_t { plain, html };

/// The placeholder that only a layout has: where the text goes, already escaped.
inline constexpr std::string_view content_placeholder = "content";

class mail_template {
public:
    /// `names`: an example of the values, with every text and one item of every list. Faults are
    /// appended; nothing when there was one.
    static std::optional<mail_template> parse(std::string_view text, std::string_view file,
                                              std::uint32_t first_line,
                                              const template_values& names,
                                              std::vector<file_fault>& faults);

    /// Line ends are "\n". A name without a value is written as nothing.
    std::string render(const template_values& values, template_escape escape) const;

    /// Does it stand in the text, at any depth?
    bool uses(std::string_view name) const noexcept;

private:
    enum class piece_kind : std::uint8_t { text, value, section, inverted };
    struct piece {
        piece_kind kind{};
        std::string text;  ///< the text itself, or the name
        std::vector<piece> inner;
    };
    class reader;
    class writer;
    static bool any_of_name(const std::vector<piece>& pieces, std::string_view name) noexcept;

    std::vector<piece> pieces_;
};

}  // namespace campgate::server
