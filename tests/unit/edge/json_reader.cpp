// Requests are read strictly: each fault has its kind and a pointer to the spot.
#include "server/json_reader.hpp"
#include "server/request_schemas.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace campgate::server {
namespace {

struct fault_case {
    std::string body;
    problem_kind kind;
    std::string pointer;
    problem_detail detail{problem_detail::usual};
};

std::string items(std::size_t count) {
    std::string body = R"({"mode":"each","items":[)";
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) body += ',';
        body += R"({"week":)" + std::to_string(i + 1) + R"(,"child":7})";
    }
    return body + "]}";
}

std::string one_item(const std::string& item) {
    return R"({"mode":"all","items":[)" + item + "]}";
}

std::vector<fault_case> fault_cases() {
    using enum problem_kind;
    using d = problem_detail;
    const std::string ok = R"({"week":12,"child":7})";
    return {
        {"", invalid_json, "", d::text_not_json},
        {" ", invalid_json, "", d::text_not_json},
        {"{", invalid_json, "", d::text_not_json},
        {"{}}", invalid_json, "", d::text_not_json},
        {"{} x", invalid_json, "", d::text_not_json},
        {"{'mode':1}", invalid_json, "", d::text_not_json},
        {R"({"mode":"all",})", invalid_json, "", d::text_not_json},
        {R"({"mode":"all"/**/})", invalid_json, "", d::text_not_json},
        {R"({"mode":NaN})", invalid_json, "", d::text_not_json},
        {R"({"mode":01})", invalid_json, "", d::text_not_json},
        {R"({"mode":+1})", invalid_json, "", d::text_not_json},
        {R"({"mode":"\x"})", invalid_json, "", d::text_not_json},
        {R"({"mode":"\ud800"})", invalid_json, "", d::text_not_json},
        {"{\"mode\":\"a\nb\"}", invalid_json, "", d::text_not_json},
        {"{\"mode\":\"\xff\"}", invalid_json, "", d::text_not_json},
        {"{\"mode\":\"\xc0\xaf\"}", invalid_json, "", d::text_not_json},
        {"{\"mode\":\"\xed\xa0\x80\"}", invalid_json, "", d::text_not_json},
        {"{\"\xc3\":1}", invalid_json, "", d::text_not_json},
        {"\xef\xbb\xbf{}", invalid_json, "", d::text_not_json},
        {std::string("{}\0", 3), invalid_json, "", d::text_not_json},
        {std::string(9, '[') + std::string(9, ']'), invalid_json, "", d::text_too_deep},
        {std::string(5000, '['), invalid_json, "", d::text_too_deep},
        {std::string(8, '[') + std::string(8, ']'), invalid_member, "", d::expected_object},

        {"null", invalid_member, "", d::expected_object},
        {"[]", invalid_member, "", d::expected_object},
        {"7", invalid_member, "", d::expected_object},
        {"{}", missing_member, "/mode"},
        {R"({"mode":"all"})", missing_member, "/items"},
        {R"({"mode":"all","items":[{"week":12}]})", missing_member, "/items/0/child"},
        {R"({"mode":"all","items":[{"child":7}]})", missing_member, "/items/0/week"},
        {R"({"mode":"all","items":[{"week":1,"child":7},{}]})", missing_member, "/items/1/week"},
        {R"({"mode":"all","itmes":[]})", unknown_member, "/itmes"},
        {R"({"mode":"all","items":[)" + ok + R"(],"a/b~c":1})", unknown_member, "/a~1b~0c"},
        {one_item(R"({"week":12,"child":7,"seat":1})"), unknown_member, "/items/0/seat"},
        {one_item(R"({"Week":12,"child":7})"), unknown_member, "/items/0/Week"},

        {R"({"mode":1,"items":[)" + ok + "]}", invalid_member, "/mode", d::expected_string},
        {R"({"mode":null,"items":[)" + ok + "]}", invalid_member, "/mode", d::expected_string},
        {R"({"mode":"ALL","items":[)" + ok + "]}", invalid_member, "/mode", d::not_in_list},
        {R"({"mode":"all\u0000","items":[)" + ok + "]}", invalid_member, "/mode", d::not_in_list},
        {R"({"mode":"all","items":{}})", invalid_member, "/items", d::expected_array},
        {R"({"mode":"all","items":null})", invalid_member, "/items", d::expected_array},
        {R"({"mode":"all","items":[]})", invalid_member, "/items", d::array_length},
        {items(33), invalid_member, "/items", d::array_length},
        {one_item("7"), invalid_member, "/items/0", d::expected_object},
        {one_item("[12,7]"), invalid_member, "/items/0", d::expected_object},
        {one_item(ok + "," + ok), invalid_member, "/items/1", d::repeated_item},
        {one_item(ok + R"(,{"week":1,"child":7},{"child":7,"week":12})"), invalid_member,
         "/items/2", d::repeated_item},

        {one_item(R"({"week":"12","child":7})"), invalid_member, "/items/0/week",
         d::expected_integer},
        {one_item(R"({"week":12.0,"child":7})"), invalid_member, "/items/0/week",
         d::expected_integer},
        {one_item(R"({"week":1e2,"child":7})"), invalid_member, "/items/0/week",
         d::expected_integer},
        {one_item(R"({"week":1E400,"child":7})"), invalid_member, "/items/0/week",
         d::expected_integer},
        {one_item(R"({"week":true,"child":7})"), invalid_member, "/items/0/week",
         d::expected_integer},
        {one_item(R"({"week":null,"child":7})"), invalid_member, "/items/0/week",
         d::expected_integer},
        {one_item(R"({"week":0,"child":7})"), invalid_member, "/items/0/week",
         d::integer_out_of_range},
        {one_item(R"({"week":-1,"child":7})"), invalid_member, "/items/0/week",
         d::integer_out_of_range},
        {one_item(R"({"week":4294967296,"child":7})"), invalid_member, "/items/0/week",
         d::integer_out_of_range},
        {one_item(R"({"week":12,"child":0})"), invalid_member, "/items/0/child",
         d::integer_out_of_range},
        {one_item(R"({"week":12,"child":9007199254740993})"), invalid_member, "/items/0/child",
         d::integer_out_of_range},
        {one_item(R"({"week":12,"child":18446744073709551615})"), invalid_member, "/items/0/child",
         d::integer_out_of_range},
        {one_item(R"({"week":12,"child":18446744073709551616})"), invalid_member, "/items/0/child",
         d::expected_integer},

        {R"({"mode":"all","mode":"each","items":[)" + ok + "]}", duplicate_member, "/mode"},
        {R"({"mode":"all","mod\u0065":"all","items":[)" + ok + "]}", duplicate_member, "/mode"},
        {one_item(ok + R"(,{"week":13,"child":7,"week":13})"), duplicate_member, "/items/1/week"},
        {R"({"x":[1,[],{"y":{"a":1,"b":2,"a":3}}]})", duplicate_member, "/x/2/y/a"},
        {R"({"a/b":1,"c":{},"a/b":2})", duplicate_member, "/a~1b"},
        {R"({"":1,"":2})", duplicate_member, "/"},
        {R"([[],{"k":0},{"k":0,"k":0}])", duplicate_member, "/2/k"},
    };
}

