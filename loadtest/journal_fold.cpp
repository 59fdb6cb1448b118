#include "loadtest/journal_fold.hpp"

#include "loadtest/input_fault.hpp"
#include "loadtest/json_lines.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace campgate::rush {

namespace json = boost::json;

namespace {

constexpr std::uint64_t free_seat = 0;
constexpr std::uint64_t retired_seat = std::numeric_limits<std::uint64_t>::max();

std::uint32_t small(const json_lines& in, const json::object& of, std::string_view member) {
    const json::value* found = of.if_contains(member);
    if (found == nullptr) in.fail("lacks the member " + std::string{member});
    return static_cast<std::uint32_t>(in.number_in(*found));
}

std::uint64_t large(const json_lines& in, const json::object& of, std::string_view member) {
    const json::value* found = of.if_contains(member);
    if (found == nullptr) in.fail("lacks the member " + std::string{member});
    return in.number_in(*found);
}

std::string seat_text(std::uint32_t week, std::uint32_t seat) {
    return "seat " + std::to_string(seat) + " of week " + std::to_string(week);
}

}  // namespace

journal_fold::journal_fold(std::istream& stream, const std::string& name, findings& found)
    : found_(found) {
    json_lines in(stream, name);
    if (in.next() == nullptr) throw input_fault(name + ": is empty, a journal export is not");
    if (in.text("format") != "campgate.journal.v1")
        in.fail("is not the first line of a journal export");
    if (in.number("first") != 1)
        in.fail(
            "says that the export does not start at the first record; the judge needs them all");
    const std::uint64_t promised = in.number("last_sequence");
    while (in.next() != nullptr) {
        const std::uint64_t sequence = in.number("sequence");
        found_.checked("journal_in_order");
        if (sequence != last_ + 1)
            found_.broken("journal_in_order", "record " + std::to_string(sequence) +
                                                  " follows record " + std::to_string(last_));
        last_ = sequence;
        const std::string_view kind = in.text("kind");
        if (kind == "place") {
            place(in);
        } else if (kind == "release" || kind == "expire") {
            end(in);
        } else if (kind == "capacity") {
            capacity(in);
        } else if (kind == "season") {
            season(in);
        } else if (kind == "sale") {
            sale(in);
        } else if (kind == "forget") {
            forgotten_before_ = in.text("before");
        }
    }
    // What was committed while the export ran is not in its snapshot.
    if (last_ < promised)
        throw input_fault(name + ": ends at record " + std::to_string(last_) + " of " +
                          std::to_string(promised));
}

void journal_fold::note(std::uint32_t week) {
    week_history& of = weeks_[week];
    found_.checked("capacity_kept");
    if (of.taken > of.capacity) {
        found_.broken("capacity_kept", here() + " fills week " + std::to_string(week) + " with " +
                                           std::to_string(of.taken) + " of " +
                                           std::to_string(of.capacity) + " seats");
    }
    const std::uint32_t left = of.taken > of.capacity ? 0 : of.capacity - of.taken;
    if (!of.available.empty() && of.available.back().first == last_)
        of.available.back().second = left;
    else
        of.available.emplace_back(last_, left);
}

void journal_fold::place(json_lines& in) {
    const std::string key{in.text("key")};
    const std::uint64_t actor = in.number("actor");
    const std::uint64_t family = in.number("family");
    const std::string at{in.text("at")};
    found_.checked("key_applied_once");
    for (const key_use& before : keys_[key]) {
        if (before.actor == actor && before.at >= forgotten_before_)
            found_.broken("key_applied_once", here() + " applies key " + key + " of actor " +
                                                  std::to_string(actor) + " again, after record " +
                                                  std::to_string(before.sequence));
    }
    keys_[key].push_back({actor, at, last_});

    folded_place& made = places_[last_];
    made.family = family;
    made.key = key;
    for (const json::value& value : in.list("placed")) {
        const json::object& item = in.object_in(value);
        const told_seat seat{small(in, item, "week"), large(in, item, "child"),
                             small(in, item, "seat")};
        const std::uint64_t id = large(in, item, "hold");
        made.placed.push_back(seat);
        take(seat, id, family);
    }
    for (const json::value& value : in.list("refused")) {
        const json::object& item = in.object_in(value);
        const json::value* reason = item.if_contains("reason");
        if (reason == nullptr) in.fail("lacks the member reason");
        made.refused.push_back(
            {small(in, item, "week"), large(in, item, "child"), std::string{in.text_in(*reason)}});
    }
}

