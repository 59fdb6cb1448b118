// The children of a family: added (S11 to S13), changed, taken out; known ones
// asked for by a second parent (R10) and by one who wants to be invoiced (R9).
// No child is there twice: its national number is unique, and asking for one
// never tells whether it is here.
#include "persistence/request_store.hpp"
#include "persistence/staff_store.hpp"
#include "server/family_schemas.hpp"
#include "server/handlers/family_asking.hpp"
#include "server/idempotency_key.hpp"
#include "server/query_string.hpp"
#include "server/sequencer_pass.hpp"

#include <boost/json/object.hpp>

#include <algorithm>

namespace campgate::server {

namespace json = boost::json;

namespace {

constexpr std::string_view unique_violation = "23505";
child_row row_of(const child_request& wanted) {
    child_row row;
    row.given_name = wanted.given_name;
    row.family_name = wanted.family_name;
    row.birth_date = wanted.birth_date;
    row.niss = wanted.niss;
    row.site = wanted.site;
    row.school_year = wanted.school_year;
    return row;
}

struct child_order {
    application& app;
    family_id family;
    actor_id actor;
    bits128 key;
    bits128 body;
    child_row wanted;
    instant now;
    std::uint64_t expected = 0;  ///< of an edit
};

struct child_outcome {
    file_change change;
    child_id child;
};

// R9: who adds a child is its invoiceable parent. The same key gives the same
// child (May run twice.)
bool add_child(worker_transaction& work, const child_order& order, child_outcome& outcome) {
    outcome = {};
    const master_key& key = *order.app.sealing;
    if (const auto made = find_child_made(work, order.actor, order.key)) {
        outcome.child = made->child;
        if (made->body != order.body) outcome.change.refused = problem_kind::key_reused;
        return false;
    }
    if (order.wanted.niss && find_child(work, key, *order.wanted.niss)) {
        outcome.change.refused = problem_kind::child_known;
        return false;
    }
    child_row child = order.wanted;
    child.id = outcome.child = new_child_id(work);
    child.invoiceable_parent = order.actor;
    insert_child(work, key, order.family, child);
    put_child_made(work, order.actor, order.key, order.body, child.id, order.now);
    return true;
}

child_outcome add(const child_order& order) {
    child_outcome outcome;
    try {
        const change_result result = order.app.files->change(
            order.family, std::nullopt,
            [&](worker_transaction& work) { return add_child(work, order, outcome); });
        outcome.change.result = result;
    } catch (const database_error& e) {
        // Another family has added the same child at the same moment.
        if (e.sqlstate() != unique_violation) throw;
        outcome.change.refused = problem_kind::child_known;
    }
    return outcome;
}

http_response child_known(const request_context& c) {
    problem p = problem_of(problem_kind::child_known);
    p.members["can_ask"] = true;
    return c.refuse(p);
}

http_response answer_to(const request_context& c, const child_outcome& outcome) {
    if (outcome.change.refused == problem_kind::child_known) return child_known(c);
    if (outcome.change.refused) return c.refuse(*outcome.change.refused);
    if (outcome.change.result.is == change_outcome::not_found)
        return c.refuse(problem_kind::not_found);
    http_response response =
        json_response(c, json::serialize(json::object{{"child", outcome.child.value}}));
    response.status = 201;
    return response;
}

// What the body of either asks for.
result<child_request, http_response> child_wanted(const request_context& c) {
    const auto view = c.app.seen.season.load();
    auto wanted = read_child_request(c.request.body, view->published.get(), today_of(c.now));
    if (!wanted) return c.refuse(to_problem(wanted.error()));
    return *std::move(wanted);
}

// A new child, or the answer that says why not.
result<child_order, http_response> addition_asked(const request_context& c) {
    if (auto refused = change_refused(c)) return *std::move(refused);
    const auto key = required_key(c);
    if (!key) return key.error();
    const auto wanted = child_wanted(c);
    if (!wanted) return wanted.error();
    if (wanted->niss) {
        if (auto refused = lookup_refused(c)) return *std::move(refused);
    }
    return child_order{c.app, c.login->family,           c.login->actor,
                       *key,  body_hash(c.request.body), row_of(*wanted),
                       c.now};
}

// Another content for a child of one's own, seen in the version that If-Match names.
result<child_order, http_response> edit_asked(const request_context& c) {
    if (auto refused = change_refused(c)) return *std::move(refused);
    const auto file = c.app.families.find(c.login->family);
    const child_row* child = file ? own_child(*file, c.path_arguments[0]) : nullptr;
    if (child == nullptr) return c.refuse(problem_kind::not_found);
    const auto wanted = child_wanted(c);
    if (!wanted) return wanted.error();
    const auto expected = expected_version(c, *file);
    if (!expected) return expected.error();
    if (wanted->niss && wanted->niss != child->niss) {
        if (auto refused = lookup_refused(c)) return *std::move(refused);
    }
    child_order order{c.app, c.login->family, c.login->actor, {},
                      {},    row_of(*wanted), c.now,          *expected};
    order.wanted.id = child->id;
    return order;
}

file_change change_child(const child_order& order) {
    file_change outcome;
    const auto also = attached_to(order.app, order.wanted.id);
    try {
        outcome.result = order.app.files->change(
            order.family, order.expected,
            [&](worker_transaction& work) {
                outcome.refused.reset();
                const master_key& key = *order.app.sealing;
                if (order.wanted.niss) {
                    const auto other = find_child(work, key, *order.wanted.niss);
                    if (other && other->id != order.wanted.id) {
                        outcome.refused = problem_kind::child_known;
                        return false;
                    }
                }
                update_child(work, key, order.wanted);
                return true;
            },
            also);
    } catch (const database_error& e) {
        if (e.sqlstate() != unique_violation) throw;
        outcome.refused = problem_kind::child_known;
    }
    return outcome;
}

// The same for a child that is not here: how long it takes and what it answers
// tell nothing.
request_id ask_to_attach(application& app, family_id family, actor_id actor,
                         const attachment_request& wanted, instant now) {
    const master_key& key = *app.sealing;
    std::optional<found_child> found;
    app.database->read(
        [&](worker_transaction& work) { found = find_child(work, key, wanted.niss); });
    const bool is_it = found && found->birth_date == wanted.birth_date && found->family != family;
    new_request asked{request_kind::attach, family, actor, {}, {}, {}, now};
    if (is_it) asked.child = found->id;
    asked.sought =
        key.keyed_hash("sought", wanted.niss.digits() + ' ' + day_text(wanted.birth_date));
    std::vector<family_id> also;
    if (is_it) also.push_back(found->family);
    request_id id;
    app.files->change(
        family, std::nullopt,
        [&](worker_transaction& work) {
            id = put_request(work, key, asked);
            return true;
        },
        also);
    return id;
}

struct answer_order {
    application& app;
    family_id family;
    actor_id actor;
    request_row request;
    bool accept;
    instant now;
};

file_change answer_request(const answer_order& order) {
    file_change outcome;
    const std::array also{order.request.family};
    outcome.result = order.app.files->change(
        order.family, std::nullopt,
        [&](worker_transaction& work) {
            outcome.refused.reset();
            const auto now = lock_request(work, *order.app.sealing, order.request.id);
            if (!now || now->state != request_state::pending) {
                outcome.refused = problem_kind::decided_already;
                return false;
            }
            decide_request(work, *order.app.sealing, *now,
                           order.accept ? request_state::accepted : request_state::refused,
                           order.actor, order.now, {});
            if (order.accept)
                attach_parent(work, *order.request.child, order.request.family,
                              order.request.parent);
            return true;
        },
        also);
    return outcome;
}

// A child that is taken out has no hold: first none can be placed for it any more, then those that
// were on their way are there to be seen.
file_change take_out(application& app, family_id family, child_id child, actor_id actor,
                     instant now) {
    file_change outcome;
    const closed_to_holds closed{*app.files, family, child};
    if (!pass_sequencer(app)) {
        outcome.refused = problem_kind::outcome_unknown;
    } else if (has_holds(app, family, child)) {
        outcome.refused = problem_kind::child_has_holds;
    }
    if (outcome.refused) return outcome;
    const auto also = attached_to(app, child);
    outcome.result = app.files->change(
        family, std::nullopt,
        [&](worker_transaction& transaction) {
            delete_child(transaction, child);
            write_audit(transaction, now, actor, "child_erased", family, child);
            return true;
        },
        also);
    return outcome;
}

}  // namespace

awaitable<http_response> post_child(const request_context& c) {
    const auto order = addition_asked(c);
    if (!order) co_return order.error();
    std::function<child_outcome()> work = [order = *order] { return add(order); };
    const auto outcome = co_await on_worker(c, "child_not_added", std::move(work));
    if (!outcome) co_return c.refuse(problem_kind::outcome_unknown);
    co_return answer_to(c, *outcome);
}

awaitable<http_response> put_child(const request_context& c) {
    const auto order = edit_asked(c);
    if (!order) co_return order.error();
    std::function<file_change()> work = [order = *order] { return change_child(order); };
    auto ended = co_await make_change(c, std::move(work));
    if (ended) co_return *std::move(ended);
    co_return file_response(c, c.login->family);
}

awaitable<http_response> delete_family_child(const request_context& c) {
    if (const auto refused = writes_refused(c.app)) co_return c.refuse(*refused);
    const auto file = c.app.families.find(c.login->family);
    const child_row* child = file ? own_child(*file, c.path_arguments[0]) : nullptr;
    if (child == nullptr) co_return c.refuse(problem_kind::not_found);
    if (has_holds(c.app, file->id, child->id)) co_return c.refuse(problem_kind::child_has_holds);
    std::function<file_change()> work = [&app = c.app, family = file->id, id = child->id,
                                         actor = c.login->actor, now = c.now] {
        return take_out(app, family, id, actor, now);
    };
    auto ended = co_await make_change(c, std::move(work));
    if (ended) co_return *std::move(ended);
    http_response response;
    response.status = 204;
    response.headers.emplace_back("Cache-Control", "no-store");
    co_return response;
}

awaitable<http_response> post_attachment(const request_context& c) {
    if (auto refused = change_refused(c)) co_return *std::move(refused);
    const auto wanted = read_attachment_request(c.request.body);
    if (!wanted) co_return c.refuse(to_problem(wanted.error()));
    if (auto refused = lookup_refused(c)) co_return *std::move(refused);
    std::function<request_id()> work = [&app = c.app, family = c.login->family,
                                        actor = c.login->actor, wanted = *wanted, now = c.now] {
        return ask_to_attach(app, family, actor, wanted, now);
    };
    const auto id = co_await on_worker(c, "attachment_not_asked", std::move(work));
    if (!id) co_return c.refuse(problem_kind::outcome_unknown);
    if (id->value == 0) co_return c.refuse(problem_kind::not_found);
    co_return request_response(c, *id);
}

awaitable<http_response> post_request_answer(const request_context& c) {
    if (auto refused = change_refused(c)) co_return *std::move(refused);
    const auto file = c.app.families.find(c.login->family);
    const auto number = parse_unsigned(c.path_arguments[0], 1, json_integer_max);
    if (!file || !number) co_return c.refuse(problem_kind::not_found);
    const auto asked = std::ranges::find(file->asked_of, request_id{*number}, &request_row::id);
    if (asked == file->asked_of.end() || asked->kind != request_kind::attach)
        co_return c.refuse(problem_kind::not_found);
    const child_row* child = own_child(*file, std::to_string(asked->child->value));
    if (child == nullptr || child->invoiceable_parent != c.login->actor)
        co_return c.refuse(problem_kind::not_found);
    const auto accept = read_accept_request(c.request.body);
    if (!accept) co_return c.refuse(to_problem(accept.error()));
    const answer_order order{c.app, file->id, c.login->actor, *asked, *accept, c.now};
    std::function<file_change()> work = [order] { return answer_request(order); };
    auto ended = co_await make_change(c, std::move(work));
    if (ended) co_return *std::move(ended);
    co_return file_response(c, c.login->family);
}

// A child of one's own that has none, or one that one is attached to: the staff
// decide.
awaitable<http_response> post_child_invoiceable(const request_context& c) {
    if (auto refused = change_refused(c)) co_return *std::move(refused);
    if (const auto fault = fault_of_empty_request(c.request.body))
        co_return c.refuse(to_problem(*fault));
    const auto file = c.app.families.find(c.login->family);
    const auto number = parse_unsigned(c.path_arguments[0], 1, json_integer_max);
    if (!file || !number) co_return c.refuse(problem_kind::not_found);
    const child_id child{*number};
    const bool own =
        std::ranges::find(file->children, child, &child_row::id) != file->children.end();
    const bool attached =
        std::ranges::find(file->attached, child, &attached_child::child) != file->attached.end();
    if (!own && !attached) co_return c.refuse(problem_kind::not_found);
    const new_request asked{
        request_kind::change_invoiceable, file->id, c.login->actor, child, {}, {}, c.now};
    http_response answer = co_await ask_staff(c, asked);
    co_return answer;
}

}  // namespace campgate::server
