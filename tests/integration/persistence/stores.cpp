// Family files, login sessions and the instance's secret, in a real database.
#include "persistence/family_store.hpp"
#include "persistence/instance_key.hpp"
#include "persistence/login_session_store.hpp"
#include "tests/integration/persistence/test_database.hpp"

#include <gtest/gtest.h>

namespace campgate::test {
namespace {

using namespace std::chrono_literals;

std::string owned_database() {
    const std::string url = new_database();
    own(url);
    return url;
}

family_row family(std::uint64_t n) {
    family_row f;
    f.id = {n};
    f.postcode = "4607";
    f.version = n;
    f.parents = {{{n}, "Anne-\xc3\x89lo\xc3\xafse", "O'Neill \\ \"{},NULL"}};
    f.children = {{{n * 8},
                   "",
                   std::chrono::year{2019} / 5 / 2,
                   price_class::school,
                   instant{1'000'000us},
                   actor_id{n}},
                  {{n * 8 + 1},
                   "B\xe1\xba\xa3o",
                   std::chrono::year{1969} / 12 / 31,
                   price_class::other,
                   std::nullopt,
                   std::nullopt}};
    return f;
}

TEST(family_store, families_come_back_as_they_were_written) {
    const std::string url = owned_database();
    pg_connection connection(url);
    std::vector<family_row> families;
    for (std::uint64_t n = 1; n <= 4500; ++n) families.push_back(family(n));
    families[7].children.clear();
    families[8].parents.clear();
    families[8].children[0].invoiceable_parent.reset();
    write_families(connection, families);
    EXPECT_EQ(load_families(connection), families);
    EXPECT_EQ(count_families(connection), 4500u);
}

TEST(family_store, writing_again_replaces_whole_families) {
    const std::string url = owned_database();
    pg_connection connection(url);
    const std::vector<family_row> before{family(1), family(2)};
    write_families(connection, before);
    family_row moved = family(2);
    moved.postcode = "4670";
    moved.children.pop_back();
    moved.version = 9;
    write_families(connection, std::vector{moved});
    EXPECT_EQ(load_families(connection), (std::vector{family(1), moved}));
}

TEST(family_store, one_bad_family_writes_none) {
    const std::string url = owned_database();
    pg_connection connection(url);
    std::vector<family_row> families{family(1), family(2)};
    families[1].parents[0].given_name = "\xff";
    EXPECT_THROW(write_families(connection, families), database_error);
    EXPECT_EQ(load_families(connection), std::vector<family_row>{});
}

login_session_row session(unsigned char n) {
    login_session_row s;
    s.id_hash.fill(n);
    s.actor = {n};
    s.family = {n + 1u};
    s.csrf = "0123456789abcdef0123456789abcdef";
    s.created = instant{1s};
    s.seen = instant{2s};
    s.expires = instant{std::chrono::seconds{n * 100}};
    return s;
}

TEST(login_session_store, keeps_what_has_not_expired) {
    login_session_store store(owned_database());
    store.insert(session(1));
    store.insert(session(2));
    store.insert(session(2));
    EXPECT_EQ(store.load(instant{99s}), (std::vector{session(1), session(2)}));
    EXPECT_EQ(store.load(instant{100s}), std::vector{session(2)});
    login_session_row touched = session(2);
    touched.seen = instant{150s};
    touched.expires = instant{900s};
    store.touch(touched.id_hash, touched.seen, touched.expires);
    EXPECT_EQ(store.load(instant{300s}), std::vector{touched});
    store.remove(touched.id_hash);
    store.remove(touched.id_hash);
    EXPECT_EQ(store.load(instant{}), std::vector<login_session_row>{});
}

TEST(login_session_store, connects_again_when_its_session_was_ended) {
    const std::string url = owned_database();
    login_session_store store(url);
    store.insert(session(1));
    sql(url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'campgate logins' AND datname = current_database()");
    store.insert(session(2));
    EXPECT_EQ(store.load(instant{}).size(), 2u);
}

TEST(instance_key, is_made_once_and_differs_between_installations) {
    const std::string url = owned_database();
    pg_connection connection(url);
    const instance_key key = load_instance_key(connection);
    EXPECT_EQ(load_instance_key(connection), key);
    EXPECT_NE(key, instance_key{});
    pg_connection other(owned_database());
    EXPECT_NE(load_instance_key(other), key);
}

}  // namespace
}  // namespace campgate::test
