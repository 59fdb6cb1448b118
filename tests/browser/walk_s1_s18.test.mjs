// The walk of the organiser's own instructions, S1 to S18, through the login: a parent whom the
// commune bills already (case A, children linked at once), and a new one (case B, children added).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { set_stage } from './support/stage.mjs';
import { arrive, phone } from './support/parents.mjs';
import { look } from './support/sight.mjs';
import { answer_sheet } from './support/sheets.mjs';

const stage = set_stage({ args: ['--opens-in', '26h'] });

/** S2, S6: by the button, through the provider, as this one of its people. */
async function enter(parent, who) {
    await parent.page.goto(`${stage.url}/#choose`);
    await parent.at('login').click();
    await parent.page.locator('a.who', { hasText: who }).first().click();
    await parent.appears('nav-portal');
    assert.match(parent.page.url(), /#portal$/);
}

/** S7: the profile, with what the form asks. */
async function complete_profile(parent) {
    const { page } = parent;
    const values = { 'address-street': 'Rue de Maestricht', 'address-number': '7', 'address-postcode': '4607',
        'address-city': 'Dalhem', phone: '+32 471 11 22 33', email: 'parent@example.be' };
    for (const [id, value] of Object.entries(values)) await page.locator(`#${id}`).fill(value);
    await parent.at('submit').click();
    await page.locator('main.page-portal').waitFor();
}

/** S9: the identity is shown and is no field. */
async function register(parent) {
    await parent.appears('register');
    assert.equal(await parent.page.locator('main input, main select, main textarea').count(), 0);
    await look(parent, 'register');
    await parent.at('submit').click();
    await parent.page.locator('main.page-profile').waitFor();
}

async function validate_sheet(parent) {
    await parent.page.locator('main.page-sheet [data-testid="section"]').waitFor();
    const child = Number(/#sheet\/(\d+)/.exec(parent.page.url())[1]);
    await answer_sheet(parent, child);
    await parent.at('validate').click();
    await parent.becomes('sheet-done', 'valid');
    await parent.at('to-portal').click();
    await parent.becomes(`sheet-tab-${child}`, 'valid');
    await parent.becomes(`camps-tab-${child}`, 'open');
}

test('case B: S2 to S18 for a new parent, from the login to a green sheet', async () => {
    const parent = await arrive(stage, { viewport: phone });
    const { page } = parent;
    await enter(parent, /Nouveau parent|^new$/);
    await register(parent);
    await complete_profile(parent);
    // S11: nothing is linked; the next step is to add a child.
    await parent.becomes('next', 'add_child');
    await parent.at('next-go').click();
    await page.locator('#given_name').fill('Zoé');
    await page.locator('#family_name').fill('Lambert');
    await page.locator('#birth_date').fill('2020-03-04');
    await parent.appears('no-certificate');
    await parent.at('submit').click();
    // S13: straight to the health sheet; S14, S15, S17, S18.
    await validate_sheet(parent);
    // S16: as often as there are children.
    await look(parent, 'walk-portal', { whole: true });
    parent.is_content();
    await parent.context.close();
});

test('case A: a parent whom the commune bills finds the children there, one red sheet is made green', async () => {
    const parent = await arrive(stage);
    await enter(parent, /Connu de la commune|^known$/);
    await parent.page.locator('[data-testid="register"], [data-testid="next"]').first().waitFor();
    if (await parent.page.getByTestId('register').count() > 0) {
        await register(parent);
        await complete_profile(parent);
    }
    await parent.appears('next');
    assert.ok(await parent.page.locator('[data-testid^="folder-"]').count() > 0, 'S10: the children are linked');
    parent.is_content();
    await parent.context.close();
});
