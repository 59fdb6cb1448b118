// Limits by address, and who an address is: the peer's own, unless a proxy that we trust says
// otherwise. Any address of 127.0.0.0/8 is this machine, so tests can come from many.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, client, parent_of } from './support/client.mjs';
import { begin_socket, open_events, open_socket } from './support/live.mjs';
import { make_folder, start_server as start } from './support/process.mjs';
import { raw_connect } from './support/raw.mjs';
import { eventually, within } from './support/wait.mjs';

// One after the other on the same data: a new PostgreSQL for each would take its time.
const data = make_folder();
const start_server = (options) => start({ ...options, data });

const get = (path, extra = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${extra}\r\n`;

// Whether a request with these lines is limited; on a connection of its own.
async function is_limited(server, { from, extra = '', first = null, path = '/healthz' } = {}) {
    const connection = await raw_connect(server.port, { from });
    if (first) connection.send(first);
    connection.send(get(path, extra));
    const answer = await connection.answer();
    connection.close();
    assert.ok(answer, 'an answer');
    if (answer.status === 200) return false;
    assert.deepEqual([answer.status, answer.problem], [429, 'too_many_requests']);
    assert.match(answer.headers['retry-after'], /^[1-9][0-9]*$/);
    return true;
}

// Uses up an address's requests. The burst is small and refills once a second.
async function use_up(server, options) {
    for (let n = 0; n < 50; ++n) {
        if (await is_limited(server, options)) return;
    }
    assert.fail('never limited');
}
const tight = ['--requests-burst', '5', '--requests-per-second', '1'];

test('requests of one address are limited, those of another are not', async () => {
    const server = await start_server({ args: tight });
    await use_up(server, { from: '127.0.0.2' });
    assert.equal(await is_limited(server, { from: '127.0.0.3' }), false);
    // On one connection too: it stays usable, and the address may ask again later.
    const connection = await raw_connect(server.port, { from: '127.0.0.4' });
    const statuses = [];
    for (let n = 0; n < 8; ++n) {
        connection.send(get('/healthz'));
        statuses.push((await connection.answer()).status);
    }
    assert.deepEqual(statuses.slice(0, 5), [200, 200, 200, 200, 200]);
    assert.ok(statuses.slice(5).includes(429), String(statuses));
    await eventually(async () => {
        connection.send(get('/healthz'));
        return (await connection.answer()).status === 200;
    }, 'an answer again', 5_000, 200);
    connection.close();
    const text = await (await fetch(server.metrics_url)).text();
    assert.match(text, /^campgate_limited\S*requests\S* [1-9]/m);
    // Nobody is believed who is not trusted.
    await use_up(server, { from: '127.0.0.5' });
    for (const extra of ['X-Forwarded-For: 10.9.9.9\r\n', 'Forwarded: for=10.9.9.9\r\n']) {
        await use_up(server, { from: '127.0.0.6', extra });
        assert.equal(await is_limited(server, { from: '127.0.0.6' }), true, extra);
    }
    await server.end();
});

test('connections of one address are limited, and one that ends makes room', async () => {
    const server = await start_server({ args: ['--connections-per-address', '3'] });
    const from = '127.0.0.2';
    const open = [];
    for (let n = 0; n < 3; ++n) {
        const connection = await raw_connect(server.port, { from });
        connection.send(get('/healthz'));
        assert.equal((await connection.answer()).status, 200);
        open.push(connection);
    }
    const more = await raw_connect(server.port, { from });
    const refused = await more.answer();
    assert.deepEqual([refused.status, refused.problem], [429, 'too_many_requests']);
    assert.ok(await more.closed());
    const other = await raw_connect(server.port, { from: '127.0.0.3' });
    other.send(get('/healthz'));
    assert.equal((await other.answer()).status, 200);
    open[0].close();
    await eventually(async () => {
        const again = await raw_connect(server.port, { from });
        again.send(get('/healthz'));
        const answer = await again.answer();
        again.close();
        return answer?.status === 200;
    }, 'room again');
    await server.end();
});

test('live feeds of one address are limited together', async () => {
    const server = await start_server({ args: ['--sockets-per-address', '2'] });
    const socket = await open_socket(server);
    const events = await open_events(server);
    await socket.hear('snapshot');
    await events.hear('snapshot');
    await assert.rejects(within(begin_socket(server).opened, 'a refusal'), /refused: 429/);
    const third = await open_events(server);
    assert.equal(third.status, 429);
    const elsewhere = await open_socket(server, { localAddress: '127.0.0.2' });
    await elsewhere.hear('snapshot');
    socket.close();
    await eventually(async () => {
        try {
            (await open_socket(server)).close();
            return true;
        } catch {
            return false;
        }
    }, 'room again');
    await server.end();
});

test('a trusted proxy says who asks, and nobody else is believed', async () => {
    const server = await start_server({
        args: [...tight, '--trusted-proxies', '127.0.0.2,127.1.0.0/16'] });
    const proxy = { from: '127.0.0.2' };
    const says = (extra, from = proxy.from) => ({ from, extra });
    const ways = [
        ['X-Forwarded-For', (a) => `X-Forwarded-For: ${a}\r\n`],
        ['X-Forwarded-For with a port', (a) => `X-Forwarded-For: ${a}:1234\r\n`],
        ['Forwarded', (a) => `Forwarded: for=${a}\r\n`],
        ['Forwarded, quoted', (a) => `Forwarded: for="${a}:47";proto=https\r\n`],
        ['a claim before it', (a) => `X-Forwarded-For: 6.6.6.6, ${a}\r\n`],
        ['through two of ours', (a) => `X-Forwarded-For: ${a}, 127.1.2.3\r\n`],
    ];
    for (const [n, [what, line]] of ways.entries()) {
        const address = `10.0.${n}.1`;
        await use_up(server, says(line(address)));
        assert.equal(await is_limited(server, says(line(`10.0.${n}.2`))), false, what);
        assert.equal(await is_limited(server, says(line(address))), true, `${what}, again`);
    }
    // The claim of the parent himself, in front of what the proxy says, gets him nothing.
    await use_up(server, says('X-Forwarded-For: 6.6.6.7, 10.1.0.1\r\n'));
    const limited = (address, from) => is_limited(
        server, says(`X-Forwarded-For: ${address}\r\n`, from));
    assert.equal(await limited('6.6.6.8, 10.1.0.1'), true);
    // One who is not trusted.
    await use_up(server, says('X-Forwarded-For: 10.2.0.1\r\n', '127.0.0.3'));
    assert.equal(await limited('10.2.0.2', '127.0.0.3'), true);
    assert.equal(await limited('10.2.0.1'), false);
    // IPv6: a parent has a /64.
    await use_up(server, says('X-Forwarded-For: 2001:db8:1:2::1\r\n'));
    assert.equal(await limited('2001:db8:1:2:ffff::2'), true);
    assert.equal(await limited('2001:db8:1:3::1'), false);
    await server.end();
});

test('https is what a trusted proxy says, and makes the cookie a secure one', async () => {
    const server = await start_server({ args: ['--trusted-proxies', '127.0.0.1'] });
    const login = async (headers) => {
        const answer = await new client(server.url, { headers }).ask('POST', `${api}/demo/login`, {
            body: { family: 1 } });
        assert.equal(answer.status, 200, answer.text);
        return answer;
    };
    for (const headers of [{ 'x-forwarded-for': '10.0.0.1', 'x-forwarded-proto': 'https' },
                           { 'x-forwarded-proto': 'https' },
                           { forwarded: 'for=10.0.0.1;proto=https' }]) {
        const answer = await login(headers);
        const [first, ...rest] = answer.headers['set-cookie'][0].split('; ');
        assert.match(first, /^__Host-campgate=./, JSON.stringify(headers));
        for (const word of ['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/']) {
            assert.ok(rest.includes(word), word);
        }
        assert.ok(!rest.some((word) => /^domain/i.test(word)));
        assert.match(answer.headers['strict-transport-security'], /max-age=/);
    }
    const plain = await login({ 'x-forwarded-for': '10.0.0.1', 'x-forwarded-proto': 'http' });
    assert.match(plain.headers['set-cookie'][0], /^campgate_demo=/);
    assert.equal(plain.headers['strict-transport-security'], undefined);

    // Its origin is then https, too.
    const parent = await parent_of(server, 1, { headers: { 'x-forwarded-proto': 'https' } });
    const out = (origin) => parent.ask('POST', `${api}/logout`, { headers: { origin } });
    assert.equal((await out(`http://${server.host}`)).status, 403);
    assert.equal((await out(`https://${server.host}`)).status, 204);
    await server.end();
});

