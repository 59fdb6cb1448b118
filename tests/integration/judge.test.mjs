// The judge sees what is wrong: each kind of fault, put into facts that are right, is found.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from './support/judge.mjs';

// Family 1 holds seat 1 of week 5, has released seat 2; family 2 holds seat 3.
function facts() {
    const place = (sequence, actor, key, hold, child, seat) => ({
        sequence, kind: 'place', actor, family: actor, key,
        placed: [{ hold, week: 5, child, seat }], refused: [] });
    const told = (sequence, key, hold, child, seat) => ({
        kind: 'placed', sequence, key, text: `answer ${key}`,
        placed: [{ hold, week: 5, child, seat }] });
    const kept = (hold, child, seat) => ({ hold, week: 5, child, seat });
    return {
        season: { weeks: [{ id: 5, capacity: 4 }] },
        weeks: new Map([[5, 2]]),
        baskets: new Map([[1, [kept('a', 8, 1)]], [2, [kept('c', 16, 3)]]]),
        parents: [
            { family: 1, pending: null, holds: new Map([['a', { week: 5, child: 8, seat: 1 }]]),
              told: [told(2, 'k1', 'a', 8, 1), told(3, 'k2', 'b', 9, 2),
                     { kind: 'released', hold: 'b' }] },
            { family: 2, pending: null, holds: new Map([['c', { week: 5, child: 16, seat: 3 }]]),
              told: [told(5, 'k3', 'c', 16, 3)] },
        ],
        journal: [
            { sequence: 1, kind: 'season', weeks: [{ week: 5, capacity: 4 }] },
            place(2, 1, 'k1', 64, 8, 1), place(3, 1, 'k2', 65, 9, 2),
            { sequence: 4, kind: 'release', ended: [{ hold: 65, week: 5, seat: 2 }] },
            place(5, 2, 'k3', 66, 16, 3),
        ],
    };
}

test('what is right is found right, with or without the journal', () => {
    assert.deepEqual(judge(facts()), []);
    assert.deepEqual(judge({ ...facts(), journal: null }), []);
});

test('an operation that is under way may have been decided or not', () => {
    const fact = facts();
    fact.parents[0].pending = { hold: 'a' };
    assert.deepEqual(judge(fact), []);
    fact.baskets.set(1, []);
    fact.weeks.set(5, 3);
    fact.journal.push({ sequence: 6, kind: 'release', ended: [{ hold: 64, week: 5, seat: 1 }] });
    assert.deepEqual(judge(fact), []);
});

const broken = [
    ['I1', 'a hold that is gone', (f) => f.baskets.set(1, [])],
    ['I1', 'a hold with another seat', (f) => { f.baskets.get(1)[0].seat = 4; }],
    ['I1', 'a hold that nobody asked for', (f) => f.parents[0].holds.delete('a')],
    ['I1', 'an answer that is not in the journal', (f) => { f.journal[4].key = 'k9'; }],
    ['I1', 'an answer at another sequence', (f) => { f.parents[1].told[0].sequence = 4; }],
    ['I1', 'a release that is not in the journal', (f) => { f.journal[3].ended = []; }],
    ['I2', 'a seat in two baskets', (f) => { f.baskets.get(2)[0].seat = 1; }],
    ['I2', 'a seat sold twice in the journal', (f) => { f.journal[4].placed[0].seat = 1; }],
    ['I2', 'more holds than seats', (f) => {
        f.season.weeks[0].capacity = 1;
        f.weeks.set(5, -1);
    }],
    ['I2', 'a journal that exceeds the capacity', (f) => { f.journal[0].weeks[0].capacity = 1; }],
    ['I3', 'a key applied twice', (f) => {
        f.journal[4].actor = 1;
        f.journal[4].key = 'k1';
    }],
    ['I3', 'two answers to one key', (f) => f.parents[0].told.push(
        { ...f.parents[0].told[0], text: 'another' })],
    ['I4', 'a hold that ends twice', (f) => f.journal.push(
        { sequence: 6, kind: 'expire', ended: [{ hold: 65, week: 5, seat: 2 }] })],
    ['I4', 'a hold that begins twice', (f) => { f.journal[4].placed[0].hold = 65; }],
    ['I5', 'a calendar that shows too much', (f) => f.weeks.set(5, 3)],
    ['I5', 'a basket that is not the journal’s', (f) => f.journal.push(
        { sequence: 6, kind: 'expire', ended: [{ hold: 66, week: 5, seat: 3 }] })],
    ['record', 'a journal with a gap', (f) => { f.journal[4].sequence = 6; }],
];
for (const [rule, what, change] of broken) {
    test(`${rule}: ${what}`, () => {
        const fact = facts();
        change(fact);
        const faults = judge(fact);
        assert.ok(faults.some((fault) => fault.startsWith(rule)), faults.join('\n'));
    });
}
