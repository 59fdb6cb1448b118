// The seat ledgers of all weeks, by id. Thread safety: find from any thread; add from the sequencer
// thread. A ledger, once there, stays where it is until the table goes.
#pragma once

#include "core/ensure.hpp"
#include "core/ids.hpp"
#include "core/seat_ledger.hpp"

#include <array>
#include <atomic>
#include <memory>

namespace campgate {

class ledger_table {
public:
    ledger_table() = default;
    ledger_table(const ledger_table&) = delete;
    ledger_table& operator=(const ledger_table&) = delete;
    ~ledger_table() {
        for (auto& slot : slots_) delete slot.load();
    }

    /// Null when the week has none.
    seat_ledger* find(week_id week) const {
        if (week.value < 1 || week.value > week_ids_max) return nullptr;
        return slots_[week.value - 1].load(std::memory_order_acquire);
    }

    seat_ledger& at(week_id week) const {
        seat_ledger* found = find(week);
        ensure(found != nullptr, "a week without a ledger");
        return *found;
    }

    /// The new week's ledger, with no seats yet.
    seat_ledger& add(week_id week) {
        ensure(week.value >= 1 && week.value <= week_ids_max, "too many weeks");
        ensure(find(week) == nullptr, "a week with two ledgers");
        auto made = std::make_unique<seat_ledger>();
        seat_ledger& ledger = *made;
        // Release: whoever finds the pointer also sees the ledger's bits as made.
        slots_[week.value - 1].store(made.release(), std::memory_order_release);
        return ledger;
    }

private:
    std::array<std::atomic<seat_ledger*>, week_ids_max> slots_{};
};

}  // namespace campgate
