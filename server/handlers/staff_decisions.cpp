// What waits for the staff's decision: attach, change of the invoiceable parent (R9, R10),
// residence (R8), cancellation of a booking (S30). What the staff add to a decision is kept sealed,
// and told to whoever asked. Every read and act writes an audit row.
//
// A cancellation is decided twice over: in the journal, which frees the seat and owes the refund,
// and then in the request's row. Whoever is killed in between has decided all the same: what the
// journal says goes first, deciding again finds it and ends the request as accepted.
#include "persistence/pg_text.hpp"
#include "persistence/request_store.hpp"
#include "persistence/staff_store.hpp"
#include "server/cancellations.hpp"
#include "server/family_schemas.hpp"
#include "server/handlers/family_asking.hpp"
#include "server/handlers/staff_asking.hpp"
#include "server/time_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <array>

namespace campgate::server {

namespace json = boost::json;

namespace {

using file_ptr = std::shared_ptr<const family_file>;

// ---- the list

file_ptr file_of_child(const application& app, child_id child) {
    for (file_ptr& file : app.families.all()) {
        if (std::ranges::find(file->children, child, &child_row::id) != file->children.end())
            return std::move(file);
    }
    return nullptr;
}

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value() : json::value(text);
}

json::object decision_object(const application& app, const request_row& request, instant now) {
    const auto file = app.families.find(request.family);
    const file_ptr owner = request.child ? file_of_child(app, *request.child) : nullptr;
    json::value child;
    if (owner) {
        child = std::ranges::find(owner->children, *request.child, &child_row::id)->given_name;
    }
    json::object made{
        {"id", request.id.value},
        {"kind", name_of(request.kind)},
        {"family", request.family.value},
        {"parent", file ? json::value(full_name(file->parents.front())) : json::value()},
        {"child", std::move(child)}};
    if (request.kind != request_kind::cancellation) {
        made["note"] = text_or_null(request.note);
    } else if (const auto booking =
                   owner ? find_booking(app, owner->id, *request.hold) : std::nullopt) {
        const auto view = app.seen.season.load();
        const std::uint32_t percent =
            percent_today(view->published.get(), booking->line->week, now);
        made["order"] = booking->order->id.value;
        made["week"] = booking->line->week.value;
        made["amount"] = booking->line->amount.value;
        made["percent"] = percent;
        made["refund"] = refund_of(*booking, percent).value;
        made["motive"] = request.note;
        made["document"] =
            request.document ? json::value(uuid_text(*request.document)) : json::value();
    }
    made["made_at"] = rfc3339(request.made_at);
    return made;
}

// ---- those that one transaction decides

struct decision_order {
    application& app;
    actor_id actor;
    request_id id;
    bool accept;
    std::string note;
    instant now;
};

// What an accepted request does; why it cannot be done, if so.
std::optional<problem_kind> carry_out(worker_transaction& work, const decision_order& order,
                                      const request_row& request, family_id owner) {
    application& app = order.app;
    switch (request.kind) {
        case request_kind::residence: {
            auto row = load_family(work, *app.sealing, request.family);
            if (!row) return problem_kind::not_found;
            row->home.confirmed = true;
            update_residence(work, request.family, row->home);
            return std::nullopt;
        }
        case request_kind::attach:
            attach_parent(work, *request.child, request.family, request.parent);
            return std::nullopt;
        case request_kind::cancellation: return problem_kind::not_found;
        case request_kind::change_invoiceable: break;
    }
    if (owner == request.family) {
        set_invoiceable(work, *request.child, request.parent);
        return std::nullopt;
    }
    // Its holds are in the other family's basket: they end, or are paid, before
    // the child moves.
    if (has_holds(app, owner, *request.child)) return problem_kind::child_has_holds;
    const auto former = load_family(work, *app.sealing, owner);
    move_child(work, *request.child, request.family, request.parent);
    detach_family(work, *request.child, request.family);
    if (former && !former->parents.empty())
        attach_parent(work, *request.child, owner, former->parents.front().id);
    return std::nullopt;
}

// A request and the family of the child that it is about.
struct found_request {
    request_row request;
    std::optional<family_id> owner;
};

std::optional<found_request> find_request(application& app, request_id id) {
    std::optional<found_request> found;
    app.database->read([&](worker_transaction& work) {
        found.reset();
        const auto request = load_request(work, *app.sealing, id);
        if (!request) return;
        found = found_request{*request, std::nullopt};
        if (request->child) found->owner = family_of_child(work, *request->child);
    });
    const bool decidable =
        found && (found->request.kind == request_kind::residence || found->owner);
    return decidable ? found : std::nullopt;
}

// What was decided, in the request's row and on record.
void write_decision(worker_transaction& work, const decision_order& order,
                    const request_row& request) {
    decide_request(work, *order.app.sealing, request,
                   order.accept ? request_state::accepted : request_state::refused, order.actor,
                   order.now, order.note);
    write_audit(work, order.now, order.actor, order.accept ? "request_accepted" : "request_refused",
                request.family, request.child);
}

file_change decide(const decision_order& order, const found_request& found) {
    application& app = order.app;
    file_change outcome{{change_outcome::not_found, 0}, {}};
    std::vector<family_id> also;
    if (found.owner) {
        also = attached_to(app, *found.request.child);
        also.push_back(*found.owner);
    }
    outcome.result = app.files->change(
        found.request.family, std::nullopt,
        [&](worker_transaction& work) {
            outcome.refused.reset();
            const auto now = lock_request(work, *app.sealing, order.id);
            const bool moved =
                now && now->child && family_of_child(work, *now->child) != found.owner;
            if (!now || now->state != request_state::pending || moved) {
                outcome.refused = problem_kind::decided_already;
                return false;
            }
            if (order.accept) {
                outcome.refused = carry_out(work, order, *now, found.owner.value_or(now->family));
                if (outcome.refused) return false;
            }
            write_decision(work, order, *now);
            return true;
        },
        also);
    return outcome;
}

// ---- a cancellation

// Writes what was decided, whatever that was, into the row that still says pending.
file_change end_request(const decision_order& order, const found_request& found) {
    file_change outcome;
    const std::array also{*found.owner};
    outcome.result = order.app.files->change(
        found.request.family, std::nullopt,
        [&](worker_transaction& work) {
            outcome.refused.reset();
            const auto now = lock_request(work, *order.app.sealing, order.id);
            if (!now || now->state != request_state::pending) {
                outcome.refused = problem_kind::decided_already;
                return false;
            }
            write_decision(work, order, *now);
            return true;
        },
        also);
    return outcome;
}

// A request's place among those whose decision is under way; given back, unless what comes of it is
// not known.
class deciding_place {
public:
    deciding_place(undecided_requests& all, request_id id)
        : all_(all),
          id_(id),
          entry_(all.enter(id)) {}
    ~deciding_place() {
        if (entry_ == undecided_requests::entry::entered) all_.leave(id_);
    }
    deciding_place(const deciding_place&) = delete;
    deciding_place& operator=(const deciding_place&) = delete;

