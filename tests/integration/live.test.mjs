// The live calendar over WebSockets and Server-Sent Events: what is heard, when, and by whom.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { api, child_of, client, parent_of, week_of } from './support/client.mjs';
import { begin_socket, open_events, open_socket, subprotocol } from './support/live.mjs';
import { start_server, tell } from './support/process.mjs';
import { raw_connect } from './support/raw.mjs';
import { eventually, within } from './support/wait.mjs';

let server;
let season;
let week;
before(async () => {
    server = await start_server({ args: ['--hold', '2s', '--time-interval', '1s'] });
    season = await new client(server.url).season();
    week = week_of(season, 'moyens', 27);
});

// Both ways to listen; the rules below hold for either.
const ways = [
    ['WebSocket', (options) => open_socket(server, options)],
    ['event stream', (options) => open_events(server, options)],
];

for (const [name, open] of ways) {
    test(`${name}: a snapshot first, then each change at its sequence`, async () => {
        const anne = await parent_of(server, 1);
        const live = await open();
        const snapshot = await live.hear('snapshot');
        const weeks = await anne.read(`${api}/weeks`);
        assert.deepEqual(snapshot.weeks, weeks.weeks);
        assert.equal(live.messages[0].type, 'snapshot');

        const free = live.weeks.get(week);
        const placed = await anne.place('all', [[week, child_of(1)]]);
        assert.equal(placed.status, 201);
        await live.shows(week, free - 1);
        assert.ok(live.sequence >= placed.json.sequence);
        await anne.release(placed.json.placed[0].hold);
        await live.shows(week, free);
        live.close();
    });

    test(`${name}: since a known sequence, only what has changed`, async () => {
        const anne = await parent_of(server, 1);
        const before_it = (await anne.read(`${api}/weeks`)).sequence;
        const [{ hold }] = await anne.hold([[week, child_of(1)]]);
        const live = await open({ since: before_it });
        const weeks = await live.hear('weeks');
        assert.equal(live.messages[0].type, 'time', 'the server’s time goes before it');
        assert.deepEqual(weeks.weeks, [[week, (await anne.weeks()).get(week)]]);
        assert.ok(weeks.sequence > before_it);
        await anne.release(hold);
        live.close();

        const unknown = await open({ since: 9_000_000_000 });
        assert.equal((await unknown.hear('snapshot')).weeks.length, season.weeks.length);
        assert.equal(unknown.messages[0].type, 'snapshot');
        unknown.close();
    });

    test(`${name}: only one’s own family hears that it changed`, async () => {
        const anne = await parent_of(server, 1);
        const katrien = await parent_of(server, 9);
        const own = await open({ parent: anne });
        const other = await open({ parent: katrien });
        const nobody = await open();
        const free = (await own.hear('snapshot')) && own.weeks.get(week);
        const placed = await anne.place('all', [[week, child_of(1)]]);
        // What an earlier change of the family still has to say may come first.
        await eventually(() => own.messages.some(({ type, sequence }) =>
            type === 'family' && sequence >= placed.json.sequence), 'the family to hear of it');
        assert.equal((await anne.basket()).sequence, placed.json.sequence);
        for (const live of [other, nobody]) await live.shows(week, free - 1);
        const from = own.messages.length;
        await anne.release(placed.json.placed[0].hold);
        await own.hear('family', { from });
        for (const live of [own, other, nobody]) await live.shows(week, free);
        for (const live of [other, nobody]) {
            assert.ok(!live.messages.some(({ type }) => type === 'family'));
        }
        for (const live of [own, other, nobody]) live.close();
    });

    test(`${name}: a hold that expires frees its seat, and that is told`, async () => {
        const anne = await parent_of(server, 1);
        const live = await open({ parent: anne });
        await live.hear('snapshot');
        const free = live.weeks.get(week);
        const [{ deadline, hold }] = await anne.hold([[week, child_of(1)]]);
        await live.shows(week, free - 1);
        await live.hear('family');
        const from = live.messages.length;
        await live.shows(week, free);
        await live.hear('family', { from });
        assert.ok(Date.now() >= Date.parse(deadline) - 5, 'not before its deadline');
        assert.ok(Date.now() < Date.parse(deadline) + 2_000, 'soon after it');
        assert.deepEqual((await anne.basket()).holds, []);
        assert.equal((await anne.release(hold)).status, 204, 'it has ended');
        assert.equal((await anne.weeks()).get(week), free);
        live.close();
    });

    test(`${name}: capacity grows and shrinks, never below what is taken`, async () => {
        const anne = await parent_of(server, 1);
        const katrien = await parent_of(server, 9);
        const target = week_of(season, 'moyens', name === 'WebSocket' ? 28 : 29);
        const live = await open();
        await live.hear('snapshot');
        const was = live.weeks.get(target);
        await tell(server, 'week', 'set-capacity', target, was + 5);
        await live.shows(target, was + 5);

        await anne.hold([[target, child_of(1)]]);
        await katrien.hold([[target, child_of(9, 1)]]);
        const told = await tell(server, 'week', 'set-capacity', target, 1);
        assert.match(told.stdout, / 2 seats/, 'as many as are taken');
        await live.shows(target, 0);
        const { capacity } = (await anne.season()).weeks.find(({ id }) => id === target);
        assert.equal(capacity, 2);
        const refused = await anne.place('all', [[target, child_of(1)]]);
        assert.equal(refused.status, 409);

        await tell(server, 'week', 'set-capacity', target, was);
        for (const parent of [anne, katrien]) {
            for (const { hold } of (await parent.basket()).holds) await parent.release(hold);
        }
        await live.shows(target, was);
        live.close();
    });

    test(`${name}: an opening that moves is told, and the season says it`, async () => {
        const target = week_of(season, 'grands', name === 'WebSocket' ? 28 : 29);
        const anybody = new client(server.url);
        const live = await open();
        await live.hear('snapshot');
        const { etag } = (await anybody.get(`${api}/season`)).headers;
        await tell(server, 'week', 'set-opening', target, '+30s');
        const message = await live.hear('season');
        const now = await anybody.get(`${api}/season`, { headers: { 'if-none-match': etag } });
        assert.equal(now.status, 200);
        assert.ok(now.json.sequence >= message.sequence);
        const opens = now.json.weeks.find(({ id }) => id === target).opens_at;
        assert.ok(Math.abs(Date.parse(opens) - Date.now() - 30_000) < 5_000, opens);
        await tell(server, 'week', 'set-opening', target, 'now');
        live.close();
    });

    test(`${name}: the time, again and again`, async () => {
        const live = await open();
        const first = await live.hear('time');
        assert.ok(Math.abs(Date.parse(first.server_time) - Date.now()) < 2_000);
        await live.until(() => live.messages.filter(({ type }) => type === 'time').length >= 2,
                         'a second time');
        live.close();
    });

    test(`${name}: a foreign origin is refused, our own is not`, async () => {
        const problem = async (headers) => {
            try {
                const opened = await open({ headers });
                if (opened.status !== undefined) return JSON.parse(opened.text).type;
                opened.close();
                return null;
            } catch (error) {
                return /urn:campgate:problem:[a-z_]+/.exec(error.message)?.[0] ?? error.message;
            }
        };
        const foreign = 'urn:campgate:problem:foreign_origin';
        assert.equal(await problem({ origin: 'http://evil.example' }), foreign);
        assert.equal(await problem({ origin: 'null' }), foreign);
        assert.equal(await problem({ origin: `http://${server.host}` }), null);
    });

    test(`${name}: what follows since is a number`, async () => {
        for (const since of ['', '-1', '1.5', 'x', '01', '99999999999999999999']) {
            const path = `${api}/${name === 'WebSocket' ? 'live' : 'events'}?since=${since}`;
            const connection = await raw_connect(server.port);
            connection.send(`GET ${path} HTTP/1.1\r\nHost: ${server.host}\r\n`
                + 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'
                + `Sec-WebSocket-Key: ${'A'.repeat(22)}==\r\n`
                + `Sec-WebSocket-Protocol: ${subprotocol}\r\n\r\n`);
            const answer = await connection.answer();
            connection.close();
            assert.deepEqual([answer.status, answer.problem, answer.json?.parameter],
                             [400, 'invalid_parameter', 'since'], since);
        }
    });
}

