#include "server/live_feed.hpp"

#include <algorithm>

namespace campgate::server {

namespace {
constexpr std::uint16_t close_try_again_later = 1013;  // RFC 6455 registry
}

live_message_ptr live_subscriber::next(const views& seen, instant now) {
    if (closing_) return nullptr;
    if (!greeted_) {
        const auto view = seen.availability.load();
        if (since_ && *since_ <= view->at) {
            // What changed since then follows as a weeks message.
            greeted_ = true;
            sent_ = *since_;
            weeks_due_ = true;
            frame_.reset();
            return time_message(now);
        }
        greeted_ = true;
        sent_ = view->at;
        return snapshot_message(*view, now);
    }
    if (season_) return std::exchange(season_, nullptr);
    if (weeks_due_) {
        weeks_due_ = false;
        const auto frame = std::exchange(frame_, std::nullopt);
        if (frame && frame->from <= sent_) {
            if (sent_ < frame->message->at) {
                sent_ = frame->message->at;
                return frame->message;
            }
        } else {
            const auto view = seen.availability.load();
            auto own = weeks_message(*view, sent_);
            sent_ = view->at;
            return own;
        }
    }
    if (const auto at = std::exchange(family_due_, std::nullopt); at && login_)
        return family_message(*at);
    if (time_) return std::exchange(time_, nullptr);
    return nullptr;
}

awaitable<> live_subscriber::wait(std::chrono::steady_clock::time_point until) {
    behind_.reset();
    if (something_due()) co_return;
    waiting_ = true;
    wake_.expires_at(until);
    co_await wake_.async_wait(nothrow);
    waiting_ = false;
}

void live_subscriber::due() {
    if (waiting_) {
        wake_.cancel();
    } else if (!behind_) {
        behind_ = std::chrono::steady_clock::now();
    }
}

void live_subscriber::offer(const weeks_frame& frame) {
    if (greeted_ && frame.message->at <= sent_) return;
    if (frame.from <= sent_ && try_direct(*frame.message)) {
        sent_ = frame.message->at;
        return;
    }
    if (weeks_due_ && direct_ != nullptr) direct_->merged();
    weeks_due_ = true;
    frame_ = frame;
    due();
}

void live_subscriber::offer_season(live_message_ptr message) {
    season_ = std::move(message);
    due();
}

void live_subscriber::offer_family(sequence at) {
    family_due_ = at;
    due();
}

void live_subscriber::offer_time(live_message_ptr message) {
    if (try_direct(*message)) return;
    time_ = std::move(message);
    due();
}

void live_subscriber::close(std::uint16_t code) {
    if (closing_) return;
    closing_ = code;
    due();
}

void lane_feed::add(live_subscriber& s) {
    s.place_ = all_.size();
    all_.push_back(&s);
}

void lane_feed::remove(live_subscriber& s) {
    all_.back()->place_ = s.place_;
    all_[s.place_] = all_.back();
    all_.pop_back();
}

// From the end: who leaves between two slices has its place taken by one that was offered the
// frame.
std::size_t lane_feed::broadcast_slice(const weeks_frame& frame, std::size_t left,
                                       std::size_t most) {
    left = std::min(left, all_.size());
    for (; left > 0 && most > 0; --most) all_[--left]->offer(frame);
    return left;
}

void lane_feed::broadcast_season(const live_message_ptr& message) {
    for (live_subscriber* s : all_) s->offer_season(message);
}

void lane_feed::broadcast_families(const std::vector<family_id>& sorted, sequence at) {
    for (live_subscriber* s : all_) {
        if (s->login() != nullptr && std::ranges::binary_search(sorted, s->login()->family))
            s->offer_family(at);
    }
}

void lane_feed::broadcast_time(const live_message_ptr& message) {
    for (live_subscriber* s : all_) s->offer_time(message);
}

void lane_feed::close_all(std::uint16_t code) {
    for (live_subscriber* s : all_) s->close(code);
}

std::size_t lane_feed::close_hopeless(std::chrono::steady_clock::duration most) {
    const auto now = std::chrono::steady_clock::now();
    std::size_t closed = 0;
    for (live_subscriber* s : all_) {
        if (s->closing() || !s->behind_since() || now - *s->behind_since() < most) continue;
        s->close(close_try_again_later);
        ++closed;
    }
    return closed;
}

void lane_feed::end_login(const login_session& login) {
    for (live_subscriber* s : all_) {
        if (s->login() == &login) s->leave_family();
    }
}

void lane_feed::keep_logins(const login_sessions& logins, instant now) {
    for (live_subscriber* s : all_) {
        if (s->login() != nullptr && !logins.keep(*s->login(), now)) s->leave_family();
    }
}

}  // namespace campgate::server