    undecided_requests::entry is() const { return entry_; }
    /// By whoever entered.
    void leave_unknown() {
        all_.leave_unknown(id_);
        entry_ = undecided_requests::entry::unknown;
    }

private:
    undecided_requests& all_;
    const request_id id_;
    undecided_requests::entry entry_;
};

// The seat returns, and the refund is owed: a step of the sale. Nothing when that is so now, by us
// or by somebody before us; else the answer.
awaitable<std::optional<http_response>> cancel_booking(const request_context& c,
                                                       const found_request& found,
                                                       std::uint32_t percent,
                                                       deciding_place& place) {
    sale_command step{c.login->actor, *found.owner,
                      sale_command::cancel_booking{*found.request.hold, percent}, nullptr};
    sale_answer answer = co_await ask_sale(c, intake_class::privileged, std::move(step));
    if (answer.is_unknown) place.leave_unknown();
    if (answer.refused && !answer.why) co_return std::move(answer.refused);
    if (!answer.refused && answer.is == reply_kind::done) co_return std::nullopt;
    const auto booking = find_booking(c.app, *found.owner, *found.request.hold);
    if (booking && booking->cancelled()) co_return std::nullopt;
    co_return c.refuse(problem_kind::not_booked);
}

// `asked` is the caller's, who waits.
awaitable<http_response> decide_cancellation(const request_context& c, const decision_order& asked,
                                             std::optional<std::uint32_t> percent) {
    decision_order order = asked;
    using enum undecided_requests::entry;
    deciding_place place{c.app.deciding, order.id};
    if (place.is() == under_way) co_return c.refuse(problem_kind::contended);
    // Seen after the place is taken: no other decision comes between.
    std::function<std::optional<found_request>()> look = [order] {
        return find_request(order.app, order.id);
    };
    const auto looked = co_await on_worker(c, "decision_not_read", std::move(look));
    if (!looked) co_return c.refuse(problem_kind::not_ready);
    if (!*looked) co_return c.refuse(problem_kind::not_found);
    const found_request& found = **looked;
    if (found.request.state != request_state::pending)
        co_return c.refuse(problem_kind::decided_already);
    const auto booking = find_booking(c.app, *found.owner, *found.request.hold);
    if (!booking) co_return c.refuse(problem_kind::not_booked);
    const bool over = booking->cancelled();
    if (!over && place.is() != entered) co_return c.refuse(problem_kind::contended);
    if (!over && order.accept) {
        const auto season = c.app.seen.season.load();
        const std::uint32_t part =
            percent.value_or(percent_today(season->published.get(), booking->line->week, c.now));
        const bool noted =
            co_await recorded(c, "booking_cancelled", *found.owner, booking->line->child);
        if (!noted) co_return c.refuse(problem_kind::not_ready);
        auto refused = co_await cancel_booking(c, found, part, place);
        if (refused) co_return *std::move(refused);
    }
    const bool came_too_late = over && !order.accept;
    if (over) order.accept = true;
    if (came_too_late) order.note.clear();  // of a refusal that there is not
    std::function<file_change()> work = [order, found] { return end_request(order, found); };
    auto ended = co_await make_change(c, std::move(work));
    if (ended) co_return *std::move(ended);
    if (came_too_late) co_return c.refuse(problem_kind::decided_already);
    co_return json_response(
        c, json::serialize(json::object{{"state", order.accept ? "accepted" : "refused"}}));
}

}  // namespace

