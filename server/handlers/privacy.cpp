// What a family may ask of its data: all of it in one answer, and its erasure (docs/privacy.md).
#include "persistence/health_sheet_store.hpp"
#include "persistence/privacy_store.hpp"
#include "server/family_erasure.hpp"
#include "server/family_export.hpp"
#include "server/handlers/handlers.hpp"
#include "server/http_fields.hpp"
#include "server/json_reader.hpp"
#include "server/on_worker.hpp"

#include <boost/json/serialize.hpp>

namespace campgate::server {

namespace json = boost::json;

namespace {

constexpr std::uint64_t audit_rows_max = 1'000;
constexpr json_range name_length{1, 200};

using export_job = std::function<std::optional<family_export>()>;

// Whoever gets the data has read the sheets: that is on record, or nothing is given.
export_job gather(const request_context& c) {
    return [&app = c.app, family = c.login->family, actor = c.login->actor,
            now = c.now]() -> std::optional<family_export> {
        family_export all;
        all.at = now;
        all.file = app.families.find(family);
        if (!all.file) return std::nullopt;
        app.database->change([&](worker_transaction& work) {
            all.sheets.clear();
            for (const child_row& child : all.file->children) {
                auto sheet = load_sheet(work, *app.sealing, child.id);
                if (!sheet) continue;
                all.sheets.emplace_back(child.id, *std::move(sheet));
                write_audit(work, now, actor, "sheet_read", family, child.id);
            }
            all.documents = documents_of(work, *app.sealing, family);
            write_audit(work, now, actor, "family_exported", family, std::nullopt);
            all.looked_at = audit_of(work, family, audit_rows_max);
            return true;
        });
        if (const auto view = app.seen.families.find(family)) all.holds = view->holds;
        all.camps = app.seen.season.load()->published;
        all.asked = app.questions.load()->asked;
        return all;
    };
}

http_response private_response(std::string_view type, std::string body) {
    http_response response;
    response.content_type = type;
    response.headers.emplace_back("Cache-Control", "no-store");
    response.body = std::move(body);
    return response;
}

// {"confirm":"Lambert"}: the family's name, so that no slip erases anything.
std::optional<problem> objection_in(std::string_view body, const family_file& file) {
    json_document document{body};
    json_faults& faults = document.faults();
    if (faults.first()) return to_problem(*faults.first());
    object_reader object{document.root(), document.place(), faults, {"confirm"}};
    const std::string_view confirmed = object.string("confirm", name_length);
    if (faults.first()) return to_problem(*faults.first());
    if (confirmed != file.parents.front().family_name)
        return member_problem(problem_detail::not_in_list, "/confirm");
    return std::nullopt;
}

}  // namespace

awaitable<http_response> get_family_export(const request_context& c) {
    export_job job = gather(c);
    const auto all = co_await on_worker(c, "family_not_exported", std::move(job));
    if (!all) co_return c.refuse(problem_kind::not_ready);
    if (!*all) co_return c.refuse(problem_kind::not_found);
    http_response response =
        private_response("application/json", json::serialize(export_object(**all)));
    response.headers.emplace_back("Content-Disposition",
                                  "attachment; filename=\"campgate-family.json\"");
    co_return response;
}

awaitable<http_response> get_family_export_page(const request_context& c) {
    export_job job = gather(c);
    const auto all = co_await on_worker(c, "family_not_exported", std::move(job));
    if (!all) co_return c.refuse(problem_kind::not_ready);
    if (!*all) co_return c.refuse(problem_kind::not_found);
    co_return private_response("text/html; charset=utf-8", export_page(**all, c.asked));
}

awaitable<http_response> delete_family(const request_context& c) {
    if (!is_json_content_type(c.request.fields.content_type))
        co_return c.refuse(problem_kind::unsupported_media_type);
    const auto file = c.app.families.find(c.login->family);
    if (!file) co_return c.refuse(problem_kind::not_found);
    if (const auto wrong = objection_in(c.request.body, *file)) co_return c.refuse(*wrong);
    if (const auto refused = writes_refused(c.app)) co_return c.refuse(*refused);
    std::function<erasure_outcome()> work = [&app = c.app, family = file->id,
                                             actor = c.login->actor, now = c.now] {
        return erase(app, family, actor, now);
    };
    const auto outcome = co_await on_worker(c, "family_not_erased", std::move(work));
    if (!outcome) co_return c.refuse(problem_kind::outcome_unknown);
    switch (*outcome) {
        case erasure_outcome::has_holds: co_return c.refuse(problem_kind::family_has_holds);
        case erasure_outcome::has_money: co_return c.refuse(problem_kind::family_has_money);
        case erasure_outcome::undecided: co_return c.refuse(problem_kind::outcome_unknown);
        case erasure_outcome::not_found: co_return c.refuse(problem_kind::not_found);
        case erasure_outcome::erased: break;
    }
    http_response response;
    response.status = 204;
    co_return response;
}

}  // namespace campgate::server
