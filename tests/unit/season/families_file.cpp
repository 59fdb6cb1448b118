// The organiser's list of families (S10): what is read, and each fault with its
// line and column.
#include "server/families_file.hpp"

#include <gtest/gtest.h>

namespace campgate::server {
namespace {

const std::string header =
    "parent_niss,parent_given_name,parent_family_name,"
    "street,number,box,postcode,city,phone,email,"
    "language,child_niss,child_given_name,child_family_"
    "name,child_birth_date,child_site,"
    "child_school_year\n";
const std::string anne =
    "85.07.30-033.28,Anne,Lambert,Rue du "
    "Moulin,12,,4607,Dalhem,+32470000000,anne@example.org,fr,";

season a_season() {
    season s;
    s.sites = {{"berneau", "Berneau", true}};
    s.school_years = {"P1", "P2"};
    return s;
}

std::vector<listed_family> read(const std::string& text) {
    const season s = a_season();
    auto parsed = parse_families(text, "list.csv", &s);
    if (auto* faults = std::get_if<std::vector<file_fault>>(&parsed)) {
        for (const file_fault& fault : *faults) ADD_FAILURE() << to_text(fault);
        return {};
    }
    return std::get<std::vector<listed_family>>(parsed);
}

std::vector<std::string> faults_of(const std::string& text) {
    const season s = a_season();
    const auto parsed = parse_families(text, "list.csv", &s);
    std::vector<std::string> told;
    if (const auto* faults = std::get_if<std::vector<file_fault>>(&parsed)) {
        for (const file_fault& fault : *faults) told.push_back(to_text(fault));
    }
    return told;
}

TEST(families_file, S10_a_parent_with_two_children_is_one_family) {
    const auto families = read(header + anne + ",Léa,Lambert,2019-05-02,berneau,P2\n" + anne +
                               "21060300133,Hugo,Lambert,03/06/2021,,\r\n");
    ASSERT_EQ(families.size(), 1U);
    const listed_family& family = families[0];
    EXPECT_EQ(family.parent.niss->text(), "85.07.30-033.28");
    EXPECT_EQ(family.parent.address->postcode, "4607");
    EXPECT_EQ(family.parent.email, "anne@example.org");
    ASSERT_EQ(family.children.size(), 2U);
    EXPECT_EQ(family.children[0].given_name, "Léa");
    EXPECT_EQ(family.children[0].site, "berneau");
    EXPECT_FALSE(family.children[0].niss);
    EXPECT_EQ(family.children[1].birth_date,
              (std::chrono::sys_days{std::chrono::year{2021} / 6 / 3}));
}

TEST(families_file, S10_a_parent_without_children_leaves_their_columns_empty) {
    const auto families = read(header + anne + ",,,,,\n");
    ASSERT_EQ(families.size(), 1U);
    EXPECT_TRUE(families[0].children.empty());
}

TEST(families_file, semicolons_quotes_a_byte_order_mark_and_another_order_are_read) {
    std::string text = "\xef\xbb\xbf" + header + anne + ",,,,,\n";
    std::ranges::replace(text, ',', ';');
    text += "85073003328;Anne;Lambert;\"Rue \"\"X\"\"; 2\";1;;4607;Dalhem;;;;;;;;;\n";
    const auto families = read(text);
    ASSERT_EQ(families.size(), 1U);
    const auto quoted = read(header +
                             "85073003328,Anne,Lambert,\"Rue \"\"X\"\", "
                             "bis\",1,,4607,Dalhem,,,,,,,,,\n");
    ASSERT_EQ(quoted.size(), 1U);
    EXPECT_EQ(quoted[0].parent.address->street, "Rue \"X\", bis");
}

TEST(families_file, every_fault_is_told_with_its_line_and_column) {
    const auto told =
        faults_of(header + "85073003329,Anne,,,,,460,,,anne,xx,1,,,2019-02-30,x,P9\n");
    EXPECT_EQ(told,
              (std::vector<std::string>{
                  "list.csv:2:1: parent_niss: is no national register number: its "
                  "check digits do "
                  "not fit",
                  "list.csv:2:18: parent_family_name: is missing",
                  "list.csv:2:19: street: is missing", "list.csv:2:20: number: is missing",
                  "list.csv:2:22: postcode: must be a Belgian postcode of four digits",
                  "list.csv:2:26: city: is missing", "list.csv:2:28: email: is no e-mail address",
                  "list.csv:2:33: language: must be fr, nl, de or en"}));
}

TEST(families_file, faults_of_a_child_are_told_too) {
    const auto told = faults_of(header + anne + "1,,Lambert,2019-02-30,x,P9\n");
    ASSERT_EQ(told.size(), 5U);
    EXPECT_NE(told[0].find("child_niss: is no national register number"), std::string::npos);
    EXPECT_NE(told[1].find("child_given_name: is missing"), std::string::npos);
    EXPECT_NE(told[2].find("child_birth_date: must be a date"), std::string::npos);
    EXPECT_NE(told[3].find("child_site: is no site"), std::string::npos);
    EXPECT_NE(told[4].find("child_school_year: is no school year"), std::string::npos);
}

TEST(families_file, a_child_or_a_parent_that_contradicts_an_earlier_line_is_a_fault) {
    const std::string lea = ",Léa,Lambert,2019-05-02,,\n";
    EXPECT_EQ(faults_of(header + anne + lea + anne + lea).size(), 1U);
    EXPECT_EQ(faults_of(header + anne + lea + "85073003328,Berthe,Lambert,,,,,,,,,,,,,,\n").size(),
              1U);
}

TEST(families_file, wrong_columns_numbers_of_fields_quotes_and_encodings_are_faults) {
    EXPECT_EQ(faults_of(""),
              std::vector<std::string>{"list.csv:1:1: has no line with the columns' names"});
    EXPECT_EQ(faults_of("parent_niss,x\n").size(), 17U);
    EXPECT_EQ(faults_of(header + "1,2\n"),
              std::vector<std::string>{"list.csv:2:1: must have 17 fields, found 2"});
    EXPECT_EQ(faults_of(header + "\"85").size(), 2U);
    EXPECT_EQ(faults_of(header + "\xff"),
              std::vector<std::string>{"list.csv: is not UTF-8: save it as CSV UTF-8"});
}

TEST(families_file, no_fault_repeats_what_stands_in_the_file) {
    for (const std::string& told :
         faults_of(header + "85073003329,Anne,Geheim,,,,,,,geheim,,85073003329,,,,,\n"))
        EXPECT_EQ(told.find("eheim"), std::string::npos) << told;
}

}  // namespace
}  // namespace campgate::server
