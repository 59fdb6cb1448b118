#include "persistence/doctor.hpp"

#include "core/engine.hpp"
#include "core/record_codec.hpp"
#include "persistence/migrations.hpp"
#include "persistence/table_reader.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <optional>
#include <set>

namespace campgate {
namespace {

constexpr std::size_t differences_shown = 10;

// What must be there and valid, by name. The database's own constraints are the last line of
// defence.
constexpr const char* wanted_guards = R"sql(
SELECT w.name, w.kind,
       CASE w.kind
            WHEN 'index' THEN EXISTS (
                SELECT FROM pg_index i WHERE i.indexrelid = to_regclass(w.name)
                   AND i.indisvalid AND i.indisready AND i.indisunique)
            ELSE EXISTS (
                SELECT FROM pg_constraint c WHERE c.conrelid = to_regclass('seat')
                   AND c.conname = w.name AND c.convalidated)
       END
  FROM (VALUES ('seat_pkey', 'index'), ('seat_hold', 'index'), ('seat_child', 'index'),
               ('request_key_pkey', 'index'), ('journal_pkey', 'index'), ('week_pkey', 'index'),
               ('seat_week', 'constraint'), ('seat_state', 'constraint'),
               ('seat_whole', 'constraint')) AS w(name, kind))sql";

constexpr const char* wrong_counts = R"sql(
SELECT w.id, w.capacity, w.total, count(s.seat) FILTER (WHERE s.state <> 2), count(s.seat)
  FROM week w LEFT JOIN seat s ON s.week = w.id
 GROUP BY w.id
HAVING count(s.seat) FILTER (WHERE s.state <> 2) <> w.capacity OR count(s.seat) <> w.total
    OR max(s.seat) IS DISTINCT FROM w.total
 ORDER BY w.id)sql";

std::string named(week_id week, seat_number seat) {
    return "week " + std::to_string(week.value) + " seat " + std::to_string(seat.value);
}

// Folds the journal. The engine ends the process on a record that does not follow; here it is
// looked at first, and by another way of counting.
class checked_fold {
public:
    // Why the record cannot follow, or nothing; then it has been applied.
    std::optional<std::string> add(const record& r) {
        if (r.sequence.value != rules.last_sequence().value + 1) {
            return "follows record " + std::to_string(rules.last_sequence().value);
        }
        touched_.clear();
        auto why = std::visit([&](const auto& body) { return objection(r, body); }, r.body);
        if (why) return why;
        for (const week_id week : touched_) {
            if (taken_[week] > rules.weeks()[week.value - 1].capacity) {
                return "takes week " + std::to_string(week.value) + " over its capacity";
            }
        }
        rules.apply(r);
        for (const week_id week : touched_) {
            if (rules.taken(week) != taken_[week]) {
                return "leaves week " + std::to_string(week.value) + " with a wrong count";
            }
        }
        return std::nullopt;
    }

    engine rules;

private:
    using objected = std::optional<std::string>;

    bool has(week_id week) const { return week.value >= 1 && week.value <= rules.weeks().size(); }
    bool has(week_id week, seat_number seat) const {
        return has(week) && seat.value >= 1 && seat.value <= rules.weeks()[week.value - 1].total;
    }
    objected is_in_state(week_id week, seat_number seat, seat_state wanted) const {
        if (!has(week, seat)) return named(week, seat) + " does not exist";
        if (rules.seat(week, seat).state != wanted)
            return named(week, seat) + " is not free for it";
        return std::nullopt;
    }

