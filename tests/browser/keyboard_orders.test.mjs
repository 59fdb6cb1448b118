// From the basket to the bank, and to a cancellation request, with the keyboard alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { child_of, set_stage } from './support/stage.mjs';
import { press, tab_to } from './support/keys.mjs';
import { arrive, desk, phone } from './support/parents.mjs';
import { hold } from './support/sales.mjs';

const stage = set_stage();

for (const [name, viewport, family, index, camp] of [['a phone', phone, 3, 1, 'grands'], ['a desk', desk, 8, 2, 'grands']]) {
    test(`from the basket to the booking and a cancellation request, on ${name}`, async () => {
        const parent = await arrive(stage, { viewport, family });
        const { page } = parent;
        const child = child_of(family, index);
        const week = await stage.week(camp, 31);
        const heading = () => page.waitForFunction(() => document.activeElement.tagName === 'H1');
        const has_focus = (id) => page.waitForFunction(
            (wanted) => [document.activeElement.dataset.testid, document.activeElement.id].includes(wanted), id);
        await hold(parent, [[child, week]]);

        await press(page, 'finalise');
        await parent.becomes('sum', 'priced');
        await heading();
        await press(page, 'to-finalise');
        await parent.appears('all-in');
        // Escape asks nothing further and goes back to where one was.
        await page.keyboard.press('Escape');
        await parent.leaves('all-in');
        await has_focus('to-finalise');
        await page.keyboard.press('Enter');
        await press(page, 'all-in-yes');
        await parent.appears('confirm-finalise');
        await heading();
        await press(page, 'confirm-finalise');
        await parent.becomes('order', 'to_pay');
        await heading();
        await press(page, 'to-pay');
        await parent.appears('pay-form');
        await heading();
        // Nothing chosen: what is wrong has the focus, and leads to the choice.
        await press(page, 'pay');
        await has_focus('faults');
        await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
        await has_focus('method-online');
        await page.keyboard.press('Space');
        await press(page, 'pay');
        await page.waitForURL(/\/demo\/bank\//);
        await page.locator('button[value="pay"]').focus();
        await page.keyboard.press('Enter');

        await parent.becomes('payment', 'paid');
        await press(page, 'to-order');
        await parent.becomes('order', 'paid');
        await heading();
        await press(page, `cancel-${week}-${child}`);
        await parent.appears('cancel-form');
        await heading();
        await press(page, 'submit');
        await has_focus('faults');
        await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
        await has_focus('motive');
        await page.keyboard.type('Malade.');
        await tab_to(page, 'document');
        await press(page, 'submit');
        await parent.becomes(`cancellation-${week}-${child}`, 'pending');
        await heading();
        assert.match(await parent.text_of('announcement'), /Demande envoyée/);
        parent.is_content();
        await parent.context.close();
    });
}
