// The health sheet in the browser: what is typed is saved while one types, and neither a reload, nor
// a login that ended, nor another parent at the same sheet loses a word of it (S13 to S15).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { set_stage } from './support/stage.mjs';
import { arrive, desk, phone } from './support/parents.mjs';
import { look } from './support/sight.mjs';
import { answer_sheet, kept_by, open_step, saved, sheet_of } from './support/sheets.mjs';

const family = 1;
const stage = set_stage();
let turn = 0;
const unique = (text) => `${text} ${++turn}`;        // every test finds what it wrote itself

async function at_health(options = {}) {
    const anne = await arrive(stage, { family, ...options });
    const child = await sheet_of(anne);
    await open_step(anne, child, 'health');
    return { anne, child, text: anne.page.locator('#q-medical_data'), other: anne.page.locator('#q-disability_text') };
}

test('what is typed is saved by itself, said with its time, and then kept nowhere in the browser', async () => {
    const { anne, child, text } = await at_health();
    const words = unique('Lunettes');
    await text.fill(words);
    assert.match(await kept_by(anne, child), new RegExp(words));
    await saved(anne);
    assert.match(await anne.text_of('save-state'), /^Enregistré à \d\d:\d\d$/);
    assert.equal(await kept_by(anne, child), null);
    const stored = await anne.page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    assert.doesNotMatch(stored, new RegExp(words));
    anne.is_content();
    await anne.context.close();
});

test('a reload in the middle of a word loses nothing', async () => {
    const { anne, text } = await at_health();
    const words = unique('Asthme léger');
    await text.fill(words);
    await anne.page.reload();
    await anne.appears('section');
    assert.equal(await text.inputValue(), words);
    await saved(anne);
    await anne.page.reload();
    await anne.appears('section');
    assert.equal(await text.inputValue(), words);
    await anne.context.close();
});

test('a login that ended: one logs in again and is in the same step with what one typed', async () => {
    const { anne, child, text } = await at_health();
    const words = unique('Vertiges');
    await anne.context.clearCookies();
    await text.fill(words);
    await anne.appears('login');
    await anne.appears('notice-session');
    const address = await anne.at('login').getAttribute('href');
    assert.match(address, new RegExp(`^/login\\?return_to=%2F%23sheet%2F${child}%2Fhealth`));
    await anne.at(`family-${family}`).click();
    await anne.appears('found-again');
    assert.match(anne.page.url(), new RegExp(`#sheet/${child}/health$`));
    assert.equal(await text.inputValue(), words);
    await saved(anne);
    await anne.context.close();
});

test('logging out drops what was not saved', async () => {
    const { anne, child, text } = await at_health();
    await anne.page.route('**/sheet/draft', (route) => route.abort());
    await text.fill(unique('Secret'));
    assert.notEqual(await kept_by(anne, child), null);
    await anne.at('logout').click();
    await anne.appears(`family-${family}`);
    assert.equal(await kept_by(anne, child), null);
    await anne.context.close();
});

test('without a connection it waits, says so, and is saved when the connection is back', async () => {
    const { anne, text } = await at_health();
    await anne.context.setOffline(true);
    await anne.appears('offline-banner');
    await text.fill(unique('Hors ligne'));
    await anne.becomes('save-state', 'failed');
    await look(anne, 'sheet-offline');
    await anne.context.setOffline(false);
    await saved(anne);
    await anne.context.close();
});

test('two parents at different questions: both answers stand, nobody is asked', async () => {
    const [one, two] = [await at_health(), await at_health()];
    const [mine, theirs] = [unique('de moi'), unique('de l’autre')];
    await one.text.fill(mine);
    await saved(one.anne);
    await two.other.fill(theirs);
    await two.anne.appears('merged');
    await saved(two.anne);
    assert.equal(await two.text.inputValue(), mine);
    assert.equal(await two.other.inputValue(), theirs);
    await one.anne.context.close();
    await two.anne.context.close();
});

