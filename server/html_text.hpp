// Text that anybody typed, made safe to stand in a page: between tags and in quoted attributes.
// Thread safety: any thread.
#pragma once

#include <string>
#include <string_view>

namespace campgate::server {

/// &, <, >, " and ' as entities.
std::string html_escaped(std::string_view text);

}  // namespace campgate::server
