// The names that a family's own pages show. Kept apart from the facts the rules use: names never
// reach the engine, the journal or a log. Thread safety: any thread.
#pragma once

#include "core/ids.hpp"
#include "core/views.hpp"

#include <atomic>
#include <string>
#include <vector>

namespace campgate::server {

struct child_names {
    child_id id;
    std::string given_name;
};

struct family_file {
    family_id id;
    actor_id parent;
    std::string parent_given_name;
    std::string family_name;
    std::string postcode;
    std::vector<child_names> children;  ///< as in the facts
};

class family_directory {
public:
    void put(family_file file) {
        const family_id id = file.id;
        if (highest_.load() < id.value) highest_.store(id.value);
        files_.put(id, std::make_shared<const family_file>(std::move(file)));
    }
    std::shared_ptr<const family_file> find(family_id id) const { return files_.find(id); }
    /// The highest family id; in the demo they are numbered from 1 without gaps.
    std::uint64_t highest() const { return highest_.load(); }

private:
    published_map<family_id, family_file> files_;
    std::atomic<std::uint64_t> highest_{0};
};

}  // namespace campgate::server
