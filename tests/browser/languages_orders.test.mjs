// From the basket to the booking in four languages: no text is missing, none is left in French, and
// none is too long for a phone.
import { test } from 'node:test';
import { child_of, set_stage } from './support/stage.mjs';
import { arrive, phone } from './support/parents.mjs';
import { at_bank, choose, finalise, go_to, hold } from './support/sales.mjs';
import { fits } from './support/sight.mjs';
import { check_words, languages, speak } from './support/words.mjs';

const stage = set_stage({ args: ['--transfer-account', 'BE68539007547034'] });
const families = [1, 3, 8, 9];
const cast = { 1: [[0, 'moyens'], [1, 'petits']], 3: [[0, 'moyens'], [1, 'grands']],
    8: [[0, 'petits'], [2, 'grands']], 9: [[1, 'moyens'], [2, 'grands']] };

for (const [n, language] of languages.entries()) {
    const family = families[n];
    const read = async (parent, name) => {
        await check_words(parent, language);
        await fits(parent, `${name}-${language}`);
    };

    test(`from the basket to the booking in ${language}`, async () => {
        const parent = await arrive(stage, { family, viewport: phone });
        const { page } = parent;
        await speak(parent, language);
        await go_to(parent, 'basket', 'basket');
        await read(parent, 'basket-empty');
        await go_to(parent, 'orders', 'no-orders');
        await read(parent, 'orders-none');
        const items = [];
        for (const [index, camp] of cast[family]) items.push([child_of(family, index), await stage.week(camp, 31)]);
        await hold(parent, items);
        await parent.go('basket');
        await parent.becomes('sum', 'priced');
        await read(parent, 'basket');
        await parent.at('to-finalise').click();
        await parent.appears('all-in');
        await read(parent, 'all-in');
        await parent.at('all-in-yes').click();
        await parent.appears('confirm-finalise');
        await read(parent, 'finalise');
        const id = await finalise(parent);
        await read(parent, 'order');
        await parent.at('to-pay').click();
        await parent.appears('pay-form');
        await parent.at('pay').click();
        await parent.appears('faults');
        await read(parent, 'pay-faults');
        for (const [method, state] of [['transfer', 'awaits_transfer'], ['counter', 'awaits_counter']]) {
            await parent.at(`method-${method}`).check();
            await parent.at('pay').click();
            await parent.becomes('order', state);
            await read(parent, `order-${method}`);
            await parent.at('to-pay').click();
            await parent.appears('pay-form');
        }
        await go_to(parent, `order/${id}`, 'order');
        await parent.at('abandon').click();
        await parent.appears('confirm-abandon');
        await read(parent, 'abandon');
        await page.keyboard.press('Escape');
        for (const [choice, state] of [['wait', 'waiting'], ['refuse', 'refused'], ['pay', 'paid']]) {
            await go_to(parent, `order/${id}/pay`, 'pay-form');
            await parent.at('method-online').check();
            await parent.at('pay').click();
            await at_bank(parent);
            await choose(parent, choice);
            await parent.becomes('payment', state);
            await read(parent, `payment-${state}`);
        }
        await parent.at('to-order').click();
        await parent.becomes('order', 'paid');
        await page.locator('[data-testid^="cancel-"]').first().click();
        await parent.appears('cancel-form');
        await parent.at('submit').click();
        await parent.appears('faults');
        await read(parent, 'cancel-faults');
        await page.locator('#motive').fill('…');
        await parent.at('submit').click();
        await parent.becomes('order', 'paid');
        await page.locator('[data-testid^="cancellation-"]').waitFor();
        await read(parent, 'order-cancellation');
        await parent.go('orders');
        await parent.becomes(`order-${id}`, 'paid');
        await read(parent, 'orders');
        await parent.go('calendar');
        await parent.at(`child-${items[0][0]}`).click();
        await parent.becomes(`week-${items[0][1]}`, 'held');
        await read(parent, 'calendar-booked');
        parent.is_content();
        await parent.context.close();
    });
}
