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

// The day goes on: family 1's hold is in an order; family 2's was, expired, and late money booked
// the same seat anew, under another hold.
function sold() {
    const fact = facts();
    const sale = (sequence, event, family, seats, money) => ({
        sequence, kind: 'sale', event, family, seats, money, refunds: [] });
    const sell = (from, to) => [{ account: from, amount: -6500 }, { account: to, amount: 6500 }];
    const first = { hold: 64, week: 5, child: 8, seat: 1 };
    const second = { hold: 66, week: 5, child: 16, seat: 3 };
    fact.journal.push(
        sale(6, 'finalised', 1, [{ event: 'order', ...first }], sell('sales', 'receivable')),
        sale(7, 'abandoned', 1, [{ event: 'release', ...first }], sell('receivable', 'sales')),
        sale(8, 'finalised', 1, [{ event: 'order', ...first }], sell('sales', 'receivable')),
        sale(9, 'finalised', 2, [{ event: 'order', ...second }], sell('sales', 'receivable')),
        sale(10, 'expired', 2, [{ event: 'end', ...second }], sell('receivable', 'sales')),
        sale(11, 'paid_late', 2, [{ event: 'retake', ...second, hold: 352 }],
            sell('sales', 'money')));
    const line = (state, hold, child, seat) => ({ state, hold, week: 5, child, seat });
    fact.baskets = new Map([[1, []], [2, []]]);
    fact.orders = new Map([[1, [{ lines: [line('returned', 'a', 8, 1)] },
                                { lines: [line('held', 'a', 8, 1)] }]],
                           [2, [{ lines: [line('booked', 'd', 16, 3)] }]]]);
    fact.parents[1].holds = new Map([['d', { week: 5, child: 16, seat: 3 }]]);
    return fact;
}

test('orders and bookings are found right, with or without the journal', () => {
    assert.deepEqual(judge(sold()), []);
    assert.deepEqual(judge({ ...sold(), journal: null }), []);
});

const broken_sales = [
    ['I1', 'an order that is gone', (f) => f.orders.set(1, [])],
    ['I1', 'a booking of another seat', (f) => { f.orders.get(2)[0].lines[0].seat = 4; }],
    ['I2', 'a seat in an order and in a basket', (f) => f.baskets.set(2,
        [{ hold: 'x', week: 5, child: 17, seat: 1 }])],
    ['I2', 'a sale of another family’s seat', (f) => { f.journal[5].family = 2; }],
    ['I2', 'late money for a seat that is taken', (f) => { f.journal[10].seats[0].seat = 1; }],
    ['I2', 'a booking that is sold again', (f) => f.journal.push({ ...f.journal[10],
        sequence: 12, seats: [{ ...f.journal[10].seats[0], event: 'book' }] })],
    ['I4', 'an expiry twice', (f) => f.journal.push({ ...f.journal[9], sequence: 12 })],
    ['I5', 'an order that the calendar does not count', (f) => f.weeks.set(5, 3)],
    ['I5', 'an ordered week that is in the basket as well', (f) => {
        f.baskets.set(1, [{ hold: 'a', week: 5, child: 8, seat: 1 }]);
        f.orders.set(1, []);
    }],
    ['I5', 'a booking that the journal does not know', (f) => f.journal.pop()],
    ['money', 'a cent from nowhere', (f) => { f.journal[10].money[0].amount += 1; }],
];
for (const [rule, what, change] of broken_sales) {
    test(`${rule}: ${what}`, () => {
        const fact = sold();
        change(fact);
        const faults = judge(fact);
        assert.ok(faults.some((fault) => fault.startsWith(rule)), faults.join('\n'));
    });
}
