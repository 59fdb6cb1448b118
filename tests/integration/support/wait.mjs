// Waiting for conditions, always with a bound. For tests that speak to a server.
import { setTimeout as sleep } from 'node:timers/promises';

// The first truthy value of `ask` (which may be async, and may throw meanwhile).
export async function eventually(ask, what = 'the condition', within_ms = 10_000, every_ms = 20) {
    const deadline = Date.now() + within_ms;
    let last;
    for (;;) {
        try {
            const value = await ask();
            if (value) return value;
            last = value;
        } catch (error) {
            last = error;
        }
        if (Date.now() > deadline) {
            throw new Error(`${what}: not within ${within_ms} ms (last: ${last?.stack ?? last})`);
        }
        await sleep(every_ms);
    }
}

// The promise's value, or an error when it does not come in time.
export function within(promise, what = 'the promise', within_ms = 10_000) {
    let timer;
    const late = new Promise((_, reject) => {
        timer = setTimeout(
            () => reject(new Error(`${what}: not within ${within_ms} ms`)), within_ms);
    });
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
