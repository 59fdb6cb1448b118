// Every state of the page on a phone and at a desk: nothing that axe-core finds serious, nothing
// wider than the screen, no complaint of the browser, and a picture of each.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client } from '../integration/support/client.mjs';
import { child_of, set_stage } from './support/stage.mjs';
import { arrive, desk, phone } from './support/parents.mjs';
import { look } from './support/sight.mjs';

const louis = child_of(2, 0);
let other;                                           // another family, over the API
const stage = set_stage({ args: ['--opens-in', '26h'], enter: async () => {
    other = await new client(`${stage.url}/`).login(2);
} });

// A calendar some time after its opening: some weeks nearly full, some gone.
async function set_scene() {
    await stage.tell('week', 'set-opening', 'all', 'now');
    const left = [['petits', 27, 3], ['petits', 29, 1], ['moyens', 27, 2], ['moyens', 30, 9],
        ['grands', 29, 5], ['grands', 31, 14], ['multisports', 29, 4], ['nature', 30, 2],
        ['artistes', 31, 1], ['petits', 31, 11], ['moyens', 33, 1], ['grands', 28, 20]];
    for (const [camp, number, places] of left) {
        await stage.tell('week', 'set-capacity', await stage.week(camp, number), places);
    }
    for (const [camp, number] of [['nature', 28], ['multisports', 31]]) {
        const week = await stage.week(camp, number);
        await stage.tell('week', 'set-capacity', week, 1);
        await other.hold([[week, louis]]);
    }
}

const families = [['phone', phone, 1], ['desk', desk, 9]];

for (const [name, viewport] of families) {
    test(`before the opening, and nobody logged in, at a ${name}`, async () => {
        const anne = await arrive(stage, { viewport });
        await anne.becomes('countdown', 'before');
        await anne.becomes('connection', 'live');
        await look(anne, 'visitor', { whole: true });
        await anne.at('choose').click();
        await anne.appears('family-1');
        await look(anne, 'choose');
        await anne.at('family-1').click();
        await anne.appears('nav-basket');
        await anne.pick(await stage.week('moyens', 28));
        await look(anne, 'before');
        anne.is_content();
        await anne.context.close();
    });
}

for (const [name, viewport, family] of families) {
    test(`from a selection to the basket, at a ${name}`, async () => {
        if (name === 'phone') await set_scene();
        const parent = await arrive(stage, { viewport, family });
        const { page } = parent;
        await parent.becomes('countdown', 'open');
        await look(parent, 'calendar', { whole: true });

        const children = family === 1
            ? [[child_of(1, 0), 'artistes', 33], [child_of(1, 1), 'petits', 30], [child_of(1, 2), 'grands', 30]]
            : [[child_of(9, 0), 'petits', 30], [child_of(9, 1), 'moyens', 32], [child_of(9, 2), 'grands', 33]];
        for (const [child, camp, number] of children) {
            await parent.at(`child-${child}`).click();
            await parent.pick(await stage.week(camp, number));
        }
        await look(parent, 'selection');
        await page.locator('.bar-details summary').click();
        await look(parent, 'selection-details');

        // One of the selection fills under the parent's eyes.
        const [child, camp, number] = children[2];
        const week = await stage.week(camp, number);
        await stage.tell('week', 'set-capacity', week, 1);
        await parent.has_places(week, 1);
        const [{ hold }] = await other.hold([[week, louis]]);
        await parent.appears('notice-vanished');
        await look(parent, 'vanished');
        await other.release(hold);
        await parent.appears('notice-returned');
        await look(parent, 'returned');

        // And fills again while the request is under way.
        await parent.at('notice-returned').getByRole('button').first().click();
        await parent.becomes(`week-${week}`, 'picked');
        await page.route('**/api/v1/holds', async (route) => {
            await other.hold([[week, louis]]);
            await route.continue();
        }, { times: 1 });
        await parent.book('partly');
        await parent.appears(`refused-${week}-${child}`);
        await look(parent, 'result');
        await parent.at('another-child').click();
        await parent.at(`child-${children[0][0]}`).click();
        await look(parent, 'calendar-held', { whole: true });
        await parent.go('basket');
        await look(parent, 'basket', { whole: true });
        await page.locator('[data-testid^="release-"]').first().click();
        await parent.appears('confirm-release');
        await look(parent, 'release');
        await page.keyboard.press('Escape');

        await parent.context.setOffline(true);
        await parent.appears('offline-banner');
        await look(parent, 'basket-offline');
        await parent.go('calendar');
        await look(parent, 'offline');
        await parent.context.setOffline(false);
        await parent.becomes('connection', 'live');
        await stage.tell('week', 'set-capacity', week, 8);
        await other.release((await other.basket()).holds.find((h) => h.week === week).hold);
        parent.is_content();
        await parent.context.close();
    });
}
