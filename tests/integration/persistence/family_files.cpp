// Changes of family files and what memory has of them afterwards, against a real database: facts
// for the rules at once, the newer of two changes, first logins (S10, S11).
#include "server/family_files.hpp"

#include "persistence/request_store.hpp"
#include "tests/integration/persistence/test_database.hpp"

#include <gtest/gtest.h>
#include <thread>

namespace campgate::server {
namespace {

using namespace std::chrono_literals;
using test::key;

season_view view_of(const std::string& postcode) {
    season s;
    s.by.postcodes = {postcode};
    season_view view;
    view.published = std::make_shared<const season>(s);
    return view;
}

struct house {
    std::string url = test::new_database();
    ownership by = test::own(url);
    worker_database workers{url, [this] { return fence{by.owner, by.epoch}; }};
    views seen;
    family_directory directory;
    std::vector<family_id> told;
    std::mutex told_mutex;
    family_files files{workers, key(), seen, directory, [this](family_id family) {
                           const std::lock_guard lock{told_mutex};
                           told.push_back(family);
                       }};

    house() {
        seen.season.store(std::make_shared<const season_view>(view_of("4607")));
        pg_connection connection{url};
        std::vector<family_row> rows;
        for (const std::uint64_t n : {1U, 2U}) {
            family_row f;
            f.id = {n};
            f.home.postcode = "4607";
            parent_row p;
            p.id = {n};
            p.given_name = "Anne";
            p.niss = niss::make(1985, 7, 30, static_cast<unsigned>(n));
            f.parents = {p};
            child_row c;
            c.id = {n * 8};
            c.birth_date = std::chrono::year{2019} / 5 / 2;
            c.invoiceable_parent = p.id;
            f.children = {c};
            rows.push_back(std::move(f));
        }
        write_families(connection, key(), rows);
        files.load_all(connection);
    }

    change_result validate_sheet(instant at, std::optional<std::uint64_t> expected = {}) {
        return files.change({1}, expected, [&](worker_transaction& work) {
            set_sheet_dates(work, {8}, at, std::nullopt);
            return true;
        });
    }
    child_facts facts() { return seen.facts.find({1})->children.front(); }
};

TEST(family_files, a_change_is_in_the_facts_before_it_returns) {
    house h;
    EXPECT_EQ(h.facts().charged_as, price_class::resident);
    EXPECT_EQ(h.facts().sheet_validated_at, std::nullopt);
    const change_result result = h.validate_sheet(instant{5s});
    EXPECT_EQ(result.is, change_outcome::changed);
    EXPECT_EQ(result.version, 2U);
    EXPECT_EQ(h.facts().sheet_validated_at, instant{5s});
    EXPECT_EQ(h.seen.facts.find({1})->version, 2U);
    EXPECT_EQ(h.directory.find({1})->version, 2U);
    EXPECT_EQ(h.told, std::vector{family_id{1}});
}

TEST(family_files, an_old_version_changes_nothing_and_a_refusal_neither) {
    house h;
    EXPECT_EQ(h.validate_sheet(instant{5s}, 7).is, change_outcome::precondition_failed);
    EXPECT_EQ(h.validate_sheet(instant{5s}, 1).version, 2U);
    EXPECT_EQ(h.validate_sheet(instant{6s}, 1).is, change_outcome::precondition_failed);
    EXPECT_EQ(h.facts().sheet_validated_at, instant{5s});
    EXPECT_EQ(h.files.change({1}, {}, [](worker_transaction&) { return false; }).is,
              change_outcome::declined);
    EXPECT_EQ(h.files.change({99}, {}, [](worker_transaction&) { return true; }).is,
              change_outcome::not_found);
    EXPECT_EQ(h.directory.find({1})->version, 2U);
}

TEST(family_files, of_changes_at_once_the_newest_stays_in_memory) {
    house h;
    constexpr int each = 20;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&h, t] {
            for (int i = 0; i < each; ++i)
                h.validate_sheet(instant{std::chrono::seconds{1 + t * each + i}});
        });
    }
    for (std::thread& t : threads) t.join();
    const auto file = h.directory.find({1});
    EXPECT_EQ(file->version, 1U + 4 * each);
    EXPECT_EQ(h.seen.facts.find({1})->version, file->version);
    pg_connection connection{h.url};
    EXPECT_EQ(load_families(connection, key()).front(), *file);
    EXPECT_EQ(h.facts().sheet_validated_at, file->children.front().sheet_validated_at);
}

