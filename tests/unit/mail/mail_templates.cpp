// The mails' texts: ours are whole in every language, the organiser's go before them, slips are
// told with file and line.
#include "server/mail/mail_templates.hpp"
#include "server/mail/in_words.hpp"
#include "server/mail/letters.hpp"

#include <gtest/gtest.h>

#include <unistd.h>
#include <fstream>

namespace campgate::server {
namespace {

using namespace std::chrono_literals;

mail_templates own() {
    auto loaded = mail_templates::load({});
    if (auto* faults = std::get_if<std::vector<file_fault>>(&loaded)) {
        for (const file_fault& fault : *faults) ADD_FAILURE() << to_text(fault);
        throw std::runtime_error("our own texts have faults");
    }
    return std::get<mail_templates>(std::move(loaded));
}

template_values ready(template_values values, language in) {
    put_into_words(values, in, *time_zone::find("Europe/Brussels"));
    values.texts["organiser"] = "Commune de Dalhem";
    values.texts["organiser_email"] = "plaines@dalhem.example";
    return values;
}

class folder {
public:
    folder() {
        std::string name =
            (std::filesystem::temp_directory_path() / "campgate-mails-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
        path_ = name;
    }
    ~folder() { std::filesystem::remove_all(path_); }
    void put(const std::string& name, std::string_view text) const {
        std::ofstream{path_ / name, std::ios::binary} << text;
    }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

std::vector<std::string> faults_of(const folder& files) {
    std::vector<std::string> told;
    const auto loaded = mail_templates::load(files.path());
    if (const auto* faults = std::get_if<std::vector<file_fault>>(&loaded)) {
        for (const file_fault& fault : *faults)
            told.push_back(to_text(fault).substr(files.path().string().size() + 1));
    }
    return told;
}

TEST(mail_templates, every_kind_is_written_in_every_language) {
    const mail_templates all = own();
    for (const mail_kind kind : all_mail_kinds) {
        for (const language in : all_languages) {
            const written_mail made = all.write(kind, in, ready(example_values(kind), in));
            EXPECT_FALSE(made.subject.empty());
            for (const std::string& text : {made.subject, made.text, made.html}) {
                EXPECT_EQ(text.find("{{"), std::string::npos) << text;
                EXPECT_EQ(text.find("}}"), std::string::npos) << text;
                EXPECT_EQ(text.find("\n\n\n"), std::string::npos) << text;
            }
            EXPECT_NE(made.text.find("Anne"), std::string::npos);
            EXPECT_NE(made.text.find("plaines@dalhem.example"), std::string::npos);
            EXPECT_NE(made.html.find("<html lang=\"" + std::string{code_of(in)} + "\">"),
                      std::string::npos);
        }
    }
}

TEST(mail_templates, what_is_missing_is_said_and_nothing_else) {
    const addressee anne{family_id{1}, "Anne", "Lambert", "anne@dalhem.example", language::fr};
    const instant lapses{std::chrono::sys_days{std::chrono::year{2027} / 2 / 1} + 12h};
    const mail m =
        readiness_reminder(anne, "x", {}, {{"Léa", {{"sheet_expired", lapses}}}, {"Tom", {}}},
                           std::nullopt, "https://camps.example/#/");
    const written_mail made = own().write(m.kind, m.in, ready(m.values, m.in));
    EXPECT_EQ(made.subject, "Votre dossier pour les plaines de vacances est incomplet");
    EXPECT_NE(made.text.find("Léa\n- la fiche santé a expiré le lundi 1er février 2027"),
              std::string::npos)
        << made.text;
    for (const char* not_said : {"Tom", "Pour vous", "numéro national", "{{"})
        EXPECT_EQ(made.text.find(not_said), std::string::npos) << made.text;
    EXPECT_NE(made.html.find("<li>la fiche santé a expiré le lundi 1er février 2027"),
              std::string::npos);
}

TEST(mail_templates, the_organisers_text_goes_before_ours_in_its_language_only) {
    const folder files;
    files.put("email_confirmation.fr.txt",
              "\xef\xbb\xbfSubject: Salut {{given_name}}\r\n\r\nClic : {{link}}\r\n");
    auto loaded = mail_templates::load(files.path());
    const auto& all = std::get<mail_templates>(loaded);
    const auto values = ready(example_values(mail_kind::email_confirmation), language::fr);
    const written_mail made = all.write(mail_kind::email_confirmation, language::fr, values);
    EXPECT_EQ(made.subject, "Salut Anne");
    EXPECT_TRUE(made.text.starts_with("Clic : https://camps.example/#/confirm/token\n"))
        << made.text;
    EXPECT_EQ(all.write(mail_kind::email_confirmation, language::en, values).subject,
              "Confirm your e-mail address");
}

TEST(mail_templates, slips_are_told_with_file_and_line) {
    const folder files;
    files.put("email_confirmation.fr.txt", "Subject: x\n\nBonjour {{prenom}}\n\n{{link}\n");
    files.put("email_confirmation.fr.html", "<p>\n{{portal_link}}</p>");
    files.put("email_confirmation.nl.txt", "Onderwerp: x\n\n");
    files.put("layout.de.txt", "Hallo");
    files.put("email_confirmation.de.txt", "Subject: \xff\n\nx");
    files.put("emailconfirmation.en.txt", "Subject: x\n\nx");
    const std::string names =
        "it has family_name, given_name, link, organiser, "
        "organiser_address, organiser_email, public_url";
    EXPECT_EQ(
        faults_of(files),
        (std::vector<std::string>{
            "email_confirmation.de.txt: is not UTF-8",
            "emailconfirmation.en.txt: is the name of no mail; one is "
            "email_confirmation.fr.txt",
            "email_confirmation.fr.txt:3:9: prenom: is no placeholder of this mail; " + names,
            "email_confirmation.fr.txt:5:1: {{ without }} in its line",
            "email_confirmation.fr.html:2:1: portal_link: is no placeholder of this mail; " + names,
            "email_confirmation.nl.txt:1:1: Subject: the first line must be 'Subject: …', "
            "the second empty",
            "layout.de.txt: content: is missing: {{content}} is where the mail goes"}));
}

TEST(mail_templates, a_directory_that_is_not_there_is_told) {
    const auto loaded = mail_templates::load("/nowhere/at/all");
    const auto* faults = std::get_if<std::vector<file_fault>>(&loaded);
    ASSERT_NE(faults, nullptr);
    EXPECT_EQ(to_text(faults->front()), "/nowhere/at/all: cannot be read as a directory");
}

}  // namespace
}  // namespace campgate::server
