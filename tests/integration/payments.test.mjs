// Paying at the demo's bank, in every order of events (S28, R3, B4): a paid parent has the place or
// the money, whatever is told twice, late, wrongly or not at all, and whenever we die.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { api, child_of, client, parent_of, staff_of, week_of } from './support/client.mjs';
import { database_of } from './support/database.mjs';
import { open_socket } from './support/live.mjs';
import { cli, start_server, tell } from './support/process.mjs';
import { ask_to_pay, at_bank, balances, finalise, order, order_becomes, order_of, pay, payment,
         payment_becomes, reference_of, states_of, webhook } from './support/sales.mjs';
import { eventually } from './support/wait.mjs';

// Only webhooks and browsers tell; or only the poller finds.
const told = ['--payment-poll', '1h', '--payment-poll-max', '1h'];
const asks = ['--payment-poll', '50ms', '--payment-poll-max', '200ms'];

let server;
let season;
let database;
before(async () => {
    server = await start_server({ args: told });
    season = await new client(server.url).season();
    database = await database_of(server);
});

const week = (camp, number) => week_of(season, camp, number);
const agrees = async (which) => {
    const doctor = await cli('doctor', '--data', which.data);
    assert.equal(doctor.code, 0, doctor.stdout + doctor.stderr);
};
const booked = (which, id) => which.query(`SELECT count(*) FROM seat WHERE state = 3 AND sale_order = ${id}`).then(Number);
// The bank's commit without any word of it: what a lost webhook leaves.
const paid_unheard = (which, reference) => which.query(
    `UPDATE demo_bank SET state = 2, received = amount WHERE reference = '${reference}' AND state = 1`);

test('S3, S28: pay at the bank, and the places are booked', async () => {
    const anne = await parent_of(server, 1);
    const made = await order_of(anne, [[week('moyens', 27), child_of(1, 0)], [week('petits', 27), child_of(1, 1)]]);
    const wanted = await pay(anne, made.id);
    assert.deepEqual([wanted.state, wanted.amount, wanted.received, wanted.order, wanted.order_state],
                     ['open', made.total, 0, made.id, 'open']);
    const page = await fetch(wanted.checkout_url, { headers: { 'accept-language': 'nl' } });
    const text = await page.text();
    assert.match(text, /class="demo"/);
    assert.ok(text.includes(`${made.id}`));
    assert.match(page.headers.get('content-security-policy'), /default-src 'none'.*frame-ancestors 'none'/);
    assert.equal((await fetch(new URL('/demo/style.css', server.url))).status, 200);
    assert.equal((await fetch(new URL('/demo/bank/nobody', server.url))).status, 404);

    const back = await at_bank(wanted.checkout_url, 'pay');
    assert.equal(back, `${server.url}#payment/${wanted.id}`);
    const done = await order_becomes(anne, made.id, 'paid');
    assert.deepEqual([states_of(done), done.paid, done.method, done.ends_at, done.pinned_until],
                     [['booked', 'booked'], made.total, 'online', null, null]);
    const row = await payment(anne, wanted.id);
    assert.deepEqual([row.state, row.received, row.checkout_url, row.order_state], ['paid', made.total, null, 'paid']);
    assert.equal(await booked(database, made.id), 2);
    assert.equal((await balances(database)).money, made.total);
    // The bank's page says so too, and decides nothing more.
    assert.match(await (await fetch(wanted.checkout_url)).text(), /class="back"/);
    await at_bank(wanted.checkout_url, 'refuse');
    assert.equal((await ask_to_pay(anne, made.id)).problem, 'order_not_open');
    assert.equal((await anne.release(done.lines[0].hold)).problem, 'already_booked');
});

test('a browser\'s question is passed on, so a lost webhook is not waited for', async () => {
    const benoit = await parent_of(server, 2);
    const made = await order_of(benoit, [[week('grands', 27), child_of(2, 0)]]);
    const wanted = await pay(benoit, made.id);
    await paid_unheard(database, reference_of(wanted));
    const now = await payment_becomes(benoit, wanted.id, 'paid');
    assert.equal(now.order_state, 'paid');
});

