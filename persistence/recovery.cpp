#include "persistence/recovery.hpp"

#include "core/record_codec.hpp"
#include "persistence/table_reader.hpp"

#include <algorithm>
#include <future>
#include <iterator>
#include <map>
#include <memory>
#include <optional>

namespace campgate {

stored_state load_state(pg_connection& connection) {
    return as_database_error([&] {
        pqxx::connection& session = connection.raw().session;
        pqxx::work work(session);
        begin_snapshot(work);
        const std::string snapshot = work.exec("SELECT pg_export_snapshot()")[0][0].c_str();
        const sequence last{
            number_in<std::uint64_t>(work.exec("SELECT last_sequence FROM writer")[0][0])};
        const sequence middle{number_in<std::uint64_t>(work.exec(
            "SELECT coalesce((min(sequence) + max(sequence)) / 2, 0) FROM request_key")[0][0])};
        // Keys are the larger half of a start: two connections for them, each with a thread of
        // its own, beside this one for the rest.
        const auto keys_between = [&](sequence from, sequence to) {
            return std::async(std::launch::async, [=, beside = options_of(session)] {
                return as_database_error([&] {
                    pg_connection other{beside};
                    pqxx::work also(other.raw().session);
                    begin_snapshot(also, snapshot);
                    return read_keys(also, from, to);
                });
            });
        };
        auto earlier = keys_between({}, middle);
        auto later = keys_between(middle, last);
        stored_state s = read_state_but_keys(work);
        s.keys = earlier.get();
        std::ranges::move(later.get(), std::back_inserter(s.keys));
        sort_keys(s.keys);
        return s;
    });
}

namespace {

// What the tail of the journal says, each thing by its last record.
struct tail_says {
    std::map<std::pair<week_id, seat_number>, seat_row> seats;
    std::map<std::pair<actor_id, bits128>, key_row> keys;
    std::map<week_id, std::pair<std::uint32_t, std::uint32_t>> capacities;  // capacity, total
    std::map<week_id, opening> openings;
    std::optional<std::pair<std::uint32_t, sequence>> season;  // version, record
    std::optional<instant> forgotten_before;
    std::map<std::pair<sale_row_kind, std::uint64_t>, sequence> sales;  // by which record

