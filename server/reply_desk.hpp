// Where the requests of one io thread wait for the sequencer's answers. Everything on that thread;
// the sequencer posts to it, once a batch.
#pragma once

#include "core/sequencer.hpp"
#include "server/asio.hpp"

#include <unordered_map>
#include <vector>

namespace campgate::server {

class reply_desk {
public:
    explicit reply_desk(std::uint32_t lane) : lane_(lane) {}

    /// A place to wait at; leave it when done.
    class ticket {
    public:
        ticket(reply_desk& desk, executor on) : desk_(desk), waiter_(on), number_(++desk.last_) {
            desk_.open_.emplace(number_, &waiter_);
        }
        ~ticket() { desk_.open_.erase(number_); }
        ticket(const ticket&) = delete;
        ticket& operator=(const ticket&) = delete;

        reply_address address() const { return {desk_.lane_, number_}; }
        waiter<reply>& answer() { return waiter_; }

    private:
        reply_desk& desk_;
        waiter<reply> waiter_;
        std::uint64_t number_;
    };

    /// Answers of requests that gave up are dropped: their records live on.
    void deliver(std::vector<reply>& replies) {
        for (reply& r : replies) {
            const auto found = open_.find(r.ticket);
            if (found != open_.end()) found->second->set(std::move(r));
        }
    }

    std::size_t waiting() const { return open_.size(); }

private:
    const std::uint32_t lane_;
    std::uint64_t last_ = 0;
    std::unordered_map<std::uint64_t, waiter<reply>*> open_;
};

}  // namespace campgate::server
