// The mails that records owe, in a real database: each is written once, by one of many or after any
// sudden end; what cannot be written holds up no other; nothing is written for who was forgotten.
#include "server/mail/sale_mails.hpp"

#include "core/record_codec.hpp"
#include "persistence/pg_text.hpp"
#include "persistence/privacy_store.hpp"
#include "server/mail/calendar_uid.hpp"
#include "tests/integration/persistence/test_database.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

namespace campgate::server {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;
using test::key;
using test::sql;

const instant noon{sys_days{std::chrono::year{2027} / 3 / 20} + 11h};

std::shared_ptr<const season> one_week() {
    season s;
    s.by = {"Commune de Dalhem", "4607 Dalhem", "plaines@dalhem.example", {}};
    camp petits;
    petits.id = {1};
    petits.name.fr = "Petits";
    s.camps = {petits};
    camp_week w;
    w.id = {1};
    w.camp = {1};
    w.days = {sys_days{std::chrono::year{2027} / 7 / 5}};
    s.weeks = {w};
    return std::make_shared<const season>(std::move(s));
}

/// Families 1 and 2, each with a child 8 · n.
struct house {
    std::string url = test::new_database();
    ownership by = test::own(url);
    secret_key mails_key = secret_key::random();
    mail_outbox outbox{
        std::get<mail_templates>(mail_templates::load({})), mails_key, "dalhem.example", [] {
            return letterhead{"Commune de Dalhem", "4607 Dalhem", "plaines@dalhem.example",
                              "https://camps.example", *time_zone::find("Europe/Brussels")};
        }};
    mail_store rows{url, mails_key};
    std::atomic<std::int64_t> later{0};  // seconds after noon
    std::uint64_t last = 0;

    explicit house(const std::string& email = "anne@parents.example") {
        pg_connection connection{url};
        std::vector<family_row> families;
        for (const std::uint64_t n : {1U, 2U}) {
            family_row f;
            f.id = {n};
            f.home.postcode = "4607";
            parent_row p;
            p.id = {n};
            p.given_name = "Anne";
            p.family_name = "Lambert";
            p.niss = niss::make(1985, 7, 30, static_cast<unsigned>(n));
            p.email = email;
            p.email_confirmed = true;
            f.parents = {p};
            child_row c;
            c.id = {n * 8};
            c.given_name = "Léa";
            c.birth_date = std::chrono::year{2019} / 5 / 2;
            c.invoiceable_parent = p.id;
            f.children = {c};
            families.push_back(std::move(f));
        }
        write_families(connection, key(), families);
    }

    instant now() const { return noon + std::chrono::seconds{later.load()}; }

    // A record of the journal that owes a mail; gives its sequence.
    std::uint64_t owe(record_body body, mail_cause cause, std::uint64_t family = 1) {
        const std::uint64_t at = record_in_journal(std::move(body));
        sql(url, "INSERT INTO mail_cause VALUES (" + std::to_string(at) + ", " +
                     std::to_string(family) + ", " + std::to_string(static_cast<unsigned>(cause)) +
                     ")");
        return at;
    }
    std::uint64_t record_in_journal(record_body body) {
        const encoded_record e = encode({{++last}, noon, server_actor, std::move(body)});
        sql(url, "INSERT INTO journal VALUES (" + std::to_string(last) + ", 1, " +
                     std::to_string(static_cast<unsigned>(e.kind)) + ", " + bigint_text(e.at) +
                     ", 0, '" + bytea_text(e.body) + "')");
        return last;
    }
    static sale_record refund_of(std::uint64_t family, std::uint64_t at) {
        sale_record sale;
        sale.event = sale_event::paid_late;
        sale.family = {family};
        sale.refunds = {{{at},
                         {at},
                         {820},
                         {700},
                         {family},
                         refund_state::due,
                         refund_reason::overpaid,
                         noon,
                         {100}}};
        return sale;
    }
    std::uint64_t owe_refund(std::uint64_t family = 1) {
        return owe(refund_of(family, last + 1), mail_cause::refund_due, family);
    }
    std::string count(const char* table) {
        return sql(url, std::string{"SELECT count(*) FROM "} + table);
    }
};

/// A process that writes.
struct writer {
    house& of;
    worker_database workers{of.url, [this] { return fence{of.by.owner, of.by.epoch}; }};
    std::shared_ptr<const family_view> holding;
    std::atomic<int> written{0}, aside{0}, unwritten{0}, troubles{0};
    std::vector<std::string> dropped;
    std::function<instant()> now = [this] { return of.now(); };
    sale_mails mails{{workers, key(), of.outbox, [this] { return now(); },
                      [] { return one_week(); }, [this](family_id) { return holding; }},
                     {[this] { ++written; }, [this] { ++aside; },
                      [this](not_owed why) { dropped.emplace_back(name_of(why)); },
                      [this](std::string_view) { ++unwritten; }, [](const owed_mails&) {},
                      [this](std::string_view) { ++troubles; }}};

