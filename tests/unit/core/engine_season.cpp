// What the engine decides of the organiser's commands: capacities, openings, seasons.
#include "core/record_codec.hpp"

#include "tests/unit/core/small_world.hpp"

#include <gtest/gtest.h>

namespace campgate {
namespace {

using namespace small_world;
using enum place_mode;

const capacity_record& capacity_of(const decision& d) {
    return std::get<capacity_record>(d.made->body);
}

void take(world& w, week_id week, std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t n = from; n <= to; ++n) {
        ASSERT_EQ(w.place(n, week.value, all, {{week, child_of(n, 1)}}).kind,
                  decision_kind::decided);
    }
}

// ---- capacity ----------------------------------------------------------------------------------

TEST(engine_capacity, grows_by_new_seats) {
    world w{{2}};
    const auto d = w.run(set_capacity_command{{1}, 5});
    ASSERT_EQ(d.kind, decision_kind::decided);
    EXPECT_EQ(capacity_of(d), (capacity_record{{1}, 5, 5, {}, {}}));
    EXPECT_EQ(w.rules.available({1}), 5u);
    take(w, {1}, 1, 5);
}

TEST(engine_capacity, the_same_is_unchanged) {
    world w{{2}};
    EXPECT_EQ(w.run(set_capacity_command{{1}, 2}).kind, decision_kind::unchanged);
}

TEST(engine_capacity, shrinks_by_retiring_free_seats_and_restores_them_first) {
    world w{{4}};
    take(w, {1}, 1, 1);
    const auto shrunk = w.run(set_capacity_command{{1}, 2});
    ASSERT_EQ(shrunk.kind, decision_kind::decided);
    EXPECT_EQ(capacity_of(shrunk).retired, (std::vector{seat_number{3}, seat_number{4}}));
    EXPECT_EQ(capacity_of(shrunk).total, 4u);
    EXPECT_EQ(w.rules.available({1}), 1u);

    const auto partly = w.run(set_capacity_command{{1}, 3});
    ASSERT_EQ(partly.kind, decision_kind::decided);
    EXPECT_EQ(capacity_of(partly).restored.size(), 1u);
    EXPECT_EQ(capacity_of(partly).total, 4u);

    const auto beyond = w.run(set_capacity_command{{1}, 6});
    ASSERT_EQ(beyond.kind, decision_kind::decided);
    EXPECT_EQ(capacity_of(beyond).restored.size(), 1u);
    EXPECT_EQ(capacity_of(beyond).total, 6u);
    EXPECT_EQ(w.rules.available({1}), 5u);
    take(w, {1}, 2, 6);
}

TEST(engine_capacity, never_goes_below_what_is_taken) {
    world w{{4}};
    take(w, {1}, 1, 3);
    const auto d = w.run(set_capacity_command{{1}, 1});
    ASSERT_EQ(d.kind, decision_kind::decided);
    EXPECT_EQ(capacity_of(d).capacity, 3u);
    EXPECT_EQ(w.rules.available({1}), 0u);
    EXPECT_EQ(w.run(set_capacity_command{{1}, 1}).kind, decision_kind::unchanged);
}

TEST(engine_capacity, waits_for_seats_that_are_only_claimed_and_takes_what_it_can_at_last) {
    world w{{4}};
    plain_seats none{w.rules};
    none.contended = true;
    EXPECT_EQ(w.rules.decide(set_capacity_command{{1}, 2}, open_now, none, false).kind,
              decision_kind::contended);
    EXPECT_EQ(w.rules.decide(set_capacity_command{{1}, 2}, open_now, none, true).kind,
              decision_kind::contended);

    plain_seats few{w.rules};
    for (const std::uint32_t n : {1u, 2u, 3u}) few.given.insert({{1}, {n}});  // claimed by others
    EXPECT_EQ(w.rules.decide(set_capacity_command{{1}, 2}, open_now, few, false).kind,
              decision_kind::contended);
    plain_seats again{w.rules};
    for (const std::uint32_t n : {1u, 2u, 3u}) again.given.insert({{1}, {n}});
    const auto d = w.rules.decide(set_capacity_command{{1}, 2}, open_now, again, true);
    ASSERT_EQ(d.kind, decision_kind::decided);
    EXPECT_EQ(capacity_of(d), (capacity_record{{1}, 3, 4, {{4}}, {}}));
}

TEST(engine_capacity, what_cannot_be_is_not_found) {
    world w{{4}};
    EXPECT_EQ(w.decide(set_capacity_command{{2}, 2}).kind, decision_kind::not_found);
    EXPECT_EQ(w.decide(set_capacity_command{{0}, 2}).kind, decision_kind::not_found);
    EXPECT_EQ(w.decide(set_capacity_command{{1}, 0}).kind, decision_kind::not_found);
    EXPECT_EQ(w.decide(set_capacity_command{{1}, week_capacity_max + 1}).kind,
              decision_kind::not_found);
}

TEST(engine_capacity, up_to_the_most_and_back) {
    world w{{1}};
    ASSERT_EQ(w.run(set_capacity_command{{1}, week_capacity_max}).kind, decision_kind::decided);
    EXPECT_EQ(w.rules.available({1}), week_capacity_max);
}

// ---- openings ----------------------------------------------------------------------------------

TEST(engine_opening, moves_the_weeks_named_or_all) {
    world w{{1, 1, 1}};
    const auto one = w.run(set_opening_command{{{2}}, opening_time + 1h});
    ASSERT_EQ(one.kind, decision_kind::decided);
    EXPECT_EQ(w.rules.weeks()[0].opens.all, opening_time);
    EXPECT_EQ(w.rules.weeks()[1].opens.all, opening_time + 1h);
    const auto rest = w.run(set_opening_command{{}, opening_time + 1h});
    ASSERT_EQ(rest.kind, decision_kind::decided);
    EXPECT_EQ(std::get<opening_record>(rest.made->body).weeks.size(), 2u);  // only those that move
    EXPECT_EQ(w.run(set_opening_command{{}, opening_time + 1h}).kind, decision_kind::unchanged);
    EXPECT_EQ(w.run(set_opening_command{{{4}}, opening_time}).kind, decision_kind::not_found);
}

TEST(engine_opening, decides_from_then_on) {
    world w{{1}};
    ASSERT_EQ(w.run(set_opening_command{{}, open_now + 1h}).kind, decision_kind::decided);
    EXPECT_EQ(w.place(1, 1, each, {{{1}, child_of(1, 1)}}, open_now).refused.at(0).why,
              reason::not_open);
    EXPECT_EQ(w.place(1, 1, each, {{{1}, child_of(1, 1)}}, open_now + 1h).kind,
              decision_kind::decided);
}

TEST(engine_opening, a_residents_opening_that_is_not_earlier_is_dropped) {
    world w;
    season s = draft_of({1, 1});
    for (auto& week : s.weeks) week.opens.residents = opening_time - 24h;
    w.run(import_of(s));
    ASSERT_EQ(w.run(set_opening_command{{{1}}, opening_time - 23h}).kind, decision_kind::decided);
    EXPECT_EQ(w.rules.weeks()[0].opens, (opening{opening_time - 23h, opening_time - 24h}));
    ASSERT_EQ(w.run(set_opening_command{{{2}}, opening_time - 24h}).kind, decision_kind::decided);
    EXPECT_EQ(w.rules.weeks()[1].opens, (opening{opening_time - 24h, std::nullopt}));
}

TEST(engine_opening, all_means_the_weeks_of_the_season) {
    world w{{1, 1}};
    ASSERT_EQ(w.run(import_of(draft_of({1}))).kind, decision_kind::decided);
    const auto d = w.run(set_opening_command{{}, opening_time + 1h});
    EXPECT_EQ(std::get<opening_record>(d.made->body).weeks.size(), 1u);
    EXPECT_EQ(w.run(set_opening_command{{{2}}, opening_time}).kind, decision_kind::not_found);
}

// ---- seasons -----------------------------------------------------------------------------------

TEST(engine_season, weeks_and_camps_are_numbered_in_their_order) {
    world w;
    const auto d = w.run(import_of(draft_of_camps({{3, 4}, {5}})));
    ASSERT_EQ(d.kind, decision_kind::decided);
    const auto season = w.rules.current_season();
    EXPECT_EQ(season->version, 1u);
    ASSERT_EQ(season->weeks.size(), 3u);
    for (std::uint32_t n = 1; n <= 3; ++n) {
        EXPECT_EQ(season->weeks[n - 1].id, week_id{n});
        EXPECT_EQ(w.rules.available({n}), n + 2);
    }
    EXPECT_EQ(season->weeks[2].camp, camp_id{2});
}

TEST(engine_season, importing_twice_changes_nothing) {
    world w;
    const auto draft = import_of(draft_of_camps({{3, 4}, {5}}));
    w.run(draft);
    EXPECT_EQ(w.run(draft).kind, decision_kind::unchanged);
    take(w, {1}, 1, 1);
    ASSERT_EQ(w.run(set_capacity_command{{1}, 30}).kind, decision_kind::decided);
    EXPECT_EQ(w.run(draft).kind, decision_kind::unchanged);
}

TEST(engine_season, the_order_of_the_file_does_not_matter) {
    world w;
    w.run(import_of(draft_of_camps({{3, 4}, {5}})));
    season turned = draft_of_camps({{3, 4}, {5}});
    std::ranges::reverse(turned.weeks);
    std::ranges::reverse(turned.camps);
    for (auto& week : turned.weeks) week.camp = {3 - week.camp.value};
    EXPECT_EQ(w.run(import_of(turned)).kind, decision_kind::unchanged);
}

TEST(engine_season, new_weeks_and_camps_get_new_ids_and_old_ones_keep_theirs) {
    world w{{3, 4}};
    take(w, {2}, 1, 1);
    season more = draft_of_camps({{9}, {3, 4, 5}});  // a new camp comes first in the file
    std::swap(more.camps[0].code, more.camps[1].code);
    const auto d = w.run(import_of(more));
    ASSERT_EQ(d.kind, decision_kind::decided);
    const auto season = w.rules.current_season();
    EXPECT_EQ(season->version, 2u);
    ASSERT_EQ(season->weeks.size(), 4u);
    EXPECT_EQ(season->find(camp_id{1})->code, "camp-1");
    EXPECT_EQ(season->find(week_id{1})->camp, camp_id{1});
    EXPECT_EQ(season->find(week_id{2})->iso, iso_week{202728});
    EXPECT_EQ(w.rules.taken({2}), 1u);
    EXPECT_EQ(w.rules.weeks().size(), 4u);
}

TEST(engine_season, a_known_weeks_capacity_in_force_is_not_moved_by_an_import) {
    world w{{3}};
    ASSERT_EQ(w.run(import_of(draft_of({7}))).kind, decision_kind::decided);
    EXPECT_EQ(w.rules.weeks()[0].capacity, 3u);
    EXPECT_EQ(w.rules.current_season()->weeks[0].capacity, 7u);
}

TEST(engine_season, weeks_with_holds_cannot_be_taken_away) {
    world w{{3, 4}};
    take(w, {2}, 1, 1);
    const auto refused = w.run(import_of(draft_of({3})));
    EXPECT_EQ(refused.kind, decision_kind::invalid);
    EXPECT_EQ(refused.week, week_id{2});
    ASSERT_EQ(w.run(release_command{{1}, {1}, w.rules.holds_of({1})[0].hold}).kind,
              decision_kind::decided);
    ASSERT_EQ(w.run(import_of(draft_of({3}))).kind, decision_kind::decided);
    EXPECT_EQ(w.place(1, 9, each, {{{2}, child_of(1, 1)}}).kind, decision_kind::not_found);
    EXPECT_EQ(w.place(1, 9, each, {{{1}, child_of(1, 1)}}).kind, decision_kind::decided);
}

TEST(engine_season, a_week_that_comes_back_is_a_new_one) {
    world w{{3, 4}};
    w.run(import_of(draft_of({3})));
    ASSERT_EQ(w.run(import_of(draft_of({3, 4}))).kind, decision_kind::decided);
    EXPECT_EQ(w.rules.current_season()->weeks[1].id, week_id{3});
    EXPECT_EQ(w.rules.weeks().size(), 3u);
}

// A season that was committed is loaded at every start: what could not be is never decided.
TEST(engine_season, what_could_not_be_loaded_again_is_invalid) {
    struct {
        const char* what;
        void (*spoil)(season&);
    } const cases[] = {
        {"no seats", [](season& s) { s.weeks[0].capacity = 0; }},
        {"too many seats", [](season& s) { s.weeks[0].capacity = week_capacity_max + 1; }},
        {"no days", [](season& s) { s.weeks[0].days.clear(); }},
        {"six days", [](season& s) { s.weeks[0].days.resize(6); }},
        {"a text too long", [](season& s) { s.camps[0].description.fr.assign(70'000, 'x'); }},
        {"too many camps",
         [](season& s) {
             for (int n = 0; n < 200; ++n) {
                 s.camps.push_back(s.camps[0]);
                 s.camps.back().code += std::to_string(n);
             }
         }},
        {"one camp and ISO week twice", [](season& s) { s.weeks.push_back(s.weeks[0]); }},
        {"a camp's code twice", [](season& s) { s.camps.push_back(s.camps[0]); }},
    };
    for (const bool known : {false, true}) {
        for (const auto& c : cases) {
            world w;
            if (known) w.run(import_of(draft_of({3, 4})));
            season s = draft_of({3, 4});
            s.name.fr = "changed";
            c.spoil(s);
            EXPECT_EQ(w.decide(import_of(s)).kind, decision_kind::invalid)
                << c.what << ", known " << known;
        }
    }
}

TEST(engine_season, week_ids_end) {
    world w;
    const std::vector<std::uint32_t> many(2'000, 1);
    for (int n = 0; n < 4; ++n) {
        ASSERT_EQ(w.run(import_of(draft_of(many))).kind, decision_kind::decided);
        ASSERT_EQ(w.run(import_of(draft_of({1}))).kind,
                  n == 0 ? decision_kind::decided : decision_kind::decided);
    }
    EXPECT_EQ(w.decide(import_of(draft_of(many))).kind, decision_kind::invalid);
    EXPECT_EQ(w.rules.weeks().size(), 1 + 4 * 1'999u);
}

}  // namespace
}  // namespace campgate
