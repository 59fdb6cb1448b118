// How a server starts, and what is said of a start that cannot be.
import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { api, child_of, client, parent_of, week_of } from './support/client.mjs';
import { launch_server, make_folder, start_server } from './support/process.mjs';
import { eventually, within } from './support/wait.mjs';

// One after the other on the same data, where a test needs none of its own.
const data = make_folder();

test('a second server on the same data directory refuses, and the first goes on', async () => {
    const server = await start_server({ data });
    const second = launch_server({ data: server.data });
    const { code } = await within(second.exited, 'the refusal');
    assert.equal(code, 1);
    assert.match(second.stderr, new RegExp(`in use by campgate process ${server.pid}`));
    assert.equal(second.stdout, '');
    const parent = await parent_of(server, 1);
    assert.ok((await parent.weeks()).size > 0);
    await server.end();
});

test('a port that is taken is said, in one sentence', async () => {
    const server = await start_server({ data });
    const second = launch_server({ args: ['--metrics-port', String(server.port)] });
    const { code } = await within(second.exited, 'the refusal');
    assert.equal(code, 1);
    assert.match(second.stderr,
                 new RegExp(`cannot listen on 127.0.0.1 port ${server.port}: .*in use`));
    await server.end();
});

test('a data directory that PostgreSQL’s user cannot enter is said, in one sentence',
     { skip: process.geteuid() !== 0 }, async () => {
    const closed = make_folder();
    chmodSync(closed, 0o700);
    const server = launch_server({ data: join(closed, 'data') });
    const { code } = await within(server.exited, 'the refusal');
    assert.equal(code, 1);
    assert.match(server.stderr, /cannot enter .*--data/);
});

test('--fresh forgets the former state', async () => {
    const first = await start_server({ data });
    const anne = await parent_of(first, 1);
    const week = week_of(await anne.season(), 'moyens', 27);
    const before = await anne.weeks();
    await anne.hold([[week, child_of(1)]]);
    await first.stop();
    const fresh = await start_server({ data: first.data, args: ['--fresh'] });
    const again = await parent_of(fresh, 1);
    assert.deepEqual(await again.weeks(), before);
    assert.deepEqual((await again.basket()).holds, []);
    again.cookie = anne.cookie;
    assert.equal((await again.get(`${api}/me`)).status, 401, 'the old login is forgotten, too');
    await fresh.end();
});

test('--opens-in: it opens by itself, and a restart keeps the opening', async () => {
    const server = await start_server({ data, args: ['--opens-in', '4s'] });
    const emre = await parent_of(server, 4);
    const season = await emre.season();
    const week = season.weeks[0];
    assert.ok(season.weeks.every(({ opens_at }) => opens_at === week.opens_at));
    const target = week_of(season, 'moyens', 27);
    const early = await emre.place('all', [[target, child_of(4)]]);
    assert.equal(early.json.refused[0].reason, 'not_open');
    const placed = await eventually(async () => {
        const answer = await emre.place('all', [[target, child_of(4)]]);
        return answer.status === 201 && answer;
    }, 'the opening');
    const opened = Date.parse(week.opens_at);
    assert.ok(Date.now() >= opened && Date.now() < opened + 1_500);
    assert.equal(placed.json.placed.length, 1);
    await server.stop();
    const again = await start_server({ data });
    const { opens_at } = (await new client(again.url).season()).weeks[0];
    assert.equal(opens_at, week.opens_at);
});
