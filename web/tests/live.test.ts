// The fold of live frames.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fold_frame, live_start, parse_frame } from "../src/model/live";
import type { Frame } from "../src/model/wire";

const snapshot = (sequence: number, weeks: [number, number][]): Frame =>
    ({ type: "snapshot", sequence, server_time: "2027-05-03T08:00:00Z", weeks });
const weeks = (sequence: number, list: [number, number][]): Frame => ({ type: "weeks", sequence, weeks: list });
const fold = (...frames: Frame[]) => frames.reduce((state, frame) => fold_frame(state, frame).state, live_start);

test("a snapshot sets every week", () => {
    const state = fold(snapshot(5, [[1, 3], [2, 0]]));
    assert.equal(state.sequence, 5);
    assert.deepEqual([...state.available], [[1, 3], [2, 0]]);
});

test("a weeks frame changes only its weeks and tells what changed", () => {
    const { state, changes } = fold_frame(fold(snapshot(5, [[1, 3], [2, 4]])), weeks(6, [[1, 0], [2, 4]]));
    assert.deepEqual([...state.available], [[1, 0], [2, 4]]);
    assert.deepEqual(changes, [{ week: 1, before: 3, after: 0 }]);
});

test("an older weeks frame changes nothing", () => {
    const state = fold(snapshot(9, [[1, 3]]), weeks(8, [[1, 7]]));
    assert.equal(state.available.get(1), 3);
    assert.equal(state.sequence, 9);
});

test("two weeks frames of one sequence both count", () => {
    assert.deepEqual([...fold(snapshot(9, []), weeks(10, [[1, 3]]), weeks(10, [[2, 4]])).available], [[1, 3], [2, 4]]);
});

test("a snapshot with a smaller sequence replaces everything: the server began anew", () => {
    const { state, changes } = fold_frame(fold(snapshot(900, [[1, 3], [2, 5]])), snapshot(1, [[1, 8]]));
    assert.equal(state.sequence, 1);
    assert.deepEqual([...state.available], [[1, 8]]);
    assert.deepEqual(changes, [{ week: 1, before: 3, after: 8 }, { week: 2, before: 5, after: 0 }]);
});

test("a family, season or time message moves no sequence", () => {
    const state = fold(snapshot(5, [[1, 3]]), { type: "family", sequence: 9 },
        { type: "season", sequence: 9, version: 2 }, { type: "time", server_time: "2027-05-03T08:00:00Z" });
    assert.equal(state.sequence, 5);
});

test("what is no frame of ours is skipped", () => {
    const strange = ["", "{", "null", "[]", '{"type":"other"}', '{"type":"weeks","sequence":1}',
        '{"type":"weeks","sequence":-1,"weeks":[]}', '{"type":"weeks","sequence":1,"weeks":[[1]]}',
        '{"type":"weeks","sequence":1,"weeks":[[1,"2"]]}', '{"type":"time","server_time":"soon"}',
        '{"type":"snapshot","sequence":1,"weeks":[]}'];
    for (const text of strange) assert.equal(parse_frame(text), null, text);
    assert.deepEqual(parse_frame('{"type":"weeks","sequence":1,"weeks":[[1,2]]}'), weeks(1, [[1, 2]]));
});
