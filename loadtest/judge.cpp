#include "loadtest/judge.hpp"

#include "loadtest/input_fault.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <tuple>

namespace campgate::rush {

namespace {

constexpr int created = 201;
constexpr int conflict = 409;
constexpr int no_content = 204;
constexpr int not_found = 404;

std::string text_of(const told_seat& s) {
    return "seat " + std::to_string(s.seat) + " of week " + std::to_string(s.week) + " for child " +
           std::to_string(s.child);
}

std::string who(const told_place& p) {
    return "family " + std::to_string(p.family) + ", key " + p.key;
}

bool decided(const told_place& p) {
    return p.sequence != 0 && (p.status == created || p.status == conflict);
}

// ---- without a journal
// -----------------------------------------------------------------------------------

void one_answer_a_key(const told_facts& told, findings& found) {
    std::map<std::pair<std::uint64_t, std::string_view>, const told_place*> placed;
    for (const told_place& p : told.places) {
        if (p.status != created) continue;
        found.checked("one_answer_a_key");
        const auto [at, fresh] = placed.try_emplace({p.family, p.key}, &p);
        if (fresh) continue;
        const told_place& first = *at->second;
        if (first.sequence != p.sequence || first.placed != p.placed || first.refused != p.refused)
            found.broken("one_answer_a_key", who(p) + ": answered at sequence " +
                                                 std::to_string(first.sequence) +
                                                 " and otherwise at " + std::to_string(p.sequence));
    }
}

using hold_name = std::tuple<std::uint32_t, std::uint32_t, std::uint64_t>;  // week, seat, placed at

// A hold may be over from the sending of the first request to release it, or from its deadline.
void no_seat_to_two(const told_facts& told, findings& found) {
    const std::int64_t lasts = std::int64_t{told.season.hold_seconds} * 1'000'000;
    std::map<hold_name, std::int64_t> released;
    for (const told_release& r : told.releases) {
        const hold_name name{r.seat.week, r.seat.seat, r.placed_at};
        const auto [at, fresh] = released.try_emplace(name, r.sent);
        if (!fresh) at->second = std::min(at->second, r.sent);
    }
    struct taking {
        std::uint64_t sequence;
        std::int64_t answered;
        const told_place* by;
    };
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<taking>> seats;
    for (const told_place& p : told.places) {
        if (p.status != created) continue;
        for (const told_seat& s : p.placed)
            seats[{s.week, s.seat}].push_back({p.sequence, p.sent + p.took, &p});
    }
    for (auto& [seat, takings] : seats) {
        std::ranges::sort(takings, {}, &taking::sequence);
        for (std::size_t i = 1; i < takings.size(); ++i) {
            const taking& before = takings[i - 1];
            const taking& after = takings[i];
            found.checked("no_seat_to_two");
            if (before.sequence == after.sequence && before.by->key == after.by->key) continue;
            const auto end = released.find({seat.first, seat.second, before.sequence});
            if (end != released.end() && end->second <= after.answered) continue;
            if (before.by->sent + lasts <= after.answered) continue;
            found.broken("no_seat_to_two",
                         "seat " + std::to_string(seat.second) + " of week " +
                             std::to_string(seat.first) + " was told to " + who(*before.by) +
                             " at sequence " + std::to_string(before.sequence) + " and to " +
                             who(*after.by) + " at " + std::to_string(after.sequence) +
                             ", not released in between");
        }
    }
}

using calendars = std::map<std::uint64_t, std::map<std::uint32_t, std::uint32_t>>;

calendars one_calendar_a_sequence(const told_facts& told, findings& found) {
    calendars known;
    for (const told_calendar& c : told.calendars) {
        auto& at = known[c.sequence];
        for (const auto& [week, available] : c.weeks) {
            found.checked("one_calendar_a_sequence");
            const auto [entry, fresh] = at.try_emplace(week, available);
            if (!fresh && entry->second != available)
                found.broken("one_calendar_a_sequence",
                             "at sequence " + std::to_string(c.sequence) + " week " +
                                 std::to_string(week) + " was told to have " +
                                 std::to_string(entry->second) + " and " +
                                 std::to_string(available));
        }
    }
    return known;
}

// How many places of the week an earlier item of the same request had got, or would have.
std::uint32_t asked_before(const told_place& p, std::size_t index) {
    std::uint32_t count = 0;
    for (std::size_t i = 0; i < index; ++i) {
        if (p.items[i].week != p.items[index].week) continue;
        const auto refused = std::ranges::find_if(p.refused, [&](const told_refusal& r) {
            return r.week == p.items[i].week && r.child == p.items[i].child;
        });
        if (refused == p.refused.end() || refused->reason == "not_tried") ++count;
    }
    return count;
}

std::size_t index_of(const told_place& p, const told_refusal& r) {
    const auto at = std::ranges::find(p.items, told_item{r.week, r.child});
    return static_cast<std::size_t>(at - p.items.begin());
}

void sold_out_by_calendar(const told_facts& told, const calendars& known, findings& found) {
    for (const told_place& p : told.places) {
        if (p.status != conflict) continue;
        const auto at = known.find(p.sequence);
        if (at == known.end()) continue;
        for (const told_refusal& r : p.refused) {
            if (r.reason != "sold_out") continue;
            const auto week = at->second.find(r.week);
            const std::size_t index = index_of(p, r);
            if (week == at->second.end() || index == p.items.size()) continue;
            found.checked("sold_out_as_the_calendar");
            if (week->second > asked_before(p, index))
                found.broken("sold_out_as_the_calendar",
                             who(p) + ": week " + std::to_string(r.week) +
                                 " was sold out at sequence " + std::to_string(p.sequence) +
                                 ", when the calendar had " + std::to_string(week->second));
        }
    }
}

// The answer names each item of its request once.
void every_item_answered(const told_facts& told, findings& found) {
    for (const told_place& p : told.places) {
        if (!decided(p)) continue;
        found.checked("every_item_answered");
        std::vector<std::pair<std::uint32_t, std::uint64_t>> asked;
        std::vector<std::pair<std::uint32_t, std::uint64_t>> answered;
        for (const told_item& item : p.items) asked.emplace_back(item.week, item.child);
        for (const told_seat& s : p.placed) answered.emplace_back(s.week, s.child);
        for (const told_refusal& r : p.refused) answered.emplace_back(r.week, r.child);
        std::ranges::sort(asked);
        std::ranges::sort(answered);
        if (asked != answered)
            found.broken("every_item_answered", who(p) + ": asked for " +
                                                    std::to_string(asked.size()) +
                                                    " places, was answered about others");
    }
}

// ---- by the journal
// --------------------------------------------------------------------------------------

class by_journal {
public:
    by_journal(const told_facts& told, const journal_fold& journal, findings& found)
        : told_(told),
          journal_(journal),
          found_(found) {}

