// Placing and releasing holds: the way of a click (DESIGN §3).
#include "core/faults.hpp"
#include "core/intake.hpp"
#include "server/handlers/handlers.hpp"
#include "server/handlers/named_hold.hpp"
#include "server/http_fields.hpp"
#include "server/idempotency_key.hpp"
#include "server/number_text.hpp"
#include "server/request_schemas.hpp"
#include "server/time_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>

namespace campgate::server {

namespace json = boost::json;

namespace {

void append_refused(std::string& out, const std::vector<refused_item>& refused) {
    out += '[';
    for (const refused_item& item : refused) {
        if (out.back() != '[') out += ',';
        out += R"({"week":)";
        append_number(out, item.week.value);
        out += R"(,"child":)";
        append_number(out, item.child.value);
        out += R"(,"reason":")";
        out += name_of(item.why);
        out += "\"}";
    }
    out += ']';
}

// From the stored answer alone, so that the same key gets the same bytes for as long as it is kept.
std::string placed_body(const key_answer& answer, const hold_tokens& tokens) {
    std::string out = R"({"sequence":)";
    append_number(out, answer.sequence.value);
    out += R"(,"placed":[)";
    for (const placed_item& item : answer.placed) {
        if (out.back() != '[') out += ',';
        out += R"({"hold":")";
        out += tokens.token_of(item.hold, answer.family);
        out += R"(","week":)";
        append_number(out, item.week.value);
        out += R"(,"child":)";
        append_number(out, item.child.value);
        out += R"(,"seat":)";
        append_number(out, item.seat.value);
        out += R"(,"deadline":")";
        out += rfc3339(item.deadline);
        out += "\"}";
    }
    out += R"(],"refused":)";
    append_refused(out, answer.refused);
    out += '}';
    return out;
}

http_response placed_response(const request_context& c, const key_answer& answer) {
    http_response response;
    response.status = 201;
    response.content_type = "application/json";
    response.headers.emplace_back("Cache-Control", "no-store");
    response.body = placed_body(answer, *c.app.tokens);
    return response;
}

http_response nothing_placed(const request_context& c, sequence at,
                             const std::vector<refused_item>& refused) {
    problem p = problem_of(problem_kind::nothing_placed);
    p.members["sequence"] = at.value;
    json::array items;
    for (const refused_item& item : refused) {
        items.push_back(json::object{
            {"week", item.week.value}, {"child", item.child.value}, {"reason", name_of(item.why)}});
    }
    p.members["refused"] = std::move(items);
    return c.refuse(p);
}

// Whose basket the holds enter: one's own, unless all the children are of one other family and the
// parent is attached to each of them (R10).
family_id family_acted_for(const request_context& c, const holds_request& asked) {
    const auto file = c.app.families.find(c.login->family);
    std::optional<family_id> other;
    for (const hold_item& item : asked.items) {
        if (!file) return c.login->family;
        const auto attached = std::ranges::find(file->attached, item.child, &attached_child::child);
        if (attached == file->attached.end()) return c.login->family;
        if (other && *other != attached->family) return c.login->family;
        other = attached->family;
    }
    return other.value_or(c.login->family);
}

// Weeks that exist, children of the family, no child twice in an ISO week: else bad input, or 404.
std::optional<problem> wrong_items(const holds_request& asked, const season_view& season,
                                   const family_facts& facts) {
    for (std::size_t i = 0; i < asked.items.size(); ++i) {
        const hold_item& item = asked.items[i];
        const std::string pointer = "/items/" + std::to_string(i);
        const camp_week* week = season.find(item.week);
        if (week == nullptr) return member_problem(problem_detail::unknown_week, pointer + "/week");
        if (facts.find(item.child) == nullptr) {
            // Another family's child is not there for this one; no answer tells the two apart.
            problem p = problem_of(problem_kind::not_found);
            p.members["pointer"] = pointer + "/child";
            return p;
        }
        for (std::size_t k = 0; k < i; ++k) {
            const hold_item& other = asked.items[k];
            if (other.child == item.child && season.find(other.week)->iso == week->iso)
                return member_problem(problem_detail::same_iso_week, pointer);
        }
    }
    return std::nullopt;
}

// An answer that decides something leaves only while the lease holds (DESIGN §4).
bool may_answer(const request_context& c) {
    return c.app.lease_holds();
}

http_response answer_of(const request_context& c, const reply& r) {
    switch (r.kind) {
        case reply_kind::placed:
        case reply_kind::replayed: return placed_response(c, *r.answer);
        case reply_kind::refused: return nothing_placed(c, r.at, r.refused);
        case reply_kind::key_reused: return c.refuse(problem_kind::key_reused);
        case reply_kind::key_undecided: return c.refuse(problem_kind::key_undecided);
        case reply_kind::contended: return c.refuse(problem_kind::contended);
        case reply_kind::not_found: return c.refuse(problem_kind::not_found);
        case reply_kind::done:
        case reply_kind::ended:
        case reply_kind::unchanged: {
            http_response response;
            response.status = 204;
            response.headers.emplace_back("Cache-Control", "no-store");
            return response;
        }
        case reply_kind::sale_refused:
            return c.refuse(r.sale == sale_refusal::payment_in_progress
                                ? problem_kind::payment_in_progress
                                : problem_kind::already_booked);
        case reply_kind::sale_known:
        case reply_kind::invalid: break;
    }
    return c.refuse(problem_kind::internal_error);
}

}  // namespace

