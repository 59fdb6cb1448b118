// B4 in the browser: money that arrives after the order has ended takes a place again while there
// is one, and goes back when there is none; and a server that is killed between the bank's call and
// its answer. The parent's page says what is true, by itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { child_of, set_stage } from './support/stage.mjs';
import { arrive, desk, phone } from './support/parents.mjs';
import { at_bank, choose, choose_elsewhere, finalise, hold, order_of, to_bank } from './support/sales.mjs';
import { look } from './support/sight.mjs';

const stage = set_stage({ args: ['--hold', '20s'] });
const patience = { timeout: 40_000 };

/** Waits at the bank with the order's second payment: only the first has a pin (B4: once an order). */
async function wait_at_bank(parent) {
    const order = await finalise(parent);
    await to_bank(parent);
    await choose(parent, 'refuse');
    await parent.becomes('payment', 'refused');
    await parent.at('pay-again').click();
    await parent.at('method-online').check();
    await parent.at('pay').click();
    await at_bank(parent);
    const bank = parent.page.url();
    const payment = await choose(parent, 'wait');
    await parent.becomes('payment', 'waiting');
    return { order, bank, payment };
}

/** Until the order has ended, and the page has heard of it. */
async function ended(parent, { order, payment }) {
    await parent.page.evaluate((id) => { location.hash = `order/${id}`; }, order);
    await parent.page.locator('[data-testid="order"][data-state="expired"]').waitFor({ state: 'attached', ...patience });
    await look(parent, 'order-expired', { whole: true });
    await parent.page.evaluate((id) => { location.hash = `payment/${id}`; }, payment);
    await parent.becomes('payment', 'waiting_late');
    await look(parent, 'payment-waiting-late', { whole: true });
}

test('B4: money after the end takes the seat again', async () => {
    const sofie = await arrive(stage, { family: 3, viewport: phone });
    const week = await stage.week('grands', 28);
    await hold(sofie, [[child_of(3, 1), week]]);
    const facts = await wait_at_bank(sofie);
    await ended(sofie, facts);
    await choose_elsewhere(facts.bank, 'pay');
    await sofie.becomes('payment', 'reseated');
    await look(sofie, 'payment-reseated', { whole: true });
    const order = await order_of(sofie, facts.order);
    assert.deepEqual([order.state, order.lines[0].state, order.paid], ['paid', 'booked', order.total]);
    await sofie.at('to-order').click();
    await sofie.becomes(`state-${week}-${child_of(3, 1)}`, 'booked');
    sofie.is_content();
    await sofie.context.close();
});

test('B4: no place left: the money goes back by itself, and the page says so', async () => {
    const minh = await arrive(stage, { family: 8, viewport: desk });
    const benoit = await arrive(stage, { family: 2 });
    const week = await stage.week('grands', 30);
    await stage.set_places(week, 1, minh, benoit);
    await hold(minh, [[child_of(8, 2), week]]);
    const facts = await wait_at_bank(minh);
    await ended(minh, facts);
    // The place is back in the calendar, and somebody else takes it.
    await benoit.at(`child-${child_of(2, 0)}`).click();
    await benoit.has_places(week, 1);
    await benoit.pick(week);
    await benoit.book();
    await choose_elsewhere(facts.bank, 'pay');
    await minh.becomes('payment', 'refunded_full');
    await look(minh, 'payment-refunded', { whole: true });
    await minh.at('to-order').click();
    await minh.becomes('order', 'refunded');
    await minh.page.locator('[data-testid^="refund-"]').waitFor();
    const { refunds, payments } = await order_of(minh, facts.order);
    assert.deepEqual(refunds.map((r) => [r.reason, r.amount]), [['no_seat_left', payments.find((p) => p.id === facts.payment).amount]]);
    await look(minh, 'order-refunded', { whole: true });
    for (const parent of [minh, benoit]) parent.is_content();
    await minh.context.close();
    await benoit.context.close();
});

test('killed between the bank\'s call and its answer: after the new start the page says that it is paid', async () => {
    const emre = await arrive(stage, { family: 4, viewport: phone });
    const week = await stage.week('moyens', 29);
    await hold(emre, [[child_of(4, 0), week]]);
    const order = await finalise(emre);
    await to_bank(emre);
    const bank = emre.page.url();
    await choose(emre, 'wait');
    await emre.becomes('payment', 'waiting');
    await choose_elsewhere(bank, 'pay');
    await stage.kill();
    await emre.becomes('connection', 'offline');
    await look(emre, 'payment-offline', { whole: true });
    await stage.start();
    await emre.page.locator('[data-testid="payment"][data-state="paid"]').waitFor({ state: 'attached', ...patience });
    const { state, lines, payments } = await order_of(emre, order);
    assert.deepEqual([state, lines[0].state, payments.length], ['paid', 'booked', 1]);
    emre.is_content();
    await emre.context.close();
});
