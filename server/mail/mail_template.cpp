#include "server/mail/mail_template.hpp"

#include "server/html_text.hpp"

#include <algorithm>
#include <utility>

namespace campgate::server {

namespace {

constexpr std::string_view opening_mark = "{{";
constexpr std::string_view closing_mark = "}}";
constexpr std::size_t sections_deep_max = 8;

std::string_view trimmed_name(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t") == std::string_view::npos;
}

}  // namespace

// One pass over the text. The names that may be used are a stack: a list's own go on top.
class mail_template::reader {
public:
    reader(std::string_view text, std::string_view file, std::uint32_t first_line,
           std::vector<file_fault>& faults)
        : text_(text),
          file_(file),
          line_(first_line),
          faults_(faults) {}

    std::vector<piece> read(const template_values& names) {
        names_.push_back(&names);
        std::vector<piece> pieces = read_until({});
        return pieces;
    }

private:
    struct tag {
        char mark{};  // '#', '^', '/', or 0 for a value
        std::string name;
    };

    std::vector<piece> read_until(const std::string& closing) {
        const std::uint32_t opened_line = line_;
        std::vector<piece> pieces;
        for (;;) {
            const std::size_t at = text_.find(opening_mark, at_);
            add_text(pieces, text_.substr(at_, at == std::string_view::npos ? at : at - at_));
            if (at == std::string_view::npos) {
                at_ = text_.size();
                if (!closing.empty()) fault(opened_line, closing, "is opened and never closed");
                return pieces;
            }
            const auto found = take_tag(at);
            if (!found) return pieces;
            if (found->mark == '/') {
                if (found->name == closing) return pieces;
                fault(line_, found->name, "is closed and was not opened");
                continue;
            }
            add_tag(pieces, *found);
        }
    }

    void add_tag(std::vector<piece>& pieces, const tag& found) {
        const template_values* inner = nullptr;
        const bool known = look_up(found, inner);
        if (found.mark == 0) {
            if (known) pieces.push_back({piece_kind::value, found.name, {}});
            return;
        }
        if (names_.size() > sections_deep_max) {
            fault(line_, found.name, "is nested too deep");
            at_ = text_.size();
            return;
        }
        const bool repeats = found.mark == '#' && inner != nullptr;
        names_.push_back(repeats ? inner : names_.back());
        std::vector<piece> within = read_until(found.name);
        names_.pop_back();
        pieces.push_back({found.mark == '#' ? piece_kind::section : piece_kind::inverted,
                          found.name, std::move(within)});
    }

    // Whether the name is one that stands here; `inner`: the names of a list's items.
    bool look_up(const tag& found, const template_values*& inner) {
        for (auto scope = names_.rbegin(); scope != names_.rend(); ++scope) {
            const template_values& names = **scope;
            if (names.texts.contains(found.name)) return true;
            const auto list = names.lists.find(found.name);
            if (list == names.lists.end()) continue;
            if (found.mark == 0) {
                fault(line_, found.name,
                      "is a list: write {{#" + found.name + "}}…{{/" + found.name + "}}");
                return false;
            }
            if (!list->second.empty()) inner = &list->second.front();
            return true;
        }
        fault(line_, found.name, "is no placeholder of this mail; it has " + all_names());
        return false;
    }

    std::string all_names() const {
        std::vector<std::string_view> names;
        for (const template_values* scope : names_) {
            for (const auto& [name, value] : scope->texts) names.push_back(name);
            for (const auto& [name, value] : scope->lists) names.push_back(name);
        }
        std::ranges::sort(names);
        const auto repeated = std::ranges::unique(names);
        names.erase(repeated.begin(), repeated.end());
        std::string text;
        for (const std::string_view name : names) {
            if (!text.empty()) text += ", ";
            text += name;
        }
        return text;
    }

    // The tag at `at`; goes behind it. Section tags that have a line to themselves take it along.
    std::optional<tag> take_tag(std::size_t at) {
        tag_at_ = at;
        const std::size_t end = text_.find(closing_mark, at);
        const std::size_t line_end = text_.find('\n', at);
        if (end == std::string_view::npos || end > line_end) {
            at_ = at;
            fault(line_, "", "{{ without }} in its line");
            at_ = text_.size();
            return std::nullopt;
        }
        at_ = at;
        tag found;
        std::string_view inside =
            text_.substr(at + opening_mark.size(), end - at - opening_mark.size());
        if (!inside.empty() &&
            std::string_view{"#^/"}.find(inside.front()) != std::string_view::npos) {
            found.mark = inside.front();
            inside.remove_prefix(1);
        }
        found.name = trimmed_name(inside);
        at_ = end + closing_mark.size();
        if (found.mark != 0) take_own_line(at);
        return found;
    }

