// From the basket to the booking in the browser, with the demo's bank: prices with their reasons
// (S24), finalising (S23, S27), paying (S28, R3), the way back from the bank, cancellation requests
// (S30); and that there is no dead end after back, reload, two tabs or a lost connection.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { child_of, set_stage } from './support/stage.mjs';
import { arrive, desk, phone } from './support/parents.mjs';
import { look } from './support/sight.mjs';
import { at_bank, choose, choose_elsewhere, finalise, go_to, hold, order_of, read, to_bank, words_of } from './support/sales.mjs';

const stage = set_stage({ args: ['--transfer-account', 'BE68539007547034'] });
const week = (camp, number) => stage.week(camp, number);

/** Two children of family 1, three weeks: the second child in age has its reduction. */
async function three_weeks() {
    return [[child_of(1, 0), await week('moyens', 28)], [child_of(1, 0), await week('moyens', 30)],
        [child_of(1, 1), await week('petits', 28)]];
}

async function leave(parent) {
    parent.is_content();
    await parent.context.close();
}

/** Gives up what is open, so that the next test begins with an empty basket. */
async function clear(parent) {
    const { orders } = await read(parent, '/orders');
    for (const { id } of orders.filter((o) => o.state === 'open')) {
        await go_to(parent, `order/${id}`, 'order');
        await parent.at('abandon').click();
        await parent.at('confirm-abandon').click();
        await parent.page.locator('main.page-basket').waitFor();
    }
    for (const { week: id, child } of (await read(parent, '/basket')).holds) await parent.release(id, child);
}

test('S22 to S24, S27: the basket by child with its price and reasons, and the question before finalising', async () => {
    const anne = await arrive(stage, { family: 1, viewport: phone });
    const items = await three_weeks();
    await hold(anne, items);
    await anne.at('finalise').click();
    await anne.becomes('sum', 'priced');
    assert.match(await words_of(anne, 'basket'), /2e enfant de la famille : −6,50 €/);
    assert.equal(await words_of(anne, 'basket-total'), 'Total du panier 188,50 €');
    assert.match(await words_of(anne, 'sum'), /Les prix dégressifs comptent ensemble tous les enfants du panier/);
    assert.match(await words_of(anne, 'earliest'), /Première échéance : .* encore /);
    await look(anne, 'basket-priced', { whole: true });

    await anne.at('to-finalise').click();
    assert.match(await words_of(anne, 'all-in'), /Tous vos enfants sont-ils dans le panier.* Léa 2 semaines Hugo 1 semaine Emma pas dans le panier/);
    await look(anne, 'all-in');
    // "Inscrire un autre enfant" leads to the calendar of who is missing.
    await anne.at('all-in-another').click();
    await anne.page.locator('main.page-calendar').waitFor();
    assert.equal(await anne.at(`child-${child_of(1, 2)}`).getAttribute('aria-pressed'), 'true');

    await anne.go('basket');
    await anne.at('to-finalise').click();
    await anne.at('all-in-yes').click();
    await anne.appears('confirm-finalise');
    await look(anne, 'finalise', { whole: true });
    // S27: "Abandonner" leaves the holds as they are.
    await anne.at('leave-finalise').click();
    for (const [child, id] of items) await anne.appears(`hold-${id}-${child}`);
    assert.deepEqual((await read(anne, '/orders')).orders, []);
    await clear(anne);
    await leave(anne);
});

test('S28: an order, the bank, and back: confirmed, in the calendar too, and in another window at once', async () => {
    const anne = await arrive(stage, { family: 1 });
    const other = await arrive(stage, { family: 1, viewport: phone });
    const items = await three_weeks();
    await hold(anne, items);
    const id = await finalise(anne);
    await look(anne, 'order', { whole: true });
    await go_to(other, `order/${id}`, 'order');
    await other.becomes('order', 'to_pay');
    await look(other, 'order', { whole: true });
    await anne.at('to-pay').click();
    await anne.appears('pay-form');
    assert.match(await words_of(anne, 'pay-form'), /En ligne .* Virement bancaire .* Au guichet/);
    await look(anne, 'pay', { whole: true });
    await anne.at('pay').click();
    await anne.appears('faults');
    await anne.at('method-online').check();
    await anne.at('pay').click();
    await at_bank(anne);
    await other.becomes('order', 'at_bank');
    await choose(anne, 'pay');
    await anne.becomes('payment', 'paid');
    await look(anne, 'payment-paid', { whole: true });
    await other.becomes('order', 'paid');
    const order = await order_of(anne, id);
    assert.equal(order.state, 'paid');
    assert.equal(order.paid, order.total);
    await anne.at('to-order').click();
    for (const [child, each] of items) await anne.becomes(`state-${each}-${child}`, 'booked');
    await anne.go('calendar');
    await anne.at(`child-${items[0][0]}`).click();
    await anne.becomes(`week-${items[0][1]}`, 'held');
    assert.match(await words_of(anne, `held-${items[0][1]}-${items[0][0]}`), /Inscription confirmée : Léa/);
    await anne.go('orders');
    await anne.becomes(`order-${id}`, 'paid');
    await look(anne, 'orders', { whole: true });
    await leave(other);
    await leave(anne);
});

