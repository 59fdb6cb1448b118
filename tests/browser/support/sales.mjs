// From the calendar to the booking as a parent does it, and the demo's bank.
import assert from 'node:assert/strict';

export async function go_to(parent, hash, test_id) {
    await parent.page.evaluate((to) => { location.hash = to; }, hash);
    await parent.appears(test_id);
}

/** The words of an element, without what keeps them on one line. */
export async function words_of(parent, test_id) {
    return (await parent.text_of(test_id)).replaceAll('\u2060', '');
}

/** Picks and books; `items` are [child, week] pairs. */
export async function hold(parent, items) {
    await parent.go('calendar');
    for (const [child, week] of items) {
        await parent.at(`child-${child}`).click();
        await parent.pick(week);
    }
    await parent.book();
}

/** S23, S27: from the basket to the order; its id. */
export async function finalise(parent) {
    await parent.go('basket');
    await parent.becomes('sum', 'priced');
    await parent.at('to-finalise').click();
    await parent.at('all-in-yes').click();
    await parent.at('confirm-finalise').click();
    await parent.becomes('order', 'to_pay');
    return Number(/#order\/(\d+)$/.exec(parent.page.url())[1]);
}

/** S28: from the order to the bank's own page. */
export async function to_bank(parent) {
    await parent.at('to-pay').click();
    await parent.at('method-online').check();
    await parent.at('pay').click();
    await at_bank(parent);
}

export async function at_bank(parent) {
    await parent.page.waitForURL(/\/demo\/bank\//);
    await parent.page.locator('button[value="pay"]').waitFor();
}

/** What one does at the bank: pay, refuse, wait, pay_other_amount, pay_other_currency. */
export async function choose(parent, what) {
    await parent.page.locator(`button[value="${what}"]`).click();
    await parent.page.waitForURL(/#payment\/\d+$/);
    return Number(/#payment\/(\d+)$/.exec(parent.page.url())[1]);
}

/** The same on another device, while this one's page stays where it is. */
export async function choose_elsewhere(address, what) {
    const answer = await fetch(address, {
        method: 'POST', redirect: 'manual', body: new URLSearchParams({ choose: what }),
        headers: { origin: new URL(address).origin },
    });
    assert.equal(answer.status, 303, await answer.text());
}

/** What the server knows, asked from within the page. */
export function read(parent, path) {
    return parent.page.evaluate(async (to) => (await fetch(`/api/v1${to}`)).json(), path);
}

export async function order_of(parent, id) {
    return read(parent, `/orders/${id}`);
}
