// deploy/campgate.toml is the server's own list of settings: each is there with its default, and
// the file is accepted with every line in force.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const path = new URL('../../deploy/campgate.toml', import.meta.url).pathname;
const text = readFileSync(path, 'utf8');
const settings_in = (lines, pattern) => new Map([...lines.matchAll(pattern)].map((m) => [m[1], m[2]]));

function check(file) {
    const environment = { ...process.env };
    for (const name of Object.keys(environment)) {
        if (name.startsWith('CAMPGATE_')) delete environment[name];
    }
    return spawnSync(process.env.CAMPGATE_BINARY, ['serve', '--config', file, '--check-config'],
                     { encoding: 'utf8', env: environment });
}

test('the example is accepted as it is', () => {
    const run = check(path);
    assert.equal(run.status, 0, run.stderr);
});

test('the example names every setting with its default, and no other', () => {
    const effective = settings_in(check(path).stdout, /^([a-z_]+) = (.*)$/gm);
    const written = settings_in(text, /^#([a-z_]+) = ("[^"]*"|\[[^\]]*\]|\S+)/gm);
    // Where it keeps its things depends on who starts it.
    effective.set('data', '""');
    assert.ok(effective.size > 40);
    assert.deepEqual(Object.fromEntries(written), Object.fromEntries(effective));
});

test('the example is accepted with every line in force', () => {
    const folder = mkdtempSync(join(tmpdir(), 'campgate-settings-'));
    try {
        const file = join(folder, 'campgate.toml');
        writeFileSync(file, text.replace(/^#([a-z_]+ = )/gm, '$1')
            .replace(/^(data|database|database_file|web) = .*$/gm, ''));
        const run = check(file);
        assert.equal(run.status, 0, run.stderr);
    } finally {
        rmSync(folder, { recursive: true });
    }
});
