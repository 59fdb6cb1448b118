#include "server/season_file.hpp"

#include "server/iso_calendar.hpp"
#include "server/strict_toml.hpp"
#include "server/time_zone.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <utility>

namespace campgate {

using namespace std::chrono;

namespace {

constexpr std::int64_t format_max = 1'000;  // of any later program

constexpr std::array<std::string_view, 5> themes{"discovery", "art", "sport", "nature",
                                                 "adventure"};

// What a week takes over from its camp, and a camp from its season, when it says nothing itself.
// The times are kept as written: the error of one is told once, where it stands.
struct stated_opening {
    local_seconds all;
    opening opens;
};

class season_reader {
public:
    season_reader(const toml::table& file, fault_list& faults)
        : root_(file, "", faults),
          faults_(faults) {}

    season read();

private:
    void read_organiser();
    void read_limits();
    void read_closed_days();
    void read_sites();
    void read_school_years();
    void read_camp(strict_table& table, camp_id id, const std::optional<stated_opening>& inherited);
    void read_week(strict_table& table, camp_id id, const std::optional<class_prices>& full_price,
                   const std::optional<stated_opening>& inherited);
    std::string read_code(strict_table& table, std::string_view key);
    std::string read_choice(strict_table& table, std::string_view key,
                            std::span<const std::string_view> choices, presence need,
                            std::string_view otherwise);
    age_range read_ages(strict_table& table);
    std::optional<stated_opening> read_opening(strict_table& table, presence need,
                                               const std::optional<stated_opening>& inherited);
    std::optional<instant> read_instant(strict_table& table, std::string_view key, presence need,
                                        local_seconds* local);
    std::vector<sys_days> read_days(strict_table& table, iso_week iso);
    std::vector<sys_days> stated_days(strict_table& table, iso_week iso, const toml::array& stated);