void journal_fold::take(const told_seat& seat, std::uint64_t id, std::uint64_t family) {
    week_history& week = weeks_[seat.week];
    found_.checked("seat_sold_once");
    if (seat.seat < 1 || seat.seat > week.holder.size()) {
        found_.broken("seat_sold_once",
                      here() + " sells " + seat_text(seat.week, seat.seat) + ", which is none");
        return;
    }
    std::uint64_t& holder = week.holder[seat.seat - 1];
    if (holder == retired_seat) {
        found_.broken("seat_sold_once", here() + " sells " + seat_text(seat.week, seat.seat) +
                                            ", which is out of sale");
    } else if (holder != free_seat) {
        found_.broken("seat_sold_once", here() + " sells " + seat_text(seat.week, seat.seat) +
                                            " again, held since record " +
                                            std::to_string(holds_[by_id_.at(holder)].begin));
    }
    if (by_id_.contains(id)) {
        found_.broken("seat_sold_once", here() + " gives a hold's id again");
        return;
    }
    holder = id;
    ++week.taken;
    by_id_.emplace(id, holds_.size());
    by_family_[family].push_back(holds_.size());
    holds_.push_back({seat, family, last_, folded_hold::lives, {}});
    note(seat.week);
}

void journal_fold::end(json_lines& in) {
    for (const json::value& value : in.list("ended")) {
        const json::object& item = in.object_in(value);
        const std::uint64_t id = large(in, item, "hold");
        end_hold(id, small(in, item, "week"), small(in, item, "seat"));
    }
}

void journal_fold::end_hold(std::uint64_t id, std::uint32_t week_id, std::uint32_t seat) {
    found_.checked("hold_ends_once");
    const auto at = by_id_.find(id);
    if (at == by_id_.end()) {
        found_.broken("hold_ends_once",
                      here() + " ends a hold that never was, on " + seat_text(week_id, seat));
        return;
    }
    folded_hold& hold = holds_[at->second];
    if (hold.end != folded_hold::lives) {
        found_.broken("hold_ends_once", here() + " ends the hold of record " +
                                            std::to_string(hold.begin) + " on " +
                                            seat_text(hold.seat.week, hold.seat.seat) +
                                            " again, after record " + std::to_string(hold.end));
        return;
    }
    hold.end = last_;
    week_history& week = weeks_[hold.seat.week];
    if (week.holder[hold.seat.seat - 1] == id) week.holder[hold.seat.seat - 1] = free_seat;
    --week.taken;
    note(hold.seat.week);
}

void journal_fold::capacity(json_lines& in) {
    const auto id = static_cast<std::uint32_t>(in.number("week"));
    week_history& week = weeks_[id];
    week.capacity = static_cast<std::uint32_t>(in.number("capacity"));
    week.total = static_cast<std::uint32_t>(in.number("total"));
    week.holder.resize(week.total);
    const auto each = [&](std::string_view member, std::uint64_t to) {
        for (const json::value& seat : in.list(member)) {
            const std::uint64_t number = in.number_in(seat);
            if (number < 1 || number > week.holder.size()) in.fail("names a seat that is none");
            week.holder[number - 1] = to;
        }
    };
    each("retired", retired_seat);
    each("restored", free_seat);
    note(id);
}

void journal_fold::season(json_lines& in) {
    for (const json::value& value : in.list("weeks")) {
        const json::object& item = in.object_in(value);
        const std::uint32_t id = small(in, item, "week");
        if (weeks_.contains(id)) continue;  // its capacity in force is its own affair
        week_history& week = weeks_[id];
        week.iso = small(in, item, "iso_week");
        week.capacity = week.total = small(in, item, "capacity");
        week.holder.resize(week.total);
        note(id);
    }
}

