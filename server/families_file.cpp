#include "server/families_file.hpp"

#include "server/mail/mail_header.hpp"
#include "server/query_string.hpp"
#include "server/strict_toml.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace campgate::server {

namespace {

enum column : std::size_t {
    parent_niss,
    parent_given_name,
    parent_family_name,
    street,
    number,
    box,
    postcode,
    city,
    phone,
    email,
    language_code,
    child_niss,
    child_given_name,
    child_family_name,
    child_birth_date,
    child_site,
    child_school_year,
    columns,
};
constexpr std::array<std::string_view, columns> column_names{"parent_niss",
                                                             "parent_given_name",
                                                             "parent_family_name",
                                                             "street",
                                                             "number",
                                                             "box",
                                                             "postcode",
                                                             "city",
                                                             "phone",
                                                             "email",
                                                             "language",
                                                             "child_niss",
                                                             "child_given_name",
                                                             "child_family_name",
                                                             "child_birth_date",
                                                             "child_site",
                                                             "child_school_year"};
constexpr std::array<std::string_view, 4> languages{"fr", "nl", "de", "en"};
constexpr std::size_t field_bytes_max = 500;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

struct field {
    std::string text;
    toml::source_position at;
};
using record = std::vector<field>;

// RFC 4180, with commas or semicolons: fields may be quoted, and then hold
// separators, doubled quotes and line ends.
class csv_reader {
public:
    csv_reader(std::string_view text, char separator, fault_list& faults)
        : text_(text),
          separator_(separator),
          faults_(faults) {}

    /// The next record that is not an empty line; nothing at the end.
    std::optional<record> next() {
        while (!text_.empty()) {
            record read = read_record();
            if (read.size() > 1 || !read.front().text.empty()) return read;
        }
        return std::nullopt;
    }

private:
    record read_record() {
        record fields;
        for (;;) {
            fields.push_back(read_field());
            if (text_.empty()) return fields;
            const char end = take();
            if (end == separator_) continue;
            if (end == '\r' && !text_.empty() && text_.front() == '\n') take();
            return fields;
        }
    }

    field read_field() {
        field read{{}, at_};
        const bool quoted = !text_.empty() && text_.front() == '"';
        if (quoted) take();
        while (!text_.empty()) {
            const char c = text_.front();
            if (quoted && c == '"') {
                take();
                if (text_.empty() || text_.front() != '"') return after_quote(read);
            } else if (!quoted && (c == separator_ || c == '\n' || c == '\r')) {
                break;
            }
            read.text += take();
        }
        if (quoted) faults_.add(read.at, "", "the quote that opens here is not closed");
        trim(read.text);
        return read;
    }

    field after_quote(field read) {
        if (!text_.empty() && text_.front() != separator_ && text_.front() != '\n' &&
            text_.front() != '\r') {
            faults_.add(at_, "", "a quoted field ends with its quote");
            while (!text_.empty() && text_.front() != separator_ && text_.front() != '\n') take();
        }
        trim(read.text);
        return read;
    }

    static void trim(std::string& text) {
        while (text.ends_with(' ')) text.pop_back();
        text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
    }

    // Columns count characters: the bytes that continue one are none.
    char take() {
        const char c = text_.front();
        text_.remove_prefix(1);
        if (c == '\n') {
            ++at_.line;
            at_.column = 1;
        } else if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) {
            ++at_.column;
        }
        return c;
    }

    std::string_view text_;
    const char separator_;
    fault_list& faults_;
    toml::source_position at_{1, 1};
};

class families_reader {
public:
    families_reader(fault_list& faults, const season* s) : faults_(faults), season_(s) {}