    strict_table root_;
    fault_list& faults_;
    season season_;
    std::optional<time_zone> zone_;
    std::set<sys_days> closed_;
};

template <class T>
T number_or(const std::optional<std::int64_t>& number, T otherwise) {
    return number ? static_cast<T>(*number) : otherwise;
}

bool is_code(std::string_view text) {
    const bool known = std::ranges::all_of(
        text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
    return known && text.front() != '-' && text.back() != '-';
}

bool is_postcode(std::string_view text) {
    return text.size() == 4 && text.front() >= '1' && text.front() <= '9' &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Enough to catch a slip; only a mail that arrives proves an address.
bool is_email(std::string_view text) {
    const auto at = text.find('@');
    if (at == std::string_view::npos || at == 0 || text.find('@', at + 1) != text.npos)
        return false;
    const std::string_view domain = text.substr(at + 1);
    const auto dot = domain.find('.');
    if (dot == std::string_view::npos || dot == 0 || domain.back() == '.') return false;
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

std::string weekday_name(sys_days day) {
    static constexpr std::array names{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                      "Thursday", "Friday", "Saturday"};
    return names[weekday{day}.c_encoding()];
}

// A shorter week costs its part of a week of five days, cut to whole cents.
class_prices price_for(class_prices full, std::size_t day_count) {
    const auto part = [&](cents price) {
        return cents{price.value * static_cast<std::int64_t>(day_count) /
                     static_cast<std::int64_t>(days_per_week_max)};
    };
    return {part(full.resident), part(full.school), part(full.other)};
}

season season_reader::read() {
    const auto format = root_.number("format", {1, format_max}, presence::required);
    if (format && *format != season_file_format)
        root_.fault("format", "must be " + std::to_string(season_file_format) +
                                  ", which this program reads, found " + std::to_string(*format));
    season_.code = read_code(root_, "code");
    season_.name = root_.localized_text("name", {name_chars_max}, presence::required);

    const auto zone_name = root_.text("time_zone", {name_chars_max}, presence::optional);
    if (zone_name) season_.time_zone = *zone_name;
    zone_ = time_zone::find(season_.time_zone);
    if (!zone_) root_.fault("time_zone", "unknown time zone " + season_.time_zone);

    constexpr std::array<std::string_view, 2> displays{"hidden", "greyed"};
    const std::string display =
        read_choice(root_, "full_weeks", displays, presence::optional, "hidden");
    season_.full = display == "greyed" ? full_weeks::greyed : full_weeks::hidden;
    season_.hold_duration =
        read_duration(root_, "hold_duration", hold_duration_min, hold_duration_max)
            .value_or(season_.hold_duration);
    season_.sheet_validity_months =
        number_or(root_.number("sheet_validity_months", {1, sheet_validity_months_max, "months"},
                               presence::optional),
                  season_.sheet_validity_months);
    read_organiser();
    read_limits();
    read_closed_days();
    read_sites();
    read_school_years();
    season_.residence_cutoff_before =
        days{number_or(root_.number("residence_cutoff_days", {0, residence_cutoff_days_max, "days"},
                                    presence::optional),
                       static_cast<int>(season_.residence_cutoff_before.count()))};

    season_.sales = read_sale_rules(root_);

    const auto opens = read_opening(root_, presence::required, std::nullopt);
    auto camps = root_.tables("camp", 1, season_camps_max, presence::required);
    for (std::size_t i = 0; i < camps.size(); ++i)
        read_camp(camps[i], camp_id{static_cast<std::uint32_t>(i + 1)}, opens);
    root_.refuse_unknown_keys();

    if (season_.weeks.size() > season_weeks_max)
        root_.fault("camp", "must have at most " + std::to_string(season_weeks_max) +
                                " weeks in all, found " + std::to_string(season_.weeks.size()));
    std::ranges::stable_sort(season_.weeks, {}, [](const camp_week& week) {
        return std::pair{week.camp, week.iso};
    });
    return std::move(season_);
}

void season_reader::read_organiser() {
    auto table = root_.table("organiser", presence::required);
    if (!table) return;
    organiser& by = season_.by;
    by.name = table->text("name", {name_chars_max}, presence::required).value_or("");
    by.address = table->text("address", {address_chars_max}, presence::required).value_or("");
    by.email = table->text("email", {email_chars_max}, presence::required).value_or("");
    if (!by.email.empty() && !is_email(by.email))
        table->fault("email", "must be an e-mail address, found " + by.email);

    const auto* codes = table->array("postcodes", 1, postcodes_max, presence::required);
    for (std::size_t i = 0; codes != nullptr && i < codes->size(); ++i) {
        const toml::node& node = *codes->get(i);
        const std::string key = table->path("postcodes") + '[' + std::to_string(i + 1) + ']';
        const auto code = read_text(node, key, {code_chars_max}, faults_);
        if (!code) continue;
        if (!is_postcode(*code)) {
            faults_.add(node, key, "must be a Belgian postcode as \"4607\", found " + *code);
        } else if (std::ranges::find(by.postcodes, *code) != by.postcodes.end()) {
            faults_.add(node, key, *code + " is there twice");
        } else {
            by.postcodes.push_back(*code);
        }
    }
    table->refuse_unknown_keys();
}

void season_reader::read_limits() {
    auto table = root_.table("limits", presence::optional);
    if (!table) return;
    season_limits& limits = season_.limits;
    limits.weeks_per_child = number_or(
        table->number("weeks_per_child", {1, weeks_per_child_max, "weeks"}, presence::optional),
        limits.weeks_per_child);
    limits.holds_per_family = number_or(
        table->number("holds_per_family", {1, holds_per_family_max, "holds"}, presence::optional),
        limits.holds_per_family);
    table->refuse_unknown_keys();
}

void season_reader::read_closed_days() {
    const auto* stated = root_.array("closed_days", 0, closed_days_max, presence::optional);
    for (std::size_t i = 0; stated != nullptr && i < stated->size(); ++i) {
        const toml::node& node = *stated->get(i);
        const std::string key = "closed_days[" + std::to_string(i + 1) + ']';
        const auto day = read_day(node, key, faults_);
        if (day && !closed_.insert(*day).second)
            faults_.add(node, key, to_text(*day) + " is there twice");
    }
}

void season_reader::read_sites() {
    for (auto& table : root_.tables("site", 0, season_sites_max, presence::optional)) {
        school_site made;
        made.code = read_code(table, "code");
        if (!made.code.empty() && season_.find_site(made.code) != nullptr)
            table.fault("code", made.code + " is there twice");
        made.name = table.text("name", {name_chars_max}, presence::required).value_or("");
        made.of_season = table.boolean("of_season", presence::optional).value_or(true);
        table.refuse_unknown_keys();
        season_.sites.push_back(std::move(made));
    }
}

// Without a list of one's own: nursery, primary and secondary school as they are in Belgium.
void season_reader::read_school_years() {
    const auto* stated =
        root_.array("school_years", 1, season_school_years_max, presence::optional);
    if (stated == nullptr) {
        for (const auto& [letter, years] : {std::pair{'M', 3}, {'P', 6}, {'S', 6}}) {
            for (int year = 1; year <= years; ++year)
                season_.school_years.push_back(letter + std::to_string(year));
        }
        return;
    }
    for (std::size_t i = 0; i < stated->size(); ++i) {
        const toml::node& node = *stated->get(i);
        const std::string key = "school_years[" + std::to_string(i + 1) + ']';
        const auto year = read_text(node, key, {school_year_chars_max}, faults_);
        if (!year) continue;
        if (std::ranges::find(season_.school_years, *year) != season_.school_years.end()) {
            faults_.add(node, key, *year + " is there twice");
        } else {
            season_.school_years.push_back(*year);
        }
    }
}

void season_reader::read_camp(strict_table& table, camp_id id,
                              const std::optional<stated_opening>& inherited) {
    camp made;
    made.id = id;
    made.code = read_code(table, "code");
    const auto twin = std::ranges::find(season_.camps, made.code, &camp::code);
    if (!made.code.empty() && twin != season_.camps.end())
        table.fault("code", made.code + " is also the code of camp[" +
                                std::to_string(twin->id.value) + ']');
    made.name = table.localized_text("name", {name_chars_max}, presence::required);
    made.description =
        table.localized_text("description", {description_chars_max, true}, presence::required);
    made.theme = read_choice(table, "theme", themes, presence::required, "");
    made.place = table.text("place", {place_chars_max}, presence::required).value_or("");
    made.ages = read_ages(table);
    season_.camps.push_back(std::move(made));

    const auto full_price = read_class_prices(table, "prices_cents", presence::required);
    const auto opens = read_opening(table, presence::optional, inherited);
    for (auto& week : table.tables("week", 1, weeks_per_camp_max, presence::required))
        read_week(week, id, full_price, opens);
    table.refuse_unknown_keys();
}

void season_reader::read_week(strict_table& table, camp_id id,
                              const std::optional<class_prices>& full_price,
                              const std::optional<stated_opening>& inherited) {
    camp_week made;
    made.camp = id;
    made.capacity = number_or(
        table.number("capacity", {1, week_capacity_max, "seats"}, presence::required), 0U);
    const auto price = read_class_prices(table, "prices_cents", presence::optional);
    const auto opens = read_opening(table, presence::optional, inherited);

    const auto iso_text = table.text("iso", {code_chars_max}, presence::required);
    const auto iso = iso_text ? parse_iso_week(*iso_text) : std::nullopt;
    if (iso_text && !iso)
        table.fault("iso", "must be an ISO week as 2027-W27 that there is, found " + *iso_text);
    if (iso) {
        made.iso = *iso;
        const auto same = [&](const camp_week& w) { return w.camp == id && w.iso == *iso; };
        if (std::ranges::any_of(season_.weeks, same))
            table.fault("iso", "the camp has " + *iso_text + " twice");
        made.days = read_days(table, *iso);
    } else {
        table.find("days", presence::optional);
    }
    table.refuse_unknown_keys();

    if (price) {
        made.prices = *price;
    } else if (full_price) {
        made.prices = price_for(*full_price, made.days.size());
    }
    if (opens) {
        made.opens = opens->opens;
        const bool late = !made.days.empty() &&
                          opens->all.time_since_epoch() >= made.first_day().time_since_epoch();
        if (late)
            table.fault("opening",
                        "must be before the week's first day, " + to_text(made.first_day()));
    }
    season_.weeks.push_back(std::move(made));
}

std::string season_reader::read_code(strict_table& table, std::string_view key) {
    const auto text = table.text(key, {code_chars_max}, presence::required);
    if (!text) return "";
    if (!is_code(*text)) {
        table.fault(key, "must have small letters, digits and inner hyphens only, found " + *text);
        return "";
    }
    return *text;
}

std::string season_reader::read_choice(strict_table& table, std::string_view key,
                                       std::span<const std::string_view> choices, presence need,
                                       std::string_view otherwise) {
    const auto text = table.text(key, {name_chars_max}, need);
    if (!text) return std::string{otherwise};
    if (std::ranges::find(choices, *text) != choices.end()) return *text;
    std::string wanted;
    for (const std::string_view choice : choices)
        wanted.append(wanted.empty() ? "" : ", ").append(choice);
    table.fault(key, "must be one of " + wanted + "; found " + *text);
    return std::string{otherwise};
}

age_range season_reader::read_ages(strict_table& parent) {
    auto table = parent.table("ages", presence::required);
    if (!table) return {};
    const number_rule rule{0, age_months_max, "months"};
    const auto from = table->number("from_months", rule, presence::required);
    const auto below = table->number("below_months", rule, presence::required);
    table->refuse_unknown_keys();
    if (!from || !below) return {};
    if (*from >= *below)
        table->fault("below_months", "must be more than from_months, " + std::to_string(*from));
    return {static_cast<std::uint32_t>(*from), static_cast<std::uint32_t>(*below)};
}

std::optional<stated_opening> season_reader::read_opening(
    strict_table& parent, presence need, const std::optional<stated_opening>& inherited) {
    auto table = parent.table("opening", need);
    if (!table) return inherited;
    stated_opening stated{};
    const auto all = read_instant(*table, "all", presence::required, &stated.all);
    const auto residents = read_instant(*table, "residents", presence::optional, nullptr);
    table->refuse_unknown_keys();
    if (!all) return std::nullopt;
    if (residents && *residents >= *all)
        table->fault("residents", "must be before the opening for all");
    stated.opens = {*all, residents};
    return stated;
}

std::optional<instant> season_reader::read_instant(strict_table& table, std::string_view key,
                                                   presence need, local_seconds* local) {
    const toml::node* node = table.find(key, need);
    if (node == nullptr) return std::nullopt;
    const auto read = read_minute(*node, table.path(key), faults_);
    if (!read || !zone_) return std::nullopt;
    if (local != nullptr) *local = *read;

    const auto found = zone_->to_instant(*read);
    if (const auto* at = std::get_if<instant>(&found)) return *at;
    switch (std::get<local_time_problem>(found)) {
        case local_time_problem::nonexistent:
            table.fault(key, "there is no such minute in " + season_.time_zone +
                                 ": the clocks go forward then");
            break;
        case local_time_problem::ambiguous:
            table.fault(key, "there are two such minutes in " + season_.time_zone +
                                 ": the clocks go back then");
            break;
    }
    return std::nullopt;
}

std::vector<sys_days> season_reader::read_days(strict_table& table, iso_week iso) {
    const toml::node* node = table.find("days", presence::optional);
    if (node != nullptr) {
        const auto* stated = table.array("days", 1, days_per_week_max, presence::optional);
        return stated != nullptr ? stated_days(table, iso, *stated) : std::vector<sys_days>{};
    }
    std::vector<sys_days> usual;
    for (unsigned i = 0; i < days_per_week_max; ++i) {
        const sys_days day = monday_of(iso) + days{i};
        if (!closed_.contains(day)) usual.push_back(day);
    }
    if (usual.empty()) table.fault("iso", "every day of " + to_text(iso) + " is in closed_days");
    return usual;
}

std::vector<sys_days> season_reader::stated_days(strict_table& table, iso_week iso,
                                                 const toml::array& stated) {
    std::vector<sys_days> read;
    for (std::size_t i = 0; i < stated.size(); ++i) {
        const toml::node& node = *stated.get(i);
        const std::string key = table.path("days") + '[' + std::to_string(i + 1) + ']';
        const auto day = read_day(node, key, faults_);
        if (!day) continue;
        if (iso_week_of(*day) != iso) {
            faults_.add(node, key, to_text(*day) + " is not in " + to_text(iso));
        } else if (weekday{*day} == Saturday || weekday{*day} == Sunday) {
            faults_.add(node, key, to_text(*day) + " is a " + weekday_name(*day));
        } else if (closed_.contains(*day)) {
            faults_.add(node, key, to_text(*day) + " is in closed_days");
        } else if (!read.empty() && read.back() >= *day) {
            faults_.add(node, key,
                        "days must ascend: " + to_text(*day) + " after " + to_text(read.back()));
        } else {
            read.push_back(*day);
        }
    }
    return read;
}

}  // namespace

std::variant<season, std::vector<season_fault>> parse_season(std::string_view toml_text,
                                                             std::string_view file_name) {
    fault_list faults{file_name};
    const auto file = parse_toml(toml_text, season_file_bytes_max, faults);
    if (!file) return faults.take();
    season draft = season_reader{*file, faults}.read();
    if (!faults.empty()) return faults.take();
    return draft;
}

}  // namespace campgate
