// The health sheet: its questions, a child's answers, the draft while one types, validation (S14,
// S15). Both parents of a child see and edit it (R10); whoever saves names what they saw, so that
// of two at once the second hears of the first and nothing is lost. Every read and validation
// writes an audit row without content.
#include "persistence/health_sheet_store.hpp"
#include "persistence/staff_store.hpp"
#include "server/answer_fault_text.hpp"
#include "server/answers_json.hpp"
#include "server/handlers/family_asking.hpp"
#include "server/http_fields.hpp"
#include "server/json_reader.hpp"
#include "server/on_worker.hpp"
#include "server/query_string.hpp"
#include "server/result.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace campgate::server {

namespace json = boost::json;

namespace {

struct child_place {
    child_id child;
    family_id family;  ///< the child's own
};

// A child of the family, or of another that this parent is attached to; nobody else's is there.
std::optional<child_place> child_of(const request_context& c) {
    const auto number = parse_unsigned(c.path_arguments[0], 1, json_integer_max);
    const auto file = c.app.families.find(c.login->family);
    if (!number || !file) return std::nullopt;
    const child_id child{*number};
    if (std::ranges::find(file->children, child, &child_row::id) != file->children.end())
        return child_place{child, file->id};
    for (const attached_child& attached : file->attached) {
        if (attached.child == child && attached.parent == c.login->actor)
            return child_place{child, attached.family};
    }
    return std::nullopt;
}

// The questions are part of it: answers to other ones are not saved over these.
std::string etag_of(child_id child, std::uint64_t version, const questionnaire& asked) {
    return "\"s" + std::to_string(child.value) + '-' + std::to_string(version) + '-' +
           std::to_string(asked.version) + '"';
}

http_response sheet_response(const request_context& c, child_id child, const stored_sheet& sheet,
                             const questions_view& questions) {
    const auto season = c.app.seen.season.load();
    const sheet_state state = sheet_state_of(sheet.validated_at, season->published.get(), c.now);

    const auto shown = [&](const std::string& text) {
        return to_json(
            still_sound(questions.asked, answers_of(text, questions.asked), today_of(c.now)));
    };
    json::object body{{"child", child.value},
                      {"questions", questions.asked.version},
                      {"state", state.name},
                      {"validated_at", time_or_null(sheet.validated_at)},
                      {"valid_until", time_or_null(state.valid_until)},
                      {"answers", sheet.validated ? shown(*sheet.validated) : json::object{}},
                      {"draft", nullptr},
                      {"draft_saved_at", time_or_null(sheet.draft_at)}};
    if (sheet.draft) body["draft"] = shown(*sheet.draft);
    http_response response;
    response.content_type = "application/json";
    response.headers.emplace_back("Cache-Control", "no-store");
    response.headers.emplace_back("ETag", etag_of(child, sheet.version, questions.asked));
    response.body = json::serialize(body);
    return response;
}

// {"answers":{…}}, checked against the questions.
struct read_answers {
    std::optional<json_fault> fault;
    checked_answers checked;
};

read_answers answers_in(std::string_view body, const questionnaire& asked, check_as how,
                        instant now) {
    json_document document{body};
    json_faults& faults = document.faults();
    if (!faults.first()) object_reader{document.root(), document.place(), faults, {"answers"}};
    read_answers read;
    if (!faults.first()) {
        const json::value* given = document.root().get_object().if_contains("answers");
        const json_place place{&document.place(), "answers", 0, false};
        if (given == nullptr) {
            faults.add(problem_kind::missing_member, problem_detail::usual, place);
        } else if (!given->is_object()) {
            faults.add(problem_kind::invalid_member, problem_detail::expected_object, place);
        } else {
            read.checked =
                check_answers(asked, answers_of(given->get_object(), asked), how, today_of(now));
        }
    }
    read.fault = faults.first();
    return read;
}

http_response incomplete(const request_context& c, const std::vector<answer_fault>& faults) {
    problem p = problem_of(problem_kind::sheet_incomplete);
    json::array told;
    for (const answer_fault& fault : faults) {
        told.push_back(json::object{{"pointer", "/answers" + fault.pointer},
                                    {"code", campgate::name_of(fault.code)},
                                    {"detail", text_of(fault, c.asked)}});
    }
    p.members["faults"] = std::move(told);
    return c.refuse(p);
}

http_response stale(const request_context& c, const std::string& etag) {
    http_response response = c.refuse(problem_kind::precondition_failed);
    response.headers.emplace_back("ETag", etag);
    return response;
}

// What came of saving: the sheet as it is now, and whether this was it.
struct save_outcome {
    bool saved = false;
    std::optional<stored_sheet> sheet;  ///< nothing: the child has gone
};

// Everything that a save needs, by value: the request may be over before the worker is.
struct save_order {
    application& app;
    child_place at;
    actor_id actor;
    std::string if_match;
    std::string text;
    std::shared_ptr<const questions_view> questions;
    instant now;
    bool validates = false;
    bool first_draft = false;
};

// In one transaction: what is there, whether the asker has seen it, the new one. May run twice.
bool save_in(worker_transaction& work, const save_order& order, save_outcome& outcome) {
    outcome = {};
    const master_key& key = *order.app.sealing;
    outcome.sheet = load_sheet(work, key, order.at.child);
    if (!outcome.sheet) return false;
    const std::uint64_t version = outcome.sheet->version;
    if (etag_of(order.at.child, version, order.questions->asked) != order.if_match) return false;
    const auto kept =
        order.validates ? keep_validated(work, key, order.at.child, version, order.text, order.now)
                        : keep_draft(work, key, order.at.child, version, order.text, order.now);
    if (order.validates && kept)
        write_audit(work, order.now, order.actor, "sheet_validated", order.at.family,
                    order.at.child);
    if (!order.validates && kept && order.first_draft)
        set_sheet_dates(work, order.at.child, std::nullopt, order.now);
    outcome.sheet = load_sheet(work, key, order.at.child);
    outcome.saved = kept.has_value();
    return outcome.saved;
}

// A draft after the first changes nothing that others see: the family's version stays.
save_outcome save(const save_order& order) {
    save_outcome outcome;
    const auto work = [&](worker_transaction& transaction) {
        return save_in(transaction, order, outcome);
    };
    if (!order.validates && !order.first_draft) {
        order.app.database->change(work);
        return outcome;
    }
    const auto also = attached_to(order.app, order.at.child);
    order.app.files->change(order.at.family, std::nullopt, work, also);
    return outcome;
}

bool has_draft(const application& app, const child_place& at) {
    const auto file = app.families.find(at.family);
    if (!file) return false;
    const auto row = std::ranges::find(file->children, at.child, &child_row::id);
    return row != file->children.end() && row->sheet_draft_at.has_value();
}

// From a request to an outcome, or to the answer that ends it.
awaitable<result<save_outcome, http_response>> save_asked(const request_context& c, child_place at,
                                                          bool validates) {
    if (!is_json_content_type(c.request.fields.content_type))
        co_return c.refuse(problem_kind::unsupported_media_type);
    if (c.request.fields.if_match.empty()) co_return c.refuse(problem_kind::precondition_required);
    const auto questions = c.app.questions.load();
    const auto read = answers_in(c.request.body, questions->asked,
                                 validates ? check_as::complete : check_as::draft, c.now);
    if (read.fault) co_return c.refuse(to_problem(*read.fault));
    if (!read.checked.faults.empty()) co_return incomplete(c, read.checked.faults);
    if (const auto refused = writes_refused(c.app)) co_return c.refuse(*refused);

    const save_order order{c.app,
                           at,
                           c.login->actor,
                           std::string{c.request.fields.if_match},
                           json::serialize(to_json(read.checked.kept)),
                           questions,
                           c.now,
                           validates,
                           !has_draft(c.app, at)};
    std::function<save_outcome()> work = [order] { return save(order); };
    auto outcome = co_await on_worker(c, "sheet_not_saved", std::move(work));
    if (!outcome) co_return c.refuse(problem_kind::outcome_unknown);
    if (!outcome->sheet) co_return c.refuse(problem_kind::not_found);
    if (!outcome->saved)
        co_return stale(c, etag_of(at.child, outcome->sheet->version, questions->asked));
    co_return *std::move(outcome);
}

}  // namespace

