// The end of a server and its next life: restarts with equal state, the drain, the second signal.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { api, child_of, client, parent_of, week_of } from './support/client.mjs';
import { open_events, open_socket } from './support/live.mjs';
import { is_alive, make_folder, start_server, tell } from './support/process.mjs';
import { raw_connect } from './support/raw.mjs';
import { eventually, within } from './support/wait.mjs';

// One after the other on the same data, where a test needs none of its own.
const data = make_folder();

// What must be the same after a restart. `content` leaves out what says when it was made.
async function whole_state(parent) {
    const weeks = await parent.get(`${api}/weeks`);
    const basket = await parent.get(`${api}/basket`);
    const { version, camps, weeks: season_weeks } = await parent.season();
    const { children } = await parent.me();
    for (const child of children) delete child.sheet_valid_until;  // the demo renews sheets
    return {
        bytes: [weeks, basket].map(({ headers, text }) => [headers.etag, text]),
        sequence: Math.max(weeks.json.sequence, basket.json.sequence),
        content: { weeks: weeks.json.weeks, holds: basket.json.holds, version, camps, season_weeks,
                   children } };
}

test('a restart brings back the same state, the same login and the same answers', async () => {
    const first = await start_server();
    const anne = await parent_of(first, 1);
    const season = await anne.season();
    const week = week_of(season, 'moyens', 27);
    const key = randomUUID();
    const items = [[week, child_of(1, 0)], [week_of(season, 'petits', 27), child_of(1, 1)]];
    const placed = await anne.place('all', items, { key });
    assert.equal(placed.status, 201);
    const released = await anne.hold([[week_of(season, 'grands', 28), child_of(1, 2)]]);
    await anne.release(released[0].hold);
    await tell(first, 'week', 'set-capacity', week, 99);
    await tell(first, 'week', 'set-opening', week_of(season, 'grands', 30), '+1h');
    let before = await whole_state(anne);

    // By the rules, and by force.
    let server = first;
    for (const end of ['stop', 'kill']) {
        await server[end]();
        const postgres = server.postgres;
        assert.equal(postgres > 0 && is_alive(postgres), end === 'kill', `PostgreSQL after ${end}`);
        server = await start_server({ data: first.data });
        if (end === 'kill') assert.equal(server.postgres, postgres, 'it is adopted');
        const again = new client(server.url);
        again.cookie = anne.cookie;
        again.csrf = anne.csrf;
        const after = await whole_state(again);
        assert.deepEqual(after.content, before.content, end);
        assert.ok(after.sequence >= before.sequence, end);
        const replay = await again.place('all', items, { key });
        assert.deepEqual([replay.status, replay.text], [201, placed.text], end);
        const reused = await again.place('each', items, { key });
        assert.equal(reused.status, 422, end);
        assert.equal((await again.release(released[0].hold)).status, 204, 'ended before');
        assert.deepEqual(await whole_state(again), after, `${end}, after repeats`);
        // From the first restart on, where nothing was decided any more, also the same bytes.
        if (end === 'kill') assert.deepEqual(after.bytes, before.bytes, end);
        before = after;
    }
    assert.deepEqual(await server.stop(), { code: 0, signal: null });
});

