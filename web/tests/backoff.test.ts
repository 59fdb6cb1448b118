// Delays before asking again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parse_retry_after, reconnect_delay, retry_delay } from "../src/model/backoff";

test("delays double up to a bound", () => {
    const longest = [0, 1, 2, 3, 9, 500].map((attempt) => reconnect_delay(attempt, 1));
    assert.deepEqual(longest, [600, 1200, 2400, 4800, 20_000, 20_000]);
});

test("half of a delay is jitter, so that pages come back apart", () => {
    assert.equal(reconnect_delay(2, 0), 1200);
    assert.equal(reconnect_delay(2, 0.5), 1800);
});

test("the server's Retry-After is never shortened", () => {
    assert.equal(retry_delay(0, 5000, 0), 5000);
    assert.ok(retry_delay(0, 5000, 0.9) > 5000);
    assert.equal(retry_delay(4, 1000, 0), 4800);
});

test("Retry-After is seconds or a date", () => {
    const now = Date.parse("2027-05-03T08:00:00Z");
    assert.equal(parse_retry_after("3", now), 3000);
    assert.equal(parse_retry_after("Mon, 03 May 2027 08:00:07 GMT", now), 7000);
    assert.equal(parse_retry_after("Mon, 03 May 2027 07:00:00 GMT", now), 0);
    assert.equal(parse_retry_after("soon", now), null);
    assert.equal(parse_retry_after(null, now), null);
});
