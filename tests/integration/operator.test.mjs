// The operator's commands to a running server: what they change, what they say when they cannot,
// and that a season file with a fault, or one imported before, changes nothing.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { api, child_of, client, parent_of, week_of } from './support/client.mjs';
import { open_socket } from './support/live.mjs';
import { cli, make_folder, start_server, tell } from './support/process.mjs';

const folder = make_folder();
const root = new URL('../../', import.meta.url);
const published = readFileSync(new URL('data/dalhem-ete-2027.toml', root), 'utf8');

let server;
let anybody;
let year;
before(async () => {
    server = await start_server();
    anybody = new client(server.url);
    year = (await anybody.season()).weeks[0].iso_week.slice(0, 4);
});

// The published season, in the demo's year and open for a year, with what `change` makes of it.
function season_file(name, change = (text) => text) {
    const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    const text = change(published.replaceAll('2027', year)
        .replace(/^residents = .*$/m, `residents = ${day(-400)}T09:00:00`)
        .replace(/^all = .*$/m, `all = ${day(-390)}T09:00:00`));
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
}

async function state() {
    const { server_time, ...season } = await anybody.season();
    return JSON.stringify([season, await anybody.read(`${api}/weeks`), !!server_time]);
}

// Runs a command that must not work: its code, and nothing changes.
async function refused(code, says, ...args) {
    const before_it = await state();
    const answer = await cli(...args, '--data', server.data);
    assert.equal(answer.code, code, `${args.join(' ')}: ${answer.stdout}${answer.stderr}`);
    assert.match(answer.stderr, says);
    assert.equal(answer.stdout, '', 'data only on stdout');
    assert.equal(await state(), before_it);
    return answer;
}

test('commands without a running server say so, and end with 1', async () => {
    const empty = make_folder();
    for (const command of [['week', 'set-capacity', 1, 5], ['week', 'set-opening', 'all', 'now'],
                           ['status'], ['clock', 'accept'],
                           ['import', 'season', season_file('whole.toml')]]) {
        const answer = await cli(...command, '--data', empty);
        assert.equal(answer.code, 1, command.join(' '));
        assert.match(answer.stderr, /^campgate: no server runs on /);
        assert.equal(answer.stdout, '');
    }
});

test('a week that is not there is refused', async () => {
    await refused(1, /no week 999/, 'week', 'set-capacity', 999, 5);
    await refused(1, /no week 999/, 'week', 'set-opening', 999, 'now');
});

for (const [what, ...args] of [
    ['no seat', 'week', 'set-capacity', 1, 0],
    ['too many seats', 'week', 'set-capacity', 1, 100001],
    ['no number of seats', 'week', 'set-capacity', 1, 'many'],
    ['a fraction', 'week', 'set-capacity', 1, 1.5],
    ['no number of a week', 'week', 'set-capacity', 'petits', 5],
    ['week 0', 'week', 'set-capacity', 0, 5],
    ['all weeks’ seats', 'week', 'set-capacity', 'all', 5],
    ['a missing number', 'week', 'set-capacity', 1],
    ['no time', 'week', 'set-opening', 1, 'soon'],
    ['a time without a zone', 'week', 'set-opening', 1, '2027-06-01T18:00:00'],
    ['a duration without a unit', 'week', 'set-opening', 1, '+30'],
    ['an unknown command', 'week', 'set-price', 1, 5],
    ['an unknown option', 'status', '--loud'],
    ['no file', 'import', 'season'],
]) {
    test(`usage: ${what} ends with 2`, () => refused(2, /campgate: /, ...args));
}

test('a file that is not there ends with 2', () =>
    refused(2, /cannot be read/, 'import', 'season', join(folder, 'none.toml')));

