// The table of settings: names, values, limits, contradictions, secrets.
#include "server/settings.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace campgate::server {
namespace {

const setting& named(const std::vector<setting>& all, std::string_view name) {
    for (const setting& each : all) {
        if (each.name == name) return each;
    }
    ADD_FAILURE() << name;
    return all.front();
}

TEST(settings, every_one_has_one_name_in_three_spellings) {
    config values;
    std::set<std::string_view> names;
    for (const setting& each : settings_of(values)) {
        EXPECT_TRUE(names.insert(each.name).second) << each.name;
        EXPECT_FALSE(each.help.empty()) << each.name;
    }
    const auto all = settings_of(values);
    EXPECT_EQ(named(all, "header_timeout").flag(), "--header-timeout");
    EXPECT_EQ(named(all, "header_timeout").variable(), "CAMPGATE_HEADER_TIMEOUT");
}

TEST(settings, every_default_is_within_its_own_limits_and_reads_back) {
    config values;
    for (const setting& each : settings_of(values)) {
        const std::string before = value_text(each);
        EXPECT_EQ(assign(each, before), std::nullopt) << each.name;
        EXPECT_EQ(value_text(each), before) << each.name;
    }
    EXPECT_EQ(contradiction(values), std::nullopt);
}

TEST(settings, every_limit_and_its_neighbours) {
    config values;
    for (const setting& each : settings_of(values)) {
        if (std::holds_alternative<std::uint16_t*>(each.where) ||
            std::holds_alternative<std::uint32_t*>(each.where) ||
            std::holds_alternative<std::uint64_t*>(each.where)) {
            EXPECT_FALSE(assign(each, std::to_string(each.least))) << each.name;
            EXPECT_FALSE(assign(each, std::to_string(each.most))) << each.name;
            EXPECT_TRUE(assign(each, std::to_string(each.most + 1))) << each.name;
            if (each.least == 0) continue;
            EXPECT_TRUE(assign(each, std::to_string(each.least - 1))) << each.name;
        }
    }
}

struct text_case {
    std::string_view name;
    std::string_view text;
    std::string_view expected;  // "" : refused
};

TEST(settings, texts_become_values) {
    const text_case cases[] = {
        {"port", "0", "0"},
        {"port", "65536", ""},
        {"port", "-1", ""},
        {"port", "80 ", ""},
        {"port", "http", ""},
        {"header_limit", "16KiB", "16KiB"},
        {"header_limit", "1MiB", "1MiB"},
        {"header_limit", "9000", "9000"},
        {"header_limit", "2MiB", ""},
        {"header_limit", "8kb", ""},
        {"header_limit", "8 KiB", ""},
        {"hold", "2m", "2m"},
        {"hold", "0s", ""},
        {"hold", "120", ""},
        {"hold", "367d", ""},
        {"fresh", "on", "true"},
        {"fresh", "false", "false"},
        {"fresh", "yes", ""},
        {"log", "debug", "debug"},
        {"log", "verbose", ""},
        {"trusted_proxies", "10.0.0.0/8, ::1", "10.0.0.0/8,::1"},
        {"data", "/srv/a b", "/srv/a b"},
        {"data", "/srv\n", ""},
    };
    for (const text_case& each : cases) {
        config values;
        const auto all = settings_of(values);
        const setting& which = named(all, each.name);
        EXPECT_EQ(assign(which, each.text).has_value(), each.expected.empty())
            << each.name << ' ' << each.text;
        if (each.expected.empty()) continue;
        EXPECT_EQ(value_text(which), each.expected) << each.text;
    }
}

struct contradiction_case {
    std::string_view starts_with;  // "": none
    std::function<void(config&)> change;
};

TEST(settings, contradictions_are_named) {
    const contradiction_case cases[] = {
        {"", [](config& c) { c.listen = "0.0.0.0"; }},
        {"", [](config& c) { c.demo = true; }},
        {"",
         [](config& c) {
             c.demo = true;
             c.listen = "::1";
         }},
        {"",
         [](config& c) {
             c.demo = true;
             c.listen = "127.9.9.9";
         }},
        {"the demo",
         [](config& c) {
             c.demo = true;
             c.listen = "0.0.0.0";
         }},
        {"the demo",
         [](config& c) {
             c.demo = true;
             c.listen = "::";
         }},
        {"the demo",
         [](config& c) {
             c.demo = true;
             c.listen = "192.168.1.7";
         }},
        {"the demo",
         [](config& c) {
             c.demo = true;
             c.metrics_listen = "0.0.0.0";
         }},
        {"",
         [](config& c) {
             c.demo = true;
             c.listen = "::ffff:127.0.0.1";
         }},
        {"listen", [](config& c) { c.listen = "example.org"; }},
        {"listen", [](config& c) { c.listen = ""; }},
        {"metrics_listen", [](config& c) { c.metrics_listen = "x"; }},
        {"trusted_proxies", [](config& c) { c.trusted_proxies = {"10.0.0.1/8"}; }},
        {"proxy_protocol", [](config& c) { c.proxy_protocol = true; }},
        {"allowed_origins", [](config& c) { c.allowed_origins = {"www.dalhem.be"}; }},
        {"allowed_origins", [](config& c) { c.allowed_origins = {"https://a/b"}; }},
        {"", [](config& c) { c.allowed_origins = {"https://www.dalhem.be:8443"}; }},
        {"database and",
         [](config& c) {
             c.database = "x";
             c.database_file = "y";
         }},
        {"batch_records_max", [](config& c) { c.batch_records_max = c.intake_records_max; }},
        {"intake_headroom", [](config& c) { c.intake_headroom = c.intake_records_max; }},
        {"target_limit", [](config& c) { c.target_limit = c.header_limit; }},
        {"contended_timeout", [](config& c) { c.request_deadline = c.contended_timeout; }},
    };
    for (const contradiction_case& each : cases) {
        config values;
        each.change(values);
        const std::string found = contradiction(values).value_or("");
        EXPECT_EQ(found.empty(), each.starts_with.empty()) << found;
        EXPECT_TRUE(found.starts_with(each.starts_with)) << found;
    }
}

struct secret_case {
    std::string_view connection;
    std::string_view shown;
    bool has;
};

TEST(settings, passwords_are_recognised_and_never_shown) {
    const secret_case cases[] = {
        {"", "", false},
        {"host=db user=campgate", "host=db user=campgate", false},
        {"host=db password=x", "(hidden)", true},
        {"host=db PASSWORD = 'x'", "(hidden)", true},
        {"postgres://db/campgate", "postgres://db/campgate", false},
        {"postgres://u@db/campgate", "postgres://u@db/campgate", false},
        {"postgresql://u:p@db/campgate", "postgresql://u:***@db/campgate", true},
        {"postgres://u:p@q@db", "postgres://u:***@db", true},
        {"postgres://u:p:q@db?x=1", "postgres://u:***@db?x=1", true},
        {"postgres://db:5432/c", "postgres://db:5432/c", false},
        {"postgres://db/c?password=x", "(hidden)", true},
        {"postgres://db/c?p%61ssword=x", "(hidden)", true},
        {"postgres://db/c?sslpassword=x", "(hidden)", true},
        {"postgresql:///c?host=%2Frun%2Fpg", "postgresql:///c?host=%2Frun%2Fpg", false},
    };
    for (const secret_case& each : cases) {
        EXPECT_EQ(has_password(each.connection), each.has) << each.connection;
        EXPECT_EQ(without_password(each.connection), each.shown) << each.connection;
    }
}

}  // namespace
}  // namespace campgate::server