test('SIGTERM: answers are finished, sockets hear 1001, code 0, and no PostgreSQL is left',
     async () => {
    const server = await start_server({ data });
    const anne = await parent_of(server, 1, { sockets: 40 });
    const season = await anne.season();
    const week = week_of(season, 'moyens', 27);
    const live = await open_socket(server);
    const events = await open_events(server);
    await live.hear('snapshot');
    const idle = await raw_connect(server.port);
    const postgres = server.postgres;
    assert.ok(is_alive(postgres));

    // Placing and releasing until nobody answers any more; what was asked gets an answer, or is
    // never begun: what was told is then in the journal.
    const told = [];
    const cut = [];
    let asking = true;
    const traffic = Promise.all(Array.from({ length: 4 }, async (_, n) => {
        const parent = await parent_of(server, [1, 4, 9, 10][n]);
        const child = child_of(parent.family, parent.family === 9 ? 1 : 0);
        while (asking) {
            try {
                const answer = await parent.place('all', [[week, child]]);
                if (answer.status === 503) break;
                told.push(answer.status);
                const [{ hold }] = answer.json.placed;
                const gone = await parent.release(hold);
                if (gone.status === 503) break;
                told.push(gone.status);
            } catch (error) {
                if (error.code !== 'ECONNREFUSED') cut.push(error);
                break;
            }
        }
    }));
    await eventually(() => told.length > 40, 'some traffic');
    const ended = server.stop();
    assert.equal(await within(live.closed, 'the close'), 1001);
    await within(events.closed, 'the end of the events');
    assert.ok(await idle.closed(), 'an idle connection is closed');
    assert.deepEqual(await ended, { code: 0, signal: null });
    asking = false;
    await traffic;
    // A connection that was closed while idle may lose a request that was on its way; none that
    // reached the server may.
    for (const error of cut) assert.match(error.code ?? error.message, /ECONNRESET|socket hang up/);
    assert.deepEqual([...new Set(told)].toSorted(), [201, 204]);
    assert.ok(!is_alive(postgres), 'PostgreSQL has ended');
    assert.equal(server.log.at(-1).event, 'stopped');
});

test('SIGINT is the same', async () => {
    const server = await start_server({ data });
    server.signal('SIGINT');
    assert.deepEqual(await within(server.exited, 'the end'), { code: 0, signal: null });
});

test('a second signal ends it at once, PostgreSQL too', async () => {
    const server = await start_server({ data });
    const postgres = server.postgres;
    // A request that never becomes whole holds up the drain.
    const slow = await raw_connect(server.port);
    slow.send('POST /api/v1/logout HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf');
    await eventually(async () => (await new client(server.url).get('/healthz')).status === 200);
    server.signal('SIGTERM');
    await eventually(() => server.event('draining'), 'the drain');
    assert.ok(!server.has_exited);
    const asked = Date.now();
    server.signal('SIGTERM');
    const { code } = await within(server.exited, 'the end', 3_000);
    assert.notEqual(code, 0);
    assert.ok(Date.now() - asked < 2_000);
    await eventually(() => !is_alive(postgres), 'the end of PostgreSQL');
    slow.close();
    // Nothing is broken by it.
    const again = await start_server({ data: server.data });
    assert.deepEqual(await again.stop(), { code: 0, signal: null });
});

test('while it drains it says so to who is still connected', async () => {
    const server = await start_server({ data });
    const parent = await parent_of(server, 1);
    const held = await raw_connect(server.port);
    const body = JSON.stringify({ mode: 'all', items: [{ week: 1, child: child_of(1) }] });
    const ready = await raw_connect(server.port);
    ready.send('GET /readyz HTTP/1.1\r\nHost: x\r\n');    // not a request yet
    held.send(`POST ${api}/holds HTTP/1.1\r\nHost: ${server.host}\r\nCookie: ${parent.cookie}\r\n`
        + `X-CSRF-Token: ${parent.csrf}\r\nIdempotency-Key: ${randomUUID()}\r\n`
        + `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`);
    await parent.weeks();
    server.signal('SIGTERM');
    await eventually(() => server.event('draining'), 'the drain');
    await eventually(async () => {
        try {
            (await raw_connect(server.port)).close();
            return false;
        } catch (error) {
            return error.code === 'ECONNREFUSED';
        }
    }, 'no new connections');
    held.send(body);
    const refused = await held.answer();
    assert.deepEqual([refused.status, refused.problem], [503, 'draining']);
    assert.match(refused.headers['retry-after'], /^[1-9][0-9]*$/);
    assert.equal(refused.headers.connection, 'close');
    // Half a head has asked for nothing: nobody waits for its other half.
    assert.equal(await ready.answer(), null);
    assert.ok(await held.closed() && await ready.closed());
    assert.deepEqual(await within(server.exited, 'the end'), { code: 0, signal: null });
});
