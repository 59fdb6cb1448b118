#include "server/mail/sale_news.hpp"

#include "server/mail/calendar_file.hpp"
#include "server/mail/sale_letters.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace campgate::server {

namespace {

std::string in_language(const localized& text, language in) {
    const std::string* found = &text.fr;
    switch (in) {
        case language::fr: break;
        case language::nl: found = &text.nl; break;
        case language::de: found = &text.de; break;
        case language::en: found = &text.en; break;
    }
    return found->empty() ? text.fr : *found;
}

class letter_writer {
public:
    explicit letter_writer(const sale_news& news)
        : news_(news),
          to_{{news.parent.id.value},
              news.parent.given_name,
              news.parent.family_name,
              news.parent.email,
              language_of_code(news.parent.language),
              news.parent.email_confirmed} {}

    std::variant<mail, not_owed> write() const {
        switch (news_.cause) {
            case mail_cause::reminder: return reminder();
            case mail_cause::holds_ended: return ended();
            case mail_cause::order_ended: return order_ended();
            case mail_cause::booked: return booked();
            case mail_cause::refund_due: return refund_due();
            case mail_cause::booking_cancelled: return cancelled();
        }
        throw std::runtime_error("a mail of an unknown cause");
    }

private:
    const sale_record& sale() const {
        const auto* made = std::get_if<sale_record>(&news_.what.body);
        if (made == nullptr) throw std::runtime_error("a mail of a sale without one");
        return *made;
    }
    const order& sold() const {
        if (!sale().order) throw std::runtime_error("a mail of an order without one");
        return *sale().order;
    }

    told_week week_of(child_id child, week_id week) const {
        told_week told;
        if (const auto name = news_.children.find(child); name != news_.children.end())
            told.child = name->second;
        const camp_week* found = news_.published ? news_.published->find(week) : nullptr;
        if (found == nullptr) return told;
        told.days = found->days;
        if (const camp* of = news_.published->find(found->camp)) {
            told.camp = in_language(of->name, to_.in);
            told.place = of->place;
        }
        return told;
    }

    std::string link_to(std::string_view page) const {
        return news_.public_url + "/#" + std::string{page};
    }
    std::string link_to(order_id of) const { return link_to("order/" + std::to_string(of.value)); }

    // Everything of theirs that ends by the moment that the record names, as it is now.
    std::variant<mail, not_owed> reminder() const {
        const instant until = sale().reminded.value();
        std::vector<told_week> weeks;
        std::optional<order_id> of;
        bool basket = false;
        bool passed = false;
        const auto add = [&](child_id child, week_id week, instant deadline, order_id in) {
            if (deadline > until) return;
            if (deadline <= news_.now) {
                passed = true;
                return;
            }
            weeks.push_back(week_of(child, week));
            weeks.back().until = deadline;
            if (in == order_id{})
                basket = true;
            else
                of = in;
        };
        if (news_.holding) {
            for (const family_hold& hold : news_.holding->holds) {
                if (!hold.booked && hold.order == order_id{})
                    add(hold.child, hold.week, hold.deadline, {});
            }
            for (const order& each : news_.holding->sales.orders) {
                const auto ends = each.ends();
                if (!ends) continue;
                for (const order_line& line : each.lines) {
                    if (line.state == line_state::held) add(line.child, line.week, *ends, each.id);
                }
            }
        }
        if (weeks.empty()) return passed ? not_owed::deadline_passed : not_owed::nothing_left;
        if (basket) of.reset();
        return hold_reminder(to_, weeks, of, of ? link_to(*of) : link_to("basket"));
    }

    std::variant<mail, not_owed> ended() const {
        std::vector<told_week> weeks;
        instant at = news_.what.at;
        for (const placed_item& item : news_.placed) {
            weeks.push_back(week_of(item.child, item.week));
            at = std::min(at, item.deadline);
        }
        if (weeks.empty()) throw std::runtime_error("holds that nobody placed have ended");
        return holds_ended(to_, weeks, std::nullopt, at, link_to(""));
    }

    std::variant<mail, not_owed> order_ended() const {
        std::vector<told_week> weeks;
        for (const seat_effect& seat : sale().seats) {
            if (seat.event == seat_event::end) weeks.push_back(week_of(seat.child, seat.week));
        }
        const order& of = sold();
        return holds_ended(to_, weeks, of.id, std::min(of.deadline, news_.what.at), link_to(""));
    }

    std::variant<mail, not_owed> booked() const {
        const order& of = sold();
        told_order told{of.id, {}, of.adjustment, of.total, of.paid};
        std::vector<calendar_event> events;
        for (const order_line& line : of.lines) {
            if (line.state != line_state::booked) continue;
            told.weeks.push_back(
                {week_of(line.child, line.week), line.list, line.reductions, line.amount});
            add_event(events, line.hold, told.weeks.back().week);
        }
        return recap(to_, told, calendar(calendar_method::publish, events), link_to(of.id));
    }

    std::variant<mail, not_owed> refund_due() const {
        const auto& refunds = sale().refunds;
        if (refunds.empty()) throw std::runtime_error("a mail of a refund without one");
        std::vector<told_week> lost;
        for (const seat_priority& each : sale().priorities)
            lost.push_back(week_of(each.child, each.week));
        const order_id of = refunds.front().from;
        return refund_letter(to_, of, refunds, lost, link_to(of));
    }

    std::variant<mail, not_owed> cancelled() const {
        const auto& seats = sale().seats;
        const auto seat = std::ranges::find(seats, seat_event::end, &seat_effect::event);
        if (seat == seats.end()) throw std::runtime_error("a cancelled booking without a seat");
        cents back;
        for (const refund& each : sale().refunds) back.value += each.amount.value;
        const told_week week = week_of(seat->child, seat->week);
        std::vector<calendar_event> events;
        add_event(events, seat->hold, week);
        return booking_cancelled(to_, week, back, calendar(calendar_method::cancel, events),
                                 link_to(sold().id));
    }

    void add_event(std::vector<calendar_event>& events, hold_id hold, const told_week& week) const {
        if (week.days.empty()) return;
        const std::string summary = week.child.empty() ? week.camp : week.child + " – " + week.camp;
        events.push_back({news_.event_uid(hold), summary, week.place, week.days});
    }

    std::optional<mail_attachment> calendar(calendar_method method,
                                            const std::vector<calendar_event>& events) const {
        if (events.empty()) return std::nullopt;
        mailbox by;
        if (news_.published) by = {news_.published->by.name, news_.published->by.email};
        return calendar_file(method, events, by, news_.what.at, to_.in);
    }

    const sale_news& news_;
    const addressee to_;
};

}  // namespace

std::string_view name_of(not_owed why) noexcept {
    switch (why) {
        case not_owed::family_erased: return "family_erased";
        case not_owed::nothing_left: return "nothing_left";
        case not_owed::deadline_passed: return "deadline_passed";
    }
    return {};
}

std::variant<mail, not_owed> letter_for(const sale_news& news) {
    return letter_writer{news}.write();
}

}  // namespace campgate::server
