// The server as a process, and the command line beside it. A server gets a free port, a data
// directory of its own, and is ended with the test file that started it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { eventually, within } from './wait.mjs';

export const binary = process.env.CAMPGATE_BINARY;
assert.ok(binary, 'CAMPGATE_BINARY names the program');

// Traffic of many parents comes from one address here.
export const unlimited = ['--requests-per-second', '1000000', '--requests-burst', '1000000'];

const started = new Set();
const folders = new Set();

// Nothing of the surroundings reaches the programs but these.
const environment = { PATH: process.env.PATH, HOME: process.env.HOME, LANG: 'C.UTF-8' };

after(async () => {
    for (const server of started) await server.end();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

// A directory that PostgreSQL's user can pass through, removed at the end.
export function make_folder() {
    const folder = mkdtempSync(join(tmpdir(), 'campgate-it-'));
    chmodSync(folder, 0o711);
    folders.add(folder);
    return folder;
}

// Whether a process of this number exists and still runs.
export function is_alive(pid) {
    try {
        return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
        return false;
    }
}

export class server_process {
    constructor(command, args, data, child) {
        this.command = command;
        this.args = args;
        this.data = data;
        this.child = child;
        this.pid = child.pid;
        this.stdout = '';
        this.stderr = '';
        this.exited = new Promise((resolve) => {
            child.once('close', (code, signal) => resolve({ code, signal }));
        });
        this.has_exited = false;
        this.exited.then(() => {
            this.has_exited = true;
            started.delete(this);
        });
        child.stdout.setEncoding('utf8').on('data', (text) => { this.stdout += text; });
        child.stderr.setEncoding('utf8').on('data', (text) => { this.stderr += text; });
    }

    // The log's lines as objects.
    get log() {
        return this.stderr.split('\n').filter((line) => line.startsWith('{')).map((line) => {
            try {
                return JSON.parse(line);
            } catch {
                return {};  // cut by a kill
            }
        });
    }

    event(name) {
        return this.log.find((line) => line.event === name);
    }

    async ready(within_ms = 20_000) {
        await eventually(() => {
            if (this.has_exited) return true;
            return /^campgate: ready at .*\n/m.test(this.stdout) && this.event('listening');
        }, 'ready line', within_ms);
        const line = /^campgate: ready at (http:\/\/\S+\/)$/m.exec(this.stdout);
        assert.ok(line, `no ready line; exited: ${this.has_exited}; stderr: ${this.stderr}`);
        this.url = line[1];
        this.host = new URL(this.url).host;
        this.port = Number(new URL(this.url).port);
        this.metrics_url = this.event('listening').metrics;
        return this;
    }

    // The embedded PostgreSQL's number, or 0.
    get postgres() {
        const file = join(this.data, 'postgres', 'postmaster.pid');
        return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0;
    }

    signal(name) {
        this.child.kill(name);
    }

    // SIGTERM; what it ended with.
    async stop(within_ms = 20_000) {
        this.signal('SIGTERM');
        return within(this.exited, 'end after SIGTERM', within_ms);
    }

    // kill -9: PostgreSQL lives on, for the next start to adopt.
    async kill() {
        this.signal('SIGKILL');
        return within(this.exited, 'end after SIGKILL');
    }

    // However it stands: nothing of it is left after this.
    async end() {
        const postmaster = this.postgres;
        if (!this.has_exited) {
            this.signal('SIGTERM');
            await within(this.exited, 'end', 15_000).catch(() => this.kill());
        }
        // A PostgreSQL of ours by its directory: the number alone may be somebody else's by now.
        if (postmaster > 1 && is_alive(postmaster)) {
            try {
                process.kill(postmaster, 'SIGQUIT');
                await eventually(() => !is_alive(postmaster), 'end of PostgreSQL');
            } catch { /* it has ended meanwhile */ }
        }
    }
}

// Starts a server without waiting for it. `data` is used again for a restart.
export function launch_server({ command = 'demo', args = [], data = make_folder(),
                                families = 60, port = 0, env = {} } = {}) {
    const all = [command, '--port', String(port), '--data', data];
    if (command === 'demo' && families !== null) all.push('--families', String(families));
    // It ends with us, however we end.
    const child = spawn('setpriv', ['--pdeathsig', 'TERM', binary, ...all, ...args], {
        env: { ...environment, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const server = new server_process(command, args, data, child);
    started.add(server);
    return server;
}

// Starts a server and waits until it is ready.
export function start_server(options) {
    return launch_server(options).ready();
}

// Runs a program to its end.
export async function run(program, args, { input, env = {}, within_ms = 20_000, ...rest } = {}) {
    const child = spawn(program, args, {
        env: { ...environment, ...env }, stdio: ['pipe', 'pipe', 'pipe'], ...rest });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => { stdout += text; });
    child.stderr.setEncoding('utf8').on('data', (text) => { stderr += text; });
    child.stdin.on('error', () => {}).end(input ?? '');
    const exited = new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('close', (code, signal) => resolve({ code, signal }));
    });
    try {
        const { code, signal } = await within(exited, `${program} ${args.join(' ')}`, within_ms);
        return { code, signal, stdout, stderr };
    } catch (error) {
        child.kill('SIGKILL');
        throw error;
    }
}

// campgate itself: `cli('status', '--data', folder)`.
export const cli = (...args) => run(binary, args.map(String));

// A command to a running server, which must agree.
export async function tell(server, ...args) {
    const answer = await cli(...args, '--data', server.data);
    assert.equal(answer.code, 0, `campgate ${args.join(' ')}: ${answer.stderr}`);
    return answer;
}
