// The family's pages and the staff's with the keyboard alone: from the login to a green health
// sheet, and every other page there is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { child_of, set_stage } from './support/stage.mjs';
import { choose, press, tab_to, type_in } from './support/keys.mjs';
import { arrive, desk, phone } from './support/parents.mjs';
import { answers } from './support/sheets.mjs';

const stage = set_stage();

/** The heading of the new page has the focus. */
async function is_at(parent, page) {
    await parent.page.locator(`main.page-${page} h1`).waitFor();
    await parent.page.waitForFunction(() => document.activeElement.tagName === 'H1');
}

/** By the demo's own people, at their provider's page. */
async function enter(parent, person) {
    const { page } = parent;
    await page.goto(`${stage.url}/#choose`);
    await parent.appears('login');
    await press(page, 'login');
    const link = page.locator('a.who', { hasText: person }).first();
    await link.waitFor();
    for (let stops = 0; stops < 40; stops++) {
        await page.keyboard.press('Tab');
        if (await link.evaluate((element) => element === document.activeElement)) break;
    }
    await page.keyboard.press('Enter');
    await page.locator('main.page-portal h1').waitFor();
    await parent.becomes('connection', 'live');
}

async function answer_sheet_by_keys(parent) {
    const { page } = parent;
    for (const [step, { choose: lists = {}, check = {}, fill = {}, tick = [], first = [], items }] of Object.entries(answers)) {
        await page.locator(`[data-testid="step-${step}"][aria-current="step"]`).waitFor();
        for (const [id, value] of Object.entries(lists)) await choose(page, `#q-${id}`, value);
        for (const [id, value] of Object.entries(check)) await choose(page, `q-${id}`, value);
        for (const id of first) await press(page, `q-${id}`, 'Space');
        for (const [id, value] of Object.entries(fill)) await type_in(page, `#q-${id}`, value);
        for (const id of tick) await press(page, `#q-${id}`, 'Space');
        if (items) await add_contacts_by_keys(page);
        await press(page, 'next');
    }
    await parent.appears('validate');
}

async function add_contacts_by_keys(page) {
    for (const [n, name] of ['Marie Dumont', 'Luc Maes'].entries()) {
        if (await page.locator(`#q-contacts-${n}-name`).count() === 0) await press(page, 'add-contacts');
        await type_in(page, `#q-contacts-${n}-name`, name);
        await type_in(page, `#q-contacts-${n}-relation`, 'famille');
        await type_in(page, `#q-contacts-${n}-phone`, '0470 12 34 56');
    }
}

test('a new parent, from the login to a green sheet', async () => {
    const parent = await arrive(stage, { viewport: phone });
    const { page } = parent;
    await enter(parent, 'Noémie Dumont');
    await parent.appears('register');
    await press(page, 'submit');
    await is_at(parent, 'profile');
    // A form with faults: the focus is on their list, and a link of it leads to the field.
    await press(page, 'submit');
    await page.waitForFunction(() => document.activeElement.dataset.testid === 'faults');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'address-street');
    await page.keyboard.type('Rue de Maestricht');
    for (const [id, text] of [['address-number', '7'], ['address-postcode', '4607'], ['address-city', 'Dalhem'],
        ['phone', '+32 471 11 22 33'], ['email', 'dumont@example.be']]) await type_in(page, `#${id}`, text);
    await choose(page, '#language', 'fr');
    await press(page, 'submit');
    await is_at(parent, 'portal');
    await press(page, 'next-go');
    await is_at(parent, 'child');
    await type_in(page, '#given_name', 'Zoé');
    await type_in(page, '#family_name', 'Dumont');
    await type_in(page, '#birth_date', '04042020');
    await choose(page, '#site', 'berneau');
    await choose(page, '#school_year', 'P1');
    await press(page, 'submit');
    await page.locator('main.page-sheet [data-testid="section"]').waitFor();
    const child = Number(/#sheet\/(\d+)/.exec(page.url())[1]);
    await answer_sheet_by_keys(parent);
    await press(page, 'validate');
    await parent.becomes('sheet-done', 'valid');
    await press(page, 'to-portal');
    await is_at(parent, 'portal');
    await press(page, `camps-tab-${child}`);
    await page.locator('main.page-calendar').waitFor();
    parent.is_content();
    await parent.context.close();
});

test('the other pages of a family', async () => {
    const benoit = await arrive(stage, { family: 2, viewport: desk });
    const { page } = benoit;
    const louis = child_of(2, 0);
    await benoit.go('portal');
    await press(page, 'way-readiness');
    await is_at(benoit, 'readiness');
    await press(page, '#portal');
    await is_at(benoit, 'portal');
    await press(page, '#attach');
    await is_at(benoit, 'attach');
    await type_in(page, '#niss', '85.07.30-033.28');
    await type_in(page, '#birth_date', '05051985');
    await press(page, 'submit');
    await benoit.appears('asked');
    await press(page, '#portal');
    await is_at(benoit, 'portal');
    await press(page, `#child/${louis}`);
    await is_at(benoit, 'child');
    await press(page, 'remove-child');
    await benoit.appears('remove-confirm');
    await press(page, 'remove-cancel');
    await benoit.leaves('remove-confirm');
    await type_in(page, '#given_name', 'Louis-Marie');
    await press(page, 'submit');
    await is_at(benoit, 'portal');
    assert.match(await benoit.text_of(`folder-${louis}`), /Louis-Marie/);
    await press(page, 'way-privacy');
    await is_at(benoit, 'privacy');
    await tab_to(page, 'export-html');
    await press(page, 'erase');
    await type_in(page, '#confirm', 'Delvau');
    await press(page, 'erase-confirm');
    await page.waitForFunction(() => document.activeElement.dataset.testid === 'faults');
    benoit.is_content();
    await benoit.context.close();
});

test('the staff: a search, a family, a decision, a reminder, who looked at what', async () => {
    const renard = await arrive(stage, { family: 6 });
    await renard.page.evaluate((id) => { location.hash = `child/${id}`; }, child_of(6, 0));
    await press(renard.page, 'become-invoiceable');
    await renard.page.locator('main .note').waitFor();

    const marie = await arrive(stage);
    const { page } = marie;
    await enter(marie, 'Marie Claessens');
    await press(page, 'nav-staff');
    await is_at(marie, 'staff');
    await type_in(page, '#q', 'delvaux');
    await page.keyboard.press('Enter');
    await marie.appears('found-2');
    await press(page, '#staff/family/2');
    await marie.appears('staff-family');
    await press(page, 'staff-decisions');
    const card = page.locator('article.decision').first();
    await card.waitFor();
    const request = /\d+$/.exec(await card.getAttribute('data-testid'))[0];
    await type_in(page, `#note-${request}`, 'vu au guichet');
    await press(page, `accept-${request}`);
    await card.waitFor({ state: 'detached' });
    await press(page, 'staff-readiness');
    await marie.appears('not-ready');
    await press(page, 'mail-all');
    await press(page, 'mail-all-yes');
    await page.locator('main .note').waitFor();
    await press(page, 'staff-audit');
    await page.locator('table.plain tbody tr').first().waitFor();
    await press(page, 'demo-mails');
    await is_at(marie, 'mails');
    await press(page, 'mails-again');
    marie.is_content();
    await marie.context.close();
    await renard.context.close();
});