    void add(const record& r) {
        std::visit([&](const auto& body) { add(r, body); }, r.body);
    }
    void add(const record& r, const place_record& p) {
        for (const placed_item& item : p.placed) {
            seats[{item.week, item.seat}] = {seat_state::held, item.hold,     item.child,
                                             p.family,         item.deadline, r.sequence};
        }
        keys[{r.actor, p.key}] = {r.actor, p.key, p.body, r.sequence, r.at};
    }
    void add(const record&, const release_record& e) { seats[{e.ended.week, e.ended.seat}] = {}; }
    void add(const record&, const expire_record& e) {
        for (const ended_hold& ended : e.ended) seats[{ended.week, ended.seat}] = {};
    }
    void add(const record&, const capacity_record& c) {
        capacities[c.week] = {c.capacity, c.total};
        for (const seat_number seat : c.restored) seats[{c.week, seat}] = {};
        for (const seat_number seat : c.retired) {
            seats[{c.week, seat}] = {};
            seats[{c.week, seat}].state = seat_state::retired;
        }
    }
    void add(const record&, const opening_record& o) {
        for (const week_opening& w : o.weeks) openings[w.week] = w.opens;
    }
    void add(const record& r, const season_record& s) {
        season = {s.published->version, r.sequence};
    }
    void add(const record& r, const sale_record& p) {
        if (p.order) sales[{sale_row_kind::order, p.order->id.value}] = r.sequence;
        if (p.payment) sales[{sale_row_kind::payment, p.payment->id.value}] = r.sequence;
        for (const refund& f : p.refunds) sales[{sale_row_kind::refund, f.id.value}] = r.sequence;
        if (p.reminded) sales[{sale_row_kind::reminder, p.family.value}] = r.sequence;
        for (const seat_effect& e : p.seats) {
            seat_row& row = seats[{e.week, e.seat}];
            row = {};
            if (e.event == seat_event::end) continue;
            const bool held = e.event == seat_event::order || e.event == seat_event::release;
            row = {held ? seat_state::held : seat_state::booked,
                   e.hold,
                   e.child,
                   p.family,
                   e.deadline,
                   r.sequence,
                   e.order};
        }
    }
    void add(const record&, const forget_record& f) {
        std::erase_if(keys, [&](const auto& k) { return k.second.at < f.before; });
        forgotten_before = f.before;
    }
};

std::string seat_name(week_id week, seat_number seat) {
    return "week " + std::to_string(week.value) + " seat " + std::to_string(seat.value);
}

}  // namespace

std::vector<std::string> compare_tail(pg_connection& connection, const stored_state& loaded,
                                      std::uint64_t batches) {
    return as_database_error([&] {
        std::vector<std::string> wrong;
        tail_says says;
        pqxx::work work(connection.raw().session);
        begin_snapshot(work);
        const pqxx::result ends = work.exec(
            "SELECT coalesce(max(sequence), 0), (SELECT coalesce(max(batch), 0) FROM "
            "journal) FROM journal");
        if (number_in<std::uint64_t>(ends[0][0]) != loaded.last_sequence.value) {
            wrong.push_back("the journal ends with record " + std::string(ends[0][0].c_str()) +
                            ", the writer row says " + std::to_string(loaded.last_sequence.value));
        }
        if (number_in<std::uint64_t>(ends[0][1]) > loaded.last_batch.value) {
            wrong.push_back("the journal has batch " + std::string(ends[0][1].c_str()) +
                            ", the writer row says " + std::to_string(loaded.last_batch.value));
        }
        const std::uint64_t first =
            loaded.last_batch.value > batches ? loaded.last_batch.value - batches : 0;
        // Records and batches ascend together: read the end of the primary key, not the whole
        // table.
        const std::string tail = "WHERE batch > " + std::to_string(first) + " AND sequence > " +
                                 std::to_string(loaded.last_sequence.value) + " - " +
                                 std::to_string(batches) + " * 1024";
        std::uint64_t previous = 0;
        for_each_record(work, tail, [&](const journal_row& row) {
            const std::uint64_t number = row.record.sequence.value;
            if (previous != 0 && number != previous + 1) {
                wrong.push_back("the journal has a gap before record " + std::to_string(number));
            }
            previous = number;
            if (const auto r = decode(row.record)) {
                says.add(*r);
            } else {
                wrong.push_back("record " + std::to_string(number) +
                                " of the journal cannot be read");
            }
        });

        for (const auto& [place, row] : says.seats) {
            const auto found = std::lower_bound(
                loaded.seats.begin(), loaded.seats.end(), place,
                [](const stored_seat& s, const auto& p) { return std::pair(s.week, s.seat) < p; });
            const bool listed = found != loaded.seats.end() && found->week == place.first &&
                                found->seat == place.second;
            if ((listed ? found->row : seat_row{}) != row) {
                wrong.push_back(seat_name(place.first, place.second) +
                                " is not as the journal says");
            }
        }
        for (const auto& [name, row] : says.keys) {
            const auto found = std::lower_bound(loaded.keys.begin(), loaded.keys.end(), name,
                                                [](const stored_key& k, const auto& n) {
                                                    return std::pair(k.row.actor, k.row.key) < n;
                                                });
            if (found == loaded.keys.end() || found->row != row) {
                wrong.push_back("the key of record " + std::to_string(row.sequence.value) +
                                " is not as the journal says");
            }
        }
        for (const auto& [name, record] : says.sales) {
            const auto found = std::lower_bound(
                loaded.sales.begin(), loaded.sales.end(), name,
                [](const sale_row& s, const auto& n) { return std::pair(s.kind, s.id) < n; });
            if (found == loaded.sales.end() || std::pair(found->kind, found->id) != name ||
                found->changed != record) {
                wrong.push_back("what record " + std::to_string(record.value) +
                                " says of a sale is not in the tables");
            }
        }
        if (says.forgotten_before) {
            for (const stored_key& k : loaded.keys) {
                if (k.row.at >= *says.forgotten_before) continue;
                wrong.push_back("the key of record " + std::to_string(k.row.sequence.value) +
                                " should have been forgotten");
            }
        }
        const auto week_of = [&](week_id id) {
            const auto found =
                std::lower_bound(loaded.weeks.begin(), loaded.weeks.end(), id,
                                 [](const week_row& w, week_id i) { return w.id < i; });
            return found != loaded.weeks.end() && found->id == id ? &*found : nullptr;
        };
        for (const auto& [id, numbers] : says.capacities) {
            const week_row* week = week_of(id);
            if (week == nullptr || std::pair(week->capacity, week->total) != numbers) {
                wrong.push_back("the capacity of week " + std::to_string(id.value) +
                                " is not as the journal says");
            }
        }
        for (const auto& [id, opens] : says.openings) {
            const week_row* week = week_of(id);
            if (week == nullptr || week->opens != opens) {
                wrong.push_back("the opening of week " + std::to_string(id.value) +
                                " is not as the journal says");
            }
        }
        if (says.season && (!loaded.season || loaded.season->version != says.season->first ||
                            loaded.season->sequence != says.season->second)) {
            wrong.push_back("the season is not as the journal says");
        }
        return wrong;
    });
}

work_end on_a_thread(std::function<void()> work) {
    auto ended =
        std::make_shared<std::future<void>>(std::async(std::launch::async, std::move(work)));
    return [ended] { ended->get(); };
}

}  // namespace campgate
