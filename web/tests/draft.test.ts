// A draft beside the server's: what is unsaved, and two parents at once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { choose_theirs, merge, unsaved_of, with_unsaved } from "../src/model/draft";

test("unsaved is what differs, an answer taken away included, and nothing else", () => {
    const saved = { a: "1", b: [{ x: "1", y: "2" }], c: true };
    assert.deepEqual(unsaved_of(saved, { a: "2", b: [{ y: "2", x: "1" }] }), { a: "2", c: null });
    assert.deepEqual(unsaved_of(saved, saved), {});
});

test("what was unsaved comes back on top of what is saved", () => {
    assert.deepEqual(with_unsaved({ a: "1", c: true }, { a: "2", c: null, d: false }), { a: "2", d: false });
});

test("who alone changed an answer has it", () => {
    const base = { a: "1", b: "1", c: "1" };
    const { merged, conflicts } = merge(base, { ...base, a: "mine" }, { ...base, b: "theirs" });
    assert.deepEqual(merged, { a: "mine", b: "theirs", c: "1" });
    assert.deepEqual(conflicts, []);
});

test("an answer that one took away stays away", () => {
    assert.deepEqual(merge({ a: "1", b: "1" }, { a: "1" }, { a: "1", b: "1" }).merged, { a: "1" });
    assert.deepEqual(merge({ a: "1", b: "1" }, { a: "1", b: "1" }, { a: "1" }).merged, { a: "1" });
});

test("where both answered differently nothing is decided, and mine stands meanwhile", () => {
    const { merged, conflicts } = merge({ a: "1" }, { a: "mine" }, { a: "theirs" });
    assert.deepEqual(conflicts, [{ question: "a", mine: "mine", theirs: "theirs" }]);
    assert.deepEqual(merged, { a: "mine" });
    assert.deepEqual(choose_theirs(merged, conflicts, ["a"]), { a: "theirs" });
    assert.deepEqual(choose_theirs(merged, conflicts, []), { a: "mine" });
});

test("both answered alike: no question is asked", () => {
    assert.deepEqual(merge({}, { a: "x" }, { a: "x" }).conflicts, []);
});

test("found again after a reload, only what was typed is compared with what came meanwhile", () => {
    const { merged, conflicts } = merge(null, { a: "mine", b: "old" }, { a: "theirs", b: "new" }, ["a"]);
    assert.deepEqual(conflicts.map((c) => c.question), ["a"]);
    assert.deepEqual(merged, { a: "mine", b: "new" });
});
