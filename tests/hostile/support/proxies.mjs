// A real nginx and a real HAProxy with TLS, on the configurations in deploy/ as they are published,
// before a port of this machine. Ended with the test file that started them.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { after } from 'node:test';
import { connect as tls_connect } from 'node:tls';
import { make_folder } from '../../integration/support/process.mjs';
import { raw_connection } from '../../integration/support/raw.mjs';
import { eventually, within } from '../../integration/support/wait.mjs';

const deploy = new URL('../../../deploy/', import.meta.url);
const started = [];

after(async () => {
    for (const child of started) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        child.kill('SIGTERM');
        await once(child, 'exit');
    }
});

// A port that is free now.
async function free_port() {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address();
    server.close();
    return port;
}

// The configuration `name` with its words in @ signs filled in, and a certificate beside it.
function set_up(name, listen, upstream) {
    const folder = make_folder();
    const [key, certificate, both] = ['key', 'cert', 'both'].map((n) => join(folder, `${n}.pem`));
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
        'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost',
        '-keyout', key, '-out', certificate], { stdio: 'ignore' });
    writeFileSync(both, readFileSync(certificate, 'utf8') + readFileSync(key, 'utf8'));
    const words = {
        UPSTREAM: `127.0.0.1:${upstream}`, SERVER_NAME: 'localhost', LISTEN: `127.0.0.1:${listen}`,
        CERTIFICATE: name === 'nginx.conf' ? certificate : both, CERTIFICATE_KEY: key };
    // A test's machine may not allow HAProxy the descriptors of an opening day.
    let text = readFileSync(new URL(name, deploy), 'utf8')
        .replaceAll('/var/log/nginx/', `${folder}/`)
        .replace(/^( *)maxconn 20000$/m, '$1maxconn 500');
    for (const [word, value] of Object.entries(words)) text = text.replaceAll(`@${word}@`, value);
    writeFileSync(join(folder, name), text);
    return folder;
}

async function run(name, program, args, port) {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    started.push(child);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => { stderr += text; });
    await eventually(async () => {
        assert.equal(child.exitCode, null, stderr);
        const socket = connect(port, '127.0.0.1');
        await once(socket, 'connect');
        socket.destroy();
        return true;
    }, name);
    return { name, port, pid: child.pid, open: (protocol) => open_tls(port, protocol) };
}

// A connection on which any bytes can be sent, inside TLS.
function open_tls(port, protocol = 'http/1.1') {
    return within(new Promise((resolve, reject) => {
        const socket = tls_connect({ host: '127.0.0.1', port, rejectUnauthorized: false,
                                     servername: 'localhost', ALPNProtocols: [protocol] });
        socket.once('error', reject);
        socket.once('secureConnect', () => {
            socket.off('error', reject);
            assert.equal(socket.alpnProtocol, protocol);
            resolve(new raw_connection(socket));
        });
    }), 'TLS');
}

export async function start_nginx(upstream) {
    const port = await free_port();
    const folder = set_up('nginx.conf', port, upstream);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
        .map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ');
    const main = join(folder, 'main.conf');
    writeFileSync(main, `daemon off; pid ${folder}/pid; error_log ${folder}/error.log;\n`
        + `worker_processes 1; events { worker_connections 256; }\n`
        + `http { ${temporary} include ${folder}/nginx.conf; }\n`);
    // Started as root it works as a user of its own, to whom this folder must be open.
    chmodSync(folder, 0o755);
    return run('nginx', 'nginx', ['-e', `${folder}/error.log`, '-c', main], port);
}

export async function start_haproxy(upstream) {
    const port = await free_port();
    const folder = set_up('haproxy.cfg', port, upstream);
    return run('HAProxy', 'haproxy', ['-db', '-f', join(folder, 'haproxy.cfg')], port);
}