awaitable<http_response> get_staff_decisions(const request_context& c) {
    std::function<std::vector<request_row>()> work = [&app = c.app, actor = c.login->actor,
                                                      now = c.now] {
        std::vector<request_row> rows;
        app.database->change([&](worker_transaction& transaction) {
            rows = pending_requests(transaction, *app.sealing);
            write_audit(transaction, now, actor, "decisions_read", {}, {});
            return true;
        });
        return rows;
    };
    const auto rows = co_await on_worker(c, "decisions_not_read", std::move(work));
    if (!rows) co_return c.refuse(problem_kind::not_ready);
    json::array decisions;
    for (const request_row& row : *rows) decisions.push_back(decision_object(c.app, row, c.now));
    co_return json_response(c, json::serialize(json::object{{"decisions", std::move(decisions)}}));
}

awaitable<http_response> post_staff_decision(const request_context& c) {
    if (auto refused = change_refused(c)) co_return *std::move(refused);
    const auto number = id_in_path(c.path_arguments[0]);
    if (!number) co_return c.refuse(problem_kind::not_found);
    const auto asked = read_decision_request(c.request.body);
    if (!asked) co_return c.refuse(to_problem(asked.error()));
    const decision_order order{c.app,         c.login->actor, request_id{*number},
                               asked->accept, asked->note,    c.now};
    std::function<std::optional<found_request>()> look = [order] {
        return find_request(order.app, order.id);
    };
    const auto looked = co_await on_worker(c, "decision_not_read", std::move(look));
    if (!looked) co_return c.refuse(problem_kind::not_ready);
    if (!*looked) co_return c.refuse(problem_kind::not_found);
    if ((*looked)->request.kind == request_kind::cancellation) {
        http_response answer = co_await decide_cancellation(c, order, asked->percent);
        co_return answer;
    }
    if (asked->percent) {
        problem p = problem_of(problem_kind::unknown_member);
        p.members["pointer"] = "/percent";
        co_return c.refuse(p);
    }
    std::function<file_change()> work = [order, found = **looked] { return decide(order, found); };
    auto ended = co_await make_change(c, std::move(work));
    if (ended) co_return *std::move(ended);
    co_return json_response(
        c, json::serialize(json::object{{"state", asked->accept ? "accepted" : "refused"}}));
}

}  // namespace campgate::server
