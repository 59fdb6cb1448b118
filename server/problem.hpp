// Problems: what a client is told when a request is refused (RFC 9457, application/problem+json).
// The only place that gives them names, statuses and texts. Thread safety: any thread.
#pragma once

#include "core/reason.hpp"
#include "server/language.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace campgate::server {

/// In the order of the catalogue in problem.cpp; a test keeps the two together.
enum class problem_kind : std::uint8_t {
    invalid_json,            // 400
    invalid_member,          // 400, pointer
    unknown_member,          // 400, pointer
    missing_member,          // 400, pointer
    duplicate_member,        // 400, pointer
    invalid_parameter,       // 400, parameter
    missing_header,          // 400, header
    invalid_header,          // 400, header
    malformed_request,       // 400, and the connection is closed
    login_required,          // 401
    csrf_token,              // 403
    foreign_origin,          // 403
    staff_only,              // 403
    not_found,               // 404
    method_not_allowed,      // 405, Allow
    request_timeout,         // 408
    nothing_placed,          // 409, sequence and refused
    key_undecided,           // 409, Retry-After
    child_known,             // 409, can_ask
    child_has_holds,         // 409
    decided_already,         // 409
    family_has_holds,        // 409
    payment_in_progress,     // 409
    already_booked,          // 409
    nothing_to_finalise,     // 409
    in_order,                // 409, order
    order_not_open,          // 409
    method_not_offered,      // 409
    not_booked,              // 409
    nothing_to_review,       // 409
    family_has_money,        // 409
    length_required,         // 411
    precondition_failed,     // 412, ETag of what is there now
    body_too_large,          // 413
    uri_too_long,            // 414
    unsupported_media_type,  // 415
    expectation_failed,      // 417
    key_reused,              // 422
    sheet_incomplete,        // 422, faults
    upgrade_required,        // 426, Upgrade
    precondition_required,   // 428
    too_many_requests,       // 429, Retry-After
    header_too_large,        // 431
    internal_error,          // 500
    not_ready,               // 503, Retry-After
    overloaded,              // 503, Retry-After
    contended,               // 503, Retry-After
    outcome_unknown,         // 503, Retry-After
    provider_unreachable,    // 503, Retry-After
    draining,                // 503, Retry-After
};
inline constexpr std::size_t problem_kinds = static_cast<std::size_t>(problem_kind::draining) + 1;

/// What exactly is wrong with a member or text, said instead of the kind's usual detail.
enum class problem_detail : std::uint8_t {
    usual,
    text_not_json,
    text_too_deep,
    expected_object,
    expected_array,
    expected_integer,
    expected_string,
    expected_boolean,
    integer_out_of_range,
    string_length,
    string_characters,
    array_length,
    not_in_list,
    repeated_item,
    unknown_week,
    unknown_child,
    same_iso_week,
    not_a_niss,
    not_a_day,
    not_a_phone,
    not_an_email,
    not_a_postcode,
    not_a_document,
};
inline constexpr std::size_t problem_details =
    static_cast<std::size_t>(problem_detail::not_a_document) + 1;

/// One refusal. The fields of the answer that are not in the body (Retry-After, Allow) are set by
/// whoever writes the answer, from `retry_after` below and from the route.
struct problem {
    problem_kind kind{};
    problem_detail detail{problem_detail::usual};
    boost::json::object members{};  ///< extension members, e.g. "pointer", "sequence", "refused"
};

inline constexpr std::string_view problem_content_type = "application/problem+json";

/// E.g. "invalid_json"; the type is "urn:campgate:problem:" and this name.
std::string_view name_of(problem_kind kind) noexcept;
int status_of(problem_kind kind) noexcept;
std::string_view title_of(problem_kind kind, language asked) noexcept;
std::string_view detail_of(problem_kind kind, problem_detail detail, language asked) noexcept;

/// Why an item was refused, as a sentence for a parent.
std::string_view text_of(reason why, language asked) noexcept;

/// How long a client should wait before it asks again, with jitter from `random` (any uniform
/// number) so that all who were refused do not come back in the same second; nothing for kinds
/// that carry no Retry-After.
std::optional<std::chrono::seconds> retry_after(problem_kind kind, std::uint32_t random) noexcept;

/// The body. `instance` is the path of the request, without its query.
std::string render(const problem& refusal, language asked, std::string_view instance);

/// Shorthands for the members that most problems carry.
problem problem_of(problem_kind kind);
problem parameter_problem(std::string_view parameter);
problem header_problem(problem_kind kind, std::string_view header);  ///< missing_ or invalid_header
problem member_problem(problem_detail detail, std::string_view pointer);  ///< invalid_member

}  // namespace campgate::server
