// The family files in memory: what a family's own pages and the staff's search show. Kept apart
// from the facts the rules use: names never reach the engine, the journal or a log. Written by
// family_files alone, always whole files. Thread safety: any thread.
#pragma once

#include "core/ids.hpp"
#include "core/views.hpp"
#include "persistence/family_store.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace campgate::server {

/// A file has at least one parent: the family's own, first.
using family_file = family_row;

class family_directory {
public:
    void put(std::shared_ptr<const family_file> file) {
        const family_id id = file->id;
        const std::lock_guard lock{mutex_};
        all_.insert_or_assign(id, file);
        files_.put(id, std::move(file));
    }
    void erase(family_id id) {
        const std::lock_guard lock{mutex_};
        all_.erase(id);
        files_.erase(id);
    }
    std::shared_ptr<const family_file> find(family_id id) const { return files_.find(id); }

    /// All of them, ascending id. Copies pointers only.
    std::vector<std::shared_ptr<const family_file>> all() const {
        std::vector<std::shared_ptr<const family_file>> files;
        const std::lock_guard lock{mutex_};
        files.reserve(all_.size());
        for (const auto& [id, file] : all_) files.push_back(file);
        return files;
    }
    std::size_t size() const { return files_.size(); }

private:
    published_map<family_id, family_file> files_;
    mutable std::mutex mutex_;
    std::map<family_id, std::shared_ptr<const family_file>> all_;  // under mutex_
};

/// "Anne Lambert"
inline std::string full_name(const parent_row& parent) {
    return parent.given_name + ' ' + parent.family_name;
}

}  // namespace campgate::server
