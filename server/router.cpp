#include "server/router.hpp"

#include "server/query_string.hpp"

#include <algorithm>
#include <array>

namespace campgate::server {

namespace {

constexpr std::string_view argument_mark = "{}";
constexpr std::string_view documents_path = "/api/v1/family/documents";

using enum http_method;
using enum route_label;

// Read: anybody. Own: a logged-in parent. Change: besides, same origin and CSRF token.
constexpr route read(std::string_view pattern, route_label label,
                     http_response (*answer)(const request_context&)) {
    return {.pattern = pattern, .label = label, .method = get, .answer = answer};
}
constexpr route own(std::string_view pattern, route_label label,
                    http_response (*answer)(const request_context&)) {
    return {
        .pattern = pattern, .label = label, .method = get, .needs_login = true, .answer = answer};
}
constexpr route change(std::string_view pattern, route_label label, http_method method,
                       awaitable<http_response> (*answer)(const request_context&)) {
    return {.pattern = pattern,
            .label = label,
            .method = method,
            .needs_login = true,
            .changes = true,
            .needs_csrf = true,
            .answer_later = answer};
}

constexpr route own_later(std::string_view pattern, route_label label,
                          awaitable<http_response> (*answer)(const request_context&)) {
    return {.pattern = pattern,
            .label = label,
            .method = get,
            .needs_login = true,
            .answer_later = answer};
}

// The demo's own provider, called by browsers and by ourselves.
constexpr route identity(std::string_view pattern, http_method method,
                         http_response (*answer)(const request_context&)) {
    return {.pattern = pattern,
            .label = demo_identity,
            .method = method,
            .demo_only = true,
            .reads_query = true,
            .answer = answer};
}

// The staff's: read, and change.
constexpr route staff_read(std::string_view pattern, route_label label,
                           awaitable<http_response> (*answer)(const request_context&)) {
    return {.pattern = pattern,
            .label = label,
            .method = get,
            .needs_login = true,
            .needs_staff = true,
            .reads_query = true,
            .answer_later = answer};
}
constexpr route staff_change(std::string_view pattern, route_label label,
                             awaitable<http_response> (*answer)(const request_context&)) {
    return {.pattern = pattern,
            .label = label,
            .method = post,
            .needs_login = true,
            .changes = true,
            .needs_csrf = true,
            .needs_staff = true,
            .answer_later = answer};
}

constexpr std::array routes{
    read("/api/v1/season", season, get_season),
    read("/api/v1/weeks", weeks, get_weeks),
    own("/api/v1/me", me, get_me),
    own("/api/v1/basket", basket, get_basket),
    own("/api/v1/basket/quote", quote, get_quote),
    change("/api/v1/holds", place_holds, post, post_holds),
    change("/api/v1/holds/{}", release_hold, del, delete_hold),
    own("/api/v1/orders", orders_read, get_orders),
    change("/api/v1/orders", order_make, post, post_order),
    own("/api/v1/orders/{}", orders_read, get_order),
    change("/api/v1/orders/{}/abandon", order_abandon, post, post_abandon),
    change("/api/v1/orders/{}/payments", payment_make, post, post_payment),
    own_later("/api/v1/payments/{}", payment_read, get_payment),
    route{.pattern = "/api/v1/payments/webhook/{}",
          .label = payment_webhook,
          .method = post,
          .limit = network_limit::webhook,
          .answer = post_webhook},
    route{.pattern = "/api/v1/staff/mails",
          .label = staff_mails,
          .method = get,
          .needs_login = true,
          .needs_staff = true,
          .reads_query = true,
          .answer_later = get_staff_mails},
    route{.pattern = "/api/v1/staff/mails/{}/retry",
          .label = staff_mail_retry,
          .method = post,
          .needs_login = true,
          .changes = true,
          .needs_csrf = true,
          .needs_staff = true,
          .answer_later = post_mail_retry},
    change("/api/v1/logout", logout, post, post_logout),
    own("/api/v1/family", family_read, get_family),
    change("/api/v1/family/register", family_register, post, post_family_register),
    change("/api/v1/family/profile", family_profile, put, put_family_profile),
    change("/api/v1/family/email/resend", email_resend, post, post_email_resend),
    route{.pattern = "/api/v1/family/email/confirm",
          .label = email_confirm,
          .method = post,
          .changes = true,
          .answer_later = post_email_confirm},
    change("/api/v1/family/residence", family_residence, post, post_family_residence),
    change("/api/v1/family/children", child_add, post, post_child),
    change("/api/v1/family/children/{}", child_change, put, put_child),
    change("/api/v1/family/children/{}", child_remove, del, delete_family_child),
    change("/api/v1/family/children/{}/invoiceable", child_invoiceable, post,
           post_child_invoiceable),
    change("/api/v1/family/attachments", child_attach, post, post_attachment),
    change("/api/v1/family/requests/{}", request_answer, post, post_request_answer),
    own("/api/v1/readiness", readiness, get_readiness),
    change(documents_path, document_add, post, post_document),
    change("/api/v1/bookings/{}/cancellation", booking_cancel, post, post_cancellation),
    staff_change("/api/v1/staff/families/search", staff_families, post_staff_search),
    staff_read("/api/v1/staff/families/{}", staff_family, get_staff_family),
    staff_read("/api/v1/staff/decisions", staff_decisions, get_staff_decisions),
    staff_change("/api/v1/staff/decisions/{}", staff_decide, post_staff_decision),
    staff_read("/api/v1/staff/readiness", staff_readiness, get_staff_readiness),
    staff_change("/api/v1/staff/readiness/mail", staff_remind, post_staff_reminders),
    staff_read("/api/v1/staff/audit", staff_audit, get_staff_audit),
    staff_read("/api/v1/staff/documents/{}", staff_document, get_staff_document),
    staff_read("/api/v1/staff/orders", staff_orders, get_staff_orders),
    staff_change("/api/v1/staff/payments/{}/settle", staff_settle, post_staff_settle),
    staff_change("/api/v1/staff/payments/{}/review", staff_review, post_staff_review),
    staff_change("/api/v1/staff/orders/{}/clock", staff_clock, post_staff_clock),
    staff_change("/api/v1/staff/refunds/{}", staff_refund, post_staff_refund),
    staff_change("/api/v1/staff/weeks/{}/capacity", staff_capacity, post_staff_capacity),
    own("/api/v1/sheet/questions", sheet_questions, get_sheet_questions),
    own_later("/api/v1/children/{}/sheet", sheet_read, get_sheet),
    change("/api/v1/children/{}/sheet/draft", sheet_draft, put, put_sheet_draft),
    change("/api/v1/children/{}/sheet/validation", sheet_validation, post, post_sheet_validation),
    own_later("/api/v1/family/export", family_export, get_family_export),
    own_later("/api/v1/family/export.html", family_export, get_family_export_page),
    change("/api/v1/family", family_erase, del, delete_family),
    route{.pattern = "/login",
          .label = login,
          .method = get,
          .reads_query = true,
          .limit = network_limit::login_begins,
          .answer_later = get_login},
    route{.pattern = "/login/callback",
          .label = login_callback,
          .method = get,
          .reads_query = true,
          .limit = network_limit::login_comes_back,
          .answer_later = get_login_callback},
    identity("/demo/identity/.well-known/openid-configuration", get, get_identity_configuration),
    identity("/demo/identity/jwks", get, get_identity_keys),
    identity("/demo/identity/authorize", get, get_identity_authorize),
    identity("/demo/identity/choose", get, get_identity_choose),
    identity("/demo/identity/token", post, post_identity_token),
    identity("/demo/identity/userinfo", get, get_identity_userinfo),
    identity("/demo/identity/logout", get, get_identity_logout),
    route{.pattern = "/demo/style.css",
          .label = demo_identity,
          .method = get,
          .demo_only = true,
          .answer = get_demo_style},
    route{.pattern = "/demo/bank/{}",
          .label = demo_bank,
          .method = get,
          .demo_only = true,
          .answer_later = get_demo_bank},
    route{.pattern = "/demo/bank/{}",
          .label = demo_bank,
          .method = post,
          .changes = true,
          .demo_only = true,
          .answer_later = post_demo_bank},
    read("/api/v1/openapi.yaml", document, get_openapi),
    read("/api/v1/asyncapi.yaml", document, get_asyncapi),
    read("/healthz", health, get_healthz),
    read("/readyz", ready, get_readyz),
    route{.pattern = "/api/v1/demo/families",
          .label = demo_families,
          .method = get,
          .demo_only = true,
          .answer = get_demo_families},
    route{.pattern = "/api/v1/demo/mails",
          .label = demo_mails,
          .method = get,
          .demo_only = true,
          .answer_later = get_demo_mails},
    route{.pattern = "/api/v1/demo/login",
          .label = demo_login,
          .method = post,
          .changes = true,
          .demo_only = true,
          .limit = network_limit::login_begins,
          .answer_later = post_demo_login},
};

std::string_view method_name(http_method method) {
    switch (method) {
        case http_method::get: return "GET, HEAD";
        case http_method::post: return "POST";
        case http_method::put: return "PUT";
        case http_method::del: return "DELETE";
        case http_method::head:
        case http_method::options:
        case http_method::other: break;
    }
    return {};
}

// Up to the next '/', which stays; the whole rest when there is none.
std::string_view take_segment(std::string_view& path) {
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    return segment;
}

std::optional<path_arguments_type> match(std::string_view pattern, std::string_view path) {
    path_arguments_type arguments{};
    std::size_t found = 0;
    for (;;) {
        const std::size_t mark = pattern.find(argument_mark);
        if (mark == std::string_view::npos)
            return pattern == path ? std::optional{arguments} : std::nullopt;
        if (!path.starts_with(pattern.substr(0, mark))) return std::nullopt;
        path.remove_prefix(mark);
        pattern.remove_prefix(mark + argument_mark.size());
        const std::string_view segment = take_segment(path);
        if (segment.empty()) return std::nullopt;
        arguments[found++] = segment;
    }
}

}  // namespace

routed find_route(http_method method, std::string_view path, bool demo) {
    const http_method asked = method == http_method::head ? http_method::get : method;
    routed found;
    for (const route& r : routes) {
        if (r.demo_only && !demo) continue;
        const auto arguments = match(r.pattern, path);
        if (!arguments) continue;
        if (r.method == asked) return {&r, *arguments, {}};
        if (!found.allow.empty()) found.allow += ", ";
        found.allow += method_name(r.method);
    }
    return found;
}

bool takes_sheet(http_method method, std::string_view path) {
    if (method != http_method::put && method != http_method::post) return false;
    const route* to = find_route(method, path, false).to;
    return to != nullptr && (to->label == sheet_draft || to->label == sheet_validation);
}

bool takes_document(http_method method, std::string_view path) noexcept {
    return method == post && path == documents_path;
}

bool origin_allowed(const http_request& request, const config& settings) {
    const std::string_view origin = request.fields.origin;
    if (origin.empty()) {
        return request.fields.sec_fetch_site.empty() ||
               request.fields.sec_fetch_site == "same-origin" ||
               request.fields.sec_fetch_site == "none";
    }
    const std::string_view scheme = request.secure ? "https://" : "http://";
    if (origin.starts_with(scheme) && origin.substr(scheme.size()) == request.fields.host)
        return true;
    return std::ranges::find(settings.allowed_origins, origin) != settings.allowed_origins.end();
}

std::optional<http_response> objection_to(const route& to, const request_context& c) {
    // Those that have parameters read them themselves.
    if (!to.reads_query && to.label != demo_families) {
        const auto query = query_string::parse(c.request.query, {});
        if (!query) return c.refuse(parameter_problem(query.error().parameter));
    }
    if (to.changes && !origin_allowed(c.request, c.app.settings))
        return c.refuse(problem_kind::foreign_origin);
    if (to.needs_login && !c.login) return c.refuse(problem_kind::login_required);
    if (to.needs_staff && !c.login->staff) return c.refuse(problem_kind::staff_only);
    if (to.needs_csrf && !same_token(c.request.fields.csrf_token, c.login->csrf))
        return c.refuse(problem_kind::csrf_token);
    return std::nullopt;
}

}  // namespace campgate::server