TEST(family_files, changes_that_touch_two_families_never_wait_for_each_other_for_ever) {
    house h;
    const auto touch_both = [&h](family_id first, family_id second) {
        for (int i = 0; i < 20; ++i) {
            const std::array also{second};
            EXPECT_EQ(h.files
                          .change(
                              first, {}, [](worker_transaction&) { return true; }, also)
                          .is,
                      change_outcome::changed);
        }
    };
    std::thread one{touch_both, family_id{1}, family_id{2}};
    std::thread other{touch_both, family_id{2}, family_id{1}};
    one.join();
    other.join();
    EXPECT_EQ(h.directory.find({1})->version, 41U);
    EXPECT_EQ(h.directory.find({2})->version, 41U);
}

TEST(family_files, a_stale_owner_changes_nothing_and_memory_stays_what_the_tables_say) {
    house h;
    test::own(h.url);
    EXPECT_THROW(h.validate_sheet(instant{5s}), not_owner_error);
    EXPECT_EQ(h.facts().sheet_validated_at, std::nullopt);
    EXPECT_TRUE(h.files.resolve_doubts());
    EXPECT_EQ(h.directory.find({1})->version, 1U);
}

TEST(family_files, what_is_loaded_at_start_is_what_was_changed_before) {
    house h;
    h.validate_sheet(instant{5s});
    views seen;
    seen.season.store(h.seen.season.load());
    family_directory directory;
    family_files again{h.workers, key(), seen, directory, [](family_id) {}};
    pg_connection connection{h.url};
    again.load_all(connection);
    EXPECT_EQ(*directory.find({1}), *h.directory.find({1}));
    EXPECT_EQ(seen.facts.find({1})->children.front().sheet_validated_at, instant{5s});
}

TEST(family_files, R8_another_season_is_another_set_of_classes) {
    house h;
    h.seen.season.store(std::make_shared<const season_view>(view_of("4000")));
    h.files.season_changed();
    EXPECT_EQ(h.facts().charged_as, price_class::other);
}

TEST(family_files, S10_a_known_number_is_that_parent_and_names_follow_the_login) {
    house h;
    const identity who{niss::make(1985, 7, 30, 1), "Anne-Marie", "Lambert", std::nullopt};
    const identified found = h.files.identify(who);
    EXPECT_EQ(found.family, family_id{1});
    EXPECT_FALSE(found.registered);
    EXPECT_EQ(full_name(h.directory.find({1})->parents.front()), "Anne-Marie Lambert");
    const auto version = h.directory.find({1})->version;
    h.files.identify(who);
    EXPECT_EQ(h.directory.find({1})->version, version);
}

TEST(family_files, S11_an_unknown_number_is_one_new_family_however_often_at_once) {
    house h;
    const identity who{niss::make(1990, 1, 1, 5), "New", "Parent", std::nullopt};
    std::vector<identified> found(8);
    std::vector<std::thread> threads;
    for (identified& each : found) threads.emplace_back([&] { each = h.files.identify(who); });
    for (std::thread& t : threads) t.join();
    for (const identified& each : found) {
        EXPECT_EQ(each.family, found.front().family);
        EXPECT_EQ(each.actor, found.front().actor);
    }
    EXPECT_GT(found.front().family.value, 1'000'000U);
    EXPECT_TRUE(h.directory.find(found.front().family));
    EXPECT_EQ(h.directory.size(), 3U);
}

TEST(family_files, a_closed_child_is_unknown_to_the_rules_whatever_is_published) {
    house h;
    const auto known = [&] { return h.seen.facts.find({1})->children.size(); };
    ASSERT_EQ(known(), 1U);
    {
        const closed_to_holds first{h.files, {1}, child_id{8}};
        EXPECT_EQ(known(), 0U);
        h.validate_sheet(instant{1s});
        h.files.season_changed();
        EXPECT_EQ(known(), 0U);
        {
            const closed_to_holds second{h.files, {1}, child_id{8}};
            EXPECT_EQ(known(), 0U);
        }
        EXPECT_EQ(known(), 0U) << "the first is not over";
        EXPECT_EQ(h.seen.facts.find({2})->children.size(), 1U);
    }
    EXPECT_EQ(known(), 1U);
    const closed_to_holds whole{h.files, {1}, std::nullopt};
    EXPECT_EQ(known(), 0U);
}

}  // namespace
}  // namespace campgate::server
