#include "persistence/table_reader.hpp"

#include <algorithm>

namespace campgate {
namespace {

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

stored_seat packed_seat(const pqxx::row& row) {
    stored_seat s;
    s.week = {packed_number<std::uint32_t>(row[0])};
    s.seat = {packed_number<std::uint32_t>(row[1])};
    s.row.state = static_cast<seat_state>(packed_number<std::uint8_t>(row[2]));
    if (s.row.state == seat_state::held || s.row.state == seat_state::booked) {
        s.row.hold = {packed_number<std::uint64_t>(row[3])};
        s.row.child = {packed_number<std::uint64_t>(row[4])};
        s.row.family = {packed_number<std::uint64_t>(row[5])};
        if (!row[6].is_null()) s.row.deadline = packed_instant(row[6]);
        s.row.sequence = {packed_number<std::uint64_t>(row[7])};
        if (!row[8].is_null()) s.row.order = {packed_number<std::uint64_t>(row[8])};
    }
    return s;
}

stored_key packed_key(const pqxx::row& row) {
    stored_key k;
    k.row.actor = {packed_number<std::uint64_t>(row[0])};
    k.row.key = packed_uuid(row[1]);
    k.row.body = packed_uuid(row[2]);
    k.row.sequence = {packed_number<std::uint64_t>(row[3])};
    k.row.at = packed_instant(row[4]);
    if (row[5].is_null()) {
        throw database_error("a key without its record " + std::to_string(k.row.sequence.value) +
                             " in the journal");
    }
    k.record_body = text_in(row[5]);
    return k;
}

// Rows are large: their keys are sorted, and each row moves once.
template <class T, class Key>
void sort_by(std::vector<T>& rows, Key key) {
    using keyed = std::pair<decltype(key(rows.front())), std::size_t>;
    if (std::ranges::is_sorted(rows, {}, key)) return;
    std::vector<keyed> order;
    order.reserve(rows.size());
    for (const T& row : rows) order.emplace_back(key(row), order.size());
    std::ranges::sort(order);
    std::vector<T> sorted;
    sorted.reserve(rows.size());
    for (const keyed& next : order) sorted.push_back(std::move(rows[next.second]));
    rows = std::move(sorted);
}

}  // namespace

std::int64_t packed_integer(const pqxx::field& f) {
    const auto* const bytes = reinterpret_cast<const unsigned char*>(f.c_str());
    if (f.is_null() || (f.size() != 2 && f.size() != 4 && f.size() != 8)) {
        throw database_error(std::string("not a number in column ") + f.name());
    }
    // The sign comes with the first byte.
    auto value =
        static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<signed char>(bytes[0])));
    for (std::size_t i = 1; i < f.size(); ++i) value = value << 8 | bytes[i];
    return static_cast<std::int64_t>(value);
}

bits128 packed_uuid(const pqxx::field& f) {
    if (f.size() != 16) throw database_error(std::string("not a uuid in column ") + f.name());
    const auto* const bytes = reinterpret_cast<const unsigned char*>(f.c_str());
    bits128 id;
    for (std::size_t i = 0; i < 8; ++i) {
        id.high = id.high << 8 | bytes[i];
        id.low = id.low << 8 | bytes[i + 8];
    }
    return id;
}

std::string bytes_in(const pqxx::field& f) {
    auto value = bytes_of_hex(text_in(f));
    if (!value) throw database_error(std::string("not bytes in column ") + f.name());
    return *std::move(value);
}

