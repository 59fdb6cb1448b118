// What a family is told of a record that owes it a mail: from the record itself, which is absolute,
// and from the files as they are now. Pure; thread safety: any thread.
#pragma once

#include "core/batch.hpp"
#include "core/record.hpp"
#include "core/views.hpp"
#include "persistence/family_store.hpp"
#include "server/mail/mail.hpp"
#include "server/mail/not_owed.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace campgate::server {

/// What the letter is made from.
struct sale_news {
    mail_cause cause{};
    record what;
    std::vector<placed_item> placed;  ///< of holds_ended: the holds as they were placed
    parent_row parent;
    std::map<child_id, std::string> children;  ///< given names
    std::shared_ptr<const season> published;
    std::shared_ptr<const family_view> holding;  ///< or null
    instant now;
    std::string public_url;                         ///< without a slash at its end
    std::function<std::string(hold_id)> event_uid;  ///< of the calendar's event for a booking
};

/// The mail, to an address that may be empty; throws on a record that owes no such mail.
std::variant<mail, not_owed> letter_for(const sale_news& news);

}  // namespace campgate::server