    objected objection(const record& r, const place_record& p) {
        if (p.placed.empty()) return "places nothing";
        if (!keys_.insert({r.actor, p.key}).second) return "uses a key a second time";
        std::set<std::pair<week_id, seat_number>> seats;
        for (const placed_item& item : p.placed) {
            if (auto why = is_in_state(item.week, item.seat, seat_state::free)) return why;
            if (!seats.insert({item.week, item.seat}).second) return "takes one seat twice";
            if (!holds_.insert(item.hold).second) return "uses a hold a second time";
            const iso_week iso = rules.weeks()[item.week.value - 1].iso;
            if (!children_.insert({item.child, iso}).second)
                return "gives a child two places in a week";
            ++taken_[item.week];
            touched_.push_back(item.week);
        }
        key_times_.push_back({r.at, {r.actor, p.key}});
        return std::nullopt;
    }
    objected ends(const ended_hold& e) {
        if (!has(e.week, e.seat)) return named(e.week, e.seat) + " does not exist";
        const seat_row& row = rules.seat(e.week, e.seat);
        const bool taken = row.state == seat_state::held || row.state == seat_state::booked;
        if (!taken || row.hold != e.hold) {
            return "ends a hold that " + named(e.week, e.seat) + " does not have";
        }
        children_.erase({row.child, rules.weeks()[e.week.value - 1].iso});
        --taken_[e.week];
        touched_.push_back(e.week);
        return std::nullopt;
    }
    objected objection(const record&, const release_record& p) { return ends(p.ended); }
    objected objection(const record&, const expire_record& p) {
        std::set<hold_id> once;
        for (const ended_hold& e : p.ended) {
            if (!once.insert(e.hold).second) return "ends one hold twice";
            if (auto why = ends(e)) return why;
        }
        return std::nullopt;
    }
    objected objection(const record&, const capacity_record& p) {
        if (!has(p.week)) return "is of a week that does not exist";
        const week_row& row = rules.weeks()[p.week.value - 1];
        if (p.total < row.total) return "unmakes seats";
        if (p.total > week_capacity_max) return "makes too many seats";
        if (row.capacity + (p.total - row.total) + p.restored.size() !=
            p.capacity + p.retired.size()) {
            return "has a capacity that does not add up";
        }
        if (p.capacity < taken_[p.week]) return "takes away seats that are taken";
        std::set<seat_number> once;
        for (const seat_number seat : p.retired) {
            if (auto why = is_in_state(p.week, seat, seat_state::free)) return why;
            if (!once.insert(seat).second) return "retires a seat twice";
        }
        for (const seat_number seat : p.restored) {
            if (auto why = is_in_state(p.week, seat, seat_state::retired)) return why;
            if (!once.insert(seat).second) return "restores a seat twice";
        }
        return std::nullopt;
    }
    objected objection(const record&, const opening_record& p) const {
        for (const week_opening& w : p.weeks) {
            if (!has(w.week)) return "opens a week that does not exist";
        }
        return std::nullopt;
    }
    objected objection(const record&, const season_record& p) const {
        std::size_t expected = rules.weeks().size();
        for (const camp_week& w : p.published->weeks) {
            if (w.id.value <= expected) continue;
            ++expected;
            if (w.id.value != expected) return "skips a week's number";
        }
        return std::nullopt;
    }
    objected objection(const record& r, const sale_record& p) {
        cents sum;
        for (const money_entry& m : p.money) sum.value += m.amount.value;
        if (sum.value != 0) return "has money that does not add up";
        if (p.order && p.order->changed != r.sequence) return "has an order of another record";
        for (const seat_effect& e : p.seats) {
            if (e.event == seat_event::retake) {
                if (auto why = is_in_state(e.week, e.seat, seat_state::free)) return why;
                if (!holds_.insert(e.hold).second) return "uses a hold a second time";
                const iso_week iso = rules.weeks()[e.week.value - 1].iso;
                if (!children_.insert({e.child, iso}).second)
                    return "gives a child two places in a week";
                ++taken_[e.week];
                touched_.push_back(e.week);
            } else if (e.event == seat_event::end) {
                if (auto why = ends({e.hold, e.week, e.seat})) return why;
            } else {
                if (!has(e.week, e.seat)) return named(e.week, e.seat) + " does not exist";
                const seat_row& row = rules.seat(e.week, e.seat);
                if (row.state != seat_state::held || row.hold != e.hold || row.family != p.family)
                    return "sells a hold that " + named(e.week, e.seat) + " does not have";
            }
        }
        return std::nullopt;
    }
    objected objection(const record&, const forget_record& p) {
        std::erase_if(key_times_, [&](const auto& k) {
            if (k.first >= p.before) return false;
            keys_.erase(k.second);
            return true;
        });
        return std::nullopt;
    }

