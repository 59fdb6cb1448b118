// The journal's export (`campgate journal export`) folded, with its history: what was available,
// who held what, at any sequence. Checks while folding that the journal itself is possible: no seat
// twice, no week over its capacity, each hold ended once, each key applied once; a sale's seats are
// those of that family, and its money adds up to nothing.
#pragma once

#include "loadtest/findings.hpp"
#include "loadtest/told.hpp"

#include <cstdint>
#include <istream>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace campgate::rush {

struct folded_hold {
    static constexpr std::uint64_t lives = std::numeric_limits<std::uint64_t>::max();

    told_seat seat;
    std::uint64_t family{};
    std::uint64_t begin{};      // sequence of its record
    std::uint64_t end = lives;  // sequence of the record that ended it
    // From a sequence on: in the basket, or in an order or booked. Before the first: in the basket.
    std::vector<std::pair<std::uint64_t, bool>> basket;

    bool in_basket_at(std::uint64_t sequence) const {
        bool in = true;
        for (const auto& [from, is] : basket) in = from <= sequence ? is : in;
        return in;
    }
    bool held_at(std::uint64_t sequence) const { return begin <= sequence && sequence < end; }
};

struct folded_place {
    std::uint64_t family{};
    std::string key;
    std::vector<told_seat> placed;
    std::vector<told_refusal> refused;
};

class journal_fold {
public:
    /// Throws input_fault for a broken line, or an export that does not start at the first record.
    journal_fold(std::istream& in, const std::string& name, findings& found);

    std::uint64_t last_sequence() const { return last_; }
    /// Of a week at a sequence; nothing for a week that is not there then.
    std::optional<std::uint32_t> available(std::uint32_t week, std::uint64_t sequence) const;
    std::vector<std::uint32_t> weeks() const;
    std::uint32_t iso_week(std::uint32_t week) const;  ///< 202727; 0 for an unknown one
    const folded_place* place_at(std::uint64_t sequence) const;
    /// The sequences at which a key was applied.
    std::vector<std::uint64_t> applied(const std::string& key) const;
    /// Held, in an order or booked.
    std::vector<const folded_hold*> holds_of_family(std::uint64_t family,
                                                    std::uint64_t sequence) const;
    /// The hold that a record placed.
    const folded_hold* hold(const told_seat& seat, std::uint64_t placed_at) const;

private:
    struct week_history {
        std::uint32_t iso{};
        std::uint32_t capacity{};
        std::uint32_t total{};
        std::uint32_t taken{};
        std::vector<std::uint64_t> holder;  // of seat n at n - 1: hold id, free_seat or retired
        std::vector<std::pair<std::uint64_t, std::uint32_t>> available;  // from sequence on
    };
    struct key_use {
        std::uint64_t actor{};
        std::string at;
        std::uint64_t sequence{};
    };

    void place(class json_lines& in);
    void end(class json_lines& in);
    void capacity(class json_lines& in);
    void season(class json_lines& in);
    void sale(class json_lines& in);
    void take(const told_seat& seat, std::uint64_t id, std::uint64_t family);
    void end_hold(std::uint64_t id, std::uint32_t week, std::uint32_t seat);
    void note(std::uint32_t week);
    std::string here() const { return "record " + std::to_string(last_); }

    findings& found_;
    std::uint64_t last_ = 0;
    std::string forgotten_before_;
    std::map<std::uint32_t, week_history> weeks_;
    std::vector<folded_hold> holds_;
    std::unordered_map<std::uint64_t, std::size_t> by_id_;
    std::unordered_map<std::uint64_t, std::vector<std::size_t>> by_family_;
    std::unordered_set<std::uint64_t> booked_;                // holds
    std::unordered_map<std::uint64_t, folded_place> places_;  // by sequence
    std::unordered_map<std::string, std::vector<key_use>> keys_;
};

}  // namespace campgate::rush
