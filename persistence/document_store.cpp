#include "persistence/document_store.hpp"

#include "persistence/table_reader.hpp"

namespace campgate {

namespace {

constexpr const char* columns =
    "SELECT d.id, d.family, d.parent, d.kind, d.made_at, d.request, d.sealed, p.wrapped_key "
    "FROM document d JOIN parent p ON p.id = d.parent ";

sealed_record record_of(actor_id parent) {
    return {record_kind_sealed::parent, parent.value};
}

std::string part_of(bits128 id) {
    return "document:" + uuid_text(id);
}

std::optional<stored_document> document_in(const pqxx::row& row, const master_key& key) {
    const auto id = uuid_of(text_in(row[0]));
    if (!id) throw database_error("not a uuid in column id");
    stored_document d;
    d.id = *id;
    d.family = {number_in<std::uint64_t>(row[1])};
    d.parent = {number_in<std::uint64_t>(row[2])};
    d.kind = static_cast<document_kind>(number_in<int>(row[3]));
    d.made_at = instant_in(row[4]);
    if (!row[5].is_null()) d.request = request_id{number_in<std::uint64_t>(row[5])};
    if (row[7].is_null()) return std::nullopt;  // erased
    const sealed_record record = record_of(d.parent);
    const auto own = key.unwrap(record, bytes_in(row[7]));
    auto plain =
        own ? open_sealed(*own, record.part(part_of(d.id)), bytes_in(row[6])) : std::nullopt;
    if (!plain)
        throw database_error("a document cannot be opened with this master key: " + part_of(d.id));
    d.bytes = *std::move(plain);
    return d;
}

}  // namespace

bool put_document(worker_transaction& work, const master_key& key, const stored_document& made) {
    const sealed_record record = record_of(made.parent);
    const auto own = record_key_of(work, key, record);
    if (!own) return false;
    return as_database_error([&] {
        work.raw().exec_params(
            "INSERT INTO document (id, family, parent, kind, size, sealed, made_at) "
            "VALUES ($1::uuid, $2, $3, $4, $5, $6::bytea, $7)",
            uuid_text(made.id), bigint_text(made.family.value), bigint_text(made.parent.value),
            std::to_string(static_cast<int>(made.kind)), std::to_string(made.bytes.size()),
            bytea_text(seal(*own, record.part(part_of(made.id)), made.bytes)),
            bigint_text(made.made_at));
        work.raw().exec_params(
            "DELETE FROM document WHERE id IN (SELECT id FROM document WHERE family = $1 "
            "AND request IS NULL ORDER BY made_at DESC, id OFFSET $2)",
            bigint_text(made.family.value), std::to_string(unused_documents_max));
        return true;
    });
}

bool use_document(worker_transaction& work, bits128 id, family_id family, request_id request) {
    return as_database_error([&] {
        const pqxx::result found = work.raw().exec_params(
            "SELECT request FROM document WHERE id = $1::uuid AND family = $2 FOR UPDATE",
            uuid_text(id), bigint_text(family.value));
        if (found.empty()) return false;
        if (!found[0][0].is_null()) return number_in<std::uint64_t>(found[0][0]) == request.value;
        work.raw().exec_params("DELETE FROM document WHERE request = $1",
                               bigint_text(request.value));
        work.raw().exec_params("UPDATE document SET request = $2 WHERE id = $1::uuid",
                               uuid_text(id), bigint_text(request.value));
        return true;
    });
}

std::optional<stored_document> load_document(worker_transaction& work, const master_key& key,
                                             bits128 id) {
    return as_database_error([&]() -> std::optional<stored_document> {
        const pqxx::result rows =
            work.raw().exec_params(std::string{columns} + "WHERE d.id = $1::uuid", uuid_text(id));
        if (rows.empty()) return std::nullopt;
        return document_in(rows[0], key);
    });
}

std::vector<stored_document> documents_of(worker_transaction& work, const master_key& key,
                                          family_id family) {
    return as_database_error([&] {
        std::vector<stored_document> documents;
        for (const auto& row : work.raw().exec_params(
                 std::string{columns} + "WHERE d.family = $1 ORDER BY d.made_at, d.id",
                 bigint_text(family.value))) {
            if (auto document = document_in(row, key)) documents.push_back(*std::move(document));
        }
        return documents;
    });
}

std::uint64_t drop_documents(worker_transaction& work, instant unused_before,
                             instant decided_before, bool dry) {
    const std::string due =
        " FROM document d WHERE (d.request IS NULL AND d.made_at < $1) OR EXISTS "
        "(SELECT FROM family_request r WHERE r.id = d.request AND r.state <> 0 "
        "AND r.decided_at < $2)";
    return as_database_error([&]() -> std::uint64_t {
        if (dry) {
            return number_in<std::uint64_t>(
                work.raw().exec_params("SELECT count(*)" + due, bigint_text(unused_before),
                                       bigint_text(decided_before))[0][0]);
        }
        return work.raw()
            .exec_params("DELETE" + due, bigint_text(unused_before), bigint_text(decided_before))
            .affected_rows();
    });
}

}  // namespace campgate
