// Supporting documents in a real database (S30): sealed under their parent's key, each for itself;
// used once, and forgotten in time.
#include "persistence/document_store.hpp"
#include "persistence/pg_text.hpp"
#include "persistence/request_store.hpp"
#include "tests/integration/persistence/test_database.hpp"

#include <gtest/gtest.h>

#include <atomic>

namespace campgate::test {
namespace {

using namespace std::chrono_literals;

family_row family(std::uint64_t id) {
    family_row row;
    row.id = {id};
    parent_row parent;
    parent.id = {id};
    parent.given_name = "Anne";
    parent.family_name = "Lambert";
    row.parents.push_back(parent);
    child_row child;
    child.id = {id * 10};
    child.given_name = "Léa";
    child.family_name = "Lambert";
    row.children.push_back(child);
    return row;
}

struct prepared {
    std::string url = new_database();
    ownership by = own(url);
    worker_database workers{url, [this] { return fence{by.owner, by.epoch}; }};

    prepared() {
        pg_connection connection(url);
        write_families(connection, key(), std::vector{family(1), family(2)});
    }
    bool put(std::uint64_t of, std::uint64_t id, instant at, std::string bytes = "%PDF") {
        stored_document made;
        made.id = {0, id};
        made.family = {of};
        made.parent = {of};
        made.kind = document_kind::pdf;
        made.made_at = at;
        made.bytes = std::move(bytes);
        return workers.change(
            [&](worker_transaction& work) { return put_document(work, key(), made); });
    }
    std::optional<stored_document> load(std::uint64_t id) {
        std::optional<stored_document> found;
        workers.read([&](worker_transaction& work) {
            found = load_document(work, key(), {0, id});
        });
        return found;
    }
    request_id ask(std::uint64_t of, std::uint64_t hold) {
        request_id made;
        workers.change([&](worker_transaction& work) {
            made = put_request(work, key(),
                               {request_kind::cancellation,
                                {of},
                                {of},
                                child_id{of * 10},
                                "Ill",
                                {},
                                instant{1s},
                                hold_id{hold}});
            return true;
        });
        return made;
    }
    bool use(std::uint64_t id, std::uint64_t of, request_id request) {
        return workers.change([&](worker_transaction& work) {
            return use_document(work, {0, id}, family_id{of}, request);
        });
    }
    std::uint64_t drop(instant unused, instant decided, bool dry) {
        std::uint64_t count = 0;
        workers.change([&](worker_transaction& work) {
            count = drop_documents(work, unused, decided, dry);
            return true;
        });
        return count;
    }
};

TEST(document_store, gives_back_what_was_put_and_keeps_it_sealed) {
    prepared db;
    ASSERT_TRUE(db.put(1, 7, instant{1s}, "%PDF carambole"));
    const auto found = db.load(7);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->bytes, "%PDF carambole");
    EXPECT_EQ(found->family, family_id{1});
    EXPECT_FALSE(found->request);
    EXPECT_EQ(sql(db.url, "SELECT position('carambole'::bytea IN sealed) FROM document"), "0");
    EXPECT_FALSE(db.load(8));
    EXPECT_FALSE(db.put(3, 9, instant{1s})) << "there is no such parent";
}

TEST(document_store, one_is_not_passed_off_as_another) {
    prepared db;
    db.put(1, 7, instant{1s}, "one");
    db.put(1, 8, instant{2s}, "two");
    sql(db.url,
        "UPDATE document SET sealed = (SELECT sealed FROM document WHERE id = "
        "'00000000-0000-0000-0000-000000000007') WHERE id = "
        "'00000000-0000-0000-0000-000000000008'");
    EXPECT_THROW(db.load(8), database_error);
}

TEST(document_store, an_erased_parent_erases_its_documents) {
    prepared db;
    db.put(1, 7, instant{1s});
    db.put(2, 8, instant{1s});
    sql(db.url, "UPDATE parent SET wrapped_key = NULL, file = NULL WHERE id = 1");
    EXPECT_FALSE(db.load(7));
    sql(db.url, "DELETE FROM parent WHERE id = 2");
    EXPECT_EQ(sql(db.url, "SELECT count(*) FROM document WHERE family = 2"), "0");
}

TEST(document_store, only_the_newest_unused_ones_stay) {
    prepared db;
    const request_id request = db.ask(1, 99);
    db.put(1, 1, instant{1s});
    ASSERT_TRUE(db.use(1, 1, request));
    for (std::uint64_t id = 2; id < 9; ++id) db.put(1, id, instant{std::chrono::seconds{id}});
    db.put(2, 20, instant{1s});
    EXPECT_TRUE(db.load(1)) << "a request names it";
    EXPECT_FALSE(db.load(2));
    EXPECT_FALSE(db.load(3));
    EXPECT_TRUE(db.load(4));
    EXPECT_TRUE(db.load(20));
}

TEST(document_store, a_document_has_one_request_and_a_request_one_document) {
    prepared db;
    const request_id first = db.ask(1, 98);
    const request_id second = db.ask(1, 99);
    EXPECT_NE(first, second);
    EXPECT_EQ(db.ask(1, 98), first);
    db.put(1, 1, instant{1s});
    db.put(1, 2, instant{1s});
    EXPECT_FALSE(db.use(1, 2, first)) << "another family's";
    EXPECT_TRUE(db.use(1, 1, first));
    EXPECT_TRUE(db.use(1, 1, first));
    EXPECT_FALSE(db.use(1, 1, second));
    EXPECT_TRUE(db.use(2, 1, first)) << "in its place";
    EXPECT_FALSE(db.load(1));
    EXPECT_EQ(db.load(2)->request, first);
}

TEST(document_store, what_nobody_needs_goes_in_time) {
    prepared db;
    const request_id pending = db.ask(1, 98);
    const request_id decided = db.ask(1, 99);
    for (std::uint64_t id = 1; id < 4; ++id) db.put(1, id, instant{10s});
    db.use(1, 1, pending);
    db.use(2, 1, decided);
    db.workers.change([&](worker_transaction& work) {
        decide_request(work, key(), *load_request(work, key(), decided), request_state::accepted,
                       {9}, instant{20s}, "");
        return true;
    });
    EXPECT_EQ(db.drop(instant{10s}, instant{20s}, false), 0U);
    EXPECT_EQ(db.drop(instant{11s}, instant{21s}, true), 2U);
    EXPECT_EQ(db.drop(instant{11s}, instant{20s}, false), 1U);
    EXPECT_FALSE(db.load(3));
    EXPECT_EQ(db.drop(instant{11s}, instant{21s}, false), 1U);
    EXPECT_FALSE(db.load(2));
    EXPECT_TRUE(db.load(1)) << "its request waits";
}

}  // namespace
}  // namespace campgate::test
