// The whole way of a parent: TLS and HTTP/2 to a real nginx with deploy/nginx.conf, and campgate
// behind it, which believes nobody else.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { connect as connect_http2 } from 'node:http2';
import { request as https_request } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect as connect_tls } from 'node:tls';
import { answer_fault } from '../house/documents.mjs';
import { api, child_of, client, week_of } from './support/client.mjs';
import { pdf_of } from './support/documents.mjs';
import { begin_socket, open_socket } from './support/live.mjs';
import { is_alive, make_folder, start_server, tell } from './support/process.mjs';
import { eventually, within } from './support/wait.mjs';

const folder = make_folder();
let nginx;
let server;
let port;
let ca;
let season;

async function free_port() {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port: found } = probe.address();
    probe.close();
    return found;
}

function write_configuration() {
    const words = {
        UPSTREAM: `127.0.0.1:${server.port}`, SERVER_NAME: 'localhost', LISTEN: `127.0.0.1:${port}`,
        CERTIFICATE: join(folder, 'cert.pem'), CERTIFICATE_KEY: join(folder, 'key.pem') };
    let site = readFileSync(new URL('../../deploy/nginx.conf', import.meta.url), 'utf8');
    for (const [word, value] of Object.entries(words)) site = site.replaceAll(`@${word}@`, value);
    writeFileSync(join(folder, 'site.conf'), site.replaceAll('/var/log/nginx/', `${folder}/log/`));
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
        .map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ');
    writeFileSync(join(folder, 'nginx.conf'),
        `daemon off; pid ${folder}/pid; error_log stderr; worker_processes 1;\n`
        + `events { worker_connections 512; }\nhttp { ${temporary} include ${folder}/site.conf; }\n`);
}