    void judge() {
        for (const told_place& p : told_.places) {
            if (p.status == created) acknowledged(p);
            if (p.status == conflict && decided(p)) refused_whole(p);
            if (decided(p)) reasons(p);
        }
        for (const told_release& r : told_.releases) released(r);
        for (const told_calendar& c : told_.calendars) calendar(c);
        for (const told_basket& b : told_.baskets) basket(b);
    }

private:
    void acknowledged(const told_place& p) {
        found_.checked("acknowledged_is_kept");
        const folded_place* made = journal_.place_at(p.sequence);
        if (made == nullptr) {
            return found_.broken("acknowledged_is_kept",
                                 who(p) + ": was told " + std::to_string(p.placed.size()) +
                                     " holds at sequence " + std::to_string(p.sequence) +
                                     ", where the journal has no such record");
        }
        if (made->key != p.key || made->family != p.family) {
            return found_.broken("acknowledged_is_kept",
                                 who(p) + ": sequence " + std::to_string(p.sequence) +
                                     " is that of family " + std::to_string(made->family) +
                                     ", key " + made->key);
        }
        if (made->placed != p.placed || made->refused != p.refused) {
            std::string told;
            for (const told_seat& s : p.placed) told += text_of(s) + "; ";
            found_.broken("acknowledged_is_kept",
                          who(p) + ": was told " + told +
                              "the journal has something else at sequence " +
                              std::to_string(p.sequence));
        }
    }

