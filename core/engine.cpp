#include "core/engine.hpp"

#include "core/digest.hpp"
#include "core/eligibility.hpp"
#include "core/ensure.hpp"
#include "core/faults.hpp"
#include "core/record_codec.hpp"
#include "core/sale.hpp"
#include "core/sale_codec.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>
#include <charconv>
#include <deque>
#include <map>
#include <set>
#include <string_view>
#include <tuple>

namespace campgate {

namespace {

struct seat_ref {
    week_id week;
    seat_number seat;
};

// A seat's row, and where its deadline stands in its bucket (while held).
struct seat_slot {
    seat_row row;
    std::uint32_t bucket_place = 0;
};

struct week_state {
    std::vector<seat_slot> seats;      // seat n at n - 1
    std::uint32_t taken = 0;           // held seats
    const camp_week* facts = nullptr;  // in the current season, or null
};

struct key_id {
    actor_id actor;
    bits128 key;
    friend bool operator==(const key_id&, const key_id&) = default;
};

struct key_hash {
    using is_avalanching = void;
    std::size_t operator()(const key_id& k) const noexcept {
        return mix64(k.actor.value ^ mix64(k.key.high ^ mix64(k.key.low)));
    }
};

struct id_hash {
    using is_avalanching = void;
    template <class T, class Tag>
    std::size_t operator()(strong<T, Tag> id) const noexcept {
        return mix64(id.value);
    }
};

std::uint64_t bits_of(instant t) {
    return static_cast<std::uint64_t>(t.time_since_epoch().count());
}

std::uint64_t digest_of(week_id week, seat_number seat, const seat_row& row) {
    if (row.state == seat_state::free) return 0;
    const std::uint64_t h = digest_of_parts(
        {1, week.value, seat.value, static_cast<std::uint64_t>(row.state), row.hold.value,
         row.child.value, row.family.value, bits_of(row.deadline), row.sequence.value});
    return row.order == order_id{} ? h : digest_of_parts({h, row.order.value});
}

std::uint64_t digest_of(const week_row& row) {
    return digest_of_parts({2, row.id.value, row.iso.value, row.capacity, row.total,
                            bits_of(row.opens.all), row.opens.residents ? 1ULL : 0ULL,
                            bits_of(row.opens.residents.value_or(instant{}))});
}

std::uint64_t digest_of(const key_row& row) {
    return digest_of_parts({3, row.actor.value, row.key.high, row.key.low, row.body.high,
                            row.body.low, row.sequence.value, bits_of(row.at)});
}

key_row row_of(const key_id& id, const key_answer& a) {
    return {id.actor, id.key, a.body, a.sequence, a.at};
}

std::shared_ptr<const key_answer> answer_from(const record& r, const place_record& p) {
    return std::make_shared<const key_answer>(
        key_answer{p.body, r.sequence, r.at, p.family, p.placed, p.refused});
}

// What each key was answered, read again from its record; null where that is unreadable or another
// key's.
using answers_kept = std::vector<std::shared_ptr<const key_answer>>;
answers_kept read_answers(const std::vector<stored_key>& keys) {
    answers_kept answers;
    answers.reserve(keys.size());
    for (const stored_key& k : keys) {
        auto made =
            decode({k.row.sequence, record_kind::place, k.row.at, k.row.actor, k.record_body});
        auto* placed = made ? std::get_if<place_record>(&made->body) : nullptr;
        const bool own =
            placed != nullptr && placed->key == k.row.key && placed->body == k.row.body;
        answers.push_back(own ? std::make_shared<const key_answer>(key_answer{
                                    placed->body, made->sequence, made->at, placed->family,
                                    std::move(placed->placed), std::move(placed->refused)})
                              : nullptr);
    }
    return answers;
}

}  // namespace

struct engine::state {
    campgate::sequence last;
    std::uint64_t digest = 0;
    std::shared_ptr<const season> published;
    campgate::sequence published_at;
    std::vector<week_row> rows;     // week n at n - 1
    std::vector<week_state> weeks;  // beside rows
    boost::unordered_flat_map<hold_id, seat_ref, id_hash> holds;
    boost::unordered_flat_map<family_id, std::vector<hold_id>, id_hash> families;  // none empty
    boost::unordered_flat_map<key_id, std::shared_ptr<const key_answer>, key_hash> keys;
    std::deque<key_id> key_order;  // by time, oldest first
    // Deadlines are whole seconds, so one bucket serves many holds; removal is by place.
    std::map<instant, std::vector<seat_ref>> deadlines;
    order_book sales;
    instant reminded_to = instant::min();  // whatever ends up to here was looked at (R1)

    bool knows(week_id week) const { return week.value >= 1 && week.value <= rows.size(); }
    week_row& row(week_id week) { return rows[week.value - 1]; }
    week_state& of(week_id week) { return weeks[week.value - 1]; }
    const week_state& of(week_id week) const { return weeks[week.value - 1]; }
    seat_slot& slot(seat_ref at) { return of(at.week).seats[at.seat.value - 1]; }
    const seat_slot& slot(seat_ref at) const { return of(at.week).seats[at.seat.value - 1]; }
    std::uint32_t available(week_id week) const {
        return rows[week.value - 1].capacity - of(week).taken;
    }

    std::span<const hold_id> holds_of(family_id family) const {
        const auto at = families.find(family);
        return at == families.end() ? std::span<const hold_id>{} : std::span{at->second};
    }

    std::vector<family_hold> family_holds(family_id family) const {
        std::vector<family_hold> out;
        for (const hold_id h : holds_of(family)) {
            const seat_ref at = holds.find(h)->second;
            const seat_row& row = slot(at).row;
            out.push_back({h, at.week, row.child, at.seat, row.deadline, row.order,
                           row.state == seat_state::booked});
        }
        std::ranges::sort(out, {}, &family_hold::hold);
        return out;
    }

