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

bits128 uuid_in(const pqxx::field& f) {
    const auto value = uuid_of(text_in(f));
    if (!value) throw database_error(std::string("not a uuid in column ") + f.name());
    return *value;
}

std::string bytes_in(const pqxx::field& f) {
    auto value = bytes_of_hex(text_in(f));
    if (!value) throw database_error(std::string("not bytes in column ") + f.name());
    return *std::move(value);
}

void begin_snapshot(pqxx::transaction_base& work) {
    work.exec("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    // A cursor's rows are all read here: plan for the last one, not for the first.
    work.exec("SET LOCAL cursor_tuple_fraction = 1");
    work.exec("SET LOCAL work_mem = '256MB'");
    work.exec("SET LOCAL max_parallel_workers_per_gather = 0");
    work.exec("SET LOCAL jit = off");
}

stored_state read_state(pqxx::transaction_base& work) {
    stored_state s;
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
}

void for_each_record(pqxx::transaction_base& work, const std::string& condition,
                     const std::function<void(const journal_row&)>& each) {
    for_each_row(work,
                 "SELECT sequence, kind, at, actor, body, batch FROM journal " + condition +
                     " ORDER BY sequence",
                 [&](const pqxx::row& row) {
                     journal_row j;
                     j.record.sequence = {number_in<std::uint64_t>(row[0])};
                     j.record.kind = static_cast<record_kind>(number_in<std::uint8_t>(row[1]));
                     j.record.at = instant_in(row[2]);
                     j.record.actor = {number_in<std::uint64_t>(row[3])};
                     j.record.body = bytes_in(row[4]);
                     j.batch = number_in<std::uint64_t>(row[5]);
                     each(j);
                 });
}

}  // namespace campgate