test('a refused payment costs nothing: the way leads to another one, which is paid', async () => {
    const benoit = await arrive(stage, { family: 2, viewport: phone });
    await hold(benoit, [[child_of(2, 0), await week('grands', 28)]]);
    const id = await finalise(benoit);
    await to_bank(benoit);
    const refused = await choose(benoit, 'refuse');
    await benoit.becomes('payment', 'refused');
    await look(benoit, 'payment-refused', { whole: true });
    await benoit.at('pay-again').click();
    await benoit.at('method-online').check();
    await benoit.at('pay').click();
    await at_bank(benoit);
    const paid = await choose(benoit, 'pay');
    assert.notEqual(paid, refused);
    await benoit.becomes('payment', 'paid');
    // The former return page tells of the former payment still.
    await go_to(benoit, `payment/${refused}`, 'payment');
    await benoit.becomes('payment', 'refused_late');
    assert.equal((await order_of(benoit, id)).payments.length, 2);
    await leave(benoit);
});

test('who comes back before the bank has decided waits on the page, and hears the truth by itself', async (t) => {
    const sofie = await arrive(stage, { family: 3 });
    await hold(sofie, [[child_of(3, 1), await week('grands', 28)]]);
    await finalise(sofie);
    await to_bank(sofie);
    const bank = sofie.page.url();
    await choose(sofie, 'wait');
    await sofie.becomes('payment', 'waiting');
    await look(sofie, 'payment-waiting', { whole: true });
    const begun = performance.now();
    await choose_elsewhere(bank, 'pay');
    await sofie.becomes('payment', 'paid');
    t.diagnostic(`seen ${Math.round(performance.now() - begun)} ms after the bank had it`);
    await leave(sofie);
});

test('back from the bank by the browser: the order says where the payment stands and leads on', async () => {
    const emre = await arrive(stage, { family: 4, viewport: phone });
    await hold(emre, [[child_of(4, 0), await week('moyens', 28)]]);
    const id = await finalise(emre);
    await to_bank(emre);
    const bank = emre.page.url();
    await emre.page.goBack();
    await emre.appears('pay-form');
    // The same way to pay again finds the payment that there is.
    await emre.at('method-online').check();
    await emre.at('pay').click();
    await at_bank(emre);
    assert.equal(emre.page.url(), bank);
    await emre.page.goto(`${stage.url}/#order/${id}`);
    await emre.becomes('order', 'at_bank');
    assert.ok(await emre.at('abandon').isDisabled(), 'B4: nothing is given up under the bank\'s open page');
    await look(emre, 'order-at-bank', { whole: true });
    await emre.at('to-bank').click();
    await at_bank(emre);
    await choose(emre, 'pay');
    await emre.becomes('payment', 'paid');
    assert.equal((await order_of(emre, id)).payments.length, 1);
    await leave(emre);
});