    void index_weeks() {
        for (week_state& w : weeks) w.facts = nullptr;
        for (const camp_week& w : published->weeks) of(w.id).facts = &w;
    }

    void change_week(const week_row& after, row_effects* effects) {
        week_row& now = row(after.id);
        digest += digest_of(after) - digest_of(now);
        if (effects != nullptr) effects->weeks.push_back({now.total, after});
        now = after;
        of(after.id).seats.resize(after.total);
    }

    void add_week(const week_row& made, row_effects* effects) {
        ensure(made.id.value == rows.size() + 1, "weeks are numbered without gaps");
        rows.push_back({made.id, made.iso, 0, 0, {}});
        weeks.emplace_back();
        digest += digest_of(rows.back());
        change_week(made, effects);
    }

    void change_seat(seat_ref at, const seat_row& after, row_effects* effects) {
        seat_slot& s = slot(at);
        digest += digest_of(at.week, at.seat, after) - digest_of(at.week, at.seat, s.row);
        if (effects != nullptr) effects->seats.push_back({at.week, at.seat, s.row, after});
        s.row = after;
    }

    void take(seat_ref at, const seat_row& held, row_effects* effects) {
        ensure(knows(at.week), "a hold on a week that does not exist");
        ensure(at.seat.value >= 1 && at.seat.value <= of(at.week).seats.size(),
               "a hold on a seat that does not exist");
        ensure(slot(at).row.state == seat_state::free, "a seat sold twice");
        week_state& week = of(at.week);
        ensure(week.taken < row(at.week).capacity, "a week over its capacity");
        change_seat(at, held, effects);
        ++week.taken;
        const bool fresh = holds.emplace(held.hold, at).second;
        ensure(fresh, "a hold id used twice");
        families[held.family].push_back(held.hold);
        enter_bucket(at);
    }

    // Holds that are in no order end one by one; orders end whole, by the order book.
    static bool ends_alone(const seat_row& row) {
        return row.state == seat_state::held && row.order == order_id{};
    }

    void enter_bucket(seat_ref at) {
        seat_slot& s = slot(at);
        if (!ends_alone(s.row)) return;
        auto& bucket = deadlines[s.row.deadline];
        s.bucket_place = static_cast<std::uint32_t>(bucket.size());
        bucket.push_back(at);
    }

    void leave_bucket(seat_ref at) {
        const seat_slot& s = slot(at);
        if (!ends_alone(s.row)) return;
        const auto bucket = deadlines.find(s.row.deadline);
        const std::uint32_t place = s.bucket_place;
        slot(bucket->second.back()).bucket_place = place;
        bucket->second[place] = bucket->second.back();
        bucket->second.pop_back();
        if (bucket->second.empty()) deadlines.erase(bucket);
    }

    seat_ref taken_by(hold_id hold, week_id week, seat_number seat) const {
        const auto found = holds.find(hold);
        ensure(found != holds.end(), "a hold ends twice");
        const seat_ref at = found->second;
        ensure(at.week == week && at.seat == seat, "a hold ends on another seat");
        return at;
    }

    // A hold that goes on, in another way.
    void change_hold(seat_ref at, const seat_row& after, row_effects* effects) {
        leave_bucket(at);
        change_seat(at, after, effects);
        enter_bucket(at);
    }

    void free(const ended_hold& e, row_effects* effects) {
        const seat_ref at = taken_by(e.hold, e.week, e.seat);
        const family_id of = slot(at).row.family;
        holds.erase(e.hold);
        const auto family = families.find(of);
        std::erase(family->second, e.hold);
        if (family->second.empty()) families.erase(family);
        leave_bucket(at);
        --this->of(at.week).taken;
        change_seat(at, seat_row{}, effects);
    }

    // What a sale does to a seat; `r` is the record.
    void affect(const seat_effect& e, family_id family, const record& r, row_effects* effects) {
        switch (e.event) {
            case seat_event::order:
            case seat_event::release:
            case seat_event::book: {
                const seat_ref at = taken_by(e.hold, e.week, e.seat);
                seat_row after = slot(at).row;
                ensure(after.family == family && after.child == e.child,
                       "a sale of another family's seat");
                ensure(after.state == seat_state::held, "a seat booked twice");
                if (e.event == seat_event::book) after.state = seat_state::booked;
                after.order = e.order;
                after.deadline = e.deadline;
                after.sequence = r.sequence;
                return change_hold(at, after, effects);
            }
            case seat_event::end: return free({e.hold, e.week, e.seat}, effects);
            case seat_event::retake:
                return take({e.week, e.seat},
                            {seat_state::booked, e.hold, e.child, family, {}, r.sequence, e.order},
                            effects);
        }
    }

    void remember(actor_id actor, bits128 key, std::shared_ptr<const key_answer> answer,
                  row_effects* effects) {
        const key_id id{actor, key};
        const key_row stored = row_of(id, *answer);
        digest += digest_of(stored);
        const bool fresh = keys.emplace(id, std::move(answer)).second;
        ensure(fresh, "a key applied twice");
        key_order.push_back(id);
        if (effects != nullptr) effects->keys.push_back(stored);
    }

    instant time_of(const key_id& id) const { return keys.find(id)->second->at; }

