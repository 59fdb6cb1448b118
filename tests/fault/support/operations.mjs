// One operation for each kind of record, and how its effect is recognised. Each has
//   prepare(w)        on a clean server; what the others get as `op`
//   act(w, op)        asks; what was told, or null when the answer was cut
//   check(w, op, …)   on a clean server afterwards: `present` says whether the record was in the
//                     journal when the server died, `record` is it, `told` is what act had heard
//   tidy(w, op)       makes room for the next time
//   kind              of the record, once per operation
//   not               the crash points that it does not pass, with the reason
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { child_of, week_of } from '../../integration/support/client.mjs';
import { make_folder } from '../../integration/support/process.mjs';
import { eventually } from '../../integration/support/wait.mjs';

const by_operator = {
    intake_claimed: 'seats are claimed at the edge for parents only',
    queue_pushed: 'the point is on the way of POST /holds',
    answer_unwritten: 'the point is on the way of answers to parents',
};

const seats_of = (holds) => holds.map(({ week, child, seat }) => `${week}/${child}/${seat}`).sort();
const basket_of = async (parent) => (await parent.basket()).holds;

// The answer of one that may die while it is asked.
async function heard(asking) {
    try {
        return await asking;
    } catch (error) {
        if (error.code === 'ERR_ASSERTION') throw error;
        return null;
    }
}

async function release_all(parent) {
    for (const { hold } of await basket_of(parent)) {
        assert.equal((await parent.release(hold)).status, 204);
    }
}

// A parent of three asks; `items` of the season, `expected` the pairs that can be placed.
function placing(mode, items_of, expected_of) {
    return {
        kind: 'place',
        not: {},
        async prepare(w) {
            const season = await w.anybody.season();
            return { key: randomUUID(), items: items_of(season), expected: expected_of(season) };
        },
        act: (w, { items, key }) => heard(w.parent(8).place(mode, items, { key })),
        async check(w, { items, expected, key }, { present, record, told }) {
            const parent = w.parent(8);
            const pairs = (list) => list.map(({ week, child }) => `${week}/${child}`).sort();
            const wanted = expected.map(([week, child]) => `${week}/${child}`).sort();
            // Siblings stay together: all of them are there, or none is.
            const basket = await basket_of(parent);
            assert.deepEqual(pairs(basket), present ? wanted : []);
            if (told) assert.equal(told.status, 201, told.text);

            const again = await parent.place(mode, items, { key });
            assert.equal(again.status, 201, again.text);
            assert.deepEqual(pairs(again.json.placed), wanted);
            if (present) {
                assert.equal(again.json.sequence, record.sequence);
                assert.deepEqual(seats_of(again.json.placed), seats_of(record.placed));
                assert.deepEqual(seats_of(again.json.placed), seats_of(basket));
            }
            if (told) assert.equal(again.text, told.text);
            assert.equal((await parent.place(mode, items, { key })).text, again.text);
            const other = await parent.place(mode, items.slice(1), { key });
            assert.equal(other.problem, 'key_reused');
            assert.deepEqual(seats_of(await basket_of(parent)), seats_of(again.json.placed));
            const journal = await w.journal();
            assert.equal(journal.filter((each) => each.key === key).length, 1);
        },
        tidy: (w) => release_all(w.parent(8)),
    };
}

const twins_and_brother = (season) => [
    [week_of(season, 'petits', 27), child_of(8, 0)],
    [week_of(season, 'grands', 27), child_of(8, 2)],
    [week_of(season, 'petits', 27), child_of(8, 1)],
];
// The third is too old for it.
const two_and_one_too_old = (season) => [
    [week_of(season, 'petits', 27), child_of(8, 0)],
    [week_of(season, 'petits', 28), child_of(8, 1)],
    [week_of(season, 'petits', 27), child_of(8, 2)],
];

