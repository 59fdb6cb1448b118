#include "server/mail/sale_mails.hpp"

#include "server/mail/calendar_uid.hpp"
#include "server/mail/mail_header.hpp"
#include "server/mail/mail_sender.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace campgate::server {

namespace {

using namespace std::chrono_literals;

// What nobody said is owed is found within this; another process's, too.
constexpr std::chrono::milliseconds look_interval{1'000};
constexpr std::chrono::seconds count_interval{5};
constexpr std::size_t stuck_max = 1'000;
constexpr std::chrono::hours stuck_forgotten{1};
const sending_rules retries{1s, 10min, 0, 0s, 0s};
constexpr std::uint32_t no_chance = 500;  // back_off's middle: these meet nobody

}  // namespace

sale_mails::sale_mails(sale_mail_sources from, sale_mail_observer observer)
    : from_(std::move(from)),
      observer_(std::move(observer)) {
}

void sale_mails::start() {
    thread_ = std::thread([this] { work(); });
}

void sale_mails::stop() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void sale_mails::wake() {
    {
        const std::lock_guard lock{mutex_};
        woken_ = true;
    }
    changed_.notify_all();
}

void sale_mails::work() {
    const auto stopping = [this] {
        const std::lock_guard lock{mutex_};
        return stopping_;
    };
    bool troubled = false;
    while (!stopping()) {
        bool more = false;
        try {
            count();
            more = round();
            troubled = false;
        } catch (const std::exception&) {
            if (!troubled) observer_.trouble("owed_mails_cannot_be_read");
            troubled = true;
        }
        if (!more) idle();
    }
}

void sale_mails::idle() {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, look_interval, [&] { return woken_ || stopping_; });
    woken_ = false;
}

bool sale_mails::round() {
    taken_.reset();
    ending end{};
    try {
        from_.database.change([&](worker_transaction& tx) {
            end = write_one(tx);
            return end != ending::none;
        });
    } catch (const not_owner_error&) {
        throw;  // another writes it
    } catch (const database_error& e) {
        // It may be the fault of this one: the others go first.
        give_up_for_now(from_.now());
        if (verdict_of(e.sqlstate()) != error_verdict::rejected) throw;
        return true;
    } catch (const std::exception&) {
        give_up_for_now(from_.now());
        return true;
    }
    if (end != ending::none)
        std::erase_if(stuck_, [&](const stuck& s) { return s.owed == *taken_; });
    switch (end) {
        case ending::none: return false;
        case ending::written: observer_.written(); break;
        case ending::set_aside: observer_.set_aside(); break;
        case ending::dropped: observer_.dropped(why_dropped_); break;
        case ending::known: break;
    }
    return true;
}

sale_mails::ending sale_mails::write_one(worker_transaction& work) {
    taken_.reset();
    const instant now = from_.now();
    // Somebody else has settled those that were due long ago.
    std::erase_if(stuck_, [&](const stuck& s) { return s.due + stuck_forgotten < now; });
    std::vector<owed_mail> not_yet;
    for (const stuck& s : stuck_) {
        if (s.due > now) not_yet.push_back(s.owed);
    }
    taken_ = take_owed_mail(work, not_yet);
    if (!taken_) return ending::none;
    const ending end = write(work, *taken_);
    settle_owed_mail(work, *taken_);
    return end;
}

sale_mails::ending sale_mails::write(worker_transaction& work, const owed_mail& owed) {
    const auto drop = [&](not_owed why) {
        why_dropped_ = why;
        drop_set_aside(work, owed, from_.now());
        return ending::dropped;
    };
    const auto news = news_of(work, owed);
    if (!news) return drop(not_owed::family_erased);
    auto letter = letter_for(*news);
    if (const auto* why = std::get_if<not_owed>(&letter)) return drop(*why);
    mail& m = std::get<mail>(letter);
    m.family = owed.family;
    m.cause = cause_of(owed);
    if (!is_mail_address(m.to.address)) {
        from_.outbox.set_aside(work, m, from_.now());
        return ending::set_aside;
    }
    return from_.outbox.put(work, m, from_.now()) ? ending::written : ending::known;
}

// The family's row is locked first: who erases it comes before, and nothing is written, or after,
// and the mail goes along.
std::optional<sale_news> sale_mails::news_of(worker_transaction& work,
                                             const owed_mail& owed) const {
    if (!lock_family(work, owed.family)) return std::nullopt;
    const auto file = load_family(work, from_.key, owed.family);
    if (!file || file->parents.empty()) return std::nullopt;
    sale_news news;
    news.parent = file->parents.front();
    for (const child_row& child : file->children) news.children[child.id] = child.given_name;
    std::set<family_id> others;
    for (const attached_child& each : file->attached) others.insert(each.family);
    for (const family_id other : others) {
        const auto of = load_family(work, from_.key, other);
        if (!of) continue;
        for (const attached_child& each : file->attached) {
            const auto child = std::ranges::find(of->children, each.child, &child_row::id);
            if (child != of->children.end()) news.children[child->id] = child->given_name;
        }
    }
    auto made = find_record(work, owed.sequence);
    if (!made) throw std::runtime_error("the record of a mail cannot be read");
    if (const auto* expired = std::get_if<expire_record>(&made->body))
        news.placed = find_placed(work, owed.family, expired->ended);
    news.cause = owed.cause;
    news.what = *std::move(made);
    news.published = from_.published();
    news.holding = from_.holding(owed.family);
    news.now = from_.now();
    news.public_url = from_.outbox.head().public_url;
    news.event_uid = [&key = from_.key](hold_id hold) { return calendar_uid(key, hold); };
    return news;
}

void sale_mails::give_up_for_now(instant now) {
    if (!taken_) return;
    auto known = std::ranges::find(stuck_, *taken_, &stuck::owed);
    if (known == stuck_.end()) {
        if (stuck_.size() == stuck_max) stuck_.erase(stuck_.begin());
        stuck_.push_back({*taken_, 0, {}});
        known = stuck_.end() - 1;
    }
    known->due = now + back_off(retries, ++known->attempts, no_chance);
    observer_.unwritten(campgate::name_of(taken_->cause));
}

void sale_mails::count() {
    const instant now = from_.now();
    if (now < next_count_) return;
    next_count_ = now + count_interval;
    owed_mails counts;
    from_.database.read([&](worker_transaction& tx) { counts = count_owed_mails(tx); });
    observer_.counted(counts);
}

}  // namespace campgate::server
