// Requests whose decision is on its way to the journal: nobody decides one of these otherwise
// meanwhile. One whose outcome stayed unknown stays here until the process ends, or somebody sees
// in the journal's own views what became of it. Thread safety: any thread.
#pragma once

#include "persistence/family_store.hpp"

#include <cstdint>
#include <map>
#include <mutex>

namespace campgate::server {

class undecided_requests {
public:
    enum class entry : std::uint8_t {
        entered,
        under_way,  ///< another decides it now
        unknown,    ///< nobody does, but what came of an earlier decision is not known
    };
    entry enter(request_id id) {
        const std::lock_guard lock{mutex_};
        const auto [at, is_new] = all_.try_emplace(id, entry::under_way);
        return is_new ? entry::entered : at->second;
    }
    void leave(request_id id) {
        const std::lock_guard lock{mutex_};
        all_.erase(id);
    }
    /// By whoever entered, instead of `leave`.
    void leave_unknown(request_id id) {
        const std::lock_guard lock{mutex_};
        all_.insert_or_assign(id, entry::unknown);
    }

private:
    std::mutex mutex_;
    std::map<request_id, entry> all_;  // under mutex_
};

}  // namespace campgate::server
