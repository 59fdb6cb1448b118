#include "persistence/recovery.hpp"

#include "core/record_codec.hpp"
#include "persistence/pg_text.hpp"
#include "persistence/pqxx_compat.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <type_traits>

namespace campgate {
namespace {

constexpr const char* rows_a_fetch = "20000";

std::string_view text_of(const pqxx::field& f) { return {f.c_str(), f.size()}; }

template <class T>
T number_in(const pqxx::field& f) {
    const auto value = number_of<T>(text_of(f));
    if (!value) throw database_error(std::string("not a number in column ") + f.name());
    return *value;
}

instant instant_in(const pqxx::field& f) { return instant_of(number_in<std::int64_t>(f)); }

bits128 uuid_in(const pqxx::field& f) {
    const auto value = uuid_of(text_of(f));
    if (!value) throw database_error(std::string("not a uuid in column ") + f.name());
    return *value;
}

std::string bytes_in(const pqxx::field& f) {
    auto value = bytes_of_hex(text_of(f));
    if (!value) throw database_error(std::string("not bytes in column ") + f.name());
    return *std::move(value);
}

// Reads a query's rows in pieces, so that a million of them are never twice in memory.
template <class Each>
void for_each_row(pqxx::transaction_base& work, const std::string& query, Each each) {
    work.exec("DECLARE rows_of NO SCROLL CURSOR FOR " + query);
    for (;;) {
        const pqxx::result rows =
            work.exec(std::string("FETCH ") + rows_a_fetch + " FROM rows_of");
        if (rows.empty()) break;
        for (const auto& row : rows) each(row);
    }
    work.exec("CLOSE rows_of");
}

void begin_snapshot(pqxx::transaction_base& work) {
    work.exec("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    // A cursor's rows are all read here: plan for the last one, not for the first.
    work.exec("SET LOCAL cursor_tuple_fraction = 1");
    work.exec("SET LOCAL work_mem = '256MB'");
    work.exec("SET LOCAL max_parallel_workers_per_gather = 0");
    work.exec("SET LOCAL jit = off");
}

week_row week_in(const pqxx::row& row) {
    week_row w;
    w.id = {number_in<std::uint32_t>(row[0])};
    w.iso = {number_in<std::uint32_t>(row[1])};
    w.capacity = number_in<std::uint32_t>(row[2]);
    w.total = number_in<std::uint32_t>(row[3]);
    w.opens.all = instant_in(row[4]);
    if (!row[5].is_null()) w.opens.residents = instant_in(row[5]);
    return w;
}

stored_seat seat_in(const pqxx::row& row) {
    stored_seat s;
    s.week = {number_in<std::uint32_t>(row[0])};
    s.seat = {number_in<std::uint32_t>(row[1])};
    s.row.state = static_cast<seat_state>(number_in<std::uint8_t>(row[2]));
    if (s.row.state == seat_state::held) {
        s.row.hold = {number_in<std::uint64_t>(row[3])};
        s.row.child = {number_in<std::uint64_t>(row[4])};
        s.row.family = {number_in<std::uint64_t>(row[5])};
        s.row.deadline = instant_in(row[6]);
        s.row.sequence = {number_in<std::uint64_t>(row[7])};
    }
    return s;
}

stored_key key_in(const pqxx::row& row) {
    stored_key k;
    k.row.actor = {number_in<std::uint64_t>(row[0])};
    k.row.key = uuid_in(row[1]);
    k.row.body = uuid_in(row[2]);
    k.row.sequence = {number_in<std::uint64_t>(row[3])};
    k.row.at = instant_in(row[4]);
    k.record_body = bytes_in(row[5]);
    return k;
}

template <class T, class Key>
void sort_by(std::vector<T>& rows, Key key) {
    const auto less = [key](const T& a, const T& b) { return key(a) < key(b); };
    if (!std::is_sorted(rows.begin(), rows.end(), less)) std::sort(rows.begin(), rows.end(), less);
}

}  // namespace

stored_state load_state(pg_connection& connection) {
    return as_database_error([&] {
        stored_state s;
        pqxx::work work(connection.raw().session);
        begin_snapshot(work);
        const pqxx::result writer =
            work.exec("SELECT last_batch, last_sequence, digest FROM writer");
        if (writer.size() != 1) throw database_error("the database has no writer row");
        s.last_batch = {number_in<std::uint64_t>(writer[0][0])};
        s.last_sequence = {number_in<std::uint64_t>(writer[0][1])};
        s.digest = static_cast<std::uint64_t>(number_in<std::int64_t>(writer[0][2]));

        const pqxx::result season = work.exec(
            "SELECT version, sequence, body FROM season ORDER BY version DESC LIMIT 1");
        if (!season.empty()) {
            s.season = season_row{number_in<std::uint32_t>(season[0][0]),
                                  {number_in<std::uint64_t>(season[0][1])},
                                  bytes_in(season[0][2])};
        }
        for (const auto& row : work.exec("SELECT id, iso_week, capacity, total, opens_all, "
                                         "opens_residents FROM week ORDER BY id")) {
            s.weeks.push_back(week_in(row));
        }
        for_each_row(work,
                     "SELECT week, seat, state, hold, child, family, deadline, sequence "
                     "FROM seat WHERE state <> 0",
                     [&](const pqxx::row& row) { s.seats.push_back(seat_in(row)); });
        for_each_row(work,
                     "SELECT k.actor, k.key, k.body_hash, k.sequence, k.at, j.body "
                     "FROM request_key k JOIN journal j ON j.sequence = k.sequence",
                     [&](const pqxx::row& row) { s.keys.push_back(key_in(row)); });
        const pqxx::result orphans = work.exec(
            "SELECT count(*) FROM request_key k WHERE NOT EXISTS "
            "(SELECT FROM journal j WHERE j.sequence = k.sequence)");
        if (number_in<std::uint64_t>(orphans[0][0]) != 0) {
            throw database_error("keys without their record in the journal: " +
                                 std::string(orphans[0][0].c_str()));
        }
        sort_by(s.seats, [](const stored_seat& x) { return std::pair(x.week, x.seat); });
        sort_by(s.keys, [](const stored_key& x) { return std::pair(x.row.actor, x.row.key); });
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
        const pqxx::result ends =
            work.exec("SELECT coalesce(max(sequence), 0), (SELECT coalesce(max(batch), 0) FROM "
                      "journal) FROM journal");
        if (number_in<std::uint64_t>(ends[0][0]) != loaded.last_sequence.value) {
            wrong.push_back("the journal ends with record " + std::string(ends[0][0].c_str()) +
                            ", the writer row says " +
                            std::to_string(loaded.last_sequence.value));
        }
        if (number_in<std::uint64_t>(ends[0][1]) > loaded.last_batch.value) {
            wrong.push_back("the journal has batch " + std::string(ends[0][1].c_str()) +
                            ", the writer row says " + std::to_string(loaded.last_batch.value));
        }
        const std::uint64_t first =
            loaded.last_batch.value > batches ? loaded.last_batch.value - batches : 0;
        // Records and batches ascend together: walk back over the primary key, not the whole table.
        const std::string tail =
            "SELECT sequence, kind, at, actor, body FROM journal WHERE batch > " +
            std::to_string(first) + " AND sequence > " +
            std::to_string(loaded.last_sequence.value) + " - " + std::to_string(batches) +
            " * 1024 ORDER BY sequence";
        std::uint64_t previous = 0;
        for_each_row(work, tail, [&](const pqxx::row& row) {
            encoded_record e;
            e.sequence = {number_in<std::uint64_t>(row[0])};
            e.kind = static_cast<record_kind>(number_in<std::uint8_t>(row[1]));
            e.at = instant_in(row[2]);
            e.actor = {number_in<std::uint64_t>(row[3])};
            e.body = bytes_in(row[4]);
            if (previous != 0 && e.sequence.value != previous + 1) {
                wrong.push_back("the journal has a gap before record " +
                                std::to_string(e.sequence.value));
            }
            previous = e.sequence.value;
            if (const auto r = decode(e)) {
                says.add(*r);
            } else {
                wrong.push_back("record " + std::to_string(e.sequence.value) +
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
            const auto found = std::lower_bound(
                loaded.keys.begin(), loaded.keys.end(), name, [](const stored_key& k, const auto& n) {
                    return std::pair(k.row.actor, k.row.key) < n;
                });
            if (found == loaded.keys.end() || found->row != row) {
                wrong.push_back("the key of record " + std::to_string(row.sequence.value) +
                                " is not as the journal says");
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

}  // namespace campgate
