// Mails: what the demo sent, for anybody to read there; what could not be sent, for staff, who see
// the reason and the family but never the address or the text.
#include "persistence/staff_store.hpp"
#include "server/handlers/handlers.hpp"
#include "server/json_time.hpp"
#include "server/mail/mail_service.hpp"
#include "server/on_worker.hpp"
#include "server/query_string.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <limits>

namespace campgate::server {

namespace json = boost::json;

namespace {

constexpr std::size_t demo_mails_max = 50;
constexpr std::size_t staff_mails_max = 200;

json::object demo_object(const mail_row& row) {
    const mail_content content = mail_content_of(row.content.value());
    json::array attachments;
    for (const mail_attachment& a : content.attachments) attachments.emplace_back(a.name);
    return {{"id", row.id.value},
            {"kind", row.kind},
            {"to", content.to.address},
            {"language", content.in},
            {"subject", content.subject},
            {"text", content.text},
            {"attachments", std::move(attachments)},
            {"made_at", rfc3339(row.made)},
            {"sent_at", time_or_null(row.sent)}};
}

json::object staff_object(const mail_row& row) {
    const bool waits = row.state == mail_state::waiting;
    return {{"id", row.id.value},
            {"kind", row.kind},
            {"family", row.family ? json::value(row.family->value) : json::value()},
            {"state", campgate::name_of(row.state)},
            {"failure", row.failure == mail_failure::none
                            ? json::value()
                            : json::value(campgate::name_of(row.failure))},
            {"attempts", row.attempts},
            {"made_at", rfc3339(row.made)},
            {"next_attempt_at", waits ? json::value(rfc3339(row.due)) : json::value()},
            {"sent_at", time_or_null(row.sent)}};
}

std::optional<mail_state> state_of(std::string_view text) {
    for (const mail_state state : {mail_state::waiting, mail_state::sent, mail_state::failed}) {
        if (text == campgate::name_of(state)) return state;
    }
    return std::nullopt;
}

/// What came of staff's wish to send a mail again.
struct retried {
    bool changed{};
    std::optional<mail_row> row;
};

}  // namespace

awaitable<http_response> get_demo_mails(const request_context& c) {
    std::function<std::string()> work = [&store = c.app.mails->rows()] {
        json::array mails;
        for (const mail_row& row : store.latest(demo_mails_max)) {
            if (row.content) mails.push_back(demo_object(row));
        }
        return json::serialize(json::object{{"mails", std::move(mails)}});
    };
    auto body = co_await on_worker(c, "mails_not_read", std::move(work));
    if (!body) co_return c.refuse(problem_kind::not_ready);
    co_return json_response(c, *std::move(body));
}

awaitable<http_response> get_staff_mails(const request_context& c) {
    const auto query = query_string::parse(c.request.query, {"state"});
    if (!query) co_return c.refuse(parameter_problem(query.error().parameter));
    const auto state = state_of(query->find("state").value_or("failed"));
    if (!state) co_return c.refuse(parameter_problem("state"));
    std::function<std::string()> work = [&app = c.app, asked = *state, now = c.now,
                                         actor = c.login->actor] {
        app.database->change([&](worker_transaction& tx) {
            write_audit(tx, now, actor, "mails_read", {}, {});
            return true;
        });
        json::array mails;
        for (const mail_row& row : app.mails->rows().list(asked, staff_mails_max))
            mails.push_back(staff_object(row));
        return json::serialize(json::object{{"mails", std::move(mails)}});
    };
    auto body = co_await on_worker(c, "mails_not_read", std::move(work));
    if (!body) co_return c.refuse(problem_kind::not_ready);
    co_return json_response(c, *std::move(body));
}

awaitable<http_response> post_mail_retry(const request_context& c) {
    const auto number =
        parse_unsigned(c.path_arguments[0], 1, std::numeric_limits<std::int64_t>::max());
    if (!number) co_return c.refuse(problem_kind::not_found);
    if (const auto refused = writes_refused(c.app)) co_return c.refuse(*refused);
    std::function<retried()> work = [&app = c.app, id = mail_id{*number}, now = c.now,
                                     actor = c.login->actor] {
        const auto before = app.mails->rows().find(id);
        const bool changed = before && app.database->change([&](worker_transaction& tx) {
            if (!retry_mail(tx, id, now)) return false;
            write_audit(tx, now, actor, "mail_retried", before->family, {});
            return true;
        });
        return retried{changed, app.mails->rows().find(id)};
    };
    const auto outcome = co_await on_worker(c, "mail_not_retried", std::move(work));
    if (!outcome) co_return c.refuse(problem_kind::not_ready);
    if (!outcome->row) co_return c.refuse(problem_kind::not_found);
    if (outcome->changed) c.app.mails->wake();
    co_return json_response(c, json::serialize(staff_object(*outcome->row)));
}

}  // namespace campgate::server