    // All of them, after a restore.
    void put_keys_in_order(std::span<const stored_key> stored) {
        std::vector<std::tuple<instant, campgate::sequence, std::size_t>> order;
        order.reserve(stored.size());
        for (const stored_key& k : stored)
            order.emplace_back(k.row.at, k.row.sequence, order.size());
        std::ranges::sort(order);
        key_order.clear();
        for (const auto& [at, number, place] : order)
            key_order.push_back({stored[place].row.actor, stored[place].row.key});
    }

    // Forgetting goes by time, as in the database. A record is older than one before it only where
    // the wall clock was set back over a restart, so the last is nearly always in its place.
    void put_last_key_in_order() {
        const key_id id = key_order.back();
        const instant at = time_of(id);
        key_order.pop_back();
        auto place = key_order.end();
        while (place != key_order.begin() && time_of(*std::prev(place)) > at) --place;
        key_order.insert(place, id);
    }
};

namespace {

// Whether a draft would be a season that every later start can load again: what its file must be
// is the importer's to say, with line and key.
bool well_formed(const season& draft) {
    if (draft.camps.empty() || draft.weeks.empty()) return false;
    std::set<std::string_view> codes;
    for (const camp& c : draft.camps) {
        if (!codes.insert(c.code).second) return false;
    }
    std::set<std::pair<camp_id, iso_week>> weeks;
    for (const camp_week& w : draft.weeks) {
        if (w.camp.value < 1 || w.camp.value > draft.camps.size()) return false;
        if (w.capacity < 1 || w.capacity > week_capacity_max) return false;
        if (!weeks.insert({w.camp, w.iso}).second) return false;
    }
    return decode_season(encode_season(draft)).has_value();
}

// ---- decide
// ----------------------------------------------------------------------------------------

// A place request while it is being looked at.
struct place_trial {
    std::vector<placed_item> placed;
    std::vector<refused_item> refused;
    bool contended = false;

