// The sender's rules with a real outbox, a mail server that does as it is told, and a clock that
// moves when the test says so.
#include "server/mail/mail_sender.hpp"
#include "persistence/pqxx_compat.hpp"
#include "server/mail/letters.hpp"
#include "tests/integration/persistence/test_database.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace campgate::server {
namespace {

using namespace std::chrono_literals;

struct told_delivery final : mail_delivery {
    delivery_outcome deliver(const outgoing_mail& m) override {
        got.push_back(m);
        if (answers.empty()) return {};
        const delivery_outcome answer = answers.front();
        answers.pop_front();
        if (during) during();
        return answer;
    }
    std::deque<delivery_outcome> answers;
    std::vector<outgoing_mail> got;
    std::function<void()> during;
};

struct rig {
    std::string url = [] {
        std::string made = test::new_database();
        test::own(made);
        return made;
    }();
    secret_key key = secret_key::random();
    instant now{std::chrono::sys_days{std::chrono::year{2027} / 3 / 20} + 12h};
    mail_store store{url, key};
    told_delivery delivery;
    std::vector<mail_failure> failures;
    std::uint64_t sent = 0;
    mail_outbox box{std::get<mail_templates>(mail_templates::load({})), key, "dalhem.example", [] {
                        return letterhead{"Commune de Dalhem", "4607 Dalhem",
                                          "plaines@dalhem.example", "https://camps.example",
                                          *time_zone::find("Europe/Brussels")};
                    }};
    mail_sender sender{
        store,
        delivery,
        {1min, 4h, 3, 2min, std::chrono::days{30}},
        [this] { return now; },
        [] { return 500U; },
        {[this] { ++sent; }, [this](mail_failure why, bool) { failures.push_back(why); },
         [](const mail_counts&) {}, [](std::string_view) {}}};

