// What of orders and money waits for the staff, in the browser: payments to settle and to look at
// (R3), the clock of an order (R4), cancellations and refunds (S30), the seats of a week.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { book, cancel, order_of, pay_by } from '../integration/support/bookings.mjs';
import { api, child_of, parent_of, staff_of } from '../integration/support/client.mjs';
import { pdf_of, send_document } from '../integration/support/documents.mjs';
import { set_stage } from './support/stage.mjs';
import { arrive, arrive_staff, desk, phone } from './support/parents.mjs';
import { press, type_in } from './support/keys.mjs';
import { choose_elsewhere } from './support/sales.mjs';
import { fits, look } from './support/sight.mjs';
import { check_words, languages, speak } from './support/words.mjs';

let clerk;                                           // over the API
const stage = set_stage({ enter: async () => { clerk = await staff_of({ url: `${stage.url}/` }); } });

const api_parent = (family) => parent_of({ url: `${stage.url}/` }, family);

async function staff_at(route, viewport = desk) {
    const marie = await arrive_staff(stage, { viewport });
    await marie.visit(route);
    return marie;
}

/** An open order of family n's first child, to be paid so. */
async function ordered(family, camp, week, method, child = child_of(family)) {
    const parent = await api_parent(family);
    await parent.hold([[await stage.week(camp, week), child]]);
    const order = await order_of(parent);
    const payment = method && await pay_by(parent, order.id, method);
    return { parent, order, payment };
}

/** A click, and that it was meant. */
async function do_surely(marie, test_id) {
    await marie.at(test_id).click();
    await marie.at(`${test_id}-yes`).click();
}

test('R3: a transfer is found by its communication and settled, and the family sees its booking at once', async () => {
    const { order, payment } = await ordered(1, 'moyens', 28, 'transfer');
    await ordered(4, 'moyens', 28, 'counter');
    const anne = await arrive(stage, { family: 1, viewport: phone });
    await anne.visit(`order/${order.id}`);
    await anne.becomes('order', 'awaits_transfer');
    await anne.mark();
    const marie = await staff_at('staff/orders');
    const { page } = marie;
    await marie.appears(`order-${order.id}`);
    await look(marie, 'staff-orders', { whole: true });
    await page.locator('#order-q').fill('999/9999/99999');
    await marie.at('order-search').click();
    await page.locator('main .empty').waitFor();
    await page.locator('#order-q').fill(payment.communication.replaceAll(/[+/]/g, ' '));
    await marie.at('order-search').click();
    await marie.appears(`order-${order.id}`);
    assert.equal(await page.locator('[data-testid="orders"] > li').count(), 1);
    await marie.at(`settle-${payment.id}`).click();
    await look(marie, 'staff-settle', { whole: true });
    await marie.at(`settle-${payment.id}-yes`).click();
    await marie.becomes(`order-${order.id}`, 'paid');
    await marie.becomes(`payment-${payment.id}`, 'paid');
    assert.equal(await marie.at(`settle-${payment.id}`).count(), 0);
    await anne.becomes('order', 'paid');
    assert.ok(await anne.is_marked());
    for (const who of [anne, marie]) {
        who.is_content();
        await who.context.close();
    }
});

test('R3: another amount than asked for waits for the staff, who accept it or give it back', async () => {
    const reviewed = [];
    for (const family of [8, 9]) {
        const { parent, order } = await ordered(family, 'petits', 28, null);
        const asked = await parent.ask('POST', `${api}/orders/${order.id}/payments`, {
            body: { method: 'online' }, headers: { 'idempotency-key': randomUUID() } });
        assert.equal(asked.status, 201, asked.text);
        await choose_elsewhere(asked.json.checkout_url, 'pay_other_amount');
        reviewed.push({ parent, order, payment: asked.json });
    }
    const [accepted, returned] = reviewed;
    const marie = await staff_at('staff/decisions', phone);
    await marie.becomes(`payment-${accepted.payment.id}`, 'review');
    await marie.becomes(`payment-${returned.payment.id}`, 'review');
    await look(marie, 'staff-review', { whole: true });
    await do_surely(marie, `review-accept-${accepted.payment.id}`);
    await marie.becomes(`order-${accepted.order.id}`, 'paid');
    await do_surely(marie, `review-return-${returned.payment.id}`);
    await marie.becomes(`payment-${returned.payment.id}`, 'returned');
    await marie.becomes(`order-${returned.order.id}`, 'open');
    marie.is_content();
    await marie.context.close();
});

test('R4: the clock of an order is stopped and started, and its family sees it', async () => {
    const { order } = await ordered(3, 'moyens', 29, null);
    const sofie = await arrive(stage, { family: 3 });
    await sofie.visit(`order/${order.id}`);
    await sofie.mark();
    const marie = await staff_at('staff/orders', phone);
    await marie.page.getByLabel('Non payées').check();
    await marie.becomes(`clock-${order.id}`, 'running');
    await marie.at(`clock-turn-${order.id}`).click();
    await marie.becomes(`clock-${order.id}`, 'stopped');
    await sofie.page.getByText('Le délai est suspendu par l’équipe').first().waitFor();
    await look(marie, 'staff-clock', { whole: true });
    await marie.at(`clock-turn-${order.id}`).click();
    await marie.becomes(`clock-${order.id}`, 'running');
    await sofie.page.getByText('Le délai est suspendu par l’équipe').first().waitFor({ state: 'detached' });
    assert.ok(await sofie.is_marked());
    for (const who of [sofie, marie]) {
        who.is_content();
        await who.context.close();
    }
});