void begin_snapshot(pqxx::transaction_base& work, const std::string& exported) {
    work.exec("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    if (!exported.empty()) work.exec("SET TRANSACTION SNAPSHOT " + work.quote(exported));
    // A cursor's rows are all read here: plan for the last one, not for the first.
    work.exec("SET LOCAL cursor_tuple_fraction = 1");
    work.exec("SET LOCAL work_mem = '256MB'");
    work.exec("SET LOCAL max_parallel_workers_per_gather = 0");
    work.exec("SET LOCAL jit = off");
}

stored_state read_state(pqxx::transaction_base& work) {
    stored_state s = read_state_but_keys(work);
    s.keys = read_keys(work, {}, s.last_sequence);
    sort_keys(s.keys);
    return s;
}

stored_state read_state_but_keys(pqxx::transaction_base& work) {
    stored_state s;
    const pqxx::result writer = work.exec("SELECT last_batch, last_sequence, digest FROM writer");
    if (writer.size() != 1) throw database_error("the database has no writer row");
    s.last_batch = {number_in<std::uint64_t>(writer[0][0])};
    s.last_sequence = {number_in<std::uint64_t>(writer[0][1])};
    s.digest = static_cast<std::uint64_t>(number_in<std::int64_t>(writer[0][2]));

    const pqxx::result season =
        work.exec("SELECT version, sequence, body FROM season ORDER BY version DESC LIMIT 1");
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
                 "SELECT week, seat, state, hold, child, family, deadline, sequence, sale_order "
                 "FROM seat WHERE state <> 0",
                 [&](const pqxx::row& row) { s.seats.push_back(packed_seat(row)); });
    for (const auto& row : work.exec("SELECT kind, id, family, state, sequence, body "
                                     "FROM sale ORDER BY kind, id")) {
        sale_row r;
        r.kind = static_cast<sale_row_kind>(number_in<std::uint8_t>(row[0]));
        r.id = number_in<std::uint64_t>(row[1]);
        r.family = {number_in<std::uint64_t>(row[2])};
        r.state = number_in<std::uint8_t>(row[3]);
        r.changed = {number_in<std::uint64_t>(row[4])};
        r.body = bytes_in(row[5]);
        s.sales.push_back(std::move(r));
    }
    if (!s.sales.empty()) s.balances.resize(accounts);
    for (const auto& row :
         work.exec("SELECT account, sum(amount)::bigint FROM money GROUP BY account")) {
        const auto account = number_in<std::size_t>(row[0]);
        if (account < 1 || account > s.balances.size())
            throw database_error("money of an unknown account");
        s.balances[account - 1] = {number_in<std::int64_t>(row[1])};
    }
    sort_by(s.seats, [](const stored_seat& x) { return std::pair(x.week, x.seat); });
    return s;
}

std::vector<stored_key> read_keys(pqxx::transaction_base& work, sequence from, sequence to) {
    std::vector<stored_key> keys;
    // In the order of the journal, so that the two are read side by side; the range is said of
    // both, as the planner does not carry it over.
    const std::string range =
        "sequence > " + std::to_string(from.value) + " AND sequence <= " + std::to_string(to.value);
    for_each_row(work,
                 "SELECT k.actor, k.key, k.body_hash, k.sequence, k.at, j.body "
                 "FROM (SELECT * FROM request_key WHERE " +
                     range +
                     " ORDER BY sequence) k "
                     "LEFT JOIN (SELECT * FROM journal WHERE " +
                     range +
                     ") j "
                     "ON j.sequence = k.sequence",
                 [&](const pqxx::row& row) { keys.push_back(packed_key(row)); });
    return keys;
}

void sort_keys(std::vector<stored_key>& keys) {
    sort_by(keys, [](const stored_key& x) { return std::pair(x.row.actor, x.row.key); });
}

void for_each_record(pqxx::transaction_base& work, const std::string& condition,
                     const std::function<void(const journal_row&)>& each) {
    for_each_row(work,
                 "SELECT sequence, kind, at, actor, body, batch FROM journal " + condition +
                     " ORDER BY sequence",
                 [&](const pqxx::row& row) {
                     journal_row j;
                     j.record.sequence = {packed_number<std::uint64_t>(row[0])};
                     j.record.kind = static_cast<record_kind>(packed_number<std::uint8_t>(row[1]));
                     j.record.at = packed_instant(row[2]);
                     j.record.actor = {packed_number<std::uint64_t>(row[3])};
                     j.record.body = text_in(row[4]);
                     j.batch = packed_number<std::uint64_t>(row[5]);
                     each(j);
                 });
}

}  // namespace campgate