    void put(const mail& m) {
        pg_connection connection{url};
        pqxx::work work{connection.raw().session};
        worker_transaction tx{work};
        EXPECT_TRUE(box.put(tx, m, now));
        work.commit();
    }
    void put_one(const char* address = "anne@dalhem.example") {
        put(email_confirmation({family_id{1}, "Anne", "Lambert", address, language::fr},
                               "https://camps.example/#/confirm/abc"));
    }
    mail_row row() { return store.latest(1).at(0); }
};

TEST(mail_sender, sends_what_waits_once) {
    rig r;
    EXPECT_FALSE(r.sender.round());
    r.put_one();
    EXPECT_TRUE(r.sender.round());
    EXPECT_FALSE(r.sender.round());
    ASSERT_EQ(r.delivery.got.size(), 1u);
    const outgoing_mail& m = r.delivery.got[0];
    EXPECT_EQ(m.content.to.name, "Anne Lambert");
    EXPECT_EQ(m.content.to.address, "anne@dalhem.example");
    EXPECT_EQ(m.content.subject, "Confirmez votre adresse e-mail");
    EXPECT_NE(m.content.text.find("https://camps.example/#/confirm/abc"), std::string::npos);
    EXPECT_TRUE(m.message_id.ends_with("@dalhem.example"));
    EXPECT_EQ(r.row().state, mail_state::sent);
    EXPECT_EQ(r.row().sent, r.now);
    EXPECT_EQ(r.sent, 1u);
}

TEST(mail_sender, a_refusal_for_good_is_not_tried_again) {
    rig r;
    r.put_one();
    r.delivery.answers = {{mail_failure::recipient_refused, true, false}};
    EXPECT_TRUE(r.sender.round());
    EXPECT_EQ(r.row().state, mail_state::failed);
    EXPECT_EQ(r.row().failure, mail_failure::recipient_refused);
    r.now += 24h;
    EXPECT_FALSE(r.sender.round());
    EXPECT_EQ(r.delivery.got.size(), 1u);
}

TEST(mail_sender, a_refusal_for_now_is_tried_again_later_and_later_and_then_given_up) {
    rig r;
    r.put_one();
    r.delivery.answers.assign(3, {mail_failure::temporary, false, false});
    const instant start = r.now;
    EXPECT_TRUE(r.sender.round());
    EXPECT_EQ(r.row().due, start + 1min);
    EXPECT_FALSE(r.sender.round());
    r.now = start + 1min;
    EXPECT_TRUE(r.sender.round());
    EXPECT_EQ(r.row().due, start + 3min);
    r.now = start + 3min;
    EXPECT_TRUE(r.sender.round());
    EXPECT_EQ(r.row().state, mail_state::failed);
    EXPECT_EQ(r.row().failure, mail_failure::temporary);
    EXPECT_EQ(r.delivery.got[0].message_id, r.delivery.got[2].message_id);
}

TEST(mail_sender, one_mail_that_waits_does_not_hold_up_the_others) {
    rig r;
    r.put_one("first@dalhem.example");
    r.put_one("second@dalhem.example");
    r.delivery.answers = {{mail_failure::temporary, false, false}};
    EXPECT_TRUE(r.sender.round());
    EXPECT_TRUE(r.sender.round());
    EXPECT_EQ(r.delivery.got[1].content.to.address, "second@dalhem.example");
}

TEST(mail_sender, an_outage_holds_up_all_and_is_looked_at_with_one) {
    rig r;
    for (int i = 0; i < 3; ++i) r.put_one();
    r.delivery.answers.assign(2, {mail_failure::unreachable, false, true});
    EXPECT_TRUE(r.sender.round());
    EXPECT_FALSE(r.sender.round());
    r.now += 1min;
    EXPECT_TRUE(r.sender.round());
    EXPECT_FALSE(r.sender.round());
    r.now += 1min;
    EXPECT_FALSE(r.sender.round());  // the second pause is twice the first
    r.now += 1min;
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(r.sender.round());
    EXPECT_EQ(r.sent, 3u);
    EXPECT_EQ(r.store.count().waiting, 0u);
}

TEST(mail_sender, what_comes_too_late_is_not_sent) {
    rig r;
    r.put(readiness_reminder({family_id{1}, "Anne", "Lambert", "anne@dalhem.example", language::fr},
                             "reminder", {{"no_profile", {}}}, {}, r.now + 1h,
                             "https://camps.example/#/"));
    r.now += 2h;
    EXPECT_TRUE(r.sender.round());
    EXPECT_TRUE(r.delivery.got.empty());
    EXPECT_EQ(r.row().failure, mail_failure::too_late);
}

// The database went away between sending and marking: this process knows, and never sends again.
TEST(mail_sender, what_it_knows_to_be_sent_it_never_sends_again) {
    rig r;
    r.put_one();
    r.delivery.answers = {{}};
    r.delivery.during = [&] { test::sql(r.url, "ALTER TABLE mail RENAME TO mail_away"); };
    EXPECT_THROW(r.sender.round(), database_error);
    EXPECT_THROW(r.sender.round(), database_error);
    test::sql(r.url, "ALTER TABLE mail_away RENAME TO mail");
    r.now += 24h;
    EXPECT_FALSE(r.sender.round());
    EXPECT_EQ(r.delivery.got.size(), 1u);
    EXPECT_EQ(r.row().state, mail_state::sent);
}

TEST(mail_sender, a_mail_sealed_under_another_key_fails_and_stops_nothing) {
    rig r;
    r.put_one();
    test::sql(r.url, "UPDATE mail SET sealed = sealed || '\\x00'");
    r.put_one();
    r.now += 1s;
    EXPECT_TRUE(r.sender.round());
    EXPECT_TRUE(r.sender.round());
    EXPECT_EQ(r.failures, std::vector{mail_failure::unwritten});
    EXPECT_EQ(r.sent, 1u);
}

TEST(mail_sender, its_thread_sends_when_woken_and_ends_when_told) {
    rig r;
    r.sender.start();
    r.put_one();
    r.sender.wake();
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (r.store.count().waiting > 0 && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(5ms);
    r.sender.stop();
    EXPECT_EQ(r.row().state, mail_state::sent);
}

TEST(mail_outbox, an_address_that_is_none_makes_no_mail) {
    rig r;
    pg_connection connection{r.url};
    pqxx::work work{connection.raw().session};
    worker_transaction tx{work};
    EXPECT_THROW(r.box.put(tx,
                           email_confirmation({family_id{1}, "Anne", "Lambert",
                                               "anne@dalhem.example\r\nBcc: x@y", language::fr},
                                              "https://camps.example/"),
                           r.now),
                 std::invalid_argument);
}

TEST(mail_outbox, what_is_stored_comes_back_whole) {
    const mail_content content{{"Zoë \xf0\x9f\x8f\x95", "zoe@dalhem.example"},
                               "S\"u\\b",
                               "t\n\n",
                               "<p>",
                               "nl",
                               {{"a.ics", "text/calendar", std::string("\0\xff\r\n", 4)}}};
    const mail_content back = mail_content_of(sealed_form(content));
    EXPECT_EQ(back.to.name, content.to.name);
    EXPECT_EQ(back.subject, content.subject);
    EXPECT_EQ(back.text, content.text);
    EXPECT_EQ(back.attachments.at(0).bytes, content.attachments[0].bytes);
}

}  // namespace
}  // namespace campgate::server