test('event stream: Last-Event-ID goes on where the last one ended', async () => {
    const anne = await parent_of(server, 1);
    const first = await open_events(server);
    await first.hear('snapshot');
    const [last] = first.ids.slice(-1);
    first.close();
    const [{ hold }] = await anne.hold([[week, child_of(1)]]);
    const again = await open_events(server, { last_event_id: last });
    const weeks = await again.hear('weeks');
    assert.deepEqual(weeks.weeks.map(([id]) => id), [week]);
    assert.ok(!again.messages.some(({ type }) => type === 'snapshot'));
    again.close();
    // It goes before `since`.
    const both = await open_events(server, { last_event_id: last, since: 9_000_000_000 });
    await both.hear('weeks');
    assert.ok(!both.messages.some(({ type }) => type === 'snapshot'));
    both.close();
    const wrong = await open_events(server, { last_event_id: 'x' });
    assert.equal(wrong.status, 400);
    assert.match(wrong.text, /"Last-Event-ID"/);
    await anne.release(hold);
});

test('event stream: not cached, not buffered, not compressed', async () => {
    const live = await open_events(server, { headers: { 'accept-encoding': 'gzip, br' } });
    assert.equal(live.headers['content-type'], 'text/event-stream');
    assert.equal(live.headers['cache-control'], 'no-store');
    assert.equal(live.headers['x-accel-buffering'], 'no');
    assert.equal(live.headers['content-encoding'], undefined);
    live.close();
});

