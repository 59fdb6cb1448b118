// Every metric of the server, in one place: prefix campgate_, base units, no ids in labels (DESIGN
// §5). Writing is cheap enough for every request. Thread safety: any thread.
#pragma once

#include "core/reason.hpp"
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
    logout,
    me,
    basket,
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

/// Why a connection or request was turned away before it was looked at.
enum class limit_label : std::uint8_t {
    connections,
    connections_per_address,
    sockets_per_address,
    requests,
    logins,
    intake,
};
inline constexpr std::size_t limit_labels = static_cast<std::size_t>(limit_label::intake) + 1;
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

    std::vector<prometheus::MetricFamily> Collect() const override;

    /// In the Prometheus text format, version 0.0.4.
    std::string render() const;
};

inline constexpr std::string_view metrics_content_type = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace campgate::server