test('two tabs and lost answers: one order and one payment', async () => {
    const minh = await arrive(stage, { family: 8 });
    const tab = await minh.context.newPage();
    await hold(minh, [[child_of(8, 2), await week('grands', 30)]]);
    await go_to(minh, 'finalise', 'confirm-finalise');
    await tab.goto(`${stage.url}/#finalise`);
    await tab.getByTestId('confirm-finalise').waitFor();
    // The answer is lost on its way; asked again, the server gives the same order.
    let lost = 0;
    await minh.page.route('**/api/v1/orders', async (route) => {
        if (route.request().method() !== 'POST' || lost > 0) return route.continue();
        lost++;
        await route.fetch();
        return route.abort('connectionreset');
    });
    await minh.at('confirm-finalise').click();
    await minh.becomes('order', 'to_pay');
    assert.equal(lost, 1);
    // The other tab hears that there is nothing left to finalise, and where it went.
    await tab.getByTestId('unpaid').waitFor();
    const { orders } = await read(minh, '/orders');
    assert.equal(orders.length, 1);
    // The answer to the payment is lost, and the page loaded anew meanwhile.
    await minh.at('to-pay').click();
    await minh.at('method-online').check();
    await minh.page.route('**/payments', async (route) => {
        await route.fetch();
        await minh.page.unroute('**/payments');
        await route.abort('connectionreset');
    });
    await minh.at('pay').click();
    await at_bank(minh);
    await choose(minh, 'pay');
    await minh.becomes('payment', 'paid');
    const [order] = (await read(minh, '/orders')).orders;
    assert.equal(order.payments.length, 1);
    await tab.close();
    await leave(minh);
});

test('R3: a transfer shows the account and the communication; the counter says where; both can be changed', async () => {
    const katrien = await arrive(stage, { family: 9, viewport: phone });
    await katrien.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await hold(katrien, [[child_of(9, 2), await week('grands', 28)]]);
    const id = await finalise(katrien);
    const before = (await order_of(katrien, id)).deadline;
    await katrien.at('to-pay').click();
    await katrien.at('method-transfer').check();
    await katrien.at('pay').click();
    await katrien.becomes('order', 'awaits_transfer');
    const { deadline, payments: [payment] } = await order_of(katrien, id);
    assert.ok(Date.parse(deadline) > Date.parse(before), 'the transfer has its own time');
    assert.match(payment.communication, /^\+\+\+\d{3}\/\d{4}\/\d{5}\+\+\+$/);
    assert.equal(await words_of(katrien, 'communication'), payment.communication);
    assert.match(await words_of(katrien, 'account'), /BE68/);
    await katrien.at('copy-communication').click();
    assert.equal(await katrien.page.evaluate(() => navigator.clipboard.readText()), payment.communication);
    await look(katrien, 'order-transfer', { whole: true });
    await katrien.at('to-pay').click();
    await katrien.at('method-counter').check();
    await katrien.at('pay').click();
    await katrien.becomes('order', 'awaits_counter');
    await look(katrien, 'order-counter', { whole: true });
    // S27: abandoning gives the places back to the basket.
    await katrien.at('abandon').click();
    await look(katrien, 'abandon');
    await katrien.at('confirm-abandon').click();
    await katrien.page.locator('main.page-basket').waitFor();
    await katrien.appears(`hold-${await week('grands', 28)}-${child_of(9, 2)}`);
    await go_to(katrien, `order/${id}`, 'order');
    await katrien.becomes('order', 'abandoned');
    await leave(katrien);
});

test('B4: another amount than asked is under review, and says so', async () => {
    const alice = await arrive(stage, { family: 10 });
    await hold(alice, [[child_of(10, 0), await week('moyens', 29)]]);
    await finalise(alice);
    await to_bank(alice);
    await choose(alice, 'pay_other_amount');
    await alice.becomes('payment', 'review');
    await look(alice, 'payment-review', { whole: true });
    await alice.at('to-order').click();
    await alice.becomes('order', 'review');
    await alice.appears('clock-stopped');
    await look(alice, 'order-review', { whole: true });
    await leave(alice);
});

test('offline: all can be read, nothing is sent, and it goes on when the connection is back', async () => {
    const katrien = await arrive(stage, { family: 9 });
    await katrien.go('basket');
    const [{ week: id, child }] = (await read(katrien, '/basket')).holds;
    await katrien.becomes('sum', 'priced');
    await katrien.at('to-finalise').click();
    await katrien.at('all-in-yes').click();
    await katrien.appears('confirm-finalise');
    await katrien.context.setOffline(true);
    await katrien.appears('offline-banner');
    assert.ok(await katrien.at('confirm-finalise').isDisabled());
    assert.match(await words_of(katrien, 'offline-reason'), /Hors ligne/);
    await look(katrien, 'finalise-offline', { whole: true });
    await katrien.context.setOffline(false);
    await katrien.becomes('connection', 'live');
    await katrien.at('confirm-finalise').click();
    await katrien.becomes('order', 'to_pay');
    await katrien.appears(`line-${id}-${child}`);
    await clear(katrien);
    await leave(katrien);
});