// What a sale does to seats: a hold joins an order, leaves it, is booked, ends, or a free seat is
// booked for money that came late.
void journal_fold::sale(json_lines& in) {
    const std::uint64_t family = in.number("family");
    for (const json::value& value : in.list("seats")) {
        const json::object& item = in.object_in(value);
        const json::value* named = item.if_contains("event");
        if (named == nullptr) in.fail("lacks the member event");
        const std::string event{in.text_in(*named)};
        const std::uint64_t id = large(in, item, "hold");
        const told_seat seat{small(in, item, "week"), large(in, item, "child"),
                             small(in, item, "seat")};
        if (event == "retake") {
            take(seat, id, family);
            const auto made = by_id_.find(id);
            if (made != by_id_.end()) holds_[made->second].basket.emplace_back(last_, false);
            booked_.insert(id);
            continue;
        }
        found_.checked("sale_of_an_own_seat");
        const auto at = by_id_.find(id);
        if (at == by_id_.end() || holds_[at->second].family != family ||
            holds_[at->second].seat != seat || holds_[at->second].end != folded_hold::lives) {
            found_.broken("sale_of_an_own_seat",
                          here() + " sells " + seat_text(seat.week, seat.seat) + " to family " +
                              std::to_string(family) + ", which does not hold it");
            continue;
        }
        if (event == "end") {
            end_hold(id, seat.week, seat.seat);
            continue;
        }
        found_.checked("booked_once");
        if (booked_.contains(id))
            found_.broken("booked_once", here() + " sells " + seat_text(seat.week, seat.seat) +
                                             " again, which is booked");
        if (event == "book") booked_.insert(id);
        holds_[at->second].basket.emplace_back(last_, event == "release");
    }
    std::int64_t sum = 0;
    for (const json::value& value : in.list("money")) {
        const json::object& item = in.object_in(value);
        const json::value* amount = item.if_contains("amount");
        if (amount == nullptr || !amount->is_int64()) in.fail("lacks the member amount");
        sum += amount->as_int64();
    }
    found_.checked("money_adds_up");
    if (sum != 0)
        found_.broken("money_adds_up",
                      here() + " makes " + std::to_string(sum) + " cents out of nothing");
}

std::optional<std::uint32_t> journal_fold::available(std::uint32_t week,
                                                     std::uint64_t sequence) const {
    const auto found = weeks_.find(week);
    if (found == weeks_.end()) return std::nullopt;
    const auto& history = found->second.available;
    auto after = std::ranges::upper_bound(history, sequence, {},
                                          &std::pair<std::uint64_t, std::uint32_t>::first);
    if (after == history.begin()) return std::nullopt;
    return std::prev(after)->second;
}

std::vector<std::uint32_t> journal_fold::weeks() const {
    std::vector<std::uint32_t> out;
    for (const auto& [id, week] : weeks_) out.push_back(id);
    return out;
}

std::uint32_t journal_fold::iso_week(std::uint32_t week) const {
    const auto found = weeks_.find(week);
    return found == weeks_.end() ? 0 : found->second.iso;
}

const folded_place* journal_fold::place_at(std::uint64_t sequence) const {
    const auto found = places_.find(sequence);
    return found == places_.end() ? nullptr : &found->second;
}

std::vector<std::uint64_t> journal_fold::applied(const std::string& key) const {
    std::vector<std::uint64_t> out;
    const auto found = keys_.find(key);
    if (found == keys_.end()) return out;
    for (const key_use& use : found->second) out.push_back(use.sequence);
    return out;
}

std::vector<const folded_hold*> journal_fold::holds_of_family(std::uint64_t family,
                                                              std::uint64_t sequence) const {
    std::vector<const folded_hold*> out;
    const auto found = by_family_.find(family);
    if (found == by_family_.end()) return out;
    for (const std::size_t index : found->second) {
        if (holds_[index].held_at(sequence)) out.push_back(&holds_[index]);
    }
    return out;
}

const folded_hold* journal_fold::hold(const told_seat& seat, std::uint64_t placed_at) const {
    const folded_place* made = place_at(placed_at);
    if (made == nullptr) return nullptr;
    const auto found = by_family_.find(made->family);
    if (found == by_family_.end()) return nullptr;
    const auto& all = found->second;
    auto at = std::ranges::lower_bound(all, placed_at, {},
                                       [&](std::size_t i) { return holds_[i].begin; });
    for (; at != all.end() && holds_[*at].begin == placed_at; ++at) {
        if (holds_[*at].seat == seat) return &holds_[*at];
    }
    return nullptr;
}

}  // namespace campgate::rush
