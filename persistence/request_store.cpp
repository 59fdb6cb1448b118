#include "persistence/request_store.hpp"

#include "persistence/table_reader.hpp"

namespace campgate {

namespace {

constexpr std::string_view part_note = "note";
constexpr std::string_view part_answer = "answer";
constexpr const char* columns =
    "SELECT r.id, r.kind, r.family, r.parent, r.child, r.state, r.made_at, r.note, p.wrapped_key, "
    "r.hold, r.answer, (SELECT d.id FROM document d WHERE d.request = r.id) AS document "
    "FROM family_request r JOIN parent p ON p.id = r.parent ";

const char* or_null(const std::optional<std::string>& text) {
    return text ? text->c_str() : nullptr;
}
sealed_record record_of(actor_id parent) {
    return {record_kind_sealed::parent, parent.value};
}

request_row row_in(const pqxx::row& row, const master_key& key) {
    request_row r;
    r.id = {number_in<std::uint64_t>(row[0])};
    r.kind = static_cast<request_kind>(number_in<int>(row[1]));
    r.family = {number_in<std::uint64_t>(row[2])};
    r.parent = {number_in<std::uint64_t>(row[3])};
    if (!row[4].is_null()) r.child = child_id{number_in<std::uint64_t>(row[4])};
    r.state = static_cast<request_state>(number_in<int>(row[5]));
    r.made_at = instant_in(row[6]);
    if (!row[9].is_null()) r.hold = hold_id{number_in<std::uint64_t>(row[9])};
    if (!row[11].is_null()) r.document = uuid_of(text_in(row[11]));
    if (row[8].is_null()) return r;
    const sealed_record record = record_of(r.parent);
    const auto own = key.unwrap(record, bytes_in(row[8]));
    const auto opened = [&](std::string_view part, const pqxx::field& sealed) -> std::string {
        if (!own || sealed.is_null()) return {};
        return open_sealed(*own, record.part(part), bytes_in(sealed)).value_or("");
    };
    r.note = opened(part_note, row[7]);
    r.answer = opened(part_answer, row[10]);
    return r;
}

std::optional<std::string> sealed_text(worker_transaction& work, const master_key& key,
                                       actor_id parent, std::string_view part,
                                       const std::string& text) {
    if (text.empty()) return std::nullopt;
    const sealed_record record = record_of(parent);
    const auto own = record_key_of(work, key, record);
    if (!own) return std::nullopt;
    return bytea_text(seal(*own, record.part(part), text));
}

std::optional<request_row> one(const pqxx::result& rows, const master_key& key) {
    if (rows.empty()) return std::nullopt;
    return row_in(rows[0], key);
}

}  // namespace

request_id put_request(worker_transaction& work, const master_key& key, const new_request& asked) {
    const auto child = asked.child ? std::optional{bigint_text(asked.child->value)} : std::nullopt;
    const auto sought =
        asked.sought.empty() ? std::nullopt : std::optional{bytea_text(asked.sought)};
    const auto hold = asked.hold ? std::optional{bigint_text(asked.hold->value)} : std::nullopt;
    const auto note = sealed_text(work, key, asked.parent, part_note, asked.note);
    // The family's row is locked: nobody of it asks the same at the same time.
    const pqxx::result pending = work.raw().exec_params(
        "SELECT id FROM family_request WHERE family = $1 AND kind = $2 AND state = 0 "
        "AND sought IS NOT DISTINCT FROM $3::bytea "
        "AND (sought IS NOT NULL OR child IS NOT DISTINCT FROM $4::bigint) "
        "AND hold IS NOT DISTINCT FROM $5::bigint",
        bigint_text(asked.family.value), std::to_string(static_cast<int>(asked.kind)),
        or_null(sought), or_null(child), or_null(hold));
    if (!pending.empty()) {
        const request_id id{number_in<std::uint64_t>(pending[0][0])};
        if (asked.kind == request_kind::cancellation) {
            work.raw().exec_params("UPDATE family_request SET note = $2::bytea WHERE id = $1",
                                   bigint_text(id.value), or_null(note));
        }
        return id;
    }
    const pqxx::result made = work.raw().exec_params(
        "INSERT INTO family_request (kind, family, parent, child, note, sought, made_at, hold) "
        "VALUES ($1, $2, $3, $4, $5::bytea, $6::bytea, $7, $8) RETURNING id",
        std::to_string(static_cast<int>(asked.kind)), bigint_text(asked.family.value),
        bigint_text(asked.parent.value), or_null(child), or_null(note), or_null(sought),
        bigint_text(asked.made_at), or_null(hold));
    return {number_in<std::uint64_t>(made[0][0])};
}

std::optional<request_row> lock_request(worker_transaction& work, const master_key& key,
                                        request_id id) {
    return one(work.raw().exec_params(std::string{columns} + "WHERE r.id = $1 FOR UPDATE OF r",
                                      bigint_text(id.value)),
               key);
}

std::optional<request_row> load_request(worker_transaction& work, const master_key& key,
                                        request_id id) {
    return one(
        work.raw().exec_params(std::string{columns} + "WHERE r.id = $1", bigint_text(id.value)),
        key);
}

std::vector<request_row> pending_requests(worker_transaction& work, const master_key& key) {
    std::vector<request_row> rows;
    for (const auto& row :
         work.raw().exec(std::string{columns} +
                         "WHERE r.state = 0 AND (r.kind = 3 OR r.child IS NOT NULL) ORDER BY r.id"))
        rows.push_back(row_in(row, key));
    return rows;
}

void decide_request(worker_transaction& work, const master_key& key, const request_row& request,
                    request_state state, actor_id by, instant now, const std::string& answer) {
    const auto sealed = sealed_text(work, key, request.parent, part_answer, answer);
    work.raw().exec_params(
        "UPDATE family_request SET state = $2, decided_by = $3, decided_at = $4, "
        "answer = $5::bytea WHERE id = $1",
        bigint_text(request.id.value), std::to_string(static_cast<int>(state)),
        bigint_text(by.value), bigint_text(now), or_null(sealed));
}

std::vector<unanswered_request> unanswered_attach_requests(worker_transaction& work,
                                                           instant made_before,
                                                           std::uint64_t rows_max) {
    return as_database_error([&] {
        std::vector<unanswered_request> found;
        for (const auto& row : work.raw().exec_params(
                 "SELECT r.id, r.family, c.family FROM family_request r "
                 "LEFT JOIN child c ON c.id = r.child "
                 "WHERE r.kind = 1 AND r.state = 0 AND r.made_at < $1 ORDER BY r.id LIMIT $2",
                 bigint_text(made_before), bigint_text(rows_max))) {
            unanswered_request r{{number_in<std::uint64_t>(row[0])},
                                 {number_in<std::uint64_t>(row[1])},
                                 std::nullopt};
            if (!row[2].is_null()) r.about = family_id{number_in<std::uint64_t>(row[2])};
            found.push_back(r);
        }
        return found;
    });
}

void attach_parent(worker_transaction& work, child_id child, family_id family, actor_id parent) {
    work.raw().exec_params(
        "INSERT INTO attachment (child, family, parent) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        bigint_text(child.value), bigint_text(family.value), bigint_text(parent.value));
}

std::vector<family_id> families_attached(worker_transaction& work, child_id child) {
    return as_database_error([&] {
        std::vector<family_id> families;
        for (const auto& row : work.raw().exec_params(
                 "SELECT family FROM attachment WHERE child = $1 ORDER BY family",
                 bigint_text(child.value)))
            families.push_back({number_in<std::uint64_t>(row[0])});
        return families;
    });
}

std::optional<family_id> family_of_child(worker_transaction& work, child_id child) {
    const pqxx::result rows =
        work.raw().exec_params("SELECT family FROM child WHERE id = $1", bigint_text(child.value));
    if (rows.empty()) return std::nullopt;
    return family_id{number_in<std::uint64_t>(rows[0][0])};
}

void detach_family(worker_transaction& work, child_id child, family_id family) {
    work.raw().exec_params("DELETE FROM attachment WHERE child = $1 AND family = $2",
                           bigint_text(child.value), bigint_text(family.value));
}

std::string email_hash(const master_key& key, const std::string& email) {
    return key.keyed_hash("email", email);
}

void put_email_confirmation(worker_transaction& work, const master_key& key, actor_id parent,
                            const std::string& token, const std::string& email, instant expires) {
    work.raw().exec_params("DELETE FROM email_confirmation WHERE parent = $1",
                           bigint_text(parent.value));
    work.raw().exec_params(
        "INSERT INTO email_confirmation (token_hash, parent, email_hash, expires) "
        "VALUES ($1::bytea, $2, $3::bytea, $4)",
        bytea_text(key.keyed_hash("email token", token)), bigint_text(parent.value),
        bytea_text(email_hash(key, email)), bigint_text(expires));
}

std::optional<email_confirmation_row> find_email_confirmation(worker_transaction& work,
                                                              const master_key& key,
                                                              const std::string& token,
                                                              instant now) {
    const pqxx::result rows = work.raw().exec_params(
        "SELECT c.parent, p.family, c.email_hash FROM email_confirmation c "
        "JOIN parent p ON p.id = c.parent WHERE c.token_hash = $1::bytea AND c.expires > $2",
        bytea_text(key.keyed_hash("email token", token)), bigint_text(now));
    if (rows.empty()) return std::nullopt;
    return email_confirmation_row{{number_in<std::uint64_t>(rows[0][0])},
                                  {number_in<std::uint64_t>(rows[0][1])},
                                  bytes_in(rows[0][2])};
}

std::optional<child_made_row> find_child_made(worker_transaction& work, actor_id actor,
                                              bits128 key) {
    const pqxx::result rows = work.raw().exec_params(
        "SELECT child, body_hash FROM child_made WHERE actor = $1 AND key = $2::uuid",
        bigint_text(actor.value), uuid_text(key));
    if (rows.empty()) return std::nullopt;
    const auto body = uuid_of(text_in(rows[0][1]));
    if (!body) throw database_error("not a uuid in column body_hash");
    return child_made_row{{number_in<std::uint64_t>(rows[0][0])}, *body};
}

void put_child_made(worker_transaction& work, actor_id actor, bits128 key, bits128 body,
                    child_id child, instant now) {
    work.raw().exec_params(
        "INSERT INTO child_made (actor, key, body_hash, child, at) "
        "VALUES ($1, $2::uuid, $3::uuid, $4, $5)",
        bigint_text(actor.value), uuid_text(key), uuid_text(body), bigint_text(child.value),
        bigint_text(now));
}

}  // namespace campgate
