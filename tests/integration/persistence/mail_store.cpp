// The outbox in a real database: a mail exists with its cause, one sender at a time has it, nothing
// in the table can be read without the key.
#include "persistence/mail_store.hpp"
#include "persistence/pqxx_compat.hpp"
#include "tests/integration/persistence/test_database.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

namespace campgate::test {
namespace {

using namespace std::chrono_literals;

const instant noon{std::chrono::sys_days{std::chrono::year{2027} / 3 / 20} + 12h};

struct outbox {
    std::string url = [] {
        std::string made = new_database();
        own(made);
        return made;
    }();
    secret_key key = secret_key::random();
    mail_store store{url, key};

    bool put(const new_mail& mail, bool commit = true) const {
        pg_connection connection{url};
        pqxx::work work{connection.raw().session};
        worker_transaction tx{work};
        const bool made = put_mail(tx, key, mail);
        if (commit) work.commit();
        return made;
    }
    bool retry(mail_id id, instant now) const {
        pg_connection connection{url};
        pqxx::work work{connection.raw().session};
        worker_transaction tx{work};
        const bool changed = retry_mail(tx, id, now);
        work.commit();
        return changed;
    }
};

new_mail mail(std::uint64_t n, std::string cause = {}) {
    new_mail m;
    m.message_id = "mail" + std::to_string(n) + "@dalhem.example";
    m.kind = "email_confirmation";
    m.family = family_id{n};
    m.cause = std::move(cause);
    m.made = noon;
    m.content = "To Anne Lambert, whose secret is beetroot " + std::to_string(n);
    return m;
}

TEST(mail_store, a_mail_comes_back_as_it_was_put) {
    outbox box;
    new_mail sent = mail(7);
    sent.not_after = noon + 1h;
    EXPECT_TRUE(box.put(sent));
    const auto got = box.store.claim(noon, 1min);
    ASSERT_TRUE(got);
    EXPECT_EQ(got->content, sent.content);
    EXPECT_EQ(got->message_id, sent.message_id);
    EXPECT_EQ(got->kind, sent.kind);
    EXPECT_EQ(got->made, noon);
    EXPECT_EQ(got->not_after, noon + 1h);
    EXPECT_EQ(got->attempt, 1u);
    EXPECT_EQ(got->until, noon + 1min);
}

TEST(mail_store, a_mail_is_not_there_when_its_cause_is_not) {
    outbox box;
    EXPECT_TRUE(box.put(mail(1), false));
    EXPECT_FALSE(box.store.claim(noon, 1min));
    EXPECT_EQ(box.store.count().waiting, 0u);
}

TEST(mail_store, one_mail_for_a_cause) {
    outbox box;
    EXPECT_TRUE(box.put(mail(1, "reminder:1")));
    EXPECT_FALSE(box.put(mail(2, "reminder:1")));
    EXPECT_TRUE(box.put(mail(3, "reminder:2")));
    EXPECT_TRUE(box.put(mail(4)));
    EXPECT_TRUE(box.put(mail(5)));
    EXPECT_EQ(box.store.count().waiting, 4u);
}

TEST(mail_store, nothing_in_the_table_tells_what_or_to_whom) {
    outbox box;
    box.put(mail(1));
    EXPECT_EQ(sql(box.url,
                  "SELECT count(*) FROM mail WHERE mail::text ILIKE '%lambert%' OR "
                  "position('beetroot'::bytea in sealed) > 0"),
              "0");
    mail_store stranger{box.url, secret_key::random()};
    EXPECT_EQ(stranger.claim(noon, 1min)->content, std::nullopt);
    // Nor can one mail's content pass for another's.
    box.put(mail(2));
    sql(box.url, "UPDATE mail SET due = 0, sealed = (SELECT sealed FROM mail WHERE id = 1)");
    EXPECT_TRUE(box.store.claim(noon, 1min)->content);
    EXPECT_FALSE(box.store.claim(noon, 1min)->content);
}

TEST(mail_store, a_claim_keeps_others_away_until_its_lease_ends) {
    outbox box;
    box.put(mail(1));
    mail_store other{box.url, box.key};
    const auto first = box.store.claim(noon, 1min);
    ASSERT_TRUE(first);
    EXPECT_FALSE(other.claim(noon + 59s, 1min));
    const auto second = other.claim(noon + 60s, 1min);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->message_id, first->message_id);
    EXPECT_EQ(second->attempt, 2u);
    // The first has nothing to say any more, but that it was sent.
    EXPECT_FALSE(box.store.mark_waiting(*first, mail_failure::cut, noon + 2h));
    EXPECT_FALSE(box.store.mark_failed(*first, mail_failure::cut, noon));
    EXPECT_TRUE(box.store.mark_sent(first->id, noon + 61s));
    EXPECT_FALSE(other.mark_waiting(*second, mail_failure::temporary, noon + 2h));
    EXPECT_FALSE(other.mark_sent(second->id, noon + 62s));
    EXPECT_FALSE(other.claim(noon + 3h, 1min));
}

TEST(mail_store, many_senders_never_have_the_same_mail) {
    outbox box;
    constexpr std::uint64_t mails = 200;
    for (std::uint64_t n = 1; n <= mails; ++n) box.put(mail(n));
    std::vector<std::vector<std::string>> got(4);
    std::vector<std::jthread> senders;
    for (auto& mine : got) {
        senders.emplace_back([&] {
            mail_store store{box.url, box.key};
            // A row that another has locked at this instant is passed over: look again.
            for (int misses = 0; misses < 20;) {
                const auto m = store.claim(noon, 1h);
                if (m)
                    mine.push_back(m->message_id);
                else
                    ++misses;
            }
        });
    }
    senders.clear();
    std::multiset<std::string> all;
    for (const auto& mine : got) all.insert(mine.begin(), mine.end());
    EXPECT_EQ(all.size(), mails);
    EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), mails);
}