test('a family hears at once that it has paid', async (t) => {
    const benoit = await parent_of(server, 2);
    const made = await order_of(benoit, [[week('grands', 28), child_of(2, 0)]]);
    const wanted = await pay(benoit, made.id);
    const live = await open_socket(server, { parent: benoit });
    t.after(() => live.close());
    await live.hear('snapshot');
    const from = live.messages.length;
    await at_bank(wanted.checkout_url, 'pay');
    await live.hear('family', { from });
    await order_becomes(benoit, made.id, 'paid');
});

test('a refusal unpins; the next try can succeed', async () => {
    const sofie = await parent_of(server, 3);
    const made = await order_of(sofie, [[week('moyens', 27), child_of(3, 0)]]);
    const first = await pay(sofie, made.id);
    await at_bank(first.checkout_url, 'refuse');
    const failed = await payment_becomes(sofie, first.id, 'failed');
    assert.deepEqual([failed.received, failed.checkout_url], [0, null]);
    const open = await order(sofie, made.id);
    assert.deepEqual([open.state, open.pinned_until], ['open', null]);
    const second = await pay(sofie, made.id);
    assert.notEqual(second.id, first.id);
    await at_bank(second.checkout_url, 'pay');
    assert.equal((await order_becomes(sofie, made.id, 'paid')).payments.length, 2);
});

test('the same key, a double click and two tabs want one payment', async () => {
    const emre = await parent_of(server, 4);
    const made = await order_of(emre, [[week('moyens', 27), child_of(4, 0)]]);
    const key = randomUUID();
    const answers = await Promise.all([...Array.from({ length: 4 }, () => ask_to_pay(emre, made.id, 'online', key)),
                                       ask_to_pay(emre, made.id), ask_to_pay(emre, made.id)]);
    assert.deepEqual(answers.map(({ status }) => status), answers.map(() => 201));
    assert.equal(new Set(answers.map(({ json }) => json.id)).size, 1);
    assert.equal(new Set(answers.map(({ json }) => json.checkout_url)).size, 1);
    // Coming back without deciding decides nothing.
    const [{ json: wanted }] = answers;
    await at_bank(wanted.checkout_url, 'wait');
    const waiting = await payment(emre, wanted.id);
    assert.deepEqual([waiting.state, waiting.checkout_url], ['open', wanted.checkout_url]);
    assert.equal(Number(await database.query(`SELECT count(*) FROM demo_bank WHERE idempotency = 'campgate-p${wanted.id}'`)), 1);
    await at_bank(wanted.checkout_url, 'pay');
    await order_becomes(emre, made.id, 'paid');
});

for (const [choose, received] of [['pay_other_amount', -100], ['pay_other_currency', 0]]) {
    test(`B4: ${choose} is for the staff to look at, and confirms nothing`, async () => {
        const petra = await parent_of(server, 5);
        const number = choose === 'pay_other_amount' ? 27 : 28;
        const made = await order_of(petra, [[week('petits', number), child_of(5, 1)]]);
        const before_all = await balances(database);
        const wanted = await pay(petra, made.id);
        await at_bank(wanted.checkout_url, choose);
        const seen = await payment_becomes(petra, wanted.id, 'review');
        assert.equal(seen.received, made.total + received);
        const now = await order(petra, made.id);
        // The seat is kept while somebody looks.
        assert.deepEqual([now.state, now.paid, now.clock_stopped, now.ends_at, states_of(now)],
                         ['open', 0, true, null, ['held']]);
        assert.equal(await booked(database, made.id), 0);
        assert.equal((await balances(database)).suspense, before_all.suspense - seen.received);
    });
}