    // Nothing was placed: unless the same key was asked again later, it is not in the journal.
    void refused_whole(const told_place& p) {
        found_.checked("refused_is_not_kept");
        for (const std::uint64_t sequence : journal_.applied(p.key)) {
            if (sequence > p.sequence || journal_.place_at(sequence)->family != p.family) continue;
            found_.broken("refused_is_not_kept",
                          who(p) + ": was refused at sequence " + std::to_string(p.sequence) +
                              ", and has a place since record " + std::to_string(sequence));
        }
    }

    void reasons(const told_place& p) {
        // In a record a refusal stands before the record itself; a bare one after what it names.
        const std::uint64_t at = p.status == created ? p.sequence - 1 : p.sequence;
        for (const told_refusal& r : p.refused) {
            const std::size_t index = index_of(p, r);
            if (index == p.items.size()) continue;  // every_item_answered says so
            if (r.reason == "sold_out") sold_out(p, r, index, at);
            if (r.reason == "overlapping") overlapping(p, r, at);
            if (r.reason == "limit") limit(p, r, index, at);
            if (r.reason == "not_tried") not_tried(p);
        }
    }

    void sold_out(const told_place& p, const told_refusal& r, std::size_t index, std::uint64_t at) {
        found_.checked("sold_out_explained");
        const auto available = journal_.available(r.week, at);
        if (available && *available <= asked_before(p, index) && at <= journal_.last_sequence())
            return;
        found_.broken("sold_out_explained",
                      who(p) + ": week " + std::to_string(r.week) + " was said to be sold out at " +
                          "sequence " + std::to_string(at) + ", when " +
                          (available ? std::to_string(*available) : std::string{"unknown"}) +
                          " places were there");
    }

    void overlapping(const told_place& p, const told_refusal& r, std::uint64_t at) {
        found_.checked("overlapping_explained");
        const std::uint32_t iso = journal_.iso_week(r.week);
        for (const folded_hold* hold : journal_.holds_of_family(p.family, at)) {
            if (hold->seat.child == r.child && journal_.iso_week(hold->seat.week) == iso) return;
        }
        found_.broken("overlapping_explained", who(p) + ": child " + std::to_string(r.child) +
                                                   " was said to have " + std::to_string(iso) +
                                                   " already at sequence " + std::to_string(at) +
                                                   ", and had not");
    }

    void limit(const told_place& p, const told_refusal& r, std::size_t index, std::uint64_t at) {
        found_.checked("limit_explained");
        std::size_t of_child = 0;
        const auto holds = journal_.holds_of_family(p.family, at);
        std::size_t of_family = holds.size();
        for (const folded_hold* hold : holds) of_child += hold->seat.child == r.child ? 1 : 0;
        for (std::size_t i = 0; i < index; ++i) {
            const auto refused = std::ranges::find_if(p.refused, [&](const told_refusal& other) {
                return other.week == p.items[i].week && other.child == p.items[i].child;
            });
            if (refused != p.refused.end() && refused->reason != "not_tried") continue;
            ++of_family;
            of_child += p.items[i].child == r.child ? 1 : 0;
        }
        if (of_child >= told_.season.weeks_per_child || of_family >= told_.season.holds_per_family)
            return;
        found_.broken("limit_explained", who(p) + ": child " + std::to_string(r.child) +
                                             " was said to be at the limit with " +
                                             std::to_string(of_child) + " weeks of its own and " +
                                             std::to_string(of_family) + " of the family");
    }

