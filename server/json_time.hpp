// Instants in answers. Thread safety: any thread.
#pragma once

#include "server/time_text.hpp"

#include <boost/json/value.hpp>

namespace campgate::server {

inline boost::json::value time_or_null(const std::optional<instant>& at) {
    return at ? boost::json::value(rfc3339(*at)) : boost::json::value();
}

}  // namespace campgate::server