test('a bad season file: every fault with its line and key, nothing imported, code 2', async () => {
    const path = season_file('bad.toml', (text) => text
        .replace('sheet_validity_months = 6', 'sheet_validity_months = "six"')
        .replace('weeks_per_child = 7', 'weeks_per_kid = 7')
        .replace(/capacity = 24/, 'capacity = -1'));
    const lines = readFileSync(path, 'utf8').split('\n');
    const line_of = (part) => lines.findIndex((line) => line.includes(part)) + 1;
    const { stderr } = await refused(2, /nothing was imported/, 'import', 'season', path);
    for (const [key, part] of [['sheet_validity_months', 'sheet_validity_months ='],
                               ['limits.weeks_per_kid', 'weeks_per_kid'],
                               ['capacity', 'capacity = -1']]) {
        const said = stderr.split('\n').find((line) => line.includes(key));
        assert.ok(said, `${key} in ${stderr}`);
        assert.ok(said.startsWith(`${path}:${line_of(part)}:`), said);
    }
});

test('a file that is no TOML: the line, and code 2', async () => {
    const path = season_file('broken.toml', (text) => text.replace('[limits]', '[limits'));
    const line = readFileSync(path, 'utf8').split('\n').findIndex((each) => each === '[limits') + 1;
    const { stderr } = await refused(2, /nothing was imported/, 'import', 'season', path);
    assert.match(stderr, new RegExp(`broken\\.toml:${line}:`));
});

test('importing twice changes nothing', async () => {
    const path = season_file('again.toml');
    await tell(server, 'import', 'season', path);
    const before_it = await state();
    const again = await tell(server, 'import', 'season', path);
    assert.match(again.stdout, /nothing has changed/);
    assert.equal(await state(), before_it);
    await tell(server, 'week', 'set-capacity', 1, 30);
    // What an operator has set stays as long as the file says nothing new of it.
    await tell(server, 'import', 'season', path);
    assert.equal((await anybody.season()).weeks.find(({ id }) => id === 1).capacity, 30);
});

test('B5: rules by which a week more costs less are imported, and warned of', async () => {
    const path = season_file('punishing.toml', (text) => text
        .replace('rank_from = "highest"', 'rank_from = "lowest"')
        .replace('{ percent = 10 }', '{ percent = 50 }'));
    const answer = await cli('import', 'season', path, '--data', server.data);
    assert.equal(answer.code, 0, answer.stderr);
    assert.match(answer.stdout, /imported as version/);
    const warnings = answer.stderr.trim().split('\n');
    assert.equal(warnings.length, 3, 'one a class');
    assert.match(warnings[0], new RegExp('punishing.toml: warning: by \\[reductions\\] one week '
        + 'more can cost less: at [0-9.]+ euros a week \\(class resident\\), a family with the '
        + 'eldest child 3 weeks, the second child no week pays [0-9.]+ euros'));
    await tell(server, 'import', 'season', season_file('unpunishing.toml'));
});

test('an import that changes capacities, prices and limits: heard, seen and in force', async () => {
    const live = await open_socket(server);
    await live.hear('snapshot');
    const before_it = await anybody.season();
    const week = week_of(before_it, 'nature', 28);
    await tell(server, 'import', 'season', season_file('changed.toml', (text) => text
        .replace('weeks_per_child = 7', 'weeks_per_child = 2')
        .replace('holds_per_family = 32', 'holds_per_family = 3')
        .replaceAll('capacity = 15', 'capacity = 16')));
    await live.hear('season');
    await live.shows(week, 16);
    const season = await anybody.season();
    assert.equal(season.version, before_it.version + 1);
    assert.deepEqual(season.limits, { weeks_per_child: 2, holds_per_family: 3 });
    assert.deepEqual(season.weeks.map(({ id }) => id), before_it.weeks.map(({ id }) => id));

    // The limits are in force: two weeks a child, three holds a family.
    const katrien = await parent_of(server, 9);
    const wout = child_of(9, 1);
    const fien = child_of(9, 2);
    const [w27, w28, w30] = [27, 28, 30].map((number) => week_of(season, 'moyens', number));
    const g = [27, 28].map((number) => week_of(season, 'grands', number));
    await katrien.hold([[w27, wout], [w28, wout]]);
    const third = await katrien.place('each', [[w30, wout]]);
    assert.deepEqual(third.json.refused.map(({ reason }) => reason), ['limit']);
    const partly = await katrien.place('each', [[g[0], fien], [g[1], fien]]);
    assert.equal(partly.status, 201);
    assert.deepEqual(partly.json.refused.map(({ reason }) => reason), ['limit']);
    for (const { hold } of (await katrien.basket()).holds) await katrien.release(hold);
    live.close();
});

