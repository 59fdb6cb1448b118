// One request is one response. Each attempt is sent to campgate itself, through a real nginx and
// through a real HAProxy, on the configurations of deploy/. Three things tell what became of it:
// the answers on the attacker's connection, the server's own counts of requests, and the answers
// that the next clients get, over the proxy's pooled connections.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { start_server } from '../integration/support/process.mjs';
import { raw_connect } from '../integration/support/raw.mjs';
import { attempts, marked } from './support/attempts.mjs';
import { http2_answers, http2_request } from './support/http2_bytes.mjs';
import { naive_proxy, naive_server } from './support/naive.mjs';
import { start_haproxy, start_nginx } from './support/proxies.mjs';

const victims_each = 2;
const patience_ms = 250;  // for one more answer, while the other side may still wait for bytes
const quiet_ms = 25;      // for one answer too many

let ways = [];
before(async () => {
    // PostgreSQL's start-up is most of it: one after the other is no slower.
    const plain = await start_server({ args: ['--trusted-proxies', '127.0.0.1'] });
    const behind_haproxy = await start_server({
        args: ['--trusted-proxies', '127.0.0.1', '--proxy-protocol'] });
    const nginx = await start_nginx(plain.port);
    const haproxy = await start_haproxy(behind_haproxy.port);
    ways = [
        { name: 'direct', server: plain, open: () => raw_connect(plain.port),
          counts: () => counts_of(plain) },
        { ...nginx, server: plain, counts: () => counts_of(plain) },
        { ...haproxy, server: behind_haproxy, counts: () => counts_of(behind_haproxy) },
    ];
});

// What a server says it was asked; health checks left out.
async function counts_of(server) {
    const text = await (await fetch(server.metrics_url)).text();
    const counts = { requests: 0, marked: 0, malformed: 0 };
    const lines = text.matchAll(/^campgate_http_requests_total\{route="([a-z_]+)".*\} (\d+)$/gm);
    for (const [, route, count] of lines) {
        if (/health|ready/.test(route)) continue;
        counts.requests += Number(count);
        if (route === 'basket') counts.marked += Number(count);
    }
    counts.malformed = Number(/^campgate_malformed_requests_total (\d+)$/m.exec(text)[1]);
    return counts;
}

const heads = /HTTP\/1\.[01] ([0-9]{3}) /g;
const final_answers = (text) => [...text.matchAll(heads)].filter(([, status]) => status >= 200);

// Sends an attempt and takes what comes back, until it is over or nothing more comes.
async function send(way, { bytes, open, requests: most }) {
    const requests = open?.includes(way.name) ? most : 1;
    const connection = await way.open();
    connection.send(Buffer.from(bytes, 'latin1'));
    const started = Date.now();
    let seen = 0;
    let since = started;
    for (;;) {
        await sleep(5);
        const now = Date.now();
        if (connection.received.length > seen) {
            seen = connection.received.length;
            since = now;
        }
        if (connection.ended) break;
        const text = connection.received.toString('latin1');
        const enough = final_answers(text).length >= requests;
        if (now - since > (enough ? quiet_ms : patience_ms)) break;
    }
    const text = connection.received.toString('latin1');
    const { ended } = connection;
    connection.close();
    return { text, ended };
}

// The next client: asks for something of its own, and must hear of that.
let victims = 0;
async function victim(way) {
    const name = `victim${++victims}`;
    const connection = await way.open();
    connection.send(`GET /api/v1/weeks?${name}=1 HTTP/1.1\r\nHost: victim\r\n\r\n`);
    let answer = null;
    try {
        answer = await connection.answer({ within_ms: 5_000 });
    } catch { /* none came */ }
    connection.close();
    return answer?.text.includes(name) && !answer.text.includes(marked)
        ? null : `a victim heard ${answer?.status} ${answer?.text.slice(0, 120)}`;
}

// Everything that is wrong with what became of an attempt.
async function faults_of(way, attempt, sending = send) {
    const open = attempt.open?.includes(way.name);
    const requests = open ? attempt.requests : 1;
    const faults = [];
    const before = await way.counts();
    const { text, answers = final_answers(text).length } = await sending(way, attempt);
    const heard_marked = text.split(marked).length - 1;
    if (answers > requests) faults.push(`${answers} answers to ${requests}`);
    for (let i = 0; i < victims_each; ++i) {
        const fault = await victim(way);
        if (fault) faults.push(fault);
    }
    const after = await way.counts();
    const asked = after.requests - before.requests - victims_each;
    const served = after.marked - before.marked;
    if (asked > requests) faults.push(`${asked} requests served, ${requests} made`);
    if (!open && served > 0) faults.push('what lay hidden was served');
    if (!open && heard_marked > 0) faults.push('what lay hidden was answered');
    // What stands there openly is answered to whom it came from, if it was served.
    if (open && served !== heard_marked) {
        faults.push(`served ${served}, answered ${heard_marked} times`);
    }
    return { faults, text, asked, answers };
}

test('there are at least a hundred attempts, each of another kind', () => {
    assert.ok(attempts.length >= 100, `${attempts.length}`);
    assert.equal(new Set(attempts.map(({ name }) => name)).size, attempts.length);
    assert.equal(new Set(attempts.map(({ bytes }) => bytes)).size, attempts.length);
});

