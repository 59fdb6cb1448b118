// From basket to order, payment, booking and back, through the engine: what each step leaves, what
// it refuses, and that the money adds up and a restart finds the same (S23 to S30, R1 to R4, R6,
// R7, B4, B5).
#include "core/sale.hpp"

#include "core/record_codec.hpp"
#include "tests/unit/core/small_world.hpp"

#include <gtest/gtest.h>

#include <concepts>
#include <map>

namespace campgate {
namespace {

using namespace small_world;
using ask = sale_command;
using enum place_mode;

constexpr bits128 key_of(std::uint64_t n) {
    return {7, n};
}

// Remembers the net effects of everything, as the tables would.
class shop : public world {
public:
    explicit shop(const std::vector<std::uint32_t>& capacities, sale_rules how = {})
        : shop(draft_of(capacities), std::move(how)) {}
    template <std::same_as<season> Season>
    shop(Season draft, sale_rules how) {
        draft.sales = std::move(how);
        run(import_of(std::move(draft)));
    }

    template <class What>
    decision sell(std::uint64_t family, What what, instant now = open_now) {
        row_effects effects;
        const decision d = run(
            sale_command{{family}, {family}, std::move(what), facts_of(family, 9)}, now, &effects);
        owed.insert(owed.end(), effects.mails.begin(), effects.mails.end());
        return d;
    }
    // A family's child 1 gets week 1 and so on; the hold.
    hold_id hold(std::uint64_t family, std::uint32_t week, std::uint64_t child = 1,
                 instant now = open_now) {
        const auto d = place(family, ++keys_, all, {{{week}, child_of(family, child)}}, now);
        EXPECT_EQ(d.kind, decision_kind::decided);
        return d.made ? placed_by(d).placed.at(0).hold : hold_id{};
    }
    order_id finalised(std::uint64_t family, instant now = open_now) {
        const auto d = sell(family, ask::finalise{}, now);
        EXPECT_EQ(d.kind, decision_kind::decided);
        return sale_of(d).order->id;
    }
    payment_id wanted(std::uint64_t family, order_id of, instant now = open_now,
                      payment_method method = payment_method::online) {
        const auto d = sell(family, ask::want_payment{of, method, key_of(++keys_)}, now);
        EXPECT_EQ(d.kind, decision_kind::decided);
        return sale_of(d).payment->id;
    }
    static const sale_record& sale_of(const decision& d) {
        return std::get<sale_record>(d.made->body);
    }
    const order& at(order_id id) const { return *rules.sales().find(id); }
    const payment& at(payment_id id) const { return *rules.sales().find(id); }
    const seat_row& seat_of(hold_id id, std::uint64_t family) const {
        for (const family_hold& h : rules.holds_of({family})) {
            if (h.hold == id) return rules.seat(h.week, h.seat);
        }
        static const seat_row none;
        return none;
    }

    // Every payment's money is in bookings, on its way back, or under review (nothing else).
    void expect_sound() const {
        const order_book& book = rules.sales();
        std::int64_t sum = 0;
        for (std::size_t i = 1; i <= accounts; ++i)
            sum += book.balance(static_cast<account>(i)).value;
        EXPECT_EQ(sum, 0);
        std::int64_t received = 0, kept = 0, back = 0, reviewed = 0;
        book.each_payment([&](const payment& p) {
            received += p.received.value;
            if (p.state == payment_state::review) reviewed += p.received.value;
        });
        book.each_order([&](const order& o) { kept += o.paid.value; });
        std::int64_t from_bookings = 0;
        book.each_refund([&](const refund& r) {
            back += r.amount.value;
            if (r.why == refund_reason::cancelled || r.why == refund_reason::price_fell)
                from_bookings += r.amount.value;
        });
        EXPECT_EQ(received, kept - from_bookings + back + reviewed);
        // What the journal says is what the tables give back.
        engine again;
        ASSERT_EQ(again.restore(stored()), std::nullopt);
        EXPECT_EQ(again.dump().sales, rules.dump().sales);
        EXPECT_EQ(again.digest(), rules.digest());
        engine folded;
        for (const record& r : journal) {
            const auto decoded = decode(encode(r));
            ASSERT_TRUE(decoded);
            EXPECT_EQ(*decoded, r);
            folded.apply(*decoded);
        }
        EXPECT_EQ(folded.digest(), rules.digest());
    }
    // As the tables would have it: keys with the records that made them.
    stored_state stored() const {
        stored_state state = rules.dump();
        for (stored_key& key : state.keys) {
            for (const record& r : journal) {
                if (r.sequence == key.row.sequence) key.record_body = encode(r).body;
            }
        }
        return state;
    }

