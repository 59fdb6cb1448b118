// Names and helps are here, next to what they name; durations are kept in nanoseconds and told in
// seconds.
#include "server/metrics.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>
#include <sstream>
#include <utility>

namespace campgate::server {

namespace {

constexpr std::uint64_t us = 1'000;
constexpr std::uint64_t ms = 1'000'000;
constexpr std::uint64_t s = 1'000'000'000;
constexpr std::array<std::uint64_t, 17> duration_bounds{
    100 * us, 250 * us, 500 * us, 1 * ms,   2 * ms, 4 * ms, 8 * ms, 16 * ms, 32 * ms,
    64 * ms,  125 * ms, 250 * ms, 500 * ms, 1 * s,  2 * s,  5 * s,  10 * s};
constexpr std::array<std::uint64_t, 11> record_bounds{0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512};
constexpr double nanoseconds_per_second = 1e9;

constexpr std::array<std::string_view, route_labels> route_names{"season",
                                                                 "weeks",
                                                                 "live",
                                                                 "events",
                                                                 "demo_families",
                                                                 "demo_login",
                                                                 "demo_identity",
                                                                 "login",
                                                                 "login_callback",
                                                                 "demo_mails",
                                                                 "staff_mails",
                                                                 "staff_mail_retry",
                                                                 "sheet_questions",
                                                                 "sheet_read",
                                                                 "sheet_draft",
                                                                 "sheet_validation",
                                                                 "family_export",
                                                                 "family_erase",
                                                                 "family_read",
                                                                 "family_register",
                                                                 "family_profile",
                                                                 "email_resend",
                                                                 "email_confirm",
                                                                 "family_residence",
                                                                 "child_add",
                                                                 "child_change",
                                                                 "child_remove",
                                                                 "child_attach",
                                                                 "child_invoiceable",
                                                                 "request_answer",
                                                                 "readiness",
                                                                 "staff_families",
                                                                 "staff_family",
                                                                 "staff_decisions",
                                                                 "staff_decide",
                                                                 "staff_readiness",
                                                                 "staff_remind",
                                                                 "staff_audit",
                                                                 "staff_document",
                                                                 "staff_orders",
                                                                 "staff_settle",
                                                                 "staff_review",
                                                                 "staff_clock",
                                                                 "staff_refund",
                                                                 "staff_capacity",
                                                                 "document_add",
                                                                 "booking_cancel",
                                                                 "logout",
                                                                 "me",
                                                                 "basket",
                                                                 "quote",
                                                                 "orders_read",
                                                                 "order_make",
                                                                 "order_abandon",
                                                                 "payment_make",
                                                                 "payment_read",
                                                                 "payment_webhook",
                                                                 "demo_bank",
                                                                 "place_holds",
                                                                 "release_hold",
                                                                 "health",
                                                                 "ready",
                                                                 "document",
                                                                 "page",
                                                                 "metrics",
                                                                 "none"};
constexpr std::array<std::string_view, hold_outcomes> outcome_names{
    "placed", "partly", "nothing", "replayed", "contended", "unknown"};
constexpr std::array<std::string_view, login_outcomes> login_outcome_names{
    "logged_in", "cancelled", "provider", "identity", "expired", "refused"};
constexpr std::array<std::string_view, limit_labels> limit_names{"connections",
                                                                 "connections_per_address",
                                                                 "sockets_per_address",
                                                                 "requests",
                                                                 "logins",
                                                                 "webhooks",
                                                                 "intake",
                                                                 "documents"};
constexpr std::array<std::string_view, close_labels> close_names{"slow", "idle", "protocol",
                                                                 "shutdown"};

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

class collector {
public:
    explicit collector(std::vector<MetricFamily>& families) : families_(families) {}

