#include "core/pricing.hpp"

#include "core/ensure.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace campgate {

namespace {

struct ranked_child {
    child_id id;
    std::chrono::sys_days birth_date;
    std::int64_t measure{};  // what the rule ranks by; the highest comes first
    std::vector<priced_item> items;
};

// Equal measures: the elder first, then the lower id, so that no rank depends on the input's order.
auto place_of(const ranked_child& c) {
    return std::tuple{-c.measure, c.birth_date, c.id};
}

std::vector<ranked_child> ranked(std::span<const priced_item> items, const price_rules& rules) {
    std::map<child_id, ranked_child> by_id;
    for (const priced_item& item : items) {
        ranked_child& child = by_id[item.child];
        child.id = item.child;
        child.birth_date = item.birth_date;
        child.items.push_back(item);
    }
    std::vector<ranked_child> children;
    for (auto& [id, child] : by_id) {
        child.measure = rules.by == rank_by::weeks ? static_cast<std::int64_t>(child.items.size())
                                                   : -child.birth_date.time_since_epoch().count();
        if (rules.from == rank_from::lowest) child.measure = -child.measure;
        std::ranges::sort(child.items, {}, [](const priced_item& i) {
            return std::tuple{i.iso, i.week, i.list};
        });
        children.push_back(std::move(child));
    }
    std::ranges::sort(children, {}, place_of);
    return children;
}

// Of number n (from 1) in a list whose last entry goes on.
const discount* entry(const std::vector<discount>& list, std::size_t n) {
    if (list.empty()) return nullptr;
    return &list[std::min(n, list.size()) - 1];
}

cents taken_off(cents price, price_class c, const discount& d) {
    constexpr std::int64_t whole = 100;
    if (d.percent != 0) return {(price.value * d.percent + whole / 2) / whole};
    return std::min(price, d.off.of(c));
}

void reduce(price_line& line, reduction_kind kind, std::uint64_t number, cents amount) {
    if (amount.value <= 0) return;
    ensure(amount <= line.amount, "a reduction above the price");
    line.reductions.push_back({kind, number, amount});
    line.amount.value -= amount.value;
}

void reduce(price_line& line, price_class c, reduction_kind kind, std::size_t number,
            const discount* d) {
    if (d != nullptr) reduce(line, kind, number, taken_off(line.amount, c, *d));
}

cents sum_of(std::span<const price_line> lines) {
    cents sum;
    for (const price_line& line : lines) sum.value += line.amount.value;
    return sum;
}

// What is above the cap comes off the last lines: the first weeks keep the price they had alone.
void cap(std::span<price_line> lines, reduction_kind kind, const std::optional<cents>& most) {
    if (!most) return;
    cents above{sum_of(lines).value - most->value};
    for (auto line = lines.rbegin(); line != lines.rend() && above.value > 0; ++line) {
        const cents off = std::min(above, line->amount);
        reduce(*line, kind, static_cast<std::uint64_t>(most->value), off);
        above.value -= off.value;
    }
}

}  // namespace

quote price_of(std::span<const priced_item> items, const price_rules& rules) {
    quote q;
    std::size_t rank = 0;
    for (const ranked_child& child : ranked(items, rules)) {
        ++rank;
        const std::size_t first = q.lines.size();
        for (const priced_item& item : child.items) {
            ensure(item.list.value >= 0, "a price below zero");
            price_line line{child.id, item.week, item.list, {}, item.list};
            reduce(line, item.charged_as, reduction_kind::rank, rank, entry(rules.ranks, rank));
            const std::size_t nth = q.lines.size() - first + 1;
            reduce(line, item.charged_as, reduction_kind::weeks, nth, entry(rules.weeks, nth));
            q.lines.push_back(std::move(line));
        }
        cap(std::span{q.lines}.subspan(first), reduction_kind::child_cap, rules.child_cap);
    }
    cap(q.lines, reduction_kind::family_cap, rules.family_cap);
    q.total = sum_of(q.lines);
    return q;
}

// ---- rules that punish
// ---------------------------------------------------------------------------

namespace {

constexpr std::size_t children_tried = 4;
constexpr std::uint32_t weeks_tried = 6;

std::vector<priced_item> family_of(std::span<const std::uint32_t> weeks, price_class c,
                                   cents week_price) {
    std::vector<priced_item> items;
    for (std::size_t child = 0; child < weeks.size(); ++child) {
        const std::chrono::sys_days born{std::chrono::days{365 * child}};
        for (std::uint32_t week = 1; week <= weeks[child]; ++week)
            items.push_back({{child + 1}, born, {week}, {week}, c, week_price});
    }
    return items;
}

// The next way to give each child 0 to weeks_tried weeks; false after the last.
bool next(std::vector<std::uint32_t>& weeks) {
    for (std::uint32_t& n : weeks) {
        if (++n <= weeks_tried) return true;
        n = 0;
    }
    return false;
}

}  // namespace

std::optional<price_fall> find_price_fall(const price_rules& rules, price_class c,
                                          cents week_price) {
    std::vector<std::uint32_t> weeks(children_tried, 0);
    do {
        const cents before = price_of(family_of(weeks, c, week_price), rules).total;
        for (std::size_t child = 0; child < weeks.size(); ++child) {
            std::vector<std::uint32_t> more = weeks;
            ++more[child];
            const cents after = price_of(family_of(more, c, week_price), rules).total;
            if (after < before) return price_fall{weeks, child, before, after};
        }
    } while (next(weeks));
    return std::nullopt;
}

}  // namespace campgate