    explicit writer(house& h) : of(h) {}
    void write_all() {
        while (mails.round()) {
        }
    }
};

TEST(sale_mails, what_is_owed_is_written_once_and_owed_no_more) {
    house h;
    writer w{h};
    EXPECT_FALSE(w.mails.round());
    h.owe_refund();
    EXPECT_TRUE(w.mails.round());
    EXPECT_FALSE(w.mails.round());
    EXPECT_EQ(h.count("mail_cause"), "0");
    const auto rows = h.rows.latest(10);
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].kind, "refund");
    EXPECT_EQ(rows[0].family, family_id{1});
    const mail_content content = mail_content_of(*rows[0].content);
    EXPECT_EQ(content.to.address, "anne@parents.example");
    EXPECT_EQ(sql(h.url, "SELECT cause FROM mail"), "sale:1:1:5");
    EXPECT_EQ(w.written, 1);
}

TEST(sale_mails, R2_holds_that_ended_are_named_by_the_record_that_placed_them) {
    house h;
    place_record placed;
    placed.family = {1};
    placed.mode = place_mode::all;
    placed.placed = {{make_hold_id({1}, 0), {1}, {8}, {3}, noon}};
    h.record_in_journal(placed);
    place_record of_another = placed;
    of_another.family = {2};
    of_another.placed = {{make_hold_id({2}, 0), {1}, {16}, {4}, noon}};
    h.record_in_journal(of_another);
    h.owe(expire_record{{{make_hold_id({1}, 0), {1}, {3}}, {make_hold_id({2}, 0), {1}, {4}}}},
          mail_cause::holds_ended);
    writer w{h};
    w.write_all();
    ASSERT_EQ(w.written, 1);
    const std::string text = mail_content_of(*h.rows.latest(1)[0].content).text;
    EXPECT_NE(text.find("- Léa : Petits, le lundi 5 juillet 2027\n"), std::string::npos) << text;
    EXPECT_EQ(text.find("- Petits"), std::string::npos) << "the other family's";
}

