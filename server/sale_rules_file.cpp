#include "server/sale_rules_file.hpp"

#include "core/pricing.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <span>
#include <utility>

namespace campgate {

using namespace std::chrono;

namespace {

constexpr std::size_t word_chars_max = 80;

std::string in_largest_unit(seconds duration) {
    constexpr std::array units{std::pair{seconds{days{1}}, 'd'}, std::pair{seconds{hours{1}}, 'h'},
                               std::pair{seconds{minutes{1}}, 'm'}};
    for (const auto& [unit, letter] : units) {
        if (duration >= unit && duration % unit == seconds{0})
            return std::to_string(duration / unit) + letter;
    }
    return std::to_string(duration.count()) + 's';
}

// "90s", "45m", "36h", "3d".
std::optional<seconds> parse_duration(std::string_view text) {
    std::int64_t count = 0;
    const char* end = text.data() + text.size();
    const auto [behind, error] = std::from_chars(text.data(), end, count);
    if (error != std::errc{} || behind + 1 != end) return std::nullopt;
    if (count < 0 || count > hold_duration_max.count()) return std::nullopt;
    switch (*behind) {
        case 's': return seconds{count};
        case 'm': return minutes{count};
        case 'h': return hours{count};
        case 'd': return days{count};
        default: return std::nullopt;
    }
}

template <class Choice>
struct word {
    std::string_view text;
    Choice means;
};

constexpr std::array<word<payment_method>, 4> method_words{{{"online", payment_method::online},
                                                            {"transfer", payment_method::transfer},
                                                            {"deferred", payment_method::deferred},
                                                            {"counter", payment_method::counter}}};
constexpr std::array<word<hold_clock>, 2> clock_words{
    {{"single", hold_clock::single}, {"restart_on_finalise", hold_clock::restart_on_finalise}}};
constexpr std::array<word<rank_by>, 2> by_words{{{"age", rank_by::age}, {"weeks", rank_by::weeks}}};
constexpr std::array<word<rank_from>, 2> from_words{
    {{"highest", rank_from::highest}, {"lowest", rank_from::lowest}}};

template <class Choice, std::size_t n>
std::optional<Choice> read_word(strict_table& table, std::string_view key,
                                const std::array<word<Choice>, n>& words, presence need) {
    const auto text = table.text(key, {word_chars_max}, need);
    if (!text) return std::nullopt;
    const auto found = std::ranges::find(words, *text, &word<Choice>::text);
    if (found != words.end()) return found->means;
    std::string wanted;
    for (const auto& w : words) wanted.append(wanted.empty() ? "" : ", ").append(w.text);
    table.fault(key, "must be one of " + wanted + "; found " + *text);
    return std::nullopt;
}

void read_methods(strict_table& sales, std::vector<offered_method>& methods) {
    if (sales.find("methods", presence::optional) == nullptr) return;
    methods.clear();
    for (auto& table : sales.tables("methods", 1, all_payment_methods.size(), presence::optional)) {
        const auto method = read_word(table, "method", method_words, presence::required);
        const auto patience = read_duration(table, "patience", seconds{0}, hold_duration_max);
        table.refuse_unknown_keys();
        if (!method) continue;
        const bool twice =
            std::ranges::find(methods, *method, &offered_method::method) != methods.end();
        if (twice) table.fault("method", "is there twice");
        const seconds usual = *method == payment_method::transfer ? transfer_patience : seconds{0};
        methods.push_back({*method, patience.value_or(usual)});
    }
}

void read_refunds(strict_table& sales, std::vector<refund_step>& steps) {
    for (auto& table : sales.tables("refunds", 0, refund_steps_max, presence::optional)) {
        const auto before =
            table.number("days_before", {0, refund_days_max, "days"}, presence::required);
        const auto percent = table.number("percent", {0, 100, "percent"}, presence::required);
        table.refuse_unknown_keys();
        if (!before || !percent) continue;
        if (!steps.empty() && *before >= steps.back().days_before)
            table.fault("days_before", "must descend: " + std::to_string(*before) + " after " +
                                           std::to_string(steps.back().days_before));
        if (!steps.empty() && *percent > steps.back().percent)
            table.fault("percent", "must not be more than for who cancels earlier, " +
                                       std::to_string(steps.back().percent));
        steps.push_back(
            {static_cast<std::uint32_t>(*before), static_cast<std::uint32_t>(*percent)});
    }
}

std::vector<discount> read_discounts(strict_table& reductions, std::string_view key,
                                     std::size_t most) {
    std::vector<discount> read;
    for (auto& table : reductions.tables(key, 1, most, presence::optional)) {
        const bool by_percent = table.find("percent", presence::optional) != nullptr;
        const bool by_cents = table.find("cents", presence::optional) != nullptr;
        discount d;
        if (by_percent) {
            const auto percent = table.number("percent", {0, 100, "percent"}, presence::optional);
            d.percent = static_cast<std::uint32_t>(percent.value_or(0));
        }
        if (by_cents)
            d.off = read_class_prices(table, "cents", presence::optional).value_or(class_prices{});
        table.refuse_unknown_keys();
        if (by_percent == by_cents)
            table.fault("percent", by_percent
                                       ? "must not stand beside cents"
                                       : "missing: how much is taken off, in percent or cents");
        read.push_back(d);
    }
    return read;
}

std::optional<cents> read_cap(strict_table& reductions, std::string_view key) {
    const auto cap = reductions.number(key, {1, cap_cents_max, "cents"}, presence::optional);
    return cap ? std::optional{cents{*cap}} : std::nullopt;
}

}  // namespace

std::optional<seconds> read_duration(strict_table& table, std::string_view key, seconds min,
                                     seconds max) {
    const auto text = table.text(key, {word_chars_max}, presence::optional);
    if (!text) return std::nullopt;
    const auto duration = parse_duration(*text);
    if (!duration) {
        table.fault(key, "must be a whole number with s, m, h or d, as \"3d\"; found " + *text);
        return std::nullopt;
    }
    if (*duration < min || *duration > max) {
        table.fault(key, "must be " + in_largest_unit(min) + " to " + in_largest_unit(max) +
                             ", found " + *text);
        return std::nullopt;
    }
    return duration;
}

std::optional<class_prices> read_class_prices(strict_table& parent, std::string_view key,
                                              presence need) {
    auto table = parent.table(key, need);
    if (!table) return std::nullopt;
    const number_rule rule{0, price_cents_max, "cents"};
    const auto resident = table->number("resident", rule, presence::required);
    const auto school = table->number("school", rule, presence::required);
    const auto other = table->number("other", rule, presence::required);
    table->refuse_unknown_keys();
    if (!resident || !school || !other) return std::nullopt;
    return class_prices{cents{*resident}, cents{*school}, cents{*other}};
}

sale_rules read_sale_rules(strict_table& file) {
    sale_rules rules;
    if (auto sales = file.table("sales", presence::optional)) {
        rules.clock =
            read_word(*sales, "hold_clock", clock_words, presence::optional).value_or(rules.clock);
        rules.payment_pin = read_duration(*sales, "payment_pin", seconds{0}, payment_pin_max)
                                .value_or(rules.payment_pin);
        rules.remind_before = read_duration(*sales, "remind_before", seconds{0}, hold_duration_max)
                                  .value_or(rules.remind_before);
        read_methods(*sales, rules.methods);
        read_refunds(*sales, rules.refunds);
        sales->refuse_unknown_keys();
    }
    if (auto reductions = file.table("reductions", presence::optional)) {
        price_rules& prices = rules.prices;
        prices.by =
            read_word(*reductions, "rank_by", by_words, presence::optional).value_or(prices.by);
        prices.from = read_word(*reductions, "rank_from", from_words, presence::optional)
                          .value_or(prices.from);
        prices.ranks = read_discounts(*reductions, "ranks", price_ranks_max);
        prices.weeks = read_discounts(*reductions, "weeks", price_weeks_max);
        prices.child_cap = read_cap(*reductions, "child_cap_cents");
        prices.family_cap = read_cap(*reductions, "family_cap_cents");
        reductions->refuse_unknown_keys();
    }
    return rules;
}

// ---- rules that punish
// ---------------------------------------------------------------------------

namespace {

constexpr std::size_t prices_tried_max = 4;  // of each class

std::string euros(cents amount) {
    const std::string rest = std::to_string(amount.value % 100);
    return std::to_string(amount.value / 100) + '.' + (rest.size() < 2 ? "0" : "") + rest +
           " euros";
}

std::string weeks_in_words(std::uint32_t n) {
    if (n == 0) return "no week";
    return std::to_string(n) + (n == 1 ? " week" : " weeks");
}

std::string_view name_of(price_class c) {
    switch (c) {
        case price_class::resident: return "resident";
        case price_class::school: return "school";
        case price_class::other: break;
    }
    return "other";
}

std::string sentence(const price_fall& fall, price_class c, cents week_price) {
    static constexpr std::array<std::string_view, 4> nth{"eldest", "second", "third", "fourth"};
    std::string children;
    for (std::size_t i = 0; i < fall.weeks.size(); ++i) {
        if (fall.weeks[i] == 0 && i != fall.child) continue;
        children.append(children.empty() ? "the " : ", the ")
            .append(nth.at(i))
            .append(" child ")
            .append(weeks_in_words(fall.weeks[i]));
    }
    return "by [reductions] one week more can cost less: at " + euros(week_price) +
           " a week (class " + std::string{name_of(c)} + "), a family with " + children + " pays " +
           euros(fall.before) + "; with one week more for the " + std::string{nth.at(fall.child)} +
           " child it pays " + euros(fall.after) + ". Who has paid before gets the difference back";
}

}  // namespace

std::vector<std::string> price_warnings(const season& s) {
    std::vector<std::string> sentences;
    const price_rules& rules = s.sales.prices;
    if (rules == price_rules{}) return sentences;
    for (const price_class c : {price_class::resident, price_class::school, price_class::other}) {
        std::set<cents> prices;
        for (const camp_week& week : s.weeks) prices.insert(week.prices.of(c));
        // Short weeks apart, the full price is what a treasurer knows: the highest first.
        std::size_t tried = 0;
        for (auto price = prices.rbegin(); price != prices.rend() && tried < prices_tried_max;
             ++price, ++tried) {
            const auto fall = find_price_fall(rules, c, *price);
            if (!fall) continue;
            sentences.push_back(sentence(*fall, c, *price));
            break;
        }
    }
    return sentences;
}

}  // namespace campgate
