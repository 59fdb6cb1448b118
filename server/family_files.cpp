#include "server/family_files.hpp"

#include "core/residence.hpp"
#include "persistence/staff_store.hpp"

#include <algorithm>

namespace campgate::server {

namespace {

constexpr std::string_view unique_violation = "23505";

std::vector<family_id> in_order(family_id family, std::span<const family_id> also) {
    std::vector<family_id> all{also.begin(), also.end()};
    all.push_back(family);
    std::ranges::sort(all);
    const auto twice = std::ranges::unique(all);
    all.erase(twice.begin(), twice.end());
    return all;
}

bool follow_login(parent_row& parent, const identity& who) {
    const parent_row before = parent;
    parent.given_name = who.given_name;
    parent.family_name = who.family_name;
    if (who.birth_date) parent.birth_date = who.birth_date;
    return parent != before;
}

}  // namespace

family_facts facts_of(const family_row& row, const season_view& view) {
    family_facts facts;
    facts.id = row.id;
    facts.version = row.version;
    const std::string_view postcode = counted_postcode(row.home, residence_cutoff(view));
    for (const parent_row& parent : row.parents) facts.parents.push_back(parent.id);
    for (const child_row& child : row.children) {
        const price_class charged_as =
            view.published ? class_of(*view.published, postcode, child.site) : price_class::other;
        facts.children.push_back({child.id, child.birth_date, charged_as, child.sheet_validated_at,
                                  child.invoiceable_parent.has_value()});
    }
    return facts;
}

family_files::family_files(worker_database& database, const master_key& key, views& seen,
                           family_directory& directory, std::function<void(family_id)> tell)
    : database_(database),
      key_(key),
      seen_(seen),
      directory_(directory),
      tell_(std::move(tell)) {
}

change_result family_files::change(family_id family, std::optional<std::uint64_t> expected,
                                   const change_function& work, std::span<const family_id> also) {
    const std::vector<family_id> touched = in_order(family, also);
    change_result result;
    std::vector<family_row> rows;
    const auto in_transaction = [&](worker_transaction& transaction) {
        rows.clear();
        result = {change_outcome::declined, 0};
        for (const family_id each : touched) {
            const auto version = lock_family(transaction, each);
            if (each != family) continue;
            if (!version) {
                result.is = change_outcome::not_found;
                return false;
            }
            result.version = *version;
            if (expected && *expected != *version) {
                result.is = change_outcome::precondition_failed;
                return false;
            }
        }
        if (!work(transaction)) return false;
        for (const family_id each : touched) {
            raise_family_version(transaction, each);
            if (auto row = load_family(transaction, key_, each)) {
                if (each == family) result.version = row->version;
                rows.push_back(*std::move(row));
            }
        }
        result.is = change_outcome::changed;
        return true;
    };
    try {
        if (!database_.change(in_transaction)) return result;
    } catch (const database_error&) {
        doubt(touched);
        throw;
    }
    for (const family_id each : touched) {
        const auto row = std::ranges::find(rows, each, &family_row::id);
        if (row != rows.end()) {
            publish(std::move(*row));
        } else {
            const std::lock_guard lock{publishing_};
            forget_locked(each);
        }
        tell_(each);
    }
    return result;
}

bool family_files::change_many(
    const std::function<std::optional<std::vector<family_id>>(worker_transaction&)>& work) {
    std::vector<family_id> touched;
    const auto in_transaction = [&](worker_transaction& transaction) {
        auto done = work(transaction);
        if (!done) return false;
        touched = *std::move(done);
        return true;
    };
    if (!database_.change(in_transaction, worker_database::long_timeout)) return false;
    reread(touched);
    for (const family_id each : touched) tell_(each);
    return true;
}

identified family_files::identify(const identity& who) {
    // Two first logins at once: the second finds what the first has made.
    for (bool again = false;; again = true) {
        std::optional<found_parent> known;
        bool staff = false;
        database_.read([&](worker_transaction& transaction) {
            known = find_parent(transaction, key_, who.number);
            staff = is_staff(transaction, key_, who.number);
        });
        if (known) {
            const auto file = directory_.find(known->family);
            parent_row parent = file ? file->parents.front() : parent_row{};
            if (file && parent.id == known->id && follow_login(parent, who)) {
                change(known->family, std::nullopt, [&](worker_transaction& transaction) {
                    auto row = load_family(transaction, key_, known->family);
                    if (!row || row->parents.empty()) return false;
                    follow_login(row->parents.front(), who);
                    update_parent(transaction, key_, row->parents.front());
                    return true;
                });
            }
            return {known->id, known->family, known->registered, staff};
        }
        identified made;
        std::optional<family_row> row;
        try {
            database_.change([&](worker_transaction& transaction) {
                made.family = new_family(transaction);
                made.actor = actor_id{made.family.value};
                parent_row parent;
                parent.id = made.actor;
                parent.niss = who.number;
                follow_login(parent, who);
                insert_parent(transaction, key_, made.family, parent);
                row = load_family(transaction, key_, made.family);
                return true;
            });
        } catch (const database_error& e) {
            if (again || e.sqlstate() != unique_violation) throw;
            continue;
        }
        publish(*std::move(row));
        made.staff = staff;
        return made;
    }
}

void family_files::load_all(pg_connection& connection) {
    const std::lock_guard lock{publishing_};
    for (family_row& row : load_families(connection, key_))
        publish_locked(std::make_shared<const family_row>(std::move(row)));
}

void family_files::season_changed() {
    const std::lock_guard lock{publishing_};
    for (auto& file : directory_.all()) publish_locked(std::move(file));
}

bool family_files::resolve_doubts() {
    std::vector<family_id> open;
    {
        const std::lock_guard lock{doubts_mutex_};
        open.assign(doubts_.begin(), doubts_.end());
    }
    if (open.empty()) return true;
    try {
        reread(open);
    } catch (const database_error&) {
        return false;
    }
    const std::lock_guard lock{doubts_mutex_};
    for (const family_id each : open) doubts_.erase(each);
    return doubts_.empty();
}

void family_files::publish(family_row row) {
    const std::lock_guard lock{publishing_};
    publish_locked(std::make_shared<const family_row>(std::move(row)));
}

void family_files::publish_locked(std::shared_ptr<const family_row> row) {
    if (gone_.contains(row->id)) return;
    if (row->parents.empty()) return forget_locked(row->id);
    const auto before = directory_.find(row->id);
    if (before && before->version > row->version) return;
    publish_facts_locked(*row);
    directory_.put(std::move(row));
}

void family_files::publish_facts_locked(const family_row& row) {
    family_facts facts = facts_of(row, *seen_.season.load());
    const auto [from, to] = closed_.equal_range(row.id);
    for (auto each = from; each != to; ++each) {
        std::erase_if(facts.children, [&](const child_facts& child) {
            return !each->second || child.id == *each->second;
        });
    }
    seen_.facts.put(row.id, std::make_shared<const family_facts>(std::move(facts)));
}

void family_files::close(family_id family, std::optional<child_id> child) {
    const std::lock_guard lock{publishing_};
    closed_.emplace(family, child);
    if (const auto file = directory_.find(family)) publish_facts_locked(*file);
}

void family_files::reopen(family_id family, std::optional<child_id> child) {
    const std::lock_guard lock{publishing_};
    const auto [from, to] = closed_.equal_range(family);
    const auto at = std::find_if(from, to, [&](const auto& each) { return each.second == child; });
    if (at != to) closed_.erase(at);
    if (const auto file = directory_.find(family)) publish_facts_locked(*file);
}

void family_files::forget_locked(family_id family) {
    gone_.insert(family);
    seen_.facts.erase(family);
    directory_.erase(family);
}

// A commit whose answer was lost may have happened: the next look at the tables tells.
void family_files::doubt(std::span<const family_id> families) {
    {
        const std::lock_guard lock{doubts_mutex_};
        doubts_.insert(families.begin(), families.end());
    }
    resolve_doubts();
}

void family_files::reread(std::span<const family_id> families) {
    for (const family_id each : families) {
        std::optional<family_row> row;
        database_.read(
            [&](worker_transaction& transaction) { row = load_family(transaction, key_, each); });
        // A family is read again only when it was there: not there any more is erased.
        if (row) {
            publish(*std::move(row));
        } else {
            const std::lock_guard lock{publishing_};
            forget_locked(each);
        }
    }
}

}  // namespace campgate::server
