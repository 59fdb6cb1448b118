// Four languages, each whole: no text is missing, none is left in French, and the page says in its
// lang attribute which it is, for the voices of screen readers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { set_stage } from './support/stage.mjs';
import { arrive, phone } from './support/parents.mjs';
import { look } from './support/sight.mjs';
import { check_words, languages, speak } from './support/words.mjs';

const stage = set_stage();

for (const language of languages) {
    test(`the page in ${language}: whole, and said to be so`, async () => {
        const parent = await arrive(stage, { family: 9, viewport: phone });
        await speak(parent, language);
        const week = await stage.week('petits', 30);
        await parent.pick(week);
        await check_words(parent, language);
        await look(parent, `selection-${language}`);
        await parent.book();
        await check_words(parent, language);
        await look(parent, `result-${language}`);
        await parent.go('basket');
        await check_words(parent, language);
        await look(parent, `basket-${language}`, { whole: true });
        await parent.page.locator('[data-testid^="release-"]').click();
        await parent.appears('confirm-release');
        await check_words(parent, language);
        await parent.at('confirm-release').click();
        await parent.page.locator('[data-testid^="hold-"]').waitFor({ state: 'detached' });
        await parent.page.setViewportSize({ width: 1280, height: 900 });
        await parent.go('calendar');
        await parent.page.locator('table.grid').waitFor();
        await check_words(parent, language);
        await look(parent, `calendar-${language}`, { whole: true });

        const season = await stage.season();
        const shown = (await check_words(parent, language)).join('\n').replaceAll('\u2060', '');
        for (const camp of season.camps) assert.ok(shown.includes(camp.name[language]), camp.name[language]);

        // The choice is remembered, and the server's own words follow it.
        await parent.page.reload();
        await parent.becomes('connection', 'live');
        assert.equal(await parent.page.evaluate(() => document.documentElement.lang), language);
        await parent.go('choose');
        await parent.appears('family-1');
        await check_words(parent, language);
        parent.is_content();
        await parent.context.close();
    });
}
