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

parent_row parent(std::uint64_t n) {
    parent_row p;
    p.id = {n};
    p.given_name = "Anne-\xc3\x89lo\xc3\xafse";
    p.family_name = "O'Neill \\ \"{},NULL";
    p.niss =
        niss::make(1980, 1, 1 + static_cast<unsigned>(n / 998), 1 + static_cast<unsigned>(n % 998));
    p.birth_date = std::chrono::year{1969} / 12 / 31;
    p.address = postal_address{"Rue \"du Moulin\"", "12", "", "4607", "Dalhem", "BE"};
    p.phone = "+32470000000";
    p.email = "anne@example.org";
    p.language = "de";
    p.email_confirmed = true;
    p.registered_at = instant{5s};
    return p;
}

child_row child(std::uint64_t id) {
    child_row c;
    c.id = {id};
    c.birth_date = std::chrono::year{1969} / 12 / 31;
    return c;
}

family_row family(std::uint64_t n) {
    family_row f;
    f.id = {n};
    f.home = {"4607", instant{3s}, "4000", n % 2 == 0};
    f.version = n;
    f.parents = {parent(n)};
    child_row first = child(n * 8);
    first.family_name = "B\xe1\xba\xa3o";
    first.birth_date = std::chrono::year{2019} / 5 / 2;
    first.niss = niss::make(2019, 5, 2, 1 + static_cast<unsigned>(n % 998));
    if (n > 998) first.niss.reset();
    first.site = "berneau";
    first.school_year = "P3";
    first.sheet_validated_at = instant{1'000'000us};
    first.sheet_draft_at = instant{2'000'000us};
    first.invoiceable_parent = actor_id{n};
    f.children = {first, child(n * 8 + 1)};
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
    write_families(connection, key(), families);
    EXPECT_EQ(load_families(connection, key()), families);
    EXPECT_EQ(count_families(connection), 4500u);
}

TEST(family_store, writing_again_replaces_whole_families) {
    const std::string url = owned_database();
    pg_connection connection(url);
    const std::vector<family_row> before{family(1), family(2)};
    write_families(connection, key(), before);
    family_row moved = family(2);
    moved.home.postcode = "4670";
    moved.children.pop_back();
    moved.version = 9;
    write_families(connection, key(), std::vector{moved});
    EXPECT_EQ(load_families(connection, key()), (std::vector{family(1), moved}));
}

TEST(family_store, one_bad_family_writes_none) {
    const std::string url = owned_database();
    pg_connection connection(url);
    std::vector<family_row> families{family(1), family(2)};
    families[1].parents[0].niss = families[0].parents[0].niss;
    EXPECT_THROW(write_families(connection, key(), families), database_error);
    EXPECT_EQ(load_families(connection, key()), std::vector<family_row>{});
}

TEST(family_store, another_master_key_opens_nothing_and_is_noticed) {
    const std::string url = owned_database();
    pg_connection connection(url);
    load_instance_key(connection);
    EXPECT_TRUE(check_master_key(connection, key()));
    EXPECT_TRUE(check_master_key(connection, key()));
    write_families(connection, key(), std::vector{family(1)});
    const master_key other{secret_key::random()};
    EXPECT_FALSE(check_master_key(connection, other));
    EXPECT_TRUE(master_key_fits(connection, &key()));
    EXPECT_FALSE(master_key_fits(connection, &other));
    EXPECT_FALSE(master_key_fits(connection, nullptr));
    pg_connection empty(new_database());
    EXPECT_TRUE(master_key_fits(empty, nullptr));
    EXPECT_THROW(load_families(connection, other), database_error);
}

TEST(family_store, a_child_without_its_wrapped_key_is_erased) {
    const std::string url = owned_database();
    pg_connection connection(url);
    write_families(connection, key(), std::vector{family(1)});
    sql(url, "UPDATE child SET wrapped_key = NULL, file = NULL, niss_hash = NULL WHERE id = 8");
    family_row left = family(1);
    left.children.erase(left.children.begin());
    EXPECT_EQ(load_families(connection, key()), std::vector{left});
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
    s.staff = n == 2;
    s.by_provider = n == 1;
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
    const std::vector<login_seen> seen{{touched.id_hash, touched.seen},
                                       {session(9).id_hash, instant{7s}}};
    store.sweep(seen, {});
    EXPECT_EQ(store.load(instant{150s}), std::vector{touched});
    // An older sight of it changes nothing.
    store.sweep(std::vector<login_seen>{{touched.id_hash, instant{20s}}}, {});
    EXPECT_EQ(store.load(instant{150s}), std::vector{touched});
    store.insert(session(3));
    store.sweep({}, std::vector{session(3).id_hash});
    EXPECT_EQ(store.load(instant{150s}), std::vector{touched});
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