test('what does not exist, belongs to others or cannot be fetched is said, with a way on', async () => {
    const petra = await arrive(stage, { family: 5, viewport: phone });
    await go_to(petra, 'orders', 'no-orders');
    await look(petra, 'orders-none', { whole: true });
    const anne = await arrive(stage, { family: 1 });
    const [{ id, payments: [payment] }] = (await read(anne, '/orders')).orders;
    await leave(anne);
    await go_to(petra, `order/${id}`, 'order-unknown');
    await go_to(petra, 'order/9999999', 'order-unknown');
    await look(petra, 'order-unknown');
    await go_to(petra, `payment/${payment.id}`, 'payment');
    await petra.becomes('payment', 'unknown');
    await petra.page.route('**/api/v1/orders', (route) => route.abort());
    await petra.page.reload();
    await go_to(petra, 'orders', 'failed');
    await look(petra, 'orders-failed');
    await petra.page.unroute('**/api/v1/orders');
    await petra.at('failed').getByRole('button').click();
    await petra.appears('no-orders');
    await leave(petra);
});

test('S30: a cancellation is asked for with a motive and a document, whose size and type are looked at before', async () => {
    const anne = await arrive(stage, { family: 1, viewport: phone });
    const [order] = (await read(anne, '/orders')).orders.filter((o) => o.state === 'paid');
    const line = order.lines.find((l) => l.state === 'booked');
    await go_to(anne, `order/${order.id}`, 'order');
    await anne.at(`cancel-${line.week}-${line.child}`).click();
    await anne.appears('cancel-form');
    assert.match(await words_of(anne, 'organiser'), /Maison communale.*plaines@/);
    await look(anne, 'cancel', { whole: true });
    const file = anne.page.locator('#document');
    await file.setInputFiles({ name: 'certificat.pdf', mimeType: 'application/pdf', buffer: Buffer.from('MZ not a pdf at all') });
    await anne.appears('faults');
    assert.match(await words_of(anne, 'faults'), /ni un PDF ni une photo/);
    await file.setInputFiles({ name: 'grand.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(5 * 1024 * 1024 + 1, '%PDF-') });
    await anne.at('submit').click();
    assert.match(await words_of(anne, 'faults'), /trop grand.*|Indiquez un motif.*trop grand/);
    await look(anne, 'cancel-faults', { whole: true });
    await anne.at('faults').getByRole('link', { name: /motif/i }).click();
    assert.equal(await anne.page.evaluate(() => document.activeElement.id), 'motive');
    await anne.page.locator('#motive').fill('Léa est malade.');
    // What was typed is there again after a reload.
    await anne.page.reload();
    await anne.appears('cancel-form');
    assert.equal(await anne.page.locator('#motive').inputValue(), 'Léa est malade.');
    await file.setInputFiles({ name: 'certificat.pdf', mimeType: 'application/pdf', buffer: Buffer.from(small_pdf) });
    await anne.appears('chosen');
    await anne.at('submit').click();
    await anne.becomes('order', 'paid');
    await anne.becomes(`cancellation-${line.week}-${line.child}`, 'pending');
    assert.equal(await anne.at(`cancel-${line.week}-${line.child}`).count(), 0);
    await look(anne, 'order-cancellation', { whole: true });
    await leave(anne);
});

const small_pdf = '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n'
    + 'xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000053 00000 n \ntrailer<</Size 3/Root 1 0 R>>\nstartxref\n97\n%%EOF\n';

test('at a desk: basket, listing, paying and history are whole', async () => {
    const anne = await arrive(stage, { family: 1, viewport: desk });
    await hold(anne, [[child_of(1, 2), await week('grands', 30)], [child_of(1, 1), await week('petits', 31)]]);
    await anne.go('basket');
    await anne.becomes('sum', 'priced');
    // What is paid already counts with it (B5), and the page says so.
    assert.match(await words_of(anne, 'sum'), /Vos inscriptions déjà payées comptent aussi/);
    await look(anne, 'basket-priced', { whole: true });
    await anne.at('to-finalise').click();
    await look(anne, 'all-in');
    await anne.at('all-in-yes').click();
    await anne.appears('confirm-finalise');
    await look(anne, 'finalise', { whole: true });
    await leave(anne);
});
