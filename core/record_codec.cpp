#include "core/record_codec.hpp"

#include "core/byte_codec.hpp"
#include "core/sale_codec.hpp"

namespace campgate {

namespace {

constexpr std::uint8_t format = 1;
// Of a season, in its record and in its row. Format 1 said nothing of schools and sales: those
// seasons have the usual ones.
constexpr std::uint8_t season_format = 2;
void put_opening(byte_writer& w, const opening& o) {
    w.put(o.all);
    w.put(std::uint8_t{o.residents.has_value()});
    w.put(o.residents.value_or(instant{}));
}

void get_opening(byte_reader& r, opening& o) {
    r.get(o.all);
    std::uint8_t given{};
    r.get(given);
    instant residents;
    r.get(residents);
    if (given > 1 || (given == 0 && residents != instant{})) return r.fail();
    o.residents = given == 1 ? std::optional{residents} : std::nullopt;
}

void put_ended(byte_writer& w, const ended_hold& e) {
    w.put(e.hold);
    w.put(e.week);
    w.put(e.seat);
}

void get_ended(byte_reader& r, ended_hold& e) {
    r.get(e.hold);
    r.get(e.week);
    r.get(e.seat);
}

void put_localized(byte_writer& w, const localized& l) {
    w.put(l.fr);
    w.put(l.nl);
    w.put(l.de);
    w.put(l.en);
}

void get_localized(byte_reader& r, localized& l) {
    r.get(l.fr);
    r.get(l.nl);
    r.get(l.de);
    r.get(l.en);
}

void put_discounts(byte_writer& w, const std::vector<discount>& discounts) {
    w.list(discounts, [&](const discount& d) {
        w.put(d.percent);
        w.put(d.off.resident);
        w.put(d.off.school);
        w.put(d.off.other);
    });
}

void get_discounts(byte_reader& r, std::vector<discount>& discounts, std::size_t most) {
    r.list(discounts, most, [&](discount& d) {
        r.get(d.percent);
        r.get(d.off.resident);
        r.get(d.off.school);
        r.get(d.off.other);
        if (d.percent > 100) r.fail();
    });
}

// A cap of nothing is written as -1.
void put_cap(byte_writer& w, const std::optional<cents>& cap) {
    w.put(cap.value_or(cents{-1}));
}

void get_cap(byte_reader& r, std::optional<cents>& cap) {
    cents read;
    r.get(read);
    if (read.value < -1) return r.fail();
    cap = read.value < 0 ? std::nullopt : std::optional{read};
}

void put_sales(byte_writer& w, const sale_rules& s) {
    w.put(s.prices.by);
    w.put(s.prices.from);
    put_discounts(w, s.prices.ranks);
    put_discounts(w, s.prices.weeks);
    put_cap(w, s.prices.child_cap);
    put_cap(w, s.prices.family_cap);
    w.put(s.clock);
    w.list(s.methods, [&](const offered_method& m) {
        w.put(m.method);
        w.put(std::int64_t{m.patience.count()});
    });
    w.put(std::int64_t{s.payment_pin.count()});
    w.put(std::int64_t{s.remind_before.count()});
    w.list(s.refunds, [&](const refund_step& step) {
        w.put(step.days_before);
        w.put(step.percent);
    });
}

void get_seconds(byte_reader& r, std::chrono::seconds& s) {
    std::int64_t count{};
    r.get(count);
    s = std::chrono::seconds{count};
}

void get_sales(byte_reader& r, sale_rules& s) {
    r.get(s.prices.by, rank_by::age, rank_by::weeks);
    r.get(s.prices.from, rank_from::highest, rank_from::lowest);
    get_discounts(r, s.prices.ranks, price_ranks_max);
    get_discounts(r, s.prices.weeks, price_weeks_max);
    get_cap(r, s.prices.child_cap);
    get_cap(r, s.prices.family_cap);
    r.get(s.clock, hold_clock::single, hold_clock::restart_on_finalise);
    r.list(s.methods, all_payment_methods.size(), [&](offered_method& m) {
        r.get(m.method, payment_method::online, payment_method::counter);
        get_seconds(r, m.patience);
    });
    get_seconds(r, s.payment_pin);
    get_seconds(r, s.remind_before);
    r.list(s.refunds, refund_steps_max, [&](refund_step& step) {
        r.get(step.days_before);
        r.get(step.percent);
        if (step.percent > 100) r.fail();
    });
}

void put_season(byte_writer& w, const season& s) {
    w.put(s.version);
    w.put(s.code);
    put_localized(w, s.name);
    w.put(s.by.name);
    w.put(s.by.address);
    w.put(s.by.email);
    w.list(s.by.postcodes, [&](const std::string& p) { w.put(p); });
    w.put(s.time_zone);
    w.put(s.full);
    w.put(std::int64_t{s.hold_duration.count()});
    w.put(s.sheet_validity_months);
    w.put(s.limits.weeks_per_child);
    w.put(s.limits.holds_per_family);
    w.list(s.camps, [&](const camp& c) {
        w.put(c.id);
        w.put(c.code);
        put_localized(w, c.name);
        put_localized(w, c.description);
        w.put(c.theme);
        w.put(c.place);
        w.put(c.ages.from_months);
        w.put(c.ages.below_months);
    });
    w.list(s.weeks, [&](const camp_week& k) {
        w.put(k.id);
        w.put(k.camp);
        w.put(k.iso);
        w.list(k.days, [&](std::chrono::sys_days d) {
            w.put(static_cast<std::int32_t>(d.time_since_epoch().count()));
        });
        w.put(k.prices.resident);
        w.put(k.prices.school);
        w.put(k.prices.other);
        w.put(k.capacity);
        put_opening(w, k.opens);
    });
    w.list(s.sites, [&](const school_site& site) {
        w.put(site.code);
        w.put(site.name);
        w.put(static_cast<std::uint8_t>(site.of_season ? 1 : 0));
    });
    w.list(s.school_years, [&](const std::string& year) { w.put(year); });
    w.put(static_cast<std::uint32_t>(s.residence_cutoff_before.count()));
    put_sales(w, s.sales);
}

void get_season(byte_reader& r, season& s, std::uint8_t version) {
    r.get(s.version);
    r.get(s.code);
    get_localized(r, s.name);
    r.get(s.by.name);
    r.get(s.by.address);
    r.get(s.by.email);
    r.list(s.by.postcodes, 1000, [&](std::string& p) { r.get(p); });
    r.get(s.time_zone);
    r.get(s.full, full_weeks::hidden, full_weeks::greyed);
    std::int64_t hold{};
    r.get(hold);
    s.hold_duration = std::chrono::seconds{hold};
    r.get(s.sheet_validity_months);
    r.get(s.limits.weeks_per_child);
    r.get(s.limits.holds_per_family);
    r.list(s.camps, season_camps_max, [&](camp& c) {
        r.get(c.id);
        r.get(c.code);
        get_localized(r, c.name);
        get_localized(r, c.description);
        r.get(c.theme);
        r.get(c.place);
        r.get(c.ages.from_months);
        r.get(c.ages.below_months);
    });
    r.list(s.weeks, season_weeks_max, [&](camp_week& k) {
        r.get(k.id);
        r.get(k.camp);
        r.get(k.iso);
        r.list(k.days, 5, [&](std::chrono::sys_days& d) {
            std::int32_t days{};
            r.get(days);
            d = std::chrono::sys_days{std::chrono::days{days}};
        });
        if (k.days.empty()) return r.fail();
        r.get(k.prices.resident);
        r.get(k.prices.school);
        r.get(k.prices.other);
        r.get(k.capacity);
        get_opening(r, k.opens);
    });
    if (version < 2) return;
    r.list(s.sites, season_sites_max, [&](school_site& site) {
        r.get(site.code);
        r.get(site.name);
        r.get(site.of_season);
    });
    r.list(s.school_years, season_school_years_max, [&](std::string& year) { r.get(year); });
    std::uint32_t days{};
    r.get(days);
    s.residence_cutoff_before = std::chrono::days{static_cast<int>(days)};
    get_sales(r, s.sales);
}

struct body_writer {
    byte_writer& w;

