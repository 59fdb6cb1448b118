// Twenty times kill -9 under traffic. Whoever had no answer asks again with the same key; after each
// restart everything that anybody was told is judged against calendar, baskets and journal.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start_server, tell, unlimited } from './support/process.mjs';
import { scene } from './support/scene.mjs';

const ends = 20;

test(`${ends} sudden ends: nothing told is lost, nothing is sold twice`, async (t) => {
    let server = await start_server({ args: unlimited });
    const stage = await scene.make(server);
    // Few seats, so that they pass from hand to hand and some requests are refused.
    for (const week of stage.weeks) await tell(server, 'week', 'set-capacity', week, 2);
    const traffic = stage.begin();
    let restarts_ms = 0;
    for (let end = 1; end <= ends; ++end) {
        // Each time at another point of the traffic.
        await traffic.more(5 + (end * 7) % 30);
        await server.kill();
        await traffic.pause();
        const asked = Date.now();
        // The same port, as behind a proxy; the same data; the PostgreSQL that lives on.
        server = await start_server({ data: server.data, port: server.port, args: unlimited });
        restarts_ms += Date.now() - asked;
        assert.deepEqual(await stage.faults(server), [], `after end ${end}`);
        traffic.resume();
    }
    await traffic.more(20);
    await traffic.end();
    await stage.verify(server);
    assert.ok(traffic.counts.lost > 0, 'requests were cut');
    assert.ok(traffic.counts.refused > 0, 'seats ran out');
    t.diagnostic(`${JSON.stringify(traffic.counts)}, a restart ${Math.round(restarts_ms / ends)} ms`);
    assert.deepEqual(await server.stop(), { code: 0, signal: null });
});
