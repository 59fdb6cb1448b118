// The operator's door: a local socket in the data directory, one JSON line in, one out. Whoever may
// open the socket's file may do everything here, so its directory decides (0600, owner only).
#pragma once

#include "server/application.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/json/object.hpp>

#include <filesystem>
#include <string>

namespace campgate::server {

/// Where the socket of a data directory is; elsewhere when its path would be too long for one.
std::filesystem::path admin_socket_path(const std::filesystem::path& data);

/// What only the process that started it knows.
struct admin_facts {
    std::string database;  ///< connection string, for tools beside the server
    std::string url;
};

class admin_listener {
public:
    /// Throws std::runtime_error when the socket cannot be made.
    admin_listener(const std::filesystem::path& path, application& app, io_lane& lane,
                   admin_facts facts);
    ~admin_listener();
    awaitable<> serve();
    void close();

private:
    using stream = asio::local::stream_protocol;
    using socket = asio::basic_stream_socket<stream, executor>;
    awaitable<> answer(socket peer);
    awaitable<boost::json::object> run(boost::json::object asked);

    const std::filesystem::path path_;
    application& app_;
    io_lane& lane_;
    const admin_facts facts_;
    asio::basic_socket_acceptor<stream, executor> acceptor_;
};

/// Asks the server of that data directory; nothing when none runs there. Throws std::runtime_error
/// when it does not answer.
std::optional<boost::json::object> ask_server(const std::filesystem::path& data,
                                              const boost::json::object& asked);

}  // namespace campgate::server
