// A PostgreSQL of the test's own, reachable through a unix socket only, removed with its folder.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { is_alive, make_folder, run } from './process.mjs';
import { eventually, within } from './wait.mjs';

const versions = '/usr/lib/postgresql';
const binaries = readdirSync(versions)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(versions, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'initdb')));

// PostgreSQL does not run as root.
const user = process.geteuid() === 0
    ? { uid: Number(execFileSync('id', ['-u', 'postgres'])),
        gid: Number(execFileSync('id', ['-g', 'postgres'])) }
    : {};

export class postgres_cluster {
    constructor() {
        assert.ok(binaries, `PostgreSQL in ${versions}`);
        this.folder = join(make_folder(), 'pg');
        this.data = join(this.folder, 'data');
        mkdirSync(this.folder);
        chmodSync(this.folder, 0o711);
        if (user.uid) chownSync(this.folder, user.uid, user.gid);
        this.url = `host=${this.folder} port=5432 user=campgate dbname=campgate`;
        this.child = null;
    }

    async #tool(name, ...args) {
        const done = await run(join(binaries, name), args, { cwd: this.folder, ...user });
        assert.equal(done.code, 0, `${name}: ${done.stderr}`);
        return done;
    }

    async make() {
        await this.#tool('initdb', '-D', this.data, '-U', 'campgate', '--auth=trust', '--no-sync',
                         '--encoding=UTF8', '--locale=C');
        await this.start();
        await this.#tool('createdb', '-h', this.folder, '-U', 'campgate', 'campgate');
        return this;
    }

    async start() {
        this.child = spawn('setpriv', [
            '--pdeathsig', 'QUIT', join(binaries, 'postgres'), '-D', this.data,
            '-k', this.folder, '-c', 'listen_addresses=', '-c', 'fsync=off',
        ], { cwd: this.folder, stdio: 'ignore', ...user });
        this.exited = new Promise((resolve) => { this.child.once('exit', resolve); });
        await eventually(() => this.#tool('pg_isready', '-q', '-h', this.folder), 'PostgreSQL');
    }

    // fast: SIGINT; immediate: SIGQUIT, as a crash.
    async stop(how = 'SIGINT') {
        this.child.kill(how);
        await within(this.exited, 'the end of PostgreSQL');
    }

    async end() {
        if (this.child && is_alive(this.child.pid)) await this.stop('SIGQUIT');
    }

    // What a query gives, as text.
    async ask(sql) {
        const { stdout } = await this.#tool('psql', '-X', '-A', '-t', '-v', 'ON_ERROR_STOP=1',
                                            '-h', this.folder, '-U', 'campgate', '-c', sql,
                                            'campgate');
        return stdout.trim();
    }
}

const clusters = [];
after(async () => {
    for (const cluster of clusters) await cluster.end();
});

export function make_cluster() {
    const cluster = new postgres_cluster();
    clusters.push(cluster);
    return cluster.make();
}

// Makes all processes of a PostgreSQL stand still; the way to let them go on.
export function freeze(postmaster) {
    process.kill(postmaster, 'SIGSTOP');  // first, so that it starts no more
    const children = readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)).filter((name) => {
        try {
            const [, parent] = /\) \S (\d+) /.exec(readFileSync(`/proc/${name}/stat`, 'utf8'));
            return Number(parent) === postmaster;
        } catch {
            return false;  // ended meanwhile
        }
    }).map(Number);
    for (const pid of children) process.kill(pid, 'SIGSTOP');
    return () => {
        for (const pid of [...children, postmaster]) process.kill(pid, 'SIGCONT');
    };
}
