// The report: one HTML page that needs nothing else, in French and English, for a mayor and for an
// engineer. Pure.
#pragma once

#include "loadtest/day_result.hpp"

#include <string>

namespace campgate::rush {

std::string report_html(const day_result& day);

}  // namespace campgate::rush
