// The selection.
import assert from "node:assert/strict";
import { test } from "node:test";
import { after_outcome, drop_full, is_at_limit, toggle_pick } from "../src/model/picks";
import { a_season } from "./season";

const season = a_season();
const placed = (week: number, child: number) => ({ week, child, hold: "h", seat: 1, deadline: "2027-05-06T08:00:00Z" });

test("a second press takes the pick back", () => {
    const { picks } = toggle_pick([], { week: 11, child: 7 }, season);
    assert.deepEqual(picks, [{ week: 11, child: 7 }]);
    assert.deepEqual(toggle_pick(picks, { week: 11, child: 7 }, season).picks, []);
});

test("another camp of the same ISO week takes the place of the first, for this child only", () => {
    const { picks, replaced } = toggle_pick(
        [{ week: 11, child: 7 }, { week: 11, child: 8 }], { week: 21, child: 7 }, season);
    assert.deepEqual(replaced, { week: 11, child: 7 });
    assert.deepEqual(picks, [{ week: 21, child: 7 }, { week: 11, child: 8 }]);
});

test("a week that fills is lost, unless it is being booked", () => {
    const picks = [{ week: 11, child: 7 }, { week: 22, child: 7 }];
    const available = new Map([[11, 0], [22, 0]]);
    assert.deepEqual(drop_full(picks, available, [{ week: 22, child: 7 }]),
        { picks: [{ week: 22, child: 7 }], lost: [{ week: 11, child: 7 }] });
});

test("after an answer stays what may still be won", () => {
    const picks = [11, 12, 21, 22].map((week) => ({ week, child: 7 }));
    const rest = after_outcome(picks, {
        placed: [placed(11, 7)],
        refused: [{ week: 12, child: 7, reason: "sold_out" }, { week: 21, child: 7, reason: "busy" }],
    });
    assert.deepEqual(rest, [{ week: 21, child: 7 }, { week: 22, child: 7 }]);
});

test("limits count picks and basket, a replaced pick not", () => {
    const held = [{ week: 12, child: 7 }];
    assert.equal(is_at_limit([], held, { week: 22, child: 7 }, season), false);
    assert.equal(is_at_limit([{ week: 11, child: 7 }], held, { week: 22, child: 7 }, season), true);
    assert.equal(is_at_limit([{ week: 11, child: 7 }], held, { week: 21, child: 7 }, season), false);
    assert.equal(is_at_limit([{ week: 11, child: 7 }, { week: 11, child: 8 }], held, { week: 22, child: 9 }, season), true);
});