    std::vector<owed_mail> owed;

private:
    std::uint64_t keys_ = 100;
};

bool owes(const shop& s, mail_cause cause) {
    return std::ranges::find(s.owed, cause, &owed_mail::cause) != s.owed.end();
}

sale_rules degressive() {
    sale_rules r;
    r.prices.by = rank_by::age;
    r.prices.ranks = {{}, {20, {}}, {40, {}}};
    r.refunds = {{30, 100}, {7, 50}};
    r.methods = {{payment_method::online, {}},
                 {payment_method::transfer, std::chrono::days{10}},
                 {payment_method::deferred, {}},
                 {payment_method::counter, {}}};
    return r;
}

// ---- finalising
// ------------------------------------------------------------------------------------------

TEST(sale, S27_finalising_makes_one_order_of_the_basket_with_a_frozen_price) {
    shop s{{4, 4}, degressive()};
    const hold_id a = s.hold(1, 1, 1);
    const hold_id b = s.hold(1, 1, 2, open_now + 5s);
    const order_id id = s.finalised(1, open_now + 10s);
    const order& o = s.at(id);
    ASSERT_EQ(o.lines.size(), 2u);
    EXPECT_EQ(o.total.value, 6500 + 5200);
    EXPECT_EQ(o.lines[1].reductions.at(0), (reduction{reduction_kind::rank, 2, {1300}}));
    EXPECT_EQ(o.deadline, open_now + std::chrono::days{3});  // S26: the earliest
    EXPECT_EQ(s.seat_of(a, 1).order, id);
    EXPECT_EQ(s.seat_of(b, 1).deadline, o.deadline);
    EXPECT_EQ(s.rules.sales().balance(account::receivable).value, 11700);
    s.expect_sound();
}

TEST(sale, finalising_twice_names_the_order_there_is) {
    shop s{{4}, degressive()};
    const hold_id a = s.hold(1, 1);
    const order_id id = s.finalised(1);
    const auto again = s.sell(1, ask::finalise{{a}});
    EXPECT_EQ(again.kind, decision_kind::sale_known);
    EXPECT_EQ(again.order, id);
    EXPECT_EQ(s.sell(1, ask::finalise{}).sale, sale_refusal::nothing_to_finalise);
    EXPECT_EQ(s.sell(2, ask::finalise{{a}}).kind, decision_kind::not_found);
}

TEST(sale, hold_clock_restart_on_finalise_gives_the_order_a_whole_duration) {
    sale_rules rules = degressive();
    rules.clock = hold_clock::restart_on_finalise;
    shop s{{4}, rules};
    s.hold(1, 1);
    const order_id id = s.finalised(1, open_now + 1h);
    EXPECT_EQ(s.at(id).deadline, open_now + 1h + std::chrono::days{3});
}

TEST(sale, S27_abandoning_leaves_the_holds_with_their_own_clocks) {
    shop s{{4, 4}, degressive()};
    const hold_id a = s.hold(1, 1);
    const hold_id b = s.hold(1, 2, 1, open_now + 1h);
    const order_id id = s.finalised(1, open_now + 2h);
    EXPECT_EQ(s.sell(1, ask::abandon{id}, open_now + 2h).kind, decision_kind::decided);
    EXPECT_EQ(s.at(id).state, order_state::abandoned);
    EXPECT_EQ(s.seat_of(a, 1).deadline, open_now + std::chrono::days{3});
    EXPECT_EQ(s.seat_of(b, 1).deadline, open_now + 1h + std::chrono::days{3});
    EXPECT_EQ(s.seat_of(b, 1).order, order_id{});
    EXPECT_EQ(s.rules.sales().balance(account::receivable).value, 0);
    EXPECT_EQ(s.sell(1, ask::abandon{id}).kind, decision_kind::unchanged);
    s.expect_sound();
}

TEST(sale, releasing_a_hold_of_an_order_puts_the_others_back_into_the_basket) {
    shop s{{4, 4}, degressive()};
    const hold_id a = s.hold(1, 1);
    const hold_id b = s.hold(1, 2);
    const order_id id = s.finalised(1);
    EXPECT_EQ(s.run(release_command{{1}, {1}, a}).kind, decision_kind::decided);
    EXPECT_EQ(s.at(id).state, order_state::abandoned);
    EXPECT_EQ(s.rules.available({1}), 4u);
    EXPECT_EQ(s.seat_of(b, 1).order, order_id{});
    s.expect_sound();
}

TEST(sale, S26_an_order_that_nobody_pays_expires_whole_and_a_mail_says_so) {
    shop s{{4, 4}, degressive()};
    s.hold(1, 1);
    s.hold(1, 2, 1, open_now + 1h);
    const order_id id = s.finalised(1, open_now + 2h);
    const instant end = s.at(id).deadline;
    EXPECT_TRUE(s.rules.due(end + std::chrono::days{9}, 10).empty());  // its holds end with it
    EXPECT_TRUE(s.rules.orders_due(end - 1us, 10).empty());
    ASSERT_EQ(s.rules.orders_due(end, 10).size(), 1u);
    EXPECT_EQ(s.sell(1, ask::expire{id}, end - 1us).kind, decision_kind::unchanged);
    EXPECT_EQ(s.sell(1, ask::expire{id}, end).kind, decision_kind::decided);
    EXPECT_EQ(s.rules.available({1}), 4u);
    EXPECT_EQ(s.rules.available({2}), 4u);
    EXPECT_TRUE(owes(s, mail_cause::order_ended));
    EXPECT_TRUE(s.rules.orders_due(end + 1h, 10).empty());
    s.expect_sound();
}

TEST(sale, R4_staff_stop_the_clock_of_an_order) {
    shop s{{4}, degressive()};
    s.hold(1, 1);
    const order_id id = s.finalised(1);
    EXPECT_EQ(s.sell(1, ask::change_clock{id, true}).kind, decision_kind::decided);
    EXPECT_TRUE(s.rules.orders_due(open_now + std::chrono::days{30}, 10).empty());
    EXPECT_EQ(s.sell(1, ask::change_clock{id, true}).kind, decision_kind::unchanged);
    EXPECT_EQ(s.sell(1, ask::change_clock{id, false}).kind, decision_kind::decided);
    EXPECT_EQ(s.rules.orders_due(open_now + std::chrono::days{30}, 10).size(), 1u);
    s.expect_sound();
}

TEST(sale, R1_a_family_is_reminded_once_of_what_ends_within_a_day) {
    shop s{{4, 4}, degressive()};
    s.hold(1, 1);
    s.hold(2, 1);
    s.finalised(2);
    const instant late = open_now + std::chrono::days{2} + 1h;
    const instant until = late + 24h;
    EXPECT_TRUE(s.rules.to_remind(open_now, open_now + 24h, 10).empty());
    EXPECT_EQ(s.rules.to_remind(late, until, 10), (std::vector<family_id>{{1}, {2}}));
    for (const std::uint64_t family : {1, 2})
        EXPECT_EQ(s.sell(family, ask::remind{until}, late).kind, decision_kind::decided);
    EXPECT_EQ(s.owed.size(), 2u);
    EXPECT_TRUE(s.rules.to_remind(late, until, 10).empty());
    // A restart looks at everything again, and finds that it was said.
    engine again;
    ASSERT_EQ(again.restore(s.stored()), std::nullopt);
    EXPECT_TRUE(again.to_remind(late, until, 10).empty());
    s.expect_sound();
}

// ---- paying
// ----------------------------------------------------------------------------------------------

TEST(sale, S28_money_makes_bookings_of_the_order) {
    shop s{{4}, degressive()};
    const hold_id a = s.hold(1, 1);
    const order_id id = s.finalised(1);
    const payment_id p = s.wanted(1, id);
    EXPECT_EQ(s.sell(1, ask::open_payment{p, "tr_1"}).kind, decision_kind::decided);
    EXPECT_EQ(s.sell(1, ask::open_payment{p, "tr_1"}).kind, decision_kind::unchanged);
    EXPECT_EQ(s.sell(1, ask::money_came{p, {6500}}).kind, decision_kind::decided);
    EXPECT_EQ(s.at(id).state, order_state::paid);
    EXPECT_EQ(s.at(p).state, payment_state::paid);
    EXPECT_EQ(s.seat_of(a, 1).state, seat_state::booked);
    EXPECT_TRUE(owes(s, mail_cause::booked));
    EXPECT_EQ(s.sell(1, ask::money_came{p, {6500}}).kind, decision_kind::unchanged);  // told twice
    EXPECT_TRUE(s.rules.orders_due(open_now + std::chrono::days{30}, 10).empty());
    EXPECT_EQ(s.run(release_command{{1}, {1}, a}).sale, sale_refusal::booked);
    EXPECT_EQ(s.rules.sales().balance(account::money).value, 6500);
    EXPECT_EQ(s.rules.sales().balance(account::receivable).value, 0);
    s.expect_sound();
}

TEST(sale, B4_a_seat_is_pinned_once_while_the_banks_page_is_open) {
    shop s{{4}, degressive()};
    const hold_id a = s.hold(1, 1);
    const order_id id = s.finalised(1);
    const instant last = s.at(id).deadline - 1min;
    const payment_id p = s.wanted(1, id, last);
    EXPECT_EQ(s.at(id).ends(), last + 30min);
    EXPECT_EQ(s.run(release_command{{1}, {1}, a}, last).sale, sale_refusal::payment_in_progress);
    EXPECT_EQ(s.sell(1, ask::abandon{id}, last).sale, sale_refusal::payment_in_progress);
    EXPECT_EQ(s.sell(1, ask::fail_payment{p}, last).kind, decision_kind::decided);
    EXPECT_EQ(s.at(id).ends(), s.at(id).deadline);
    s.wanted(1, id, last);  // again, but not pinned again
    EXPECT_EQ(s.at(id).ends(), s.at(id).deadline);
    s.expect_sound();
}

TEST(sale, two_tabs_pay_one_payment) {
    shop s{{4}, degressive()};
    s.hold(1, 1);
    const order_id id = s.finalised(1);
    const auto first = s.sell(1, ask::want_payment{id, payment_method::online, key_of(1)});
    const payment_id p = shop::sale_of(first).payment->id;
    for (const std::uint64_t key : {1, 2}) {
        const auto again = s.sell(1, ask::want_payment{id, payment_method::online, key_of(key)});
        EXPECT_EQ(again.kind, decision_kind::sale_known);
        EXPECT_EQ(again.payment, p);
    }
    EXPECT_EQ(s.sell(1, ask::want_payment{id, payment_method::transfer, key_of(3)}).sale,
              sale_refusal::payment_in_progress);
    EXPECT_EQ(s.sell(2, ask::want_payment{id, payment_method::online, key_of(4)}).kind,
              decision_kind::not_found);
}

TEST(sale, R3_only_what_the_season_offers_and_a_transfer_has_its_own_deadline) {
    shop plain{{4}};
    plain.hold(1, 1);
    const order_id first = plain.finalised(1);
    EXPECT_EQ(plain.sell(1, ask::want_payment{first, payment_method::transfer, key_of(1)}).sale,
              sale_refusal::method_not_offered);
    shop s{{4}, degressive()};
    s.hold(1, 1);
    const order_id id = s.finalised(1);
    const payment_id p = s.wanted(1, id, open_now, payment_method::transfer);
    EXPECT_EQ(s.at(id).deadline, open_now + std::chrono::days{10});
    EXPECT_EQ(s.sell(1, ask::settle{p}, open_now + 5h).kind, decision_kind::decided);
    EXPECT_EQ(s.at(id).state, order_state::paid);
    s.expect_sound();
}

TEST(sale, R3_deferred_is_booked_and_owed) {
    shop s{{4}, degressive()};
    const hold_id a = s.hold(1, 1);
    const order_id id = s.finalised(1);
    const payment_id p = s.wanted(1, id, open_now, payment_method::deferred);
    EXPECT_EQ(s.sell(1, ask::settle{p}).kind, decision_kind::decided);
    EXPECT_EQ(s.seat_of(a, 1).state, seat_state::booked);
    EXPECT_EQ(s.rules.sales().balance(account::receivable).value, 6500);
    // Cancelled before it was ever paid: owed no more, nothing to give back.
    EXPECT_EQ(s.sell(1, ask::cancel_booking{a, 100}).kind, decision_kind::decided);
    EXPECT_EQ(s.rules.sales().balance(account::receivable).value, 0);
    EXPECT_TRUE(s.rules.sales().refunds_due().empty());
    s.expect_sound();
}

TEST(sale, R6_another_amount_is_reviewed_never_confirmed_and_keeps_the_seat) {
    shop s{{4}, degressive()};
    const hold_id seat = s.hold(1, 1);
    const order_id id = s.finalised(1);
    const payment_id p = s.wanted(1, id);
    EXPECT_EQ(s.sell(1, ask::money_came{p, {6400}}).kind, decision_kind::decided);
    EXPECT_EQ(s.at(p).state, payment_state::review);
    EXPECT_EQ(s.at(id).state, order_state::open);
    EXPECT_EQ(s.seat_of(seat, 1).state, seat_state::held);
    EXPECT_TRUE(s.rules.orders_due(open_now + std::chrono::days{30}, 10).empty());  // waits
    s.expect_sound();
    EXPECT_EQ(s.sell(1, ask::review{p, false}).kind, decision_kind::decided);
    EXPECT_EQ(s.rules.sales().refunds_due().size(), 1u);
    EXPECT_EQ(s.rules.orders_due(open_now + std::chrono::days{30}, 10).size(), 1u);
    EXPECT_EQ(s.sell(1, ask::review{p, false}).sale, sale_refusal::nothing_to_review);
    s.expect_sound();
}

TEST(sale, R6_a_season_with_other_prices_costs_no_seat_and_changes_no_order) {
    shop s{{4, 4}, degressive()};
    const hold_id ordered = s.hold(1, 1);
    const order_id id = s.finalised(1);
    const hold_id held = s.hold(2, 1);
    season corrected = *s.rules.current_season();
    for (camp_week& week : corrected.weeks) week.prices = {{1}, {1}, {1}};
    ASSERT_EQ(s.run(import_of(std::move(corrected))).kind, decision_kind::decided);
    EXPECT_EQ(s.seat_of(ordered, 1).state, seat_state::held);
    EXPECT_EQ(s.seat_of(held, 2).state, seat_state::held);
    EXPECT_EQ(s.at(id).total.value, 6500);
    const payment_id p = s.wanted(1, id);
    EXPECT_EQ(s.sell(1, ask::money_came{p, {6500}}).kind, decision_kind::decided);
    EXPECT_EQ(s.at(id).state, order_state::paid);
    EXPECT_EQ(s.at(s.finalised(2)).total.value, 1);
    s.expect_sound();
}

TEST(sale, R7_amounts_are_kept_by_payer_and_by_activity) {
    season draft = draft_of_camps({{4}, {4}});
    draft.weeks[1].iso = {draft.weeks[0].iso.value + 1};
    draft.weeks[1].prices = {{9000}, {9000}, {9000}};
    for (auto& day : draft.weeks[1].days) day += std::chrono::days{7};
    shop s{std::move(draft), degressive()};
    s.hold(1, 1);
    s.hold(1, 2);
    const auto d = s.sell(1, ask::finalise{});
    std::map<camp_id, std::int64_t> sold;
    std::int64_t sum = 0;
    for (const money_entry& entry : shop::sale_of(d).money) {
        EXPECT_EQ(entry.payer, actor_id{1});
        sum += entry.amount.value;
        if (entry.account == account::sales) sold[entry.activity] += entry.amount.value;
    }
    EXPECT_EQ(sum, 0);
    EXPECT_EQ(sold, (std::map<camp_id, std::int64_t>{{camp_id{1}, -6500}, {camp_id{2}, -9000}}));
    s.expect_sound();
}

TEST(sale, staff_accept_money_under_review_as_the_price) {
    shop s{{4}, degressive()};
    s.hold(1, 1);
    const order_id id = s.finalised(1);
    const payment_id p = s.wanted(1, id);
    s.sell(1, ask::money_came{p, {6000}});
    EXPECT_EQ(s.sell(1, ask::review{p, true}).kind, decision_kind::decided);
    EXPECT_EQ(s.at(id).state, order_state::paid);
    EXPECT_EQ(s.at(id).paid.value, 6000);
    EXPECT_EQ(s.rules.sales().balance(account::suspense).value, 0);
    s.expect_sound();
}

TEST(sale, another_currency_is_reviewed_too) {
    shop s{{4}, degressive()};
    s.hold(1, 1);
    const payment_id p = s.wanted(1, s.finalised(1));
    s.sell(1, ask::money_came{p, {6500}, false});
    EXPECT_EQ(s.at(p).state, payment_state::review);
    s.expect_sound();
}

TEST(sale, money_that_comes_twice_goes_back) {
    shop s{{4}, degressive()};
    s.hold(1, 1);
    const order_id id = s.finalised(1);
    const payment_id first = s.wanted(1, id);
    s.sell(1, ask::fail_payment{first});
    const payment_id second = s.wanted(1, id);
    s.sell(1, ask::money_came{second, {6500}});
    EXPECT_EQ(s.sell(1, ask::money_came{first, {6500}}).kind, decision_kind::decided);  // after all
    EXPECT_EQ(s.at(first).state, payment_state::returned);
    ASSERT_EQ(s.rules.sales().refunds_due().size(), 1u);
    const refund_id back = *s.rules.sales().refunds_due().begin();
    EXPECT_EQ(s.rules.sales().find(back)->of, first);
    EXPECT_EQ(s.rules.sales().find(back)->why, refund_reason::overpaid);
    EXPECT_EQ(s.sell(1, ask::settle_refund{back, refund_state::failed}).kind,
              decision_kind::decided);
    EXPECT_EQ(s.sell(1, ask::settle_refund{back, refund_state::due}).kind, decision_kind::decided);
    EXPECT_EQ(s.sell(1, ask::settle_refund{back, refund_state::done}).kind, decision_kind::decided);
    EXPECT_EQ(s.sell(1, ask::settle_refund{back, refund_state::done}).kind,
              decision_kind::unchanged);
    EXPECT_EQ(s.rules.sales().balance(account::money).value, 6500);
    EXPECT_EQ(s.rules.sales().balance(account::refunds).value, 0);
    s.expect_sound();
}

// ---- money after the hold ended (B4)
// ----------------------------------------------------------------------

struct late : testing::Test {
    shop s{{2, 2}, degressive()};
    order_id id;
    payment_id p;
    instant after;