test('webhooks are hints: repeated, early, forged, unknown or broken ones change nothing', async () => {
    const minh = await parent_of(server, 8);
    const made = await order_of(minh, [[week('petits', 27), child_of(8, 0)]]);
    const wanted = await pay(minh, made.id);
    const reference = reference_of(wanted);
    const said = async (body, options) => (await webhook(server, body, options)).status;
    // Before anything was paid, and for what nobody knows.
    for (const body of [`id=${reference}`, `id=${reference}&status=paid&amount=1`, 'id=demo_0', `id=${wanted.id}`,
                        `id=${reference.toUpperCase()}`]) assert.equal(await said(body), 204, body);
    assert.equal(await said(JSON.stringify({ id: reference, status: 'paid' }), { type: 'application/json' }), 204);
    for (const body of ['', 'id=', 'ID=1', `id=${'x'.repeat(65)}`, 'id=a%20b', `id=${reference}&id=${reference}`])
        assert.equal(await said(body), 400, body);
    for (const body of ['{', '[]', '{"id":7}', '{}']) assert.equal(await said(body, { type: 'application/json' }), 400, body);
    assert.equal(await said(`id=${reference}`, { provider: 'other' }), 404);
    assert.equal((await payment(minh, wanted.id)).state, 'open');
    // Paid once, told fifty times at once, in both forms.
    const before_all = await balances(database);
    await paid_unheard(database, reference);
    const statuses = await Promise.all(Array.from({ length: 50 }, (_, i) => i % 2 ? said(`id=${reference}`)
        : said(JSON.stringify({ id: reference }), { type: 'application/json' })));
    assert.deepEqual(new Set(statuses), new Set([204]));
    const done = await order_becomes(minh, made.id, 'paid');
    assert.equal(await said(`id=${reference}`), 204);
    const after_all = await balances(database);
    assert.equal(after_all.money - before_all.money, made.total);
    assert.equal(await booked(database, made.id), 1);
    assert.deepEqual(await order(minh, made.id), done);
});

test('money after a refusal books all the same', async () => {
    const minh = await parent_of(server, 8);
    const made = await order_of(minh, [[week('petits', 28), child_of(8, 0)]]);
    const wanted = await pay(minh, made.id);
    await at_bank(wanted.checkout_url, 'refuse');
    await payment_becomes(minh, wanted.id, 'failed');
    await database.query(`UPDATE demo_bank SET state = 2, received = amount WHERE reference = '${reference_of(wanted)}'`);
    assert.equal((await webhook(server, `id=${reference_of(wanted)}`)).status, 204);
    await order_becomes(minh, made.id, 'paid');
});

test('a bank that does not answer: 503, and the same key finds the payment', async () => {
    const minh = await parent_of(server, 8);
    const made = await order_of(minh, [[week('petits', 30), child_of(8, 0)]]);
    const key = randomUUID();
    await database.query('ALTER TABLE demo_bank RENAME TO demo_bank_away');
    const refused = await ask_to_pay(minh, made.id, 'online', key);
    await database.query('ALTER TABLE demo_bank_away RENAME TO demo_bank');
    assert.deepEqual([refused.status, refused.problem], [503, 'provider_unreachable'], refused.text);
    assert.ok(refused.headers['retry-after']);
    const now = await payment(minh, refused.json.payment);
    assert.deepEqual([now.state, now.checkout_url], ['wanted', null]);
    const wanted = await pay(minh, made.id, 'online', key);
    assert.equal(wanted.id, refused.json.payment);
    await at_bank(wanted.checkout_url, 'pay');
    await order_becomes(minh, made.id, 'paid');
});

test('one network may call so often and no more', async (t) => {
    const own = await start_server({ args: ['--webhooks-per-minute', '3', '--trusted-proxies', '127.0.0.1'] });
    t.after(() => own.end());
    const from = async (address) => {
        const answer = await fetch(`${own.url}api/v1/payments/webhook/demo`, {
            method: 'POST', body: 'id=demo_0', headers: { 'x-forwarded-for': address,
                'content-type': 'application/x-www-form-urlencoded' } });
        return answer.status;
    };
    const statuses = [];
    for (let i = 0; i < 5; ++i) statuses.push(await from('192.0.2.1'));
    assert.deepEqual(statuses, [204, 204, 204, 429, 429]);
    assert.equal(await from('192.0.2.2'), 204);
    const metrics = await (await fetch(own.metrics_url)).text();
    assert.match(metrics, /limit="webhooks"\} 2/);
});

test('the demo\'s bank takes no forms from elsewhere', async () => {
    const katrien = await parent_of(server, 9);
    const made = await order_of(katrien, [[week('moyens', 28), child_of(9, 1)]]);
    const { checkout_url } = await pay(katrien, made.id);
    for (const [body, headers, status] of [['choose=pay', { origin: 'https://evil.example' }, 403],
                                           ['choose=steal', {}, 400], ['', {}, 400]]) {
        const answer = await fetch(checkout_url, { method: 'POST', redirect: 'manual', body,
            headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } });
        assert.equal(answer.status, status, body);
    }
    assert.equal((await order(katrien, made.id)).state, 'open');
});

