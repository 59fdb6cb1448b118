// What a client sends on a live WebSocket, through the server's own reader and Beast, over a stream
// in memory. The first byte says how: its lowest bit, whether the rest is frames as they are (1) or
// pairs of a first byte and a length with that much text, to be masked (0); the others, how many
// bytes arrive at a time.
#include "server/ws_reader.hpp"

#include "tests/fuzz/fuzz_target.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/beast/_experimental/test/stream.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket.hpp>

#include <string>

using namespace campgate;
using namespace campgate::server;

namespace {

namespace beast = boost::beast;
namespace websocket = beast::websocket;
using memory_stream = beast::test::stream;

constexpr std::uint64_t message_max = 64;

std::string framed(std::string_view parts) {
    std::string out;
    while (parts.size() >= 2) {
        const auto length = static_cast<std::uint8_t>(parts[1]);
        const std::string_view text = parts.substr(2, length);
        out += parts[0];
        if (text.size() < 126) {
            out += static_cast<char>(0x80 | text.size());
        } else {
            out += '\xfe';
            out += '\0';
            out += static_cast<char>(text.size());
        }
        out.append(4, '\0');  // a mask that leaves the text readable
        out += text;
        parts.remove_prefix(2 + text.size());
    }
    return out;
}

struct said {
    std::size_t closes = 0;
    std::uint16_t code = 0;
};

// What we answered must be pongs and at most one close, at the end.
said read_answers(std::string_view bytes) {
    said all;
    while (!bytes.empty()) {
        ensure(bytes.size() >= 2, "whole frames");
        const auto first = static_cast<std::uint8_t>(bytes[0]);
        const std::size_t length = static_cast<std::uint8_t>(bytes[1]);
        ensure(length <= 125 && bytes.size() >= 2 + length, "small frames without a mask");
        ensure(all.closes == 0, "nothing after a close");
        ensure(first == 0x8a || first == 0x88, "pong or close");
        if (first == 0x88) {
            ++all.closes;
            ensure(length != 1, "a close has a whole code");
            if (length >= 2)
                all.code = static_cast<std::uint16_t>(static_cast<std::uint8_t>(bytes[2]) << 8 |
                                                      static_cast<std::uint8_t>(bytes[3]));
        }
        bytes.remove_prefix(2 + length);
    }
    return all;
}

awaitable<> serve(websocket::stream<memory_stream>& ws, std::optional<std::uint16_t>& code) {
    const std::uint16_t last = co_await read_last_word(ws, message_max, {}, [] {});
    if (last != 0) co_await ws.async_close(websocket::close_reason{last}, nothrow);
    code = last;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view rest = fuzz::text_of(data, size).substr(1);
    const std::string input = (data[0] & 1) != 0 ? std::string{rest} : framed(rest);

    asio::io_context io;
    memory_stream client{io}, ours{io};
    client.connect(ours);
    websocket::stream<memory_stream> ws{std::move(ours)};
    ws.read_message_max(0);
    beast::http::request<beast::http::string_body> upgrade{beast::http::verb::get, "/live", 11};
    upgrade.set("Host", "localhost");
    upgrade.set("Upgrade", "websocket");
    upgrade.set("Connection", "upgrade");
    upgrade.set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
    upgrade.set("Sec-WebSocket-Version", "13");
    ws.accept(upgrade);
    client.clear();

    ws.next_layer().read_size(std::size_t{1} + (data[0] >> 1) * 4);
    ws.next_layer().append(input);
    ws.next_layer().close_remote();
    std::optional<std::uint16_t> code;
    asio::co_spawn(io.get_executor(), serve(ws, code), asio::detached);
    io.run();

    ensure(code.has_value(), "the reader ends when the stream does");
    const said answers = read_answers({client.str().data(), client.str().size()});
    if (*code != 0) {
        ensure(*code == close_policy || *code == close_too_big, "one of our codes");
        ensure(answers.closes == 1 && answers.code == *code, "it is said");
    }
    if (*code == close_too_big) ensure(input.size() > message_max, "there was too much");
    return 0;
}
