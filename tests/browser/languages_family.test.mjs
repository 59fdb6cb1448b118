// The family's pages and the staff's in four languages: no text is missing, none is left in French,
// and none is too long for a phone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, parent_of } from '../integration/support/client.mjs';
import { child_of, set_stage } from './support/stage.mjs';
import { arrive, desk, phone } from './support/parents.mjs';
import { fits } from './support/sight.mjs';
import { open_step } from './support/sheets.mjs';
import { check_words, french_of_organiser, languages, speak } from './support/words.mjs';

const zoe = child_of(2, 1);                          // her sheet has lapsed
let questions;
const stage = set_stage({ enter: async () => {
    const server = { url: `${stage.url}/` };
    const camille = await parent_of(server, 6);
    await camille.ask('POST', `${api}/family/children/${child_of(6, 0)}/invoiceable`, { body: {} });
    await camille.ask('POST', `${api}/family/residence`, { body: { note: 'Jemeppe' } });
    questions = await camille.read(`${api}/sheet/questions`);
} });

for (const language of languages) {
    const organisers = () => french_of_organiser(questions, language);
    const read = async (parent, name) => {
        await check_words(parent, language, organisers());
        await fits(parent, `${name}-${language}`);
    };

    test(`the family's pages in ${language}`, async () => {
        const benoit = await arrive(stage, { family: 2, viewport: phone });
        const { page } = benoit;
        await speak(benoit, language);
        for (const hash of ['portal', 'profile', 'child/new', `child/${zoe}`, 'attach', 'readiness', 'privacy']) {
            await benoit.visit(hash);
            await read(benoit, hash.replace('/', '-'));
        }
        await benoit.at('erase').click();
        await benoit.at('erase-confirm').click();
        await benoit.appears('faults');
        await read(benoit, 'privacy-faults');
        for (const hash of ['child/new', 'attach']) {
            await benoit.visit(hash);
            await benoit.at('submit').click();
            await benoit.appears('faults');
            await read(benoit, `${hash.replace('/', '-')}-faults`);
        }
        await benoit.visit('profile');
        await page.locator('#phone').fill('');
        await page.locator('#email').fill('nobody');
        await benoit.at('submit').click();
        await benoit.appears('faults');
        await read(benoit, 'profile-faults');
        await benoit.visit(`child/${zoe}`);
        await benoit.at('remove-child').click();
        await benoit.appears('remove-confirm');
        await read(benoit, 'child-remove');
        await page.goto(`${stage.url}/#/confirm/nothing`);
        await benoit.becomes('confirm', 'refused');
        await read(benoit, 'confirm');
        benoit.is_content();
        await benoit.context.close();
    });

    test(`the health sheet in ${language}`, async () => {
        const benoit = await arrive(stage, { family: 2, viewport: phone });
        await speak(benoit, language);
        for (const { id } of questions.sections) {
            await open_step(benoit, zoe, id);
            await read(benoit, `sheet-${id}`);
            await benoit.at('next').click();
        }
        await open_step(benoit, zoe, 'check');
        await benoit.at('validate').click();
        await benoit.appears('faults');
        await read(benoit, 'sheet-check');
        benoit.is_content();
        await benoit.context.close();
    });

    test(`registering, and a login that failed, in ${language}`, async () => {
        const noemie = await arrive(stage, { viewport: phone });
        await speak(noemie, language);
        await noemie.page.goto(`${stage.url}/#choose`);
        await noemie.at('login').click();
        assert.equal(await noemie.page.evaluate(() => document.documentElement.lang), language);
        await noemie.page.locator('a.who', { hasText: 'Noémie Dumont' }).click();
        await noemie.appears('register');
        await read(noemie, 'register');
        for (const error of ['cancelled', 'provider', 'identity', 'expired', 'refused', 'busy']) {
            await noemie.page.goto(`${stage.url}/#/login?error=${error}`);
            await noemie.appears('login-error');
            await check_words(noemie, language);
        }
        noemie.is_content();
        await noemie.context.close();
    });

    test(`the staff's pages in ${language}`, async () => {
        const marie = await arrive(stage, { viewport: phone });
        await speak(marie, language);
        await marie.page.goto(`${stage.url}/#choose`);
        await marie.at('login').click();
        await marie.page.locator('a.who', { hasText: 'Marie Claessens' }).click();
        await marie.appears('nav-staff');
        for (const hash of ['staff/families', 'staff/family/2', 'staff/decisions', 'staff/orders', 'staff/weeks',
            'staff/readiness', 'staff/audit', 'mails']) {
            await marie.visit(hash);
            await read(marie, hash.replaceAll('/', '-'));
        }
        await marie.visit('staff/readiness');
        await marie.at('mail-all').click();
        await marie.appears('mail-all-yes');
        await read(marie, 'staff-readiness-sure');
        await marie.visit('staff/families');
        await marie.page.locator('#q').fill('nobody-has-this-name');
        await marie.at('search').click();
        await marie.page.locator('main .empty').waitFor();
        await read(marie, 'staff-found-none');
        await marie.page.setViewportSize(desk);
        await marie.visit('staff/audit');
        await read(marie, 'staff-audit');
        marie.is_content();
        await marie.context.close();
    });
}