    std::map<week_id, std::uint32_t> taken_;
    std::vector<week_id> touched_;  // by the record under way
    std::set<hold_id> holds_;       // ever: none is used again
    std::set<std::pair<child_id, iso_week>> children_;
    std::set<std::pair<actor_id, bits128>> keys_;
    std::vector<std::pair<instant, std::pair<actor_id, bits128>>> key_times_;
};

class report_builder {
public:
    explicit report_builder(doctor_report& report) : report_(report) {}
    void good(std::string check, std::string text) {
        report_.findings.push_back({std::move(check), true, std::move(text)});
    }
    void bad(std::string check, std::string text) {
        report_.findings.push_back({std::move(check), false, std::move(text)});
    }
    // One finding a difference, up to a bound, or a good one.
    void list(const std::string& check, const std::vector<std::string>& wrong, std::string fine) {
        if (wrong.empty()) {
            good(check, std::move(fine));
            return;
        }
        for (std::size_t n = 0; n < std::min(wrong.size(), differences_shown); ++n) {
            bad(check, wrong[n]);
        }
        if (wrong.size() > differences_shown) {
            bad(check, "and " + std::to_string(wrong.size() - differences_shown) + " more");
        }
    }

private:
    doctor_report& report_;
};

// The names of what is only in one of two sorted lists, or differs.
template <class T, class Key, class Name>
std::vector<std::string> differences(const std::vector<T>& stored, const std::vector<T>& folded,
                                     Key key, Name name) {
    std::vector<std::string> wrong;
    auto s = stored.begin();
    auto f = folded.begin();
    while (s != stored.end() || f != folded.end()) {
        if (f == folded.end() || (s != stored.end() && key(*s) < key(*f))) {
            wrong.push_back(name(*s++) + " is in the tables, not in the journal");
        } else if (s == stored.end() || key(*f) < key(*s)) {
            wrong.push_back(name(*f++) + " is in the journal, not in the tables");
        } else {
            if (*s != *f) wrong.push_back(name(*s) + " differs between the tables and the journal");
            ++s;
            ++f;
        }
    }
    return wrong;
}

void compare(report_builder& report, const stored_state& stored, const stored_state& folded) {
    report.list("weeks",
                differences(
                    stored.weeks, folded.weeks, [](const week_row& w) { return w.id; },
                    [](const week_row& w) { return "week " + std::to_string(w.id.value); }),
                std::to_string(stored.weeks.size()) + " weeks are as the journal says");
    report.list(
        "seats",
        differences(
            stored.seats, folded.seats,
            [](const stored_seat& s) { return std::pair(s.week, s.seat); },
            [](const stored_seat& s) { return named(s.week, s.seat); }),
        std::to_string(stored.seats.size()) + " held or retired seats are as the journal says");
    report.list("keys",
                differences(
                    stored.keys, folded.keys,
                    [](const stored_key& k) { return std::pair(k.row.actor, k.row.key); },
                    [](const stored_key& k) {
                        return "the key of record " + std::to_string(k.row.sequence.value);
                    }),
                std::to_string(stored.keys.size()) + " idempotency keys are as the journal says");
    report.list(
        "sales",
        differences(
            stored.sales, folded.sales, [](const sale_row& s) { return std::pair(s.kind, s.id); },
            [](const sale_row& s) {
                return "what record " + std::to_string(s.changed.value) + " sold";
            }),
        std::to_string(stored.sales.size()) +
            " orders, payments, refunds and reminders are as the journal says");
    if (stored.balances == folded.balances) {
        report.good("money", "the money's entries add up as the journal says");
    } else {
        report.bad("money", "the money's entries are not the journal's");
    }
    if (stored.season == folded.season) {
        report.good("season", stored.season ? "the season is as the journal says"
                                            : "no season has been imported");
    } else {
        report.bad("season", "the season is not as the journal says");
    }
    if (stored.digest == folded.digest) {
        report.good("digest", "the digest of the last batch is the journal's");
    } else {
        report.bad("digest", "the digest of the last batch is not the journal's");
    }
}

}  // namespace