// A step of the staff that must be taken; the order afterwards.
async function staff_does(which, path, body = {}) {
    const staff = await staff_of(which);
    const answer = await staff.ask('POST', `${api}/staff/${path}`, { body });
    assert.equal(answer.status, 200, answer.text);
    staff.close();
    return answer.json;
}

test('R3: a transfer names itself, gives the order its time, and is settled by the staff', async () => {
    const katrien = await parent_of(server, 9);
    const made = await order_of(katrien, [[week('moyens', 30), child_of(9, 1)]]);
    const quote = await katrien.read(`${api}/basket/quote`);
    const offered = quote.methods.find(({ method }) => method === 'transfer');
    const wanted = await pay(katrien, made.id, 'transfer');
    assert.deepEqual([wanted.state, wanted.amount, wanted.checkout_url], ['open', made.total, null]);
    const digits = wanted.communication.replace(/[+/]/g, '');
    assert.equal(Number(digits.slice(0, 10)), wanted.id);
    assert.equal(Number(digits.slice(10)), wanted.id % 97 || 97);
    assert.match(wanted.account, /^BE[0-9]{14}$/);
    const waiting = await order(katrien, made.id);
    const lasts = Date.parse(waiting.deadline) - Date.now();
    assert.ok(lasts > (offered.patience_seconds - 60) * 1000, waiting.deadline);
    assert.deepEqual([waiting.method, waiting.pinned_until, waiting.payments[0].communication],
                     ['transfer', null, wanted.communication]);
    const done = await staff_does(server, `payments/${wanted.id}/settle`);
    assert.deepEqual([done.state, done.paid, states_of(done)], ['paid', made.total, ['booked']]);
    assert.equal((await payment(katrien, wanted.id)).state, 'paid');
    // Deferred is not offered by this season; while the bank's page is open nothing else begins.
    const other = await order_of(katrien, [[week('moyens', 31), child_of(9, 1)]]);
    assert.equal((await ask_to_pay(katrien, other.id, 'deferred')).problem, 'method_not_offered');
    const online = await pay(katrien, other.id);
    const refused = await ask_to_pay(katrien, other.id, 'transfer');
    assert.deepEqual([refused.problem, refused.json.payment], ['payment_in_progress', online.id]);
    await at_bank(online.checkout_url, 'refuse');
    await payment_becomes(katrien, online.id, 'failed');
    const counter = await pay(katrien, other.id, 'counter');
    assert.deepEqual([counter.communication, counter.account], [null, null]);
    assert.equal((await staff_does(server, `payments/${counter.id}/settle`)).state, 'paid');
});

test('B4: money in review is taken as the price, or goes back to the bank', async () => {
    const dominique = await parent_of(server, 10);
    const odd = async (number) => {
        const made = await order_of(dominique, [[week('moyens', number), child_of(10, 0)]]);
        const wanted = await pay(dominique, made.id);
        await at_bank(wanted.checkout_url, 'pay_other_amount');
        return payment_becomes(dominique, wanted.id, 'review');
    };
    const taken = await odd(30);
    const accepted = await staff_does(server, `payments/${taken.id}/review`, { accept: true });
    assert.deepEqual([accepted.state, accepted.total, accepted.paid], ['paid', taken.received, taken.received]);
    const back = await odd(31);
    const refused = await staff_does(server, `payments/${back.id}/review`, { accept: false });
    assert.deepEqual(refused.refunds.map(({ reason, amount }) => [reason, amount]), [['by_staff', back.received]]);
    await eventually(async () => (await order(dominique, back.order)).refunds[0].state === 'done', 'given back');
});

test('after all of it the journal and the tables agree', () => agrees(server));