// ---- The PROXY protocol

const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
function proxy_header({ source = '10.0.0.1', command = 1, family = 0x11, extra = '' } = {}) {
    const addresses = Buffer.from([...source.split('.').map(Number), 10, 255, 255, 254,
                                   0x30, 0x39, 0x01, 0xbb]);
    const rest = Buffer.concat([command === 1 ? addresses : Buffer.alloc(0),
                                Buffer.from(extra, 'hex')]);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(rest.length);
    return Buffer.concat([signature, Buffer.from([0x20 | command, family]), length, rest]);
}

test('PROXY v2 from a trusted proxy says who asks; others may not send it', async () => {
    const server = await start_server({ args: [...tight, '--proxy-protocol', '--trusted-proxies',
                                               '127.0.0.2'] });
    const through = (source, more) => ({
        from: '127.0.0.2', first: proxy_header({ source, ...more }) });
    await use_up(server, through('10.0.0.1'));
    assert.equal(await is_limited(server, through('10.0.0.2')), false);
    assert.equal(await is_limited(server, through('10.0.0.1')), true);
    // With further fields behind the addresses; and a health check of the proxy's own.
    assert.equal(await is_limited(server, through('10.0.0.3', { extra: '04000100' })), false);
    assert.equal(await is_limited(server, through('', { command: 0, family: 0 })), false);

    // In pieces.
    const pieces = await raw_connect(server.port, { from: '127.0.0.2' });
    for (const byte of Buffer.concat([proxy_header({ source: '10.0.0.4' }),
                                      Buffer.from(get('/healthz'))])) {
        pieces.send(Buffer.from([byte]));
        await new Promise(setImmediate);
    }
    assert.equal((await pieces.answer()).status, 200);
    pieces.close();

    // Without it, or with a broken one, a proxy's connection is closed without a word.
    for (const bytes of ['', signature.subarray(0, 11), proxy_header({ family: 0x12 }),
                         proxy_header({ command: 2 }), proxy_header({ extra: '0400ff00' }),
                         'PROXY TCP4 10.0.0.256 10.0.0.2 1 2\r\n']) {
        const connection = await raw_connect(server.port, { from: '127.0.0.2' });
        connection.send(bytes).send(get('/healthz'));
        assert.equal(await connection.answer(), null);
        assert.ok(await connection.closed());
    }
    const version_1 = 'PROXY TCP4 10.0.0.5 10.0.0.2 1 2\r\n';
    assert.equal(await is_limited(server, { from: '127.0.0.2', first: version_1 }), false);
    // From anybody else it is just bytes that are no HTTP.
    const stranger = await raw_connect(server.port, { from: '127.0.0.3' });
    stranger.send(proxy_header({ source: '10.0.0.1' }));
    stranger.send(get('/healthz'));
    assert.equal((await stranger.answer()).problem, 'malformed_request');
    assert.ok(await stranger.closed());
    assert.equal(await is_limited(server, { from: '127.0.0.3' }), false, 'without it, welcome');
    await server.end();
});

