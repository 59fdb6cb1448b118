#include "persistence/health_sheet_store.hpp"

#include "persistence/family_store.hpp"
#include "persistence/table_reader.hpp"

namespace campgate {
namespace {

constexpr std::string_view part_validated = "sheet";
constexpr std::string_view part_draft = "draft";

sealed_record record_of(child_id child) {
    return {record_kind_sealed::child, child.value};
}

std::optional<std::string> opened(const secret_key& key, child_id child, std::string_view part,
                                  const pqxx::field& sealed) {
    if (sealed.is_null()) return std::nullopt;
    const std::string as = record_of(child).part(part);
    auto plain = open_sealed(key, as, bytes_in(sealed));
    if (!plain) throw database_error("a health sheet cannot be opened with this master key: " + as);
    return plain;
}

std::optional<std::string> sealed_for(worker_transaction& work, const master_key& key,
                                      child_id child, std::string_view part,
                                      const std::string& text) {
    const auto record_key = record_key_of(work, key, record_of(child));
    if (!record_key) return std::nullopt;
    return bytea_text(seal(*record_key, record_of(child).part(part), text));
}

std::optional<std::uint64_t> version_in(const pqxx::result& rows) {
    if (rows.empty()) return std::nullopt;
    return number_in<std::uint64_t>(rows[0][0]);
}

}  // namespace

std::optional<stored_sheet> load_sheet(worker_transaction& work, const master_key& key,
                                       child_id child) {
    const auto record_key = record_key_of(work, key, record_of(child));
    if (!record_key) return std::nullopt;
    return as_database_error([&]() -> std::optional<stored_sheet> {
        const pqxx::result rows = work.raw().exec_params(
            "SELECT h.version, h.validated, h.draft, h.draft_at, c.sheet_validated_at "
            "FROM child c LEFT JOIN health_sheet h ON h.child = c.id WHERE c.id = $1",
            bigint_text(child.value));
        if (rows.empty()) return std::nullopt;
        const pqxx::row row = rows[0];
        stored_sheet sheet;
        if (!row[0].is_null()) sheet.version = number_in<std::uint64_t>(row[0]);
        sheet.validated = opened(*record_key, child, part_validated, row[1]);
        sheet.draft = opened(*record_key, child, part_draft, row[2]);
        if (!row[3].is_null()) sheet.draft_at = instant_in(row[3]);
        if (!row[4].is_null()) sheet.validated_at = instant_in(row[4]);
        return sheet;
    });
}

std::optional<std::uint64_t> keep_draft(worker_transaction& work, const master_key& key,
                                        child_id child, std::uint64_t expected,
                                        const std::string& text, instant now) {
    const auto sealed = sealed_for(work, key, child, part_draft, text);
    if (!sealed) return std::nullopt;
    return as_database_error([&] {
        if (expected == 0) {
            return version_in(work.raw().exec_params(
                "INSERT INTO health_sheet (child, draft, draft_at) VALUES ($1, $2::bytea, $3) "
                "ON CONFLICT (child) DO NOTHING RETURNING version",
                bigint_text(child.value), *sealed, bigint_text(now)));
        }
        return version_in(work.raw().exec_params(
            "UPDATE health_sheet SET draft = $3::bytea, draft_at = $4, version = version + 1 "
            "WHERE child = $1 AND version = $2 RETURNING version",
            bigint_text(child.value), bigint_text(expected), *sealed, bigint_text(now)));
    });
}

std::optional<std::uint64_t> keep_validated(worker_transaction& work, const master_key& key,
                                            child_id child, std::uint64_t expected,
                                            const std::string& text, instant now) {
    const auto sealed = sealed_for(work, key, child, part_validated, text);
    if (!sealed) return std::nullopt;
    return as_database_error([&]() -> std::optional<std::uint64_t> {
        const auto version =
            expected == 0
                ? version_in(work.raw().exec_params(
                      "INSERT INTO health_sheet (child, validated) VALUES ($1, $2::bytea) "
                      "ON CONFLICT (child) DO NOTHING RETURNING version",
                      bigint_text(child.value), *sealed))
                : version_in(work.raw().exec_params(
                      "UPDATE health_sheet SET validated = $3::bytea, draft = NULL, "
                      "draft_at = NULL, version = version + 1 "
                      "WHERE child = $1 AND version = $2 RETURNING version",
                      bigint_text(child.value), bigint_text(expected), *sealed));
        if (!version) return std::nullopt;
        work.raw().exec_params(
            "UPDATE child SET sheet_validated_at = $2, sheet_draft_at = NULL WHERE id = $1",
            bigint_text(child.value), bigint_text(now));
        return version;
    });
}

std::optional<stored_questions> load_questions(worker_transaction& work) {
    return as_database_error([&]() -> std::optional<stored_questions> {
        const pqxx::result rows = work.raw().exec(
            "SELECT version, text FROM questionnaire ORDER BY version DESC LIMIT 1");
        if (rows.empty()) return std::nullopt;
        return stored_questions{number_in<std::uint32_t>(rows[0][0]),
                                std::string{text_in(rows[0][1])}};
    });
}

std::uint32_t keep_questions(worker_transaction& work, const std::string& text, instant now) {
    return as_database_error([&] {
        // One import after the other: the version is counted from what is there.
        work.raw().exec("LOCK TABLE questionnaire IN EXCLUSIVE MODE");
        const auto newest = load_questions(work);
        if (newest && newest->text == text) return newest->version;
        const std::uint32_t version = newest ? newest->version + 1 : 1;
        work.raw().exec_params("INSERT INTO questionnaire (version, text, at) VALUES ($1, $2, $3)",
                               bigint_text(version), text, bigint_text(now));
        return version;
    });
}

}  // namespace campgate
