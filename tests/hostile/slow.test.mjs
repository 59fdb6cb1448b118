// Slow and hostile clients by the thousand, from many addresses: they get the end of their
// connection, and an honest parent's requests succeed meanwhile. What the server uses stays bounded
// and comes back.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { binary, server_process, start_server } from '../integration/support/process.mjs';
import { raw_connect } from '../integration/support/raw.mjs';
import { begin_socket, open_socket, subprotocol } from '../integration/support/live.mjs';
import { eventually, within } from '../integration/support/wait.mjs';
import { while_honest } from './support/honest.mjs';
import { usage_of, watch_usage } from './support/usage.mjs';

const flags = ['--header-timeout', '2s', '--body-timeout', '2s', '--idle-timeout', '3s',
               '--write-timeout', '2s', '--ws-slow', '1s', '--ws-ping', '1s',
               '--time-interval', '1s'];
// Without a pong in time, clients would be cut off before they can hear why.
const patient = flags.with(flags.indexOf('--ws-ping') + 1, '10s');
const many = 1_000;
const calendars = 2_000;
const mib_each_max = 0.1;  // 100 KiB a connection, buffers of the kernel not counted
const mib_kept_max = 60;   // what an allocator keeps for the next time

let server;
before(async () => { server = await start_server({ args: flags }); });

// 127.1.0.1 and so on: each address is another client.
const address = (n) => `127.1.${Math.floor(n / 250)}.${n % 250 + 1}`;

// `count` connections from as many addresses, not all in the same instant.
async function connect_many(count, each = (connection) => connection) {
    const all = [];
    for (let n = 0; n < count; n += 100) {
        const some = Array.from({ length: Math.min(100, count - n) },
                                (_, i) => raw_connect(server.port, { from: address(n + i) }));
        all.push(...(await Promise.all(some)).map(each));
    }
    return all;
}

const metric = async (name) => Number(new RegExp(`^campgate_${name} (\\d+)`, 'm').exec(
    await (await fetch(server.metrics_url)).text())?.[1]);
const nobody_left = () => eventually(
    async () => await metric('connections_open') === 0, 'the end of all connections', 10_000, 100);

const honest = ({ answers, p50, p99, most }) =>
    `an honest parent: ${answers} answers, p50 ${p50} ms, p99 ${p99} ms, at most ${most} ms`;

// Runs one attack beside an honest parent, and tells what it cost.
async function endure(t, count, attack) {
    const start = usage_of(server);
    const watch = watch_usage(server);
    const { value, faults, answers, p50, p99, most } = await while_honest(server, attack);
    await nobody_left();
    watch.stop();
    // A descriptor closed with its thread's next turn.
    await eventually(() => usage_of(server).descriptors <= start.descriptors + 4,
                     'descriptors back');
    const end = usage_of(server);
    t.diagnostic(honest({ answers, p50, p99, most }));
    t.diagnostic(`RSS ${start.mib} MiB, at most ${watch.peak.mib}, then ${end.mib}; descriptors `
        + `${start.descriptors}, at most ${watch.peak.descriptors}, then ${end.descriptors}`);
    assert.deepEqual(faults, []);
    assert.ok(answers > 50, `${answers} answers`);
    assert.ok(watch.peak.mib < start.mib + count * mib_each_max + mib_kept_max,
              'memory is bounded');
    assert.ok(end.mib < start.mib + mib_kept_max, 'memory comes back');
    assert.ok(watch.peak.descriptors < start.descriptors + count + 50, 'descriptors are bounded');
    return value;
}

test('a thousand that send a header a byte at a time are cut off', async (t) => {
    const longest = await endure(t, many, async () => {
        const head = `GET /api/v1/weeks HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(200)}`;
        const begun = Date.now();
        let ended = 0;
        const slow = await connect_many(many, (connection) => {
            let at = 0;
            const timer = setInterval(() => connection.send(head[at++]), 200);
            connection.socket.once('close', () => {
                clearInterval(timer);
                ended = Date.now();
            });
            return connection;
        });
        await eventually(() => slow.every(({ ended: over }) => over), 'the end of all', 10_000, 50);
        for (const { received } of slow) {
            assert.match(received.toString('latin1'), /^HTTP\/1\.1 408 |^$/);
        }
        return ended - begun;
    });
    t.diagnostic(`the last one was cut off after ${longest} ms`);
});

const upgrade = 'GET /api/v1/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n'
    + 'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'
    + `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n`
    + `Sec-WebSocket-Protocol: ${subprotocol}\r\n\r\n`;

test('a thousand that connect to the live calendar and never read are closed', async (t) => {
    await endure(t, many, async () => {
        const deaf = await connect_many(many, (connection) => {
            connection.socket.pause();
            return connection.send(upgrade);
        });
        await eventually(async () => await metric('sockets_open') >= many / 2, 'open sockets');
        // Without a pong they are gone after twice the time between pings.
        await eventually(async () => await metric('sockets_open') === 0, 'no socket', 15_000, 100);
        for (const connection of deaf) connection.close();
    });
});

const half_a_body = 'POST /api/v1/demo/login HTTP/1.1\r\nHost: x\r\n'
    + 'Content-Type: application/json\r\nContent-Length: 12\r\n\r\n{"fam';

