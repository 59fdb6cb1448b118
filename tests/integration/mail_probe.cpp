// The outbox and the sender without the rest of the server, for mails.test.mjs: it can be killed at
// any moment, and it writes any mail it is told to.
//   mail_probe DATABASE_URL KEY_HEX put   < one JSON object a line; tells "put" and a line for each
//   mail_probe DATABASE_URL KEY_HEX send OPTION=VALUE…   until it is stopped; tells what happens
//   mail_probe DATABASE_URL KEY_HEX list  tells each mail as JSON, newest first
#include "persistence/ownership.hpp"
#include "persistence/pg_text.hpp"
#include "persistence/worker_database.hpp"
#include "server/mail/calendar_uid.hpp"
#include "server/mail/letters.hpp"
#include "server/mail/mail_sender.hpp"
#include "server/mail/sale_news.hpp"
#include "server/mail/smtp_delivery.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <sodium.h>
#include <csignal>
#include <fstream>
#include <iostream>
#include <map>

namespace campgate::server {
namespace {

namespace json = boost::json;

instant wall_clock() {
    return std::chrono::time_point_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now());
}

std::string text_of(const json::object& from, std::string_view name) {
    const json::value* found = from.if_contains(name);
    return found != nullptr ? std::string{found->as_string()} : std::string{};
}

// Of "2027-07-05".
std::chrono::sys_days day_of(const std::string& text) {
    const auto number = [&](std::size_t at, std::size_t digits) {
        return std::stoi(text.substr(at, digits));
    };
    return std::chrono::year{number(0, 4)} / number(5, 2) / number(8, 2);
}

// Weeks as JSON: "child", "camp", "place", "days" and the number of the "hold".
mail sale_mail_of(const json::object& from, addressee to) {
    static const master_key key{secret_key::random()};
    sale_record sale;
    order& sold = sale.order.emplace();
    sold.id = {700};
    season s;
    s.by = {"Commune de Dalhem – Enfance", "4607 Dalhem", "plaines@dalhem.example", {}};
    sale_news news;
    std::uint32_t n = 0;
    for (const json::value& each : from.at("weeks").as_array()) {
        const json::object& week = each.as_object();
        ++n;
        camp of;
        of.id = {n};
        of.name.fr = text_of(week, "camp");
        of.place = text_of(week, "place");
        s.camps.push_back(of);
        camp_week bookable;
        bookable.id = {n};
        bookable.camp = {n};
        for (const json::value& day : week.at("days").as_array())
            bookable.days.push_back(day_of(std::string{day.as_string()}));
        s.weeks.push_back(bookable);
        news.children[{n}] = text_of(week, "child");
        order_line line;
        line.state = line_state::booked;
        line.hold = {static_cast<std::uint64_t>(week.at("hold").as_int64())};
        line.child = {n};
        line.week = {n};
        sold.lines.push_back(line);
        sale.seats.push_back({seat_event::end, line.hold, line.week, {1}, line.child, {}, {}});
    }
    const bool cancelled = text_of(from, "kind") == "booking_cancelled";
    news.cause = cancelled ? mail_cause::booking_cancelled : mail_cause::booked;
    news.what = {{812}, wall_clock(), server_actor, std::move(sale)};
    news.parent.id = {to.family.value};
    news.parent.given_name = to.given_name;
    news.parent.family_name = to.family_name;
    news.parent.email = to.email;
    news.parent.language = code_of(to.in);
    const json::value* confirmed = from.if_contains("confirmed");
    news.parent.email_confirmed = confirmed == nullptr || confirmed->as_bool();
    news.published = std::make_shared<const season>(std::move(s));
    news.now = wall_clock();
    news.public_url = "https://camps.example";
    news.event_uid = [](hold_id hold) { return calendar_uid(key, hold); };
    return std::get<mail>(letter_for(news));
}

mail mail_of(const json::object& from) {
    const addressee to{family_id{1}, text_of(from, "given_name"), text_of(from, "family_name"),
                       text_of(from, "email"), [&] {
                           for (const language in : all_languages) {
                               if (code_of(in) == text_of(from, "language")) return in;
                           }
                           return language::fr;
                       }()};
    mail made;
    if (text_of(from, "kind") == "recap" || text_of(from, "kind") == "booking_cancelled") {
        made = sale_mail_of(from, to);
    } else if (text_of(from, "kind") == "readiness_reminder") {
        std::vector<missing_of_child> children;
        for (const json::value& each : from.at("children").as_array()) {
            missing_of_child child{text_of(each.as_object(), "name"), {}};
            for (const json::value& code : each.at("missing").as_array())
                child.missing.push_back({std::string{code.as_string()}, {}});
            children.push_back(std::move(child));
        }
        made = readiness_reminder(to, text_of(from, "cause"), {}, children, std::nullopt,
                                  "https://camps.example/#/");
    } else {
        made = email_confirmation(to, text_of(from, "link"));
    }
    if (const json::value* all = from.if_contains("attachments")) {
        for (const json::value& each : all->as_array()) {
            const json::object& a = each.as_object();
            made.attachments.push_back(
                {text_of(a, "name"), text_of(a, "type"), text_of(a, "bytes")});
        }
    }
    return made;
}

int put(const std::string& url, const secret_key& key) {
    const mail_outbox box{std::get<mail_templates>(mail_templates::load({})), key, "dalhem.example",
                          [] {
                              return letterhead{"Commune de Dalhem – Enfance", "4607 Dalhem",
                                                "plaines@dalhem.example", "https://camps.example",
                                                *time_zone::find("Europe/Brussels")};
                          }};
    // Takes the database over, as a server would, with the migrations.
    pg_connection connection{url};
    take_options how;
    how.owner_is_dead = true;
    const owner_id owner = make_owner_id();
    const taken got = take_ownership(connection, owner, how);
    worker_database database{url, [&] { return fence{owner, got.owned->epoch}; }};
    for (std::string line; std::getline(std::cin, line);) {
        const mail m = mail_of(json::parse(line).as_object());
        bool made = false;
        database.change([&](worker_transaction& tx) {
            made = box.put(tx, m, wall_clock());
            return true;
        });
        std::cout << (made ? "put" : "known") << std::endl;
    }
    return 0;
}

int send(const std::string& url, const secret_key& key, std::map<std::string, std::string> with) {
    const auto ms = [&](const char* name, int usual) {
        return std::chrono::milliseconds{with.contains(name) ? std::stoi(with[name]) : usual};
    };
    smtp_settings s;
    s.server = with.contains("server") ? with["server"] : "127.0.0.1";
    s.port = static_cast<std::uint16_t>(std::stoi(with["port"]));
    s.tls = mail_tls_of(with["tls"]).value();
    s.ca_file = with["ca"];
    s.user = with["user"];
    s.password = with["password"];
    s.from = {"Dalhem – Enfance", "plaines@dalhem.example"};
    s.greeting = "dalhem.example";
    s.timeout = ms("timeout", 5'000);
    smtp_delivery delivery{s};
    mail_store store{url, key};
    mail_sender sender{
        store,
        delivery,
        {ms("retry", 20), ms("retry_max", 100), 6, ms("lease", 10'000), std::chrono::days{30}},
        wall_clock,
        [] { return randombytes_random(); },
        {[] { std::cout << "sent" << std::endl; },
         [](mail_failure why, bool for_good) {
             std::cout << (for_good ? "failed " : "again ") << campgate::name_of(why) << std::endl;
         },
         [](const mail_counts&) {},
         [](std::string_view event) { std::cout << event << std::endl; }}};
    sigset_t stops;
    sigemptyset(&stops);
    sigaddset(&stops, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &stops, nullptr);
    sender.start();
    std::cout << "sending" << std::endl;
    int which = 0;
    sigwait(&stops, &which);
    sender.stop();
    return 0;
}

int list(const std::string& url, const secret_key& key) {
    mail_store store{url, key};
    json::array all;
    for (const mail_row& row : store.latest(1'000)) {
        all.push_back(json::object{{"id", row.id.value},
                                   {"state", campgate::name_of(row.state)},
                                   {"failure", campgate::name_of(row.failure)},
                                   {"attempts", row.attempts}});
    }
    std::cout << json::serialize(all) << std::endl;
    return 0;
}

int run(const std::vector<std::string>& words) {
    if (words.size() < 3 || sodium_init() < 0) return 2;
    const auto key = secret_key::of(bytes_of_hex(words[1]).value_or(""));
    if (!key) return 2;
    if (words[2] == "put") return put(words[0], *key);
    if (words[2] == "list") return list(words[0], *key);
    std::map<std::string, std::string> with;
    for (std::size_t i = 3; i < words.size(); ++i) {
        const auto at = words[i].find('=');
        with[words[i].substr(0, at)] = words[i].substr(at + 1);
    }
    return send(words[0], *key, std::move(with));
}

}  // namespace
}  // namespace campgate::server

int main(int count, char** words) {
    std::signal(SIGPIPE, SIG_IGN);
    return campgate::server::run({words + 1, words + count});
}
