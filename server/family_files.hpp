// The one way to change a family file: lock the family, check what the asker saw, change, raise its
// version, commit; then memory has it before the asker is answered: the facts that the rules use,
// the file that pages show, and a word to the family's open pages. Two changes at once come one
// after the other, and the newer file is what stays. Reading never asks the database.
// Called on worker threads and at start; throws database_error. Thread safety: any thread.
#pragma once

#include "core/views.hpp"
#include "persistence/family_store.hpp"
#include "persistence/sealing.hpp"
#include "persistence/worker_database.hpp"
#include "server/family_directory.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>

namespace campgate::server {

enum class change_outcome : std::uint8_t {
    changed,
    not_found,            ///< there is no such family
    precondition_failed,  ///< it has another version by now
    declined,             ///< the change itself gave false: nothing happened
};

struct change_result {
    change_outcome is{};
    std::uint64_t version{};  ///< of the family as it is now
};

/// Who somebody is, as a login says it.
struct identity {
    campgate::niss number;
    std::string given_name;
    std::string family_name;
    std::optional<std::chrono::sys_days> birth_date;
};

struct identified {
    actor_id actor;
    family_id family;
    bool registered = false;  ///< S9
    bool staff = false;       ///< added by hand; a claim of the login may say so as well
};

class family_files {
public:
    /// Gives false to undo everything. May run twice: it must not keep what it did outside.
    using change_function = std::function<bool(worker_transaction&)>;

    family_files(worker_database& database, const master_key& key, views& seen,
                 family_directory& directory, std::function<void(family_id)> tell);

    /// Changes one family; with `expected`, only if that is still its version. `also`: further
    /// families that the change touches; they are locked, raised and published with it.
    change_result change(family_id family, std::optional<std::uint64_t> expected,
                         const change_function& work, std::span<const family_id> also = {});

    /// The parent with this number, known from the commune's bills or an earlier login (S10), or a
    /// new family with this parent (S11). Names follow the login (S9).
    identified identify(const identity& who);

    /// Several families at once, for an import: `work` gives those that it touched, or nothing to
    /// undo everything. New versions are its own to raise.
    bool change_many(
        const std::function<std::optional<std::vector<family_id>>(worker_transaction&)>& work);

    /// No hold can be placed for the child, or for any of the family, until `reopen`: what the
    /// rules know of the family leaves it out. What was decided before stays.
    void close(family_id family, std::optional<child_id> child);
    void reopen(family_id family, std::optional<child_id> child);

    /// Every file from the database; at start, before anybody asks.
    void load_all(pg_connection& connection);
    /// The classes follow from the season: to be called when another one was published.
    void season_changed();
    /// Families whose change may or may not have been committed are read again. True: none is left.
    bool resolve_doubts();

    worker_database& database() noexcept { return database_; }
    const master_key& key() const noexcept { return key_; }

private:
    void publish(family_row row);
    void publish_locked(std::shared_ptr<const family_row> row);
    void publish_facts_locked(const family_row& row);
    void forget_locked(family_id family);
    void doubt(std::span<const family_id> families);
    void reread(std::span<const family_id> families);

    worker_database& database_;
    const master_key& key_;
    views& seen_;
    family_directory& directory_;
    const std::function<void(family_id)> tell_;
    std::mutex publishing_;
    std::set<family_id> gone_;  // under publishing_; never comes back
    // Under publishing_; no child: the whole family.
    std::multimap<family_id, std::optional<child_id>> closed_;
    std::mutex doubts_mutex_;
    std::set<family_id> doubts_;  // under doubts_mutex_
};

/// While it lives, a child that is taken out, or a family that is erased, gets no holds.
class closed_to_holds {
public:
    closed_to_holds(family_files& files, family_id family, std::optional<child_id> child)
        : files_(files),
          family_(family),
          child_(child) {
        files_.close(family_, child_);
    }
    ~closed_to_holds() { files_.reopen(family_, child_); }
    closed_to_holds(const closed_to_holds&) = delete;
    closed_to_holds& operator=(const closed_to_holds&) = delete;

private:
    family_files& files_;
    const family_id family_;
    const std::optional<child_id> child_;
};

/// What the rules need of a file under a season (R8, R9).
family_facts facts_of(const family_row& row, const season_view& view);

}  // namespace campgate::server