test('one request is one response, whatever is hidden in it, on every way', async (t) => {
    const wrong = [];
    const said = Object.fromEntries(ways.map(({ name }) => [name, {}]));
    const try_all = async (way) => {
        const start = await way.counts();
        for (const attempt of attempts) {
            const { faults, text } = await faults_of(way, attempt);
            for (const fault of faults) wrong.push(`${way.name}: ${attempt.name}: ${fault}`);
            const heard = final_answers(text).map(([, status]) => status).join(' ') || 'nothing';
            said[way.name][heard] = (said[way.name][heard] ?? 0) + 1;
        }
        const { malformed } = await way.counts();
        const refused = malformed - start.malformed;
        t.diagnostic(`${way.name}: ${attempts.length} attempts, the server refused ${refused}`
            + ' as malformed');
    };
    // The two ways to one server one after the other: its counts tell only of one.
    await Promise.all([try_all(ways[0]).then(() => try_all(ways[1])), try_all(ways[2])]);
    for (const [name, heard] of Object.entries(said)) {
        t.diagnostic(`${name} answered ${JSON.stringify(heard)}`);
    }
    assert.deepEqual(wrong, []);
    for (const { server } of ways) assert.ok(!server.has_exited, 'the server lives');
});

const pseudo = (method = 'POST', path = '/api/v1/demo/login') => [
    [':method', method], [':scheme', 'https'], [':authority', 'outer'], [':path', path]];
const inner = `GET ${marked} HTTP/1.1\r\nHost: inner\r\n\r\n`;
const http2_attempts = {
    'a length of zero before a body': [[...pseudo(), ['content-length', '0']], inner],
    'a length shorter than the body': [[...pseudo(), ['content-length', '5']], `hello${inner}`],
    'a length longer than the body': [[...pseudo(), ['content-length', '500']], inner],
    'two lengths': [[...pseudo(), ['content-length', '0'], ['content-length', '5']], inner],
    'a coding': [[...pseudo(), ['transfer-encoding', 'chunked']], `0\r\n\r\n${inner}`],
    'a line end in a value': [[...pseudo(), ['x', `a\r\n\r\n${inner}`]], ''],
    'a coding after a line end in a value':
        [[...pseudo(), ['x', 'a\r\nTransfer-Encoding: chunked']], `0\r\n\r\n${inner}`],
    'a line end in a name': [[...pseudo(), ['x: a\r\ntransfer-encoding', 'chunked']], inner],
    'a bare LF in a value': [[...pseudo(), ['x', `a\nContent-Length: 0`]], inner],
    'a NUL in a value': [[...pseudo(), ['x', 'a\0b']], ''],
    'a colon in a name': [[...pseudo(), ['transfer-encoding: chunked', 'x']], inner],
    'a request in the path':
        [pseudo('GET', `/api/v1/season HTTP/1.1\r\nHost: a\r\n\r\n${inner}`), ''],
    'a space in the path': [pseudo('GET', `/api/v1/season HTTP/1.1`), ''],
    'a request in the method': [pseudo(`GET ${marked} HTTP/1.1\r\nHost: a\r\n\r\nGET`), ''],
    'a line end in the host': [[[':method', 'GET'], [':scheme', 'https'],
        [':path', '/api/v1/season'], [':authority', `a\r\n\r\n${inner}`]], ''],
    'a connection field': [[...pseudo(), ['connection', 'content-length'], ['content-length', '5']],
                           'hello'],
};

test('nor is anything hidden in HTTP/2, where a proxy rewrites it', async () => {
    const wrong = [];
    for (const way of ways.slice(1)) {
        for (const [name, [fields, body = '']] of Object.entries(http2_attempts)) {
            const sending = async () => {
                const connection = await way.open('h2');
                connection.send(http2_request(fields, body));
                const deadline = Date.now() + 2 * patience_ms;
                let heard = { answers: 0, refused: false };
                while (!connection.ended && !heard.answers && !heard.refused) {
                    if (Date.now() > deadline) break;
                    await sleep(5);
                    heard = http2_answers(connection.received);
                }
                await sleep(quiet_ms);
                heard = http2_answers(connection.received);
                const text = connection.received.toString('latin1');
                connection.close();
                return { text, answers: heard.answers };
            };
            const { faults } = await faults_of(way, { name }, sending);
            for (const fault of faults) wrong.push(`${way.name}: ${name}: ${fault}`);
        }
    }
    assert.deepEqual(wrong, []);
});

test('control: two naive readers, of bytes and of chunks, are found out', async () => {
    const server = await naive_server('chunks', marked);
    const port = await naive_proxy('length', server.port);
    const way = { name: 'naive', counts: server.counts, open: () => raw_connect(port) };
    const attempt = attempts.find(({ name }) => name === 'CL.TE: a coding plain');
    const { faults } = await faults_of(way, attempt);
    assert.ok(faults.some((fault) => /hidden was served/.test(fault)), `${faults}`);
    assert.ok(faults.some((fault) => /a victim heard/.test(fault)), `${faults}`);
    assert.ok(faults.some((fault) => /requests served/.test(fault)), `${faults}`);
});

test('control: a server that takes a body for a request is found out', async () => {
    const server = await naive_server('length', marked);
    const way = { name: 'naive', counts: server.counts, open: () => raw_connect(server.port) };
    const attempt = attempts.find(({ name }) => name === 'TE.CL: a coding plain');
    const { faults } = await faults_of(way, attempt);
    assert.ok(faults.some((fault) => /answers to 1/.test(fault)), `${faults}`);
    assert.ok(faults.some((fault) => /hidden was answered/.test(fault)), `${faults}`);
});