const releasing = {
    kind: 'release',
    not: { intake_claimed: 'it claims no seat', queue_pushed: by_operator.queue_pushed },
    async prepare(w) {
        const items = twins_and_brother(await w.anybody.season());
        const [given_up, ...kept] = await w.parent(8).hold(items);
        return { given_up, kept };
    },
    act: (w, { given_up }) => heard(w.parent(8).release(given_up.hold)),
    async check(w, { given_up, kept }, { present, record, told }) {
        const parent = w.parent(8);
        if (told) assert.equal(told.status, 204, told.text);
        const left = present ? kept : [given_up, ...kept];
        assert.deepEqual(seats_of(await basket_of(parent)), seats_of(left));
        if (present) {
            const [{ week, seat }] = record.ended;
            assert.deepEqual([week, seat], [given_up.week, given_up.seat]);
        }
        // It has ended, or ends now; either way once.
        const { length } = await w.journal();
        for (let time = 0; time < 2; ++time) {
            assert.equal((await parent.release(given_up.hold)).status, 204);
        }
        assert.deepEqual(seats_of(await basket_of(parent)), seats_of(kept));
        assert.equal((await w.journal()).length, length + (present ? 0 : 1));
    },
    tidy: (w) => release_all(w.parent(8)),
};

const expiring = {
    kind: 'expire',
    hold: '2s',
    by_itself: true,
    not: {
        intake_claimed: 'it claims no seat',
        queue_pushed: by_operator.queue_pushed,
        sequencer_taken: 'the sequencer asks itself; nothing is queued',
        answer_unwritten: 'nobody has asked',
    },
    async prepare(w) {
        return { placed: await w.parent(8).hold(twins_and_brother(await w.anybody.season())) };
    },
    // Nobody asks. One that does not die has ended the holds after a while.
    async act(w) {
        const ended = () => basket_of(w.parent(8)).then((holds) => holds.length === 0);
        await eventually(async () => w.server.has_exited || await ended(), 'the deadline');
        return w.server.has_exited ? null : 'ended';
    },
    async check(w, { placed }, { present, record, from }) {
        if (present) {
            assert.deepEqual(await basket_of(w.parent(8)), []);
            const ended = record.ended.map(({ week, seat }) => `${week}/${seat}`).sort();
            assert.deepEqual(ended, placed.map(({ week, seat }) => `${week}/${seat}`).sort());
        }
        await eventually(async () => (await basket_of(w.parent(8))).length === 0, 'the deadline');
        const after = (await w.journal()).filter(({ sequence }) => sequence > from);
        assert.deepEqual(after.map(({ kind, ended }) => [kind, ended.length]), [['expire', 3]]);
    },
    tidy: () => {},
};

// The week's only place is taken; a second parent has a place when there is a second one.
async function has_room(w, week) {
    const parent = w.parent(1);
    const answer = await parent.place('all', [[week, child_of(1)]]);
    if (answer.status === 201) await release_all(parent);
    else assert.deepEqual(answer.json.refused.map(({ reason }) => reason), ['sold_out']);
    return answer.status === 201;
}

function resizing(number, from_seats, to_seats) {
    return {
        kind: 'capacity',
        not: by_operator,
        async prepare(w) {
            const week = week_of(await w.anybody.season(), 'moyens', number);
            await w.must_tell('week', 'set-capacity', week, from_seats);
            if ((await basket_of(w.parent(4))).length === 0) {
                await w.parent(4).hold([[week, child_of(4)]]);
            }
            return { week };
        },
        act: (w, { week }) => w.tell('week', 'set-capacity', week, to_seats),
        async check(w, { week }, { present, record }) {
            if (present) assert.equal(record.capacity, to_seats);
            const seats = present ? to_seats : from_seats;
            assert.equal(await w.capacity(week), seats);
            assert.equal((await w.anybody.weeks()).get(week), seats - 1);
            assert.equal(await has_room(w, week), seats > 1);
            const from = await w.sequence();
            await w.must_tell('week', 'set-capacity', week, to_seats);
            assert.equal(await w.sequence(), from + (present ? 0 : 1));
            assert.equal(await has_room(w, week), to_seats > 1);
        },
        tidy: () => {},
    };
}

