// The configurations in deploy/ are accepted by the programs they are for, and nginx passes on what
// it should: the parent's address and nobody's claim about it, WebSockets, no large body.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect as connect_http2 } from 'node:http2';
import { request as https_request } from 'node:https';
import { createServer as create_tcp_server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';

const deploy = new URL('../../deploy/', import.meta.url);
const text_of = (name) => readFileSync(new URL(name, deploy), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'campgate-deploy-'));
const filled = (text, words) => Object.entries(words)
    .reduce((made, [word, value]) => made.replaceAll(`@${word}@`, value), text);

// A port that is free now. Somebody else may take it before nginx does; then the test fails loudly.
async function free_port() {
    const server = create_tcp_server().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address();
    server.close();
    return port;
}

let upstream;
let sockets;
let nginx;
let port;

before(async () => {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
        'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost',
        '-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')], { stdio: 'ignore' });
    writeFileSync(join(folder, 'both.pem'), readFileSync(join(folder, 'cert.pem'), 'utf8')
        + readFileSync(join(folder, 'key.pem'), 'utf8'));

    // In campgate's place: says what it was asked.
    upstream = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk) => { body += chunk; });
        request.on('end', () => {
            response.setHeader('content-type', 'application/json');
            response.end(JSON.stringify({ method: request.method, url: request.url,
                                          headers: request.headers, body }));
        });
    }).listen(0, '127.0.0.1');
    sockets = new WebSocketServer({ server: upstream, path: '/api/v1/live' });
    sockets.on('connection', (socket, request) => socket.send(JSON.stringify(request.headers)));
    await once(upstream, 'listening');

    port = await free_port();
    const site = filled(text_of('nginx.conf'), {
        UPSTREAM: `127.0.0.1:${upstream.address().port}`,
        SERVER_NAME: 'localhost',
        LISTEN: `127.0.0.1:${port}`,
        CERTIFICATE: join(folder, 'cert.pem'),
        CERTIFICATE_KEY: join(folder, 'key.pem'),
    }).replaceAll('/var/log/nginx/', `${folder}/`);
    writeFileSync(join(folder, 'site.conf'), site);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
        .map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ');
    writeFileSync(join(folder, 'nginx.conf'),
        `daemon off; pid ${folder}/pid; error_log stderr; worker_processes 1;\n`
        + `events { worker_connections 256; }\n`
        + `http { ${temporary} include ${folder}/site.conf; }\n`);
    // nginx needs its own user where it is started as root: this folder must be open to it.
    execFileSync('chmod', ['-R', 'a+rX', folder]);
    nginx = spawn('nginx', ['-e', 'stderr', '-c', join(folder, 'nginx.conf')],
                  { stdio: ['ignore', 'ignore', 'inherit'] });
    for (let tries = 0; ; ++tries) {
        try {
            await ask('/');
            break;
        } catch (error) {
            if (tries === 100 || nginx.exitCode !== null) throw error;
            await sleep(50);
        }
    }
});

after(async () => {
    if (nginx && nginx.exitCode === null) {
        nginx.kill('SIGQUIT');
        const late = setTimeout(() => nginx.kill('SIGTERM'), 2000);
        await once(nginx, 'exit');
        clearTimeout(late);
    }
    for (const socket of sockets?.clients ?? []) socket.terminate();
    upstream?.closeAllConnections();
    upstream?.close();
    rmSync(folder, { recursive: true, force: true });
});

async function ask(path, { method = 'GET', headers = {}, body } = {}) {
    const request = https_request({ host: '127.0.0.1', port, path, method, headers,
                                    rejectUnauthorized: false, agent: false });
    request.end(body);
    const [response] = await once(request, 'response');
    let text = '';
    for await (const chunk of response) text += chunk;
    return { status: response.statusCode, headers: response.headers, text,
             seen: response.statusCode === 200 ? JSON.parse(text) : null };
}

