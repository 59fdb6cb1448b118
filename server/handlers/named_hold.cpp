#include "server/handlers/named_hold.hpp"

#include <algorithm>

namespace campgate::server {

std::optional<named_hold> hold_named(const request_context& c, std::string_view token) {
    if (const auto own = c.app.tokens->hold_of(token, c.login->family))
        return named_hold{*own, c.login->family};
    const auto file = c.app.families.find(c.login->family);
    if (!file) return std::nullopt;
    for (const attached_child& attached : file->attached) {
        const auto hold = c.app.tokens->hold_of(token, attached.family);
        if (!hold) continue;
        const auto view = c.app.seen.families.find(attached.family);
        if (!view) return named_hold{*hold, attached.family};
        const auto row = std::ranges::find(view->holds, *hold, &family_hold::hold);
        if (row == view->holds.end() || row->child == attached.child)
            return named_hold{*hold, attached.family};
    }
    return std::nullopt;
}

}  // namespace campgate::server
