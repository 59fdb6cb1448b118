// From basket to order (S24, S26, S27, S28): the quote is the price, an order is made once, what is
// in it cannot be had elsewhere, and giving it up loses nothing.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { api, child_of, client, parent_of, week_of } from './support/client.mjs';
import { cli, start_server } from './support/process.mjs';
import { ask_to_pay, finalise, order, order_becomes, order_of, pay, states_of } from './support/sales.mjs';

let server;
let season;
before(async () => {
    server = await start_server();
    season = await new client(server.url).season();
});

const week = (camp, number) => week_of(season, camp, number);
const quote = (parent) => parent.read(`${api}/basket/quote`);
const orders = async (parent) => (await parent.read(`${api}/orders`)).orders;
const abandon = (parent, id) => parent.ask('POST', `${api}/orders/${id}/abandon`, { body: {} });
const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
const tokens = (holds) => holds.map(({ hold }) => hold).sort();

test('S24: the quote of an empty basket', async () => {
    const camille = await parent_of(server, 6);
    const empty = await quote(camille);
    assert.deepEqual([empty.lines, empty.total, empty.deadline], [[], 0, null]);
    assert.ok(empty.methods.some(({ method }) => method === 'online'));
    assert.deepEqual(await orders(camille), []);
    assert.equal((await camille.ask('POST', `${api}/orders`, { body: {} })).problem, 'nothing_to_finalise');
});

test('S24, S28: the quote is the price that finalising freezes, line by line', async () => {
    const anne = await parent_of(server, 1);
    const placed = await anne.hold([[week('moyens', 27), child_of(1, 0)], [week('moyens', 28), child_of(1, 0)],
                                    [week('petits', 27), child_of(1, 1)]]);
    const before_all = await quote(anne);
    assert.equal(before_all.lines.length, 3);
    assert.equal(before_all.total, sum(before_all.lines.map(({ amount }) => amount)) + before_all.adjustment);
    for (const line of before_all.lines) {
        const of_week = season.weeks.find(({ id }) => id === line.week);
        assert.equal(line.list, of_week.prices[line.class]);
        assert.equal(line.amount, line.list - sum(line.reductions.map(({ amount }) => amount)));
    }
    const answer = await anne.ask('POST', `${api}/orders`, { body: {} });
    assert.equal(answer.status, 201, answer.text);
    const made = answer.json;
    assert.equal(answer.headers.location, `${api}/orders/${made.id}`);
    assert.deepEqual([made.state, made.total, made.adjustment, made.deadline, made.mine, made.method],
                     ['open', before_all.total, before_all.adjustment, before_all.deadline, true, null]);
    assert.deepEqual(made.lines.map(({ seat, state, cancellation, ...line }) => line), before_all.lines);
    assert.deepEqual(new Set(states_of(made)), new Set(['held']));
    assert.deepEqual(tokens(made.lines), tokens(placed));
    // S26: the earliest deadline of its holds is the whole order's.
    assert.equal(made.deadline, placed.map(({ deadline }) => deadline).sort()[0]);
    assert.equal(made.ends_at, made.deadline);
    // What is in an order is not in the basket any more.
    const basket = await anne.basket();
    assert.deepEqual([basket.holds, basket.earliest_deadline], [[], null]);
    assert.deepEqual((await quote(anne)).lines, []);
    assert.deepEqual(await orders(anne), [made]);
    assert.deepEqual(await order(anne, made.id), made);
    // And another one lists before it.
    const second = await order_of(anne, [[week('grands', 31), child_of(1, 2)]]);
    assert.deepEqual((await orders(anne)).map(({ id }) => id), [second.id, made.id]);
});

test('two tabs, a double click and a retry make one order', async () => {
    const benoit = await parent_of(server, 2);
    const placed = await benoit.hold([[week('grands', 27), child_of(2, 0)], [week('grands', 28), child_of(2, 0)]]);
    const holds = tokens(placed);
    const answers = await Promise.all(Array.from({ length: 8 }, (_, i) =>
        benoit.ask('POST', `${api}/orders`, { body: i % 2 ? { holds } : {} })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 200, 200, 200, 200, 200, 201]);
    assert.equal(new Set(answers.map(({ json }) => json.id)).size, 1);
    const again = await benoit.ask('POST', `${api}/orders`, { body: { holds: [...holds, holds[0]].reverse() } });
    assert.deepEqual([again.status, again.json.id], [200, answers[0].json.id]);
    assert.equal((await orders(benoit)).length, 1);
    // One of them is not another order.
    const part = await benoit.ask('POST', `${api}/orders`, { body: { holds: [holds[0]] } });
    assert.deepEqual([part.status, part.problem, part.json.order], [409, 'in_order', answers[0].json.id]);
});

test('a part of the basket can be finalised; the rest stays', async () => {
    const sofie = await parent_of(server, 3);
    const [first, second] = await sofie.hold([[week('moyens', 27), child_of(3, 0)], [week('moyens', 28), child_of(3, 0)]]);
    const made = await finalise(sofie, [first.hold]);
    assert.deepEqual(tokens(made.lines), [first.hold]);
    assert.deepEqual(tokens((await sofie.basket()).holds), [second.hold]);
    assert.deepEqual(tokens((await quote(sofie)).lines), [second.hold]);
});

