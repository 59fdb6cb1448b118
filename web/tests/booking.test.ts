// One intent carried to its end over a script of answers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { carry_out, persevere, type World } from "../src/io/carry_out";
import { next_step_of_any, type Answer, type Intent } from "../src/model/booking";

const intent: Intent = { key: "k1", family: 1, mode: "each", items: [{ week: 11, child: 7 }] };
const outcome = { sequence: 9, placed: [], refused: [] };

function answer(status: number, name: string | null = null, retry_after: number | null = null, more = {}): Answer {
    const problem = name === null ? null : { type: `urn:campgate:problem:${name}`, ...more };
    return { status, body: status === 201 ? outcome : null, problem, retry_after };
}

function world(answers: Answer[], more: Partial<World> = {}) {
    const keys: string[] = [];
    const waits: number[] = [];
    let time = 0;
    const it: World = {
        send: async (i) => {
            keys.push(i.key);
            return answers.shift() ?? answer(0);
        },
        renew_csrf: async () => true,
        wait_live: async () => undefined,
        wait: async (ms) => {
            waits.push(ms);
            time += ms;
        },
        now: () => time,
        random: () => 0,
        on_retry: () => undefined,
        ...more,
    };
    return { it, keys, waits };
}

test("an answer ends it", async () => {
    const { it, keys } = world([answer(201)]);
    assert.deepEqual(await carry_out(intent, it), { kind: "done", outcome });
    assert.equal(keys.length, 1);
});

test("nothing placed is an answer too", async () => {
    const refused = [{ week: 11, child: 7, reason: "sold_out" }];
    const { it } = world([answer(409, "nothing_placed", null, { sequence: 4, refused })]);
    assert.deepEqual(await carry_out(intent, it), { kind: "done", outcome: { sequence: 4, placed: [], refused } });
});

test("whatever leaves the outcome open is asked again with the same key", async () => {
    const open = [answer(0), answer(503, "outcome_unknown", 1000), answer(409, "key_undecided", 2000),
        answer(502), answer(429, "too_many_requests", 3000), answer(503, "draining", 1000)];
    const { it, keys, waits } = world([...open, answer(201)]);
    assert.equal((await carry_out(intent, it)).kind, "done");
    assert.deepEqual(keys, Array(7).fill("k1"));
    assert.ok(waits[1]! >= 1000 && waits[2]! >= 2000 && waits[4]! >= 3000, waits.join(" "));
});

test("a retry waits until the page is live again", async () => {
    const order: string[] = [];
    const { it } = world([answer(0), answer(201)], { wait_live: async () => void order.push("live") });
    const send = it.send;
    it.send = (i) => {
        order.push("send");
        return send(i);
    };
    await carry_out(intent, it);
    assert.deepEqual(order, ["send", "live", "send"]);
});

test("a lost login says whether something may have happened", async () => {
    assert.deepEqual(await carry_out(intent, world([answer(401, "login_required")]).it), { kind: "login", in_doubt: false });
    const lost = world([answer(0), answer(401, "login_required")]);
    assert.deepEqual(await carry_out(intent, lost.it), { kind: "login", in_doubt: true });
    const refused = world([answer(503, "overloaded", 1000), answer(401, "login_required")]);
    assert.deepEqual(await carry_out(intent, refused.it), { kind: "login", in_doubt: false });
});

test("an old CSRF token is renewed once", async () => {
    assert.equal((await carry_out(intent, world([answer(403, "csrf_token"), answer(201)]).it)).kind, "done");
    const never = world([answer(403, "csrf_token"), answer(403, "csrf_token")]);
    assert.equal((await carry_out(intent, never.it)).kind, "failed");
});

test("bad input is not repeated", async () => {
    for (const [status, name] of [[400, "invalid_member"], [404, "not_found"], [422, "key_reused"], [403, "foreign_origin"]] as const) {
        const { it, keys } = world([answer(status, name)]);
        assert.equal((await carry_out(intent, it)).kind, "failed");
        assert.equal(keys.length, 1);
    }
});

test("after minutes without an answer the parent is told, and the key stays", async () => {
    const { it, waits } = world([]);
    assert.deepEqual(await carry_out(intent, it), { kind: "unanswered" });
    assert.ok(waits.reduce((a, b) => a + b, 0) <= 180_000);
});

test("any other request is asked again alike until there is an answer", async () => {
    const script = [answer(0), answer(503, "provider_unreachable", 2000), { ...answer(201), status: 200, body: { id: 812 } }];
    const { it, waits } = world([]);
    const ending = await persevere(async () => script.shift() ?? answer(0), next_step_of_any, it);
    assert.equal(ending.kind === "done" && (ending.outcome.body as { id: number }).id, 812);
    assert.ok(waits[1]! >= 2000);
    const refused = await persevere(async () => answer(409, "order_not_open"), next_step_of_any, it);
    assert.equal(refused.kind, "failed");
});
