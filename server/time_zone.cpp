#include "server/time_zone.hpp"

#include <date/tz.h>

#include <stdexcept>
#include <string>

namespace campgate {

namespace {

// The same count of seconds in the tz library's own type of clock.
date::local_seconds foreign(local_seconds local) {
    return date::local_seconds{local.time_since_epoch()};
}

instant instant_of(local_seconds local, std::chrono::seconds offset) {
    return instant{local.time_since_epoch() - offset};
}

}  // namespace

std::optional<time_zone> time_zone::find(std::string_view name) {
    // locate_zone tells an unknown name by an exception alone; and it knows links by other means.
    const auto& zones = date::get_tzdb().zones;
    if (zones.empty()) throw std::runtime_error("the tz database is empty: install tzdata");
    try {
        return time_zone{date::locate_zone(std::string{name})};
    } catch (const std::runtime_error&) {
        return std::nullopt;
    }
}

std::variant<instant, local_time_problem> time_zone::to_instant(local_seconds local) const {
    const auto info = zone_->get_info(foreign(local));
    if (info.result == date::local_info::nonexistent) return local_time_problem::nonexistent;
    if (info.result == date::local_info::ambiguous) return local_time_problem::ambiguous;
    return instant_of(local, info.first.offset);
}

instant time_zone::to_nearest_instant(local_seconds local) const {
    const auto info = zone_->get_info(foreign(local));
    if (info.result == date::local_info::nonexistent) return instant{info.first.end};
    return instant_of(local, info.first.offset);
}

local_seconds time_zone::to_local(instant at) const {
    const auto whole = std::chrono::floor<std::chrono::seconds>(at);
    const auto info = zone_->get_info(date::sys_seconds{whole.time_since_epoch()});
    return local_seconds{whole.time_since_epoch() + info.offset};
}

}  // namespace campgate
