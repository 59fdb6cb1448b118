// The baseline of the live calendar: the cheapest loop that writes the same bytes to as many raw
// sockets. One thread, epoll, one send a socket, nothing kept of anybody; it knows as much of
// Campgate's interface as campgate-rush needs to watch it. Every hold and release is one change.
#include "bench/bare_texts.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace campgate::bench;

constexpr std::uint32_t weeks = 40;

std::string_view between(std::string_view text, std::string_view before, std::string_view after) {
    const std::size_t at = text.find(before);
    if (at == std::string_view::npos) return {};
    const std::string_view rest = text.substr(at + before.size());
    return rest.substr(0, rest.find(after));
}

std::string text_frame(const std::string& json) {
    std::string frame{'\x81'};
    if (json.size() < 126) {
        frame += static_cast<char>(json.size());
    } else {
        frame += {'\x7e', static_cast<char>(json.size() >> 8), static_cast<char>(json.size())};
    }
    return frame + json;
}

class fan {
public:
    int run() {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        if (::bind(listener_, any, size) != 0 || ::listen(listener_, 4096) != 0 ||
            ::getsockname(listener_, any, &size) != 0) {
            std::perror("campgate-bench-fan");
            return 1;
        }
        watch(listener_);
        std::printf("campgate-bench-fan: ready at http://127.0.0.1:%u/\n",
                    static_cast<unsigned>(ntohs(address.sin_port)));
        std::fflush(stdout);
        std::array<epoll_event, 256> events;
        for (;;) {
            const int count = ::epoll_wait(epoll_, events.data(), events.size(), -1);
            for (int i = 0; i < count; ++i) {
                const int socket = events[static_cast<std::size_t>(i)].data.fd;
                socket == listener_ ? accept() : receive(socket);
            }
        }
    }

private:
    void watch(int socket) const {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = socket;
        ::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
    }

    void accept() {
        for (;;) {
            const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (socket < 0) return;
            const int on = 1;
            ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            watch(socket);
        }
    }

    void receive(int socket) {
        std::array<char, 16 * 1024> bytes;
        const ssize_t got = ::recv(socket, bytes.data(), bytes.size(), 0);
        if (got <= 0) {
            std::erase(calendars_, socket);
            partial_.erase(socket);
            ::close(socket);
            return;
        }
        std::string& text = partial_[socket];
        text.append(bytes.data(), static_cast<std::size_t>(got));
        for (;;) {
            const std::size_t end = text.find("\r\n\r\n");
            if (end == std::string::npos) break;
            const std::string_view head{text.data(), end};
            std::size_t length = 0;
            const std::string_view said = between(head, "Content-Length: ", "\r");
            std::from_chars(said.data(), said.data() + said.size(), length);
            if (text.size() < end + 4 + length) break;
            answer(socket, head, std::string_view{text}.substr(end + 4, length));
            text.erase(0, end + 4 + length);
        }
        if (text.empty()) partial_.erase(socket);
    }

    static void send(int socket, std::string_view bytes) {
        (void)!::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }

    void answer(int socket, std::string_view head, std::string_view body) {
        const std::string_view target = between(head, " ", " ");
        if (target.starts_with(holds_path)) return change(socket, head.starts_with("POST"));
        if (!target.starts_with(live_path)) {
            return send(socket,
                        entrance_answer(target, between(head, "Cookie: ", "\r"), body, weeks));
        }
        std::string all = R"({"type":"snapshot","sequence":)" + std::to_string(sequence_) +
                          R"(,"server_time":"2026-01-01T00:00:00.000000Z","weeks":[)";
        for (std::uint32_t id = 1; id <= weeks; ++id)
            all += (id > 1 ? ",[" : "[") + std::to_string(id) + ",1000]";
        send(socket,
             "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
             "Sec-WebSocket-Protocol: campgate.live.v1\r\n\r\n" +
                 text_frame(all + "]}"));
        calendars_.push_back(socket);
    }

    void change(int socket, bool places) {
        ++sequence_;
        send(socket, places ? answer_text(201, placed_text(sequence_, "0123456789abcdefghijklmnop",
                                                           1, 1, 1))
                            : answer_text(204, {}));
        const std::string frame =
            text_frame(R"({"type":"weeks","sequence":)" + std::to_string(sequence_) +
                       R"(,"weeks":[[1,)" + std::to_string(places ? 999 : 1000) + "]]}");
        for (const int calendar : calendars_) send(calendar, frame);
    }

    const int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    int listener_ = -1;
    std::vector<int> calendars_;
    std::map<int, std::string> partial_;
    std::uint64_t sequence_ = 1;
};

}  // namespace

int main() {
    return fan{}.run();
}
