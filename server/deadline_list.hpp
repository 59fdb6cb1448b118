// Deadlines that are set and taken back with every request: a list in order of time, and one timer
// for all of them. Setting one is a list operation as long as those of a list have one length.
// Thread safety: one io thread. An entry may go before the list or after it.
#pragma once

#include "server/asio.hpp"

#include <chrono>

namespace campgate::server {

class deadline_list {
public:
    using clock = std::chrono::steady_clock;

    /// Somebody with at most one deadline at a time. Whoever goes has none any more.
    class entry {
    public:
        entry() = default;
        entry(const entry&) = delete;
        entry& operator=(const entry&) = delete;

        /// Takes the deadline back, if there is one.
        void disarm() {
            before_->after_ = after_;
            after_->before_ = before_;
            before_ = after_ = this;
        }

    protected:
        ~entry() { disarm(); }

    private:
        friend class deadline_list;
        /// The time has come; the entry is in no list. May arm it again.
        virtual void on_deadline() = 0;

        entry* before_ = this;
        entry* after_ = this;
        clock::time_point at_{};
    };

    explicit deadline_list(executor on) : timer_(on) {}
    ~deadline_list() {
        while (ends_.after_ != &ends_) ends_.after_->disarm();
    }
    deadline_list(const deadline_list&) = delete;
    deadline_list& operator=(const deadline_list&) = delete;

    /// Instead of the deadline that the entry had, in whichever list.
    void arm(entry& who, clock::duration most) {
        who.disarm();
        who.at_ = clock::now() + most;
        entry* last = ends_.before_;
        while (last != &ends_ && last->at_ > who.at_) last = last->before_;
        who.before_ = last;
        who.after_ = last->after_;
        who.after_->before_ = last->after_ = &who;
        if (!waiting_ || who.at_ < timer_.expiry()) wait(who.at_);
    }

private:
    class no_entry final : public entry {
        void on_deadline() override {}
    };

    // Deadlines that were taken back let the timer run: it looks again then.
    void wait(clock::time_point until) {
        waiting_ = true;
        timer_.expires_at(until);
        timer_.async_wait([this](error_code ec) {
            if (ec) return;
            waiting_ = false;
            const auto now = clock::now();
            while (ends_.after_ != &ends_ && ends_.after_->at_ <= now) {
                entry& due = *ends_.after_;
                due.disarm();
                due.on_deadline();
            }
            if (!waiting_ && ends_.after_ != &ends_) wait(ends_.after_->at_);
        });
    }

    timer timer_;
    bool waiting_ = false;
    no_entry ends_;  // after the last, before the first
};

}  // namespace campgate::server