// ---- time

test('who does not go on is let go', async () => {
    const server = await start_server({ args: [
        '--header-timeout', '500ms', '--body-timeout', '500ms', '--idle-timeout', '700ms',
        '--time-interval', '1s'] });
    const parent = await parent_of(server, 1);
    const body = '{"family":2}';
    const cases = [
        ['half a head', get('/healthz').slice(0, -2)],
        ['half a body', `POST ${api}/demo/login HTTP/1.1\r\nHost: ${server.host}\r\n`
            + `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`
            + body.slice(0, 4)],
        ['nothing', ''],
    ];
    await Promise.all(cases.map(async ([what, bytes]) => {
        const connection = await raw_connect(server.port);
        const started = Date.now();
        connection.send(bytes);
        const answer = await connection.answer();
        // Who sent nothing asked for nothing, and hears nothing.
        assert.equal(answer === null ? null : answer.status, bytes === '' ? null : 408, what);
        assert.ok(await connection.closed(), what);
        assert.ok(Date.now() - started < 5_000, what);
    }));
    // Drop by drop is not going on, either: the head has its time as a whole.
    const slow = await raw_connect(server.port);
    const started = Date.now();
    const drops = setInterval(() => slow.send('X'), 100);
    slow.send('GET /healthz HTTP/1.1\r\nX-A: ');
    assert.ok(await slow.closed(3_000));
    clearInterval(drops);
    assert.ok(Date.now() - started < 2_500);
    // A socket is not subject to it.
    const live = await open_socket(server, { parent });
    await live.hear('snapshot');
    await live.until(() => live.messages.filter(({ type }) => type === 'time').length === 2,
                     'the time, twice');
    assert.equal(live.close_code, undefined);
    await server.end();
});

test('a socket that reads nothing is closed, and others hear on', async () => {
    const server = await start_server({ args: ['--ws-slow', '1s', '--ws-ping', '500ms',
                                               '--hub-tick', '1ms'] });
    const deaf = await open_socket(server);
    await deaf.hear('snapshot');
    const well = await open_socket(server);
    await well.hear('snapshot');
    deaf.socket.pause();
    const gauge = async () => Number(/^campgate_sockets_open\S* (\d+)/m.exec(
        await (await fetch(server.metrics_url)).text())?.[1]);
    assert.equal(await gauge(), 2);
    await eventually(async () => (await gauge()) === 1, 'the end of the deaf one', 10_000, 100);
    assert.equal(well.close_code, undefined);
    await server.end();
});
