#include "server/family_erasure.hpp"

#include "persistence/health_sheet_store.hpp"
#include "persistence/privacy_store.hpp"
#include "persistence/request_store.hpp"
#include "server/sequencer_pass.hpp"

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

bool has_money_under_way(const application& app, family_id family) {
    const auto view = app.seen.families.find(family);
    if (!view) return false;
    const bool refunding = std::ranges::any_of(
        view->sales.refunds, [](const refund& r) { return r.state != refund_state::done; });
    return refunding || std::ranges::any_of(view->sales.payments, [](const payment& p) {
               const bool asked =
                   p.state == payment_state::wanted || p.state == payment_state::open;
               return p.state == payment_state::review ||
                      (asked && p.method == payment_method::online);
           });
}

// First no new hold can be placed, then those that were on their way are there to be seen.
erasure_outcome erase(application& app, family_id family, actor_id by, instant now) {
    const auto file = app.families.find(family);
    if (!file) return erasure_outcome::not_found;
    const auto sharing = sharing_with(app, *file);
    if (holds_seats(app, *file, sharing)) return erasure_outcome::has_holds;
    const closed_to_holds closed{*app.files, family, std::nullopt};
    if (!pass_sequencer(app)) return erasure_outcome::undecided;
    if (holds_seats(app, *file, sharing)) return erasure_outcome::has_holds;
    if (has_money_under_way(app, family)) return erasure_outcome::has_money;
    const change_result result = app.files->change(
        family, std::nullopt,
        [&](worker_transaction& work) {
            erase_family(work, family);
            write_audit(work, now, by, "family_erased", family, std::nullopt);
            return true;
        },
        sharing);
    if (result.is != change_outcome::changed) return erasure_outcome::not_found;
    end_logins_of(app, family, now);
    return erasure_outcome::erased;
}

void end_logins_of(application& app, family_id family, instant now) {
    app.logins.remove_family(family);
    for (const auto& lane : app.lanes) {
        asio::post(lane->io,
                   [lane = lane.get(), &app, now] { lane->feed.keep_logins(app.logins, now); });
    }
}

}  // namespace campgate::server