    void not_tried(const told_place& p) {
        found_.checked("not_tried_explained");
        const bool another = std::ranges::any_of(
            p.refused, [](const told_refusal& r) { return r.reason != "not_tried"; });
        if (p.all && another && p.placed.empty()) return;
        found_.broken("not_tried_explained", who(p) + ": not tried, and no other item's fault");
    }

    void released(const told_release& r) {
        found_.checked("released_has_ended");
        const folded_hold* hold = journal_.hold(r.seat, r.placed_at);
        const std::string what = "family " + std::to_string(r.family) + ": " + text_of(r.seat) +
                                 " of sequence " + std::to_string(r.placed_at);
        if (r.status == no_content && (hold == nullptr || hold->end == folded_hold::lives))
            found_.broken("released_has_ended", what + " was said to be released, and is not");
        if (r.status == not_found && hold != nullptr)
            found_.broken("released_has_ended", what + " was said not to be there, and was");
    }

    void calendar(const told_calendar& c) {
        const std::string rule = c.pushed ? "push_as_the_journal" : "weeks_as_the_journal";
        for (const auto& [week, available] : c.weeks) {
            found_.checked(rule);
            const auto known = journal_.available(week, c.sequence);
            if (known && *known == available && c.sequence <= journal_.last_sequence()) continue;
            found_.broken(rule, "at sequence " + std::to_string(c.sequence) + " week " +
                                    std::to_string(week) + " was told to have " +
                                    std::to_string(available) + ", the journal says " +
                                    (known ? std::to_string(*known) : std::string{"nothing"}));
        }
    }

    void basket(const told_basket& b) {
        found_.checked("basket_as_the_journal");
        std::vector<told_seat> known;
        // What is in an order or booked is in the basket no more.
        for (const folded_hold* hold : journal_.holds_of_family(b.family, b.sequence)) {
            if (hold->in_basket_at(b.sequence)) known.push_back(hold->seat);
        }
        std::vector<told_seat> told = b.holds;
        std::ranges::sort(known);
        std::ranges::sort(told);
        if (known == told) return;
        found_.broken("basket_as_the_journal",
                      "family " + std::to_string(b.family) + " was told a basket of " +
                          std::to_string(told.size()) + " holds at sequence " +
                          std::to_string(b.sequence) + ", the journal says " +
                          std::to_string(known.size()) +
                          (known.size() == told.size() ? ", others" : ""));
    }

    const told_facts& told_;
    const journal_fold& journal_;
    findings& found_;
};

std::ifstream opened(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw input_fault(path + ": cannot be read: " + std::strerror(errno));
    return in;
}

}  // namespace

void judge_told(const told_facts& told, findings& found) {
    one_answer_a_key(told, found);
    every_item_answered(told, found);
    no_seat_to_two(told, found);
    const calendars known = one_calendar_a_sequence(told, found);
    sold_out_by_calendar(told, known, found);
}

void judge_by_journal(const told_facts& told, const journal_fold& journal, findings& found) {
    by_journal(told, journal, found).judge();
}

findings judge_files(const std::string& told_path, const std::string& journal_path) {
    findings found;
    told_facts told;
    std::ifstream in = opened(told_path);
    read_told(in, told_path, told);
    judge_told(told, found);
    if (journal_path.empty()) return found;
    std::ifstream export_file = opened(journal_path);
    const journal_fold journal(export_file, journal_path, found);
    judge_by_journal(told, journal, found);
    return found;
}

std::string verdict_text(const findings& found) {
    std::string out;
    for (const auto& [rule, of] : found.rules()) {
        out += of.broken == 0 ? "  holds   " : "  BROKEN  ";
        out += rule + ": " + std::to_string(of.checked) + " looked at";
        if (of.broken != 0) out += ", " + std::to_string(of.broken) + " wrong";
        out += '\n';
        for (const std::string& line : of.evidence) out += "            " + line + '\n';
        if (of.broken > of.evidence.size())
            out += "            and " + std::to_string(of.broken - of.evidence.size()) + " more\n";
    }
    return out;
}

}  // namespace campgate::rush
