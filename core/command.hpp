// What is asked of the sequencer. Commands are plain values; claims are seats of the ledger that an
// io thread took beforehand and that the sequencer now owns (DESIGN §3).
#pragma once

#include "core/family_facts.hpp"
#include "core/ids.hpp"
#include "core/record.hpp"
#include "core/season.hpp"

#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace campgate {

inline constexpr seat_number no_seat{0};

struct place_item {
    week_id week;
    child_id child;
    seat_number claim = no_seat;  ///< pending in the ledger, or no_seat
    friend bool operator==(const place_item&, const place_item&) = default;
};

struct place_command {
    actor_id actor;
    family_id family;
    bits128 key;
    bits128 body;
    place_mode mode{};
    std::vector<place_item> items;              ///< 1 … request_items_max, in the client's order
    std::shared_ptr<const family_facts> facts;  ///< the sequencer replaces it by the newest
};

struct release_command {
    actor_id actor;
    family_id family;
    hold_id hold;
};

struct expire_command {
    std::vector<hold_id> due;  ///< at most expire_items_max; those that ended
                               ///< meanwhile are left out
};

struct set_capacity_command {
    week_id week;
    std::uint32_t capacity{};
};

struct set_opening_command {
    std::vector<week_id> weeks;  ///< empty: every week
    instant all;
    std::optional<instant> residents = std::nullopt;  ///< nothing: as it is, if still earlier
};

struct import_season_command {
    std::shared_ptr<const season> draft;  ///< ids and version are ignored: the engine gives them
};

struct forget_command {
    instant before;
};

/// A step of a family's sale; what each of them means is core/sale's to say.
struct sale_command {
    struct finalise {
        std::vector<hold_id> holds;  ///< empty: everything in the basket
    };
    struct abandon {
        order_id order;
    };
    struct expire {
        order_id order;
    };
    struct want_payment {
        order_id order;
        payment_method method{};
        bits128 key;
    };
    struct open_payment {
        payment_id payment;
        std::string reference;
    };
    struct fail_payment {
        payment_id payment;
    };
    struct money_came {
        payment_id payment;
        cents received;
        bool right_currency = true;
    };
    struct settle {
        payment_id payment;
    };
    struct review {
        payment_id payment;
        bool accept = false;
    };
    struct settle_refund {
        refund_id refund;
        refund_state state{};
    };
    struct cancel_booking {
        hold_id hold;
        std::uint32_t percent{};
    };
    struct change_clock {
        order_id order;
        bool stopped = false;
    };
    struct remind {
        instant until;
    };

    actor_id actor;
    family_id family;
    std::variant<finalise, abandon, expire, want_payment, open_payment, fail_payment, money_came,
                 settle, review, settle_refund, cancel_booking, change_clock, remind>
        what;
    std::shared_ptr<const family_facts> facts;  ///< the sequencer fills it in
};

using command =
    std::variant<place_command, release_command, expire_command, set_capacity_command,
                 set_opening_command, import_season_command, forget_command, sale_command>;

}  // namespace campgate
