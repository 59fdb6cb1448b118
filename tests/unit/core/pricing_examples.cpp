// The worked examples of data/prices, which a treasurer can read and extend: every line, reduction
// and total is what core/pricing says, in whatever order the lines are given.
#include "core/pricing.hpp"
#include "server/iso_calendar.hpp"
#include "server/sale_rules_file.hpp"
#include "server/strict_toml.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

namespace campgate {
namespace {

constexpr std::size_t examples_bytes_max = 1024 * 1024;
constexpr std::size_t examples_min = 40;

struct worked_line {
    priced_item item;
    std::string less;
    cents pays;
    bool paid_already = false;
};

struct worked_example {
    std::string file, title;
    price_rules rules;
    std::vector<worked_line> lines;
    cents total;
    std::optional<cents> to_pay;
};

struct bad_example : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// "65.00", "-35.00".
cents read_amount(const std::string& text) {
    const bool below = text.starts_with('-');
    const std::string plain = below ? text.substr(1) : text;
    const auto point = plain.find('.');
    std::int64_t whole = 0;
    const std::string digits = plain.substr(0, point) + plain.substr(std::min(point, plain.size()));
    std::string joined;
    for (const char c : digits) {
        if (c != '.') joined += c;
    }
    const auto [end, ec] = std::from_chars(joined.data(), joined.data() + joined.size(), whole);
    if (point == std::string::npos || plain.size() != point + 3 || ec != std::errc{} ||
        end != joined.data() + joined.size())
        throw bad_example("no amount: " + text);
    return {below ? -whole : whole};
}

std::string written(cents amount) {
    const std::string rest = std::to_string(amount.value % 100);
    return std::to_string(amount.value / 100) + '.' + (rest.size() < 2 ? "0" : "") + rest;
}

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    if (first == text.npos) return "";
    return std::string{text.substr(first, text.find_last_not_of(' ') - first + 1)};
}

std::vector<std::string> columns(const std::string& line) {
    std::vector<std::string> found;
    std::istringstream parts{line};
    for (std::string part; std::getline(parts, part, '|');) found.push_back(trimmed(part));
    return found;
}

price_class class_of(const std::string& text) {
    if (text == "resident") return price_class::resident;
    if (text == "school") return price_class::school;
    if (text == "other") return price_class::other;
    throw bad_example("no class: " + text);
}

std::chrono::sys_days day_of(const std::string& text) {
    int year = 0;
    unsigned month = 0, day = 0;
    char a{}, b{};
    std::istringstream in{text};
    in >> year >> a >> month >> b >> day;
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                           std::chrono::day{day}};
    if (!in || a != '-' || b != '-' || !date.ok()) throw bad_example("no date: " + text);
    return date;
}

std::vector<worked_line> read_lines(const std::string& table) {
    std::vector<worked_line> lines;
    std::map<std::string, child_id> children;
    std::istringstream in{table};
    std::string line;
    std::getline(in, line);
    if (columns(line) !=
        std::vector<std::string>{"child", "born", "week", "class", "price", "less", "pays"})
        throw bad_example("other columns: " + line);
    while (std::getline(in, line)) {
        auto cells = columns(line);
        if (cells.size() != 7) throw bad_example("not seven columns: " + line);
        worked_line read;
        constexpr std::string_view paid = " already paid";
        if (cells[2].ends_with(paid)) {
            read.paid_already = true;
            cells[2].resize(cells[2].size() - paid.size());
        }
        const auto week = parse_iso_week(trimmed(cells[2]));
        if (!week) throw bad_example("no week: " + cells[2]);
        const child_id next{children.size() + 1};
        read.item = {children.try_emplace(cells[0], next).first->second,
                     day_of(cells[1]),
                     {week->value},
                     *week,
                     class_of(cells[3]),
                     read_amount(cells[4])};
        read.less = cells[5];
        read.pays = read_amount(cells[6]);
        lines.push_back(std::move(read));
    }
    return lines;
}