TEST(sale_mails, S29_a_paid_order_is_told_with_its_calendar) {
    house h;
    const std::uint64_t at = h.last + 1;
    sale_record sale;
    sale.event = sale_event::paid;
    sale.family = {1};
    order& o = sale.order.emplace();
    o.id = {at};
    o.changed = {at};
    o.family = {1};
    o.payer = {1};
    o.state = order_state::paid;
    o.made = o.deadline = noon;
    o.method = payment_method::online;
    order_line line;
    line.state = line_state::booked;
    line.hold = make_hold_id({at}, 0);
    line.deadline = noon;
    line.week = {1};
    line.child = {8};
    line.seat = {3};
    line.charged_as = price_class::resident;
    line.birth_date = std::chrono::year{2019} / 5 / 2;
    line.list = {9'000};
    line.reductions = {{reduction_kind::rank, 2, {900}}};
    line.amount = {8'100};
    o.lines = {line};
    o.total = o.paid = {8'100};
    sale.seats = {{seat_event::book, line.hold, {1}, {3}, {8}, o.id, {}}};
    h.owe(sale, mail_cause::booked);
    writer w{h};
    w.write_all();
    ASSERT_EQ(w.written, 1);
    const mail_content content = mail_content_of(*h.rows.latest(1)[0].content);
    EXPECT_NE(content.text.find("2e enfant de la famille"), std::string::npos) << content.text;
    ASSERT_EQ(content.attachments.size(), 1u);
    const std::string uid = "UID:" + calendar_uid(key(), line.hold) + "\r\n";
    EXPECT_NE(content.attachments[0].bytes.find(uid), std::string::npos);
    // Cancelled, the same event goes away.
    sale.event = sale_event::cancelled;
    sale.order->lines[0].state = line_state::cancelled;
    sale.order->changed = {h.last + 1};
    sale.seats[0] = {seat_event::end, line.hold, {1}, {3}, {8}, {}, {}};
    h.owe(sale, mail_cause::booking_cancelled);
    w.write_all();
    const mail_content after = mail_content_of(*h.rows.latest(1)[0].content);
    ASSERT_EQ(after.attachments.size(), 1u);
    EXPECT_NE(after.attachments[0].bytes.find(uid), std::string::npos);
    EXPECT_NE(after.attachments[0].bytes.find("METHOD:CANCEL\r\n"), std::string::npos);
}

TEST(sale_mails, two_writers_and_many_debts_make_exactly_one_mail_each) {
    house h;
    constexpr int debts = 60;
    for (int i = 0; i < debts; ++i) h.owe_refund(1 + i % 2);
    writer first{h};
    writer second{h};
    const auto work = [](writer& w) {
        for (int tries = 0; tries < 1'000 && w.of.count("mail_cause") != "0"; ++tries)
            w.write_all();
    };
    std::thread other{[&] { work(second); }};
    work(first);
    other.join();
    EXPECT_EQ(first.written + second.written, debts);
    EXPECT_EQ(h.count("mail"), std::to_string(debts));
    EXPECT_EQ(sql(h.url, "SELECT count(DISTINCT cause) FROM mail"), std::to_string(debts));
    EXPECT_EQ(first.unwritten + second.unwritten, 0);
}

TEST(sale_mails, an_end_before_the_commit_leaves_the_debt_and_no_mail) {
    house h;
    h.owe_refund();
    writer w{h};
    // The process is gone when it looks at the time for the last time: as a kill would have it.
    int looks = 0;
    w.now = [&] {
        if (++looks > 2) throw std::runtime_error("ended");
        return h.now();
    };
    EXPECT_THROW(w.mails.round(), std::runtime_error);
    EXPECT_EQ(h.count("mail"), "0");
    EXPECT_EQ(h.count("mail_cause"), "1");
    writer next{h};
    next.write_all();
    EXPECT_EQ(h.count("mail"), "1");
}

TEST(sale_mails, who_does_not_own_the_database_writes_nothing) {
    house h;
    h.owe_refund();
    writer w{h};
    test::own(h.url);  // another takes over
    EXPECT_THROW(w.mails.round(), not_owner_error);
    EXPECT_EQ(h.count("mail"), "0");
    EXPECT_EQ(h.count("mail_cause"), "1");
    EXPECT_EQ(w.unwritten, 0);
}

TEST(sale_mails, one_that_cannot_be_written_waits_and_the_others_pass) {
    house h;
    const std::uint64_t bad = h.owe(expire_record{{{{1}, {1}, {1}}}}, mail_cause::refund_due);
    h.owe_refund();
    writer w{h};
    w.write_all();
    EXPECT_EQ(w.written, 1);
    EXPECT_EQ(w.unwritten, 1);
    EXPECT_EQ(h.count("mail_cause"), "1");
    h.later = 2;
    w.write_all();
    EXPECT_EQ(w.unwritten, 2) << "again, a second later";
    w.write_all();
    EXPECT_EQ(w.unwritten, 2);
    // Mended: it goes out.
    const encoded_record e = encode({{bad}, noon, server_actor, house::refund_of(1, bad)});
    sql(h.url, "UPDATE journal SET kind = " + std::to_string(static_cast<unsigned>(e.kind)) +
                   ", body = '" + bytea_text(e.body) + "' WHERE sequence = " + std::to_string(bad));
    h.later = 3'600;
    w.write_all();
    EXPECT_EQ(w.written, 2);
    EXPECT_EQ(h.count("mail_cause"), "0");
}

sale_record reminded_of_a_day() {
    sale_record sale;
    sale.event = sale_event::reminded;
    sale.family = {1};
    sale.reminded = noon + 24h;
    return sale;
}

// Week 1 for child 8, an hour more.
std::shared_ptr<const family_view> holding_for_an_hour() {
    family_hold hold;
    hold.child = {8};
    hold.week = {1};
    hold.deadline = noon + 1h;
    family_view view;
    view.holds = {hold};
    return std::make_shared<const family_view>(std::move(view));
}

TEST(sale_mails, R1_a_reminder_that_would_come_too_late_is_dropped) {
    house h;
    const sale_record sale = reminded_of_a_day();
    writer w{h};
    w.holding = holding_for_an_hour();
    h.owe(sale, mail_cause::reminder);
    w.write_all();
    EXPECT_EQ(w.written, 1);
    EXPECT_EQ(sql(h.url, "SELECT not_after FROM mail"), bigint_text(noon + 1h));
    h.owe(sale, mail_cause::reminder);
    h.later = 7'200;
    w.write_all();
    EXPECT_EQ(w.dropped, std::vector<std::string>{"deadline_passed"});
    h.owe(sale, mail_cause::reminder);
    w.holding = nullptr;
    w.write_all();
    EXPECT_EQ(w.dropped.back(), "nothing_left");
    EXPECT_EQ(h.count("mail"), "1");
    EXPECT_EQ(h.count("mail_cause"), "0");
}

TEST(sale_mails, an_erased_family_gets_none) {
    house h;
    h.owe_refund();
    writer w{h};
    ASSERT_TRUE(w.workers.change([](worker_transaction& tx) {
        erase_family(tx, {1});
        return true;
    }));
    h.owe_refund(77);  // and one that never was
    w.write_all();
    EXPECT_EQ(w.dropped, (std::vector<std::string>{"family_erased", "family_erased"}));
    EXPECT_EQ(h.count("mail"), "0");
    EXPECT_EQ(h.count("mail_cause"), "0");
}

TEST(sale_mails, without_an_address_staff_see_it_and_can_have_it_written_later) {
    house h{""};
    h.owe_refund();
    writer w{h};
    w.write_all();
    EXPECT_EQ(w.aside, 1);
    const auto failed = h.rows.list(mail_state::failed, 10);
    ASSERT_EQ(failed.size(), 1u);
    EXPECT_EQ(failed[0].failure, mail_failure::no_address);
    EXPECT_FALSE(h.rows.claim(noon + 1h, 1min)) << "nobody sends it";
    const auto retry = [&] {
        bool changed = false;
        w.workers.change([&](worker_transaction& tx) {
            changed = retry_mail(tx, failed[0].id, h.now());
            return true;
        });
        return changed;
    };
    // Too early: there is no address yet.
    EXPECT_TRUE(retry());
    EXPECT_FALSE(retry()) << "it waits already";
    EXPECT_FALSE(h.rows.claim(noon + 1h, 1min)) << "it waits to be written";
    w.write_all();
    EXPECT_EQ(w.aside, 2);
    EXPECT_EQ(h.rows.list(mail_state::failed, 10).size(), 1u);
    ASSERT_TRUE(w.workers.change([&](worker_transaction& tx) {
        auto file = load_family(tx, key(), {1});
        file->parents[0].email = "anne@parents.example";
        update_parent(tx, key(), file->parents[0]);
        return true;
    }));
    EXPECT_TRUE(retry());
    w.write_all();
    const auto sent = h.rows.claim(noon + 1h, 1min);
    ASSERT_TRUE(sent);
    EXPECT_EQ(mail_content_of(*sent->content).to.address, "anne@parents.example");
    EXPECT_EQ(h.count("mail"), "1");
}

TEST(sale_mails, a_reminder_set_aside_and_wanted_too_late_says_so) {
    house h{""};
    const sale_record sale = reminded_of_a_day();
    writer w{h};
    w.holding = holding_for_an_hour();
    h.owe(sale, mail_cause::reminder);
    w.write_all();
    const auto failed = h.rows.list(mail_state::failed, 10);
    ASSERT_EQ(failed.size(), 1u);
    h.later = 7'200;
    w.workers.change([&](worker_transaction& tx) { return retry_mail(tx, failed[0].id, h.now()); });
    w.write_all();
    EXPECT_EQ(h.rows.list(mail_state::failed, 10).at(0).failure, mail_failure::too_late);
}

TEST(sale_mails, the_thread_writes_what_it_is_woken_for_and_stops) {
    house h;
    writer w{h};
    w.mails.start();
    h.owe_refund();
    w.mails.wake();
    for (int i = 0; i < 500 && w.written == 0; ++i) std::this_thread::sleep_for(10ms);
    EXPECT_EQ(w.written, 1);
    w.mails.stop();
    h.owe_refund();
    w.mails.wake();
    EXPECT_EQ(h.count("mail"), "1");
}

}  // namespace
}  // namespace campgate::server