    bool read_header(const record& header) {
        for (std::size_t i = 0; i < header.size(); ++i) {
            const auto known = std::ranges::find(column_names, header[i].text);
            if (known == column_names.end()) {
                faults_.add(header[i].at, "", "there is no such column");
                continue;
            }
            const auto which = static_cast<std::size_t>(known - column_names.begin());
            if (place_[which]) faults_.add(header[i].at, header[i].text, "is there twice");
            place_[which] = i;
        }
        bool complete = true;
        for (std::size_t which = 0; which < columns; ++which) {
            if (place_[which]) continue;
            complete = false;
            faults_.add(header.front().at, std::string{column_names[which]}, "is missing");
        }
        fields_ = header.size();
        return complete;
    }

    void read(const record& line) {
        if (line.size() != fields_) {
            faults_.add(line.front().at, "",
                        "must have " + std::to_string(fields_) + " fields, found " +
                            std::to_string(line.size()));
            return;
        }
        line_ = &line;
        for (std::size_t which = 0; which < columns; ++which) check_text(which);
        listed_family* family = read_parent();
        if (family != nullptr && has_child()) read_child(*family);
    }

    std::vector<listed_family> take() { return std::move(families_); }

private:
    const field& at(std::size_t which) const { return (*line_)[*place_[which]]; }
    const std::string& text(std::size_t which) const { return at(which).text; }
    void fault(std::size_t which, std::string message) {
        faults_.add(at(which).at, std::string{column_names[which]}, std::move(message));
    }

    void check_text(std::size_t which) {
        const std::string& value = text(which);
        if (value.size() > field_bytes_max) fault(which, "is too long");
        const bool control = std::ranges::any_of(
            value, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
        if (control) fault(which, "has a control character");
    }

    std::string required(std::size_t which) {
        if (text(which).empty()) fault(which, "is missing");
        return text(which);
    }

    std::optional<niss> read_niss(std::size_t which) {
        auto read = niss::parse(text(which));
        if (!read && !text(which).empty())
            fault(which, "is no national register number: its check digits do not fit");
        return read;
    }

    listed_family* read_parent() {
        parent_row parent;
        required(parent_niss);
        parent.niss = read_niss(parent_niss);
        parent.given_name = required(parent_given_name);
        parent.family_name = required(parent_family_name);
        parent.phone = text(phone);
        parent.email = text(email);
        parent.language = text(language_code).empty() ? "fr" : text(language_code);
        if (!parent.email.empty() && !is_mail_address(parent.email))
            fault(email, "is no e-mail address");
        if (std::ranges::find(languages, parent.language) == languages.end())
            fault(language_code, "must be fr, nl, de or en");
        parent.address = read_address();
        if (!parent.niss) return nullptr;
        const auto [known, added] = by_niss_.try_emplace(parent.niss->digits(), families_.size());
        if (added) {
            families_.push_back({std::move(parent), {}});
            return &families_.back();
        }
        listed_family& before = families_[known->second];
        if (before.parent.given_name != parent.given_name ||
            before.parent.family_name != parent.family_name)
            fault(parent_given_name, "is not the name that this parent has on an earlier line");
        return &before;
    }

    // All of it, or nothing.
    std::optional<postal_address> read_address() {
        const bool any = std::ranges::any_of(std::array{street, number, postcode, city},
                                             [&](column which) { return !text(which).empty(); });
        if (!any) return std::nullopt;
        postal_address address;
        address.street = required(street);
        address.number = required(number);
        address.box = text(box);
        address.postcode = required(postcode);
        address.city = required(city);
        address.country = "BE";
        const std::string& code = address.postcode;
        const bool digits = std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; });
        if (!code.empty() && (code.size() != 4 || !digits || code.front() == '0'))
            fault(postcode, "must be a Belgian postcode of four digits");
        return address;
    }

    bool has_child() const {
        return std::ranges::any_of(std::array{child_niss, child_given_name, child_family_name,
                                              child_birth_date, child_site, child_school_year},
                                   [&](column which) { return !text(which).empty(); });
    }

    void read_child(listed_family& family) {
        child_row child;
        child.niss = read_niss(child_niss);
        child.given_name = required(child_given_name);
        child.family_name = required(child_family_name);
        child.birth_date = read_day();
        child.site = text(child_site);
        child.school_year = text(child_school_year);
        if (season_ != nullptr && !child.site.empty() && season_->find_site(child.site) == nullptr)
            fault(child_site, "is no site of the season");
        const bool known_year =
            season_ == nullptr || std::ranges::find(season_->school_years, child.school_year) !=
                                      season_->school_years.end();
        if (!child.school_year.empty() && !known_year)
            fault(child_school_year, "is no school year of the season");
        const bool twice = std::ranges::any_of(family.children, [&](const child_row& other) {
            return child.niss ? other.niss == child.niss
                              : other.given_name == child.given_name &&
                                    other.birth_date == child.birth_date;
        });
        if (twice) fault(child_given_name, "is there twice for this parent");
        family.children.push_back(std::move(child));
    }

    // 2019-05-02, or 02/05/2019 as tables write it.
    std::chrono::sys_days read_day() {
        const std::string& value = required(child_birth_date);
        if (value.empty()) return {};
        const bool iso = value.size() == 10 && value[4] == '-' && value[7] == '-';
        const bool local = value.size() == 10 && value[2] == '/' && value[5] == '/';
        const auto part = [&](std::size_t from, std::size_t length) {
            return parse_unsigned(padded(value.substr(from, length)), 0, 9'999).value_or(0);
        };
        std::chrono::year_month_day day{};
        if (iso)
            day = {std::chrono::year{static_cast<int>(part(0, 4))},
                   std::chrono::month{static_cast<unsigned>(part(5, 2))},
                   std::chrono::day{static_cast<unsigned>(part(8, 2))}};
        if (local)
            day = {std::chrono::year{static_cast<int>(part(6, 4))},
                   std::chrono::month{static_cast<unsigned>(part(3, 2))},
                   std::chrono::day{static_cast<unsigned>(part(0, 2))}};
        if (day.ok() && day.year() >= std::chrono::year{1900}) return day;
        fault(child_birth_date, "must be a date as 2019-05-02 or 02/05/2019");
        return {};
    }

    static std::string padded(std::string text) {
        text.erase(0, std::min(text.find_first_not_of('0'), text.size() - 1));
        return text;
    }

    fault_list& faults_;
    const season* season_;
    std::array<std::optional<std::size_t>, columns> place_{};
    std::size_t fields_ = 0;
    const record* line_ = nullptr;
    std::vector<listed_family> families_;
    std::map<std::string, std::size_t> by_niss_;
};

}  // namespace

