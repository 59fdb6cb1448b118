// Everything with the keyboard alone: from choosing a family to a held seat and its release.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { child_of, set_stage } from './support/stage.mjs';
import { focused, tab_to } from './support/keys.mjs';
import { arrive, desk, phone } from './support/parents.mjs';

const hugo = child_of(1, 1);                         // 4 years old
const stage = set_stage();

for (const [name, viewport] of [['a phone', phone], ['a desk', desk]]) {
    test(`from choosing a family to a held seat and its release, on ${name}`, async () => {
        const anne = await arrive(stage, { viewport });
        const { page } = anne;
        const week = await stage.week('petits', 30);
        await anne.becomes('connection', 'live');

        await tab_to(page, 'choose');
        await page.keyboard.press('Enter');
        await anne.appears('family-1');
        await page.waitForFunction(() => document.activeElement.tagName === 'H1');
        await tab_to(page, 'family-1');
        await page.keyboard.press('Enter');
        await anne.appears('nav-basket');
        await tab_to(page, `child-${hugo}`);
        await page.keyboard.press('Space');
        await tab_to(page, `pick-${week}`);
        await page.keyboard.press('Space');
        await anne.becomes(`week-${week}`, 'picked');
        await tab_to(page, 'book');
        await page.keyboard.press('Enter');
        await anne.becomes('result', 'placed');
        await page.waitForFunction(() => document.activeElement.id === 'outcome-title');

        await tab_to(page, 'finalise');
        await page.keyboard.press('Enter');
        await anne.appears(`hold-${week}-${hugo}`);
        await tab_to(page, `release-${week}-${hugo}`);
        await page.keyboard.press('Enter');
        await anne.appears('confirm-release');
        // Escape asks nothing further and goes back to where one was.
        await page.keyboard.press('Escape');
        await anne.leaves('confirm-release');
        await page.waitForFunction((id) => document.activeElement.dataset.testid === id,
            `release-${week}-${hugo}`);
        await page.keyboard.press('Enter');
        await tab_to(page, 'confirm-release');
        await page.keyboard.press('Enter');
        await anne.leaves(`hold-${week}-${hugo}`);
        await page.waitForFunction(() => document.activeElement.tagName === 'H1');
        assert.match(await anne.text_of('announcement'), /la place a été libérée/);
        anne.is_content();
        await anne.context.close();
    });
}

test('the first tab leads past the header to the content', async () => {
    const anne = await arrive(stage);
    await anne.becomes('connection', 'live');
    await anne.page.keyboard.press('Tab');
    assert.equal((await focused(anne.page)).name, 'Aller au contenu');
    await anne.page.keyboard.press('Enter');
    assert.equal((await focused(anne.page)).id, 'MAIN');
});
