// PostgreSQL ends, hangs or is stopped under traffic, and comes back: the server needs no restart,
// says so meanwhile, and nothing that it told anybody is lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, parent_of } from './support/client.mjs';
import { freeze, make_cluster } from './support/postgres.mjs';
import { is_alive, start_server, unlimited } from './support/process.mjs';
import { scene } from './support/scene.mjs';
import { eventually } from './support/wait.mjs';

// Watches /readyz until told to stop; the answers it has given, without repeats.
function watch_readiness(server) {
    const probe = new client(server.url, { sockets: 1 });
    const said = [];
    let watching = true;
    const done = (async () => {
        while (watching) {
            const { status, json } = await probe.get('/readyz');
            if (said.at(-1)?.json.status !== json.status) said.push({ status, json });
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
    })();
    return {
        said,
        until: (status, within_ms) =>
            eventually(() => said.at(-1)?.json.status === status, status, within_ms),
        stop: async () => {
            watching = false;
            await done;
            probe.close();
        },
    };
}

test('our own PostgreSQL crashes under traffic, twice', async () => {
    const server = await start_server({ args: unlimited });
    const stage = await scene.make(server);
    const traffic = stage.begin();
    for (let round = 0; round < 2; ++round) {
        await traffic.more(40);
        const postmaster = server.postgres;
        process.kill(postmaster, 'SIGQUIT');
        await eventually(() => !is_alive(postmaster), 'its end');
        await eventually(() => server.postgres > 0 && server.postgres !== postmaster
            && is_alive(server.postgres), 'another one', 20_000);
        await traffic.more(40, 20_000);
    }
    await traffic.end();
    assert.ok(!server.has_exited);
    await stage.verify(server);
    assert.deepEqual(await server.stop(), { code: 0, signal: null });
});

test('our own PostgreSQL hangs: not ready, writes 503, reads go on; then all goes on', async () => {
    const server = await start_server({ args: unlimited });
    const stage = await scene.make(server);
    const bystander = await parent_of(server, 4, { sockets: 2 });
    const traffic = stage.begin();
    await traffic.more(40);
    const readiness = watch_readiness(server);
    const thaw = freeze(server.postgres);
    try {
        await readiness.until('journal_unavailable');
        assert.equal(readiness.said.at(-1).status, 503);
        const { placed } = traffic.counts;
        const [, choices] = stage.parents[3];
        const refused = await bystander.place('all', choices[0]);
        assert.deepEqual([refused.status, refused.problem], [503, 'not_ready']);
        assert.match(refused.headers['retry-after'], /^[1-9][0-9]*$/);
        const release = await bystander.release('0'.repeat(26));
        assert.ok(release.status === 503 || release.status === 404);
        assert.equal((await bystander.get('/healthz')).status, 200);
        assert.ok((await bystander.weeks()).size > 0, 'reads go on');
        assert.equal(traffic.counts.placed, placed, 'nothing is told meanwhile');
    } finally {
        thaw();
    }
    await readiness.until('ready', 20_000);
    await traffic.more(40);
    await readiness.stop();
    await traffic.end();
    await stage.verify(server);
    await server.end();
});

test('somebody else’s PostgreSQL is stopped and started again, fast and as a crash', async () => {
    const cluster = await make_cluster();
    const server = await start_server({ args: ['--database', cluster.url, ...unlimited] });
    const stage = await scene.make(server);
    const bystander = await parent_of(server, 4);
    const traffic = stage.begin();
    for (const how of ['SIGINT', 'SIGQUIT']) {
        await traffic.more(40);
        const readiness = watch_readiness(server);
        await cluster.stop(how);
        await readiness.until('journal_unavailable');
        const refused = await bystander.place('all', stage.parents[3][1][0]);
        assert.deepEqual([refused.status, refused.problem], [503, 'not_ready']);
        await cluster.start();
        await readiness.until('ready', 20_000);
        await traffic.more(40);
        await readiness.stop();
    }
    await traffic.end();
    await stage.verify(server);
    assert.deepEqual(await server.stop(), { code: 0, signal: null });
    await cluster.end();
});
