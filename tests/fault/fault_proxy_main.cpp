// campgate-fault-proxy UPSTREAM: a fault_proxy for tests in other languages. UPSTREAM is
// ADDRESS:PORT or the path of a unix socket. It says "ready PORT" on stdout, then reads a command a
// line from stdin and says "ok", "ok" with what was asked for, or "bad"; the end of stdin is its
// own. Between answers it says "cut request 17" or "cut reply 0" for each cut that has happened.
//   delay MILLISECONDS | slow BYTES_PER_SECOND | half_open | refuse | drop | pass | counts
//   cut request|reply AFTER [both|client|upstream|neither] [reset] [about TEXT TO THE END OF THE
//   LINE]
#include "tests/fault/fault_proxy.hpp"

#include <cstdio>
#include <exception>
#include <iostream>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>

namespace campgate::test {
namespace {

void say(const std::string& line) {
    static std::mutex mutex;  // cuts happen on the proxy's thread
    const std::lock_guard lock(mutex);
    std::cout << line << std::endl;
}

std::optional<cut> cut_of(std::istringstream& words) {
    cut asked;
    std::string word;
    if (!(words >> word) || (word != "request" && word != "reply")) return std::nullopt;
    asked.at = word == "request" ? way::request : way::reply;
    if (!(words >> asked.after)) return std::nullopt;
    while (words >> word) {
        if (word == "both") {
            asked.ends = cut_ends::both;
        } else if (word == "client") {
            asked.ends = cut_ends::client;
        } else if (word == "upstream") {
            asked.ends = cut_ends::upstream;
        } else if (word == "neither") {
            asked.ends = cut_ends::neither;
        } else if (word == "reset") {
            asked.reset = true;
        } else if (word == "about") {
            std::getline(words >> std::ws, asked.about);
            if (asked.about.empty()) return std::nullopt;
        } else {
            return std::nullopt;
        }
    }
    return asked;
}

std::string text_of(const proxy_counts& c) {
    return "accepted " + std::to_string(c.accepted) + " open " + std::to_string(c.open) +
           " request " + std::to_string(c.request) + " reply " + std::to_string(c.reply) +
           " cuts " + std::to_string(c.cuts);
}

// The answer to a line.
std::string carry_out(fault_proxy& proxy, const std::string& line) {
    std::istringstream words(line);
    std::string command;
    words >> command;
    if (command == "cut") {
        const std::optional<cut> asked = cut_of(words);
        if (!asked) return "bad";
        proxy.plan(*asked);
        return "ok";
    }
    if (command == "delay" || command == "slow") {
        std::uint32_t amount = 0;
        if (!(words >> amount)) return "bad";
        if (command == "delay") proxy.delay(std::chrono::milliseconds{amount});
        if (command == "slow") proxy.slow(amount);
        return "ok";
    }
    if (command == "counts") return "ok " + text_of(proxy.counts());
    if (command == "half_open") {
        proxy.half_open();
    } else if (command == "refuse") {
        proxy.refuse();
    } else if (command == "drop") {
        proxy.drop();
    } else if (command == "pass") {
        proxy.pass();
    } else {
        return "bad";
    }
    return "ok";
}

int run(const std::string& upstream) {
    fault_proxy proxy(upstream, [](const cut& happened) {
        say(std::string("cut ") + (happened.at == way::request ? "request " : "reply ") +
            std::to_string(happened.after));
    });
    say("ready " + std::to_string(proxy.port()));
    for (std::string line; std::getline(std::cin, line);) say(carry_out(proxy, line));
    return 0;
}

}  // namespace
}  // namespace campgate::test

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: campgate-fault-proxy ADDRESS:PORT|SOCKET\n");
        return 2;
    }
    try {
        return campgate::test::run(argv[1]);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "campgate-fault-proxy: %s\n", e.what());
        return 1;
    }
}