for (const side of ['mine', 'theirs']) {
    test(`two parents at the same question: both answers side by side, and ${side} is kept`, async () => {
        const [one, two] = [await at_health(), await at_health({ viewport: phone })];
        const words = { theirs: unique('première version'), mine: unique('seconde version') };
        await one.text.fill(words.theirs);
        await saved(one.anne);
        await two.text.fill(words.mine);
        await two.anne.appears('conflict');
        const pair = await two.anne.text_of('conflict-medical_data');
        assert.ok(pair.includes(words.mine) && pair.includes(words.theirs), pair);
        await look(two.anne, 'sheet-conflict');
        // Without a choice nothing is decided: the summary says so and has the focus.
        await two.anne.at('submit').click();
        await two.anne.page.waitForFunction(() => document.activeElement.dataset.testid === 'faults');
        await two.anne.page.locator(`#${side}-medical_data`).check();
        await two.anne.at('submit').click();
        await two.anne.appears('section');
        assert.equal(await two.text.inputValue(), words[side]);
        await saved(two.anne);
        await one.anne.page.reload();
        await one.anne.appears('section');
        assert.equal(await one.text.inputValue(), words[side]);
        two.anne.is_content();
        await one.anne.context.close();
        await two.anne.context.close();
    });
}

test('a reload after another parent saved: what was found again is shown beside theirs', async () => {
    const [one, two] = [await at_health(), await at_health()];
    await two.anne.page.route('**/sheet/draft', (route) => route.abort());
    const words = unique('pas encore enregistré');
    await two.text.fill(words);
    await one.text.fill(unique('enregistré'));
    await saved(one.anne);
    await two.anne.page.unroute('**/sheet/draft');
    await two.anne.page.reload();
    await two.anne.appears('conflict');
    assert.match(await two.anne.text_of('conflict-medical_data'), new RegExp(words));
    await one.anne.context.close();
    await two.anne.context.close();
});

test('S14: faults at the field and on top with links, follow-ups, then a valid sheet and the way on', async () => {
    const anne = await arrive(stage, { family: 4, viewport: phone });
    const { page } = anne;
    const child = await sheet_of(anne);
    await open_step(anne, child, 'health');
    await page.locator('#q-tetanus').check();
    await anne.appears('question-tetanus_date');
    await page.locator('#q-tetanus_date').fill('2999-01-01');
    await page.locator('#q-weight').fill('vingt');
    await anne.at('next').click();
    await page.waitForFunction(() => document.activeElement.dataset.testid === 'faults');
    await look(anne, 'sheet-faults', { whole: true });
    await anne.at('faults').getByRole('link', { name: /^Poids/ }).click();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'q-weight');
    assert.equal(await page.locator('#q-weight').getAttribute('aria-invalid'), 'true');

    await answer_sheet(anne, child);
    await look(anne, 'sheet-check', { whole: true });
    await anne.at('validate').click();
    await anne.becomes('sheet-done', 'valid');
    await look(anne, 'sheet-done');
    anne.is_content();
    await anne.context.close();
});

test('a validation that lacks something leads to its step and its field', async () => {
    const anne = await arrive(stage, { family: 4 });
    const child = await sheet_of(anne);
    await answer_sheet(anne, child);
    await open_step(anne, child, 'doctor');
    await anne.page.locator('#q-doctor_name').fill('');
    await saved(anne);
    await anne.page.goto(`${stage.url}/#sheet/${child}/check`);
    await anne.at('validate').click();
    await anne.page.waitForFunction(() => document.activeElement.dataset.testid === 'faults');
    await anne.at('faults').getByRole('link').first().click();
    await anne.page.waitForFunction(() => document.activeElement.id === 'q-doctor_name');
    assert.match(anne.page.url(), /\/doctor$/);
    await anne.context.close();
});

for (const [name, viewport] of [['a phone', phone], ['a desk', desk]]) {
    test(`every step on ${name}, answered with all that a yes asks for: nothing serious, nothing too wide`, async () => {
        const { anne, child } = await at_health({ family: 8, viewport });
        const { page } = anne;
        const steps = await page.evaluate(async () =>
            (await (await fetch('/api/v1/sheet/questions')).json()).sections.map(({ id }) => id));
        for (const step of steps) {
            await open_step(anne, child, step);
            for (const yes of await page.locator('main input[type="radio"][value="yes"]').all()) await yes.check();
            await look(anne, `sheet-${step}`, { whole: true });
        }
        await open_step(anne, child, 'check');
        await look(anne, 'sheet-check-yes', { whole: true });
        anne.is_content();
        await anne.context.close();
    });
}

test('a sheet of another family is not shown', async () => {
    const anne = await arrive(stage, { family });
    const benoit = await arrive(stage, { family: 2 });
    const child = await sheet_of(benoit);
    await anne.page.goto(`${stage.url}/#sheet/${child}`);
    await anne.page.getByRole('heading', { name: 'Cette fiche n’est pas dans votre dossier' }).waitFor();
    await anne.context.close();
    await benoit.context.close();
});
