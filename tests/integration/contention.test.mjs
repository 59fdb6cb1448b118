// Many parents and few seats: as many are placed as there are, every sold_out is true at its
// sequence, no week ever shows less than nothing, and what is released can be had again.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { api, child_of, client, parent_of, week_of } from './support/client.mjs';
import { open_socket } from './support/live.mjs';
import { freeze } from './support/postgres.mjs';
import { start_server, tell, unlimited } from './support/process.mjs';
import { eventually } from './support/wait.mjs';

let server;
let season;
let rivals;  // [parent, child], a family each, whose child may have every week of its camp
const camp = 'multisports';
before(async () => {
    server = await start_server({ families: 400, args: unlimited });
    season = await new client(server.url).season();
    rivals = await parents_for(camp);
});

// Every family with a child that may have all weeks of a camp; each has a connection of its own.
async function parents_for(code) {
    const found = [];
    const of_camp = season.weeks.filter(({ camp: id }) =>
        season.camps.find((each) => each.id === id).code === code).map(({ id }) => id);
    await Promise.all(Array.from({ length: 8 }, async (_, n) => {
        for (let family = n + 1; family <= 400 && found.length < 96; family += 8) {
            const parent = await parent_of(server, family, { sockets: 1 });
            const child = (await parent.me()).children.find(({ weeks }) =>
                of_camp.every((id) => weeks.find(({ week }) => week === id).reason === null));
            if (child) found.push([parent, child.id]);
            else parent.close();
        }
    }));
    assert.ok(found.length >= 60, `${found.length} rivals`);
    return found;
}

// The availability of a week at each sequence that a calendar heard of.
function watch(live, week) {
    const seen = [];
    live.socket.on('message', () => seen.push([live.sequence, live.weeks.get(week)]));
    return seen;
}

for (const capacity of [1, 5, 30]) {
    test(`many parents at once for ${capacity} of the seats`, async () => {
        const week = week_of(season, camp, 27);
        await tell(server, 'week', 'set-capacity', week, capacity);
        const live = await open_socket(server);
        await live.hear('snapshot');
        const seen = watch(live, week);

        const answers = await Promise.all(rivals.map(([parent, child]) =>
            parent.place('each', [[week, child]])));
        const placed = answers.filter(({ status }) => status === 201);
        const refused = answers.filter(({ status }) => status === 409);
        assert.equal(placed.length, capacity);
        assert.equal(placed.length + refused.length, rivals.length, 'each has its answer');
        const seats = placed.map(({ json }) => json.placed[0].seat);
        assert.equal(new Set(seats).size, capacity, 'no seat twice');
        const last_taken = Math.max(...placed.map(({ json }) => json.sequence));
        for (const { json } of refused) {
            assert.deepEqual(json.refused.map(({ reason }) => reason), ['sold_out']);
            assert.ok(json.sequence >= last_taken, 'true only once the last seat was taken');
        }
        await live.shows(week, 0);
        for (const [, available] of seen) assert.ok(available >= 0 && available <= capacity);

        for (const { json } of placed) {
            const [parent] = rivals.find(([, child]) => child === json.placed[0].child);
            assert.equal((await parent.release(json.placed[0].hold)).status, 204);
        }
        await live.shows(week, capacity);
        const [parent, child] = rivals.at(-1);
        const [{ hold }] = await parent.hold([[week, child]]);
        await parent.release(hold);
        live.close();
    });
}