    void SetUp() override {
        s.hold(1, 1, 1);
        s.hold(1, 2, 1);
        id = s.finalised(1);
        p = s.wanted(1, id);
        after = *s.at(id).ends();
        ASSERT_EQ(s.sell(1, ask::expire{id}, after).kind, decision_kind::decided);
    }
};

TEST_F(late, B4_money_re_takes_the_seats) {
    EXPECT_EQ(s.sell(1, ask::money_came{p, {13000}}, after).kind, decision_kind::decided);
    EXPECT_EQ(s.at(id).state, order_state::paid);
    EXPECT_EQ(s.rules.holds_of({1}).size(), 2u);
    EXPECT_TRUE(s.rules.holds_of({1}).at(0).booked);
    EXPECT_TRUE(s.rules.sales().refunds_due().empty());
    s.expect_sound();
}

TEST_F(late, B4_what_is_full_is_refunded_by_itself_and_the_child_gets_priority) {
    s.hold(8, 1);
    s.hold(9, 1);
    const auto d = s.sell(1, ask::money_came{p, {13000}}, after);
    ASSERT_EQ(d.kind, decision_kind::decided);
    EXPECT_EQ(s.at(id).state, order_state::paid);
    EXPECT_EQ(s.at(id).paid.value, 6500);
    EXPECT_EQ(shop::sale_of(d).priorities, (std::vector<seat_priority>{{child_of(1, 1), {1}}}));
    ASSERT_EQ(shop::sale_of(d).refunds.size(), 1u);
    EXPECT_EQ(shop::sale_of(d).refunds[0].amount.value, 6500);
    EXPECT_TRUE(owes(s, mail_cause::refund_due));
    s.expect_sound();
}

TEST_F(late, B4_all_full_gives_everything_back) {
    for (const std::uint64_t family : {8, 9}) {
        s.hold(family, 1);
        s.hold(family, 2);
    }
    ASSERT_EQ(s.sell(1, ask::money_came{p, {13000}}, after).kind, decision_kind::decided);
    EXPECT_EQ(s.at(p).state, payment_state::returned);
    EXPECT_EQ(s.at(id).state, order_state::expired);
    EXPECT_EQ(s.rules.sales().balance(account::refunds).value, -13000);
    s.expect_sound();
}

TEST_F(late, B4_a_child_that_has_another_place_that_week_gets_the_money_back) {
    s.hold(1, 1, 1, after);
    s.sell(1, ask::finalise{}, after);  // in an order of its own
    ASSERT_EQ(s.sell(1, ask::money_came{p, {13000}}, after).kind, decision_kind::decided);
    EXPECT_EQ(s.at(id).paid.value, 6500);
    s.expect_sound();
}

TEST_F(late, B4_a_place_held_anew_is_what_the_money_books) {
    const hold_id anew = s.hold(1, 1, 1, after);
    ASSERT_EQ(s.sell(1, ask::money_came{p, {13000}}, after).kind, decision_kind::decided);
    EXPECT_EQ(s.seat_of(anew, 1).state, seat_state::booked);
    EXPECT_EQ(s.at(id).paid.value, 13000);
    s.expect_sound();
}

TEST_F(late, a_seat_that_is_there_but_not_to_be_had_is_waited_for) {
    plain_seats seats{s.rules};
    seats.contended = true;
    const auto d = s.rules.decide(sale_command{{1}, {1}, ask::money_came{p, {13000}}, nullptr},
                                  after, seats, false);
    EXPECT_EQ(d.kind, decision_kind::contended);
}

// ---- degressive over several orders, and the way back
// ---------------------------------------------------------------

TEST(sale, B5_a_new_order_costs_all_together_less_what_was_paid) {
    shop s{{4}, degressive()};
    s.hold(1, 1, 1);
    const order_id first = s.finalised(1);
    s.sell(1, ask::money_came{s.wanted(1, first), {6500}});
    s.hold(1, 1, 2);
    const order_id second = s.finalised(1);
    EXPECT_EQ(s.at(second).total.value, 5200);
    EXPECT_EQ(s.at(second).adjustment.value, 0);
    s.expect_sound();
}

TEST(sale, B5_a_price_that_falls_is_given_back_to_the_last_payment) {
    sale_rules rules = degressive();
    rules.prices.ranks = {{}, {}};
    rules.prices.family_cap = cents{6500};
    shop s{{4}, rules};
    s.hold(1, 1, 1);
    const order_id first = s.finalised(1);
    s.sell(1, ask::money_came{s.wanted(1, first), {6500}});
    const hold_id b = s.hold(1, 1, 2);
    const auto d = s.sell(1, ask::finalise{});  // free: booked at once
    ASSERT_EQ(d.kind, decision_kind::decided);
    EXPECT_EQ(shop::sale_of(d).event, sale_event::paid);
    EXPECT_EQ(s.seat_of(b, 1).state, seat_state::booked);
    s.expect_sound();
}

TEST(sale, S30_a_cancelled_booking_frees_its_seat_and_refunds_by_policy) {
    shop s{{4}, degressive()};
    const hold_id a = s.hold(1, 1);
    const order_id id = s.finalised(1);
    const payment_id p = s.wanted(1, id);
    EXPECT_EQ(s.sell(1, ask::cancel_booking{a, 50}).sale, sale_refusal::not_booked);
    s.sell(1, ask::money_came{p, {6500}});
    EXPECT_EQ(s.sell(1, ask::cancel_booking{a, 50}).kind, decision_kind::decided);
    EXPECT_EQ(s.rules.available({1}), 4u);
    ASSERT_EQ(s.rules.sales().refunds_due().size(), 1u);
    const refund& back = *s.rules.sales().find(*s.rules.sales().refunds_due().begin());
    EXPECT_EQ(back.amount.value, 3250);
    EXPECT_EQ(back.of, p);
    EXPECT_EQ(s.sell(1, ask::cancel_booking{a, 50}).kind, decision_kind::not_found);
    s.expect_sound();
}

TEST(sale, refund_percent_follows_the_days_that_are_left) {
    const sale_rules rules = degressive();
    const auto first = first_monday;
    EXPECT_EQ(refund_percent(rules, first, first - std::chrono::days{30}), 100u);
    EXPECT_EQ(refund_percent(rules, first, first - std::chrono::days{29}), 50u);
    EXPECT_EQ(refund_percent(rules, first, first - std::chrono::days{7}), 50u);
    EXPECT_EQ(refund_percent(rules, first, first - std::chrono::days{6}), 0u);
}

}  // namespace
}  // namespace campgate
