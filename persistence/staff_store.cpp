#include "persistence/staff_store.hpp"

#include "persistence/table_reader.hpp"

namespace campgate {

namespace {

constexpr std::size_t hash_start_digits = 8;

std::string hash_of(const master_key& key, const niss& number) {
    return bytea_text(key.niss_hash(number));
}

// A parameter that may be NULL.
template <class Id>
std::optional<std::string> id_text(const std::optional<Id>& id) {
    return id ? std::optional{bigint_text(id->value)} : std::nullopt;
}
const char* raw(const std::optional<std::string>& text) {
    return text ? text->c_str() : nullptr;
}

}  // namespace

bool is_staff(worker_transaction& work, const master_key& key, const niss& number) {
    return !work.raw()
                .exec_params("SELECT 1 FROM staff WHERE niss_hash = $1::bytea",
                             hash_of(key, number))
                .empty();
}

bool add_staff(worker_transaction& work, const master_key& key, const niss& number, instant now) {
    return work.raw()
               .exec_params(
                   "INSERT INTO staff (niss_hash, added_at) VALUES ($1::bytea, $2) "
                   "ON CONFLICT DO NOTHING",
                   hash_of(key, number), bigint_text(now))
               .affected_rows() == 1;
}

bool remove_staff(worker_transaction& work, const master_key& key, const niss& number) {
    return work.raw()
               .exec_params("DELETE FROM staff WHERE niss_hash = $1::bytea", hash_of(key, number))
               .affected_rows() == 1;
}

std::optional<family_id> end_logins(worker_transaction& work, const master_key& key,
                                    const niss& number) {
    const pqxx::result rows = work.raw().exec_params(
        "SELECT family FROM parent WHERE niss_hash = $1::bytea", hash_of(key, number));
    if (rows.empty()) return std::nullopt;
    const family_id family{number_in<std::uint64_t>(rows[0][0])};
    work.raw().exec_params("DELETE FROM login_session WHERE family = $1",
                           bigint_text(family.value));
    return family;
}

std::vector<staff_row> list_staff(worker_transaction& work) {
    std::vector<staff_row> rows;
    for (const auto& row :
         work.raw().exec("SELECT encode(niss_hash, 'hex'), added_at FROM staff ORDER BY added_at"))
        rows.push_back(
            {std::string{text_in(row[0]).substr(0, hash_start_digits)}, instant_in(row[1])});
    return rows;
}

void write_audit(worker_transaction& work, instant at, actor_id actor, std::string_view what,
                 std::optional<family_id> family, std::optional<child_id> child) {
    work.raw().exec_params(
        "INSERT INTO audit (at, actor, what, family, child) VALUES ($1, $2, $3, $4, $5)",
        bigint_text(at), bigint_text(actor.value), std::string{what}, raw(id_text(family)),
        raw(id_text(child)));
}

std::vector<audit_row> read_audit(worker_transaction& work, std::uint64_t skip,
                                  std::uint64_t rows_max) {
    std::vector<audit_row> rows;
    for (const auto& row : work.raw().exec_params(
             "SELECT id, at, actor, what, family, child FROM audit ORDER BY id DESC "
             "OFFSET $1 LIMIT $2",
             bigint_text(skip), bigint_text(rows_max))) {
        audit_row r;
        r.id = number_in<std::uint64_t>(row[0]);
        r.at = instant_in(row[1]);
        r.actor = {number_in<std::uint64_t>(row[2])};
        r.what = text_in(row[3]);
        if (!row[4].is_null()) r.family = family_id{number_in<std::uint64_t>(row[4])};
        if (!row[5].is_null()) r.child = child_id{number_in<std::uint64_t>(row[5])};
        rows.push_back(std::move(r));
    }
    return rows;
}

std::uint64_t count_audit(worker_transaction& work) {
    return number_in<std::uint64_t>(work.raw().exec("SELECT count(*) FROM audit")[0][0]);
}

}  // namespace campgate