test('S27: abandoning keeps the holds, clocks running; again it is the same', async () => {
    const emre = await parent_of(server, 4);
    const placed = await emre.hold([[week('moyens', 27), child_of(4, 0)], [week('moyens', 30), child_of(4, 0)]]);
    const free = await emre.weeks();
    const made = await finalise(emre);
    const left = await abandon(emre, made.id);
    assert.equal(left.status, 200, left.text);
    assert.deepEqual([left.json.state, left.json.ends_at, states_of(left.json)],
                     ['abandoned', null, ['returned', 'returned']]);
    assert.deepEqual((await abandon(emre, made.id)).json, left.json);
    const basket = await emre.basket();
    assert.deepEqual(tokens(basket.holds), tokens(placed));
    for (const hold of basket.holds)
        assert.equal(hold.deadline, placed.find((one) => one.hold === hold.hold).deadline);
    assert.deepEqual(await emre.weeks(), free);
    // The same holds make another order.
    const next = await finalise(emre);
    assert.notEqual(next.id, made.id);
    assert.equal(next.total, made.total);
    assert.equal((await ask_to_pay(emre, made.id)).problem, 'order_not_open');
});

test('a hold that is released leaves its order, and the others go back into the basket', async () => {
    const petra = await parent_of(server, 5);
    const placed = await petra.hold([[week('petits', 27), child_of(5, 1)], [week('petits', 28), child_of(5, 1)]]);
    const made = await finalise(petra);
    assert.equal((await petra.release(placed[0].hold)).status, 204);
    const now = await order(petra, made.id);
    assert.equal(now.state, 'abandoned');
    assert.deepEqual(Object.fromEntries(now.lines.map(({ hold, state }) => [hold, state])),
                     { [placed[0].hold]: 'ended', [placed[1].hold]: 'returned' });
    assert.deepEqual(tokens((await petra.basket()).holds), [placed[1].hold]);
});

test('B4: while the bank\'s page is open nothing of the order is released', async () => {
    const minh = await parent_of(server, 8);
    const [hold] = await minh.hold([[week('petits', 27), child_of(8, 0)]]);
    const made = await finalise(minh);
    await pay(minh, made.id);
    const pinned = await order(minh, made.id);
    assert.ok(Date.parse(pinned.pinned_until) > Date.now(), pinned.pinned_until);
    for (const refused of [await minh.release(hold.hold), await abandon(minh, made.id)])
        assert.deepEqual([refused.status, refused.problem], [409, 'payment_in_progress']);
    assert.deepEqual(await order(minh, made.id), pinned);
});

test('I6: another family\'s orders, payments and holds are not there', async () => {
    const anne = await parent_of(server, 1);
    const katrien = await parent_of(server, 9);
    const [hold] = await katrien.hold([[week('moyens', 28), child_of(9, 1)]]);
    const [theirs] = await orders(anne);
    const { id } = await pay(anne, theirs.id);
    const answers = [
        await katrien.get(`${api}/orders/${theirs.id}`), await abandon(katrien, theirs.id),
        await ask_to_pay(katrien, theirs.id), await katrien.get(`${api}/payments/${id}`),
        await anne.ask('POST', `${api}/orders`, { body: { holds: [hold.hold] } }),
        await katrien.get(`${api}/orders/0`), await katrien.get(`${api}/orders/x`),
        await katrien.get(`${api}/payments/99999999`), await abandon(katrien, '1e3')];
    assert.deepEqual(answers.map(({ status }) => status), answers.map(() => 404));
    assert.equal((await order(anne, theirs.id)).state, 'open');
    assert.deepEqual(tokens((await katrien.basket()).holds), [hold.hold]);
});

test('bodies are read strictly', async () => {
    const minh = await parent_of(server, 8);
    const send = (path, body, headers = {}) => minh.ask('POST', `${api}${path}`, { body, headers });
    const [{ id }] = await orders(minh);
    const key = { 'idempotency-key': 'k' };
    for (const [answer, problem] of [
        [await send('/orders', '{'), 'invalid_json'], [await send('/orders', []), 'invalid_member'],
        [await send('/orders', { hold: [] }), 'unknown_member'], [await send('/orders', { holds: [] }), 'invalid_member'],
        [await send('/orders', { holds: [7] }), 'invalid_member'], [await send('/orders', { holds: [''] }), 'invalid_member'],
        [await send(`/orders/${id}/payments`, {}, key), 'missing_member'],
        [await send(`/orders/${id}/payments`, { method: 'cash' }, key), 'invalid_member'],
        [await send(`/orders/${id}/payments`, { method: 'online' }), 'missing_header'],
        [await send(`/orders/${id}/payments`, { method: 'online' }, { 'idempotency-key': ' ' }), 'missing_header'],
    ]) assert.deepEqual([answer.status, answer.problem], [400, problem], answer.text);
    const plain = await send('/orders', '{}', { 'content-type': 'text/plain' });
    assert.equal(plain.status, 415);
});

test('S26: an order that nobody pays ends whole, and its seats are free', async (t) => {
    const short = await start_server({ args: ['--hold', '2s'] });
    t.after(() => short.end());
    const anne = await parent_of(short, 1);
    const free = await anne.weeks();
    const made = await order_of(anne, [[week('moyens', 27), child_of(1, 0)], [week('moyens', 28), child_of(1, 0)]]);
    const ended = await order_becomes(anne, made.id, 'expired');
    assert.deepEqual([states_of(ended), ended.ends_at, ended.paid], [['ended', 'ended'], null, 0]);
    assert.deepEqual(await anne.weeks(), free);
    assert.deepEqual((await anne.basket()).holds, []);
    assert.equal((await ask_to_pay(anne, made.id)).problem, 'order_not_open');
    assert.equal((await abandon(anne, made.id)).problem, 'order_not_open');
});

test('the journal and the tables agree', async () => {
    const doctor = await cli('doctor', '--data', server.data);
    assert.equal(doctor.code, 0, doctor.stdout + doctor.stderr);
});
