// What a parent says of itself: registering (S9), the profile (S7) with its
// e-mail address and the link that confirms it, and the wish that a late move
// counts (R8).
#include "core/residence.hpp"
#include "persistence/request_store.hpp"
#include "server/family_schemas.hpp"
#include "server/handlers/family_asking.hpp"
#include "server/mail/letters.hpp"
#include "server/mail/mail_service.hpp"
#include "server/random_text.hpp"

#include <boost/json/object.hpp>

namespace campgate::server {

namespace {

constexpr std::chrono::days confirmation_lasts{7};

// A link that only the mail knows; the table keeps its hash.
void send_confirmation(worker_transaction& work, application& app, family_id family,
                       const parent_row& parent, instant now) {
    const std::string token = random_hex();
    put_email_confirmation(work, *app.sealing, parent.id, token, parent.email,
                           now + confirmation_lasts);
    std::string link = app.mails->public_url();
    if (link.ends_with('/')) link.pop_back();
    app.mails->put(work, email_confirmation({family, parent.given_name, parent.family_name,
                                             parent.email, language_of_code(parent.language)},
                                            link + "/#/confirm/" + token));
}

parent_row* parent_in(std::optional<family_row>& row, actor_id actor) {
    if (!row) return nullptr;
    const auto found = std::ranges::find(row->parents, actor, &parent_row::id);
    return found != row->parents.end() ? &*found : nullptr;
}

struct profile_order {
    application& app;
    family_id family;
    actor_id actor;
    std::uint64_t expected;
    profile_request wanted;
    instant now;
};

bool keep_profile(worker_transaction& work, const profile_order& order) {
    application& app = order.app;
    auto row = load_family(work, *app.sealing, order.family);
    parent_row* parent = parent_in(row, order.actor);
    if (parent == nullptr) return false;
    const bool other_email = parent->email != order.wanted.email;
    parent->address = order.wanted.address;
    parent->phone = order.wanted.phone;
    parent->language = order.wanted.language;
    parent->email = order.wanted.email;
    if (other_email) parent->email_confirmed = false;
    update_parent(work, *app.sealing, *parent);
    const auto cutoff = residence_cutoff(*app.seen.season.load());
    update_residence(work, order.family,
                     moved(row->home, order.wanted.address.postcode, order.now, cutoff));
    if (other_email && !parent->email.empty())
        send_confirmation(work, app, order.family, *parent, order.now);
    return true;
}

file_change change_profile(const profile_order& order) {
    file_change outcome;
    outcome.result = order.app.files->change(
        order.family, order.expected,
        [&](worker_transaction& work) { return keep_profile(work, order); });
    return outcome;
}

// Another profile, seen in the version that If-Match names; or the answer that says why not.
result<profile_order, http_response> profile_asked(const request_context& c) {
    if (auto refused = change_refused(c)) return *std::move(refused);
    const auto file = c.app.families.find(c.login->family);
    if (!file) return c.refuse(problem_kind::not_found);
    const auto wanted = read_profile_request(c.request.body);
    if (!wanted) return c.refuse(to_problem(wanted.error()));
    const auto expected = expected_version(c, *file);
    if (!expected) return expected.error();
    return profile_order{c.app, c.login->family, c.login->actor, *expected, *wanted, c.now};
}

}  // namespace

awaitable<http_response> post_family_register(const request_context& c) {
    if (auto refused = change_refused(c)) co_return *std::move(refused);
    if (const auto fault = fault_of_empty_request(c.request.body))
        co_return c.refuse(to_problem(*fault));
    std::function<file_change()> work = [&app = c.app, family = c.login->family,
                                         actor = c.login->actor, now = c.now] {
        return file_change{app.files->change(family, std::nullopt,
                                             [&](worker_transaction& transaction) {
                                                 auto row =
                                                     load_family(transaction, *app.sealing, family);
                                                 parent_row* parent = parent_in(row, actor);
                                                 if (parent == nullptr || parent->registered_at)
                                                     return false;
                                                 parent->registered_at = now;
                                                 update_parent(transaction, *app.sealing, *parent);
                                                 return true;
                                             }),
                           {}};
    };
    auto ended = co_await make_change(c, std::move(work));
    if (ended) co_return *std::move(ended);
    co_return file_response(c, c.login->family);
}

awaitable<http_response> put_family_profile(const request_context& c) {
    const auto order = profile_asked(c);
    if (!order) co_return order.error();
    std::function<file_change()> work = [order = *order] { return change_profile(order); };
    auto ended = co_await make_change(c, std::move(work));
    if (ended) co_return *std::move(ended);
    c.app.mails->wake();
    co_return file_response(c, c.login->family);
}

awaitable<http_response> post_email_resend(const request_context& c) {
    if (auto refused = change_refused(c)) co_return *std::move(refused);
    if (const auto fault = fault_of_empty_request(c.request.body))
        co_return c.refuse(to_problem(*fault));
    if (auto refused = lookup_refused(c)) co_return *std::move(refused);
    std::function<file_change()> work = [&app = c.app, family = c.login->family,
                                         actor = c.login->actor, now = c.now] {
        app.database->change([&](worker_transaction& transaction) {
            auto row = load_family(transaction, *app.sealing, family);
            const parent_row* parent = parent_in(row, actor);
            if (parent == nullptr || parent->email.empty() || parent->email_confirmed) return false;
            send_confirmation(transaction, app, family, *parent, now);
            return true;
        });
        return file_change{{change_outcome::changed, 0}, {}};
    };
    auto ended = co_await make_change(c, std::move(work));
    if (ended) co_return *std::move(ended);
    c.app.mails->wake();
    http_response response;
    response.status = 202;
    response.headers.emplace_back("Cache-Control", "no-store");
    co_return response;
}

// Whoever holds the link has read the mail: no login is asked for.
awaitable<http_response> post_email_confirm(const request_context& c) {
    if (auto refused = change_refused(c)) co_return *std::move(refused);
    const auto token = read_token_request(c.request.body);
    if (!token) co_return c.refuse(to_problem(token.error()));
    std::function<bool()> work = [&app = c.app, token = *token, now = c.now] {
        std::optional<email_confirmation_row> found;
        app.database->read([&](worker_transaction& transaction) {
            found = find_email_confirmation(transaction, *app.sealing, token, now);
        });
        if (!found) return false;
        bool same = false;
        app.files->change(found->family, std::nullopt, [&](worker_transaction& transaction) {
            auto row = load_family(transaction, *app.sealing, found->family);
            parent_row* parent = parent_in(row, found->parent);
            same =
                parent != nullptr && email_hash(*app.sealing, parent->email) == found->email_hash;
            if (!same || parent->email_confirmed) return false;
            parent->email_confirmed = true;
            update_parent(transaction, *app.sealing, *parent);
            return true;
        });
        return same;
    };
    const auto confirmed = co_await on_worker(c, "email_not_confirmed", std::move(work));
    if (!confirmed) co_return c.refuse(problem_kind::outcome_unknown);
    if (!*confirmed) co_return c.refuse(problem_kind::not_found);
    co_return json_response(c,
                            boost::json::serialize(boost::json::object{{"email_confirmed", true}}));
}

awaitable<http_response> post_family_residence(const request_context& c) {
    if (auto refused = change_refused(c)) co_return *std::move(refused);
    const auto note = read_note_request(c.request.body);
    if (!note) co_return c.refuse(to_problem(note.error()));
    const new_request asked{
        request_kind::residence, c.login->family, c.login->actor, {}, *note, {}, c.now};
    http_response answer = co_await ask_staff(c, asked);
    co_return answer;
}

}  // namespace campgate::server
