#include "server/asking.hpp"

#include <algorithm>

namespace campgate::server {

awaitable<std::optional<reply>> ask(application& app, io_lane& lane, command asked) {
    if (!app.queue.try_reserve(intake_class::privileged)) co_return std::nullopt;
    reply_desk::ticket ticket{lane.desk, lane.io.get_executor()};
    app.queue.push({std::move(asked), ticket.address(), app.clock.boot()});
    auto answer = co_await ticket.answer().wait_for(app.settings.request_deadline);
    co_return answer;
}

namespace {

// What the file says of published weeks now, where that differs from what it said before and from
// what is in force.
struct week_moves {
    std::vector<set_capacity_command> capacities;
    std::vector<std::pair<week_id, opening>> openings;
};

// The published week of the same camp and ISO week, or null.
const camp_week* published_before(const season& before, const season& draft,
                                  const camp_week& week) {
    const std::string& code = draft.camps[week.camp.value - 1].code;
    for (const camp_week& old : before.weeks) {
        if (old.iso == week.iso && before.find(old.camp)->code == code) return &old;
    }
    return nullptr;
}

// New weeks start as the file says; these are the known ones of which it says something new.
week_moves moves_of(const season& draft, const season_view& before) {
    week_moves moves;
    if (!before.published) return moves;
    for (const camp_week& week : draft.weeks) {
        const camp_week* old = published_before(*before.published, draft, week);
        if (old == nullptr) continue;
        const week_row& row = before.row(old->id);
        if (old->capacity != week.capacity && row.capacity != week.capacity)
            moves.capacities.push_back({old->id, week.capacity});
        if (old->opens != week.opens && row.opens != week.opens)
            moves.openings.emplace_back(old->id, week.opens);
    }
    return moves;
}

// A published week that the draft leaves out although seats of it are taken; 0 when there is none.
week_id week_left_out(const season& draft, const season_view& before,
                      const availability_view& seats) {
    if (!before.published) return {};
    for (const camp_week& old : before.published->weeks) {
        const bool kept = std::ranges::any_of(draft.weeks, [&](const camp_week& week) {
            return published_before(*before.published, draft, week) == &old;
        });
        const week_availability* now = seats.find(old.id);
        if (!kept && now != nullptr && now->available < before.row(old.id).capacity) return old.id;
    }
    return {};
}

}  // namespace

awaitable<import_outcome> import_season(application& app, io_lane& lane,
                                        std::shared_ptr<const season> draft) {
    import_outcome outcome;
    outcome.is = import_outcome::kind::no_answer;
    const auto before = app.seen.season.load();
    outcome.week = week_left_out(*draft, *before, *app.seen.availability.load());
    if (outcome.week.value != 0) {
        outcome.is = import_outcome::kind::week_taken;
        co_return outcome;
    }
    // The season comes last: if the process dies before it, importing the file again finishes the
    // rest.
    const week_moves moves = moves_of(*draft, *before);
    // Commands have names: g++ 12 destroys twice what is made within a co_await expression.
    for (const set_capacity_command& one : moves.capacities) {
        command move_one = one;
        const auto moved = co_await ask(app, lane, std::move(move_one));
        if (!moved) co_return outcome;
        if (moved->kind == reply_kind::done) ++outcome.capacities;
    }
    for (const auto& [week, opens] : moves.openings) {
        set_opening_command asked;
        asked.weeks.push_back(week);
        asked.all = opens.all;
        asked.residents = opens.residents;
        command move_one = std::move(asked);
        const auto moved = co_await ask(app, lane, std::move(move_one));
        if (!moved) co_return outcome;
        if (moved->kind == reply_kind::done) ++outcome.openings;
    }
    command import = import_season_command{std::move(draft)};
    const auto answer = co_await ask(app, lane, std::move(import));
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
    outcome.is = import_outcome::kind::imported;
    co_return outcome;
}

}  // namespace campgate::server
