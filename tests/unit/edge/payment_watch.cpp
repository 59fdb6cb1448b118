// Which questions a payment provider is asked, when, and what follows from its answers.
#include "server/payment/payment_watch.hpp"
#include "server/payment/payment_desk.hpp"
#include "server/payment/transfer_communication.hpp"

#include <gtest/gtest.h>

namespace campgate::server {
namespace {

using namespace std::chrono_literals;

constexpr instant start{std::chrono::hours{1'000'000}};
constexpr family_id lambert{1};

payment online(std::uint64_t id, payment_state state, std::string reference = {}) {
    payment p;
    p.id = {id};
    p.of = {1};
    p.family = lambert;
    p.method = payment_method::online;
    p.state = state;
    p.made = start;
    p.amount = {8100};
    p.reference = std::move(reference);
    return p;
}

provider_payment said(provider_state state, std::int64_t received = 0, bool euro = true) {
    return {state, {received}, euro, {}, {}};
}

template <class Step>
const Step* asks(const std::optional<sale_command>& step) {
    return step ? std::get_if<Step>(&step->what) : nullptr;
}

TEST(payment_desk, money_is_told_with_its_amount_and_currency) {
    for (const payment_state state :
         {payment_state::wanted, payment_state::open, payment_state::failed}) {
        const auto step = step_after(online(7, state), said(provider_state::paid, 42, false));
        const auto* came = asks<sale_command::money_came>(step);
        ASSERT_NE(came, nullptr);
        EXPECT_EQ(came->payment, payment_id{7});
        EXPECT_EQ(came->received, cents{42});
        EXPECT_FALSE(came->right_currency);
        EXPECT_EQ(step->family, lambert);
        EXPECT_EQ(step->actor, server_actor);
    }
}

TEST(payment_desk, what_is_settled_is_told_nothing) {
    for (const payment_state state :
         {payment_state::paid, payment_state::review, payment_state::returned}) {
        for (const provider_state provider :
             {provider_state::open, provider_state::failed, provider_state::paid})
            EXPECT_FALSE(step_after(online(7, state), said(provider, 8100)));
    }
    EXPECT_FALSE(step_after(online(7, payment_state::open), said(provider_state::open)));
    EXPECT_FALSE(step_after(online(7, payment_state::failed), said(provider_state::failed)));
    EXPECT_FALSE(step_after(online(7, payment_state::open), said(provider_state::paid, 0)));
}

TEST(payment_desk, a_refusal_fails_it) {
    EXPECT_NE(asks<sale_command::fail_payment>(
                  step_after(online(7, payment_state::open), said(provider_state::failed))),
              nullptr);
    const sale_command gone = give_up(online(7, payment_state::wanted));
    EXPECT_NE(std::get_if<sale_command::fail_payment>(&gone.what), nullptr);
}

TEST(payment_desk, refunds) {
    refund due;
    due.id = {3};
    due.family = lambert;
    EXPECT_FALSE(step_after(due, refund_outcome::pending));
    const auto done = step_after(due, refund_outcome::done);
    const auto refused = step_after(due, refund_outcome::refused);
    ASSERT_NE(asks<sale_command::settle_refund>(done), nullptr);
    ASSERT_NE(asks<sale_command::settle_refund>(refused), nullptr);
    EXPECT_EQ(asks<sale_command::settle_refund>(done)->state, refund_state::done);
    EXPECT_EQ(asks<sale_command::settle_refund>(refused)->state, refund_state::failed);
}

TEST(payment_desk, references) {
    EXPECT_TRUE(is_reference("demo_6d1f-5C"));
    for (const char* text : {"", "a b", "a/b", "é", "a\n"})
        EXPECT_FALSE(is_reference(text)) << text;
    EXPECT_TRUE(is_reference(std::string(64, 'x')));
    EXPECT_FALSE(is_reference(std::string(65, 'x')));
}

class watch : public testing::Test {
protected:
    std::vector<std::uint64_t> due(instant now, std::size_t most = 10) {
        std::vector<std::uint64_t> found;
        for (const auto& task : to_ask.take_due(now, most)) found.push_back(task.what.id);
        return found;
    }
    void see(std::vector<payment> payments, std::vector<refund> refunds = {}, instant now = start) {
        to_ask.see(lambert, {{}, std::move(payments), std::move(refunds)}, now);
    }

