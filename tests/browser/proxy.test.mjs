// The page behind a real nginx with TLS, on deploy/nginx.conf as it is published: the session's
// cookie is of the strict kind, and the calendar is live over a WebSocket.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { eventually } from '../integration/support/wait.mjs';
import { child_of, set_stage, source_dir } from './support/stage.mjs';
import { arrive, phone } from './support/parents.mjs';

const lea = child_of(1, 0);
const folder = mkdtempSync(join(tmpdir(), 'campgate-nginx-'));
let nginx;
let origin;
const stage = set_stage({ args: ['--trusted-proxies', '127.0.0.1'], enter: start_nginx });

after(async () => {
    if (nginx && nginx.exitCode === null) {
        nginx.kill('SIGTERM');
        await once(nginx, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
});

async function free_port() {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address();
    server.close();
    return port;
}

async function start_nginx() {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
        'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost',
        '-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')], { stdio: 'ignore' });
    const port = await free_port();
    const words = {
        UPSTREAM: `127.0.0.1:${stage.port}`, SERVER_NAME: 'localhost', LISTEN: `127.0.0.1:${port}`,
        CERTIFICATE: join(folder, 'cert.pem'), CERTIFICATE_KEY: join(folder, 'key.pem'),
    };
    let site = readFileSync(join(source_dir, 'deploy/nginx.conf'), 'utf8')
        .replaceAll('/var/log/nginx/', `${folder}/`);
    for (const [word, value] of Object.entries(words)) site = site.replaceAll(`@${word}@`, value);
    writeFileSync(join(folder, 'site.conf'), site);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
        .map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ');
    writeFileSync(join(folder, 'nginx.conf'),
        `daemon off; pid ${folder}/pid; error_log stderr; worker_processes 1;\n`
        + 'events { worker_connections 256; }\n'
        + `http { ${temporary} include ${folder}/site.conf; }\n`);
    // Started as root it works as a user of its own, to whom this folder must be open.
    execFileSync('chmod', ['-R', 'a+rX', folder]);
    nginx = spawn('nginx', ['-e', 'stderr', '-c', join(folder, 'nginx.conf')],
        { stdio: ['ignore', 'ignore', 'inherit'] });
    origin = `https://localhost:${port}`;
    await eventually(async () => {
        const socket = connect(port, '127.0.0.1');
        await once(socket, 'connect');
        socket.destroy();
        return true;
    }, 'nginx');
}

test('behind nginx over TLS: a __Host- cookie, a WebSocket, and the other page sees it', async (t) => {
    const proxied = { browser: stage.browser, url: origin };
    const anne = await arrive(proxied, { family: 1, ignoreHTTPSErrors: true });
    const benoit = await arrive(proxied, { family: 2, ignoreHTTPSErrors: true, viewport: phone });
    for (const parent of [anne, benoit]) {
        await parent.becomes('connection', 'live');
        assert.equal(await parent.at('connection').getAttribute('data-transport'), 'socket');
        const [cookie, ...others] = await parent.context.cookies();
        assert.deepEqual(others, []);
        assert.equal(cookie.name, '__Host-campgate');
        assert.deepEqual([cookie.secure, cookie.httpOnly, cookie.sameSite, cookie.path],
            [true, true, 'Lax', '/']);
    }
    const week = await stage.week('nature', 28);
    await stage.set_places(week, 1, anne, benoit);
    await anne.pick(week);
    const vanished = await benoit.watch(`week-${week}`, 'leaves');
    const clicked = await anne.watch_click('book');
    await anne.book();
    const late = await vanished() - await clicked();
    t.diagnostic(`vanished ${late.toFixed(0)} ms after the click`);
    assert.ok(late < 1000, `vanished only after ${late} ms`);
    await anne.release(week, lea);
    await benoit.has_places(week, 1);
    anne.is_content();
    benoit.is_content();
});