std::optional<problem_kind> writes_refused(const application& app) {
    if (app.draining.load(std::memory_order_relaxed)) return problem_kind::draining;
    if (!app.journal_ready()) return problem_kind::not_ready;
    return std::nullopt;
}

namespace {

void count(metrics& counters, hold_outcome outcome) {
    counters.hold_requests[static_cast<std::size_t>(outcome)].add();
}

void count(metrics& counters, const std::vector<refused_item>& refused) {
    for (const refused_item& item : refused) counters.refused(item.why);
}

void count(metrics& counters, const reply& r) {
    switch (r.kind) {
        case reply_kind::placed:
            counters.holds_placed.add(r.answer->placed.size());
            count(counters, r.answer->refused);
            return count(counters,
                         r.answer->refused.empty() ? hold_outcome::placed : hold_outcome::partly);
        case reply_kind::replayed: return count(counters, hold_outcome::replayed);
        case reply_kind::refused:
            count(counters, r.refused);
            return count(counters, hold_outcome::nothing);
        case reply_kind::contended: return count(counters, hold_outcome::contended);
        case reply_kind::done: return counters.holds_released.add();
        case reply_kind::key_reused:
        case reply_kind::key_undecided:
        case reply_kind::not_found:
        case reply_kind::ended:
        case reply_kind::unchanged:
        case reply_kind::sale_refused:
        case reply_kind::sale_known:
        case reply_kind::invalid: return;
    }
}

// The sequencer's answer to a pushed command, once it may leave.
awaitable<http_response> answer_from(const request_context& c, reply_desk::ticket& ticket) {
    const auto answer = co_await ticket.answer().wait_for(c.app.settings.request_deadline);
    if (!answer || !may_answer(c)) {
        count(c.app.counters, hold_outcome::unknown);
        co_return c.refuse(problem_kind::outcome_unknown);
    }
    count(c.app.counters, *answer);
    crash_point("answer_unwritten");
    co_return answer_of(c, *answer);
}

http_response overloaded(const request_context& c) {
    c.app.counters.limited[static_cast<std::size_t>(limit_label::intake)].add();
    return c.refuse(problem_kind::overloaded);
}

}  // namespace

awaitable<http_response> post_holds(const request_context& c) {
    const auto began = std::chrono::steady_clock::now();
    if (!is_json_content_type(c.request.fields.content_type))
        co_return c.refuse(problem_kind::unsupported_media_type);
    if (c.request.fields.idempotency_key.empty())
        co_return c.refuse(header_problem(problem_kind::missing_header, "Idempotency-Key"));
    const auto key = parse_idempotency_key(c.request.fields.idempotency_key);
    if (!key) co_return c.refuse(header_problem(problem_kind::invalid_header, "Idempotency-Key"));
    const auto asked = read_holds_request(c.request.body);
    if (!asked) co_return c.refuse(to_problem(asked.error()));

    const auto season = c.app.seen.season.load();
    const family_id family = family_acted_for(c, *asked);
    const auto facts = c.app.seen.facts.find(family);
    if (!season->published || !facts) co_return c.refuse(problem_kind::not_ready);
    if (const auto wrong = wrong_items(*asked, *season, *facts)) co_return c.refuse(*wrong);
    if (const auto refused = writes_refused(c.app)) co_return c.refuse(*refused);

    place_request request{c.login->actor,
                          family,
                          *key,
                          body_hash(c.request.body),
                          asked->mode == hold_mode::all ? place_mode::all : place_mode::each,
                          {}};
    request.items.reserve(asked->items.size());
    for (const hold_item& item : asked->items) request.items.push_back({item.week, item.child});

    // Room in the queue before any seat is touched; no suspension from here to the push.
    if (!c.app.queue.try_reserve(intake_class::parent)) co_return overloaded(c);
    auto taken = take_in(request, c.app.seen, c.app.ledgers, c.app.time.now());
    if (auto* command = std::get_if<place_command>(&taken)) {
        reply_desk::ticket ticket{c.lane.desk, c.lane.io.get_executor()};
        c.app.queue.push({std::move(*command), ticket.address(), c.app.clock.boot()});
        crash_point("queue_pushed");
        http_response response = co_await answer_from(c, ticket);
        c.app.counters.ack_seconds.observe(std::chrono::steady_clock::now() - began);
        co_return response;
    }
    c.app.queue.give_up(1);
    if (!may_answer(c)) co_return c.refuse(problem_kind::not_ready);
    if (const auto* replay = std::get_if<intake_replay>(&taken)) {
        count(c.app.counters, hold_outcome::replayed);
        co_return placed_response(c, *replay->answer);
    }
    if (const auto* refusal = std::get_if<intake_refusal>(&taken)) {
        count(c.app.counters, refusal->refused);
        count(c.app.counters, hold_outcome::nothing);
        co_return nothing_placed(c, refusal->at, refusal->refused);
    }
    co_return c.refuse(problem_kind::key_reused);
}

awaitable<http_response> delete_hold(const request_context& c) {
    const auto named = hold_named(c, c.path_arguments[0]);
    if (!named) co_return c.refuse(problem_kind::not_found);
    if (const auto refused = writes_refused(c.app)) co_return c.refuse(*refused);
    if (!c.app.queue.try_reserve(intake_class::parent)) co_return overloaded(c);
    reply_desk::ticket ticket{c.lane.desk, c.lane.io.get_executor()};
    c.app.queue.push({release_command{c.login->actor, named->family, named->hold}, ticket.address(),
                      c.app.clock.boot()});
    http_response response = co_await answer_from(c, ticket);
    co_return response;
}

}  // namespace campgate::server
