// The database of a running demo, looked at beside the server with PostgreSQL's own tools.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { run } from './process.mjs';

const versions = '/usr/lib/postgresql';
const binaries = readdirSync(versions)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(versions, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'pg_dump')));

// The connection string, as the server tells it to tools of its own user.
export function url_of(server) {
    return new Promise((resolve, reject) => {
        const socket = connect(join(server.data, 'admin.sock'));
        let text = '';
        socket.on('error', reject);
        socket.setEncoding('utf8').on('data', (part) => { text += part; });
        socket.on('end', () => resolve(JSON.parse(text).database));
        socket.write('{"op":"database"}\n');
    });
}

export async function database_of(server) {
    const url = await url_of(server);
    return {
        url,
        // The rows of a statement, as lines with '|' between columns.
        async query(sql) {
            const done = await run(join(binaries, 'psql'), [url, '-AtX', '-c', sql]);
            assert.equal(done.code, 0, done.stderr);
            return done.stdout.trim();
        },
    };
}

// Everything, as SQL.
export async function dump_of(server) {
    const done = await run(join(binaries, 'pg_dump'), [await url_of(server)], { within_ms: 60_000 });
    assert.equal(done.code, 0, done.stderr);
    return done.stdout;
}