std::variant<std::vector<listed_family>, std::vector<file_fault>> parse_families(
    std::string_view csv, std::string_view file_name, const season* s) {
    fault_list faults{file_name};
    if (csv.size() > families_file_bytes_max) {
        faults.add(toml::source_position{0, 0}, "", "is larger than 16 MiB");
        return faults.take();
    }
    if (csv.starts_with(byte_order_mark)) csv.remove_prefix(byte_order_mark.size());
    if (!is_utf8(csv)) {
        faults.add(toml::source_position{0, 0}, "", "is not UTF-8: save it as CSV UTF-8");
        return faults.take();
    }
    const std::string_view first = csv.substr(0, csv.find('\n'));
    csv_reader lines{csv, first.find(';') != std::string_view::npos ? ';' : ',', faults};
    families_reader families{faults, s};
    const auto header = lines.next();
    if (!header) {
        faults.add(toml::source_position{1, 1}, "", "has no line with the columns' names");
        return faults.take();
    }
    if (!families.read_header(*header)) return faults.take();
    std::size_t rows = 0;
    while (const auto line = lines.next()) {
        if (++rows > families_file_rows_max) {
            faults.add(line->front().at, "", "is more than 50000 lines");
            break;
        }
        families.read(*line);
    }
    if (!faults.empty()) return faults.take();
    return families.take();
}

}  // namespace campgate::server