TEST(json_reader, each_fault_is_named_with_a_pointer) {
    for (const fault_case& each : fault_cases()) {
        SCOPED_TRACE(each.body.substr(0, 120));
        const auto read = read_holds_request(each.body);
        ASSERT_FALSE(read.has_value());
        const json_fault fault = read.error();
        EXPECT_EQ(name_of(fault.kind), name_of(each.kind));
        EXPECT_EQ(fault.pointer, each.pointer);
        EXPECT_EQ(static_cast<int>(fault.detail), static_cast<int>(each.detail));
    }
}

TEST(json_reader, a_good_request_is_read_whole) {
    const auto read = read_holds_request(
        " {\"items\" : [ {\"child\":9007199254740991,\"week\":4294967295},{\"week\":1,\"child\":1}"
        "],\r\n\t\"mode\":\"e\\u0061ch\"} \n");
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->mode, hold_mode::each);
    ASSERT_EQ(read->items.size(), 2u);
    EXPECT_EQ(read->items[0], (hold_item{week_id{4294967295}, child_id{9007199254740991}}));
    EXPECT_EQ(read->items[1], (hold_item{week_id{1}, child_id{1}}));
}

TEST(json_reader, thirty_two_items_are_the_most) {
    EXPECT_EQ(read_holds_request(items(32))->items.size(), 32u);
    EXPECT_FALSE(read_holds_request(items(33)).has_value());
}

