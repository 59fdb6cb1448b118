// Four languages, each whole: no text is missing, none is left in French, and the page says in its
// lang attribute which it is, for the voices of screen readers.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { set_stage, source_dir } from './support/stage.mjs';
import { arrive, phone } from './support/parents.mjs';
import { look } from './support/sight.mjs';

const languages = ['fr', 'nl', 'de', 'en'];
const stage = set_stage();
const catalogues = Object.fromEntries(languages.map((l) =>
    [l, JSON.parse(readFileSync(join(source_dir, `web/i18n/${l}.json`), 'utf8'))]));

/** Every text that is seen or read out: of elements, labels and titles. */
function texts_of(page) {
    return page.evaluate(() => {
        const texts = [document.title];
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) texts.push(walker.currentNode.data);
        for (const element of document.querySelectorAll('[aria-label], [title], [alt], [placeholder]')) {
            for (const name of ['aria-label', 'title', 'alt', 'placeholder']) {
                texts.push(element.getAttribute(name) ?? '');
            }
        }
        return texts.map((text) => text.replace(/\s+/g, ' ').trim()).filter((text) => text !== '');
    });
}

// The whole texts of the French catalogue that the other language does not share.
function french_only(language) {
    const entries = (catalogue) => Object.values(catalogue)
        .flatMap((entry) => (typeof entry === 'string' ? [entry] : Object.values(entry)));
    const own = new Set(entries(catalogues[language]));
    return new Set(entries(catalogues.fr).filter((text) => !own.has(text) && /\p{L}{3}/u.test(text)));
}

function check_texts(texts, language) {
    const keys = Object.keys(catalogues.fr);
    for (const text of texts) {
        assert.doesNotMatch(text, /undefined|null|NaN|\[object|[{}]|Invalid Date/, `in ${language}`);
        assert.ok(!keys.includes(text), `a key instead of a text in ${language}: ${text}`);
    }
    if (language === 'fr') return;
    const french = french_only(language);
    assert.deepEqual(texts.filter((text) => french.has(text)), [], `French in ${language}`);
}

for (const language of languages) {
    test(`the page in ${language}: whole, and said to be so`, async () => {
        const parent = await arrive(stage, { family: 9, viewport: phone });
        await parent.at(`language-${language}`).click();
        await parent.page.waitForFunction((l) => document.documentElement.lang === l, language);
        const week = await stage.week('petits', 30);
        await parent.pick(week);
        check_texts(await texts_of(parent.page), language);
        await look(parent, `selection-${language}`);
        await parent.book();
        check_texts(await texts_of(parent.page), language);
        await look(parent, `result-${language}`);
        await parent.go('basket');
        check_texts(await texts_of(parent.page), language);
        await look(parent, `basket-${language}`, { whole: true });
        await parent.page.locator('[data-testid^="release-"]').click();
        await parent.appears('confirm-release');
        check_texts(await texts_of(parent.page), language);
        await parent.at('confirm-release').click();
        await parent.page.locator('[data-testid^="hold-"]').waitFor({ state: 'detached' });
        await parent.page.setViewportSize({ width: 1280, height: 900 });
        await parent.go('calendar');
        await parent.page.locator('table.grid').waitFor();
        check_texts(await texts_of(parent.page), language);
        await look(parent, `calendar-${language}`, { whole: true });

        const season = await stage.season();
        const shown = (await texts_of(parent.page)).join('\n').replaceAll('\u2060', '');
        for (const camp of season.camps) assert.ok(shown.includes(camp.name[language]), camp.name[language]);

        // The choice is remembered, and the server's own words follow it.
        await parent.page.reload();
        await parent.becomes('connection', 'live');
        assert.equal(await parent.page.evaluate(() => document.documentElement.lang), language);
        await parent.go('choose');
        await parent.appears('family-1');
        check_texts(await texts_of(parent.page), language);
        parent.is_content();
        await parent.context.close();
    });
}
