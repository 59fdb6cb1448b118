// Server time and countdown.
import assert from "node:assert/strict";
import { test } from "node:test";
import { clock_start, hear_time, remaining, server_now } from "../src/model/clock";

test("there is no server time before it was heard", () => {
    assert.equal(server_now(clock_start, 5), null);
});

test("the least delayed sample counts", () => {
    let clock = clock_start;
    for (const delay of [300, 20, 150]) clock = hear_time(clock, 1_000_000, 1000 + delay);
    assert.equal(server_now(clock, 1020), 1_000_000);
});

test("the estimate is never ahead of the server", () => {
    const clock = hear_time(hear_time(clock_start, 10_000, 40), 30_000, 20_090);
    assert.ok((server_now(clock, 50_000) ?? Infinity) <= 60_000);
});

test("old samples are forgotten", () => {
    let clock = hear_time(clock_start, 10_000, 0);
    for (let i = 0; i < 5; i++) clock = hear_time(clock, 9_000, 0);
    assert.equal(server_now(clock, 0), 9_000);
});

test("a jump starts anew", () => {
    const clock = hear_time(hear_time(clock_start, 1_000_000, 0), 500_000, 0);
    assert.equal(server_now(clock, 0), 500_000);
});

test("what is left is rounded up, and is nothing only when it has come", () => {
    assert.deepEqual(remaining(1001, 1000), { days: 0, hours: 0, minutes: 0, seconds: 1, total: 1 });
    assert.equal(remaining(1000, 1000).seconds, 0);
    assert.equal(remaining(1000, 9000).total, 0);
    assert.deepEqual(remaining(3 * 86_400_000, 0), { days: 3, hours: 0, minutes: 0, seconds: 0, total: 259_200_000 });
    const left = remaining(((2 * 24 + 3) * 3600 + 4 * 60 + 5) * 1000, 0);
    assert.deepEqual([left.days, left.hours, left.minutes, left.seconds], [2, 3, 4, 5]);
});