test('without any webhook the poller finds payments, refusals, and those the bank never heard of', async (t) => {
    const own = await start_server({ args: asks });
    t.after(() => own.end());
    const books = await database_of(own);
    const anne = await parent_of(own, 1);
    const paid = await order_of(anne, [[week('moyens', 27), child_of(1, 0)]]);
    const wanted = await pay(anne, paid.id);
    await paid_unheard(books, reference_of(wanted));
    await order_becomes(anne, paid.id, 'paid');

    const refused = await order_of(anne, [[week('moyens', 28), child_of(1, 0)]]);
    const second = await pay(anne, refused.id);
    await books.query(`UPDATE demo_bank SET state = 3 WHERE reference = '${reference_of(second)}'`);
    await eventually(async () => (await order(anne, refused.id)).payments[0].state === 'failed', 'a refusal found');

    await books.query('ALTER TABLE demo_bank RENAME TO demo_bank_away');
    assert.equal((await ask_to_pay(anne, refused.id)).status, 503);
    await books.query('ALTER TABLE demo_bank_away RENAME TO demo_bank');
    await eventually(async () => (await order(anne, refused.id)).payments[1].state === 'open', 'made known');
    await agrees(own);
});

test('killed before the webhook, between it and its answer, and after: found, and booked once', async (t) => {
    // The webhook alone, the poller alone, or whoever comes first.
    const ways = [told, asks, asks, asks, asks, asks];
    let own = await start_server({ args: asks });
    t.after(() => own.end());
    const books = await database_of(own);
    const weeks = [27, 28, 30, 31, 32, 33];
    let total = 0;
    for (const [turn, args] of ways.entries()) {
        const anne = await parent_of(own, 1);
        const made = await order_of(anne, [[week('moyens', weeks[turn]), child_of(1, 0)]]);
        const wanted = await pay(anne, made.id);
        total += made.total;
        if (turn < 2) {
            // The bank commits while we are dead, and its call finds nobody.
            await own.kill();
            await paid_unheard(books, reference_of(wanted));
        } else {
            const said = at_bank(wanted.checkout_url, 'pay').catch(() => null);
            if (turn === 2) await said;
            else await eventually(async () => await books.query(
                `SELECT 1 FROM demo_bank WHERE reference = '${reference_of(wanted)}' AND state = 2`) === '1', 'paid', 5000, 1);
            await own.kill();
            await said;
        }
        own = await start_server({ data: own.data, port: own.port, args });
        const again = await parent_of(own, 1);
        if (args === told) await webhook(own, `id=${reference_of(wanted)}`);
        await order_becomes(again, made.id, 'paid');
        assert.equal(await booked(books, made.id), 1, `turn ${turn}`);
        assert.equal((await balances(books)).money, total, `turn ${turn}`);
    }
    await agrees(own);
});

// An order of one week that has ended, with a page at the bank that is still open.
async function late_order(which, family, camp, child) {
    const parent = await parent_of(which, family);
    const made = await order_of(parent, [[week(camp, 27), child_of(family, child)]]);
    // The first page pins the seat, once; it is refused, and the second does not.
    const first = await pay(parent, made.id);
    await at_bank(first.checkout_url, 'refuse');
    await payment_becomes(parent, first.id, 'failed');
    const second = await pay(parent, made.id);
    await order_becomes(parent, made.id, 'expired');
    return { parent, made, late: second };
}

test('B4: money after the hold has ended re-takes the seat', async (t) => {
    const own = await start_server({ args: [...told, '--hold', '4s'] });
    t.after(() => own.end());
    const books = await database_of(own);
    const { parent, made, late } = await late_order(own, 1, 'moyens', 0);
    const free = (await parent.weeks()).get(week('moyens', 27));
    await at_bank(late.checkout_url, 'pay');
    const now = await order_becomes(parent, made.id, 'paid');
    assert.deepEqual([states_of(now), now.paid, now.refunds, now.lines[0].seat],
                     [['booked'], made.total, [], made.lines[0].seat]);
    assert.equal((await parent.weeks()).get(week('moyens', 27)), free - 1);
    assert.equal(await booked(books, made.id), 1);
    await agrees(own);
});

