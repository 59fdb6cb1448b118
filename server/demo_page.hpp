// The pages of what the demo brings with it in place of others' services: plain HTML without a
// script, that says loudly that nothing is real. Thread safety: any thread.
#pragma once

#include "server/http_message.hpp"
#include "server/language.hpp"

#include <string>
#include <string_view>

namespace campgate::server {

inline constexpr std::string_view demo_style_path{"/demo/style.css"};
extern const std::string_view demo_style;

/// `body` is HTML. `forms`: pages whose forms lead back to us, and to nobody else.
http_response demo_page(const texts& title, const texts& banner, std::string body, language asked,
                        int status = 200, bool forms = false);

}  // namespace campgate::server