http_response get_sheet_questions(const request_context& c) {
    const auto questions = c.app.questions.load();
    return json_response(c, questions->body, questions->etag);
}

awaitable<http_response> get_sheet(const request_context& c) {
    const auto at = child_of(c);
    if (!at) co_return c.refuse(problem_kind::not_found);
    std::function<std::optional<stored_sheet>()> work = [&app = c.app, at = *at,
                                                         actor = c.login->actor, now = c.now] {
        std::optional<stored_sheet> sheet;
        // Not read unless it is on record that it was.
        app.database->change([&](worker_transaction& transaction) {
            sheet = load_sheet(transaction, *app.sealing, at.child);
            if (sheet) write_audit(transaction, now, actor, "sheet_read", at.family, at.child);
            return sheet.has_value();
        });
        return sheet;
    };
    const auto sheet = co_await on_worker(c, "sheet_not_read", std::move(work));
    if (!sheet) co_return c.refuse(problem_kind::not_ready);
    if (!*sheet) co_return c.refuse(problem_kind::not_found);
    co_return sheet_response(c, at->child, **sheet, *c.app.questions.load());
}

awaitable<http_response> put_sheet_draft(const request_context& c) {
    const auto at = child_of(c);
    if (!at) co_return c.refuse(problem_kind::not_found);
    const auto outcome = co_await save_asked(c, *at, false);
    if (!outcome) co_return outcome.error();
    const std::string etag =
        etag_of(at->child, outcome->sheet->version, c.app.questions.load()->asked);
    http_response response;
    response.content_type = "application/json";
    response.headers.emplace_back("Cache-Control", "no-store");
    response.headers.emplace_back("ETag", etag);
    response.body = json::serialize(
        json::object{{"etag", etag}, {"draft_saved_at", time_or_null(outcome->sheet->draft_at)}});
    co_return response;
}

awaitable<http_response> post_sheet_validation(const request_context& c) {
    const auto at = child_of(c);
    if (!at) co_return c.refuse(problem_kind::not_found);
    const auto outcome = co_await save_asked(c, *at, true);
    if (!outcome) co_return outcome.error();
    co_return sheet_response(c, at->child, *outcome->sheet, *c.app.questions.load());
}

}  // namespace campgate::server
