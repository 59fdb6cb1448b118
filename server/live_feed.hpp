// What one open calendar still has to be told. A slow socket is never queued for: there is at most
// one thing of each kind to say, and of the weeks always the latest values (DESIGN §3, Live
// availability). Owner: one coroutine that writes; everything on its io thread.
#pragma once

#include "core/views.hpp"
#include "server/asio.hpp"
#include "server/live_frames.hpp"
#include "server/login_sessions.hpp"

#include <optional>
#include <vector>

namespace campgate::server {

/// The changes between two ticks of the hub, encoded once for everybody.
struct weeks_frame {
    sequence from;
    live_message_ptr message;  ///< message->at is where it leads to
};

/// Where a subscriber's messages can go without waking its writer.
class live_sink {
public:
    /// The whole message, at once and in its turn, or nothing of it: then the writer has to.
    virtual bool write_now(const live_message& message) = 0;
    /// A message was not sent, a later one says the same and more.
    virtual void merged() = 0;

protected:
    ~live_sink() = default;
};

class live_subscriber {
public:
    /// `login` is null for a visitor. `direct` may be null; else it outlives this.
    live_subscriber(executor on, std::shared_ptr<const login_session> login,
                    std::optional<sequence> since, live_sink* direct = nullptr)
        : direct_(direct),
          login_(std::move(login)),
          since_(since),
          wake_(on) {}

    /// The next thing to write, or nothing for now.
    live_message_ptr next(const views& seen, instant now);

    /// Until there may be something to write, or closing, or the time has come. Returns at once if
    /// there is something.
    awaitable<> wait(
        std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max());

    void offer(const weeks_frame& frame);
    void offer_season(live_message_ptr message);
    void offer_family(sequence at);
    void offer_time(live_message_ptr message);
    /// The writer ends after this; `code` is a WebSocket close code.
    void close(std::uint16_t code);

    std::optional<std::uint16_t> closing() const { return closing_; }
    const login_session* login() const { return login_.get(); }
    void leave_family() { login_.reset(); }

    /// Since when something has been waiting to be written, while the writer is busy.
    std::optional<std::chrono::steady_clock::time_point> behind_since() const { return behind_; }

private:
    friend class lane_feed;
    void due();
    bool something_due() const {
        return closing_ || season_ || weeks_due_ || family_due_ || time_ || !greeted_;
    }
    bool try_direct(const live_message& message) {
        return direct_ != nullptr && waiting_ && !something_due() && direct_->write_now(message);
    }

    live_sink* const direct_;
    std::shared_ptr<const login_session> login_;
    std::optional<sequence> since_;
    bool greeted_ = false;
    bool waiting_ = false;
    sequence sent_;
    bool weeks_due_ = false;
    std::optional<weeks_frame> frame_;  // the newest, if it was not written yet
    live_message_ptr season_;
    live_message_ptr time_;
    std::optional<sequence> family_due_;
    std::optional<std::uint16_t> closing_;
    std::optional<std::chrono::steady_clock::time_point> behind_;
    timer wake_;
    std::size_t place_ = 0;  // in its lane_feed
};

/// The subscribers of one io thread.
class lane_feed {
public:
    void add(live_subscriber& s);
    void remove(live_subscriber& s);
    std::size_t size() const { return all_.size(); }

    /// Offers a frame to at most `most` subscribers, the last `left` of all first; gives how many
    /// are left. Between two slices others may come and go: who is new knows the frame already.
    std::size_t broadcast_slice(const weeks_frame& frame, std::size_t left, std::size_t most);
    void broadcast_season(const live_message_ptr& message);
    void broadcast_families(const std::vector<family_id>& sorted, sequence at);
    void broadcast_time(const live_message_ptr& message);
    void close_all(std::uint16_t code);
    /// Closes those that have been behind for longer than `most`; how many.
    std::size_t close_hopeless(std::chrono::steady_clock::duration most);
    /// A login ended: its sockets are told nothing of the family any more.
    void end_login(const login_session& login);
    /// Open sockets keep their logins; those whose login is over become visitors.
    void keep_logins(const login_sessions& logins, instant now);

private:
    std::vector<live_subscriber*> all_;
};

}  // namespace campgate::server