TEST(json_reader, the_same_week_for_another_child_is_no_repetition) {
    EXPECT_TRUE(
        read_holds_request(one_item(R"({"week":1,"child":1},{"week":1,"child":2})")).has_value());
}

TEST(json_reader, every_prefix_of_a_request_is_refused_as_no_json) {
    const std::string body = items(2);
    for (std::size_t length = 0; length < body.size(); ++length) {
        const auto read = read_holds_request(body.substr(0, length));
        ASSERT_FALSE(read.has_value()) << length;
        EXPECT_EQ(read.error().kind, problem_kind::invalid_json) << length;
    }
}

TEST(json_reader, duplicates_are_found_in_time_among_thousands_of_members) {
    std::string body = "{";
    for (int i = 0; i < 100'000; ++i) body += '"' + std::to_string(i) + "\":0,";
    const auto read = read_holds_request(body + R"("77":0})");
    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(read.error().pointer, "/77");
}

TEST(json_reader, a_fault_becomes_a_problem_with_the_limits_that_were_broken) {
    const auto read = read_holds_request(one_item(R"({"week":0,"child":7})"));
    const problem made = to_problem(read.error());
    EXPECT_EQ(made.members.at("pointer"), "/items/0/week");
    EXPECT_EQ(made.members.at("minimum").to_number<std::uint64_t>(), 1u);
    EXPECT_EQ(made.members.at("maximum").to_number<std::uint64_t>(), 4294967295u);
}

TEST(json_reader, optional_members_may_be_absent_but_not_wrong) {
    json_document document{R"({"n":3,"s":"é","b":false,"bad":"x"})"};
    object_reader object{
        document.root(), document.place(), document.faults(), {"n", "s", "b", "bad", "none"}};
    EXPECT_EQ(object.optional_integer("n", {0, 9}), 3u);
    EXPECT_EQ(object.optional_string("s", {2, 2}), "é");
    EXPECT_EQ(object.optional_boolean("b"), false);
    EXPECT_EQ(object.optional_integer("none", {}), std::nullopt);
    EXPECT_EQ(object.optional_string("none", {}), std::nullopt);
    EXPECT_EQ(object.optional_boolean("none"), std::nullopt);
    EXPECT_FALSE(document.faults().first());
    object.optional_integer("bad", {0, 9});
    ASSERT_TRUE(document.faults().first());
    EXPECT_EQ(document.faults().first()->pointer, "/bad");
}

TEST(json_reader, strings_have_lengths_and_no_control_characters) {
    const auto fault_of = [](std::string_view body) {
        json_document document{body};
        object_reader object{document.root(), document.place(), document.faults(), {"s"}};
        object.string("s", {1, 3});
        return document.faults().first() ? document.faults().first()->detail
                                         : problem_detail::usual;
    };
    EXPECT_EQ(fault_of(R"({"s":"abc"})"), problem_detail::usual);
    EXPECT_EQ(fault_of(R"({"s":""})"), problem_detail::string_length);
    EXPECT_EQ(fault_of(R"({"s":"abcd"})"), problem_detail::string_length);
    EXPECT_EQ(fault_of(R"({"s":"éé"})"), problem_detail::string_length);
    EXPECT_EQ(fault_of(R"({"s":"a\n"})"), problem_detail::string_characters);
    EXPECT_EQ(fault_of(R"({"s":"\u0000"})"), problem_detail::string_characters);
    EXPECT_EQ(fault_of(R"({"s":7})"), problem_detail::expected_string);
}

TEST(demo_login_request, names_one_family) {
    EXPECT_EQ(read_demo_login_request(R"({"family":42})")->family, family_id{42});
    EXPECT_EQ(read_demo_login_request(R"({"family":0})").error().pointer, "/family");
    EXPECT_EQ(read_demo_login_request(R"({"family":1,"csrf":"x"})").error().kind,
              problem_kind::unknown_member);
}

}  // namespace
}  // namespace campgate::server
