// The letters of a sale: what ends soon (R1), what has ended (R2), what is booked (S29), what was
// cancelled, what goes back (S30, B4). What they say stands in data/mails; every one names the
// organiser's address for deregistrations. To an address that nobody has confirmed they tell no
// child, camp or place: it may be a stranger's. Thread safety: any thread.
#pragma once

#include "core/order.hpp"
#include "core/season.hpp"
#include "server/mail/letters.hpp"

#include <optional>
#include <string>
#include <vector>

namespace campgate::server {

/// One week of one child, as a letter tells it.
struct told_week {
    std::string child;                        ///< given name; "": not known any more
    std::string camp;                         ///< "": the season has it no longer, nor its days
    std::string place;                        ///< or empty
    std::vector<std::chrono::sys_days> days;  ///< ascending
    std::optional<instant> until{};           ///< of a hold: its deadline
};

/// R1: all of `weeks` have a deadline. `order`: they are finalised and wait for its payment. Not
/// sent once the first deadline has passed.
mail hold_reminder(const addressee& to, const std::vector<told_week>& weeks,
                   std::optional<order_id> of, std::string link);

/// R2. `at`: when they ended; `of`: the order that ended with them.
mail holds_ended(const addressee& to, const std::vector<told_week>& weeks,
                 std::optional<order_id> of, instant at, std::string link);

/// A week with what it costs, and why.
struct told_price {
    told_week week;
    cents list;
    std::vector<reduction> reductions;
    cents amount;
};

struct told_order {
    order_id id;
    std::vector<told_price> weeks;
    cents adjustment;  ///< B5
    cents total;
    cents paid;  ///< the rest is invoiced
};

/// S29. `calendar`: its file, if there is one.
mail recap(const addressee& to, const told_order& of, std::optional<mail_attachment> calendar,
           std::string link);

/// S30. `back`: what is refunded, 0 for nothing.
mail booking_cancelled(const addressee& to, const told_week& week, cents back,
                       std::optional<mail_attachment> calendar, std::string link);

/// `lost`: weeks that were paid for and had no place left (B4).
mail refund_letter(const addressee& to, order_id of, const std::vector<refund>& refunds,
                   const std::vector<told_week>& lost, std::string link);

/// As example_values, for the kinds above.
template_values example_of_sale(mail_kind kind, const addressee& to);

}  // namespace campgate::server
