// A second server takes the journal over: the first answers no more and ends with an error, what it
// told before stays true, and the second goes on from there.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { client } from './support/client.mjs';
import { make_cluster } from './support/postgres.mjs';
import { launch_server, make_folder, start_server, unlimited } from './support/process.mjs';
import { scene } from './support/scene.mjs';
import { within } from './support/wait.mjs';

// One database, one master key: whoever takes over opens the same sealed files.
function owner_of(cluster) {
    const key = join(make_folder(), 'master.key');
    return ['--database', cluster.url, '--master-key', key, ...unlimited];
}

test('a second server refuses to start, or takes over when it is told to', async () => {
    const cluster = await make_cluster();
    const args = owner_of(cluster);
    const first = await start_server({ args });
    const stage = await scene.make(first);
    const traffic = stage.begin();
    await traffic.more(40);

    // Without it: a clear refusal, and the first has noticed nothing.
    const polite = launch_server({ command: 'serve', args });
    const { code } = await within(polite.exited, 'the refusal', 20_000);
    assert.equal(code, 1);
    assert.match(polite.stderr, /another campgate writes to this database.*--take-over/);
    assert.equal(polite.stdout, '');
    await traffic.more(40);

    // Without the key of the sealed families it takes nothing over: the first goes on.
    const blind = launch_server({ command: 'serve', args: [
        '--database', cluster.url, '--take-over', ...unlimited] });
    assert.deepEqual([(await within(blind.exited, 'the refusal', 20_000)).code,
                      /master key .* is missing/.test(blind.stderr)], [1, true], blind.stderr);
    await traffic.more(40);

    // With it.
    const second = await start_server({ command: 'serve', args: [...args, '--take-over'] });
    const last = await within(first.exited, 'the end of the first', 15_000);
    assert.equal(last.code, 1);
    assert.match(first.stderr, /another process took the journal over/);
    assert.ok(first.log.some(({ event, what }) => event === 'alarm' && what === 'lost_ownership'));
    await assert.rejects(new client(first.url).get('/healthz'), { code: 'ECONNREFUSED' });

    // What the first had told is there, and nothing else.
    await traffic.pause();
    for (const [, parent] of stage.families) {
        parent.url = new URL(second.url);
        // A server that is no demo knows its own cookie only.
        parent.cookie = parent.cookie.replace('campgate_demo', '__Host-campgate');
    }
    const database = ['--database', cluster.url, '--data', make_folder()];
    assert.deepEqual(await stage.faults(second, database), []);

    // And the second goes on, with the same logins and the same keys.
    traffic.resume();
    await traffic.more(40);
    await traffic.end();
    await stage.verify(second, database);
    assert.equal((await new client(second.url).get('/api/v1/demo/families')).status, 404);
    assert.deepEqual(await second.stop(), { code: 0, signal: null });

    // It has signed off: the next one need not wait, nor take anything over.
    const asked = Date.now();
    const third = await start_server({ command: 'serve', args });
    assert.ok(Date.now() - asked < 2_500, 'at once');
    assert.deepEqual(await third.stop(), { code: 0, signal: null });
    await cluster.end();
});

test('a server that was killed is followed after a while, without being told to', async () => {
    const cluster = await make_cluster();
    const args = owner_of(cluster);
    const first = await start_server({ args });
    const stage = await scene.make(first);
    const traffic = stage.begin();
    await traffic.more(40);
    await first.kill();
    await traffic.pause();
    const second = await start_server({ args });
    for (const [, parent] of stage.families) parent.url = new URL(second.url);
    const database = ['--database', cluster.url, '--data', make_folder()];
    assert.deepEqual(await stage.faults(second, database), []);
    traffic.resume();
    await traffic.more(40);
    await traffic.end();
    await stage.verify(second, database);
    await second.end();
    await cluster.end();
});