    using ids = std::vector<std::uint64_t>;
    payment_watch to_ask{{4s, 9s}};
};

TEST_F(watch, looks_less_and_less_often) {
    see({online(7, payment_state::open, "r7")});
    EXPECT_EQ(due(start + 3s), ids{});
    EXPECT_EQ(due(start + 4s), ids{7});
    EXPECT_EQ(due(start + 100s), ids{}) << "under way";
    instant now = start + 5s;
    for (const auto wait : {4s, 6s, 9s, 9s}) {
        to_ask.done({false, 7}, now);
        EXPECT_EQ(due(now + wait - 1us), ids{}) << wait.count();
        EXPECT_EQ(due(now + wait), ids{7}) << wait.count();
        now += wait;
    }
}

TEST_F(watch, another_state_starts_anew_and_a_settled_one_is_forgotten) {
    see({online(7, payment_state::wanted)});
    EXPECT_EQ(due(start + 4s), ids{7});
    see({online(7, payment_state::open, "r7")}, {}, start + 4s);
    to_ask.done({false, 7}, start + 4s);
    EXPECT_EQ(due(start + 8s), ids{7});
    see({online(7, payment_state::paid, "r7")}, {}, start + 9s);
    to_ask.done({false, 7}, start + 9s);
    EXPECT_EQ(due(start + 10h), ids{});
    EXPECT_EQ(to_ask.payments(), 0U);
    EXPECT_FALSE(to_ask.hint("r7"));
}

TEST_F(watch, after_a_restart_everything_is_looked_at) {
    see({online(7, payment_state::open, "r7"), online(8, payment_state::wanted)}, {}, start + 1h);
    EXPECT_EQ(due(start + 1h), (ids{7, 8}));
}

TEST_F(watch, only_online_payments) {
    payment transfer = online(7, payment_state::open);
    transfer.method = payment_method::transfer;
    see({transfer});
    EXPECT_EQ(to_ask.payments(), 0U);
}

TEST_F(watch, a_failed_one_is_looked_at_for_a_day) {
    see({online(7, payment_state::failed, "r7")});
    EXPECT_EQ(due(start + 9s), ids{7});
    to_ask.done({false, 7}, start + 9s);
    see({online(7, payment_state::failed, "r7")}, {}, start + failed_watch);
    EXPECT_EQ(to_ask.payments(), 0U);
}

TEST_F(watch, hints) {
    see({online(7, payment_state::open, "r7"), online(8, payment_state::wanted)});
    EXPECT_FALSE(to_ask.hint("r8"));
    EXPECT_FALSE(to_ask.hint(""));
    const auto task = to_ask.hint("r7");
    ASSERT_TRUE(task);
    EXPECT_EQ(task->what.id, 7U);
    EXPECT_FALSE(to_ask.hint("r7")) << "under way";
    to_ask.done(task->what, start);
    EXPECT_EQ(due(start), ids{7}) << "told again meanwhile: once more";
    to_ask.done(task->what, start);
    EXPECT_EQ(due(start), ids{});
}

TEST_F(watch, browsers_do_not_ask_more_often_than_that) {
    see({online(7, payment_state::open, "r7")});
    EXPECT_TRUE(to_ask.ask_now({7}, start, 2s));
    EXPECT_FALSE(to_ask.ask_now({7}, start + 1s, 2s));
    EXPECT_TRUE(to_ask.ask_now({7}, start + 2s, 2s));
    EXPECT_FALSE(to_ask.ask_now({9}, start + 2s, 2s));
}

TEST_F(watch, refunds_of_online_payments_are_due_at_once) {
    refund back;
    back.id = {70};
    back.of = {7};
    back.family = lambert;
    back.made = start;
    refund of_nothing = back;
    of_nothing.id = {71};
    of_nothing.of = {};
    see({online(7, payment_state::returned, "r7")}, {back, of_nothing});
    EXPECT_EQ(to_ask.refunds(), 1U);
    const auto tasks = to_ask.take_due(start, 10);
    ASSERT_EQ(tasks.size(), 1U);
    EXPECT_TRUE(tasks[0].what.refund);
    EXPECT_EQ(tasks[0].what.id, 70U);
    back.state = refund_state::failed;
    see({online(7, payment_state::returned, "r7")}, {back});
    EXPECT_EQ(to_ask.refunds(), 0U);
}

TEST_F(watch, takes_no_more_than_there_is_room_for) {
    see({online(7, payment_state::open, "r7"), online(8, payment_state::open, "r8")});
    EXPECT_EQ(due(start + 4s, 1), ids{7});
    EXPECT_EQ(due(start + 4s, 1), ids{8});
}

TEST(transfer_communication, ten_digits_and_their_remainder) {
    EXPECT_EQ(transfer_communication({1}), "+++000/0000/00101+++");
    EXPECT_EQ(transfer_communication({97}), "+++000/0000/09797+++") << "0 is written 97";
    EXPECT_EQ(transfer_communication({98}), "+++000/0000/09801+++");
    EXPECT_EQ(transfer_communication({1234567890}), "+++123/4567/89002+++");
    EXPECT_EQ(transfer_communication({9999999999}), "+++999/9999/99948+++");
}

TEST(transfer_communication, account_numbers) {
    for (const char* text : {"BE68539007547034", "DE89370400440532013000", "NL91ABNA0417164300"})
        EXPECT_TRUE(is_iban(text)) << text;
    for (const char* text : {"", "BE68539007547035", "be68539007547034", "BE68 5390 0754 7034",
                             "BE6853900754703", "68539007547034BE", "BE68539007547034€"})
        EXPECT_FALSE(is_iban(text)) << text;
}

}  // namespace
}  // namespace campgate::server
