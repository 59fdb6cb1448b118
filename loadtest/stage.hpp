// What the parents of one worker share: the server, the season, where to count and to tell.
// Thread safety: one thread.
#pragma once

#include "loadtest/board.hpp"
#include "loadtest/day_log.hpp"
#include "loadtest/scenario.hpp"
#include "loadtest/tally.hpp"
#include "loadtest/told.hpp"
#include "loadtest/ws_watcher.hpp"

#include <cstdint>

namespace campgate::rush {

struct stage {
    asio::io_context& io;
    const target& to;
    const scenario& day;
    watch_floor& floor;
    calendar_book& book;
    tally& counted;
    board& shared;
    told_log* told;     // may be null
    day_log* recorder;  // may be null
    dice draw;
    moment opening{};  // of the season's first week, on our clock
};

}  // namespace campgate::rush