    void count(const char* name, const char* help, const counter& value) {
        family(name, help, MetricType::Counter)
            .metric.push_back(counted(static_cast<double>(value.value()), {}));
    }
    void level(const char* name, const char* help, std::int64_t value) {
        ClientMetric metric;
        metric.gauge.value = static_cast<double>(value);
        family(name, help, MetricType::Gauge).metric.push_back(std::move(metric));
    }
    template <std::size_t N, class Name>
    void count_each(const char* name, const char* help, const char* label,
                    const std::array<counter, N>& values, Name name_at) {
        MetricFamily& made = family(name, help, MetricType::Counter);
        for (std::size_t i = 0; i < N; ++i)
            made.metric.push_back(counted(static_cast<double>(values[i].value()),
                                          {{label, std::string{name_at(i)}}}));
    }
    void requests(const char* name, const char* help, const metrics& all) {
        MetricFamily& made = family(name, help, MetricType::Counter);
        for (std::size_t route = 0; route < route_labels; ++route) {
            for (std::size_t status = 0; status < 5; ++status) {
                const auto value = all.requests[route][status].value();
                // Most pairs cannot happen; those that have are there for good.
                if (value == 0) continue;
                made.metric.push_back(counted(static_cast<double>(value),
                                              {{"route", std::string{route_names[route]}},
                                               {"status", std::to_string(status + 1) + "xx"}}));
            }
        }
    }
    /// `unit` is how many of the histogram's whole numbers make one of the metric's.
    void spread(const char* name, const char* help, const histogram& values, double unit) {
        const histogram::reading reading = values.read();
        ClientMetric metric;
        metric.histogram.sample_count = reading.cumulative.back();
        metric.histogram.sample_sum = static_cast<double>(reading.sum) / unit;
        for (std::size_t i = 0; i < reading.cumulative.size(); ++i) {
            const double bound = i < values.bounds().size()
                                     ? static_cast<double>(values.bounds()[i]) / unit
                                     : std::numeric_limits<double>::infinity();
            metric.histogram.bucket.push_back({reading.cumulative[i], bound});
        }
        family(name, help, MetricType::Histogram).metric.push_back(std::move(metric));
    }

private:
    using labels = std::vector<ClientMetric::Label>;

    static ClientMetric counted(double value, labels with) {
        ClientMetric metric;
        metric.label = std::move(with);
        metric.counter.value = value;
        return metric;
    }
    MetricFamily& family(const char* name, const char* help, MetricType type) {
        return families_.emplace_back(
            MetricFamily{std::string{"campgate_"} + name, help, type, {}});
    }