test('residents first: the others hear residents_only until it opens for all', async () => {
    const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    await tell(server, 'import', 'season', season_file('residents.toml', (text) => text
        .replace(/^residents = .*$/m, `residents = ${day(-3)}T09:00:00`)
        .replace(/^all = .*$/m, `all = ${day(3)}T09:00:00`)));
    const season = await anybody.season();
    const week = week_of(season, 'moyens', 29);
    const { opens_at, residents_opens_at } = season.weeks.find(({ id }) => id === week);
    assert.ok(Date.parse(residents_opens_at) < Date.now() && Date.now() < Date.parse(opens_at));

    for (const [family, reason] of [[3, 'residents_only'], [4, 'residents_only'], [1, null]]) {
        const parent = await parent_of(server, family);
        const me = await parent.me();
        assert.equal(me.children[0].weeks.find((each) => each.week === week).reason, reason);
        const answer = await parent.place('each', [[week, child_of(family)]]);
        assert.equal(answer.json.refused[0]?.reason ?? null, reason);
        if (answer.status === 201) await parent.release(answer.json.placed[0].hold);
    }
    await tell(server, 'week', 'set-opening', 'all', 'now');
    const sofie = await parent_of(server, 3);
    const [{ hold }] = await sofie.hold([[week, child_of(3)]]);
    await sofie.release(hold);
});

test('a week leaves the file only while none of its seats is taken', async () => {
    const without = season_file('without.toml', (text) => {
        const week = new RegExp(`\\[\\[camp\\.week\\]\\]\\niso = "${year}-W31"\\ncapacity = 20\\n`);
        assert.match(text, week);
        return text.replace(week, '');
    });
    await tell(server, 'week', 'set-opening', 'all', 'now');
    const season = await anybody.season();
    const week = week_of(season, 'ados', 31);
    const katrien = await parent_of(server, 9);
    const [{ hold }] = await katrien.hold([[week, child_of(9, 3)]]);
    await refused(1, new RegExp(`week ${week} .* taken`), 'import', 'season', without);
    await katrien.release(hold);
    await tell(server, 'import', 'season', without);
    assert.ok(!(await anybody.season()).weeks.some(({ id }) => id === week));
    assert.ok(!(await anybody.weeks()).has(week));
    const gone = await katrien.place('each', [[week, child_of(9, 3)]]);
    assert.deepEqual([gone.status, gone.json.pointer], [400, '/items/0/week']);
});

test('status, journal export and doctor of a running server disturb nothing', async () => {
    const before_it = await state();
    const status = JSON.parse((await tell(server, 'status')).stdout);
    assert.deepEqual([status.ok, status.url, status.journal_ready], [true, server.url, true]);
    const lines = (await tell(server, 'journal', 'export')).stdout.trimEnd().split('\n');
    const records = lines.slice(1).map((line) => JSON.parse(line));
    assert.equal(records.at(-1).sequence, status.sequence);
    assert.ok(!lines.some((line) => /Lambert|Katrien|Wout/.test(line)), 'no names in the journal');
    const doctor = await tell(server, 'doctor');
    assert.match(doctor.stdout, /\S/);
    assert.equal(await state(), before_it);
});

test('--version, --help and --check-config', async () => {
    const version = await cli('--version');
    assert.deepEqual([version.code, version.stderr], [0, '']);
    assert.match(version.stdout, /^campgate \d+\.\d+\.\d+\n$/);
    const help = await cli('--help');
    assert.equal(help.code, 0);
    for (const word of ['demo', 'serve', 'import', 'doctor', 'status']) {
        assert.ok(help.stdout.includes(word), word);
    }
    const checked = await cli('demo', '--check-config', '--port', 0, '--hold', '90s');
    assert.equal(checked.code, 0);
    assert.match(checked.stdout, /^hold = "90s"$/m);
    const wrong = await cli('demo', '--check-config', '--hold', '90');
    assert.deepEqual([wrong.code, wrong.stdout], [2, '']);
    const open = await cli('demo', '--listen', '0.0.0.0');
    assert.equal(open.code, 2, 'the demo on loopback only');
    assert.match(open.stderr, /loopback/);
    assert.equal((await cli()).code, 2);
});
