// campgate-rush against a real server: a small opening day is played, judged and reported; a day is
// recorded and lived again; what cannot begin says why in one sentence and ends with 2.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

const campgate = process.env.CAMPGATE_BINARY;
const rush = join(process.env.CAMPGATE_BUILD_DIR, 'campgate-rush');
const folder = mkdtempSync(join(tmpdir(), 'campgate-rush-test-'));
chmodSync(folder, 0o711);  // PostgreSQL runs as another user
const data = join(folder, 'data');
const file = (name) => join(folder, name);
let server;
let url;

function run(...options) {
    return new Promise((resolve) => {
        const child = spawn(rush, options);
        let out = '';
        let error = '';
        child.stdout.on('data', (text) => { out += text; });
        child.stderr.on('data', (text) => { error += text; });
        child.on('close', (status) => resolve({ status, out, error }));
    });
}

before(async () => {
    server = spawn(campgate, ['demo', '--port', '0', '--data', data, '--families', '400',
        '--opens-in', '6s'], { stdio: ['ignore', 'pipe', 'ignore'] });
    url = await new Promise((resolve, reject) => {
        let out = '';
        server.stdout.on('data', (text) => {
            out += text;
            const found = /ready at (http:\S+?)\/?\s/.exec(out);
            if (found) resolve(found[1]);
        });
        server.on('close', () => reject(new Error('the server ended: ' + out)));
    });
});

after(async () => {
    server.kill('SIGTERM');
    await new Promise((resolve) => server.on('close', resolve));
    rmSync(folder, { recursive: true, force: true });
});

test('who will not wait is told when it opens', async () => {
    const { status, error } = await run('--url', url, '--parents', '3', '--patience', '1s', '--quiet');
    assert.equal(status, 2);
    assert.match(error, /^campgate-rush: it opens in \d+ s, later than --patience allows\n$/);
});

