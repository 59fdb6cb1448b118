// Every metric of the server, in one place: prefix campgate_, base units, no ids in labels (DESIGN
// §5). Writing is cheap enough for every request. Thread safety: any thread.
#pragma once

#include "core/reason.hpp"
#include "persistence/mail_store.hpp"
#include "server/mail/not_owed.hpp"
#include "server/meters.hpp"

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace campgate::server {

/// What was asked for, as a label.
enum class route_label : std::uint8_t {
    season,
    weeks,
    live,
    events,
    demo_families,
    demo_login,
    demo_identity,
    login,
    login_callback,
    demo_mails,
    staff_mails,
    staff_mail_retry,
    sheet_questions,
    sheet_read,
    sheet_draft,
    sheet_validation,
    family_export,
    family_erase,
    family_read,
    family_register,
    family_profile,
    email_resend,
    email_confirm,
    family_residence,
    child_add,
    child_change,
    child_remove,
    child_attach,
    child_invoiceable,
    request_answer,
    readiness,
    staff_families,
    staff_family,
    staff_decisions,
    staff_decide,
    staff_readiness,
    staff_remind,
    staff_audit,
    staff_document,
    staff_orders,
    staff_settle,
    staff_review,
    staff_clock,
    staff_refund,
    staff_capacity,
    document_add,
    booking_cancel,
    logout,
    me,
    basket,
    quote,
    orders_read,
    order_make,
    order_abandon,
    payment_make,
    payment_read,
    payment_webhook,
    demo_bank,
    place_holds,
    release_hold,
    health,
    ready,
    document,
    page,
    metrics,
    none,
};
inline constexpr std::size_t route_labels = static_cast<std::size_t>(route_label::none) + 1;
std::string_view name_of(route_label route) noexcept;

/// How a request for holds ended. Refused ones with their reasons are in `refusals` as well.
enum class hold_outcome : std::uint8_t { placed, partly, nothing, replayed, contended, unknown };
inline constexpr std::size_t hold_outcomes = static_cast<std::size_t>(hold_outcome::unknown) + 1;
std::string_view name_of(hold_outcome outcome) noexcept;

/// How a login through the provider ended; from the second on as login_error says.
inline constexpr std::size_t login_outcomes = 6;

/// Why a connection or request was turned away before it was looked at.
enum class limit_label : std::uint8_t {
    connections,
    connections_per_address,
    sockets_per_address,
    requests,
    logins,
    webhooks,
    intake,
    documents,
};
inline constexpr std::size_t limit_labels = static_cast<std::size_t>(limit_label::documents) + 1;
std::string_view name_of(limit_label limit) noexcept;

/// Why a live socket was closed by us.
enum class close_label : std::uint8_t { slow, idle, protocol, shutdown };
inline constexpr std::size_t close_labels = static_cast<std::size_t>(close_label::shutdown) + 1;
std::string_view name_of(close_label why) noexcept;

/// About 100 KiB: one an application, not on a small stack.
class metrics final : public prometheus::Collectable {
public:
    metrics();

    // Requests.
    void request(route_label route, int status, std::chrono::nanoseconds took) noexcept;
    std::array<std::array<counter, 5>, route_labels> requests;  ///< [route][status / 100 − 1]
    histogram request_seconds;
    gauge connections_open;
    std::array<counter, limit_labels> limited;
    counter malformed_requests;

    std::array<counter, login_outcomes> logins;  ///< through the provider, as they ended

    // Holds.
    std::array<counter, hold_outcomes> hold_requests;
    std::array<counter, all_reasons.size()> refusals;  ///< items; see `refused`
    void refused(reason why) noexcept { refusals[static_cast<std::size_t>(why) - 1].add(); }
    counter holds_placed;
    counter holds_released;
    counter holds_expired;
    histogram ack_seconds;  ///< from a whole request for holds to its answer

    // The sequencer and the journal.
    level_gauge queue_depth;  ///< commands that wait
    level_gauge deferred;     ///< of these, contended ones
    histogram batch_records;
    histogram commit_seconds;
    level_gauge sequence;  ///< last committed
    counter journal_doubts;
    level_gauge journal_in_doubt;  ///< 1 while a batch's outcome is unknown
    level_gauge lease_held;        ///< 1 while answers may be given
    level_gauge clock_alarm;       ///< 1 while expiry is paused

    // Live.
    gauge sockets_open;        ///< WebSockets
    gauge event_streams_open;  ///< Server-Sent Events
    counter frames_made;
    counter frames_sent;
    counter frames_merged;  ///< not sent: a slow socket got a later one instead
    std::array<counter, close_labels> sockets_closed;

    // Payments.
    counter payment_hints;      ///< webhooks that named a payment that waits
    counter provider_failures;  ///< questions that a provider did not answer, or refused
    level_gauge payments_waiting;
    level_gauge refunds_due;

    // Mails.
    counter mails_sent;
    counter mails_failed;                                     ///< for good
    std::array<counter, mail_failures> mail_attempts_failed;  ///< by reason
    level_gauge mails_waiting;
    level_gauge mails_oldest_waiting;  ///< seconds since it was made; 0: none waits
    counter sale_mails_written;
    counter sale_mails_unwritten;  ///< attempts to write one that failed
    std::array<counter, not_owed_reasons> sale_mails_dropped;  ///< by why nobody needs them
    level_gauge sale_mails_owed;
    level_gauge sale_mails_oldest_owed;  ///< seconds since its record; 0: none is owed

    std::vector<prometheus::MetricFamily> Collect() const override;

    /// In the Prometheus text format, version 0.0.4.
    std::string render() const;
};

inline constexpr std::string_view metrics_content_type = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace campgate::server
