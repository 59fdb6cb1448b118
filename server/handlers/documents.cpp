// Supporting documents (S30): sent by a parent, known by their bytes and not by what is said of
// them, sealed; read by staff, which leaves an audit row before any byte leaves.
#include "persistence/document_store.hpp"
#include "persistence/pg_text.hpp"
#include "persistence/staff_store.hpp"
#include "server/document_check.hpp"
#include "server/handlers/handlers.hpp"
#include "server/on_worker.hpp"

#include <sodium.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace campgate::server {

namespace json = boost::json;

namespace {

constexpr std::chrono::milliseconds document_statement_max{5'000};

bits128 random_id() {
    bits128 id;
    randombytes_buf(&id, sizeof id);
    return id;
}

// A document as it is to be kept; or the answer that says why it is none.
result<stored_document, http_response> document_asked(const request_context& c) {
    const auto stated = document_kind_of(c.request.fields.content_type);
    const auto found = stated ? document_in(c.request.body) : std::nullopt;
    if (!found || found->kind != *stated) {
        problem p = problem_of(problem_kind::unsupported_media_type);
        p.detail = problem_detail::not_a_document;
        return c.refuse(p);
    }
    stored_document made;
    made.id = random_id();
    made.family = c.login->family;
    made.parent = c.login->actor;
    made.kind = found->kind;
    made.made_at = c.now;
    made.bytes = c.request.body.substr(0, found->bytes);
    return made;
}

}  // namespace

awaitable<http_response> post_document(const request_context& c) {
    if (const auto refused = writes_refused(c.app)) co_return c.refuse(*refused);
    auto asked = document_asked(c);
    if (!asked) co_return asked.error();
    const std::string id = uuid_text(asked->id);
    auto made = std::make_shared<const stored_document>(*std::move(asked));
    std::function<bool()> work = [&app = c.app, made] {
        return app.database->change(
            [&](worker_transaction& transaction) {
                return put_document(transaction, *app.sealing, *made);
            },
            document_statement_max);
    };
    const auto kept = co_await on_worker(c, "document_not_kept", std::move(work));
    if (!kept) co_return c.refuse(problem_kind::outcome_unknown);
    if (!*kept) co_return c.refuse(problem_kind::not_found);
    http_response response = json_response(c, json::serialize(json::object{{"document", id}}));
    response.status = 201;
    co_return response;
}

awaitable<http_response> get_staff_document(const request_context& c) {
    const auto id = uuid_of(c.path_arguments[0]);
    if (!id) co_return c.refuse(problem_kind::not_found);
    using found_type = std::optional<stored_document>;
    std::function<found_type()> work = [&app = c.app, id = *id, actor = c.login->actor,
                                        now = c.now] {
        found_type found;
        app.database->change([&](worker_transaction& transaction) {
            found = load_document(transaction, *app.sealing, id);
            if (!found) return false;
            write_audit(transaction, now, actor, "document_read", found->family, std::nullopt);
            return true;
        });
        return found;
    };
    auto found = co_await on_worker(c, "document_not_read", std::move(work));
    if (!found) co_return c.refuse(problem_kind::not_ready);
    if (!*found) co_return c.refuse(problem_kind::not_found);
    stored_document& document = **found;
    http_response response;
    response.content_type = content_type_of(document.kind);
    response.headers.emplace_back("Cache-Control", "no-store");
    response.headers.emplace_back("Content-Security-Policy", "default-src 'none'; sandbox");
    std::string name = "attachment; filename=\"document-";
    name += document.request ? std::to_string(document.request->value) : std::string{"unused"};
    name.append(".").append(extension_of(document.kind)).append("\"");
    response.headers.emplace_back("Content-Disposition", std::move(name));
    response.body = std::move(document.bytes);
    co_return response;
}

}  // namespace campgate::server
