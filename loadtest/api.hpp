// Campgate's HTTP interface as a client sees it: requests as texts, answers as values. Pure.
// A body that is not what the interface promises throws api_fault.
#pragma once

#include "loadtest/told.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace campgate::rush {

struct api_fault : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Who asks, as the server knows them.
struct credentials {
    std::string cookie;  // "name=value"
    std::string csrf;
};

struct season_week {
    std::uint32_t id{};
    std::uint32_t camp{};
    std::string iso_week;
    std::string label;        // "petits W27"
    std::int64_t opens_at{};  // microseconds since 1970
    std::optional<std::int64_t> residents_opens_at;
    std::uint32_t capacity{};
    std::chrono::year_month_day first_day;
    int from_months{};  // of age on the first day
    int below_months{};
};

struct season_facts {
    std::uint64_t sequence{};
    std::string name_fr, name_en, organiser;
    std::uint32_t weeks_per_child{};
    std::uint32_t holds_per_family{};
    std::uint32_t hold_seconds{};
    std::int64_t server_time{};  // microseconds since 1970
    std::vector<season_week> weeks;
};

struct child_week {
    std::uint32_t week{};
    std::string reason;  // empty: nothing stands in the way
};

struct child_facts {
    std::uint64_t id{};
    bool resident{};
    std::chrono::year_month_day birth;
    bool may_come{};  // a valid sheet, and somebody to send the bill to
    std::vector<child_week> weeks;
};

struct me_facts {
    std::uint64_t family{};
    std::string csrf;
    std::vector<child_facts> children;
};

struct placed_seat {
    told_seat seat;
    std::string hold;
};

/// An answer of POST /holds or of GET /basket.
struct hold_answer {
    std::uint64_t sequence{};
    std::vector<placed_seat> placed;
    std::vector<told_refusal> refused;
};

std::string get_text(std::string_view host, std::string_view path, std::string_view cookie,
                     bool close = false);
std::string login_text(std::string_view host, std::uint64_t family);
std::string place_text(std::string_view host, const credentials& who, std::string_view key,
                       bool all, const std::vector<told_item>& items);
std::string release_text(std::string_view host, const credentials& who, std::string_view hold);

season_facts read_season(std::string_view body);
me_facts read_me(std::string_view body);
std::string read_csrf(std::string_view body);
hold_answer read_holds(std::string_view body);       // 201, and 409 nothing_placed
std::uint64_t read_sequence(std::string_view body);  // where it stands first; reads no more
hold_answer read_basket(std::string_view body);
told_calendar read_weeks(std::string_view body);
/// "sold_out" of urn:campgate:problem:sold_out; empty when the body is no problem.
std::string read_problem(std::string_view body);

std::optional<std::int64_t> parse_instant(std::string_view text);
/// Completed months.
int age_in_months(std::chrono::year_month_day birth, std::chrono::year_month_day on);

/// A new UUID, different in each call and process.
std::string new_key();

}  // namespace campgate::rush
