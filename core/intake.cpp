#include "core/intake.hpp"

#include "core/eligibility.hpp"
#include "core/faults.hpp"

#include <algorithm>
#include <numeric>

namespace campgate {

namespace {

// A look at the key: its stored answer, a conflict, or nothing.
std::optional<intake_result> look_up(const place_request& request, const views& seen) {
    auto answer = seen.keys.find({request.actor, request.key});
    if (!answer) return std::nullopt;
    if (answer->body != request.body) return intake_key_reused{};
    return intake_replay{std::move(answer)};
}

// The edge looked at views that may have been replaced since.
bool knows_all(const place_request& request, const season_view& season, const family_facts* facts) {
    return facts != nullptr && std::ranges::all_of(request.items, [&](const place_item& item) {
               return season.find(item.week) != nullptr && facts->find(item.child) != nullptr;
           });
}

std::vector<std::optional<reason>> objections(const place_request& request,
                                              const season_view& season, const family_facts& facts,
                                              instant now) {
    std::vector<std::optional<reason>> whys;
    whys.reserve(request.items.size());
    for (const place_item& item : request.items) {
        const camp_week* week = season.find(item.week);
        const child_facts* child = facts.find(item.child);
        whys.push_back(
            ineligibility(*season.published, *week, season.row(item.week).opens, *child, now));
    }
    return whys;
}

// Claims item by item in ascending week order. In mode all the first failure ends it.
bool claim_items(place_command& asked, const std::vector<std::optional<reason>>& whys,
                 const ledger_table& ledgers) {
    std::vector<std::size_t> order(asked.items.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return asked.items[i].week; });
    bool complete = true;
    for (const std::size_t i : order) {
        if (whys[i]) continue;
        // A week that was published a moment ago gets its ledger a moment later.
        seat_ledger* ledger = ledgers.find(asked.items[i].week);
        const auto seat = ledger != nullptr ? ledger->claim_one() : std::nullopt;
        if (seat) {
            asked.items[i].claim = *seat;
            continue;
        }
        complete = false;
        if (asked.mode == place_mode::all) return false;
    }
    return complete;
}

// Adds `sold_out` where the view has too little for the request as a whole; true when that refuses
// all of it: every item in mode each, any item in mode all.
bool refused_by(const availability_view& view, const place_command& asked,
                std::vector<std::optional<reason>>& whys) {
    std::size_t refused = 0;
    for (std::size_t i = 0; i < asked.items.size(); ++i) {
        if (!whys[i]) {
            std::uint32_t before = 0;
            for (std::size_t k = 0; k < i; ++k) {
                if (!whys[k] && asked.items[k].week == asked.items[i].week) ++before;
            }
            const week_availability* week = view.find(asked.items[i].week);
            if (week != nullptr && week->available <= before) whys[i] = reason::sold_out;
        }
        if (whys[i]) ++refused;
    }
    return asked.mode == place_mode::all ? refused > 0 : refused == asked.items.size();
}

}  // namespace

intake_result take_in(const place_request& request, const views& seen, const ledger_table& ledgers,
                      instant now) {
    if (auto known = look_up(request, seen)) return *std::move(known);
    const auto season = seen.season.load();
    const auto facts = seen.facts.find(request.family);
    place_command asked{request.actor, request.family, request.key, request.body,
                        request.mode,  request.items,  facts};
    if (!knows_all(request, *season, facts.get())) return asked;

    auto whys = objections(request, *season, *facts, now);
    const bool any_objection =
        std::ranges::any_of(whys, [](const auto& w) { return w.has_value(); });
    const bool hopeless =
        request.mode == place_mode::all
            ? any_objection
            : std::ranges::all_of(whys, [](const auto& w) { return w.has_value(); });
    if (!hopeless && claim_items(asked, whys, ledgers)) {
        crash_point("intake_claimed");
        return asked;
    }

    const auto view = seen.availability.load();
    const bool claimed = std::ranges::any_of(
        asked.items, [](const place_item& item) { return item.claim != no_seat; });
    if (request.mode == place_mode::each && claimed) return asked;
    if (!mutated(mutation::mode_all_keeps_what_it_got)) undo_claims(asked, ledgers);
    if (mutated(mutation::word_refuses)) {
        for (auto& why : whys) why = why.value_or(reason::sold_out);
    } else if (!refused_by(*view, asked, whys))
        return asked;  // contended: the sequencer's to decide
    // A refusal is said at the sequence of the availability, so the season must be that of the same
    // sequence: the season is published first, and then the availability.
    if (season->changed > view->at || seen.season.load() != season) return asked;

    // [!] Looked up after the view was loaded: the second click of the winner hears that it won.
    if (!mutated(mutation::key_not_looked_up_again)) {
        if (auto known = look_up(request, seen)) return *std::move(known);
    }
    intake_refusal refusal{view->at, {}};
    for (std::size_t i = 0; i < asked.items.size(); ++i) {
        refusal.refused.push_back(
            {asked.items[i].week, asked.items[i].child, whys[i].value_or(reason::not_tried)});
    }
    return refusal;
}

void undo_claims(place_command& asked, const ledger_table& ledgers) {
    std::vector<place_item*> claimed;
    for (place_item& item : asked.items) {
        if (item.claim != no_seat) claimed.push_back(&item);
    }
    std::ranges::sort(claimed, std::ranges::greater{}, &place_item::week);
    for (place_item* item : claimed) {
        ledgers.at(item->week).undo({&item->claim, 1});
        item->claim = no_seat;
    }
}

}  // namespace campgate
