// The template language: what is replaced, repeated and left out, and how a slip is told.
#include "server/mail/mail_template.hpp"

#include <gtest/gtest.h>

namespace campgate::server {
namespace {

template_values names() {
    template_values v;
    v.texts = {{"name", "Anne"}, {"note", "x"}};
    v.lists["children"].emplace_back().texts = {{"child", "Léa"}, {"age", "7"}};
    return v;
}

std::string rendered(std::string_view text, const template_values& values,
                     template_escape escape = template_escape::plain) {
    std::vector<file_fault> faults;
    const auto parsed = mail_template::parse(text, "t.txt", 1, names(), faults);
    if (!parsed) return faults.empty() ? "no fault" : to_text(faults.front());
    return parsed->render(values, escape);
}

TEST(mail_template, replaces_names_and_leaves_the_rest) {
    EXPECT_EQ(rendered("Bonjour {{name}}, {{ name }}! {x} }}", names()),
              "Bonjour Anne, Anne! {x} }}");
    EXPECT_EQ(rendered("{{note}}", {}), "");
}

TEST(mail_template, repeats_a_section_for_each_item_and_sees_outer_names) {
    template_values v = names();
    v.lists["children"].emplace_back().texts = {{"child", "Tom"}};
    EXPECT_EQ(
        rendered("{{#children}}{{child}} of {{name}}{{#age}} ({{age}}){{/age}}, {{/children}}", v),
        "Léa of Anne (7), Tom of Anne, ");
}

TEST(mail_template, shows_sections_of_texts_and_their_opposites) {
    template_values v;
    v.texts["note"] = "";
    EXPECT_EQ(rendered("{{#note}}yes{{/note}}{{^note}}no{{/note}}", v), "no");
    v.texts["note"] = "1";
    EXPECT_EQ(rendered("{{#note}}yes{{/note}}{{^note}}no{{/note}}", v), "yes");
    EXPECT_EQ(rendered("{{^children}}none{{/children}}", v), "none");
}

TEST(mail_template, a_section_mark_alone_in_its_line_takes_the_line_along) {
    EXPECT_EQ(rendered("a\n  {{#children}}\n- {{child}}\n{{/children}}\nb\n", names()),
              "a\n- Léa\nb\n");
    EXPECT_EQ(rendered("{{#note}}\nx\n{{/note}}", names()), "x\n");
}

TEST(mail_template, html_is_escaped_but_for_the_content_of_a_layout) {
    template_values v;
    v.texts["name"] = R"(<a href="x">&'</a>)";
    EXPECT_EQ(rendered("{{name}}", v, template_escape::html),
              "&lt;a href=&quot;x&quot;&gt;&amp;&#39;&lt;/a&gt;");
    std::vector<file_fault> faults;
    template_values with_content;
    with_content.texts["content"] = "<p>";
    const auto layout = mail_template::parse("{{content}}", "l", 1, with_content, faults);
    ASSERT_TRUE(layout);
    EXPECT_EQ(layout->render(with_content, template_escape::html), "<p>");
}

TEST(mail_template, a_values_marks_are_no_marks) {
    template_values v;
    v.texts["name"] = "{{note}}{{#children}}";
    EXPECT_EQ(rendered("{{name}}", v), "{{note}}{{#children}}");
}

TEST(mail_template, faults_have_their_line_and_column) {
    EXPECT_EQ(rendered("a\nb {{naem}}", {}),
              "t.txt:2:3: naem: is no placeholder of this mail; it has children, name, note");
    EXPECT_EQ(rendered("{{#note}}\n{{/note}}\n\n x {{naem}}", {}).substr(0, 17),
              "t.txt:4:4: naem: ");
    EXPECT_EQ(rendered("\n{{child}}", {}).substr(0, 18), "t.txt:2:1: child: ");
    EXPECT_EQ(rendered("{{children}}", {}),
              "t.txt:1:1: children: is a list: write {{#children}}…{{/children}}");
    EXPECT_EQ(rendered("a {{name", {}), "t.txt:1:3: {{ without }} in its line");
    EXPECT_EQ(rendered("\n{{#note}}x", {}), "t.txt:2:1: note: is opened and never closed");
    EXPECT_EQ(rendered("x{{/note}}", {}), "t.txt:1:2: note: is closed and was not opened");
}

TEST(mail_template, deep_nesting_is_a_fault_and_no_overflow) {
    std::string text;
    for (int i = 0; i < 10'000; ++i) text += "{{#note}}";
    EXPECT_NE(rendered(text, {}).find("too deep"), std::string::npos);
}

}  // namespace
}  // namespace campgate::server