    std::vector<MetricFamily>& families_;
};

}  // namespace

std::string_view name_of(route_label route) noexcept {
    return route_names[static_cast<std::size_t>(route)];
}
std::string_view name_of(hold_outcome outcome) noexcept {
    return outcome_names[static_cast<std::size_t>(outcome)];
}
std::string_view name_of(limit_label limit) noexcept {
    return limit_names[static_cast<std::size_t>(limit)];
}
std::string_view name_of(close_label why) noexcept {
    return close_names[static_cast<std::size_t>(why)];
}

metrics::metrics()
    : request_seconds(duration_bounds),
      ack_seconds(duration_bounds),
      batch_records(record_bounds),
      commit_seconds(duration_bounds) {
}

void metrics::request(route_label route, int status, std::chrono::nanoseconds took) noexcept {
    const int hundreds = std::clamp(status / 100, 1, 5);
    requests[static_cast<std::size_t>(route)][static_cast<std::size_t>(hundreds - 1)].add();
    request_seconds.observe(took);
}

std::vector<prometheus::MetricFamily> metrics::Collect() const {
    std::vector<MetricFamily> families;
    collector out{families};
    out.requests("http_requests_total", "Answered requests by route and status class", *this);
    out.spread("http_request_seconds", "From a request's head to its answer", request_seconds,
               nanoseconds_per_second);
    out.level("connections_open", "Open connections", connections_open.value());
    out.count_each("limited_total", "Turned away by a limit", "limit", limited,
                   [](std::size_t i) { return limit_names[i]; });
    out.count("malformed_requests_total", "Bytes that were no acceptable request",
              malformed_requests);

    out.count_each("logins_total", "Logins through the identity provider by how they ended",
                   "outcome", logins, [](std::size_t i) { return login_outcome_names[i]; });
    out.count_each("hold_requests_total", "Requests for holds by outcome", "outcome", hold_requests,
                   [](std::size_t i) { return outcome_names[i]; });
    out.count_each("refused_items_total", "Refused items by reason", "reason", refusals,
                   [](std::size_t i) { return name_of(all_reasons[i]); });
    out.count("holds_placed_total", "Holds placed", holds_placed);
    out.count("holds_released_total", "Holds released by their families", holds_released);
    out.count("holds_expired_total", "Holds ended by their deadlines", holds_expired);
    out.spread("hold_ack_seconds", "From a request for holds to its answer", ack_seconds,
               nanoseconds_per_second);

    out.level("queue_depth", "Commands that wait for the sequencer", queue_depth.value());
    out.level("deferred_requests", "Contended requests that wait", deferred.value());
    out.spread("batch_records", "Records of a batch", batch_records, 1);
    out.spread("commit_seconds", "From a batch's sending to its commit", commit_seconds,
               nanoseconds_per_second);
    out.level("journal_sequence", "Last committed sequence", sequence.value());
    out.count("journal_doubts_total", "Batches whose outcome was unknown at first", journal_doubts);
    out.level("journal_in_doubt", "1 while a batch's outcome is unknown", journal_in_doubt.value());
    out.level("lease_held", "1 while this process may answer", lease_held.value());
    out.level("clock_alarm", "1 while a clock jump pauses expiry", clock_alarm.value());

    out.level("sockets_open", "Open WebSockets", sockets_open.value());
    out.level("event_streams_open", "Open event streams", event_streams_open.value());
    out.count("frames_made_total", "Live messages made, each once for all", frames_made);
    out.count("frames_sent_total", "Live messages sent, to each socket", frames_sent);
    out.count("frames_merged_total", "Live messages a slow socket got in a later one",
              frames_merged);
    out.count_each("sockets_closed_total", "Live sockets closed by the server", "why",
                   sockets_closed, [](std::size_t i) { return close_names[i]; });

    out.count("payment_hints_total", "Webhooks that named a payment that waits", payment_hints);
    out.count("provider_failures_total",
              "Questions that a payment provider did not answer or refused", provider_failures);
    out.level("payments_waiting", "Online payments that a provider is asked about",
              payments_waiting.value());
    out.level("refunds_due", "Refunds that a provider is asked to carry out", refunds_due.value());
    out.count("mails_sent_total", "Mails that a mail server took", mails_sent);
    out.count("mails_failed_total", "Mails given up, for staff to look at", mails_failed);
    out.count_each("mail_attempts_failed_total", "Attempts to send a mail that failed", "reason",
                   mail_attempts_failed,
                   [](std::size_t i) { return campgate::name_of(static_cast<mail_failure>(i)); });
    out.level("mails_waiting", "Mails that wait to be sent", mails_waiting.value());
    out.level("mails_oldest_waiting_seconds", "Since the oldest waiting mail was made",
              mails_oldest_waiting.value());
    out.count("sale_mails_written_total", "Mails about holds, orders and refunds written",
              sale_mails_written);
    out.count("sale_mails_unwritten_total", "Attempts to write such a mail that failed",
              sale_mails_unwritten);
    out.count_each("sale_mails_dropped_total", "Such mails that nobody needed any more", "reason",
                   sale_mails_dropped,
                   [](std::size_t i) { return name_of(static_cast<not_owed>(i)); });
    out.level("sale_mails_owed", "Records that owe a mail still", sale_mails_owed.value());
    out.level("sale_mails_oldest_owed_seconds", "Since the oldest of these records",
              sale_mails_oldest_owed.value());
    return families;
}

std::string metrics::render() const {
    std::ostringstream out;
    prometheus::TextSerializer{}.Serialize(out, Collect());
    return std::move(out).str();
}

}  // namespace campgate::server