    std::uint32_t placed_in(week_id week) const {
        return static_cast<std::uint32_t>(std::ranges::count(placed, week, &placed_item::week));
    }
};

decision refusal(std::vector<refused_item> refused) {
    decision d;
    d.kind = decision_kind::refused;
    d.refused = std::move(refused);
    return d;
}

decision verdict(decision_kind kind) {
    decision d;
    d.kind = kind;
    return d;
}

decision decided(campgate::sequence last, instant now, actor_id actor, record_body body) {
    decision d;
    d.kind = decision_kind::decided;
    d.made = record{{last.value + 1}, now, actor, std::move(body)};
    return d;
}

}  // namespace

engine::engine() : state_(std::make_unique<state>()) {
}
engine::~engine() = default;

decision engine::decide(const command& c, instant now, seat_source& seats, bool last_try) const {
    struct decider {
        const state& s;
        instant now;
        seat_source& seats;
        bool last_try;

        decision operator()(const place_command& p) const {
            if (const auto known = s.keys.find(key_id{p.actor, p.key}); known != s.keys.end()) {
                if (known->second->body != p.body) return verdict(decision_kind::key_reused);
                decision d = verdict(decision_kind::replayed);
                d.answer = known->second;
                return d;
            }
            if (!s.published || !p.facts) return verdict(decision_kind::not_found);
            for (const place_item& item : p.items) {
                if (!in_season(item.week) || p.facts->find(item.child) == nullptr)
                    return verdict(decision_kind::not_found);
            }
            place_trial t = p.mode == place_mode::all ? try_all(p) : try_each(p);
            if (t.contended) return verdict(decision_kind::contended);
            if (t.placed.empty()) return refusal(std::move(t.refused));
            return decided(
                s.last, now, p.actor,
                place_record{p.family, p.key, p.body, p.mode, s.published->version,
                             p.facts->version, std::move(t.placed), std::move(t.refused)});
        }

        bool in_season(week_id week) const { return s.knows(week) && s.of(week).facts != nullptr; }

        // Why an item cannot be, apart from seats; `placed` is what the request has got so far.
        std::optional<reason> objection(const place_command& p, const place_item& item,
                                        const std::vector<placed_item>& placed) const {
            const camp_week& week = *s.of(item.week).facts;
            const child_facts& child = *p.facts->find(item.child);
            if (const auto why = ineligibility(*s.published, week,
                                               s.rows[item.week.value - 1].opens, child, now))
                return why;
            if (mutated(mutation::overlap_unchecked)) return std::nullopt;
            held_before others{item.child, week.iso};
            for (const hold_id h : s.holds_of(p.family)) {
                const seat_ref at = s.holds.find(h)->second;
                others.add(s.slot(at).row.child, s.rows[at.week.value - 1].iso);
            }
            for (const placed_item& other : placed)
                others.add(other.child, s.rows[other.week.value - 1].iso);
            return others.objection(s.published->limits);
        }

        placed_item placed_at(const place_item& item, seat_number seat, std::size_t place) const {
            const auto deadline =
                std::chrono::ceil<std::chrono::seconds>(now + s.published->hold_duration);
            return {make_hold_id({s.last.value + 1}, place), item.week, item.child, seat, deadline};
        }

        place_trial try_each(const place_command& p) const {
            place_trial t;
            for (const place_item& item : p.items) {
                if (const auto why = objection(p, item, t.placed)) {
                    t.refused.push_back({item.week, item.child, *why});
                    continue;
                }
                std::optional<seat_number> seat;
                if (item.claim != no_seat) {
                    seat = item.claim;
                } else if (s.available(item.week) <= t.placed_in(item.week)) {
                    t.refused.push_back({item.week, item.child, reason::sold_out});
                    continue;
                } else {
                    seat = seats.claim(item.week);
                }
                if (!seat && mutated(mutation::contended_says_sold_out)) {
                    t.refused.push_back({item.week, item.child, reason::sold_out});
                } else if (seat) {
                    t.placed.push_back(placed_at(item, *seat, t.placed.size()));
                } else if (last_try) {
                    t.refused.push_back({item.week, item.child, reason::busy});
                } else {
                    t.contended = true;
                    return t;
                }
            }
            return t;
        }

        place_trial try_all(const place_command& p) const {
            place_trial t;
            std::vector<std::optional<reason>> whys(p.items.size());
            for (std::size_t i = 0; i < p.items.size(); ++i) {
                const place_item& item = p.items[i];
                whys[i] = objection(p, item, t.placed);
                if (!whys[i] && s.available(item.week) <= t.placed_in(item.week))
                    whys[i] = reason::sold_out;
                if (!whys[i]) t.placed.push_back(placed_at(item, item.claim, t.placed.size()));
            }
            if (t.placed.size() < p.items.size()) {
                t.placed.clear();
                for (std::size_t i = 0; i < p.items.size(); ++i)
                    t.refused.push_back(
                        {p.items[i].week, p.items[i].child, whys[i].value_or(reason::not_tried)});
                return t;
            }
            for (placed_item& item : t.placed) {
                if (item.seat != no_seat) continue;
                const auto seat = seats.claim(item.week);
                if (!seat) {
                    t.contended = true;
                    return t;
                }
                item.seat = *seat;
            }
            return t;
        }

        decision operator()(const release_command& r) const {
            const auto found = s.holds.find(r.hold);
            if (found == s.holds.end()) return verdict(decision_kind::ended);
            const seat_ref at = found->second;
            const seat_row& row = s.slot(at).row;
            if (row.family != r.family) return verdict(decision_kind::not_found);
            if (row.state == seat_state::booked) return sale_refused(sale_refusal::booked);
            if (row.order != order_id{}) {
                const auto holds = holds_of(r.family);
                const auto of = std::ranges::find(holds, r.hold, &family_hold::hold);
                return step(r.actor, release_ordered(view_of(r.family, holds, nullptr), *of));
            }
            return decided(s.last, now, r.actor, release_record{{r.hold, at.week, at.seat}});
        }

        decision operator()(const expire_command& e) const {
            expire_record made;
            for (const hold_id h : e.due) {
                const auto found = s.holds.find(h);
                if (found == s.holds.end()) continue;
                const seat_row& row = s.slot(found->second).row;
                if (!state::ends_alone(row) || row.deadline > now) continue;
                made.ended.push_back({h, found->second.week, found->second.seat});
                if (made.ended.size() == expire_items_max) break;
            }
            if (made.ended.empty()) return verdict(decision_kind::unchanged);
            return decided(s.last, now, server_actor, std::move(made));
        }

        decision operator()(const set_capacity_command& c) const {
            if (!s.knows(c.week) || c.capacity < 1 || c.capacity > week_capacity_max)
                return verdict(decision_kind::not_found);
            const week_row& row = s.rows[c.week.value - 1];
            capacity_record made{c.week, row.capacity, row.total, {}, {}};
            const std::uint32_t wanted = std::max(c.capacity, s.of(c.week).taken);
            if (wanted == row.capacity) return verdict(decision_kind::unchanged);
            if (wanted > row.capacity) {
                const auto& slots = s.of(c.week).seats;
                for (std::uint32_t n = 1; n <= row.total && made.capacity < wanted; ++n) {
                    if (slots[n - 1].row.state != seat_state::retired) continue;
                    made.restored.push_back({n});
                    ++made.capacity;
                }
                made.total += wanted - made.capacity;
                made.capacity = wanted;
                return decided(s.last, now, server_actor, std::move(made));
            }
            while (made.capacity > wanted) {
                const auto seat = seats.claim_last(c.week);
                if (!seat) break;
                made.retired.push_back(*seat);
                --made.capacity;
            }
            std::ranges::sort(made.retired);
            const bool complete = made.capacity == wanted;
            if (!complete && (!last_try || made.retired.empty()))
                return verdict(decision_kind::contended);
            return decided(s.last, now, server_actor, std::move(made));
        }

        decision operator()(const set_opening_command& c) const {
            opening_record made;
            for (const week_id week : c.weeks) {
                if (!in_season(week)) return verdict(decision_kind::not_found);
            }
            for (const week_row& row : s.rows) {
                if (!in_season(row.id)) continue;
                if (!c.weeks.empty() && std::ranges::find(c.weeks, row.id) == c.weeks.end())
                    continue;
                opening moved{c.all, c.residents ? c.residents : row.opens.residents};
                if (moved.residents && *moved.residents >= moved.all) moved.residents.reset();
                if (moved != row.opens) made.weeks.push_back({row.id, moved});
            }
            if (made.weeks.empty()) return verdict(decision_kind::unchanged);
            return decided(s.last, now, server_actor, std::move(made));
        }

        decision operator()(const import_season_command& c) const {
            season numbered = *c.draft;
            if (!well_formed(numbered)) return verdict(decision_kind::invalid);
            number_camps(numbered);
            number_weeks(numbered);
            for (const week_row& row : s.rows) {
                if (numbered.find(row.id) != nullptr || s.of(row.id).taken == 0) continue;
                decision d = verdict(decision_kind::invalid);
                d.week = row.id;
                return d;
            }
            const auto last = std::ranges::max(numbered.weeks, {}, &camp_week::id);
            if (last.id.value > week_ids_max) return verdict(decision_kind::invalid);
            numbered.version = s.published ? s.published->version : 0;
            if (s.published && numbered == *s.published) return verdict(decision_kind::unchanged);
            ++numbered.version;
            return decided(s.last, now, server_actor,
                           season_record{std::make_shared<const season>(std::move(numbered))});
        }

        // Camps keep the id of their code. In a draft a week names its camp by its place, from 1.
        void number_camps(season& draft) const {
            std::uint32_t highest = 0;
            if (s.published) {
                for (const camp& c : s.published->camps) highest = std::max(highest, c.id.value);
            }
            std::vector<camp_id> given;
            for (camp& c : draft.camps) {
                c.id = camp_id{0};
                if (s.published) {
                    const auto known = std::ranges::find(s.published->camps, c.code, &camp::code);
                    if (known != s.published->camps.end()) c.id = known->id;
                }
                if (c.id.value == 0) c.id = camp_id{++highest};
                given.push_back(c.id);
            }
            for (camp_week& w : draft.weeks) {
                ensure(w.camp.value >= 1 && w.camp.value <= given.size(),
                       "a draft week of no camp");
                w.camp = given[w.camp.value - 1];
            }
            std::ranges::sort(draft.camps, {}, &camp::id);
        }

        // Weeks keep the id of their camp and ISO week, as long as the season has them.
        void number_weeks(season& draft) const {
            std::uint32_t highest = static_cast<std::uint32_t>(s.rows.size());
            for (camp_week& w : draft.weeks) {
                w.id = week_id{0};
                if (s.published) {
                    for (const camp_week& known : s.published->weeks) {
                        if (known.camp == w.camp && known.iso == w.iso) w.id = known.id;
                    }
                }
                if (w.id.value == 0) w.id = week_id{++highest};
            }
            std::ranges::sort(draft.weeks, {}, &camp_week::id);
        }

        // ---- sales

        std::vector<family_hold> holds_of(family_id family) const { return s.family_holds(family); }

        sale_view view_of(family_id family, std::span<const family_hold> holds,
                          const family_facts* facts) const {
            return {*s.published, s.sales, family, holds, facts, now, {s.last.value + 1}};
        }

        static decision sale_refused(sale_refusal why) {
            decision d = verdict(why == sale_refusal::not_found   ? decision_kind::not_found
                                 : why == sale_refusal::unchanged ? decision_kind::unchanged
                                 : why == sale_refusal::contended ? decision_kind::contended
                                                                  : decision_kind::sale_refused);
            d.sale = why;
            return d;
        }

        decision step(actor_id actor, sale_outcome outcome) const {
            if (const auto* why = std::get_if<sale_refusal>(&outcome)) return sale_refused(*why);
            if (const auto* known = std::get_if<sale_known>(&outcome)) {
                decision d = verdict(decision_kind::sale_known);
                d.order = known->order;
                d.payment = known->payment;
                return d;
            }
            return decided(s.last, now, actor, std::get<sale_record>(std::move(outcome)));
        }

        decision operator()(const sale_command& c) const {
            if (!s.published) return verdict(decision_kind::not_found);
            const auto holds = holds_of(c.family);
            const sale_view v = view_of(c.family, holds, c.facts.get());
            const seat_claimer claim = [&](week_id week, seat_number seat) {
                return seats.claim_preferring(week, seat);
            };
            const seats_left left = [&](week_id week) { return s.available(week); };
            struct chooser {
                const sale_view& v;
                actor_id actor;
                const seat_claimer& claim;
                const seats_left& left;
                using ask = sale_command;
                sale_outcome operator()(const ask::finalise& a) const {
                    return finalise(v, actor, a.holds);
                }
                sale_outcome operator()(const ask::abandon& a) const { return abandon(v, a.order); }
                sale_outcome operator()(const ask::expire& a) const { return expire(v, a.order); }
                sale_outcome operator()(const ask::want_payment& a) const {
                    return want_payment(v, a.order, a.method, a.key);
                }
                sale_outcome operator()(const ask::open_payment& a) const {
                    return open_payment(v, a.payment, a.reference);
                }
                sale_outcome operator()(const ask::fail_payment& a) const {
                    return fail_payment(v, a.payment);
                }
                sale_outcome operator()(const ask::money_came& a) const {
                    return money_came(v, a.payment, a.received, a.right_currency, claim, left);
                }
                sale_outcome operator()(const ask::settle& a) const {
                    return settle(v, a.payment, claim, left);
                }
                sale_outcome operator()(const ask::review& a) const {
                    return review(v, a.payment, a.accept);
                }
                sale_outcome operator()(const ask::settle_refund& a) const {
                    return settle_refund(v, a.refund, a.state);
                }
                sale_outcome operator()(const ask::cancel_booking& a) const {
                    return cancel_booking(v, a.hold, a.percent);
                }
                sale_outcome operator()(const ask::change_clock& a) const {
                    return change_clock(v, a.order, a.stopped);
                }
                sale_outcome operator()(const ask::remind& a) const { return remind(v, a.until); }
            };
            return step(c.actor, std::visit(chooser{v, c.actor, claim, left}, c.what));
        }

        decision operator()(const forget_command& c) const {
            if (s.key_order.empty() || s.keys.find(s.key_order.front())->second->at >= c.before)
                return verdict(decision_kind::unchanged);
            return decided(s.last, now, server_actor, forget_record{c.before});
        }
    };
    return std::visit(decider{*state_, now, seats, last_try}, c);
}

// ---- apply
// -----------------------------------------------------------------------------------------

namespace {

std::string encode_instant(instant t) {
    return std::to_string(t.time_since_epoch().count());
}

// What a family is told of a step by mail.
std::vector<mail_cause> mails_of(const sale_record& p) {
    std::vector<mail_cause> causes;
    const bool booked = std::ranges::any_of(p.seats, [](const seat_effect& e) {
        return e.event == seat_event::book || e.event == seat_event::retake;
    });
    if (booked) causes.push_back(mail_cause::booked);
    if (p.event == sale_event::expired) causes.push_back(mail_cause::order_ended);
    if (p.event == sale_event::reminded) causes.push_back(mail_cause::reminder);
    if (p.event == sale_event::cancelled) causes.push_back(mail_cause::booking_cancelled);
    if (p.event != sale_event::refund_settled && p.event != sale_event::cancelled &&
        !p.refunds.empty())
        causes.push_back(mail_cause::refund_due);
    return causes;
}

}  // namespace

void engine::apply(const record& r, row_effects* effects) {
    ensure(r.sequence.value == state_->last.value + 1, "a record out of order");

    struct applier {
        state& s;
        const record& r;
        row_effects* effects;

        void operator()(const place_record& p) const {
            for (const placed_item& item : p.placed) {
                s.take(
                    {item.week, item.seat},
                    {seat_state::held, item.hold, item.child, p.family, item.deadline, r.sequence},
                    effects);
            }
            s.remember(r.actor, p.key, answer_from(r, p), effects);
            s.put_last_key_in_order();
        }
        void operator()(const release_record& p) const { s.free(p.ended, effects); }
        void operator()(const expire_record& p) const {
            std::vector<family_id> told;
            for (const ended_hold& e : p.ended) {
                const family_id family = s.slot({e.week, e.seat}).row.family;
                s.free(e, effects);
                if (effects == nullptr || std::ranges::find(told, family) != told.end()) continue;
                told.push_back(family);
                effects->mails.push_back({r.sequence, family, mail_cause::holds_ended});
            }
        }
        void operator()(const capacity_record& p) const {
            ensure(s.knows(p.week), "capacity of a week that does not exist");
            week_row after = s.row(p.week);
            const std::uint32_t made = p.total - after.total;
            ensure(p.total >= after.total, "a week never has fewer seats than were made");
            ensure(after.capacity + made + p.restored.size() - p.retired.size() == p.capacity,
                   "a capacity that does not add up");
            after.capacity = p.capacity;
            after.total = p.total;
            s.change_week(after, effects);
            for (const seat_number seat : p.retired)
                move(p.week, seat, seat_state::free, seat_state::retired);
            for (const seat_number seat : p.restored)
                move(p.week, seat, seat_state::retired, seat_state::free);
            ensure(s.of(p.week).taken <= p.capacity, "a capacity below what is taken");
        }
        void move(week_id week, seat_number seat, seat_state from, seat_state to) const {
            ensure(seat.value >= 1 && seat.value <= s.of(week).seats.size(),
                   "a seat that does not exist");
            ensure(s.slot({week, seat}).row.state == from, "a seat in another state");
            s.change_seat({week, seat}, seat_row{to, {}, {}, {}, {}, {}}, effects);
        }
        void operator()(const opening_record& p) const {
            for (const week_opening& o : p.weeks) {
                ensure(s.knows(o.week), "opening of a week that does not exist");
                week_row after = s.row(o.week);
                after.opens = o.opens;
                s.change_week(after, effects);
            }
        }
        void operator()(const season_record& p) const {
            for (const camp_week& w : p.published->weeks) {
                if (s.knows(w.id)) continue;
                s.add_week({w.id, w.iso, w.capacity, w.capacity, w.opens}, effects);
            }
            s.published = p.published;
            s.published_at = r.sequence;
            s.index_weeks();
            if (effects != nullptr)
                effects->seasons.push_back(
                    {p.published->version, r.sequence, encode_season(*p.published)});
        }
        void operator()(const sale_record& p) const {
            cents sum;
            for (const money_entry& entry : p.money) sum.value += entry.amount.value;
            ensure(sum.value == 0, "money from nowhere");
            const auto put = [&](const auto& value, sale_row_kind kind, std::uint64_t id,
                                 auto state) {
                const auto* known = s.sales.find(value.id);
                const campgate::sequence before = known != nullptr ? known->changed : sequence{};
                ensure(value.changed == r.sequence, "a sale of another record");
                if (effects != nullptr)
                    effects->sales.push_back(
                        {before,
                         {kind, id, value.family, static_cast<std::uint8_t>(state), r.sequence,
                          encode(value)}});
                s.sales.put(value);
            };
            if (p.order) put(*p.order, sale_row_kind::order, p.order->id.value, p.order->state);
            if (p.payment)
                put(*p.payment, sale_row_kind::payment, p.payment->id.value, p.payment->state);
            for (const refund& f : p.refunds) put(f, sale_row_kind::refund, f.id.value, f.state);
            for (const seat_effect& e : p.seats) s.affect(e, p.family, r, effects);
            for (const money_entry& entry : p.money) {
                s.sales.add(entry);
                if (effects != nullptr) effects->money.push_back({r.sequence, entry});
            }
            if (p.reminded) remind(p.family, *p.reminded);
            if (effects == nullptr) return;
            for (const mail_cause cause : mails_of(p))
                effects->mails.push_back({r.sequence, p.family, cause});
        }
        void remind(family_id family, instant until) const {
            const auto known = s.sales.reminded_at(family);
            if (effects != nullptr)
                effects->sales.push_back({known,
                                          {sale_row_kind::reminder, family.value, family, 1,
                                           r.sequence, encode_instant(until)}});
            s.sales.put_reminded(family, until, r.sequence);
        }
        void operator()(const forget_record& p) const {
            std::uint64_t gone = 0;
            while (!s.key_order.empty()) {
                const key_id id = s.key_order.front();
                const auto found = s.keys.find(id);
                if (found->second->at >= p.before) break;
                s.digest -= digest_of(row_of(id, *found->second));
                s.keys.erase(found);
                s.key_order.pop_front();
                ++gone;
            }
            if (effects != nullptr) {
                effects->forget_before = p.before;
                effects->forgotten += gone;
            }
        }
    };
    std::visit(applier{*state_, r, effects}, r.body);
    state_->last = r.sequence;
}

// ---- restore, dump
// ---------------------------------------------------------------------------------

std::optional<std::string> engine::restore(const stored_state& stored, const beside& meanwhile) {
    state& s = *state_;
    ensure(s.last.value == 0, "only a new engine is restored");
    for (const week_row& row : stored.weeks) {
        if (row.id.value != s.rows.size() + 1 || row.capacity > row.total)
            return "week " + std::to_string(row.id.value) + " is out of order or out of bounds";
        s.add_week(row, nullptr);
    }
    if (stored.season) {
        auto published = decode_season(stored.season->body);
        if (!published) return "the stored season cannot be read";
        for (const camp_week& w : published->weeks) {
            if (!s.knows(w.id)) return "the stored season has a week without a row";
        }
        s.published = std::make_shared<const season>(std::move(*published));
        s.published_at = stored.season->sequence;
        s.index_weeks();
    }
    answers_kept kept;
    const work_end answers_read = meanwhile([&] { kept = read_answers(stored.keys); });
    s.holds.reserve(stored.seats.size());
    s.families.reserve(stored.seats.size());
    s.keys.reserve(stored.keys.size());
    for (const stored_seat& seat : stored.seats) {
        const seat_ref at{seat.week, seat.seat};
        if (!s.knows(at.week) || at.seat.value < 1 || at.seat.value > s.of(at.week).seats.size() ||
            s.slot(at).row.state != seat_state::free)
            return "seat " + std::to_string(at.seat.value) + " of week " +
                   std::to_string(at.week.value) + " is out of bounds or listed twice";
        if (seat.row.state == seat_state::held || seat.row.state == seat_state::booked) {
            if (s.holds.contains(seat.row.hold)) return std::string{"a hold on two seats"};
            if (s.of(at.week).taken >= s.row(at.week).capacity)
                return "week " + std::to_string(at.week.value) + " is over its capacity";
            s.take(at, seat.row, nullptr);
        } else {
            s.change_seat(at, seat.row, nullptr);
        }
    }
    if (auto wrong = restore_sales(stored)) return wrong;
    answers_read();
    for (std::size_t i = 0; i < stored.keys.size(); ++i) {
        const key_row& row = stored.keys[i].row;
        if (!kept[i] || s.keys.contains(key_id{row.actor, row.key}))
            return "the record " + std::to_string(row.sequence.value) +
                   " cannot be read, or its key is not its own";
        s.remember(row.actor, row.key, std::move(kept[i]), nullptr);
    }
    s.put_keys_in_order(stored.keys);
    s.last = stored.last_sequence;
    if (digest() != stored.digest) return std::string{"the tables do not match their digest"};
    if (mutated(mutation::key_forgotten_at_restart)) {
        s.keys.clear();
        s.key_order.clear();
    }
    return std::nullopt;
}

std::optional<std::string> engine::restore_sales(const stored_state& stored) {
    order_book& book = state_->sales;
    const auto unreadable = [](const sale_row& row) {
        return "row " + std::to_string(row.id) + " of kind " +
               std::to_string(static_cast<unsigned>(row.kind)) + " cannot be read";
    };
    // By kind: an order is there before its payments.
    for (const sale_row& row : stored.sales) {
        switch (row.kind) {
            case sale_row_kind::order: {
                auto value = decode_order(row.body);
                if (!value || value->id.value != row.id || value->changed != row.changed)
                    return unreadable(row);
                book.put(std::move(*value));
                break;
            }
            case sale_row_kind::payment: {
                auto value = decode_payment(row.body);
                if (!value || value->id.value != row.id || value->changed != row.changed ||
                    book.find(value->of) == nullptr)
                    return unreadable(row);
                book.put(std::move(*value));
                break;
            }
            case sale_row_kind::refund: {
                auto value = decode_refund(row.body);
                if (!value || value->id.value != row.id || value->changed != row.changed)
                    return unreadable(row);
                book.put(std::move(*value));
                break;
            }
            case sale_row_kind::reminder: {
                std::int64_t until{};
                const auto [end, ec] =
                    std::from_chars(row.body.data(), row.body.data() + row.body.size(), until);
                if (ec != std::errc{} || end != row.body.data() + row.body.size())
                    return unreadable(row);
                book.put_reminded(row.family, instant{std::chrono::microseconds{until}},
                                  row.changed);
                break;
            }
        }
    }
    cents sum;
    for (std::size_t i = 0; i < stored.balances.size(); ++i) {
        book.set_balance(static_cast<account>(i + 1), stored.balances[i]);
        sum.value += stored.balances[i].value;
    }
    if (sum.value != 0) return std::string{"the money does not add up to zero"};
    return std::nullopt;
}

stored_state engine::dump() const {
    const state& s = *state_;
    stored_state out;
    out.last_sequence = s.last;
    out.digest = digest();
    out.weeks = s.rows;
    if (s.published)
        out.season = season_row{s.published->version, s.published_at, encode_season(*s.published)};
    for (const week_row& row : s.rows) {
        for (std::uint32_t n = 1; n <= row.total; ++n) {
            const seat_row& seat = s.of(row.id).seats[n - 1].row;
            if (seat.state != seat_state::free) out.seats.push_back({row.id, {n}, seat});
        }
    }
    s.sales.each_order([&](const order& o) {
        out.sales.push_back({sale_row_kind::order, o.id.value, o.family,
                             static_cast<std::uint8_t>(o.state), o.changed, encode(o)});
    });
    s.sales.each_payment([&](const payment& p) {
        out.sales.push_back({sale_row_kind::payment, p.id.value, p.family,
                             static_cast<std::uint8_t>(p.state), p.changed, encode(p)});
    });
    s.sales.each_refund([&](const refund& f) {
        out.sales.push_back({sale_row_kind::refund, f.id.value, f.family,
                             static_cast<std::uint8_t>(f.state), f.changed, encode(f)});
    });
    s.sales.each_reminded([&](family_id family, instant until, campgate::sequence changed) {
        out.sales.push_back(
            {sale_row_kind::reminder, family.value, family, 1, changed, encode_instant(until)});
    });
    if (!out.sales.empty()) {
        for (std::size_t i = 1; i <= accounts; ++i)
            out.balances.push_back(s.sales.balance(static_cast<account>(i)));
    }
    for (const key_id& id : s.key_order) {
        out.keys.push_back({row_of(id, *s.keys.find(id)->second), {}});
    }
    std::ranges::sort(out.keys, {}, [](const stored_key& k) {
        return std::tuple{k.row.actor, k.row.key};
    });
    return out;
}

// ---- queries
// ---------------------------------------------------------------------------------------

campgate::sequence engine::last_sequence() const noexcept {
    return state_->last;
}
std::uint64_t engine::digest() const noexcept {
    return state_->digest + state_->sales.digest();
}
std::shared_ptr<const season> engine::current_season() const noexcept {
    return state_->published;
}
std::span<const week_row> engine::weeks() const noexcept {
    return state_->rows;
}

std::uint32_t engine::taken(week_id week) const noexcept {
    return state_->of(week).taken;
}
std::uint32_t engine::available(week_id week) const noexcept {
    return state_->available(week);
}

const seat_row& engine::seat(week_id week, seat_number seat) const {
    ensure(state_->knows(week) && seat.value >= 1 && seat.value <= state_->of(week).seats.size(),
           "a seat that does not exist");
    return state_->slot({week, seat}).row;
}

std::vector<family_hold> engine::holds_of(family_id family) const {
    return state_->family_holds(family);
}

family_sales engine::sales_of(family_id family) const {
    const order_book& book = state_->sales;
    family_sales out;
    for (const order_id id : book.orders_of(family)) {
        out.orders.push_back(*book.find(id));
        for (const payment_id p : book.payments_of(id)) out.payments.push_back(*book.find(p));
    }
    for (const refund_id id : book.refunds_of(family)) out.refunds.push_back(*book.find(id));
    return out;
}

const order_book& engine::sales() const noexcept {
    return state_->sales;
}

std::shared_ptr<const key_answer> engine::answer_of(actor_id actor, bits128 key) const {
    const auto found = state_->keys.find(key_id{actor, key});
    return found == state_->keys.end() ? nullptr : found->second;
}

void engine::each_seat(
    const std::function<void(week_id, seat_number, const seat_row&)>& look) const {
    for (const week_row& row : state_->rows) {
        seat_number at{0};
        for (const seat_slot& slot : state_->of(row.id).seats) {
            ++at.value;
            if (slot.row.state != seat_state::free) look(row.id, at, slot.row);
        }
    }
}

void engine::each_answer(
    const std::function<void(actor_id, bits128, std::shared_ptr<const key_answer>)>& look) const {
    for (const auto& [id, answer] : state_->keys) look(id.actor, id.key, answer);
}

std::size_t engine::hold_count() const noexcept {
    return state_->holds.size();
}
std::size_t engine::key_count() const noexcept {
    return state_->keys.size();
}

std::vector<std::pair<order_id, family_id>> engine::orders_due(instant now,
                                                               std::size_t most) const {
    std::vector<std::pair<order_id, family_id>> out;
    for (const order_id id : state_->sales.due(now, most))
        out.emplace_back(id, state_->sales.find(id)->family);
    return out;
}

std::vector<family_id> engine::to_remind(instant now, instant until, std::size_t most) {
    state& s = *state_;
    std::vector<family_id> out;
    const auto consider = [&](family_id family, instant end) {
        if (end <= now || s.sales.reminded(family) >= end) return;
        if (std::ranges::find(out, family) != out.end() || out.size() == most) return;
        out.push_back(family);
    };
    for (auto at = s.deadlines.upper_bound(s.reminded_to);
         at != s.deadlines.end() && at->first <= until; ++at) {
        for (const seat_ref seat : at->second) consider(s.slot(seat).row.family, at->first);
        if (out.size() == most) return out;
    }
    for (const order_id id : s.sales.ending(s.reminded_to, until)) {
        const order& o = *s.sales.find(id);
        consider(o.family, *o.ends());
    }
    if (out.empty()) s.reminded_to = std::max(s.reminded_to, until);
    return out;
}

std::vector<hold_id> engine::due(instant now, std::size_t most) const {
    std::vector<hold_id> out;
    for (const auto& [deadline, bucket] : state_->deadlines) {
        if (deadline > now) break;
        for (const seat_ref at : bucket) {
            if (out.size() == most) return out;
            out.push_back(state_->slot(at).row.hold);
        }
    }
    return out;
}

std::optional<instant> engine::next_deadline() const {
    if (state_->deadlines.empty()) return std::nullopt;
    return state_->deadlines.begin()->first;
}

std::optional<instant> engine::oldest_key() const {
    if (state_->key_order.empty()) return std::nullopt;
    return state_->keys.find(state_->key_order.front())->second->at;
}

}  // namespace campgate