test('peers that fall silent half-way are forgotten', async (t) => {
    const kinds = {
        'nothing at all': (connection) => connection,
        'half a head, then the end': (connection) => connection.send('GET / HT').finish(),
        'a head, then the end': (connection) =>
            connection.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n').finish(),
        'half a body': (connection) => connection.send(half_a_body),
        'half a body, then the end': (connection) => connection.send(half_a_body).finish(),
        'an upgrade, then the end': (connection) => connection.send(upgrade).finish(),
        'an upgrade and half a frame': (connection) => connection.send(`${upgrade}\x81`),
        'a page, which is not read': (connection) => {
            connection.socket.pause();
            return connection.send(
                'GET /api/v1/openapi.yaml HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(150));
        },
    };
    const makers = Object.values(kinds);
    await endure(t, many, async () => {
        let n = 0;
        const silent = await connect_many(
            many, (connection) => makers[n++ % makers.length](connection));
        await nobody_but_the_parent();
        for (const connection of silent) connection.close();
    });
});

// The honest parent has one or two connections of its own.
const nobody_but_the_parent = () => eventually(
    async () => await metric('connections_open') <= 2, 'the end of the silent', 15_000, 100);

// Pings that nobody waits for fill the way back to a client that does not read. As bytes: a masked
// frame of 125 zeros, by a mask of zeros (RFC 6455 §5.2).
const pings = Buffer.concat(Array(2_000).fill(
    Buffer.concat([Buffer.from([0x89, 0x80 | 125]), Buffer.alloc(4 + 125)])));

async function stuff(calendar) {
    const stream = calendar.socket._socket;
    calendar.socket.pause();
    for (let n = 0; n < 100; ++n) {
        stream.write(pings);
        const waited = Date.now();
        while (stream.writableLength > 0) {
            if (Date.now() - waited > 500) return;
            await sleep(5);
        }
    }
}

const closed_as_slow = () => metric('sockets_closed_total\\{why="slow"\\}');

test('a slow socket gets the latest values, a stuck one is closed with 1013', async (t) => {
    await server.end();
    server = await start_server({ args: patient });
    const codes = await endure(t, 10, async () => {
        const slow = await open_socket(server, { localAddress: address(1) });
        await slow.hear('snapshot');
        slow.socket.pause();
        const stuck = await Promise.all(Array.from({ length: 3 },
            (_, n) => open_socket(server, { localAddress: address(2 + n) })));
        await Promise.all(stuck.map(stuff));
        await eventually(async () => await closed_as_slow() >= stuck.length,
                         'all that are stuck are noticed', 15_000);
        for (const calendar of stuck) calendar.socket.resume();
        const ends = stuck.map(({ closed }) => within(closed, 'their end', 15_000));
        const { sequence } = await (await fetch(`${server.url}api/v1/weeks`)).json();
        slow.socket.resume();
        await slow.until(() => slow.sequence >= sequence, 'the latest values');
        slow.close();
        return Promise.all(ends);
    });
    assert.deepEqual(codes, [1013, 1013, 1013]);
});

// On the same port and data as before; ended by the test.
async function start_again({ port, data }) {
    const args = ['demo', '--port', String(port), '--data', data, '--families', '60',
                  ...patient];
    const child = spawn(binary, args, { env: { PATH: process.env.PATH, LANG: 'C.UTF-8' },
                                        stdio: ['ignore', 'pipe', 'pipe'] });
    return new server_process('demo', args, data, child).ready();
}

// A calendar that comes back at once, again and again, as none of ours would.
function impatient(n) {
    const calendar = { heard: 0, feed: null, gone: false };
    const connect = () => {
        if (calendar.gone) return;
        const feed = begin_socket(server, { localAddress: address(n), handshakeTimeout: 20_000,
                                            since: calendar.feed?.sequence });
        const first = calendar.feed ? 'time' : 'snapshot';
        feed.opened.then(() => feed.hear(first, { within_ms: 30_000 }))
            .then(() => {
                calendar.feed = feed;
                calendar.heard += 1;
                return feed.closed;
            }).catch(() => {}).then(() => setTimeout(connect, 100));
    };
    connect();
    calendar.close = () => {
        calendar.gone = true;
        calendar.feed?.close();
    };
    return calendar;
}

test('a herd of calendars that comes back after a restart is served', async (t) => {
    const herd = Array.from({ length: calendars }, (_, n) => impatient(n));
    const have_heard = (times) => eventually(() => herd.every(({ heard }) => heard >= times),
                                             `all heard ${times} times`, 40_000, 50);
    await have_heard(1);
    const before = usage_of(server);
    const ended = server.stop();
    for (const { feed } of herd) feed.closed.then((code) => { feed.said = code; });
    assert.deepEqual(await ended, { code: 0, signal: null });
    server = await start_again(server);
    try {
        const back = Date.now();
        const { faults, answers, p50, p99, most } = await while_honest(server, () => have_heard(2));
        t.diagnostic(`${calendars} were back ${Date.now() - back} ms after the ready line`);
        t.diagnostic(honest({ answers, p50, p99, most }));
        const full = usage_of(server);
        for (const calendar of herd) calendar.close();
        await nobody_left();
        const end = usage_of(server);
        t.diagnostic(`RSS with all before ${before.mib} MiB, after ${full.mib}, without `
            + `${end.mib}; descriptors ${before.descriptors}, ${full.descriptors}, `
            + `${end.descriptors}`);
        assert.deepEqual(faults, []);
        assert.ok(answers > 0, 'answers');
        assert.ok(full.mib < before.mib + mib_kept_max, 'memory is bounded');
        await eventually(() => usage_of(server).descriptors < calendars / 10, 'descriptors back');
    } finally {
        for (const calendar of herd) calendar.close();
        await server.end();
    }
});