    void take_own_line(std::size_t at) {
        const std::size_t line_start = text_.rfind('\n', at) + 1;  // npos + 1 is 0
        const std::size_t line_end = std::min(text_.find('\n', at_), text_.size());
        if (!is_blank(text_.substr(line_start, at - line_start))) return;
        if (!is_blank(text_.substr(at_, line_end - at_))) return;
        if (last_text_ != nullptr) last_text_->resize(last_text_->find_last_not_of(" \t") + 1);
        at_ = std::min(line_end + 1, text_.size());
        lines_taken_ = line_end < text_.size() ? 1 : 0;
    }

    void add_text(std::vector<piece>& pieces, std::string_view text) {
        line_ += lines_taken_;
        lines_taken_ = 0;
        last_text_ = nullptr;
        line_ += static_cast<std::uint32_t>(std::ranges::count(text, '\n'));
        if (text.empty()) return;
        pieces.push_back({piece_kind::text, std::string{text}, {}});
        last_text_ = &pieces.back().text;
    }

    void fault(std::uint32_t line, std::string name, std::string message) {
        const std::size_t line_start = text_.rfind('\n', tag_at_) + 1;
        const auto column = line == line_ ? tag_at_ - line_start + 1 : 1;
        faults_.push_back(
            {file_, line, static_cast<std::uint32_t>(column), std::move(name), std::move(message)});
    }

    const std::string_view text_;
    const std::string file_;
    std::uint32_t line_;
    std::uint32_t lines_taken_ = 0;
    std::vector<file_fault>& faults_;
    std::vector<const template_values*> names_;
    std::size_t at_ = 0;
    std::size_t tag_at_ = 0;
    std::string* last_text_ = nullptr;
};

class mail_template::writer {
public:
    explicit writer(template_escape escape) : escape_(escape) {}

    void write(const std::vector<piece>& pieces) {
        for (const piece& p : pieces) {
            switch (p.kind) {
                case piece_kind::text: out_ += p.text; break;
                case piece_kind::value: write_value(p.text); break;
                case piece_kind::section: write_section(p); break;
                case piece_kind::inverted:
                    if (!is_there(p.text)) write(p.inner);
                    break;
            }
        }
    }

    std::vector<const template_values*> scopes;
    std::string take() { return std::move(out_); }

private:
    const std::string* text_of(std::string_view name) const {
        for (auto scope = scopes.rbegin(); scope != scopes.rend(); ++scope) {
            const auto found = (*scope)->texts.find(name);
            if (found != (*scope)->texts.end()) return &found->second;
        }
        return nullptr;
    }

    const std::vector<template_values>* list_of(std::string_view name) const {
        for (auto scope = scopes.rbegin(); scope != scopes.rend(); ++scope) {
            const auto found = (*scope)->lists.find(name);
            if (found != (*scope)->lists.end()) return &found->second;
        }
        return nullptr;
    }

    bool is_there(std::string_view name) const {
        if (const auto* list = list_of(name)) return !list->empty();
        const std::string* text = text_of(name);
        return text != nullptr && !text->empty();
    }

    void write_value(std::string_view name) {
        const std::string* text = text_of(name);
        if (text == nullptr) return;
        if (escape_ == template_escape::plain || name == content_placeholder) {
            out_ += *text;
            return;
        }
        out_ += html_escaped(*text);
    }

    void write_section(const piece& section) {
        const auto* list = list_of(section.text);
        if (list == nullptr) {
            if (is_there(section.text)) write(section.inner);
            return;
        }
        for (const template_values& item : *list) {
            scopes.push_back(&item);
            write(section.inner);
            scopes.pop_back();
        }
    }

    const template_escape escape_;
    std::string out_;
};

std::optional<mail_template> mail_template::parse(std::string_view text, std::string_view file,
                                                  std::uint32_t first_line,
                                                  const template_values& names,
                                                  std::vector<file_fault>& faults) {
    const std::size_t before = faults.size();
    mail_template made;
    made.pieces_ = reader{text, file, first_line, faults}.read(names);
    if (faults.size() > before) return std::nullopt;
    return made;
}

std::string mail_template::render(const template_values& values, template_escape escape) const {
    writer out{escape};
    out.scopes.push_back(&values);
    out.write(pieces_);
    return out.take();
}

bool mail_template::uses(std::string_view name) const noexcept {
    return any_of_name(pieces_, name);
}

bool mail_template::any_of_name(const std::vector<piece>& pieces, std::string_view name) noexcept {
    return std::ranges::any_of(pieces, [&](const piece& p) {
        return (p.kind != piece_kind::text && p.text == name) || any_of_name(p.inner, name);
    });
}

}  // namespace campgate::server
