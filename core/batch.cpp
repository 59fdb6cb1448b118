#include "core/batch.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace campgate {

namespace {

// Of changes of the same thing one is left, from the first one's `before` to the last one's
// `after`, if that is a change at all.
template <class Change, class Key, class IsChange>
void make_net(std::vector<Change>& changes, Key key, IsChange is_change) {
    std::ranges::stable_sort(changes, {}, key);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < changes.size();) {
        std::size_t last = i;
        while (last + 1 < changes.size() && key(changes[last + 1]) == key(changes[i])) ++last;
        Change net = std::move(changes[i]);
        if (last != i) net.after = std::move(changes[last].after);
        if (is_change(net)) changes[kept++] = std::move(net);
        i = last + 1;
    }
    changes.resize(kept);
}

}  // namespace

void make_net(row_effects& effects) {
    const auto always = [](const auto&) { return true; };
    make_net(
        effects.seats,
        [](const seat_change& c) {
            return std::tuple{c.week, c.seat};
        },
        [](const seat_change& c) { return c.before != c.after; });
    make_net(
        effects.weeks, [](const week_change& c) { return c.after.id; }, always);
    make_net(
        effects.sales,
        [](const sale_change& c) {
            return std::tuple{c.after.kind, c.after.id};
        },
        always);
}

}  // namespace campgate
