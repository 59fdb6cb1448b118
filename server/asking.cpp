#include "server/asking.hpp"

namespace campgate::server {

awaitable<std::optional<reply>> ask(application& app, io_lane& lane, command asked) {
    if (!app.queue.try_reserve(intake_class::privileged)) co_return std::nullopt;
    reply_desk::ticket ticket{lane.desk, lane.io.get_executor()};
    app.queue.push({std::move(asked), ticket.address(), app.clock.boot()});
    auto answer = co_await ticket.answer().wait_for(app.settings.request_deadline);
    co_return answer;
}

namespace {

// What the file says of a week now, where that differs from what it said before (or from what is in
// force, for a week that comes back).
struct week_moves {
    std::vector<set_capacity_command> capacities;
    std::vector<std::pair<week_id, opening>> openings;
};

week_moves moves_between(const season* before, const season_view& after) {
    week_moves moves;
    for (const camp_week& week : after.published->weeks) {
        const camp_week* old = before != nullptr ? before->find(week.id) : nullptr;
        const week_row& row = after.row(week.id);
        const bool capacity_moved = old == nullptr || old->capacity != week.capacity;
        if (capacity_moved && row.capacity != week.capacity)
            moves.capacities.push_back({week.id, week.capacity});
        const bool opening_moved = old == nullptr || old->opens != week.opens;
        if (opening_moved && row.opens != week.opens)
            moves.openings.emplace_back(week.id, week.opens);
    }
    return moves;
}

}  // namespace

awaitable<import_outcome> import_season(application& app, io_lane& lane,
                                        std::shared_ptr<const season> draft) {
    import_outcome outcome;
    const auto before = app.seen.season.load();
    const auto answer = co_await ask(app, lane, import_season_command{std::move(draft)});
    outcome.is = import_outcome::kind::no_answer;
    if (!answer) co_return outcome;
    const auto after = app.seen.season.load();
    outcome.version = after->published ? after->published->version : 0;
    if (answer->kind == reply_kind::invalid) {
        outcome.is = import_outcome::kind::week_taken;
        outcome.week = answer->week;
        co_return outcome;
    }
    if (answer->kind == reply_kind::unchanged) {
        outcome.is = import_outcome::kind::unchanged;
        co_return outcome;
    }
    if (answer->kind != reply_kind::done) co_return outcome;
    const week_moves moves = moves_between(before->published.get(), *after);
    for (const set_capacity_command& one : moves.capacities) {
        const auto moved = co_await ask(app, lane, one);
        if (!moved) co_return outcome;
        if (moved->kind == reply_kind::done) ++outcome.capacities;
    }
    for (const auto& [week, opens] : moves.openings) {
        set_opening_command move_one;
        move_one.weeks.push_back(week);
        move_one.all = opens.all;
        move_one.residents = opens.residents;
        const auto moved = co_await ask(app, lane, std::move(move_one));
        if (!moved) co_return outcome;
        if (moved->kind == reply_kind::done) ++outcome.openings;
    }
    outcome.is = import_outcome::kind::imported;
    co_return outcome;
}

}  // namespace campgate::server
