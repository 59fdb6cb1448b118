#include "server/mail/mail_templates.hpp"

#include "core/ensure.hpp"
#include "server/mail/embedded_mails.hpp"
#include "server/mail/in_words.hpp"
#include "server/mail/letters.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

namespace campgate::server {

namespace {

constexpr std::string_view subject_mark = "Subject: ";
constexpr std::size_t template_bytes_max = 64 * 1024;
constexpr std::size_t faults_max = 50;
constexpr std::string_view layout_name = "layout";

/// A file's text, and where it is from.
struct source {
    std::string text;
    std::string file;
};
using sources = std::map<std::string, source, std::less<>>;

std::string file_name(std::string_view stem, language in, std::string_view ending) {
    return std::string{stem} + "." + std::string{code_of(in)} + "." + std::string{ending};
}

sources embedded_sources() {
    sources all;
    for (const embedded_mail& one : embedded_mails())
        all[std::string{one.name}] = {std::string{one.text}, "data/mails/" + std::string{one.name}};
    return all;
}

bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const std::size_t more = byte < 0x80                   ? 0
                                 : byte >= 0xc2 && byte < 0xe0 ? 1
                                 : byte >= 0xe0 && byte < 0xf0 ? 2
                                 : byte >= 0xf0 && byte < 0xf5 ? 3
                                                               : 4;
        if (more == 4 || i + more >= text.size()) return false;
        for (std::size_t n = 1; n <= more; ++n) {
            if ((static_cast<unsigned char>(text[i + n]) & 0xc0) != 0x80) return false;
        }
        i += more + 1;
    }
    return true;
}

// The organiser's files take the place of ours by their names.
void read_directory(const std::filesystem::path& directory, sources& all,
                    std::vector<file_fault>& faults) {
    std::error_code ec;
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator{directory, ec})
        paths.push_back(entry.path());
    if (ec) {
        faults.push_back({directory.string(), 0, 0, "", "cannot be read as a directory"});
        return;
    }
    std::ranges::sort(paths);
    for (const std::filesystem::path& path : paths) {
        const std::string name = path.filename().string();
        if (name.starts_with('.') || name.ends_with('~')) continue;
        const auto ours = all.find(name);
        if (ours == all.end()) {
            faults.push_back({path.string(), 0, 0, "",
                              "is the name of no mail; one is email_confirmation.fr.txt"});
            continue;
        }
        std::ifstream file{path, std::ios::binary};
        std::string text(template_bytes_max + 1, '\0');
        file.read(text.data(), static_cast<std::streamsize>(text.size()));
        text.resize(static_cast<std::size_t>(file.gcount()));
        if (!file.is_open() || file.bad() || text.empty()) {
            faults.push_back({path.string(), 0, 0, "", "cannot be read, or is empty"});
        } else if (text.size() > template_bytes_max) {
            faults.push_back({path.string(), 0, 0, "", "must be at most 64 KiB"});
        } else if (!is_utf8(text)) {
            faults.push_back({path.string(), 0, 0, "", "is not UTF-8"});
        } else {
            std::erase(text, '\r');
            if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
            ours->second = {std::move(text), path.string()};
        }
    }
}

void add_letterhead_names(template_values& names) {
    for (const char* name :
         {"subject", "organiser", "organiser_address", "organiser_email", "public_url"})
        names.texts[name] = "1";
}

// Every language has the same names.
template_values names_of(mail_kind kind) {
    template_values names = example_values(kind);
    put_into_words(names, language::en, *time_zone::find("UTC"));
    add_letterhead_names(names);
    names.texts.erase("subject");  // it is written first
    return names;
}

template_values layout_names() {
    template_values names;
    add_letterhead_names(names);
    names.texts[std::string{content_placeholder}] = "1";
    return names;
}

class loader {
public:
    loader(const sources& all, std::vector<file_fault>& faults) : all_(all), faults_(faults) {}

    std::optional<mail_template> whole(const std::string& name, const template_values& names) {
        const source& from = all_.find(name)->second;
        return mail_template::parse(from.text, from.file, 1, names, faults_);
    }