before(async () => {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
        'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost',
        '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1',
        '-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')], { stdio: 'ignore' });
    ca = readFileSync(join(folder, 'cert.pem'));
    server = await start_server({ args: [
        '--trusted-proxies', '127.0.0.1', '--requests-burst', '400', '--requests-per-second', '50',
        '--time-interval', '1s'] });
    port = await free_port();
    mkdirSync(join(folder, 'log'));
    write_configuration();
    // Its workers may have a user of their own.
    chmodSync(folder, 0o755);
    chmodSync(join(folder, 'log'), 0o777);
    nginx = spawn('setpriv', ['--pdeathsig', 'TERM', 'nginx', '-e', 'stderr', '-c',
                              join(folder, 'nginx.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    nginx.stderr.setEncoding('utf8').on('data', (text) => { said += text; });
    await eventually(async () => {
        assert.equal(nginx.exitCode, null, said);
        return (await ask('GET', '/healthz')).status === 200;
    }, 'nginx');
    season = await new client(server.url).season();
});

after(async () => {
    if (nginx && is_alive(nginx.pid)) {
        nginx.kill('SIGTERM');
        await within(once(nginx, 'exit'), 'the end of nginx');
    }
});

// A request over TLS and HTTP/1.1, from any address of this machine.
async function ask(method, path, { headers = {}, body, from } = {}) {
    const asking = https_request({ host: '127.0.0.1', port, path, method, ca, agent: false,
        localAddress: from, headers: {
            ...(body ? { 'content-type': 'application/json', 'content-length': body.length } : {}),
            host: `localhost:${port}`, ...headers } });
    asking.end(body);
    const [response] = await within(once(asking, 'response'), `${method} ${path}`);
    let text = '';
    for await (const part of response) text += part;
    return { status: response.statusCode, headers: response.headers, text };
}

// A parent over one HTTP/2 connection; answers are checked against the document.
class parent_over_http2 {
    static async login(family) {
        const parent = new parent_over_http2();
        parent.session = connect_http2(`https://localhost:${port}`, { ca });
        await within(once(parent.session, 'connect'), 'HTTP/2');
        const answer = await parent.ask('POST', `${api}/demo/login`, { family });
        assert.equal(answer.status, 200, answer.text);
        parent.set_cookie = answer.headers['set-cookie'][0];
        parent.cookie = parent.set_cookie.split(';')[0];
        parent.csrf = answer.json.csrf;
        return parent;
    }

    async ask(method, path, body, headers = {}) {
        const fields = { ':method': method, ':path': path, origin: `https://localhost:${port}` };
        if (this.cookie) fields.cookie = this.cookie;
        if (this.csrf && method !== 'GET') fields['x-csrf-token'] = this.csrf;
        if (body) fields['content-type'] = 'application/json';
        const stream = this.session.request({ ...fields, ...headers });
        stream.end(body ? JSON.stringify(body) : undefined);
        const [answered] = await within(once(stream, 'response'), `${method} ${path}`);
        let text = '';
        for await (const part of stream.setEncoding('utf8')) text += part;
        const status = answered[':status'];
        const plain = Object.fromEntries(Object.entries(answered).map(([k, v]) => [k, `${v}`]));
        assert.equal(answer_fault({ method, path, status, headers: plain, body: text }), null);
        return { status, headers: answered, text, json: text && JSON.parse(text) };
    }

    place(items, key = randomUUID()) {
        return this.ask('POST', `${api}/holds`, {
            mode: 'all', items: items.map(([week, child]) => ({ week, child })),
        }, { 'idempotency-key': key });
    }
}

const url = () => ({ url: `https://localhost:${port}/` });

test('TLS 1.2 and 1.3, HTTP/2 and HTTP/1.1', async () => {
    for (const version of ['TLSv1.2', 'TLSv1.3']) {
        const socket = connect_tls({ host: '127.0.0.1', servername: 'localhost', port, ca,
                                     ALPNProtocols: ['h2', 'http/1.1'], minVersion: version,
                                     maxVersion: version });
        await within(once(socket, 'secureConnect'), version);
        assert.deepEqual([socket.getProtocol(), socket.alpnProtocol], [version, 'h2']);
        socket.destroy();
    }
    const old = connect_tls({ host: '127.0.0.1', servername: 'localhost', port, ca,
                              minVersion: 'TLSv1', maxVersion: 'TLSv1.1',
                              ciphers: 'DEFAULT@SECLEVEL=0' });
    await within(once(old, 'error'), 'the refusal of TLS 1.1');
    assert.equal((await ask('GET', `${api}/weeks`)).status, 200);
});

test('a parent logs in, holds and releases; the cookie is a secure one', async () => {
    const anne = await parent_over_http2.login(1);
    const [name, ...attributes] = anne.set_cookie.split('; ');
    assert.match(name, /^__Host-campgate=./);
    for (const word of ['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/']) {
        assert.ok(attributes.includes(word), anne.set_cookie);
    }
    const week = week_of(season, 'moyens', 27);
    const key = randomUUID();
    const placed = await anne.place([[week, child_of(1)]], key);
    assert.equal(placed.status, 201, placed.text);
    assert.match(placed.headers['strict-transport-security'], /max-age=[1-9]/);
    assert.equal((await anne.place([[week, child_of(1)]], key)).text, placed.text);
    const [{ hold }] = placed.json.placed;
    assert.equal((await anne.ask('GET', `${api}/basket`)).json.holds[0].hold, hold);
    assert.equal((await anne.ask('DELETE', `${api}/holds/${hold}`)).status, 204);
    // The plain name means nothing here, and a foreign origin is one also here.
    const renamed = anne.cookie.replace('__Host-campgate', 'campgate_demo');
    assert.equal((await anne.ask('GET', `${api}/me`, null, { cookie: renamed })).status, 401);
    const foreign = await anne.ask('POST', `${api}/logout`, null, {
        origin: `http://localhost:${port}` });
    assert.equal(foreign.status, 403);
    assert.equal((await anne.ask('POST', `${api}/logout`)).status, 204);
    anne.session.close();
});

test('cookies that HTTP/2 sends in pieces are one', async () => {
    const anne = await parent_over_http2.login(1);
    const me = await anne.ask('GET', `${api}/me`, null, { cookie: ['a=b', anne.cookie, 'c=d'] });
    assert.equal(me.status, 200, me.text);
    anne.session.close();
});

test('a WebSocket through it: live, with the login, and the close is heard', async () => {
    const anne = await parent_over_http2.login(1);
    const origin = `https://localhost:${port}`;
    const live = await open_socket(url(), { ca, origin, headers: { cookie: anne.cookie } });
    await live.hear('snapshot');
    const week = week_of(season, 'moyens', 28);
    const free = live.weeks.get(week);
    const placed = await anne.place([[week, child_of(1)]]);
    await live.shows(week, free - 1);
    await live.hear('family');
    await anne.ask('DELETE', `${api}/holds/${placed.json.placed[0].hold}`);
    await live.shows(week, free);
    await live.hear('time');
    live.socket.send('what is this?');
    assert.equal(await within(live.closed, 'the close'), 1008);
    const foreign = begin_socket(url(), { ca, origin: 'https://evil.example' });
    await assert.rejects(within(foreign.opened, 'a refusal'), /refused: 403/);
    anne.session.close();
});

test('an event stream through it arrives event by event', async () => {
    const asking = https_request({ host: '127.0.0.1', port, path: `${api}/events`, ca, agent: false,
                                   headers: { host: `localhost:${port}` } });
    asking.end();
    const [response] = await within(once(asking, 'response'), 'the stream');
    assert.equal(response.headers['content-type'], 'text/event-stream');
    let text = '';
    response.setEncoding('utf8').on('data', (part) => { text += part; });
    response.on('error', () => {});
    await eventually(() => /^event: snapshot$/m.test(text), 'the snapshot');
    const week = week_of(season, 'moyens', 30);
    await tell(server, 'week', 'set-capacity', week, 7);
    await eventually(() => new RegExp(`^data: .*\\[${week},7\\]`, 'm').test(
        text.slice(text.indexOf('event: weeks'))), 'the change', 3_000);
    asking.destroy();
});

test('each parent’s address is his own, whatever he claims', async () => {
    const limited = async (from, headers) => {
        const { status } = await ask('GET', `${api}/weeks`, { from, headers });
        assert.ok(status === 200 || status === 429, String(status));
        return status === 429;
    };
    const session = connect_http2(`https://localhost:${port}`, { ca, localAddress: '127.0.0.7' });
    await within(once(session, 'connect'), 'HTTP/2');
    let refused = 0;
    for (let burst = 0; burst < 20 && refused === 0; ++burst) {
        const statuses = await Promise.all(Array.from({ length: 50 }, async () => {
            const stream = session.request({ ':path': `${api}/weeks` });
            stream.end();
            stream.resume();
            const [answered] = await once(stream, 'response');
            await once(stream, 'close');
            return answered[':status'];
        }));
        refused += statuses.filter((status) => status === 429).length;
    }
    assert.ok(refused > 0, 'one address is limited');
    assert.equal(await limited('127.0.0.8'), false, 'another is not');
    // Nor does it help to be somebody else.
    const claims = { 'x-forwarded-for': '10.1.1.1', forwarded: 'for=10.1.1.1',
                     'x-real-ip': '10.1.1.1' };
    const answers = await Promise.all(Array.from({ length: 60 }, () =>
        limited('127.0.0.7', claims)));
    assert.ok(answers.includes(true));
    session.close();
});

test('what is too large or malformed ends here or there, and never as a 500', async () => {
    const large = await ask('POST', `${api}/demo/login`, { body: 'x'.repeat(20_000) });
    assert.equal(large.status, 413);
    const long = await ask('GET', `/${'x'.repeat(3_000)}`);
    assert.equal(long.status, 414);
    const chunked = https_request({ host: '127.0.0.1', port, ca, agent: false, method: 'POST',
        path: `${api}/demo/login`, headers: { host: `localhost:${port}`,
            'content-type': 'application/json', 'transfer-encoding': 'chunked' } });
    chunked.write('{"family"');
    chunked.end(':1}');
    const [response] = await within(once(chunked, 'response'), 'the answer');
    response.resume();
    assert.equal(response.statusCode, 200, 'nginx gives it a length');
    const wrong = await ask('POST', `${api}/demo/login`, { body: '{"family":0}' });
    assert.equal(JSON.parse(wrong.text).pointer, '/family');
});

test('a supporting document passes, and nginx keeps none of it in a file', async () => {
    const parent = await parent_over_http2.login(6);
    const send = (bytes) => ask('POST', `${api}/family/documents`, { body: bytes, headers: {
        'content-type': 'application/pdf', cookie: parent.cookie, 'x-csrf-token': parent.csrf,
        origin: `https://localhost:${port}` } });
    const kept = await send(pdf_of('y'.repeat(3 * 1024 * 1024)));
    assert.equal(kept.status, 201, kept.text);
    assert.deepEqual(readdirSync(join(folder, 'client_body')), []);
    const over = await send(Buffer.alloc(5 * 1024 * 1024 + 1)).catch(() => ({ status: 413 }));
    assert.equal(over.status, 413);
    parent.session.close();
});

test('while campgate restarts nginx says 502, the socket closes, and then all goes on', async () => {
    const anne = await parent_over_http2.login(1);
    const live = await open_socket(url(), { ca });
    await live.hear('snapshot');
    await server.stop();
    assert.equal(await within(live.closed, 'the close'), 1001);
    assert.equal((await ask('GET', '/healthz')).status, 502);
    server = await start_server({ data: server.data, port: server.port,
                                  args: ['--trusted-proxies', '127.0.0.1'] });
    const me = await anne.ask('GET', `${api}/me`);
    assert.deepEqual([me.status, me.json.family], [200, 1], 'still logged in');
    const again = await open_socket(url(), { ca, since: live.sequence });
    await again.hear('weeks');
    again.close();
    anne.session.close();
});
