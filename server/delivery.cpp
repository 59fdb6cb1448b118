#include "server/delivery.hpp"

#include <boost/asio/post.hpp>

namespace campgate::server {

void io_delivery::publish(const publication& news) {
    if (app_.hub) app_.hub->publish(news);
    if (app_.payments) app_.payments->heard(news.families);
}

void io_delivery::deliver(std::uint32_t lane, std::vector<reply>&& replies) {
    io_lane& to = *app_.lanes[lane];
    asio::post(to.io, [&to, replies = std::move(replies)]() mutable { to.desk.deliver(replies); });
}

commit_outcome metered_journal::commit(const batch& b) {
    const auto start = std::chrono::steady_clock::now();
    const commit_outcome outcome = journal_.commit(b);
    if (outcome != commit_outcome::committed) return outcome;
    counters_.commit_seconds.observe(std::chrono::steady_clock::now() - start);
    counters_.batch_records.observe(b.records.size());
    counters_.sequence.set(static_cast<std::int64_t>(b.last.value));
    if (!b.rows.mails.empty()) owed_();
    return outcome;
}

commit_outcome metered_journal::renew(const batch& empty, bool& sent) {
    return journal_.renew(empty, sent);
}

}  // namespace campgate::server