test('B4: when the week is full meanwhile the money goes back by itself, once', async (t) => {
    let own = await start_server({ args: [...asks, '--hold', '4s'] });
    t.after(() => own.end());
    const books = await database_of(own);
    await tell(own, 'week', 'set-capacity', week('moyens', 27), 1);
    const { parent, made, late } = await late_order(own, 1, 'moyens', 0);
    const sofie = await parent_of(own, 3);
    const theirs = await order_of(sofie, [[week('moyens', 27), child_of(3, 0)]]);
    await at_bank((await pay(sofie, theirs.id)).checkout_url, 'pay');
    await order_becomes(sofie, theirs.id, 'paid');

    // The bank cannot be reached for refunds at first, and we die while one is due.
    await books.query(`CREATE FUNCTION closed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'closed'; END $$;
                       CREATE TRIGGER closed BEFORE INSERT ON demo_bank_refund FOR EACH ROW EXECUTE FUNCTION closed()`);
    await paid_unheard(books, reference_of(late));
    await payment_becomes(parent, late.id, 'returned');
    const now = await order(parent, made.id);
    assert.deepEqual([now.state, states_of(now), now.refunds.map(({ state, reason, amount }) => [state, reason, amount])],
                     ['expired', ['ended'], [['due', 'no_seat_left', made.total]]]);
    await eventually(() => own.log.filter(({ event, refund }) =>
        event === 'provider_unreachable' && refund === now.refunds[0].id).length > 2, 'asked again and again');
    await own.kill();
    await books.query('DROP TRIGGER closed ON demo_bank_refund');
    own = await start_server({ data: own.data, port: own.port, args: own.args });
    const again = await parent_of(own, 1);
    await eventually(async () => (await order(again, made.id)).refunds[0].state === 'done', 'given back');
    const [{ id }] = (await order(again, made.id)).refunds;
    assert.equal(await books.query('SELECT refund, reference, amount FROM demo_bank_refund'),
                 `${id}|${reference_of(late)}|${made.total}`);
    const sums = await balances(books);
    assert.deepEqual([sums.refunds, sums.money, sums.receivable], [0, theirs.total, 0]);
    assert.equal((await anyone(own)).get(week('moyens', 27)), 0);
    await agrees(own);
});
const anyone = (which) => new client(which.url).weeks();

test('a refund is tried again until the bank answers; one that it refuses is for the staff', async (t) => {
    const own = await start_server({ args: asks });
    t.after(() => own.end());
    const books = await database_of(own);
    const anne = await parent_of(own, 1);
    // Two payments of one order: the second goes back.
    const twice = async (number) => {
        const made = await order_of(anne, [[week('moyens', number), child_of(1, 0)]]);
        const first = await pay(anne, made.id);
        await at_bank(first.checkout_url, 'refuse');
        await payment_becomes(anne, first.id, 'failed');
        const second = await pay(anne, made.id);
        await at_bank(second.checkout_url, 'pay');
        await order_becomes(anne, made.id, 'paid');
        return { made, first };
    };
    const pay_first = ({ first }) => books.query(
        `UPDATE demo_bank SET state = 2, received = amount WHERE reference = '${reference_of(first)}'`);
    const refund_state = async ({ made }) => (await order(anne, made.id)).refunds[0]?.state;

    const one = await twice(27);
    await pay_first(one);
    await webhook(own, `id=${reference_of(one.first)}`);
    await eventually(async () => (await refund_state(one)) === 'done', 'given back');
    assert.equal((await order(anne, one.made.id)).refunds[0].reason, 'overpaid');
    assert.equal((await payment(anne, one.first.id)).state, 'returned');

    // Somebody at the bank has given it back already.
    const other = await twice(28);
    await pay_first(other);
    await books.query(`INSERT INTO demo_bank_refund SELECT 1, reference, amount FROM demo_bank WHERE reference = '${reference_of(other.first)}'`);
    await webhook(own, `id=${reference_of(other.first)}`);
    await eventually(async () => (await refund_state(other)) === 'failed', 'refused');
    assert.equal(Number(await books.query('SELECT count(*) FROM demo_bank_refund')), 2);
    // That was a mistake, the bank says; so the staff have it tried again.
    await books.query('DELETE FROM demo_bank_refund WHERE refund = 1');
    const [{ id }] = (await order(anne, other.made.id)).refunds;
    await staff_does(own, `refunds/${id}`, { state: 'due' });
    await eventually(async () => (await refund_state(other)) === 'done', 'given back after all');
    await agrees(own);
});
