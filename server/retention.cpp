#include "server/retention.hpp"

#include "persistence/document_store.hpp"
#include "persistence/health_sheet_store.hpp"
#include "persistence/privacy_store.hpp"
#include "persistence/request_store.hpp"
#include "server/family_erasure.hpp"

namespace campgate::server {

namespace {

constexpr std::uint64_t changes_max = 200;  // of one run
constexpr std::uint64_t counted_max = 10'000'000;
constexpr actor_id nobody{0};

instant months_before(instant now, std::uint32_t months) {
    return now - std::chrono::months{months};
}

void forget_sheet(application& app, const stale_sheet& sheet, instant now) {
    std::vector<family_id> sharing;
    app.database->read(
        [&](worker_transaction& work) { sharing = families_attached(work, sheet.child); });
    app.files->change(
        sheet.family, std::nullopt,
        [&](worker_transaction& work) {
            drop_sheet(work, sheet.child);
            write_audit(work, now, nobody, "sheet_dropped", sheet.family, sheet.child);
            return true;
        },
        sharing);
}

// Whether or not there is such a child: an answer that comes by itself tells nothing either.
bool end_unanswered(application& app, const unanswered_request& asked, instant now) {
    std::vector<family_id> also;
    if (asked.about) also.push_back(*asked.about);
    const auto ended = app.files->change(
        asked.family, std::nullopt,
        [&](worker_transaction& work) {
            const auto still = lock_request(work, *app.sealing, asked.id);
            if (!still || still->state != request_state::pending) return false;
            decide_request(work, *app.sealing, *still, request_state::refused, nobody, now, {});
            return true;
        },
        also);
    return ended.is == change_outcome::changed;
}

}  // namespace

retention_counts forget_old(application& app, instant now, bool dry) {
    const config& settings = app.settings;
    const instant sheets_before = months_before(now, settings.keep_sheets_months);
    const instant families_before = months_before(now, settings.keep_families_months);
    const instant audit_before = months_before(now, settings.keep_audit_months);
    const instant mails_before = now - settings.mail_retention;

    std::vector<stale_sheet> sheets;
    std::vector<family_id> families;
    std::vector<unanswered_request> unanswered;
    app.database->read([&](worker_transaction& work) {
        unanswered = unanswered_attach_requests(work, now - settings.keep_attach_requests,
                                                dry ? counted_max : changes_max);
        sheets = stale_sheets(work, sheets_before, dry ? counted_max : changes_max);
        families = unseen_families(work, families_before, counted_max);
    });
    retention_counts counts;
    counts.more = !dry && (sheets.size() == changes_max || unanswered.size() == changes_max);
    for (const unanswered_request& asked : unanswered) {
        if (dry || end_unanswered(app, asked, now)) ++counts.requests;
    }
    for (const stale_sheet& sheet : sheets) {
        if (!dry) forget_sheet(app, sheet, now);
        ++counts.sheets;
    }
    for (const family_id family : families) {
        if (!dry && counts.families == changes_max) {
            counts.more = true;
            break;
        }
        const bool due = dry ? app.families.find(family) && !holds_seats(app, family) &&
                                   !has_money_under_way(app, family)
                             : erase(app, family, nobody, now) == erasure_outcome::erased;
        if (due) ++counts.families;
    }
    app.database->change(
        [&](worker_transaction& work) {
            counts.audit_rows = drop_audit(work, audit_before, dry);
            counts.documents =
                drop_documents(work, now - settings.keep_unused_documents,
                               months_before(now, settings.keep_documents_months), dry);
            return true;
        },
        worker_database::long_timeout);
    if (app.mails) counts.mails = app.mails->rows().drop(mails_before, dry);
    return counts;
}

}  // namespace campgate::server
