// What workers change, in a real database: committed only while this process owns it (DESIGN §4),
// on connections that may have died; and what the database keeps of people.
#include "persistence/worker_database.hpp"
#include "persistence/family_store.hpp"
#include "persistence/pg_text.hpp"
#include "persistence/pqxx_compat.hpp"
#include "persistence/request_store.hpp"
#include "persistence/staff_store.hpp"
#include "tests/integration/persistence/test_database.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <atomic>
#include <fstream>
#include <thread>

namespace campgate::test {
namespace {

using namespace std::chrono_literals;

struct owned {
    std::string url = new_database();
    ownership by = own(url);
    std::atomic<std::uint64_t> epoch{by.epoch};
    worker_database workers{url, [this] { return fence{by.owner, epoch.load()}; }};

    bool add_staff_member(unsigned serial) {
        return workers.change([&](worker_transaction& work) {
            return add_staff(work, key(), niss::make(1985, 7, 30, serial), instant{1s});
        });
    }
    std::string staff_count() { return sql(url, "SELECT count(*) FROM staff"); }
    void cut_connections() {
        sql(url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'campgate workers' AND datname = current_database()");
    }
};

TEST(worker_database, a_change_is_committed_or_undone_whole) {
    owned db;
    EXPECT_TRUE(db.add_staff_member(1));
    EXPECT_FALSE(db.add_staff_member(1));
    EXPECT_FALSE(db.workers.change([&](worker_transaction& work) {
        add_staff(work, key(), niss::make(1985, 7, 30, 2), instant{1s});
        return false;
    }));
    EXPECT_THROW(db.workers.change([&](worker_transaction& work) -> bool {
        add_staff(work, key(), niss::make(1985, 7, 30, 3), instant{1s});
        throw std::runtime_error("no");
    }),
                 std::runtime_error);
    EXPECT_EQ(db.staff_count(), "1");
}

TEST(worker_database, a_stale_owner_cannot_commit) {
    owned db;
    EXPECT_TRUE(db.add_staff_member(1));
    own(db.url);
    EXPECT_THROW(db.add_staff_member(2), not_owner_error);
    EXPECT_EQ(db.staff_count(), "1");
}

TEST(worker_database, an_epoch_that_rose_under_the_same_owner_is_looked_up_again) {
    owned db;
    sql(db.url, "UPDATE writer SET epoch = epoch + 1");
    EXPECT_THROW(db.add_staff_member(1), not_owner_error);
    db.epoch.fetch_add(1);
    EXPECT_TRUE(db.add_staff_member(1));
}

TEST(worker_database, a_transaction_that_an_error_ended_is_no_success) {
    owned db;
    EXPECT_THROW(db.workers.change([&](worker_transaction& work) {
        add_staff(work, key(), niss::make(1985, 7, 30, 1), instant{1s});
        try {
            work.raw().exec("SELECT 1 / 0");
        } catch (const pqxx::sql_error&) {
            // Forgotten by a careless caller.
        }
        return true;
    }),
                 database_error);
    EXPECT_EQ(db.staff_count(), "0");
}

TEST(worker_database, a_connection_that_died_is_replaced_once) {
    owned db;
    EXPECT_TRUE(db.add_staff_member(1));
    db.cut_connections();
    EXPECT_TRUE(db.add_staff_member(2));
    int runs = 0;
    EXPECT_THROW(db.workers.change([&](worker_transaction&) {
        ++runs;
        db.cut_connections();
        return true;
    }),
                 database_error);
    EXPECT_GE(runs, 1);
    EXPECT_EQ(db.staff_count(), "2");
}

TEST(worker_database, a_read_sees_one_moment_and_writes_nothing) {
    owned db;
    db.workers.read([&](worker_transaction& work) {
        EXPECT_FALSE(is_staff(work, key(), niss::make(1985, 7, 30, 1)));
        EXPECT_TRUE(db.add_staff_member(1));
        EXPECT_FALSE(is_staff(work, key(), niss::make(1985, 7, 30, 1)));
    });
    EXPECT_THROW(db.workers.read([&](worker_transaction& work) {
        add_staff(work, key(), niss::make(1985, 7, 30, 2), instant{1s});
    }),
                 database_error);
}

TEST(worker_database, a_change_that_takes_too_long_is_ended) {
    owned db;
    EXPECT_THROW(db.workers.change([](worker_transaction& work) {
        work.raw().exec("SELECT pg_sleep(5)");
        return true;
    }),
                 database_error);
    EXPECT_TRUE(db.workers.change(
        [](worker_transaction& work) {
            work.raw().exec("SELECT pg_sleep(1.2)");
            return true;
        },
        worker_database::long_timeout));
}

family_row family() {
    family_row f;
    f.id = {1};
    parent_row p;
    p.id = {1};
    p.given_name = "Canaria";
    p.family_name = "Uniquename";
    p.niss = niss::make(1985, 7, 30, 33);
    p.address = postal_address{"Rue Introuvable", "12", "", "4607", "Dalhem", "BE"};
    p.phone = "+32470123987";
    p.email = "canaria@uniquename.example";
    f.parents = {p};
    child_row c;
    c.id = {8};
    c.given_name = "Canarino";
    c.family_name = "Uniquename";
    c.birth_date = std::chrono::year{2019} / 5 / 2;
    c.niss = niss::make(2019, 5, 2, 1);
    f.children = {c};
    return f;
}

TEST(family_store, nothing_that_names_or_finds_a_person_stands_in_the_tables) {
    owned db;
    pg_connection connection(db.url);
    write_families(connection, key(), std::vector{family()});
    for (const char* table :
         {"family", "parent", "child", "family_request", "email_confirmation"}) {
        const std::string all = sql(db.url, std::string("SELECT coalesce(string_agg(t::text, ''), "
                                                        "'') FROM ") +
                                                table + " t");
        for (const char* word : {"Canari", "Unique", "Introuvable", "470123987", "85073003328"}) {
            std::string as_bytes;
            append_hex(as_bytes, word);
            EXPECT_EQ(all.find(word), std::string::npos) << table << ' ' << word;
            EXPECT_EQ(all.find(as_bytes), std::string::npos) << table << ' ' << word;
        }
    }
}

TEST(family_store, a_person_is_found_by_number_and_by_no_other) {
    owned db;
    pg_connection connection(db.url);
    write_families(connection, key(), std::vector{family()});
    db.workers.read([](worker_transaction& work) {
        const auto parent = find_parent(work, key(), niss::make(1985, 7, 30, 33));
        ASSERT_TRUE(parent);
        EXPECT_EQ(parent->family, family_id{1});
        EXPECT_FALSE(find_parent(work, key(), niss::make(1985, 7, 30, 34)));
        const auto child = find_child(work, key(), niss::make(2019, 5, 2, 1));
        ASSERT_TRUE(child);
        EXPECT_EQ(child->id, child_id{8});
        EXPECT_FALSE(find_child(work, key(), niss::make(1985, 7, 30, 33)));
    });
}

TEST(request_store, the_same_wish_twice_is_one_request) {
    owned db;
    pg_connection connection(db.url);
    write_families(connection, key(), std::vector{family()});
    db.workers.change([](worker_transaction& work) {
        new_request wish{request_kind::residence, {1}, {1}, {}, "We moved.", {}, instant{1s}};
        const request_id first = put_request(work, key(), wish);
        EXPECT_EQ(put_request(work, key(), wish), first);
        new_request sought{request_kind::attach, {1}, {1}, {}, {}, key().keyed_hash("a", "b"), {}};
        const request_id other = put_request(work, key(), sought);
        EXPECT_NE(other, first);
        EXPECT_EQ(put_request(work, key(), sought), other);
        decide_request(work, key(), *load_request(work, key(), first), request_state::refused, {9},
                       instant{2s}, "Too late.");
        EXPECT_NE(put_request(work, key(), wish), first);
        const auto row = load_request(work, key(), first);
        EXPECT_EQ(row->note, "We moved.");
        EXPECT_EQ(row->answer, "Too late.");
        EXPECT_EQ(row->state, request_state::refused);
        // Nobody can decide on one that sought a child that is not here.
        EXPECT_EQ(pending_requests(work, key()).size(), 1U);
        return true;
    });
}

TEST(sealing, opens_only_with_the_same_key_and_use) {
    const secret_key own = secret_key::random();
    const sealed_record record{record_kind_sealed::child, 8};
    const std::string sealed = seal(own, record.part("file"), "text");
    EXPECT_EQ(open_sealed(own, record.part("file"), sealed), "text");
    EXPECT_EQ(open_sealed(own, record.part("sheet"), sealed), std::nullopt);
    EXPECT_EQ(open_sealed(own, sealed_record{record_kind_sealed::parent, 8}.part("file"), sealed),
              std::nullopt);
    EXPECT_EQ(open_sealed(secret_key::random(), record.part("file"), sealed), std::nullopt);
    std::string touched = sealed;
    touched.back() = static_cast<char>(touched.back() ^ 1);
    EXPECT_EQ(open_sealed(own, record.part("file"), touched), std::nullopt);
    EXPECT_EQ(open_sealed(own, record.part("file"), "short"), std::nullopt);
    EXPECT_NE(seal(own, record.part("file"), "text"), sealed);
    EXPECT_EQ(key().unwrap(record, key().wrap(record, own))->bytes(), own.bytes());
    EXPECT_FALSE(key().unwrap({record_kind_sealed::child, 9}, key().wrap(record, own)));
}

TEST(master_key, is_made_once_readable_by_nobody_else_and_read_back) {
    const temporary_directory folder;
    const auto file = folder.path() / "master.key";
    EXPECT_EQ(read_master_key(file), std::nullopt);
    const secret_key made = make_master_key(file);
    EXPECT_EQ(read_master_key(file)->bytes(), made.bytes());
    EXPECT_THROW(make_master_key(file), master_key_error);
    struct stat about {};
    ASSERT_EQ(stat(file.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0600U);
    ASSERT_EQ(chmod(file.c_str(), 0644), 0);
    EXPECT_THROW(read_master_key(file), master_key_error);
    ASSERT_EQ(chmod(file.c_str(), 0600), 0);
    std::ofstream{file} << "nonsense";
    EXPECT_THROW(read_master_key(file), master_key_error);
}

}  // namespace
}  // namespace campgate::test