test('an opening day is played, and the judge believes it', async () => {
    const { status, out, error } = await run('--url', url, '--parents', '150', '--workers', '2',
        '--quiet', '--told', file('told'), '--record', file('day'), '--journal', file('journal'),
        '--after', `${campgate} journal export --data ${data} --out ${file('journal')}`,
        '--json', file('json'), '--report', file('report.html'), '--pid', String(server.pid));
    assert.equal(status, 0, out + error);
    const summary = JSON.parse(readFileSync(file('json'), 'utf8'));
    assert.equal(summary.counts.parents, 150);
    assert.equal(summary.counts.sockets, 150);
    assert.ok(summary.counts.seats_held > 0);
    assert.ok(summary.counts.answers >= summary.counts.clicks);
    assert.equal(summary.counts.gave_up ?? 0, 0);
    assert.ok(summary.answer_to_last_calendar_us.count > 0);
    assert.equal(summary.judge.broken, 0);
    assert.equal(summary.judge.by_journal, true);
    for (const rule of ['acknowledged_is_kept', 'seat_sold_once', 'push_as_the_journal'])
        assert.ok(summary.judge.rules[rule].checked > 0, rule);
    const report = readFileSync(file('report.html'), 'utf8');
    assert.match(report, /<!doctype html>/);
    assert.doesNotMatch(report, /(?:src|href)=|@import|url\(/);
    assert.equal(report.match(/<svg/g).length >= 4, true);
});

test('the judge finds a lie in the log, and ends with 1', async () => {
    const lines = readFileSync(file('told'), 'utf8').split('\n');
    const at = lines.findIndex((line) => line.includes('"status":201'));
    lines[at] = lines[at].replace(/"placed":\[\[(\d+),(\d+),(\d+)\]/,
        (_, week, child, seat) => `"placed":[[${week},${child},${Number(seat) + 1}]`);
    writeFileSync(file('lie'), lines.join('\n'));
    const { status, out } = await run('judge', '--told', file('lie'), '--journal', file('journal'));
    assert.equal(status, 1);
    assert.match(out, /BROKEN {2}acknowledged_is_kept.*\n +family \d+, key /);
    const honest = await run('judge', '--told', file('told'), '--journal', file('journal'));
    assert.equal(honest.status, 0);
});

test('a recorded day is lived again', async () => {
    const clicks = readFileSync(file('day'), 'utf8').trim().split('\n').length;
    const { status, out, error } = await run('--url', url, '--replay', file('day'), '--quiet',
        '--json', file('json'));
    assert.equal(status, 0, out + error);
    assert.equal(JSON.parse(readFileSync(file('json'), 'utf8')).counts.clicks, clicks);
});

test('hold and release in turn, watched', async () => {
    const { status, out, error } = await run('--url', url, '--steady', '200', '--connections', '8',
        '--families-from', '200', '--warm-up', '200ms', '--lasts', '1s', '--watchers', '20',
        '--quiet', '--told', file('told-steady'));
    assert.equal(status, 0, out + error);
    assert.match(out, /requests\/s/);
    assert.match(out, /answer to the last of 20 calendars/);
});

test('people only watch', async () => {
    const { status, out, error } =
        await run('--url', url, '--watch-only', '30', '--lasts', '1s', '--quiet');
    assert.equal(status, 0, out + error);
    assert.match(out, /^30 sockets watched/);
});

const faults = [
    ['no server', ['--url', 'http://127.0.0.1:9', '--parents', '3'], /nothing answers at/],
    ['no address', ['--url', 'ftp://here'], /--url: must be like/],
    ['an unknown option', ['--parent', '3'], /--parent: is no option/],
    ['a number that is none', ['--parents', 'many'], /--parents: must be 1 to/],
    ['two modes', ['--closed', '3', '--steady', '3'], /choose one of/],
    ['too few descriptors', ['--parents', '900000'], /descriptors in a process.*--workers \d+/],
    ['a file that is not there', ['judge', '--told', '/nowhere/told'], /told: cannot be read/],
    ['a process that is not there', ['--pid', '2147483000'], /there is no process/],
];
for (const [name, options, sentence] of faults) {
    test(`one sentence and 2: ${name}`, () => {
        const with_url = options.includes('--url') || options[0] === 'judge'
            ? options : ['--url', url, ...options];
        const { status, stderr } = spawnSync(rush, with_url, { encoding: 'utf8' });
        assert.equal(status, 2, stderr);
        assert.match(stderr, sentence);
        assert.equal(stderr.trim().split('\n').length, 1, stderr);
    });
}

test('one sentence and 2: the server goes while it is measured', async () => {
    const short = spawn(campgate, ['demo', '--port', '0', '--data', file('short'), '--families', '40',
        '--opens-in', '0s'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const at = await new Promise((resolve) => {
        let out = '';
        short.stdout.on('data', (text) => {
            out += text;
            const found = /ready at (http:\S+?)\/?\s/.exec(out);
            if (found) resolve(found[1]);
        });
    });
    const measured = run('--url', at, '--closed', '4', '--lasts', '1m', '--quiet', '--told',
        file('told-short'));
    while (!existsSync(file('told-short'))) await new Promise((done) => setTimeout(done, 20));
    short.kill('SIGTERM');
    const { status, error } = await measured;
    assert.equal(status, 2, error);
    assert.match(error, /^campgate-rush: (the server has gone|nothing answers at|the server lets nobody in)[^\n]*\n$/);
    await new Promise((resolve) => (short.exitCode === null ? short.on('close', resolve) : resolve()));
});

test('one sentence and 2: a log with a broken line', () => {
    writeFileSync(file('broken'), '{"told":"weeks","sequence":1,"weeks":[]}\n{"told":"pla');
    const { status, stderr } = spawnSync(rush, ['judge', '--told', file('broken')],
        { encoding: 'utf8' });
    assert.equal(status, 2);
    assert.match(stderr, /broken: line 2 is not a JSON object/);
});
