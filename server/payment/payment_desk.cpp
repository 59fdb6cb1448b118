#include "server/payment/payment_desk.hpp"

#include <algorithm>

namespace campgate::server {

namespace {

template <class Step>
sale_command by_server(family_id family, Step step) {
    sale_command made;
    made.actor = server_actor;
    made.family = family;
    made.what = std::move(step);
    return made;
}

// Until it is paid: even a failed one may be paid after all.
bool waits(payment_state state) {
    return state == payment_state::wanted || state == payment_state::open ||
           state == payment_state::failed;
}

}  // namespace

std::optional<sale_command> step_after(const payment& known, const provider_payment& said) {
    if (!waits(known.state)) return std::nullopt;
    switch (said.state) {
        case provider_state::open: return std::nullopt;
        case provider_state::failed:
            if (known.state == payment_state::failed) return std::nullopt;
            return by_server(known.family, sale_command::fail_payment{known.id});
        case provider_state::paid: break;
    }
    if (said.received.value <= 0) return std::nullopt;
    return by_server(known.family,
                     sale_command::money_came{known.id, said.received, said.right_currency});
}

sale_command step_after(const payment& known, const checkout& made) {
    return by_server(known.family, sale_command::open_payment{known.id, made.reference});
}

std::optional<sale_command> step_after(const refund& known, refund_outcome outcome) {
    if (outcome == refund_outcome::pending) return std::nullopt;
    return by_server(
        known.family,
        sale_command::settle_refund{
            known.id, outcome == refund_outcome::done ? refund_state::done : refund_state::failed});
}

sale_command give_up(const payment& known) {
    return by_server(known.family, sale_command::fail_payment{known.id});
}

bool is_reference(std::string_view text) noexcept {
    constexpr std::size_t longest = 64;
    return !text.empty() && text.size() <= longest && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    });
}

}  // namespace campgate::server
