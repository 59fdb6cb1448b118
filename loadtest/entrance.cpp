#include "loadtest/entrance.hpp"

#include "loadtest/address.hpp"
#include "loadtest/input_fault.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <fstream>

namespace campgate::rush {

namespace {

constexpr std::size_t doors_max = 32;
constexpr std::size_t tries_max = 20;

}  // namespace

std::string fetch(asio::io_context& io, const target& to, const std::string& path) {
    http_client client(io, to, std::nullopt);
    std::string body;
    int status = 0;
    bool done = false;
    client.ask(get_text(to.host, path, {}, true), [&](const http_answer& answer) {
        status = answer.status;
        body = answer.body;
        done = true;
    });
    const moment deadline = now() + std::chrono::seconds{10};
    io.restart();
    while (!done && now() < deadline) io.run_one_until(deadline);
    if (status == 0)
        throw input_fault("nothing answers at http://" + to.host + path +
                          "; is the server running?");
    if (status != 200)
        throw input_fault("http://" + to.host + path + " answers " + std::to_string(status) +
                          "; is that a Campgate?");
    return body;
}

std::vector<std::string> read_cookies(const std::string& path) {
    std::vector<std::string> out;
    if (path.empty()) return out;
    std::ifstream in(path);
    if (!in) throw input_fault(path + ": cannot be read");
    for (std::string line; std::getline(in, line);) {
        if (!line.empty()) out.push_back(line);
    }
    if (out.empty()) throw input_fault(path + ": holds no cookie");
    return out;
}

struct entrance::door {
    door(asio::io_context& io) : pause(io) {}

    std::unique_ptr<http_client> client;
    visitor who;
    std::size_t tries = 0;
    timer pause;
};

entrance::entrance(asio::io_context& io, const target& to, guest_list guests, std::uint64_t first,
                   std::uint64_t step)
    : io_(io),
      to_(to),
      guests_(std::move(guests)),
      next_(first),
      step_(step) {
}

std::size_t entrance::run(std::size_t wanted, const taker& take) {
    wanted_ = wanted;
    taken_ = 0;
    take_ = &take;
    io_.restart();
    for (std::size_t i = 0; i < std::min(doors_max, wanted); ++i) next(std::make_shared<door>(io_));
    io_.run();
    if (!failure_.empty()) throw input_fault(failure_);
    return taken_;
}

void entrance::next(const std::shared_ptr<door>& at) {
    if (over()) return at->client.reset();
    if (guests_.ends_before(next_)) {
        exhausted_ = true;
        return at->client.reset();
    }
    at->who = {};
    at->who.number = next_;
    at->tries = 0;
    next_ += step_;
    at->client = std::make_unique<http_client>(io_, to_, source_address(to_, at->who.number));
    if (guests_.cookies.empty()) return login(at);
    at->who.who.cookie = guests_.cookies[at->who.number];
    look(at);
}

void entrance::login(const std::shared_ptr<door>& at) {
    at->client->ask(login_text(to_.host, guests_.family(at->who.number)),
                    [this, at](const http_answer& a) {
                        if (a.status == 404) {
                            // Beyond the last family; or not a demo at all.
                            if (at->who.number < step_ && taken_ == 0)
                                fail("the server knows no demo login for family " +
                                     std::to_string(guests_.family(at->who.number)) +
                                     "; give --cookies FILE, or another --families-from");
                            exhausted_ = true;
                            return;
                        }
                        if (a.status != 200) return again(at, a.retry_after);
                        at->who.who.cookie = a.set_cookie;
                        at->who.who.csrf = read_csrf(a.body);
                        look(at);
                    });
}

void entrance::look(const std::shared_ptr<door>& at) {
    at->client->ask(get_text(to_.host, "/api/v1/me", at->who.who.cookie),
                    [this, at](const http_answer& a) {
                        if (a.status == 401 && !guests_.cookies.empty())
                            return fail("cookie " + std::to_string(at->who.number + 1) +
                                        " of the file is nobody's");
                        if (a.status != 200) return again(at, a.retry_after);
                        at->who.me = read_me(a.body);
                        at->who.who.csrf = at->who.me.csrf;
                        if (taken_ < wanted_ && (*take_)(std::move(at->who))) ++taken_;
                        // Not inside the handler: it destroys the client.
                        asio::post(io_, [this, at] { next(at); });
                    });
}

void entrance::again(const std::shared_ptr<door>& at, int seconds) {
    if (++at->tries > tries_max) return fail("the server lets nobody in");
    at->pause.expires_after(std::chrono::milliseconds{std::clamp(seconds * 1000, 50, 2000)});
    at->pause.async_wait([this, at](error_code) {
        if (over()) return;
        at->who.who.cookie.empty() ? login(at) : look(at);
    });
}

void entrance::fail(const std::string& why) {
    if (failure_.empty()) failure_ = why;
}

}  // namespace campgate::rush
