#include "server/family_schemas.hpp"

#include "core/season.hpp"
#include "persistence/pg_text.hpp"
#include "server/mail/mail_header.hpp"
#include "server/query_string.hpp"

#include <algorithm>
#include <array>

namespace campgate::server {

namespace {

constexpr json_range name_length{1, 120};
constexpr json_range street_length{1, 120};
constexpr json_range house_length{1, 12};
constexpr json_range postcode_length{1, 12};
constexpr json_range city_length{1, 80};
constexpr json_range country_length{2, 2};
constexpr json_range phone_length{6, 32};
constexpr json_range email_length{3, 254};
constexpr json_range niss_length{11, 20};
constexpr json_range day_length{10, 10};
constexpr json_range code_length{1, 32};
constexpr json_range note_length{1, 1'000};
constexpr json_range motive_length{1, 1'000};
constexpr json_range document_length{36, 36};
constexpr json_range percent_range{0, 100};
constexpr json_range search_length{0, 200};
constexpr json_range page_range{0, 1'000'000};
constexpr json_range token_length{16, 128};
constexpr std::size_t reminded_max = 1'000;
constexpr std::size_t phone_digits_min = 6;
constexpr int birth_year_min = 1900;
constexpr std::array<std::string_view, 4> languages{"fr", "nl", "de", "en"};

// What is wrong with a text that a reader has let through; an absent one is not looked at.
class text_check {
public:
    text_check(json_faults& faults, const json_place& place) : faults_(faults), place_(place) {}

    void refuse(std::string_view member, problem_detail detail) const {
        faults_.add(problem_kind::invalid_member, detail, json_place{&place_, member, 0, false});
    }

    std::string name(std::string_view member, std::string_view text) const {
        if (text.starts_with(' ') || text.ends_with(' '))
            refuse(member, problem_detail::string_characters);
        return std::string{text};
    }

    std::optional<niss> number(std::string_view member, std::string_view text) const {
        auto read = niss::parse(text);
        if (!read && !text.empty()) refuse(member, problem_detail::not_a_niss);
        return read;
    }

    std::chrono::sys_days day(std::string_view member, std::string_view text) const {
        const auto part = [&](std::size_t at, std::size_t length) {
            const auto digits = text.substr(at, length);
            unsigned value = 0;
            for (const char c : digits) {
                if (c < '0' || c > '9') return 0U;
                value = value * 10 + static_cast<unsigned>(c - '0');
            }
            return value;
        };
        if (text.size() != day_length.most) return {};
        const std::chrono::year_month_day read{std::chrono::year{static_cast<int>(part(0, 4))},
                                               std::chrono::month{part(5, 2)},
                                               std::chrono::day{part(8, 2)}};
        const bool shaped = text[4] == '-' && text[7] == '-' && read.ok() &&
                            static_cast<int>(read.year()) >= birth_year_min;
        if (!shaped) {
            refuse(member, problem_detail::not_a_day);
            return {};
        }
        return read;
    }

    std::string phone(std::string_view member, std::string_view text) const {
        const bool known = std::ranges::all_of(text, [](char c) {
            return (c >= '0' && c <= '9') || std::string_view{"+ /.-()"}.find(c) != text_none;
        });
        const auto digits =
            std::ranges::count_if(text, [](char c) { return c >= '0' && c <= '9'; });
        if (!text.empty() && (!known || static_cast<std::size_t>(digits) < phone_digits_min))
            refuse(member, problem_detail::not_a_phone);
        return std::string{text};
    }

    std::string email(std::string_view member, std::string_view text) const {
        if (!text.empty() && !is_mail_address(text)) refuse(member, problem_detail::not_an_email);
        return std::string{text};
    }

private:
    static constexpr auto text_none = std::string_view::npos;
    json_faults& faults_;
    const json_place& place_;
};

// Postcodes decide who is a resident: a Belgian one has four digits.
bool is_postcode(std::string_view text, std::string_view country) {
    if (country != "BE") return true;
    return text.size() == 4 && text.front() != '0' &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

postal_address read_address(const boost::json::value& root, const json_place& up,
                            json_faults& faults) {
    const json_place place{&up, "address", 0, false};
    postal_address address;
    const auto* object = root.if_object();
    const boost::json::value* given = object != nullptr ? object->if_contains("address") : nullptr;
    if (given == nullptr) {
        faults.add(problem_kind::missing_member, problem_detail::usual, place);
        return address;
    }
    object_reader reader{
        *given, place, faults, {"street", "number", "box", "postcode", "city", "country"}};
    const text_check check{faults, place};
    address.street = check.name("street", reader.string("street", street_length));
    address.number = check.name("number", reader.string("number", house_length));
    address.box = reader.nullable_string("box", house_length).value_or("");
    address.postcode = reader.string("postcode", postcode_length);
    address.city = check.name("city", reader.string("city", city_length));
    address.country = reader.string("country", country_length);
    const bool letters =
        std::ranges::all_of(address.country, [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!letters) check.refuse("country", problem_detail::not_in_list);
    if (!address.postcode.empty() && !is_postcode(address.postcode, address.country))
        check.refuse("postcode", problem_detail::not_a_postcode);
    return address;
}

}  // namespace

result<profile_request, json_fault> read_profile_request(std::string_view body) {
    json_document document{body};
    json_faults& faults = document.faults();
    if (faults.first()) return *faults.first();
    object_reader object{
        document.root(), document.place(), faults, {"address", "phone", "email", "language"}};
    const text_check check{faults, document.place()};
    profile_request request;
    if (!faults.first()) request.address = read_address(document.root(), document.place(), faults);
    request.phone = check.phone("phone", object.string("phone", phone_length));
    request.email =
        check.email("email", object.nullable_string("email", email_length).value_or(""));
    request.language = languages[object.choice("language", languages)];
    if (faults.first()) return *faults.first();
    return request;
}

result<child_request, json_fault> read_child_request(std::string_view body, const season* s,
                                                     std::chrono::sys_days today) {
    json_document document{body};
    json_faults& faults = document.faults();
    if (faults.first()) return *faults.first();
    object_reader object{
        document.root(),
        document.place(),
        faults,
        {"given_name", "family_name", "birth_date", "niss", "site", "school_year"}};
    const text_check check{faults, document.place()};
    child_request request;
    request.given_name = check.name("given_name", object.string("given_name", name_length));
    request.family_name = check.name("family_name", object.string("family_name", name_length));
    request.birth_date = check.day("birth_date", object.string("birth_date", day_length));
    if (request.birth_date > today) check.refuse("birth_date", problem_detail::not_a_day);
    request.niss = check.number("niss", object.nullable_string("niss", niss_length).value_or(""));
    request.site = object.nullable_string("site", code_length).value_or("");
    request.school_year = object.nullable_string("school_year", code_length).value_or("");
    if (!request.site.empty() && (s == nullptr || s->find_site(request.site) == nullptr))
        check.refuse("site", problem_detail::not_in_list);
    const bool known_year =
        s != nullptr &&
        std::ranges::find(s->school_years, request.school_year) != s->school_years.end();
    if (!request.school_year.empty() && !known_year)
        check.refuse("school_year", problem_detail::not_in_list);
    if (faults.first()) return *faults.first();
    return request;
}

result<attachment_request, json_fault> read_attachment_request(std::string_view body) {
    json_document document{body};
    json_faults& faults = document.faults();
    if (faults.first()) return *faults.first();
    object_reader object{document.root(), document.place(), faults, {"niss", "birth_date"}};
    const text_check check{faults, document.place()};
    const auto number = check.number("niss", object.string("niss", niss_length));
    const auto day = check.day("birth_date", object.string("birth_date", day_length));
    if (faults.first()) return *faults.first();
    return attachment_request{*number, day};
}

result<decision_request, json_fault> read_decision_request(std::string_view body) {
    json_document document{body};
    json_faults& faults = document.faults();
    if (faults.first()) return *faults.first();
    object_reader object{document.root(), document.place(), faults, {"accept", "note", "percent"}};
    decision_request request;
    request.accept = object.boolean("accept");
    request.note = object.optional_nullable_string("note", note_length).value_or("");
    if (const auto percent = object.optional_integer("percent", percent_range))
        request.percent = static_cast<std::uint32_t>(*percent);
    if (faults.first()) return *faults.first();
    return request;
}

result<cancellation_request, json_fault> read_cancellation_request(std::string_view body) {
    json_document document{body};
    json_faults& faults = document.faults();
    if (faults.first()) return *faults.first();
    object_reader object{document.root(), document.place(), faults, {"motive", "document"}};
    const text_check check{faults, document.place()};
    cancellation_request request;
    request.motive = object.text("motive", motive_length);
    if (const auto id = object.optional_nullable_string("document", document_length)) {
        request.document = uuid_of(*id);
        if (!request.document) check.refuse("document", problem_detail::string_characters);
    }
    if (faults.first()) return *faults.first();
    return request;
}

result<search_request, json_fault> read_search_request(std::string_view body) {
    json_document document{body};
    json_faults& faults = document.faults();
    if (faults.first()) return *faults.first();
    object_reader object{document.root(), document.place(), faults, {"q", "page"}};
    search_request request;
    request.text = object.string("q", search_length);
    request.page = object.optional_integer("page", page_range).value_or(0);
    if (faults.first()) return *faults.first();
    return request;
}

result<bool, json_fault> read_accept_request(std::string_view body) {
    json_document document{body};
    json_faults& faults = document.faults();
    if (faults.first()) return *faults.first();
    object_reader object{document.root(), document.place(), faults, {"accept"}};
    const bool accept = object.boolean("accept");
    if (faults.first()) return *faults.first();
    return accept;
}

result<std::string, json_fault> read_note_request(std::string_view body) {
    json_document document{body};
    json_faults& faults = document.faults();
    if (faults.first()) return *faults.first();
    object_reader object{document.root(), document.place(), faults, {"note"}};
    std::string note{object.optional_nullable_string("note", note_length).value_or("")};
    if (faults.first()) return *faults.first();
    return note;
}

result<std::string, json_fault> read_token_request(std::string_view body) {
    json_document document{body};
    json_faults& faults = document.faults();
    if (faults.first()) return *faults.first();
    object_reader object{document.root(), document.place(), faults, {"token"}};
    std::string token{object.string("token", token_length)};
    if (faults.first()) return *faults.first();
    return token;
}

result<reminder_request, json_fault> read_reminder_request(std::string_view body) {
    json_document document{body};
    json_faults& faults = document.faults();
    if (faults.first()) return *faults.first();
    const auto* given = document.root().if_object();
    reminder_request request;
    if (given != nullptr && given->contains("all")) {
        object_reader object{document.root(), document.place(), faults, {"all"}};
        if (!object.boolean("all") && !faults.first())
            faults.add(problem_kind::invalid_member, problem_detail::not_in_list,
                       json_place{&document.place(), "all", 0, false});
    } else {
        object_reader object{document.root(), document.place(), faults, {"families"}};
        const array_reader items = object.array("families", {1, reminded_max});
        for (std::size_t i = 0; i < items.size() && !faults.first(); ++i) {
            const auto* signed_id = items.item(i).if_int64();
            if (signed_id == nullptr || *signed_id < 1) {
                faults.add(problem_kind::invalid_member, problem_detail::expected_integer,
                           items.place(i), json_range{1, json_integer_max});
                break;
            }
            const family_id family{static_cast<std::uint64_t>(*signed_id)};
            if (std::ranges::find(request.families, family) != request.families.end())
                faults.add(problem_kind::invalid_member, problem_detail::repeated_item,
                           items.place(i));
            request.families.push_back(family);
        }
    }
    if (faults.first()) return *faults.first();
    return request;
}

std::optional<json_fault> fault_of_empty_request(std::string_view body) {
    json_document document{body};
    json_faults& faults = document.faults();
    if (!faults.first()) object_reader{document.root(), document.place(), faults, {}};
    return faults.first();
}

}  // namespace campgate::server
