#include "server/family_erasure.hpp"

#include "persistence/health_sheet_store.hpp"
#include "persistence/privacy_store.hpp"
#include "persistence/request_store.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace campgate::server {

namespace {

// Families of second parents of this family's children (R10).
std::vector<family_id> sharing_with(application& app, const family_file& file) {
    std::vector<family_id> families;
    app.database->read([&](worker_transaction& work) {
        families.clear();
        for (const child_row& child : file.children) {
            const auto some = families_attached(work, child.id);
            families.insert(families.end(), some.begin(), some.end());
        }
    });
    return families;
}

bool holds_any(const application& app, family_id holder, const family_file& of) {
    const auto view = app.seen.families.find(holder);
    if (!view) return false;
    return std::ranges::any_of(view->holds, [&](const family_hold& hold) {
        return holder == of.id ||
               std::ranges::find(of.children, hold.child, &child_row::id) != of.children.end();
    });
}

bool holds_seats(const application& app, const family_file& file,
                 const std::vector<family_id>& sharing) {
    return holds_any(app, file.id, file) || std::ranges::any_of(sharing, [&](family_id other) {
               return holds_any(app, other, file);
           });
}

}  // namespace

bool holds_seats(application& app, family_id family) {
    const auto file = app.families.find(family);
    return file && holds_seats(app, *file, sharing_with(app, *file));
}

erasure_outcome erase(application& app, family_id family, actor_id by, instant now) {
    const auto file = app.families.find(family);
    if (!file) return erasure_outcome::not_found;
    const auto sharing = sharing_with(app, *file);
    if (holds_seats(app, *file, sharing)) return erasure_outcome::has_holds;
    const change_result result = app.files->change(
        family, std::nullopt,
        [&](worker_transaction& work) {
            erase_family(work, family);
            write_audit(work, now, by, "family_erased", family, std::nullopt);
            return true;
        },
        sharing);
    if (result.is != change_outcome::changed) return erasure_outcome::not_found;
    app.logins.remove_family(family);
    for (const auto& lane : app.lanes) {
        asio::post(lane->io,
                   [lane = lane.get(), &app, now] { lane->feed.keep_logins(app.logins, now); });
    }
    return erasure_outcome::erased;
}

}  // namespace campgate::server