test('nginx says who asks, whatever the client claims', async () => {
    const { seen } = await ask('/api/v1/weeks', { headers: {
        'x-forwarded-for': '203.0.113.7', forwarded: 'for=203.0.113.7', 'x-real-ip': '203.0.113.7',
        'x-forwarded-proto': 'http',
    } });
    assert.equal(seen.headers['x-forwarded-for'], '127.0.0.1');
    assert.equal(seen.headers['x-forwarded-proto'], 'https');
    assert.equal(seen.headers.forwarded, undefined);
    assert.equal(seen.headers['x-real-ip'], undefined);
});

test('nginx keeps the host with its port, for the check of the origin', async () => {
    const { seen } = await ask('/');
    assert.equal(seen.headers.host, `127.0.0.1:${port}`);
});

test('nginx turns a chunked body into one with a length', async () => {
    const { seen } = await ask('/api/v1/holds',
        { method: 'POST', headers: { 'transfer-encoding': 'chunked' }, body: '{"a":1}' });
    assert.equal(seen.headers['content-length'], '7');
    assert.equal(seen.headers['transfer-encoding'], undefined);
    assert.equal(seen.body, '{"a":1}');
});

test('nginx refuses a body larger than campgate would read', async () => {
    const { status } = await ask('/api/v1/holds', { method: 'POST', body: 'x'.repeat(16385) });
    assert.equal(status, 413);
});

test('nginx lets a health sheet be as long as campgate does, and no longer', async () => {
    const sheet = (path, bytes) =>
        ask(`/api/v1/children/8/sheet${path}`, { method: 'PUT', body: 'x'.repeat(bytes) });
    assert.equal((await sheet('/draft', 64 * 1024)).seen.body.length, 64 * 1024);
    assert.equal((await sheet('/draft', 64 * 1024 + 1)).status, 413);
    assert.equal((await sheet('', 16385)).status, 413, 'only where one is sent');
});

test('nginx speaks HTTP/2', async () => {
    const session = connect_http2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
    const stream = session.request({ ':path': '/api/v1/weeks' });
    let text = '';
    for await (const chunk of stream) text += chunk;
    session.close();
    const seen = JSON.parse(text);
    assert.equal(seen.url, '/api/v1/weeks');
    assert.equal(seen.headers.host, `127.0.0.1:${port}`);
});

test('nginx passes a WebSocket through, with its subprotocol and origin', async () => {
    const socket = new WebSocket(`wss://127.0.0.1:${port}/api/v1/live?since=3`, 'campgate.live.v1',
                                 { rejectUnauthorized: false, origin: 'https://localhost' });
    const [message] = await once(socket, 'message');
    const headers = JSON.parse(message);
    assert.equal(headers.origin, 'https://localhost');
    assert.equal(headers['sec-websocket-protocol'], 'campgate.live.v1');
    assert.equal(headers['x-forwarded-for'], '127.0.0.1');
    socket.close();
    await once(socket, 'close');
});

// It is only read, not run: the ports need not be free.
test('HAProxy accepts its configuration', () => {
    const path = join(folder, 'haproxy.cfg');
    writeFileSync(path, filled(text_of('haproxy.cfg'), {
        UPSTREAM: '127.0.0.1:1', LISTEN: '127.0.0.1:9', CERTIFICATE: join(folder, 'both.pem'),
    }));
    const run = spawnSync('haproxy', ['-c', '-f', path], { encoding: 'utf8' });
    assert.equal(run.status, 0, run.stdout + run.stderr);
});

test('no word in @ signs is left after filling in those that are documented', () => {
    const words = { UPSTREAM: '', SERVER_NAME: '', LISTEN: '', CERTIFICATE: '', CERTIFICATE_KEY: '' };
    for (const name of ['nginx.conf', 'haproxy.cfg']) {
        assert.doesNotMatch(filled(text_of(name), words), /@[A-Z_]+@/);
    }
});
