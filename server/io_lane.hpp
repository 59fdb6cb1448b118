// One io thread and what belongs to it alone: its loop, its open connections, its waiting requests,
// its live subscribers. Nothing in here is touched from another thread but `io`, to post to.
#pragma once

#include "server/asio.hpp"
#include "server/deadline_list.hpp"
#include "server/live_feed.hpp"
#include "server/reply_desk.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <unordered_map>

namespace campgate::server {

using tcp_socket = asio::basic_stream_socket<asio::ip::tcp, executor>;

/// A connection as the drain sees it.
struct open_connection {
    tcp_socket* socket{};  ///< null once a feed has it
    bool idle = false;     ///< between requests: may be closed at any time
};

struct io_lane {
    explicit io_lane(std::uint32_t index_) : index(index_), desk(index_) {}

    const std::uint32_t index;
    asio::io_context io{1};
    reply_desk desk;
    lane_feed feed;
    // Of its connections, by what is waited for.
    deadline_list idle{io.get_executor()};
    deadline_list heads{io.get_executor()};
    deadline_list bodies{io.get_executor()};
    deadline_list writes{io.get_executor()};
    deadline_list silences{io.get_executor()};
    std::unordered_map<std::uint64_t, open_connection*> connections;
    std::uint64_t last_connection = 0;
};

}  // namespace campgate::server
