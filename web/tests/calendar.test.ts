// What the calendar says of a week for a child.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
    cell_state, completed_months, days_off, is_shown, iso_weeks, opening_for, openings, type CellFacts,
} from "../src/model/calendar";
import type { Child, Hold, Season } from "../src/model/wire";
import { a_child, a_season, opening } from "./season";

const five = a_child(7, "2022-03-01");               // five years old in July 2027
const hold = (week: number, child: number): Hold =>
    ({ hold: `h${week}`, week, child, seat: 1, deadline: "2027-05-06T08:00:00Z", price: 6500 });

function say(week: number, child: Child, more: Partial<CellFacts> = {}, season: Season = a_season()) {
    const facts = { season, available: 4, holds: [], picks: [], now: opening, ...more };
    const found = season.weeks.find((w) => w.id === week)!;
    const camp = season.camps.find((c) => c.id === found.camp)!;
    const state = cell_state(found, camp, child, facts);
    return state.kind === "refused" ? state.reason : state.kind;
}

test("a week that fits is free", () => assert.equal(say(11, five), "free"));
test("a week without a seat is full", () => assert.equal(say(11, five, { available: 0 }), "full"));
test("one's own held week stays held when it is full", () => {
    assert.equal(say(11, five, { available: 0, holds: [hold(11, 7)] }), "held");
    assert.equal(say(11, five, { available: 0, holds: [{ week: 11, child: 7, order: 812, booked: true }] }), "held");
});

test("the age is in completed months on the first day, its upper bound excluded", () => {
    assert.equal(say(11, a_child(1, "2025-01-05")), "free");         // 30 months that very day
    assert.equal(say(11, a_child(1, "2025-01-06")), "age");
    assert.equal(say(11, a_child(1, "2021-07-06")), "free");         // sixth birthday the day after
    assert.equal(say(11, a_child(1, "2021-07-05")), "age");
});

test("completed months count the day", () => {
    assert.equal(completed_months("2020-01-31", "2020-02-29"), 0);
    assert.equal(completed_months("2020-02-29", "2021-02-28"), 11);
    assert.equal(completed_months("2020-05-10", "2027-05-10"), 84);
});

test("a sheet or a payer that is missing blocks, whatever the week", () => {
    assert.equal(say(11, a_child(7, "2022-03-01", { sheet: "missing" })), "sheet_missing");
    assert.equal(say(11, a_child(7, "2022-03-01", { sheet: "expired" })), "sheet_expired");
    assert.equal(say(11, a_child(7, "2022-03-01", { invoiceable: false })), "no_invoiceable_parent");
});

test("a sheet that ends meanwhile blocks from that instant", () => {
    const until = { sheet_valid_until: new Date(opening + 1000).toISOString() };
    assert.equal(say(11, a_child(7, "2022-03-01", until)), "free");
    assert.equal(say(11, a_child(7, "2022-03-01", until), { now: opening + 1000 }), "sheet_expired");
});

test("a child held in an ISO week is not offered another camp of it; a sibling is", () => {
    assert.equal(say(21, five, { holds: [hold(11, 7)] }), "overlapping");
    assert.equal(say(21, five, { holds: [hold(11, 8)] }), "free");
});

test("limits count the basket", () => {
    assert.equal(say(12, five, { holds: [hold(11, 7), hold(22, 7)] }), "limit");
    assert.equal(say(12, five, { holds: [hold(11, 8), hold(22, 8), hold(12, 9)] }), "limit");
});

test("what the server knows and the page cannot see is believed, its clock words are not", () => {
    const told = (reason: "age" | "not_open") => a_child(7, "2022-03-01", { weeks: [{ week: 11, reason }] });
    assert.equal(say(11, told("age")), "age");
    assert.equal(say(11, told("not_open")), "free");
});

test("residents may come first", () => {
    const season = a_season();
    for (const week of season.weeks) week.residents_opens_at = new Date(opening - 3_600_000).toISOString();
    const week = season.weeks[0]!;
    assert.equal(opening_for(week, { class: "resident" }), opening - 3_600_000);
    assert.equal(opening_for(week, { class: "school" }), opening);
    assert.deepEqual(openings(season, opening - 7_200_000),
        { everyone: opening, residents: opening - 3_600_000, open_for_all: false, open_for_residents: false });
    assert.deepEqual(openings(season, opening - 1),
        { everyone: opening, residents: null, open_for_all: false, open_for_residents: true });
    assert.deepEqual(openings(season, opening),
        { everyone: null, residents: null, open_for_all: true, open_for_residents: false });
});

test("a full week does not appear, unless it is held or the setting greys it", () => {
    const season = a_season();
    const week = season.weeks[0]!;
    const facts = { season, available: 0, holds: [], picks: [], now: opening };
    assert.equal(is_shown(week, facts), false);
    assert.equal(is_shown(week, { ...facts, holds: [hold(11, 7)] }), true);
    assert.equal(is_shown(week, { ...facts, season: { ...season, full_weeks: "greyed" } }), true);
    assert.equal(is_shown(week, { ...facts, available: 1 }), true);
});

test("weeks are grouped by ISO week, and holidays are found", () => {
    const season = a_season();
    assert.deepEqual(iso_weeks(season).map((g) => [g.iso_week, g.weeks.length]),
        [["2027-W27", 2], ["2027-W28", 1], ["2027-W29", 1]]);
    assert.deepEqual(days_off(season.weeks[1]!), ["2027-07-21"]);
    assert.deepEqual(days_off(season.weeks[0]!), []);
});