std::vector<worked_example> read_file(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    std::stringstream text;
    text << file.rdbuf();
    const std::string name = path.filename().string();
    fault_list faults{name};
    const auto table = parse_toml(text.str(), examples_bytes_max, faults);
    std::vector<worked_example> examples;
    if (table) {
        strict_table root{*table, "", faults};
        const price_rules rules = read_sale_rules(root).prices;
        for (auto& given : root.tables("example", 1, 1'000, presence::required)) {
            worked_example read;
            read.file = name;
            read.rules = rules;
            read.title = given.text("title", {300}, presence::required).value_or("");
            const auto lines = given.find("lines", presence::required);
            const auto total = given.text("total", {20}, presence::required);
            const auto to_pay = given.text("to_pay", {20}, presence::optional);
            given.refuse_unknown_keys();
            if (lines == nullptr || !total || !lines->is_string()) continue;
            read.lines = read_lines(lines->as_string()->get());
            read.total = read_amount(*total);
            if (to_pay) read.to_pay = read_amount(*to_pay);
            examples.push_back(std::move(read));
        }
        root.refuse_unknown_keys();
    }
    for (const auto& fault : faults.take()) ADD_FAILURE() << to_text(fault);
    return examples;
}

std::vector<worked_example> all_examples() {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry :
         std::filesystem::directory_iterator{CAMPGATE_SOURCE_DIR "/data/prices"})
        if (entry.path().extension() == ".toml") paths.push_back(entry.path());
    std::ranges::sort(paths);
    std::vector<worked_example> examples;
    for (const auto& path : paths) {
        for (auto& example : read_file(path)) examples.push_back(std::move(example));
    }
    return examples;
}

std::string in_words(const std::vector<reduction>& reductions) {
    std::string words;
    for (const reduction& r : reductions) {
        if (!words.empty()) words += "; ";
        switch (r.kind) {
            case reduction_kind::rank: words += "rank " + std::to_string(r.number); break;
            case reduction_kind::weeks: words += "week " + std::to_string(r.number); break;
            case reduction_kind::child_cap: words += "child cap"; break;
            case reduction_kind::family_cap: words += "family cap"; break;
        }
        words += ": " + written(r.amount);
    }
    return words.empty() ? "-" : words;
}

void check(const worked_example& example, const std::vector<worked_line>& lines) {
    std::vector<priced_item> all, paid;
    for (const worked_line& line : lines) {
        all.push_back(line.item);
        if (line.paid_already) paid.push_back(line.item);
    }
    const quote q = price_of(all, example.rules);
    ASSERT_EQ(q.lines.size(), lines.size());
    for (const worked_line& line : lines) {
        const auto priced = std::ranges::find_if(q.lines, [&](const price_line& p) {
            return p.child == line.item.child && p.week == line.item.week;
        });
        ASSERT_NE(priced, q.lines.end());
        EXPECT_EQ(in_words(priced->reductions), line.less);
        EXPECT_EQ(written(priced->amount), written(line.pays));
    }
    EXPECT_EQ(written(q.total), written(example.total));
    EXPECT_EQ(example.to_pay.has_value(), !paid.empty()) << "to_pay goes with paid weeks";
    if (!example.to_pay) return;
    const cents before = price_of(paid, example.rules).total;
    EXPECT_EQ(q.total.value - before.value, example.to_pay->value);
}

TEST(pricing_examples, what_a_treasurer_worked_out_is_what_the_program_says) {
    const auto examples = all_examples();
    EXPECT_GE(examples.size(), examples_min);
    for (const worked_example& example : examples) {
        SCOPED_TRACE(example.file + ": " + example.title);
        check(example, example.lines);
    }
}

TEST(pricing_examples, the_order_of_the_lines_never_matters) {
    for (const worked_example& example : all_examples()) {
        SCOPED_TRACE(example.file + ": " + example.title);
        auto lines = example.lines;
        for (std::size_t turn = 1; turn < lines.size(); ++turn) {
            std::ranges::rotate(lines, lines.begin() + 1);
            check(example, lines);
        }
        std::ranges::reverse(lines);
        check(example, lines);
    }
}

TEST(pricing_examples, nobody_adds_an_example_with_a_sum_that_is_wrong) {
    for (const worked_example& example : all_examples()) {
        SCOPED_TRACE(example.file + ": " + example.title);
        cents sum;
        for (const worked_line& line : example.lines) sum.value += line.pays.value;
        EXPECT_EQ(written(sum), written(example.total));
    }
}

}  // namespace
}  // namespace campgate
