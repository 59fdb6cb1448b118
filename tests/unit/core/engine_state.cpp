// The state as tables: effects, digests, what is restored and what is not.
#include "core/record_codec.hpp"

#include "tests/unit/core/small_world.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace campgate {
namespace {

using namespace small_world;
using enum place_mode;

// A world with something of everything: holds, retired and restored seats, moved openings, keys.
class busy_world : public world {
public:
    busy_world() : world({4, 2, 70}) {
        place(1, 1, all, {{{1}, child_of(1, 1)}, {{1}, child_of(1, 2)}, {{2}, child_of(1, 1)}});
        place(2, 2, each, {{{2}, child_of(2, 1)}, {{2}, child_of(2, 2)}, {{3}, child_of(2, 1)}});
        run(release_command{{1}, {1}, rules.holds_of({1})[1].hold});
        run(set_capacity_command{{1}, 2});
        run(set_capacity_command{{1}, 3});
        run(set_capacity_command{{3}, 71});
        run(set_opening_command{{{3}}, opening_time + 5min});
        place(3, 1, each, {{{3}, child_of(3, 1)}}, open_now + 1h);
    }
};

// As the tables hold it: the dump, with the keys' records beside them.
stored_state stored(const world& w) {
    stored_state s = w.rules.dump();
    for (stored_key& key : s.keys) {
        for (const record& r : w.journal) {
            if (r.sequence == key.row.sequence) key.record_body = encode(r).body;
        }
    }
    return s;
}

TEST(engine_state, the_journal_folded_is_the_state) {
    const busy_world w;
    engine again;
    for (const record& r : w.journal) again.apply(*decode(encode(r)));
    EXPECT_EQ(again.dump(), w.rules.dump());
    EXPECT_EQ(again.digest(), w.rules.digest());
}

TEST(engine_state, restored_is_equal_and_goes_on_equally) {
    busy_world w;
    world again;
    ASSERT_EQ(again.rules.restore(stored(w)), std::nullopt);
    EXPECT_EQ(again.rules.dump(), w.rules.dump());
    EXPECT_EQ(again.rules.digest(), w.rules.digest());
    EXPECT_EQ(*again.rules.current_season(), *w.rules.current_season());
    EXPECT_EQ(again.rules.next_deadline(), w.rules.next_deadline());
    for (world* each_world : std::initializer_list<world*>{&w, &again}) {
        EXPECT_EQ(each_world->place(2, 2, each, {}).kind, decision_kind::replayed);
        each_world->place(4, 1, each, {{{1}, child_of(4, 1)}, {{2}, child_of(4, 2)}});
        const instant later = open_now + std::chrono::days{4};
        each_world->run(expire_command{each_world->rules.due(later, 64)}, later);
        each_world->run(forget_command{open_now + 1h}, later);
    }
    EXPECT_EQ(again.rules.dump(), w.rules.dump());
    EXPECT_EQ(again.rules.hold_count(), 0u);
    EXPECT_EQ(again.rules.key_count(), 1u);
}

TEST(engine_state, a_restored_key_answers_the_same) {
    const busy_world w;
    engine again;
    ASSERT_EQ(again.restore(stored(w)), std::nullopt);
    for (const stored_key& key : w.rules.dump().keys) {
        const auto before = w.rules.answer_of(key.row.actor, key.row.key);
        const auto after = again.answer_of(key.row.actor, key.row.key);
        ASSERT_NE(after, nullptr);
        EXPECT_EQ(after->placed, before->placed);
        EXPECT_EQ(after->refused, before->refused);
        EXPECT_EQ(after->sequence, before->sequence);
        EXPECT_EQ(after->at, before->at);
        EXPECT_EQ(after->body, before->body);
        EXPECT_EQ(after->family, before->family);
    }
}

TEST(engine_state, nothing_restored_is_a_new_engine) {
    engine e;
    EXPECT_EQ(e.restore({}), std::nullopt);
    EXPECT_EQ(e.digest(), 0u);
    EXPECT_EQ(e.last_sequence(), sequence{0});
}

TEST(engine_state, tables_that_do_not_fit_are_refused_in_words) {
    struct {
        const char* what;
        std::function<void(stored_state&)> spoil;
    } const cases[] = {
        {"digest", [](stored_state& s) { s.digest ^= 1; }},
        {"weeks out of order", [](stored_state& s) { std::swap(s.weeks[0], s.weeks[1]); }},
        {"a week missing", [](stored_state& s) { s.weeks.erase(s.weeks.begin() + 1); }},
        {"capacity over total",
         [](stored_state& s) { s.weeks[0].capacity = s.weeks[0].total + 1; }},
        {"capacity", [](stored_state& s) { --s.weeks[2].capacity; }},
        {"over its capacity", [](stored_state& s) { s.weeks[1].capacity = 1; }},
        {"season unreadable", [](stored_state& s) { s.season->body.pop_back(); }},
        {"season with a week without a row",
         [](stored_state& s) {
             s.weeks.pop_back();
             std::erase_if(s.seats,
                           [](const stored_seat& seat) { return seat.week == week_id{3}; });
         }},
        {"seat twice", [](stored_state& s) { s.seats.push_back(s.seats[0]); }},
        {"seat beyond", [](stored_state& s) { s.seats[0].seat = {99}; }},
        {"seat zero", [](stored_state& s) { s.seats[0].seat = {0}; }},
        {"seat of no week", [](stored_state& s) { s.seats[0].week = {4}; }},
        {"seat missing", [](stored_state& s) { s.seats.pop_back(); }},
        {"hold on two seats",
         [](stored_state& s) { s.seats.back().row.hold = s.seats[0].row.hold; }},
        {"child", [](stored_state& s) { ++s.seats[0].row.child.value; }},
        {"deadline", [](stored_state& s) { s.seats[0].row.deadline += 1s; }},
        {"key missing", [](stored_state& s) { s.keys.pop_back(); }},
        {"key twice", [](stored_state& s) { s.keys.push_back(s.keys[0]); }},
        {"key of another record",
         [](stored_state& s) { s.keys[0].record_body = s.keys[1].record_body; }},
        {"key's record unreadable", [](stored_state& s) { s.keys[0].record_body.clear(); }},
        {"key's body", [](stored_state& s) { s.keys[0].row.body.low ^= 1; }},
        {"key's time", [](stored_state& s) { s.keys[0].row.at += 1us; }},
    };
    const busy_world w;
    for (const auto& c : cases) {
        stored_state s = stored(w);
        c.spoil(s);
        const auto wrong = engine{}.restore(s);
        EXPECT_TRUE(wrong && !wrong->empty()) << c.what;
    }
}

TEST(engine_state, the_digest_does_not_depend_on_the_order_of_events) {
    const auto after = [](std::vector<std::uint64_t> families) {
        world w{{9}};
        for (const std::uint64_t f : families) {
            // The same seat and sequence whoever comes first: only the order of effects differs.
            w.rules.apply({{w.rules.last_sequence().value + 1},
                           open_now,
                           server_actor,
                           opening_record{{{{1}, {opening_time + std::chrono::hours{f}, {}}}}}});
        }
        w.rules.apply({{w.rules.last_sequence().value + 1},
                       open_now,
                       server_actor,
                       opening_record{{{{1}, {opening_time, {}}}}}});
        return w.rules.digest();
    };
    EXPECT_EQ(after({1, 2, 3}), after({3, 1, 2}));
    EXPECT_EQ(after({1, 2, 3}), after({}));
}

TEST(engine_state, the_digest_comes_back_with_the_state) {
    world w{{9}};
    const auto before = w.rules.digest();
    w.place(1, 1, all, {{{1}, child_of(1, 1)}, {{1}, child_of(1, 2)}});
    EXPECT_NE(w.rules.digest(), before);
    for (const auto& hold : w.rules.holds_of({1})) w.run(release_command{{1}, {1}, hold.hold});
    EXPECT_NE(w.rules.digest(), before);  // the key is still there
    w.run(forget_command{open_now + 1h});
    EXPECT_EQ(w.rules.digest(), before);
}

// ---- effects -----------------------------------------------------------------------------------

TEST(row_effects, an_import_makes_its_weeks) {
    world w;
    row_effects e;
    w.run(import_of(draft_of({3, 4})), open_now, &e);
    ASSERT_EQ(e.weeks.size(), 2u);
    EXPECT_EQ(e.weeks[1].total_before, 0u);
    EXPECT_EQ(e.weeks[1].after.total, 4u);
    ASSERT_EQ(e.seasons.size(), 1u);
    EXPECT_EQ(decode_season(e.seasons[0].body), *w.rules.current_season());
}

TEST(row_effects, net_is_from_the_first_to_the_last) {
    world w{{2, 2}};
    row_effects e;
    w.run(place_of(1, 1, all, {{{2}, child_of(1, 1)}, {{1}, child_of(1, 2)}}), open_now, &e);
    const auto holds = w.rules.holds_of({1});
    w.run(release_command{{1}, {1}, holds[0].hold}, open_now, &e);
    w.run(set_capacity_command{{2}, 1}, open_now, &e);
    w.run(set_capacity_command{{2}, 5}, open_now, &e);
    make_net(e);
    ASSERT_EQ(e.seats.size(), 1u);  // taken and freed, retired and restored: no write
    EXPECT_EQ(e.seats[0].week, week_id{1});
    EXPECT_EQ(e.seats[0].before, seat_row{});
    EXPECT_EQ(e.seats[0].after.hold, holds[1].hold);
    ASSERT_EQ(e.weeks.size(), 1u);
    EXPECT_EQ(e.weeks[0].total_before, 2u);
    EXPECT_EQ(e.weeks[0].after, w.rules.weeks()[1]);
    EXPECT_EQ(e.keys.size(), 1u);
}

TEST(row_effects, one_hold_for_another_is_one_change) {
    world w{{1}};
    w.place(1, 1, all, {{{1}, child_of(1, 1)}});
    const auto before = w.rules.seat({1}, {1});
    row_effects e;
    w.run(release_command{{1}, {1}, before.hold}, open_now, &e);
    w.run(place_of(2, 1, all, {{{1}, child_of(2, 1)}}), open_now, &e);
    make_net(e);
    ASSERT_EQ(e.seats.size(), 1u);
    EXPECT_EQ(e.seats[0].before, before);
    EXPECT_EQ(e.seats[0].after, w.rules.seat({1}, {1}));
}

TEST(row_effects, seats_come_in_ascending_order) {
    row_effects e;
    const seat_row held{seat_state::held, {1}, {1}, {1}, open_now, {1}};
    for (const std::uint32_t n : {5u, 1u, 3u}) {
        e.seats.push_back({{2}, {n}, {}, held});
        e.seats.push_back({{1}, {n}, {}, held});
    }
    make_net(e);
    ASSERT_EQ(e.seats.size(), 6u);
    EXPECT_TRUE(std::ranges::is_sorted(e.seats, {}, [](const seat_change& c) {
        return std::pair{c.week, c.seat};
    }));
}

TEST(row_effects, nothing_is_empty) {
    row_effects e;
    make_net(e);
    EXPECT_TRUE(e.empty());
    e.forget_before = open_now;
    EXPECT_FALSE(e.empty());
}

}  // namespace
}  // namespace campgate
