// What each route does. A handler reads as a sentence: parse, decide, push, reply. It runs on one
// io thread; those that wait for the sequencer or a worker are coroutines.
#pragma once

#include "server/application.hpp"
#include "server/http_message.hpp"
#include "server/result.hpp"

#include <array>

namespace campgate::server {

/// What stands in a path for the "{}" of its route; those that it has not are empty.
inline constexpr std::size_t path_arguments_max = 3;
using path_arguments_type = std::array<std::string_view, path_arguments_max>;

/// One request with everything that a handler may look at. Outlives the handler.
struct request_context {
    application& app;
    io_lane& lane;
    const http_request& request;
    language asked;
    instant now;
    std::shared_ptr<const login_session> login;  ///< null when nobody is logged in
    path_arguments_type path_arguments;          ///< of "/…/{}/…/{}", in order

    http_response refuse(const problem& p) const {
        return problem_response(p, asked, request.path);
    }
    http_response refuse(problem_kind kind) const { return refuse(problem_of(kind)); }
};

http_response get_season(const request_context& c);
http_response get_weeks(const request_context& c);
http_response get_me(const request_context& c);
http_response get_basket(const request_context& c);
http_response get_quote(const request_context& c);
http_response get_orders(const request_context& c);
http_response get_order(const request_context& c);
awaitable<http_response> post_order(const request_context& c);
awaitable<http_response> post_abandon(const request_context& c);
awaitable<http_response> post_payment(const request_context& c);
awaitable<http_response> get_payment(const request_context& c);
http_response post_webhook(const request_context& c);
http_response get_demo_style(const request_context& c);
awaitable<http_response> get_demo_bank(const request_context& c);
awaitable<http_response> post_demo_bank(const request_context& c);
awaitable<http_response> post_holds(const request_context& c);
awaitable<http_response> delete_hold(const request_context& c);
http_response get_demo_families(const request_context& c);
awaitable<http_response> post_demo_login(const request_context& c);
awaitable<http_response> get_demo_mails(const request_context& c);
awaitable<http_response> get_staff_mails(const request_context& c);
awaitable<http_response> post_mail_retry(const request_context& c);
http_response get_sheet_questions(const request_context& c);
awaitable<http_response> get_sheet(const request_context& c);
awaitable<http_response> put_sheet_draft(const request_context& c);
awaitable<http_response> post_sheet_validation(const request_context& c);
awaitable<http_response> get_family_export(const request_context& c);
awaitable<http_response> get_family_export_page(const request_context& c);
awaitable<http_response> delete_family(const request_context& c);
awaitable<http_response> get_login(const request_context& c);
awaitable<http_response> get_login_callback(const request_context& c);
http_response too_many_logins(const request_context& c);
awaitable<http_response> post_logout(const request_context& c);
http_response get_identity_configuration(const request_context& c);
http_response get_identity_keys(const request_context& c);
http_response get_identity_authorize(const request_context& c);
http_response get_identity_choose(const request_context& c);
http_response post_identity_token(const request_context& c);
http_response get_identity_userinfo(const request_context& c);
http_response get_identity_logout(const request_context& c);
http_response get_family(const request_context& c);
awaitable<http_response> post_family_register(const request_context& c);
awaitable<http_response> put_family_profile(const request_context& c);
awaitable<http_response> post_email_resend(const request_context& c);
awaitable<http_response> post_email_confirm(const request_context& c);
awaitable<http_response> post_family_residence(const request_context& c);
awaitable<http_response> post_child(const request_context& c);
awaitable<http_response> put_child(const request_context& c);
awaitable<http_response> delete_family_child(const request_context& c);
awaitable<http_response> post_attachment(const request_context& c);
awaitable<http_response> post_request_answer(const request_context& c);
awaitable<http_response> post_child_invoiceable(const request_context& c);
http_response get_readiness(const request_context& c);
awaitable<http_response> post_document(const request_context& c);
awaitable<http_response> post_cancellation(const request_context& c);
awaitable<http_response> get_staff_document(const request_context& c);
awaitable<http_response> get_staff_orders(const request_context& c);
awaitable<http_response> post_staff_settle(const request_context& c);
awaitable<http_response> post_staff_review(const request_context& c);
awaitable<http_response> post_staff_clock(const request_context& c);
awaitable<http_response> post_staff_refund(const request_context& c);
awaitable<http_response> post_staff_capacity(const request_context& c);
awaitable<http_response> post_staff_search(const request_context& c);
awaitable<http_response> get_staff_family(const request_context& c);
awaitable<http_response> get_staff_decisions(const request_context& c);
awaitable<http_response> post_staff_decision(const request_context& c);
awaitable<http_response> get_staff_readiness(const request_context& c);
awaitable<http_response> post_staff_reminders(const request_context& c);
awaitable<http_response> get_staff_audit(const request_context& c);
http_response get_healthz(const request_context& c);
http_response get_readyz(const request_context& c);
http_response get_openapi(const request_context& c);
http_response get_asyncapi(const request_context& c);

/// The answer with this JSON, or 304 when the asker has it (`etag` with its quotes).
http_response json_response(const request_context& c, std::string body, std::string etag = {});

/// The Idempotency-Key, which the route requires; or the answer that says what is wrong with it.
result<bits128, http_response> required_key(const request_context& c);

/// Why writes are refused before anything is looked at: draining, or a journal that does not
/// answer.
std::optional<problem_kind> writes_refused(const application& app);

}  // namespace campgate::server
