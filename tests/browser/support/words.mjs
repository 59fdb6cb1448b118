// The words of the page in its four languages: all its catalogues, and whether what stands on a
// page is of one language only.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { source_dir } from './stage.mjs';

export const languages = ['fr', 'nl', 'de', 'en'];

const folder = join(source_dir, 'web/i18n');
const parts = ['', ...readdirSync(folder, { withFileTypes: true }).filter((e) => e.isDirectory()).map(({ name }) => name)];
const catalogues = Object.fromEntries(languages.map((language) => [language, parts.map((part) =>
    JSON.parse(readFileSync(join(folder, part, `${language}.json`), 'utf8')))]));
const keys = new Set(catalogues.fr.flatMap((catalogue) => Object.keys(catalogue)));

// Both forms of a plural.
function entries_of(language) {
    return catalogues[language].flatMap((catalogue) => Object.values(catalogue))
        .flatMap((entry) => (typeof entry === 'string' ? [entry] : Object.values(entry)));
}

const words_of = (text) => text.replace(/\s+/g, ' ').trim();
const french_only = Object.fromEntries(languages.map((language) => {
    const own = new Set(entries_of(language).map(words_of));
    return [language, new Set(entries_of('fr').map(words_of).filter((text) => !own.has(text) && /\p{L}{3}/u.test(text)))];
}));

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

/**
 * Nothing is left in French, nothing is a key or a hole. `foreign` are further texts that have no
 * place in this language: those of the organiser in another.
 */
export async function check_words(parent, language, foreign = new Set()) {
    const texts = await texts_of(parent.page);
    for (const text of texts) {
        assert.doesNotMatch(text, /undefined|\bnull\b|NaN|\[object|[{}]|Invalid Date/, `in ${language}`);
        assert.ok(!keys.has(text), `a key instead of a text in ${language}: ${text}`);
    }
    if (language === 'fr') return texts;
    const french = french_only[language];
    assert.deepEqual(texts.filter((text) => french.has(text) || foreign.has(text)), [], `French in ${language}`);
    return texts;
}

/** What the organiser wrote in four languages, found in `value`, and is not alike in this one and French. */
export function french_of_organiser(value, language, found = new Set()) {
    if (value === null || typeof value !== 'object') return found;
    if (typeof value.fr === 'string' && typeof value[language] === 'string') {
        if (value.fr !== value[language] && value[language] !== '') found.add(words_of(value.fr));
        return found;
    }
    for (const one of Object.values(value)) french_of_organiser(one, language, found);
    return found;
}

export async function speak(parent, language) {
    await parent.at(`language-${language}`).click();
    await parent.page.waitForFunction((l) => document.documentElement.lang === l, language);
}
