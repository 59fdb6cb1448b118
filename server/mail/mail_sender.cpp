#include "server/mail/mail_sender.hpp"

#include <algorithm>

namespace campgate::server {

namespace {

using namespace std::chrono_literals;

// A new mail is seen within this without being told; another process's, too.
constexpr std::chrono::milliseconds look_interval{1'000};
constexpr std::chrono::milliseconds trouble_pause{2'000};
constexpr std::chrono::seconds house_interval{5};
constexpr std::chrono::seconds grace{3};
constexpr std::uint32_t doublings_max = 30;

}  // namespace

std::chrono::microseconds back_off(const sending_rules& rules, std::uint32_t attempt,
                                   std::uint32_t random) noexcept {
    const std::uint32_t doublings = std::min(attempt > 0 ? attempt - 1 : 0, doublings_max);
    std::chrono::microseconds wait = rules.retry;
    for (std::uint32_t i = 0; i < doublings && wait < rules.retry_max; ++i) wait *= 2;
    wait = std::min(wait, rules.retry_max);
    // From three to five quarters.
    constexpr std::uint32_t parts = 1'000;
    return wait * 3 / 4 + wait * (random % parts) / (2 * parts);
}

mail_sender::mail_sender(mail_store& store, mail_delivery& delivery, sending_rules rules,
                         std::function<instant()> now, std::function<std::uint32_t()> random,
                         sending_observer observer)
    : store_(store),
      delivery_(delivery),
      rules_(rules),
      now_(std::move(now)),
      random_(std::move(random)),
      observer_(std::move(observer)) {
}

void mail_sender::start() {
    thread_ = std::thread([this] { work(); });
}

void mail_sender::stop() {
    if (!thread_.joinable()) return;
    {
        std::unique_lock lock{mutex_};
        stopping_ = true;
        changed_.notify_all();
        if (!changed_.wait_for(lock, grace, [&] { return ended_; })) delivery_.hurry();
    }
    thread_.join();
}

void mail_sender::wake() {
    {
        const std::lock_guard lock{mutex_};
        woken_ = true;
    }
    changed_.notify_all();
}

void mail_sender::work() {
    const auto stopping = [this] {
        const std::lock_guard lock{mutex_};
        return stopping_;
    };
    bool troubled = false;
    while (!stopping()) {
        try {
            keep_house();
            const bool more = round();
            troubled = false;
            if (!more) idle(look_interval);
        } catch (const database_error&) {
            if (!troubled) observer_.trouble("mails_cannot_be_read");
            troubled = true;
            idle(trouble_pause);
        }
    }
    const std::lock_guard lock{mutex_};
    ended_ = true;
    changed_.notify_all();
}

void mail_sender::idle(std::chrono::milliseconds at_most) {
    const auto pause = std::chrono::ceil<std::chrono::milliseconds>(paused_until_ - now_());
    if (pause > 0ms) at_most = std::min(at_most, pause);
    // Short back-offs of tests are not to wait for the next look.
    const auto shortest = std::chrono::ceil<std::chrono::milliseconds>(rules_.retry);
    at_most = std::min(at_most, std::max(shortest, 1ms));
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, at_most, [&] { return woken_ || stopping_; });
    woken_ = false;
}

bool mail_sender::round() {
    remember_sent();
    const instant now = now_();
    if (now < paused_until_) return false;
    const auto claimed = store_.claim(now, rules_.lease);
    if (!claimed) return false;
    if (claimed->not_after && now > *claimed->not_after) {
        settle(*claimed, {mail_failure::too_late, true, false});
        return true;
    }
    outgoing_mail m;
    try {
        if (!claimed->content) throw std::runtime_error("sealed under another key");
        m = {claimed->message_id, claimed->made, mail_content_of(*claimed->content)};
    } catch (const std::exception&) {
        settle(*claimed, {mail_failure::unwritten, true, false});
        return true;
    }
    settle(*claimed, delivery_.deliver(m));
    return true;
}

void mail_sender::settle(const claimed_mail& m, delivery_outcome outcome) {
    const instant now = now_();
    if (outcome.why == mail_failure::none) {
        outages_ = 0;
        sent_unmarked_.push_back(m.id);
        observer_.sent();
        remember_sent();
        return;
    }
    if (outcome.servers_fault) {
        // The others would fare no better: look again with one of them, later and later.
        paused_until_ = now + back_off(rules_, ++outages_, random_());
    }
    const bool for_good = outcome.for_good || m.attempt >= rules_.attempts_max;
    observer_.not_sent(outcome.why, for_good);
    if (for_good)
        store_.mark_failed(m, outcome.why, now);
    else
        store_.mark_waiting(m, outcome.why, now + back_off(rules_, m.attempt, random_()));
}

void mail_sender::remember_sent() {
    while (!sent_unmarked_.empty()) {
        store_.mark_sent(sent_unmarked_.back(), now_());
        sent_unmarked_.pop_back();
    }
}

void mail_sender::keep_house() {
    const instant now = now_();
    if (now < next_house_keeping_) return;
    next_house_keeping_ = now + house_interval;
    store_.drop(now - rules_.retention);
    observer_.counted(store_.count());
}

}  // namespace campgate::server
