// Requests whose decision is on its way to the journal: nobody decides one of these otherwise
// meanwhile. One whose outcome stayed unknown stays here until the process ends, or somebody sees
// in the journal's own views what became of it. Thread safety: any thread.
#pragma once

#include "persistence/family_store.hpp"

#include <mutex>
#include <set>

namespace campgate::server {

class undecided_requests {
public:
    /// False: another decision of it is under way.
    bool enter(request_id id) {
        const std::lock_guard lock{mutex_};
        return under_way_.insert(id).second;
    }
    void leave(request_id id) {
        const std::lock_guard lock{mutex_};
        under_way_.erase(id);
    }

private:
    std::mutex mutex_;
    std::set<request_id> under_way_;  // under mutex_
};

}  // namespace campgate::server
