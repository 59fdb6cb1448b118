// A parent who asks like any other while something is going on: holds a seat, looks at the
// calendar, gives the seat back. On a thread of its own, so that only the server's delays are
// measured. `while_honest` is for the test's thread; the rest of the file is the other one's.
import { fileURLToPath } from 'node:url';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { setTimeout as sleep } from 'node:timers/promises';
import { client, api, child_of, week_of } from '../../integration/support/client.mjs';

const pause_ms = 10;

function quantile(sorted, q) {
    return Number(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))].toFixed(1));
}

// Runs `what` while a parent asks; what came of both. `answers` counts, `faults` is what was not as
// it should be, the latencies are of single requests in milliseconds.
export async function while_honest(server, what) {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { url: server.url } });
    const ready = new Promise((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
    });
    await ready;
    try {
        const value = await what();
        const told = new Promise((resolve) => { worker.once('message', resolve); });
        worker.postMessage('enough');
        const { took, faults } = await told;
        took.sort((a, b) => a - b);
        return { value, faults, answers: took.length, p50: quantile(took, 0.5),
                 p99: quantile(took, 0.99), most: quantile(took, 1) };
    } finally {
        await worker.terminate();
    }
}

async function ask_until_told() {
    const parent = await new client(workerData.url, { headers: {} }).login(1);
    const week = week_of(await parent.season(), 'moyens', 27);
    // Whatever an earlier one was not allowed to finish.
    for (const { hold } of (await parent.basket()).holds) await parent.release(hold);
    let asking = true;
    parentPort.once('message', () => { asking = false; });
    parentPort.postMessage('ready');
    const took = [];
    const faults = new Set();
    const timed = async (status, asked) => {
        const started = performance.now();
        try {
            const answer = await asked();
            took.push(performance.now() - started);
            if (answer.status !== status) faults.add(`${answer.status} ${answer.text}`);
            return answer;
        } catch (error) {
            faults.add(error.message);
            return null;
        }
    };
    while (asking) {
        const placed = await timed(201, () => parent.place('all', [[week, child_of(1)]]));
        await timed(200, () => parent.get(`${api}/weeks`));
        const hold = placed?.json?.placed?.[0]?.hold;
        if (hold) await timed(204, () => parent.release(hold));
        await sleep(pause_ms);
    }
    parentPort.postMessage({ took, faults: [...faults].slice(0, 5) });
}

if (!isMainThread) await ask_until_told();
