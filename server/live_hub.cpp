#include "server/live_hub.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace campgate::server {

namespace {

using steady = std::chrono::steady_clock::duration;
constexpr int rest_factor = 1;
constexpr steady rest_min{0};
constexpr steady rest_max = std::chrono::milliseconds{500};
constexpr std::size_t slice_sockets = 64;  // some 300 microseconds

}  // namespace

// What one tick says.
struct live_hub::tick_news {
    std::optional<weeks_frame> frame;
    live_message_ptr season;
    std::vector<family_id> families;
    sequence at;
};

live_hub::live_hub(std::span<const std::unique_ptr<io_lane>> lanes, const views& seen,
                   std::chrono::microseconds tick)
    : lanes_(lanes),
      views_(seen),
      tick_(tick),
      timer_(lanes.front()->io.get_executor()),
      sent_(seen.availability.load()->at) {
}

void live_hub::publish(const publication& news) {
    if (!news.availability && !news.season && news.families.empty()) return;
    bool first = false;
    {
        const std::lock_guard lock{mutex_};
        pending_.at = std::max(pending_.at, news.at);
        pending_.availability |= news.availability;
        pending_.season |= news.season;
        pending_.families.insert(pending_.families.end(), news.families.begin(),
                                 news.families.end());
        first = !std::exchange(scheduled_, true);
    }
    if (first) asio::post(lanes_.front()->io, [this] { schedule(); });
}

void live_hub::schedule() {
    const auto now = std::chrono::steady_clock::now();
    auto next = std::max(last_tick_ + tick_, now);
    if (under_way_.load() > 0) {
        next = std::max(next, now + tick_);
    } else {
        const std::chrono::steady_clock::time_point done{
            std::chrono::nanoseconds{handed_out_.load()}};
        next = std::max(next,
                        done + std::clamp(rest_factor * (done - last_tick_), rest_min, rest_max));
    }
    timer_.expires_at(next);
    timer_.async_wait([this](error_code ec) {
        if (!ec) tick();
    });
}

void live_hub::tick() {
    last_tick_ = std::chrono::steady_clock::now();
    if (under_way_.load() > 0) return schedule();
    publication news;
    {
        const std::lock_guard lock{mutex_};
        news = std::exchange(pending_, {});
        scheduled_ = false;
    }
    std::ranges::sort(news.families);
    news.families.erase(std::ranges::unique(news.families).begin(), news.families.end());

    const auto said = std::make_shared<tick_news>();
    if (news.availability) {
        const auto view = views_.availability.load();
        said->frame = weeks_frame{sent_, weeks_message(*view, sent_)};
        sent_ = view->at;
        frames_.fetch_add(1, std::memory_order_relaxed);
    }
    if (news.season) {
        const auto view = views_.season.load();
        said->season =
            season_message(view->changed, view->published ? view->published->version : 0);
    }
    said->families = std::move(news.families);
    said->at = news.at;
    for (const auto& lane : lanes_) {
        under_way_.fetch_add(1);
        asio::post(lane->io, [this, lane = lane.get(), said] {
            if (said->season) lane->feed.broadcast_season(said->season);
            hand_out(*lane, said, said->frame ? lane->feed.size() : 0);
        });
    }
}

// A slice, then everybody else's turn.
void live_hub::hand_out(io_lane& lane, std::shared_ptr<const tick_news> what, std::size_t left) {
    if (left > 0) left = lane.feed.broadcast_slice(*what->frame, left, slice_sockets);
    if (left > 0) {
        asio::post(lane.io, [this, &lane, what = std::move(what), left]() mutable {
            hand_out(lane, std::move(what), left);
        });
        return;
    }
    if (!what->families.empty()) lane.feed.broadcast_families(what->families, what->at);
    // Behind the writes that this has woken.
    asio::post(lane.io, [this] { handed_out(); });
}

void live_hub::handed_out() {
    handed_out_.store(std::chrono::steady_clock::now().time_since_epoch().count());
    under_way_.fetch_sub(1);
}

}  // namespace campgate::server
