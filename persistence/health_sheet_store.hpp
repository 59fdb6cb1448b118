// Health sheets and the questions they answer. Answers come and go as one text (JSON, made by the
// server) that is sealed under the child's record key, with the child and the part as associated
// data: a draft cannot be passed off as validated, nor one child's answers as another's. Nothing
// here knows what the answers say. Every function throws database_error. Thread safety: that of the
// transaction.
#pragma once

#include "core/ids.hpp"
#include "persistence/sealing.hpp"
#include "persistence/worker_database.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace campgate {

struct stored_sheet {
    std::uint64_t version{};               ///< 0 before anything was kept; then one more each time
    std::optional<std::string> validated;  ///< the answers last validated
    std::optional<instant> validated_at;
    std::optional<std::string> draft;  ///< what was typed since
    std::optional<instant> draft_at;
};

/// Nothing when there is no such child or its record was erased. Throws database_error when what is
/// kept cannot be opened.
std::optional<stored_sheet> load_sheet(worker_transaction& work, const master_key& key,
                                       child_id child);

/// Keeps a draft if the sheet still has this version; its new version, or nothing.
std::optional<std::uint64_t> keep_draft(worker_transaction& work, const master_key& key,
                                        child_id child, std::uint64_t expected,
                                        const std::string& text, instant now);

/// Keeps validated answers, drops the draft and sets the child's date (S15), likewise. Belongs in a
/// change of the child's family.
std::optional<std::uint64_t> keep_validated(worker_transaction& work, const master_key& key,
                                            child_id child, std::uint64_t expected,
                                            const std::string& text, instant now);

struct stored_questions {
    std::uint32_t version{};
    std::string text;  ///< TOML, as imported
};

/// The newest version, or nothing before the first import.
std::optional<stored_questions> load_questions(worker_transaction& work);

/// Keeps another version, unless the newest says the same; the version in force.
std::uint32_t keep_questions(worker_transaction& work, const std::string& text, instant now);

}  // namespace campgate