    std::optional<mail_template> layout(const std::string& name) {
        auto made = whole(name, layout_names());
        if (made && !made->uses(content_placeholder))
            faults_.push_back({all_.find(name)->second.file, 0, 0, "content",
                               "is missing: {{content}} is where the mail goes"});
        return made;
    }

    /// The subject's line and what comes after the empty one.
    std::pair<std::optional<mail_template>, std::optional<mail_template>> letter(
        const std::string& name, const template_values& names) {
        const source& from = all_.find(name)->second;
        const std::string_view text = from.text;
        const std::size_t end = text.find('\n');
        const std::string_view first = text.substr(0, end);
        if (!first.starts_with(subject_mark) || first.size() == subject_mark.size() ||
            end == std::string_view::npos || !text.substr(end).starts_with("\n\n")) {
            faults_.push_back({from.file, 1, 1, "Subject",
                               "the first line must be 'Subject: …', the second empty"});
            return {};
        }
        return {
            mail_template::parse(first.substr(subject_mark.size()), from.file, 1, names, faults_),
            mail_template::parse(text.substr(end + 2), from.file, 3, names, faults_)};
    }

private:
    const sources& all_;
    std::vector<file_fault>& faults_;
};

// More than one empty line in a row is what left-out parts leave behind.
std::string tidied(std::string_view text) {
    std::string made;
    std::size_t ends = 2;
    for (const char c : text) {
        ends = c == '\n' ? ends + 1 : 0;
        if (ends <= 2) made += c;
    }
    return made;
}

std::string one_line(std::string text) {
    std::ranges::replace(text, '\n', ' ');
    return text;
}

}  // namespace

std::string_view name_of(mail_kind kind) noexcept {
    switch (kind) {
        case mail_kind::email_confirmation: return "email_confirmation";
        case mail_kind::readiness_reminder: return "readiness_reminder";
        case mail_kind::hold_reminder: return "hold_reminder";
        case mail_kind::holds_ended: return "holds_ended";
        case mail_kind::recap: return "recap";
        case mail_kind::booking_cancelled: return "booking_cancelled";
        case mail_kind::refund: return "refund";
    }
    return {};
}

std::variant<mail_templates, std::vector<file_fault>> mail_templates::load(
    const std::filesystem::path& directory) {
    std::vector<file_fault> faults;
    sources all = embedded_sources();
    if (!directory.empty()) read_directory(directory, all, faults);
    loader load{all, faults};
    mail_templates made;
    for (const language in : all_languages) {
        auto text = load.layout(file_name(layout_name, in, "txt"));
        auto html = load.layout(file_name(layout_name, in, "html"));
        if (text && html) made.layouts_.emplace(in, layout{std::move(*text), std::move(*html)});
        for (const mail_kind kind : all_mail_kinds) {
            const template_values names = names_of(kind);
            auto [subject, body] = load.letter(file_name(name_of(kind), in, "txt"), names);
            auto page = load.whole(file_name(name_of(kind), in, "html"), names);
            if (subject && body && page)
                made.mails_.emplace(std::pair{kind, in},
                                    one{std::move(*subject), std::move(*body), std::move(*page)});
        }
    }
    if (faults.size() > faults_max) faults.resize(faults_max);
    if (!faults.empty()) return faults;
    return made;
}

written_mail mail_templates::write(mail_kind kind, language in,
                                   const template_values& values) const {
    using enum template_escape;
    const one& letter = mails_.at({kind, in});
    const layout& around = layouts_.at(in);
    written_mail made;
    made.subject = one_line(letter.subject.render(values, plain));

    template_values outer;
    for (const auto& [name, text] : values.texts) {
        if (name == "public_url" || name.starts_with("organiser")) outer.texts[name] = text;
    }
    outer.texts["subject"] = made.subject;
    std::string& content = outer.texts[std::string{content_placeholder}];
    content = letter.text.render(values, plain);
    made.text = tidied(around.text.render(outer, plain));
    content = letter.html.render(values, html);
    made.html = around.html.render(outer, html);
    return made;
}

}  // namespace campgate::server
