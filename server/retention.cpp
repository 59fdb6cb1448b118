#include "server/retention.hpp"

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

}  // namespace

retention_counts forget_old(application& app, instant now, bool dry) {
    const config& settings = app.settings;
    const instant sheets_before = months_before(now, settings.keep_sheets_months);
    const instant families_before = months_before(now, settings.keep_families_months);
    const instant audit_before = months_before(now, settings.keep_audit_months);
    const instant mails_before = now - settings.mail_retention;

    std::vector<stale_sheet> sheets;
    std::vector<family_id> families;
    app.database->read([&](worker_transaction& work) {
        sheets = stale_sheets(work, sheets_before, dry ? counted_max : changes_max);
        families = unseen_families(work, families_before, counted_max);
    });
    retention_counts counts;
    counts.more = !dry && sheets.size() == changes_max;
    for (const stale_sheet& sheet : sheets) {
        if (!dry) forget_sheet(app, sheet, now);
        ++counts.sheets;
    }
    for (const family_id family : families) {
        if (!dry && counts.families == changes_max) {
            counts.more = true;
            break;
        }
        const bool due = dry ? app.families.find(family) && !holds_seats(app, family)
                             : erase(app, family, nobody, now) == erasure_outcome::erased;
        if (due) ++counts.families;
    }
    app.database->change(
        [&](worker_transaction& work) {
            counts.audit_rows = drop_audit(work, audit_before, dry);
            return true;
        },
        worker_database::long_timeout);
    if (app.mails) counts.mails = app.mails->rows().drop(mails_before, dry);
    return counts;
}

}  // namespace campgate::server
