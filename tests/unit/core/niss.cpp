// The national register number: check digits, the rule for births from 2000, bis numbers, how it is
// written (DOMAIN, NISS).
#include "core/niss.hpp"

#include <gtest/gtest.h>

namespace campgate {
namespace {

TEST(niss, the_published_example_is_one_and_is_shown_with_its_dots) {
    const auto number = niss::parse("85073003328");
    ASSERT_TRUE(number);
    EXPECT_EQ(number->text(), "85.07.30-033.28");
    EXPECT_EQ(number->digits(), "85073003328");
    EXPECT_EQ(niss::parse("85.07.30-033.28"), number);
    EXPECT_EQ(niss::parse("85 07 30 033 28"), number);
}

TEST(niss, a_birth_from_2000_is_checked_with_a_two_before_it) {
    // 97 - 170730033 % 97 = 55 is 1917's, 97 - 2170730033 % 97 = 84 is 2017's.
    EXPECT_TRUE(niss::parse("17073003384"));
    EXPECT_TRUE(niss::parse("17073003355"));
    EXPECT_FALSE(niss::parse("17073003356"));
    EXPECT_EQ(niss::make(2017, 7, 30, 33).digits(), "17073003384");
    EXPECT_EQ(niss::make(1917, 7, 30, 33).digits(), "17073003355");
}

TEST(niss, any_other_check_digits_are_refused) {
    for (int check = 0; check < 100; ++check) {
        std::string digits = "850730033";
        digits += static_cast<char>('0' + check / 10);
        digits += static_cast<char>('0' + check % 10);
        const bool of_1985 = check == 28;
        const bool of_2085 =
            check == 97 - static_cast<int>((2'000'000'000ULL + 850'730'033ULL) % 97);
        EXPECT_EQ(niss::parse(digits).has_value(), of_1985 || of_2085) << digits;
    }
}

TEST(niss, bis_numbers_have_20_or_40_more_in_the_month) {
    for (const unsigned more : {0U, 20U, 40U})
        EXPECT_TRUE(niss::parse(niss::make(1985, 7 + more, 30, 33).digits())) << more;
    EXPECT_FALSE(niss::parse(niss::make(1985, 67, 30, 33).digits()));
    EXPECT_FALSE(niss::parse(niss::make(1985, 13, 30, 33).digits()));
    EXPECT_FALSE(niss::parse(niss::make(1985, 33, 30, 33).digits()));
}

TEST(niss, an_unknown_month_or_day_is_00) {
    EXPECT_TRUE(niss::parse(niss::make(1985, 0, 0, 33).digits()));
    EXPECT_TRUE(niss::parse(niss::make(1985, 7, 0, 33).digits()));
    EXPECT_TRUE(niss::parse(niss::make(1985, 20, 0, 33).digits()));
    EXPECT_TRUE(niss::parse(niss::make(1985, 0, 31, 33).digits()));
    EXPECT_FALSE(niss::parse(niss::make(1985, 0, 32, 33).digits()));
}

TEST(niss, a_known_day_exists_in_its_own_century) {
    EXPECT_TRUE(niss::parse(niss::make(2000, 2, 29, 1).digits()));
    EXPECT_FALSE(niss::parse(niss::make(1900, 2, 29, 1).digits()));
    EXPECT_FALSE(niss::parse(niss::make(1985, 2, 30, 1).digits()));
    EXPECT_FALSE(niss::parse(niss::make(1985, 6, 31, 1).digits()));
}

TEST(niss, separators_stand_where_they_are_shown_and_nowhere_else) {
    for (const char* text :
         {"", "8507300332", "850730033281", "85-07.30-033.28", "8.50730033.28", " 85073003328",
          "85073003328 ", "85073003328.", "85.07.30-033..28", "8507300332a", "85,07,30-033,28",
          "\xef\xbc\x98"
          "5073003328"})
        EXPECT_FALSE(niss::parse(text)) << text;
}

TEST(niss, a_text_of_another_length_is_shown_as_it_is) {
    EXPECT_EQ(niss_text("123"), "123");
    EXPECT_EQ(niss_text(""), "");
}

}  // namespace
}  // namespace campgate