test('seats that come and go: never more than there are, never a false sold_out', async () => {
    const week = week_of(season, camp, 28);
    const capacity = 3;
    await tell(server, 'week', 'set-capacity', week, capacity);
    const live = await open_socket(server);
    await live.hear('snapshot');
    const seen = watch(live, week);

    const taken = [];  // the sequences of what was placed
    const counts = { placed: 0, sold_out: 0, busy: 0, contended: 0 };
    const until = Date.now() + 3_000;
    await Promise.all(rivals.slice(0, 24).map(async ([parent, child]) => {
        while (Date.now() < until) {
            const answer = await parent.place('each', [[week, child]]);
            if (answer.status === 201) {
                ++counts.placed;
                taken.push(answer.json.sequence);
                assert.equal((await parent.release(answer.json.placed[0].hold)).status, 204);
            } else if (answer.status === 409) {
                const [{ reason }] = answer.json.refused;
                assert.ok(reason === 'sold_out' || reason === 'busy', answer.text);
                ++counts[reason];
            } else {
                assert.deepEqual([answer.status, answer.problem], [503, 'contended']);
                ++counts.contended;
            }
        }
    }));
    assert.ok(counts.placed > 20, JSON.stringify(counts));
    assert.equal(new Set(taken).size, taken.length, 'a decision each');
    for (const [, available] of seen) assert.ok(available >= 0 && available <= capacity);
    await live.shows(week, capacity);
    assert.equal((await new client(server.url).weeks()).get(week), capacity);
    live.close();
});

test('siblings and single children for the same last seats: no half family', async () => {
    const pairs = [];
    for (const [parent] of rivals) {
        const week = week_of(season, camp, 31);
        const fitting = (await parent.me()).children.filter(({ weeks }) =>
            weeks.find((each) => each.week === week).reason === null);
        if (fitting.length >= 2) pairs.push([parent, fitting.slice(0, 2).map(({ id }) => id)]);
    }
    assert.ok(pairs.length >= 4, `${pairs.length} families of two`);
    const week = week_of(season, camp, 31);
    const capacity = 7;
    await tell(server, 'week', 'set-capacity', week, capacity);
    const singles = rivals.filter(([parent]) => !pairs.some(([other]) => other === parent));
    const answers = await Promise.all([
        ...pairs.map(([parent, children]) =>
            parent.place('all', children.map((child) => [week, child]))),
        ...singles.map(([parent, child]) => parent.place('all', [[week, child]])),
    ]);
    let seats = 0;
    answers.forEach((answer, n) => {
        if (answer.status === 409) return;
        assert.equal(answer.status, 201);
        assert.equal(answer.json.placed.length, n < pairs.length ? 2 : 1);
        seats += answer.json.placed.length;
    });
    const left = (await new client(server.url).weeks()).get(week);
    assert.equal(seats + left, capacity);
    assert.ok(left <= 1, 'one seat may be left that no pair could use');
    for (const [parent] of rivals) {
        for (const { hold } of (await parent.basket()).holds) await parent.release(hold);
    }
});

test('several weeks in one request, against each other: each gets a true answer', async () => {
    const weeks = [27, 28, 29].map((number) => week_of(season, camp, number));
    const capacity = 10;
    for (const week of weeks) await tell(server, 'week', 'set-capacity', week, capacity);
    const placed = new Map(weeks.map((week) => [week, 0]));
    const answers = await Promise.all(rivals.map(([parent, child], n) => {
        const order = n % 2 ? weeks : weeks.toReversed();
        return parent.place('each', order.map((week) => [week, child]));
    }));
    for (const { status, json } of answers) {
        assert.ok(status === 201 || status === 409);
        for (const { week } of json.placed ?? []) placed.set(week, placed.get(week) + 1);
        for (const { reason } of json.refused) assert.equal(reason, 'sold_out');
        assert.equal((json.placed?.length ?? 0) + json.refused.length, weeks.length);
    }
    assert.deepEqual([...placed.values()], weeks.map(() => capacity));
    const left = await new client(server.url).weeks();
    assert.deepEqual(weeks.map((week) => left.get(week)), [0, 0, 0]);
});

test('capacity that grows under pressure is used, to the last seat', async () => {
    const week = week_of(season, camp, 32);
    await tell(server, 'week', 'set-capacity', week, 1);
    let asking = true;
    const holding = [];
    const traffic = Promise.all(rivals.slice(0, 16).map(async ([parent, child]) => {
        while (asking) {
            const answer = await parent.place('each', [[week, child]]);
            if (answer.status === 201) {
                holding.push(answer.json.placed[0].seat);
                return;
            }
        }
    }));
    await eventually(() => holding.length === 1, 'the first');
    await tell(server, 'week', 'set-capacity', week, 6);
    await eventually(() => holding.length === 6, 'all that there are');
    await tell(server, 'week', 'set-capacity', week, 2);
    const { weeks } = await new client(server.url).season();
    assert.equal(weeks.find(({ id }) => id === week).capacity, 6, 'no holder loses a seat');
    asking = false;
    await traffic;
    assert.equal(new Set(holding).size, 6);
});