const opening = {
    kind: 'opening',
    not: by_operator,
    async prepare(w) {
        const week = week_of(await w.anybody.season(), 'moyens', 30);
        await w.must_tell('week', 'set-opening', week, 'now');
        const { opens_at } = await w.week(week);
        const later = new Date(Math.floor(Date.now() / 1000) * 1000 + 86_400_000);
        return { week, before: Date.parse(opens_at), later };
    },
    act: (w, { week, later }) => w.tell('week', 'set-opening', week, later.toISOString()),
    async check(w, { week, before, later }, { present }) {
        const { opens_at } = await w.week(week);
        assert.equal(Date.parse(opens_at), present ? later.getTime() : before);
        const answer = await w.parent(4).place('all', [[week, child_of(4)]]);
        assert.equal(answer.status, present ? 409 : 201, answer.text);
        if (present) {
            assert.match(answer.json.refused[0].reason, /^(not_open|residents_only)$/);
        } else {
            await release_all(w.parent(4));
        }
        const from = await w.sequence();
        await w.must_tell('week', 'set-opening', week, later.toISOString());
        assert.equal(await w.sequence(), from + (present ? 0 : 1));
    },
    tidy: () => {},
};

const published = readFileSync(new URL('../../../data/dalhem-ete-2027.toml', import.meta.url), 'utf8');

// The published season in the demo's year, open for a year, with what `change` makes of it.
export function season_file(year, change = (text) => text) {
    const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    const path = join(make_folder(), 'season.toml');
    writeFileSync(path, change(published.replaceAll('2027', year)
        .replace(/^residents = .*$/m, `residents = ${day(-400)}T09:00:00`)
        .replace(/^all = .*$/m, `all = ${day(-390)}T09:00:00`)));
    return path;
}

// Another limit, and a week more or less.
const importing = {
    kind: 'season',
    not: by_operator,
    async prepare(w) {
        const season = await w.anybody.season();
        if (!w.season_files) {
            const [year] = season.weeks[0].iso_week.split('-');
            const last = new RegExp(`\\[\\[camp\\.week\\]\\]\\niso = "${year}-W31"\\ncapacity = 20\\n`);
            w.season_files = [
                season_file(year),
                season_file(year, (text) => text.replace(last, '')
                    .replace('weeks_per_child = 7', 'weeks_per_child = 6')),
            ];
        }
        const [now, next] = season.limits.weeks_per_child === 7
            ? w.season_files : w.season_files.toReversed();
        await w.must_tell('import', 'season', now);
        const before = await w.anybody.season();
        return { next, before, limit: 13 - before.limits.weeks_per_child };
    },
    act: (w, { next }) => w.tell('import', 'season', next),
    async check(w, { next, before, limit }, { present }) {
        const described = ({ server_time, sequence, ...rest }) => rest;
        const after = await w.anybody.season();
        if (present) {
            assert.equal(after.version, before.version + 1);
            assert.equal(after.limits.weeks_per_child, limit);
            assert.equal(Math.abs(after.weeks.length - before.weeks.length), 1);
        } else {
            assert.deepEqual(described(after), described(before));
        }
        const again = await w.must_tell('import', 'season', next);
        assert.equal(/nothing has changed/.test(again), present);
        assert.match(await w.must_tell('import', 'season', next), /nothing has changed/);
        assert.equal((await w.anybody.season()).version, before.version + 1);
    },
    tidy: () => {},
};

export const operations = {
    'expire': expiring,  // first: it takes its time
    'place, mode all': placing('all', twins_and_brother, twins_and_brother),
    'place, mode each': placing('each', two_and_one_too_old,
                                (season) => two_and_one_too_old(season).slice(0, 2)),
    'release': releasing,
    'capacity, more': resizing(28, 1, 3),
    'capacity, fewer': resizing(29, 5, 1),
    'opening': opening,
    'season': importing,
};
