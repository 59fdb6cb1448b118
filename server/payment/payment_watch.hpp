// Which payments and refunds a provider has to be asked about, and when: often at first, then less
// and less. Follows from what is published of the families and from nothing else, so a restart
// forgets only how long something has been waited for. No clock, no I/O. Thread safety: none; its
// owner locks.
#pragma once

#include "core/engine.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace campgate::server {

struct watch_rules {
    std::chrono::microseconds first;  ///< until the first look; then half as long again each time
    std::chrono::microseconds most;   ///< and at most this
};

/// How long a failed payment is looked at: money can come all the same.
inline constexpr std::chrono::days failed_watch{1};

class payment_watch {
public:
    explicit payment_watch(watch_rules rules) : rules_(rules) {}

    /// A payment, or a refund of one.
    struct task {
        bool refund = false;
        std::uint64_t id{};
        friend auto operator<=>(const task&, const task&) = default;
    };
    struct due_task {
        task what;
        family_id family;
    };

    /// What is published of a family now.
    void see(family_id family, const family_sales& sales, instant now);

    /// Tasks whose time has come, at most `most`; each is under way until `done`.
    std::vector<due_task> take_due(instant now, std::size_t most);
    /// The payment of that reference, now under way; nothing when there is none. One that is under
    /// way already is looked at once more afterwards.
    std::optional<due_task> hint(std::string_view reference);
    void done(const task& what, instant now);

    /// May this payment be asked about now, apart from its time? Notes that it is. False: somebody
    /// has asked within `since`.
    bool ask_now(payment_id id, instant now, std::chrono::microseconds since);
    /// The page of an open payment, as it was last heard of.
    void note_page(payment_id id, std::string url);
    std::optional<std::string> page_of(payment_id id) const;

    std::size_t payments() const noexcept { return tasks_.size() - refunds_; }
    std::size_t refunds() const noexcept { return refunds_; }

private:
    struct entry {
        family_id family;
        int state{};
        std::string reference;
        std::string page;
        instant asked{};
        instant due;
        std::chrono::microseconds wait{};
        bool under_way = false;
        bool again = false;
    };

    void keep(const task& what, family_id family, int state, std::string_view reference,
              instant due);
    void remove(const task& what);
    void plan(const task& what, entry& e, instant due);

    const watch_rules rules_;
    std::map<task, entry> tasks_;
    std::map<family_id, std::set<task>> by_family_;
    std::map<std::string, payment_id, std::less<>> by_reference_;
    std::set<std::pair<instant, task>> times_;  // of those not under way
    std::size_t refunds_ = 0;
};

}  // namespace campgate::server