test('a contended key is answered, or undecided, but never twice placed', async () => {
    const week = week_of(season, 'grands', 27);
    await tell(server, 'week', 'set-capacity', week, 1);
    const parents = [[1, 2], [9, 2]].map(([family, index]) => [family, child_of(family, index)]);
    const clients = await Promise.all(parents.map(([family]) => parent_of(server, family)));
    const clicks = await Promise.all(clients.flatMap((parent, n) =>
        Array.from({ length: 5 }, () =>
            parent.place('each', [[week, parents[n][1]]], { key: `double-${n}` }))));
    const bytes = new Set(clicks.filter(({ status }) => status === 201).map(({ text }) => text));
    assert.equal(bytes.size, 1, 'one winner, and it hears the same again');
    const baskets = await Promise.all(clients.map((parent) => parent.basket()));
    const held = baskets.flatMap(({ holds }) => holds).filter((hold) => hold.week === week);
    assert.equal(held.length, 1);
    const weeks = await clients[0].read(`${api}/weeks`);
    assert.equal(new Map(weeks.weeks).get(week), 0);
});

// Asks with the same key until the answer decides.
async function decided(parent, week, child, key) {
    return eventually(async () => {
        const answer = await parent.place('each', [[week, child]], { key });
        return (answer.status === 201 || answer.problem === 'nothing_placed') && answer;
    }, 'a decision');
}

test('two for the last seat while the journal is slow: nobody hears before it is decided',
     async () => {
    const week = week_of(season, 'grands', 28);
    await tell(server, 'week', 'set-capacity', week, 1);
    const anne = await parent_of(server, 1);
    const katrien = await parent_of(server, 9);
    const answered = [];
    const ask = async (parent, child, key) => {
        answered.push(await decided(parent, week, child, key));
    };
    const thaw = freeze(server.postgres);
    let both;
    try {
        both = Promise.all([ask(anne, child_of(1, 2), 'slow-1'),
                            ask(katrien, child_of(9, 2), 'slow-2')]);
        // The calendar does not move, and nobody is told anything, for as long as nothing is durable.
        for (let n = 0; n < 20; ++n) assert.equal((await anne.weeks()).get(week), 1);
        assert.deepEqual(answered, []);
    } finally {
        thaw();
    }
    await both;
    const [placed] = answered.filter(({ status }) => status === 201);
    const [refused] = answered.filter(({ status }) => status === 409);
    assert.deepEqual(refused.json.refused.map(({ reason }) => reason), ['sold_out']);
    assert.ok(refused.json.sequence >= placed.json.sequence, 'true once the other was placed');

    // A release that is under way has freed nothing yet: sold_out is true at its sequence.
    const holder = placed.json.placed[0].child === child_of(1, 2) ? anne : katrien;
    const other = holder === anne ? katrien : anne;
    const child = holder === anne ? child_of(9, 2) : child_of(1, 2);
    const thaw_again = freeze(server.postgres);
    let release;
    let early;
    try {
        release = holder.release(placed.json.placed[0].hold);
        early = await decided(other, week, child, 'early');
    } finally {
        thaw_again();
    }
    const gone = await release;
    if (early.status === 409) {
        assert.equal(early.json.refused[0].reason, 'sold_out');
        assert.ok(early.json.sequence >= placed.json.sequence);
    }
    if (gone.status !== 204) {
        assert.equal(gone.problem, 'outcome_unknown');
        assert.equal((await holder.release(placed.json.placed[0].hold)).status, 204);
    }
    const now = await decided(other, week, child, 'early');
    assert.equal(now.status, 201, 'the same key, later');
});
