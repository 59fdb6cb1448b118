#include "tests/property/naive_model.hpp"

#include <algorithm>

namespace campgate {

decision_kind naive_model::run(const command& c, instant now, const record* made) {
    using enum decision_kind;
    refused_.clear();
    placed_.clear();
    if (const auto* p = std::get_if<place_command>(&c)) return place(*p, now, made);
    if (const auto* r = std::get_if<release_command>(&c)) {
        for (std::size_t i = 0; i < holds.size(); ++i) {
            if (holds[i].id != r->hold) continue;
            if (holds[i].family != r->family) return not_found;
            holds.erase(holds.begin() + static_cast<std::ptrdiff_t>(i));
            return decided;
        }
        return ended;
    }
    if (const auto* e = std::get_if<expire_command>(&c)) {
        const auto gone = std::erase_if(holds, [&](const hold& h) {
            return h.deadline <= now && std::ranges::find(e->due, h.id) != e->due.end();
        });
        return gone > 0 ? decided : unchanged;
    }
    if (const auto* s = std::get_if<set_capacity_command>(&c)) {
        if (s->week.value < 1 || s->week.value > weeks.size()) return not_found;
        if (s->capacity < 1 || s->capacity > week_capacity_max) return not_found;
        const std::uint32_t wanted = std::max(s->capacity, taken(s->week));
        if (wanted == of(s->week).capacity) return unchanged;
        weeks[s->week.value - 1].capacity = wanted;
        return decided;
    }
    if (const auto* o = std::get_if<set_opening_command>(&c)) {
        for (const week_id id : o->weeks) {
            if (id.value < 1 || id.value > weeks.size() || !of(id).in_season) return not_found;
        }
        bool moved = false;
        for (week& w : weeks) {
            const bool meant =
                o->weeks.empty() || std::ranges::find(o->weeks, w.id) != o->weeks.end();
            if (!meant || !w.in_season) continue;
            opening after{o->all, o->residents ? o->residents : w.opens.residents};
            if (after.residents && *after.residents >= after.all) after.residents.reset();
            moved = moved || after != w.opens;
            w.opens = after;
        }
        return moved ? decided : unchanged;
    }
    if (const auto* i = std::get_if<import_season_command>(&c)) {
        // One camp in the drafts of this test: a week is told by its ISO week.
        const season& draft = *i->draft;
        for (const week& w : weeks) {
            const bool kept =
                w.in_season &&
                std::ranges::find(draft.weeks, w.iso, &camp_week::iso) != draft.weeks.end();
            if (!kept && taken(w.id) > 0) return invalid;
        }
        if (published && *published == draft) return unchanged;
        for (week& w : weeks) {
            w.in_season = w.in_season && std::ranges::find(draft.weeks, w.iso, &camp_week::iso) !=
                                             draft.weeks.end();
        }
        for (const camp_week& d : draft.weeks) {
            const bool known = std::ranges::any_of(
                weeks, [&](const week& w) { return w.in_season && w.iso == d.iso; });
            if (known) continue;
            const week_id id{static_cast<std::uint32_t>(weeks.size() + 1)};
            weeks.push_back({id, {1}, d.iso, d.capacity, d.opens, true});
        }
        published = draft;
        return decided;
    }
    const auto& f = std::get<forget_command>(c);
    return std::erase_if(keys, [&](const key& k) { return k.at < f.before; }) > 0 ? decided
                                                                                  : unchanged;
}

std::uint32_t naive_model::taken(week_id id) const {
    return static_cast<std::uint32_t>(std::ranges::count(holds, id, &hold::week));
}

decision_kind naive_model::place(const place_command& p, instant now, const record* made) {
    using enum decision_kind;
    for (const key& k : keys) {
        if (k.actor == p.actor && k.key == p.key) return k.body == p.body ? replayed : key_reused;
    }
    for (const place_item& item : p.items) {
        const bool known = item.week.value >= 1 && item.week.value <= weeks.size() &&
                           of(item.week).in_season && p.facts->find(item.child) != nullptr;
        if (!known) return not_found;
    }
    std::vector<std::optional<reason>> whys;
    for (const place_item& item : p.items) {
        whys.push_back(why_not(p, item, now));
        if (!whys.back()) placed_.push_back(item);
    }
    if (p.mode == place_mode::all && placed_.size() < p.items.size()) {
        placed_.clear();
        for (auto& why : whys) why = why.value_or(reason::not_tried);
    }
    for (std::size_t i = 0; i < whys.size(); ++i) {
        if (whys[i]) refused_.push_back({p.items[i].week, p.items[i].child, *whys[i]});
    }
    if (placed_.empty()) return refused;
    if (made == nullptr) return decided;
    const auto& record = std::get<place_record>(made->body);
    for (const placed_item& item : record.placed) {
        holds.push_back({item.hold, p.family, item.child, item.week,
                         std::chrono::ceil<std::chrono::seconds>(now + published->hold_duration)});
    }
    keys.push_back({p.actor, p.key, p.body, now, made->sequence});
    return decided;
}

// `placed_` is what this request has got so far.
std::optional<reason> naive_model::why_not(const place_command& p, const place_item& item,
                                           instant now) const {
    const week& w = of(item.week);
    const child_facts& child = *p.facts->find(item.child);
    if (now < w.opens.all) {
        if (!w.opens.residents || now < *w.opens.residents) return reason::not_open;
        if (child.charged_as != price_class::resident) return reason::residents_only;
    }
    if (!child.sheet_validated_at) return reason::sheet_missing;
    if (!child.has_invoiceable_parent) return reason::no_invoiceable_parent;
    std::size_t of_child = 0, of_family = placed_.size();
    for (const hold& h : holds) {
        if (h.family == p.family) ++of_family;
        if (h.family != p.family || h.child != item.child) continue;
        if (of(h.week).iso == w.iso) return reason::overlapping;
        ++of_child;
    }
    for (const place_item& other : placed_) {
        if (other.child != item.child) continue;
        if (of(other.week).iso == w.iso) return reason::overlapping;
        ++of_child;
    }
    if (of_child >= published->limits.weeks_per_child) return reason::limit;
    if (of_family >= published->limits.holds_per_family) return reason::limit;
    const auto own =
        static_cast<std::uint32_t>(std::ranges::count(placed_, item.week, &place_item::week));
    if (available(item.week) <= own) return reason::sold_out;
    return std::nullopt;
}

}  // namespace campgate
