#include "server/family_import.hpp"

#include "persistence/request_store.hpp"

#include <algorithm>
#include <set>

namespace campgate::server {

namespace {

class importer {
public:
    importer(worker_transaction& work, const master_key& key, instant now)
        : work_(work),
          key_(key),
          now_(now) {}

    void add(const listed_family& listed) {
        const auto known = find_parent(work_, key_, *listed.parent.niss);
        const family_id family = known ? update(*known, listed.parent) : create(listed.parent);
        const actor_id parent = known ? known->id : actor_id{family.value};
        for (const child_row& child : listed.children) add_child(family, parent, child);
    }

    import_counts counts;
    std::set<family_id> touched;

private:
    family_id create(const parent_row& listed) {
        ++counts.parents_added;
        const family_id family = new_family(work_);
        parent_row parent = listed;
        parent.id = actor_id{family.value};
        insert_parent(work_, key_, family, parent);
        // The organiser's own list is what the staff would confirm.
        if (parent.address)
            update_residence(work_, family, {parent.address->postcode, now_, "", true});
        touched.insert(family);
        return family;
    }

    family_id update(const found_parent& known, const parent_row& listed) {
        ++counts.parents_known;
        if (known.registered) return known.family;
        auto row = load_family(work_, key_, known.family);
        if (!row || row->parents.empty()) return known.family;
        parent_row parent = listed;
        parent.id = known.id;
        parent.birth_date = row->parents.front().birth_date;
        parent.email_confirmed =
            row->parents.front().email_confirmed && row->parents.front().email == parent.email;
        if (parent == row->parents.front()) return known.family;
        update_parent(work_, key_, parent);
        if (parent.address && parent.address->postcode != row->home.postcode)
            update_residence(work_, known.family, {parent.address->postcode, now_, "", true});
        touched.insert(known.family);
        return known.family;
    }

    void add_child(family_id family, actor_id parent, const child_row& listed) {
        if (listed.niss) {
            if (const auto found = find_child(work_, key_, *listed.niss))
                return link(family, parent, *found);
        } else if (is_there(family, listed)) {
            ++counts.children_known;
            return;
        }
        ++counts.children_added;
        child_row child = listed;
        child.id = new_child_id(work_);
        child.invoiceable_parent = parent;
        insert_child(work_, key_, family, child);
        touched.insert(family);
    }

    void link(family_id family, actor_id parent, const found_child& found) {
        if (found.family == family) {
            ++counts.children_known;
            return;
        }
        const auto attached = families_attached(work_, found.id);
        if (std::ranges::find(attached, family) != attached.end()) {
            ++counts.children_known;
            return;
        }
        ++counts.children_attached;
        attach_parent(work_, found.id, family, parent);
        touched.insert(family);
        touched.insert(found.family);
    }

    bool is_there(family_id family, const child_row& listed) {
        const auto row = load_family(work_, key_, family);
        return row && std::ranges::any_of(row->children, [&](const child_row& child) {
                   return child.given_name == listed.given_name &&
                          child.birth_date == listed.birth_date;
               });
    }

    worker_transaction& work_;
    const master_key& key_;
    const instant now_;
};

}  // namespace

import_counts import_families(family_files& files, const std::vector<listed_family>& list,
                              instant now) {
    import_counts counts;
    files.change_many([&](worker_transaction& work) -> std::optional<std::vector<family_id>> {
        importer all{work, files.key(), now};
        for (const listed_family& listed : list) all.add(listed);
        for (const family_id family : all.touched) raise_family_version(work, family);
        counts = all.counts;
        return std::vector<family_id>{all.touched.begin(), all.touched.end()};
    });
    return counts;
}

}  // namespace campgate::server
