#include "core/batch.hpp"

#include <algorithm>
#include <tuple>

namespace campgate {

void make_net(row_effects& effects) {
    auto& seats = effects.seats;
    std::ranges::stable_sort(seats, {}, [](const seat_change& c) {
        return std::tuple{c.week, c.seat};
    });
    std::size_t kept = 0;
    for (std::size_t i = 0; i < seats.size();) {
        std::size_t last = i;
        while (last + 1 < seats.size() && seats[last + 1].week == seats[i].week &&
               seats[last + 1].seat == seats[i].seat)
            ++last;
        if (seats[i].before != seats[last].after) {
            seat_change merged = seats[i];
            merged.after = seats[last].after;
            seats[kept++] = merged;
        }
        i = last + 1;
    }
    seats.resize(kept);

    auto& weeks = effects.weeks;
    std::ranges::stable_sort(weeks, {}, [](const week_change& c) { return c.after.id; });
    kept = 0;
    for (std::size_t i = 0; i < weeks.size();) {
        std::size_t last = i;
        while (last + 1 < weeks.size() && weeks[last + 1].after.id == weeks[i].after.id) ++last;
        weeks[kept++] = {weeks[i].total_before, weeks[last].after};
        i = last + 1;
    }
    weeks.resize(kept);

    auto& sales = effects.sales;
    std::ranges::stable_sort(sales, {}, [](const sale_change& c) {
        return std::tuple{c.after.kind, c.after.id};
    });
    kept = 0;
    for (std::size_t i = 0; i < sales.size();) {
        std::size_t last = i;
        while (last + 1 < sales.size() && sales[last + 1].after.kind == sales[i].after.kind &&
               sales[last + 1].after.id == sales[i].after.id)
            ++last;
        sale_change merged{sales[i].before, std::move(sales[last].after)};
        sales[kept++] = std::move(merged);
        i = last + 1;
    }
    sales.resize(kept);
}

}  // namespace campgate
