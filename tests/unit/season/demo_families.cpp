// Demo families: the table of the first ten, the same again every time, and the shares promised.
#include "server/demo_families.hpp"

#include "server/iso_calendar.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace campgate {
namespace {

using namespace std::chrono;

const sys_days first_day = 2027y / July / 5;
const instant now = sys_days{2026y / November / 24} + 6h;

demo_reference reference() {
    demo_reference r;
    r.season_first_day = first_day;
    r.now = now;
    r.resident_postcodes = {"4606", "4607", "4608"};
    return r;
}

demo_family family(std::uint64_t n) {
    return make_demo_family(family_id{n}, reference());
}

std::uint32_t age_months(sys_days birth) {
    std::uint32_t age = 0;
    while (months_before(first_day, age + 1) >= birth) ++age;
    return age;
}

std::string sheet_of(const demo_child& child) {
    if (!child.sheet_validated_at) return "missing";
    const sys_days oldest = months_before(floor<days>(now), 6);
    return *child.sheet_validated_at >= instant{oldest} ? "valid" : "expired";
}

struct known_child {
    std::string name;
    std::uint32_t months;
    std::string sheet;
    bool invoiceable = true;
};

struct known_family {
    std::string family_name, given_name, postcode;
    price_class charged_as;
    std::vector<known_child> children;
};

TEST(demo_families, first_ten_are_those_of_the_table) {
    using enum price_class;
    const std::vector<known_family> table{
        {"Lambert",
         "Anne",
         "4607",
         resident,
         {{"Léa", 98, "valid"}, {"Hugo", 56, "valid"}, {"Emma", 125, "valid"}}},
        {"Delvaux", "Benoît", "4606", resident, {{"Louis", 111, "valid"}, {"Zoé", 73, "expired"}}},
        {"Peeters", "Sofie", "4600", other, {{"Lotte", 84, "valid"}, {"Seppe", 136, "valid"}}},
        {"Yılmaz", "Emre", "4670", school, {{"Defne", 93, "valid"}}},
        {"Schmitz", "Petra", "4608", resident, {{"Finn", 102, "missing"}, {"Mia", 62, "valid"}}},
        {"Renard", "Camille", "4607", resident, {{"Jules", 79, "valid", false}}},
        {"El Amrani", "Karim", "4606", resident, {{"Inès", 18, "valid"}, {"Yassin", 198, "valid"}}},
        {"Nguyễn",
         "Minh",
         "4608",
         resident,
         {{"An", 63, "valid"}, {"Linh", 63, "valid"}, {"Bảo", 120, "valid"}}},
        {"Van den Berghe",
         "Katrien",
         "4607",
         resident,
         {{"Noor", 37, "valid"},
          {"Wout", 74, "valid"},
          {"Fien", 111, "valid"},
          {"Lars", 148, "valid"}}},
        {"Servais",
         "Dominique",
         "4607",
         resident,
         {{"Alice", 72, "valid"}, {"Arthur", 107, "valid"}}},
    };
    for (std::size_t i = 0; i < table.size(); ++i) {
        const demo_family made = family(i + 1);
        const known_family& known = table[i];
        SCOPED_TRACE(known.family_name);
        EXPECT_EQ(made.family_name, known.family_name);
        EXPECT_EQ(made.given_name, known.given_name);
        EXPECT_EQ(made.postcode, known.postcode);
        ASSERT_EQ(made.children.size(), known.children.size());
        for (std::size_t c = 0; c < known.children.size(); ++c) {
            EXPECT_EQ(made.children[c].given_name, known.children[c].name);
            EXPECT_EQ(age_months(made.children[c].birth_date), known.children[c].months);
            EXPECT_EQ(sheet_of(made.children[c]), known.children[c].sheet);
            EXPECT_EQ(made.children[c].has_invoiceable_parent, known.children[c].invoiceable);
            EXPECT_EQ(made.children[c].charged_as, known.charged_as);
        }
    }
    EXPECT_EQ(family(1).children[0].birth_date, sys_days{2019y / May / 2});
    EXPECT_EQ(family(10).children[0].birth_date, sys_days{2021y / July / 5});
    EXPECT_EQ(family(10).children[1].birth_date, sys_days{2018y / July / 6});
    EXPECT_EQ(family(8).children[0].birth_date, family(8).children[1].birth_date);
}

TEST(demo_families, ids_follow_from_the_number) {
    const demo_family made = family(12'345);
    EXPECT_EQ(made.id, family_id{12'345});
    EXPECT_EQ(made.parent, actor_id{12'345});
    for (std::size_t i = 0; i < made.children.size(); ++i)
        EXPECT_EQ(made.children[i].id, child_id{12'345 * 8 + i});
}

// A change of the generator changes every demo that keeps its data: it must be meant.
TEST(demo_families, a_drawn_family_is_the_same_everywhere) {
    const auto told = [](const demo_family& f) {
        std::string text = f.given_name + ' ' + f.family_name + ' ' + f.postcode;
        for (const demo_child& child : f.children)
            text +=
                ", " + child.given_name + ' ' + to_text(child.birth_date) + ' ' + sheet_of(child);
        return text;
    };
    EXPECT_EQ(told(family(11)), "Laurent Thiry 4600, Camille 2019-03-09 missing");
    EXPECT_EQ(told(family(2'000)),
              "Grégory Simonis 4671, Timéo 2024-05-24 expired, Hugo 2021-09-14 missing");
}

TEST(demo_families, a_family_does_not_depend_on_how_many_there_are) {
    const auto few = make_demo_families(20, reference());
    const auto many = make_demo_families(200, reference());
    for (std::size_t i = 0; i < few.size(); ++i) EXPECT_EQ(few[i], many[i]);
    EXPECT_EQ(many[199], family(200));
}

TEST(demo_families, another_now_moves_sheets_alone) {
    demo_reference later = reference();
    later.now += days{100};
    for (std::uint64_t n = 1; n <= 300; ++n) {
        demo_family then = make_demo_family(family_id{n}, later);
        const demo_family before = family(n);
        ASSERT_EQ(then.children.size(), before.children.size());
        for (std::size_t i = 0; i < then.children.size(); ++i) {
            if (before.children[i].sheet_validated_at) {
                ASSERT_EQ(*then.children[i].sheet_validated_at - days{100},
                          *before.children[i].sheet_validated_at);
            }
            then.children[i].sheet_validated_at = before.children[i].sheet_validated_at;
        }
        ASSERT_EQ(then, before);
    }
}

TEST(demo_families, another_seed_draws_others) {
    demo_reference other = reference();
    other.seed = 1;
    std::size_t equal = 0;
    for (std::uint64_t n = 11; n <= 110; ++n)
        equal += make_demo_family(family_id{n}, other) == family(n) ? 1U : 0U;
    EXPECT_EQ(equal, 0U);
}

TEST(demo_families, shares_are_as_promised) {
    const auto families = make_demo_families(20'000, reference());
    double residents = 0, children = 0, valid = 0, expired = 0, without_parent = 0, most_ages = 0;
    std::map<price_class, double> outside;
    std::map<std::size_t, double> sizes;
    for (const demo_family& f : families) {
        residents += f.postcode == "4606" || f.postcode == "4607" || f.postcode == "4608";
        sizes[f.children.size()] += 1;
        for (const demo_child& child : f.children) {
            children += 1;
            valid += sheet_of(child) == "valid";
            expired += sheet_of(child) == "expired";
            without_parent += !child.has_invoiceable_parent;
            const std::uint32_t months = age_months(child.birth_date);
            ASSERT_GE(months, 12U);
            ASSERT_LT(months, 17U * 12U);
            most_ages += months >= 36 && months < 156;
            outside[child.charged_as] += 1;
        }
    }
    EXPECT_NEAR(residents / 20'000, 0.60, 0.02);
    EXPECT_NEAR(valid / children, 0.80, 0.02);
    EXPECT_NEAR(expired / children, 0.10, 0.02);
    EXPECT_NEAR(without_parent / children, 0.04, 0.01);
    EXPECT_GT(most_ages / children, 0.70);
    EXPECT_NEAR(outside[price_class::school] / children, 0.20, 0.03);
    EXPECT_NEAR(outside[price_class::other] / children, 0.20, 0.03);
    ASSERT_EQ(sizes.size(), demo_children_max);
    EXPECT_GT(children / 20'000, 1.7);
}

TEST(demo_families, children_are_told_apart_and_born_before_their_sheets) {
    std::set<child_id> ids;
    for (const demo_family& f : make_demo_families(5'000, reference())) {
        ASSERT_FALSE(f.given_name.empty());
        ASSERT_FALSE(f.family_name.empty());
        std::set<std::string> names;
        for (const demo_child& child : f.children) {
            ASSERT_TRUE(names.insert(child.given_name).second) << f.family_name;
            ASSERT_TRUE(ids.insert(child.id).second);
            if (child.sheet_validated_at) {
                ASSERT_LE(instant{child.birth_date}, *child.sheet_validated_at);
                ASSERT_LT(*child.sheet_validated_at, now);
            }
        }
    }
}

TEST(demo_families, a_valid_sheet_stays_valid_for_a_fortnight_and_a_short_validity_works) {
    for (const std::uint32_t validity : {1U, 6U, 12U}) {
        demo_reference r = reference();
        r.sheet_validity_months = validity;
        const demo_family shown = make_demo_family(family_id{1}, r);
        for (const demo_child& child : shown.children) {
            ASSERT_TRUE(child.sheet_validated_at.has_value());
            const sys_days oldest =
                months_before(floor<days>(now + days{validity > 1 ? 14 : 0}), validity);
            EXPECT_GE(*child.sheet_validated_at, instant{oldest});
        }
        const auto expired = make_demo_family(family_id{2}, r).children[1].sheet_validated_at;
        ASSERT_TRUE(expired.has_value());
        EXPECT_LT(*expired, instant{months_before(floor<days>(now), validity)});
    }
}

TEST(demo_families, an_organiser_elsewhere_has_its_own_residents) {
    demo_reference r = reference();
    r.resident_postcodes = {"9000"};
    EXPECT_EQ(make_demo_family(family_id{1}, r).postcode, "9000");
    EXPECT_EQ(make_demo_family(family_id{3}, r).postcode, "4600");
}

TEST(demo_families, two_hundred_thousand_are_made_quickly) {
    const auto begin = steady_clock::now();
    const auto families = make_demo_families(demo_families_max, reference());
    EXPECT_EQ(families.size(), demo_families_max);
    EXPECT_LT(steady_clock::now() - begin, 20s);  // about half a second, optimised
}

TEST(demo_families, facts_carry_no_names) {
    const demo_family made = family(2);
    const family_facts facts = facts_of(made, 7);
    EXPECT_EQ(facts.id, family_id{2});
    EXPECT_EQ(facts.version, 7U);
    EXPECT_EQ(facts.parents, std::vector<actor_id>{actor_id{2}});
    ASSERT_EQ(facts.children.size(), 2U);
    EXPECT_EQ(facts.find(child_id{17})->sheet_validated_at, made.children[1].sheet_validated_at);
}

}  // namespace
}  // namespace campgate
