#include "persistence/privacy_store.hpp"

#include "persistence/mail_store.hpp"
#include "persistence/table_reader.hpp"

namespace campgate {
namespace {}  // namespace

void erase_family(worker_transaction& work, family_id family) {
    forget_mails(work, family);
    as_database_error([&] {
        const std::string id = bigint_text(family.value);
        for (const char* statement : {
                 "DELETE FROM login_session WHERE family = $1",
                 "DELETE FROM family_request WHERE family = $1",
                 "DELETE FROM attachment WHERE family = $1",
                 "DELETE FROM child WHERE family = $1",
                 "DELETE FROM parent WHERE family = $1",
                 "UPDATE family SET postcode = '', postcode_since = 0, postcode_before = '', "
                 "residence_confirmed = false WHERE id = $1",
             })
            work.raw().exec_params(statement, id);
    });
}

std::vector<audit_row> audit_of(worker_transaction& work, family_id family,
                                std::uint64_t rows_max) {
    return as_database_error([&] {
        std::vector<audit_row> rows;
        for (const auto& row : work.raw().exec_params(
                 "SELECT id, at, actor, what, child FROM audit WHERE family = $1 "
                 "ORDER BY id DESC LIMIT $2",
                 bigint_text(family.value), bigint_text(rows_max))) {
            audit_row r;
            r.id = number_in<std::uint64_t>(row[0]);
            r.at = instant_in(row[1]);
            r.actor = {number_in<std::uint64_t>(row[2])};
            r.what = text_in(row[3]);
            r.family = family;
            if (!row[4].is_null()) r.child = child_id{number_in<std::uint64_t>(row[4])};
            rows.push_back(std::move(r));
        }
        return rows;
    });
}

std::vector<stale_sheet> stale_sheets(worker_transaction& work, instant before,
                                      std::uint64_t rows_max) {
    return as_database_error([&] {
        std::vector<stale_sheet> sheets;
        for (const auto& row : work.raw().exec_params(
                 "SELECT c.id, c.family FROM child c LEFT JOIN health_sheet h ON h.child = c.id "
                 "WHERE greatest(c.sheet_validated_at, h.draft_at) < $1 ORDER BY c.id LIMIT $2",
                 bigint_text(before), bigint_text(rows_max)))
            sheets.push_back(
                {{number_in<std::uint64_t>(row[0])}, {number_in<std::uint64_t>(row[1])}});
        return sheets;
    });
}

void drop_sheet(worker_transaction& work, child_id child) {
    as_database_error([&] {
        const std::string id = bigint_text(child.value);
        work.raw().exec_params("DELETE FROM health_sheet WHERE child = $1", id);
        work.raw().exec_params(
            "UPDATE child SET sheet_validated_at = NULL, sheet_draft_at = NULL WHERE id = $1", id);
    });
}

std::vector<family_id> unseen_families(worker_transaction& work, instant before,
                                       std::uint64_t rows_max) {
    return as_database_error([&] {
        std::vector<family_id> families;
        for (const auto& row : work.raw().exec_params(
                 "SELECT id FROM family f WHERE seen_at < $1 "
                 "AND EXISTS (SELECT FROM parent p WHERE p.family = f.id) ORDER BY id LIMIT $2",
                 bigint_text(before), bigint_text(rows_max)))
            families.push_back({number_in<std::uint64_t>(row[0])});
        return families;
    });
}

std::uint64_t drop_audit(worker_transaction& work, instant before, bool dry) {
    return as_database_error([&]() -> std::uint64_t {
        if (dry) {
            return number_in<std::uint64_t>(work.raw().exec_params(
                "SELECT count(*) FROM audit WHERE at < $1", bigint_text(before))[0][0]);
        }
        return work.raw()
            .exec_params("DELETE FROM audit WHERE at < $1", bigint_text(before))
            .affected_rows();
    });
}

}  // namespace campgate
