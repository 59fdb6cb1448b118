// What the staff see: families, who is not ready and is reminded, and the log of all that staff
// see and do. Every read and act writes an audit row, without content; no answer leaves before its
// row is there. Sheets are not shown here.
#include "persistence/staff_store.hpp"
#include "server/family_readiness.hpp"
#include "server/family_schemas.hpp"
#include "server/folded_text.hpp"
#include "server/handlers/family_asking.hpp"
#include "server/handlers/staff_asking.hpp"
#include "server/idempotency_key.hpp"
#include "server/mail/letters.hpp"
#include "server/mail/mail_service.hpp"
#include "server/query_string.hpp"
#include "server/time_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>

namespace campgate::server {

namespace json = boost::json;

namespace {

constexpr std::size_t mails_a_transaction = 100;

using file_ptr = std::shared_ptr<const family_file>;

// ---- search

std::string digits_of(std::string_view text) {
    std::string digits;
    for (const char c : text) {
        if (c >= '0' && c <= '9') digits += c;
    }
    return digits;
}

std::string searched_text(const family_file& file) {
    std::string text = file.home.postcode;
    for (const parent_row& parent : file.parents) {
        text += ' ' + full_name(parent) + ' ' + parent.email + ' ' + digits_of(parent.phone);
        if (parent.niss) text += ' ' + parent.niss->digits();
    }
    for (const child_row& child : file.children) {
        text += ' ' + child.given_name + ' ' + child.family_name;
        if (child.niss) text += ' ' + child.niss->digits();
    }
    return folded(text);
}

// A national number is found however it is written.
std::vector<std::string> wanted_words(const std::string& text) {
    if (const auto number = niss::parse(text)) return {number->digits()};
    return words_of(folded(text));
}

std::vector<file_ptr> search(const application& app, const std::string& text) {
    const std::vector<std::string> wanted = wanted_words(text);
    std::vector<file_ptr> found;
    for (file_ptr& file : app.families.all()) {
        const std::string in = wanted.empty() ? std::string{} : searched_text(*file);
        const bool all = std::ranges::all_of(
            wanted, [&](const std::string& word) { return in.find(word) != std::string::npos; });
        if (all) found.push_back(std::move(file));
    }
    return found;
}

json::object found_object(const application& app, const family_file& file, instant now) {
    json::array children;
    for (const child_row& child : file.children) children.emplace_back(child.given_name);
    return {{"family", file.id.value},
            {"parent", full_name(file.parents.front())},
            {"postcode", file.home.postcode},
            {"children", std::move(children)},
            {"ready", readiness_of(app, file, now).ready()}};
}

// ---- readiness

std::vector<file_ptr> not_ready(const application& app, instant now) {
    std::vector<file_ptr> found;
    for (file_ptr& file : app.families.all()) {
        if (!readiness_of(app, *file, now).ready()) found.push_back(std::move(file));
    }
    return found;
}

json::object unready_object(const application& app, const family_file& file, instant now) {
    const readiness found = readiness_of(app, file, now);
    std::vector<std::string_view> codes;
    const auto add = [&](std::string_view code) {
        if (std::ranges::find(codes, code) == codes.end()) codes.push_back(code);
    };
    for (const auto& each : found.family) add(campgate::name_of(each.code));
    for (const child_readiness& child : found.children) {
        for (const auto& each : child.missing) add(campgate::name_of(each.code));
    }
    json::array missing;
    for (const std::string_view code : codes) missing.emplace_back(code);
    return {{"family", file.id.value},
            {"parent", full_name(file.parents.front())},
            {"email", !file.parents.front().email.empty()},
            {"missing", std::move(missing)}};
}

template <class Code>
std::vector<missing_thing> things_of(const std::vector<missing_for<Code>>& missing) {
    std::vector<missing_thing> things;
    for (const auto& each : missing)
        things.push_back({std::string{campgate::name_of(each.code)}, each.at});
    return things;
}

mail reminder_for(const application& app, const family_file& file, const std::string& cause,
                  instant now) {
    const readiness found = readiness_of(app, file, now);
    const parent_row& parent = file.parents.front();
    std::vector<missing_of_child> children;
    for (const child_readiness& child : found.children) {
        const auto row = std::ranges::find(file.children, child.child, &child_row::id);
        children.push_back({row->given_name, things_of(child.missing)});
    }
    std::string portal = app.mails->public_url();
    if (!portal.ends_with('/')) portal += '/';
    return readiness_reminder({file.id, parent.given_name, parent.family_name, parent.email,
                               language_of_code(parent.language)},
                              cause, things_of(found.family), children, found.opens_at,
                              portal + "#portal");
}

std::string hex_of(bits128 key) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const std::uint64_t half : {key.high, key.low}) {
        for (int shift = 60; shift >= 0; shift -= 4) text += digits[half >> shift & 0xf];
    }
    return text;
}

struct reminder_order {
    application& app;
    actor_id actor;
    std::vector<family_id> families;  // empty: all that are not ready
    bits128 key;
    instant now;
};

