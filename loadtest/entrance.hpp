// How families come in before the opening: the demo login (or a file of cookies), then /me. Many
// at a time, each from its own address, again after a 429 or 503. Thread safety: one thread.
#pragma once

#include "loadtest/api.hpp"
#include "loadtest/http_client.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace campgate::rush {

struct visitor {
    std::uint64_t number{};  // from 0, decides the address it comes from
    credentials who;
    me_facts me;
};

/// One GET with an answer, before anything else runs. Throws input_fault when there is none.
std::string fetch(asio::io_context& io, const target& to, const std::string& path);

/// Visitor n has cookie n, or is family n of the list, or family `from + n` of the demo.
struct guest_list {
    std::vector<std::string> cookies;
    std::vector<std::uint64_t> families;
    std::uint64_t from = 1;

    bool ends_before(std::uint64_t n) const {
        return (!cookies.empty() && n >= cookies.size()) ||
               (!families.empty() && n >= families.size());
    }
    std::uint64_t family(std::uint64_t n) const {
        return families.empty() ? from + n : families[n];
    }
};

/// Of a file with a cookie ("name=value") a line. Throws input_fault.
std::vector<std::string> read_cookies(const std::string& path);

class entrance {
public:
    /// Says whether the visitor was taken in, or another is wanted in its place.
    using taker = std::function<bool(visitor&&)>;

    /// Visitors number `first`, `first + step`, …
    entrance(asio::io_context& io, const target& to, guest_list guests, std::uint64_t first,
             std::uint64_t step);

    /// Lets in until `wanted` were taken, or nobody is left; gives how many were taken. Runs the
    /// io_context. Throws input_fault when the server turns everybody away.
    std::size_t run(std::size_t wanted, const taker& take);

private:
    struct door;
    void next(const std::shared_ptr<door>& at);
    void login(const std::shared_ptr<door>& at);
    void look(const std::shared_ptr<door>& at);
    void again(const std::shared_ptr<door>& at, int seconds);
    void fail(const std::string& why);
    bool over() const { return exhausted_ || taken_ >= wanted_ || !failure_.empty(); }

    asio::io_context& io_;
    const target& to_;
    const guest_list guests_;
    std::uint64_t next_;
    const std::uint64_t step_;
    std::size_t wanted_ = 0;
    std::size_t taken_ = 0;
    std::size_t misses_ = 0;
    bool exhausted_ = false;
    std::string failure_;
    const taker* take_ = nullptr;
};

}  // namespace campgate::rush
