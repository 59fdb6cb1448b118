#include "server/live_hub.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace campgate::server {

namespace {

using steady = std::chrono::steady_clock::duration;
constexpr int rest_factor = 3;
constexpr steady rest_min{0};
constexpr steady rest_max = std::chrono::milliseconds{500};

}  // namespace

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

    std::optional<weeks_frame> frame;
    if (news.availability) {
        const auto view = views_.availability.load();
        frame = weeks_frame{sent_, weeks_message(*view, sent_)};
        sent_ = view->at;
        frames_.fetch_add(1, std::memory_order_relaxed);
    }
    live_message_ptr season;
    if (news.season) {
        const auto view = views_.season.load();
        season = season_message(view->changed, view->published ? view->published->version : 0);
    }
    for (const auto& lane : lanes_) {
        under_way_.fetch_add(1);
        asio::post(lane->io, [this, lane = lane.get(), frame, season, families = news.families,
                              at = news.at] {
            if (season) lane->feed.broadcast_season(season);
            if (frame) lane->feed.broadcast(*frame);
            if (!families.empty()) lane->feed.broadcast_families(families, at);
            // Behind the writes that this has woken.
            asio::post(lane->io, [this] { handed_out(); });
        });
    }
}

void live_hub::handed_out() {
    handed_out_.store(std::chrono::steady_clock::now().time_since_epoch().count());
    under_way_.fetch_sub(1);
}

}  // namespace campgate::server