test('S30: a cancellation with its motive, its document and what the rules give back; the refund is followed', async () => {
    const benoit = await api_parent(2);
    const week = await stage.week('grands', 30);
    const order = await book(benoit, clerk, [[week, child_of(2, 0)]]);
    const { document } = (await send_document(benoit, pdf_of('certificat'))).json;
    const asked = await cancel(benoit, order.lines[0].hold, { motive: 'Louis est malade.\nVoir le certificat.', document });
    assert.equal(asked.status, 202, asked.text);
    const { request } = asked.json;
    const marie = await staff_at('staff/decisions');
    const { page } = marie;
    assert.match(await marie.text_of(`decision-${request}`), /Louis.*Benoît Delvaux.*Louis est malade\. Voir le certificat.*%/);
    await look(marie, 'staff-cancellation', { whole: true });
    const [file] = await Promise.all([page.waitForEvent('download'), marie.at(`document-${request}`).click()]);
    assert.ok(readFileSync(await file.path()).equals(pdf_of('certificat')));

    await page.locator(`#percent-${request}`).fill('120');
    await marie.at(`accept-${request}`).click();
    await page.getByText('Un nombre entier de 0 à 100').first().waitFor();
    await page.locator(`#percent-${request}`).fill('40');
    const part = Math.floor((order.lines[0].amount * 40 + 50) / 100);
    const words = new RegExp(`Au plus ${(part / 100).toFixed(part % 100 ? 2 : 0).replace('.', ',')}`);
    assert.match(await marie.text_of(`decision-${request}`), words);
    await page.locator(`#note-${request}`).fill('Bon rétablissement');
    await marie.at(`accept-${request}`).click();
    await marie.leaves(`decision-${request}`);

    // Nothing was paid by card: the staff give it back by hand, and say so.
    const [refund] = (await benoit.read(`${api}/orders/${order.id}`)).refunds;
    assert.deepEqual([refund.amount, refund.state], [part, 'due']);
    await marie.visit('staff/orders');
    await marie.becomes(`refund-${refund.id}`, 'due');
    await do_surely(marie, `refund-done-${refund.id}`);
    await marie.becomes(`refund-${refund.id}`, 'done');
    marie.is_content();
    await marie.context.close();
});

test('S25: more seats for a week are there for everybody at once', async () => {
    const week = await stage.week('artistes', 31);
    const anne = await arrive(stage, { family: 1 });
    const marie = await staff_at('staff/weeks', phone);
    const before = Number(await marie.at(`seats-${week}`).getAttribute('data-capacity'));
    await look(marie, 'staff-weeks', { whole: true });
    await marie.at(`seats-change-${week}`).click();
    await marie.page.locator(`#capacity-${week}`).fill('x');
    assert.equal(await marie.at(`seats-save-${week}`).isDisabled(), true);
    await marie.page.locator(`#capacity-${week}`).fill(String(before + 7));
    await look(marie, 'staff-week');
    await marie.at(`seats-save-${week}`).click();
    await marie.page.locator(`[data-testid="seats-${week}"][data-capacity="${before + 7}"]`).waitFor();
    await anne.has_places(week, before + 7);
    for (const who of [anne, marie]) {
        who.is_content();
        await who.context.close();
    }
});

test('all of it with the keyboard alone', async () => {
    const { order, payment } = await ordered(5, 'petits', 29, 'counter', child_of(5, 1));
    const parent = await api_parent(10);
    const booked = await book(parent, clerk, [[await stage.week('moyens', 30), child_of(10)]]);
    const { request } = (await cancel(parent, booked.lines[0].hold)).json;
    const week = await stage.week('artistes', 29);
    const marie = await staff_at('staff/decisions');
    const { page } = marie;
    await type_in(page, `#percent-${request}`, '0');
    await type_in(page, `#note-${request}`, 'Trop tard');
    await press(page, `accept-${request}`);
    await marie.leaves(`decision-${request}`);
    await press(page, 'staff-orders');
    await type_in(page, '#order-q', String(order.id));
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelectorAll('[data-testid="orders"] > li').length === 1);
    await press(page, `settle-${payment.id}`);
    await press(page, `settle-${payment.id}-no`);
    await page.waitForFunction((id) => document.activeElement.dataset.testid === id, `settle-${payment.id}`);
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement.className === 'sure');
    await press(page, `settle-${payment.id}-yes`);
    await marie.becomes(`order-${order.id}`, 'paid');
    await press(page, 'staff-weeks');
    await marie.appears(`seats-${week}`);
    await press(page, `seats-change-${week}`);
    await page.waitForFunction(() => document.activeElement.tagName === 'INPUT');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('31');
    await page.keyboard.press('Enter');
    await page.locator(`[data-testid="seats-${week}"][data-capacity="31"]`).waitFor();
    marie.is_content();
    await marie.context.close();
});

test('and in four languages', async () => {
    await ordered(1, 'moyens', 31, 'transfer');
    const marie = await staff_at('staff/orders', phone);
    for (const language of languages) {
        await speak(marie, language);
        for (const route of ['staff/decisions', 'staff/weeks', 'staff/orders']) {
            await marie.visit(route);
            await check_words(marie, language);
            await fits(marie, `${route.replace('/', '-')}-${language}`);
        }
        await marie.page.locator('input[name="orders-state"][value="all"]').check();
        await marie.appears('orders');
        await check_words(marie, language);
        await fits(marie, `staff-orders-all-${language}`);
    }
    marie.is_content();
    await marie.context.close();
});