// Who is ready, or cannot be written to, gets none; the same key does not write
// twice.
std::uint64_t remind(const reminder_order& order) {
    std::vector<file_ptr> files;
    if (order.families.empty()) {
        files = not_ready(order.app, order.now);
    } else {
        for (const family_id id : order.families) {
            auto file = order.app.families.find(id);
            if (file && !readiness_of(order.app, *file, order.now).ready())
                files.push_back(std::move(file));
        }
    }
    std::erase_if(files, [](const file_ptr& file) { return file->parents.front().email.empty(); });
    std::span<const file_ptr> left{files};
    while (!left.empty()) {
        const auto some = left.first(std::min(left.size(), mails_a_transaction));
        order.app.database->change([&](worker_transaction& work) {
            for (const file_ptr& file : some) {
                const std::string cause =
                    "readiness:" + std::to_string(file->id.value) + ':' + hex_of(order.key);
                if (order.app.mails->put(work, reminder_for(order.app, *file, cause, order.now)))
                    write_audit(work, order.now, order.actor, "family_reminded", file->id, {});
            }
            return true;
        });
        left = left.subspan(some.size());
    }
    return files.size();
}

result<reminder_order, http_response> reminders_asked(const request_context& c) {
    if (auto refused = change_refused(c)) return *std::move(refused);
    const auto key = required_key(c);
    if (!key) return key.error();
    const auto asked = read_reminder_request(c.request.body);
    if (!asked) return c.refuse(to_problem(asked.error()));
    for (const family_id family : asked->families) {
        if (!c.app.families.find(family)) return c.refuse(problem_kind::not_found);
    }
    return reminder_order{c.app, c.login->actor, asked->families, *key, c.now};
}

// ---- audit

struct audit_page {
    std::vector<audit_row> rows;
    std::uint64_t count = 0;
};

json::value actor_name(const application& app, actor_id actor) {
    // A parent's number is its family's; nobody's is the server's own.
    const auto file = app.families.find(family_id{actor.value});
    return file ? json::value(full_name(file->parents.front())) : json::value();
}

json::object audit_object(const application& app, const audit_row& row) {
    return {{"at", rfc3339(row.at)},
            {"who", actor_name(app, row.actor)},
            {"what", row.what},
            {"family", row.family ? json::value(row.family->value) : json::value()},
            {"child", row.child ? json::value(row.child->value) : json::value()}};
}

}  // namespace

// By POST: what is searched for names people, and stands in no address, log or history.
awaitable<http_response> post_staff_search(const request_context& c) {
    if (auto refused = change_refused(c)) co_return *std::move(refused);
    const auto asked = read_search_request(c.request.body);
    if (!asked) co_return c.refuse(to_problem(asked.error()));
    const bool done = co_await recorded(c, "families_searched");
    if (!done) co_return c.refuse(problem_kind::not_ready);
    const std::vector<file_ptr> found = search(c.app, asked->text);
    json::array families;
    for (const file_ptr& file : page_of(found, asked->page))
        families.push_back(found_object(c.app, *file, c.now));
    co_return json_response(c, json::serialize(json::object{{"page", asked->page},
                                                            {"pages", pages_for(found.size())},
                                                            {"families", std::move(families)}}));
}

awaitable<http_response> get_staff_family(const request_context& c) {
    const auto number = parse_unsigned(c.path_arguments[0], 1, json_integer_max);
    if (!number || !c.app.families.find(family_id{*number}))
        co_return c.refuse(problem_kind::not_found);
    const bool done = co_await recorded(c, "family_read", family_id{*number});
    if (!done) co_return c.refuse(problem_kind::not_ready);
    co_return file_response(c, family_id{*number});
}

awaitable<http_response> get_staff_readiness(const request_context& c) {
    const auto asked = page_asked(c);
    if (!asked) co_return asked.error();
    const bool done = co_await recorded(c, "readiness_read");
    if (!done) co_return c.refuse(problem_kind::not_ready);
    const std::vector<file_ptr> found = not_ready(c.app, c.now);
    json::array families;
    for (const file_ptr& file : page_of(found, *asked))
        families.push_back(unready_object(c.app, *file, c.now));
    co_return json_response(c, json::serialize(json::object{{"page", *asked},
                                                            {"pages", pages_for(found.size())},
                                                            {"families", std::move(families)},
                                                            {"not_ready", found.size()}}));
}

awaitable<http_response> post_staff_reminders(const request_context& c) {
    const auto order = reminders_asked(c);
    if (!order) co_return order.error();
    std::function<std::uint64_t()> work = [order = *order] { return remind(order); };
    const auto mails = co_await on_worker(c, "reminders_not_written", std::move(work));
    if (!mails) co_return c.refuse(problem_kind::outcome_unknown);
    c.app.mails->wake();
    http_response response = json_response(c, json::serialize(json::object{{"mails", *mails}}));
    response.status = 202;
    co_return response;
}

awaitable<http_response> get_staff_audit(const request_context& c) {
    const auto asked = page_asked(c);
    if (!asked) co_return asked.error();
    std::function<audit_page()> work = [&app = c.app, actor = c.login->actor, now = c.now,
                                        page = *asked] {
        audit_page read;
        app.database->change([&](worker_transaction& transaction) {
            read.rows = read_audit(transaction, page * staff_rows_per_page, staff_rows_per_page);
            read.count = count_audit(transaction);
            write_audit(transaction, now, actor, "audit_read", {}, {});
            return true;
        });
        return read;
    };
    const auto read = co_await on_worker(c, "audit_not_read", std::move(work));
    if (!read) co_return c.refuse(problem_kind::not_ready);
    json::array entries;
    for (const audit_row& row : read->rows) entries.push_back(audit_object(c.app, row));
    co_return json_response(c, json::serialize(json::object{{"page", *asked},
                                                            {"pages", pages_for(read->count)},
                                                            {"entries", std::move(entries)}}));
}

}  // namespace campgate::server
