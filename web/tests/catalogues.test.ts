// The check of the catalogues, and the catalogues themselves.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
// @ts-expect-error: a build script without types
import { check_catalogues, compare_catalogues, unused_keys } from "../catalogues.mjs";

const same = (text: unknown) => ({ fr: text, nl: text, de: text, en: text }) as Record<string, Record<string, unknown>>;

test("the four catalogues are complete and all is shown", () => {
    assert.deepEqual(check_catalogues(join(process.cwd(), "i18n"), join(process.cwd(), "src")), []);
});

test("a missing and a superfluous text are faults", () => {
    const faults = compare_catalogues({ ...same({ "a.b": "x" }), nl: {}, de: { "a.b": "x", "a.c": "y" } });
    assert.deepEqual(faults, ['nl: "a.b" is missing', 'de: "a.c" is superfluous']);
});

test("other placeholders, another shape and an empty text are faults", () => {
    const faults = compare_catalogues({
        fr: { "a.a": "{n} x", "a.b": { one: "1", other: "{n}" }, "a.c": "x" },
        nl: { "a.a": "{m} x", "a.b": { one: "1", other: "{n}" }, "a.c": "x" },
        de: { "a.a": "{n} x", "a.b": "{n}", "a.c": "x" },
        en: { "a.a": "{n} x", "a.b": { one: "1", other: "{n}" }, "a.c": " " },
    });
    assert.deepEqual(faults, ['en: "a.c" is empty', 'nl: "a.a" has {m}, fr has {n}', 'de: "a.b" has another shape']);
});

test("a plural has one and other", () => {
    assert.equal(compare_catalogues(same({ "a.a": { other: "{n}" } })).length, 4);
});

test("a text nobody shows is a fault, one named by its beginning is shown", () => {
    assert.deepEqual(unused_keys(["a.b", "reason.age", "a.c"], 't("a.b"); t(`reason.${r}`)'), ["a.c"]);
});