test('WebSocket: only the subprotocol that is spoken here, and no compression', async () => {
    const live = await open_socket(server, { protocols: ['other', subprotocol],
                                             perMessageDeflate: true });
    assert.equal(live.socket.protocol, subprotocol);
    assert.equal(live.socket.extensions, '');
    live.close();
    for (const protocols of [[], ['other'], [`${subprotocol}x`]]) {
        const refused = begin_socket(server, { protocols });
        await assert.rejects(within(refused.opened, 'the refusal'), /refused: 400.*invalid_header/);
    }
    const plain = await new client(server.url).get(`${api}/live`);
    assert.deepEqual([plain.status, plain.problem, plain.headers.upgrade],
                     [426, 'upgrade_required', 'websocket']);
    const other = await new client(server.url).ask('POST', `${api}/live`);
    assert.deepEqual([other.status, other.headers.allow], [405, 'GET']);
});

const said = [
    ['hello', (socket) => socket.send('{"type":"hello"}'), null],
    ['an unknown message', (socket) => socket.send('{"type":"place"}'), 1008],
    ['text that is no JSON', (socket) => socket.send('hello'), 1008],
    ['an empty message', (socket) => socket.send(''), 1008],
    ['bytes', (socket) => socket.send(Buffer.from([1, 2, 3])), 1008],
    ['4 KiB', (socket) => socket.send('x'.repeat(4096)), 1008],
    ['more than 4 KiB', (socket) => socket.send('x'.repeat(4097)), 1009],
    ['a megabyte', (socket) => socket.send('x'.repeat(1024 * 1024)), 1009],
    ['fragments of more than 4 KiB together', (socket) => {
        socket.send('x'.repeat(3000), { fin: false });
        socket.send('x'.repeat(3000), { fin: true });
    }, 1009],
    ['no UTF-8', (socket) => socket.send(Buffer.from([0xff, 0xfe]), { binary: false }), 1007],
    ['its own close', (socket) => socket.close(1000), 1000],
];
for (const [what, say, code] of said) {
    test(`WebSocket: ${what} ${code ? `closes with ${code}` : 'is ignored'}`, async () => {
        const live = await open_socket(server);
        await live.hear('snapshot');
        say(live.socket);
        if (code) {
            assert.equal(await within(live.closed, 'the close'), code);
        } else {
            await live.hear('time', { from: live.messages.length });
            assert.equal(live.close_code, undefined);
            live.close();
        }
    });
}

test('WebSocket: pings are answered', async () => {
    const live = await open_socket(server);
    const pong = new Promise((resolve) => {
        live.socket.once('pong', (data) => resolve(data.toString()));
    });
    live.socket.ping('alive?');
    assert.equal(await within(pong, 'a pong'), 'alive?');
    live.close();
});

test('a login that ends hears no more of its family', async () => {
    const anne = await parent_of(server, 1);
    const elsewhere = await parent_of(server, 1);
    const live = await open_socket(server, { parent: anne });
    await live.hear('snapshot');
    await anne.ask('POST', `${api}/logout`);
    const from = live.messages.length;
    const free = live.weeks.get(week);
    const [{ hold }] = await elsewhere.hold([[week, child_of(1)]]);
    await live.shows(week, free - 1);
    await elsewhere.release(hold);
    await live.shows(week, free);
    assert.ok(!live.messages.slice(from).some(({ type }) => type === 'family'));
    live.close();
});

test('many changes make at most as many frames, and the last one is right', async () => {
    const anne = await parent_of(server, 1);
    const live = await open_socket(server);
    await live.hear('snapshot');
    const target = week_of(season, 'moyens', 30);
    const free = live.weeks.get(target);
    const from = live.messages.length;
    const rounds = 20;
    const started = Date.now();
    for (let round = 0; round < rounds; ++round) {
        const [{ hold }] = await anne.hold([[target, child_of(1)]]);
        await anne.release(hold);
    }
    const { sequence } = await anne.read(`${api}/weeks`);
    await live.until(() => live.sequence >= sequence, 'all changes');
    assert.equal(live.weeks.get(target), free);
    const frames = live.messages.slice(from).filter(({ type }) => type === 'weeks').length;
    const ticks = Math.ceil((Date.now() - started) / 50) + 1;
    assert.ok(frames <= Math.min(2 * rounds, ticks), `${frames} frames in ${ticks} ticks`);
    live.close();
});

test('the gauges of open feeds go back to zero', async () => {
    const live = await open_socket(server);
    const events = await open_events(server);
    const gauges = async () => {
        const text = await (await fetch(server.metrics_url)).text();
        return ['sockets', 'event_streams'].map((kind) =>
            Number(new RegExp(`^campgate_${kind}_open\\S* (\\d+)`, 'm').exec(text)?.[1]));
    };
    await eventually(async () => (await gauges()).every((value) => value >= 1), 'open feeds');
    live.close();
    events.close();
    await eventually(async () => (await gauges()).every((value) => value === 0), 'no feed', 8_000);
});
