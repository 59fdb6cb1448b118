// Every crash point of core/faults.hpp × every kind of record. The server dies there by its own
// hand; the journal says whether the operation was committed; the next server must agree with it, in
// everything that anybody can see, and with what had been told.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { operations, season_file } from './support/operations.mjs';
import { world } from './support/world.mjs';

// Whether the record is in the journal when the server dies there. From queue_pushed on the
// sequencer may be quicker than the end of the process.
const points = {
    intake_claimed: 'absent',
    queue_pushed: 'either',
    sequencer_taken: 'absent',
    sequencer_decided: 'absent',
    sequencer_applied: 'absent',
    journal_unsent: 'absent',
    journal_sent: 'present',
    sequencer_committed: 'present',
    keys_published: 'present',
    season_published: 'present',
    availability_published: 'present',
    ledgers_settled: 'present',
    answers_delivered: 'present',
    answer_unwritten: 'present',
};

const worlds = new Set();
after(async () => {
    for (const w of worlds) await w.end();
});

async function make_world(options) {
    const w = await world.make(options);
    worlds.add(w);
    return w;
}

test('every crash point of the source is tried', () => {
    const source = readFileSync(new URL('../../core/faults.hpp', import.meta.url), 'utf8');
    const [, list] = /crash_point_names\{([^}]*)\}/.exec(source);
    assert.deepEqual([...list.matchAll(/"(\w+)"/g)].map(([, name]) => name), Object.keys(points));
});

// Prepares, and asks a server that will die at the point; what was told.
async function ask_the_doomed(w, operation, point) {
    const op = await operation.prepare(w);
    const from = await w.sequence();
    await w.server.kill();
    const doomed = w.launch({ CAMPGATE_CRASH_AT: `${point}:1` });
    // One that dies by itself need not become ready.
    if (!operation.by_itself) await w.ready();
    const told = doomed.has_exited ? null : await operation.act(w, op);
    return { op, from, told };
}

async function dies_at(w, operation, point) {
    const { op, from, told } = await ask_the_doomed(w, operation, point);
    await w.death();

    const made = (await w.journal()).filter(({ sequence }) => sequence > from);
    assert.ok(made.length <= 1, 'one record, or none');
    const [record] = made;
    if (record) assert.equal(record.kind, operation.kind);
    const present = record !== undefined;
    if (points[point] !== 'either') assert.equal(present ? 'present' : 'absent', points[point]);
    // Before the answers are handed out nothing may have been told.
    if (point !== 'answers_delivered') assert.equal(told, null, 'told too early');

    await w.restart();
    await operation.check(w, op, { present, record, told, from });
    await w.verify();
    await operation.tidy(w, op);
}

// The reason why a point is left out is itself shown: the operation is done, the server lives.
async function lives_through(w, operation, point) {
    const { op, from, told } = await ask_the_doomed(w, operation, point);
    assert.ok(told, 'an answer');
    assert.ok(!w.server.has_exited);
    const [record] = (await w.journal()).filter(({ sequence }) => sequence > from);
    assert.equal(record?.kind, operation.kind);
    await w.restart();
    await operation.check(w, op, { present: true, record, told, from });
    await operation.tidy(w, op);
}

describe('a crash at', { concurrency: 2 }, () => {
    for (const [name, operation] of Object.entries(operations)) {
        test(name, async (t) => {
            const w = await make_world({ hold: operation.hold });
            for (const point of Object.keys(points)) {
                const why = operation.not[point];
                await t.test(why ? `${point}: not passed, ${why}` : point, async () => {
                    if (w.server.has_exited) await w.restart();
                    await (why ? lives_through : dies_at)(w, operation, point);
                });
            }
            await w.end();
            worlds.delete(w);
        });
    }
});

for (const [mutant, point, says] of [
    ['key_forgotten_at_restart', 'journal_sent', /nothing_placed/],
    ['answer_before_commit', 'journal_sent', /told too early/],
]) {
    test(`control: ${mutant} is noticed`, async () => {
        const w = await make_world({ mutant });
        await assert.rejects(dies_at(w, operations['place, mode all'], point), says);
        await w.end();
        worlds.delete(w);
    });
}

// What moves in weeks that were there first, a record each, and the season last: whoever imports the
// same file again after a crash finishes it.
test('an import that a crash has cut is finished by importing the file again', async () => {
    const w = await make_world();
    const [year] = (await w.anybody.season()).weeks[0].iso_week.split('-');
    await w.must_tell('import', 'season', season_file(year));
    const before = await w.anybody.season();
    const more = season_file(year, (text) => text.replaceAll('capacity = 15', 'capacity = 16'));
    const from = await w.sequence();
    await w.server.kill();
    w.launch({ CAMPGATE_CRASH_AT: 'answers_delivered:2' });
    await w.ready();
    assert.equal(await w.tell('import', 'season', more), null, 'told too early');
    await w.death();

    const made = (await w.journal()).filter(({ sequence }) => sequence > from);
    assert.deepEqual(made.map(({ kind }) => kind), ['capacity', 'capacity']);
    await w.restart();
    await w.verify();
    const moved = before.weeks.filter(({ capacity }) => capacity === 15).map(({ id }) => id);
    assert.ok(moved.length > 2);
    assert.equal((await w.anybody.season()).version, before.version);
    await w.must_tell('import', 'season', more);
    assert.equal((await w.anybody.season()).version, before.version + 1);
    for (const week of moved) assert.equal(await w.capacity(week), 16);
    await w.verify();
    await w.end();
    worlds.delete(w);
});