doctor_report run_doctor(pg_connection& connection) {
    return as_database_error([&] {
        doctor_report result;
        report_builder report(result);
        pqxx::work work(connection.raw().session);
        begin_snapshot(work);
        try {
            check_schema(work, embedded_migrations());
            report.good("schema", "every migration is applied and unchanged");
        } catch (const schema_error& e) {
            report.bad("schema", e.what());
            return result;
        }

        std::vector<std::string> unguarded;
        for (const auto& row : work.exec(wanted_guards)) {
            if (row[2].c_str()[0] == 't') continue;
            unguarded.push_back(std::string(row[1].c_str()) + ' ' + row[0].c_str() +
                                " is missing or not valid");
        }
        report.list("guards", unguarded, "the constraints against overselling are all in place");

        std::vector<std::string> miscounted;
        for (const auto& row : work.exec(wrong_counts)) {
            miscounted.push_back("week " + std::string(row[0].c_str()) + " has capacity " +
                                 row[1].c_str() + " of " + row[2].c_str() + ", and rows for " +
                                 row[3].c_str() + " of " + row[4].c_str());
        }
        report.list("seat_rows", miscounted, "every week has the seats of its capacity");

        stored_state stored;
        try {
            stored = read_state(work);
        } catch (const database_error& e) {  // ours: rows that make no sense
            report.bad("tables", e.what());
            return result;
        }
        for (stored_key& k : stored.keys) k.record_body.clear();
        for (const stored_seat& s : stored.seats) {
            result.holds += s.row.state == seat_state::held ? 1 : 0;
        }
        result.keys = stored.keys.size();
        result.batches = stored.last_batch.value;

        checked_fold fold;
        std::optional<std::string> broken;
        std::uint64_t batch = 0;
        for_each_record(work, "", [&](const journal_row& row) {
            if (broken) return;
            ++result.records;
            const std::string name = "record " + std::to_string(row.record.sequence.value) + ' ';
            if (row.batch < batch || row.batch > stored.last_batch.value) {
                broken = name + "is of a batch out of order";
                return;
            }
            batch = row.batch;
            const auto r = decode(row.record);
            if (!r) {
                broken = name + "cannot be read";
            } else if (const auto why = fold.add(*r)) {
                broken = name + *why;
            }
        });
        if (broken) {
            report.bad("journal", *broken);
            return result;
        }
        report.good("journal", std::to_string(result.records) +
                                   " records follow each other; no prefix exceeds a capacity");
        if (fold.rules.last_sequence() != stored.last_sequence) {
            report.bad("journal", "the journal ends with record " +
                                      std::to_string(fold.rules.last_sequence().value) +
                                      ", the writer row says " +
                                      std::to_string(stored.last_sequence.value));
        }
        compare(report, stored, fold.rules.dump());
        return result;
    });
}

bool doctor_report::healthy() const noexcept {
    return !findings.empty() && std::ranges::all_of(findings, &doctor_finding::good);
}

std::string doctor_report::text() const {
    std::string lines;
    for (const doctor_finding& f : findings) {
        lines += (f.good ? "ok     " : "WRONG  ") + f.check + ": " + f.text + '\n';
    }
    return lines + (healthy() ? "healthy\n" : "not healthy\n");
}

std::string doctor_report::json() const {
    boost::json::array list;
    for (const doctor_finding& f : findings) {
        list.push_back({{"check", f.check}, {"good", f.good}, {"text", f.text}});
    }
    return boost::json::serialize(boost::json::object{{"healthy", healthy()},
                                                      {"records", records},
                                                      {"batches", batches},
                                                      {"holds", holds},
                                                      {"keys", keys},
                                                      {"findings", std::move(list)}});
}

}  // namespace campgate
