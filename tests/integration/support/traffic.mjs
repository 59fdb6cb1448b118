// Parents who place and release all the time and never give up: what has no definite answer (a
// connection lost, a 503, a 409 key_undecided) is asked again with the same key until it has one.
// What they were told is kept for the judge (judge.mjs).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from './wait.mjs';

const retry_pause_ms = 15;

class busy_parent {
    // `choices` are lists of [week, child] to pick from.
    constructor(client, choices, traffic) {
        this.client = client;
        this.choices = choices;
        this.traffic = traffic;
        this.told = [];        // in order: {kind: placed | refused | released, …}
        this.holds = new Map();  // told placed and not told released: hold → {week, child, seat}
        this.pending = null;   // the operation without an answer: {key, items} or {hold}
        this.waiting = false;
    }

    async run() {
        while (!this.traffic.ended) {
            const held = [...this.holds.keys()];
            if (held.length >= 2 || (held.length > 0 && Math.random() < 0.5)) {
                await this.release(held[Math.floor(Math.random() * held.length)]);
            } else {
                await this.place();
            }
        }
    }

    // Asks until `settled` takes the answer; null when the traffic has ended before.
    async until_settled(ask, settled) {
        for (;;) {
            await this.traffic.gate(this);
            if (this.traffic.ended) return null;
            let answer = null;
            try {
                answer = await ask();
            } catch (error) {
                // The document's check and the tests' own asserts are no lost connection.
                if (error.code === 'ERR_ASSERTION') throw error;
                ++this.traffic.counts.lost;
            }
            if (answer && settled(answer)) return answer;
            if (answer) {
                const unsettled = answer.status === 503 || answer.problem === 'key_undecided';
                assert.ok(unsettled, `${answer.status} ${answer.text}`);
                assert.match(answer.headers['retry-after'], /^[1-9][0-9]*$/);
                this.traffic.unsettled(answer);
            }
            await sleep(retry_pause_ms);
        }
    }

    async place() {
        const free = this.choices.filter((items) => items.every(([week, child]) =>
            ![...this.holds.values()].some((hold) => hold.week === week && hold.child === child)));
        if (free.length === 0) return;
        const items = free[Math.floor(Math.random() * free.length)];
        const mode = Math.random() < 0.5 ? 'all' : 'each';
        const key = randomUUID();
        this.pending = { key, items };
        const ask = () => this.client.place(mode, items, { key });
        const answer = await this.until_settled(ask, ({ status, problem }) =>
            status === 201 || problem === 'nothing_placed');
        if (!answer) return;
        this.pending = null;
        const { sequence, placed = [], refused } = answer.json;
        if (answer.status === 409) {
            ++this.traffic.counts.refused;
            this.told.push({ kind: 'refused', sequence, refused });
            return;
        }
        this.traffic.counts.placed += placed.length;
        this.told.push({ kind: 'placed', key, mode, items, sequence, placed, text: answer.text });
        for (const { hold, ...rest } of placed) this.holds.set(hold, rest);
    }

    async release(hold) {
        this.pending = { hold };
        const answer = await this.until_settled(() => this.client.release(hold),
                                                ({ status }) => status === 204);
        if (!answer) return;
        this.pending = null;
        ++this.traffic.counts.released;
        this.told.push({ kind: 'released', hold });
        this.holds.delete(hold);
    }
}

export class traffic {
    // `parents` are [client, choices] pairs.
    constructor(parents) {
        this.ended = false;
        this.paused = false;
        this.counts = { placed: 0, refused: 0, released: 0, lost: 0 };
        this.problems = {};  // of the answers that settled nothing
        this.parents = parents.map(([client, choices]) => new busy_parent(client, choices, this));
        this.fault = null;
        this.done = Promise.all(this.parents.map((parent) => parent.run().catch((error) => {
            this.fault ??= error;
            this.ended = true;
        })));
    }

    unsettled({ problem }) {
        this.problems[problem] = (this.problems[problem] ?? 0) + 1;
    }

    async gate(parent) {
        parent.waiting = this.paused;
        while (this.paused && !this.ended) await sleep(2);
        parent.waiting = false;
    }

    // Waits until so much more has been told.
    async more(placed = 50, within_ms = 15_000) {
        const from = this.counts.placed;
        await eventually(() => this.fault || this.counts.placed >= from + placed,
                         `${placed} more placed (${JSON.stringify([this.counts, this.problems])})`,
                         within_ms);
        if (this.fault) throw this.fault;
    }

    // Until `resume` nobody asks anything; what was asked before has its answer, or is pending.
    async pause() {
        this.paused = true;
        await eventually(() => this.fault || this.parents.every(({ waiting }) => waiting),
                         'all parents to stop', 20_000);
        if (this.fault) throw this.fault;
    }

    resume() {
        this.paused = false;
    }

    async end() {
        this.ended = true;
        await this.done;
        if (this.fault) throw this.fault;
    }
}
