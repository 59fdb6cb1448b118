// Days, moments and amounts in words, in each language.
#include "server/mail/in_words.hpp"

#include <gtest/gtest.h>

namespace campgate::server {
namespace {

using namespace std::chrono_literals;
using enum language;

// Unbreakable spaces are told apart by nobody who reads a test.
std::string plain(std::string text) {
    for (std::size_t at = 0; (at = text.find("\xc2\xa0", at)) != std::string::npos;)
        text.replace(at, 2, " ");
    return text;
}

const local_seconds morning{std::chrono::local_days{std::chrono::year{2027} / 3 / 20} + 9h + 5min};

TEST(in_words, moments) {
    EXPECT_EQ(plain(moment_in_words(morning, fr)), "samedi 20 mars 2027 à 9 h 05");
    EXPECT_EQ(plain(moment_in_words(morning, nl)), "zaterdag 20 maart 2027 om 9.05 uur");
    EXPECT_EQ(plain(moment_in_words(morning, de)), "Samstag, 20. März 2027 um 9.05 Uhr");
    EXPECT_EQ(plain(moment_in_words(morning, en)), "Saturday 20 March 2027 at 9:05");
    const local_seconds late{std::chrono::local_days{std::chrono::year{2027} / 8 / 1} + 23h +
                             59min + 59s};
    EXPECT_EQ(plain(moment_in_words(late, fr)), "dimanche 1er août 2027 à 23 h 59");
}

TEST(in_words, amounts) {
    EXPECT_EQ(plain(amount_in_words({123'450}, fr)), "1 234,50 €");
    EXPECT_EQ(plain(amount_in_words({123'450}, nl)), "€ 1.234,50");
    EXPECT_EQ(plain(amount_in_words({123'450'05}, de)), "123.450,05 €");
    EXPECT_EQ(plain(amount_in_words({6'500}, en)), "€65.00");
    EXPECT_EQ(plain(amount_in_words({-5}, fr)), "-0,05 €");
    EXPECT_EQ(plain(amount_in_words({0}, en)), "€0.00");
}

TEST(in_words, ordinals) {
    EXPECT_EQ(ordinal_in_words(1, fr), "1er");
    EXPECT_EQ(ordinal_in_words(1, fr, true), "1re");
    EXPECT_EQ(ordinal_in_words(2, fr, true), "2e");
    EXPECT_EQ(ordinal_in_words(3, nl), "3e");
    EXPECT_EQ(ordinal_in_words(3, de), "3.");
    const char* english[] = {"1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th"};
    std::size_t i = 0;
    for (const std::uint64_t n : {1U, 2U, 3U, 4U, 11U, 12U, 13U, 21U, 112U})
        EXPECT_EQ(ordinal_in_words(n, en), english[i++]);
}

TEST(in_words, moments_become_texts_in_the_organisers_zone_at_any_depth) {
    template_values v;
    v.moments["opens_at"] = instant{std::chrono::sys_days{std::chrono::year{2027} / 7 / 1} + 22h};
    v.lists["children"].emplace_back().moments["at"] = v.moments["opens_at"];
    put_into_words(v, en, *time_zone::find("Europe/Brussels"));
    EXPECT_EQ(plain(v.texts["opens_at"]), "Friday 2 July 2027 at 0:00");
    EXPECT_EQ(v.texts["opens_at_day"], "Friday 2 July 2027");
    EXPECT_EQ(v.lists["children"][0].texts["at_day"], "Friday 2 July 2027");
}

}  // namespace
}  // namespace campgate::server