TEST(mail_store, the_longest_due_goes_first) {
    outbox box;
    new_mail late = mail(1);
    late.made = noon + 1s;
    box.put(late);
    box.put(mail(2));
    EXPECT_FALSE(box.store.claim(noon - 1s, 1min));
    EXPECT_EQ(box.store.claim(noon + 1s, 1min)->message_id, mail(2).message_id);
    EXPECT_EQ(box.store.claim(noon + 1s, 1min)->message_id, late.message_id);
}

TEST(mail_store, a_failed_mail_waits_again_when_staff_say_so) {
    outbox box;
    box.put(mail(9));
    const auto claimed = box.store.claim(noon, 1min);
    EXPECT_TRUE(box.store.mark_failed(*claimed, mail_failure::recipient_refused, noon));
    const auto failed = box.store.list(mail_state::failed, 10);
    ASSERT_EQ(failed.size(), 1u);
    EXPECT_EQ(failed[0].failure, mail_failure::recipient_refused);
    EXPECT_EQ(failed[0].family, family_id{9});
    EXPECT_EQ(failed[0].attempts, 1u);
    EXPECT_FALSE(failed[0].content);
    EXPECT_EQ(box.store.count().failed, 1u);
    EXPECT_FALSE(box.store.claim(noon + 24h, 1min));
    EXPECT_TRUE(box.retry(claimed->id, noon + 1h));
    EXPECT_FALSE(box.retry(claimed->id, noon + 1h));
    EXPECT_FALSE(box.retry(mail_id{12345}, noon));
    const auto again = box.store.claim(noon + 1h, 1min);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->attempt, 1u);
    EXPECT_EQ(again->message_id, claimed->message_id);
}

TEST(mail_store, mails_go_when_their_retention_has_passed_or_their_family_is_erased) {
    outbox box;
    for (std::uint64_t n = 1; n <= 4; ++n) box.put(mail(n));
    box.store.mark_sent(box.store.claim(noon, 1min)->id, noon);
    box.store.mark_failed(*box.store.claim(noon, 1min), mail_failure::temporary, noon + 1s);
    EXPECT_EQ(box.store.drop(noon), 0u);
    EXPECT_EQ(box.store.drop(noon + 2s, true), 2u);
    EXPECT_EQ(box.store.drop(noon + 1s), 1u);
    EXPECT_EQ(box.store.drop(noon + 2s), 1u);
    pg_connection connection{box.url};
    pqxx::work work{connection.raw().session};
    worker_transaction tx{work};
    EXPECT_EQ(forget_mails(tx, family_id{3}), 1u);
    work.commit();
    EXPECT_EQ(box.store.count().waiting, 1u);
    EXPECT_EQ(box.store.count().oldest_waiting, noon);
    EXPECT_EQ(box.store.latest(10).at(0).content, mail(4).content);
}

TEST(mail_store, connects_again_when_its_session_was_ended) {
    outbox box;
    box.put(mail(1));
    EXPECT_EQ(box.store.count().waiting, 1u);
    sql(box.url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'campgate mails' AND datname = current_database()");
    EXPECT_EQ(box.store.count().waiting, 1u);
}

}  // namespace
}  // namespace campgate::test