    void operator()(const place_record& p) const {
        w.put(p.family);
        w.put(p.key);
        w.put(p.body);
        w.put(p.mode);
        w.put(p.season_version);
        w.put(p.facts_version);
        w.list(p.placed, [&](const placed_item& i) {
            w.put(i.hold);
            w.put(i.week);
            w.put(i.child);
            w.put(i.seat);
            w.put(i.deadline);
        });
        w.list(p.refused, [&](const refused_item& i) {
            w.put(i.week);
            w.put(i.child);
            w.put(i.why);
        });
    }
    void operator()(const release_record& p) const { put_ended(w, p.ended); }
    void operator()(const expire_record& p) const {
        w.list(p.ended, [&](const ended_hold& e) { put_ended(w, e); });
    }
    void operator()(const capacity_record& p) const {
        w.put(p.week);
        w.put(p.capacity);
        w.put(p.total);
        w.list(p.retired, [&](seat_number s) { w.put(s); });
        w.list(p.restored, [&](seat_number s) { w.put(s); });
    }
    void operator()(const opening_record& p) const {
        w.list(p.weeks, [&](const week_opening& o) {
            w.put(o.week);
            put_opening(w, o.opens);
        });
    }
    void operator()(const season_record& p) const { put_season(w, *p.published); }
    void operator()(const forget_record& p) const { w.put(p.before); }
    void operator()(const sale_record& p) const { put_sale(w, p); }
};

record_body read_body(byte_reader& r, record_kind kind, std::uint8_t version) {
    switch (kind) {
        case record_kind::place: {
            place_record p;
            r.get(p.family);
            r.get(p.key);
            r.get(p.body);
            r.get(p.mode, place_mode::all, place_mode::each);
            r.get(p.season_version);
            r.get(p.facts_version);
            r.list(p.placed, request_items_max, [&](placed_item& i) {
                r.get(i.hold);
                r.get(i.week);
                r.get(i.child);
                r.get(i.seat);
                r.get(i.deadline);
            });
            r.list(p.refused, request_items_max, [&](refused_item& i) {
                r.get(i.week);
                r.get(i.child);
                r.get(i.why, reason::sold_out, reason::not_tried);
            });
            if (p.placed.empty()) r.fail();
            return p;
        }
        case record_kind::release: {
            release_record p;
            get_ended(r, p.ended);
            return p;
        }
        case record_kind::expire: {
            expire_record p;
            r.list(p.ended, expire_items_max, [&](ended_hold& e) { get_ended(r, e); });
            if (p.ended.empty()) r.fail();
            return p;
        }
        case record_kind::capacity: {
            capacity_record p;
            r.get(p.week);
            r.get(p.capacity);
            r.get(p.total);
            r.list(p.retired, week_capacity_max, [&](seat_number& s) { r.get(s); });
            r.list(p.restored, week_capacity_max, [&](seat_number& s) { r.get(s); });
            return p;
        }
        case record_kind::opening: {
            opening_record p;
            r.list(p.weeks, season_weeks_max, [&](week_opening& o) {
                r.get(o.week);
                get_opening(r, o.opens);
            });
            return p;
        }
        case record_kind::season: {
            season s;
            get_season(r, s, version);
            return season_record{std::make_shared<const season>(std::move(s))};
        }
        case record_kind::forget: {
            forget_record p;
            r.get(p.before);
            return p;
        }
        case record_kind::sale: {
            sale_record p;
            get_sale(r, p);
            return p;
        }
    }
    r.fail();
    return forget_record{};
}

}  // namespace

encoded_record encode(const record& r) {
    byte_writer w;
    w.put(r.kind() == record_kind::season ? season_format : format);
    std::visit(body_writer{w}, r.body);
    return {r.sequence, r.kind(), r.at, r.actor, w.take()};
}

std::optional<record> decode(const encoded_record& e) {
    byte_reader r{e.body};
    std::uint8_t version{};
    r.get(version);
    const std::uint8_t newest = e.kind == record_kind::season ? season_format : format;
    if (version < format || version > newest) return std::nullopt;
    record result{e.sequence, e.at, e.actor, read_body(r, e.kind, version)};
    if (!r.finished()) return std::nullopt;
    return result;
}

std::string encode_season(const season& s) {
    byte_writer w;
    w.put(season_format);
    put_season(w, s);
    return w.take();
}

std::optional<season> decode_season(std::string_view bytes) {
    byte_reader r{bytes};
    std::uint8_t version{};
    r.get(version);
    season s;
    get_season(r, s, version);
    if (version < format || version > season_format || !r.finished()) return std::nullopt;
    return s;
}

}  // namespace campgate
